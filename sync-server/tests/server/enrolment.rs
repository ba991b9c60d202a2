//! Who gets in.

use sync_server::now;
use sync_server::ops::people;
use sync_server::store::write;

use crate::office::Office;
use crate::phone::{Phone, client, enrol_request, post};

const GRID: &str = "999999101201-01";

#[test]
fn wei_xiuying_enrols_once_with_her_ticket_and_nobody_again() {
    let office = Office::with_households(60);
    let person = office.person("韦秀英", "grid_worker1", &[GRID]);
    let code = office.ticket(&person);
    // As typed on a phone: lower case, blanks for hyphens.
    let mut phone = Phone::enrol(&office.url(), &code.to_lowercase().replace('-', " "), "韦秀英").unwrap();
    assert_eq!(phone.person.name, "韦秀英");
    assert_eq!(phone.told.server_name, "桂禾县");
    assert!(phone.told.areas.iter().any(|a| a.code == GRID) && phone.told.areas.iter().any(|a| a.code == "999999"));
    phone.sync();
    assert!(!phone.docs.is_empty());
    assert_eq!(Phone::enrol(&office.url(), &code, "别人").err(), Some((410, "ticket_used".into())));
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_asked_for_again_with_the_same_key() {
    let office = Office::with_households(60);
    let person = office.person("韦秀英", "grid_worker1", &[GRID]);
    let (request, ..) = enrol_request(&office.ticket(&person), "韦秀英");
    let http = client();
    let ask = || {
        let (status, body) =
            post(&http, &format!("{}/v1/enrol", office.url()), None, app_core::wire::encode(&request).unwrap());
        assert_eq!(status, 200);
        app_core::wire::decode::<app_core::wire::message::EnrolAnswer>(&body, 1 << 20).unwrap()
    };
    let (first, second) = (ask(), ask());
    assert_eq!(first.device, second.device);
    assert_ne!(first.token, second.token);
    assert_eq!(people::devices(&*office.store).unwrap().len(), 1);
    let pack = |token: &str| {
        let url = format!("{}/v1/pack/{}", office.url(), first.pack.hash);
        http.get(url).bearer_auth(token).send().unwrap().status().as_u16()
    };
    assert_eq!((pack(&first.token), pack(&second.token)), (401, 200));
}

#[test]
fn a_key_whose_answer_was_lost_is_the_same_device_under_the_next_ticket() {
    let office = Office::with_households(60);
    let wei = office.person("韦秀英", "grid_worker1", &[GRID]);
    let (mut request, secret, _) = enrol_request(&office.ticket(&wei), "韦秀英");
    let http = client();
    let mut ask = |code: &str| {
        request.code = code.to_owned();
        app_core::wire::sign::sign_enrol(&mut request, &secret);
        post(&http, &format!("{}/v1/enrol", office.url()), None, app_core::wire::encode(&request).unwrap())
    };
    let told = |(status, body): (u16, Vec<u8>)| {
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        app_core::wire::decode::<app_core::wire::message::EnrolAnswer>(&body, 1 << 20).unwrap()
    };
    // The answer is lost; by the time there is signal the ticket has expired, and the office gives another.
    let (first, next) = (told(ask(&office.ticket(&wei))), office.ticket(&wei));
    let second = told(ask(&next));
    assert_eq!(first.device, second.device);
    assert_eq!(people::devices(&*office.store).unwrap().len(), 1);
    assert_eq!(Phone::enrol(&office.url(), &next, "别人").err(), Some((410, "ticket_used".into())));
    // Handed to a colleague before it was ever enrolled: what it wrote would be hers. And revoked stays revoked.
    let li = office.person("李建国", "grid_worker1", &[GRID]);
    assert_eq!(ask(&office.ticket(&li)).0, 400);
    people::revoke(&*office.store, &first.device, now()).unwrap();
    assert_eq!(ask(&office.ticket(&wei)).0, 403);
}

#[test]
fn an_expired_and_a_wrong_code_are_refused_with_the_reason() {
    let office = Office::empty();
    let person = office.person("李建国", "grid_worker1", &[GRID]);
    let (code, _) =
        write(&*office.store, move |w| sync_server::officer::make_ticket(w, &person, 72, now() - 73 * 3600)).unwrap();
    assert_eq!(Phone::enrol(&office.url(), &code, "李建国").err(), Some((410, "ticket_expired".into())));
    assert_eq!(
        Phone::enrol(&office.url(), "XXXXX-XXXXXX-XXXXXX", "李建国").err(),
        Some((403, "ticket_unknown".into()))
    );
}

#[test]
fn who_keeps_guessing_is_made_to_wait_and_a_good_ticket_with_him() {
    let office = Office::empty();
    let person = office.person("李建国", "grid_worker1", &[GRID]);
    // Plain HTTP from this machine is what a proxy looks like: its address is everybody's, so only the total counts.
    for _ in 0..11 {
        assert_eq!(Phone::enrol(&office.url(), "22222-222222-222222", "某人").err().unwrap().0, 403);
    }
    Phone::enrol(&office.url(), &office.ticket(&person), "李建国").map(|_| ()).unwrap();
    for _ in 11..200 {
        assert_eq!(Phone::enrol(&office.url(), "22222-222222-222222", "某人").err().unwrap().0, 403);
    }
    assert_eq!(Phone::enrol(&office.url(), &office.ticket(&person), "某人").err(), Some((429, "attempts".into())));
}

#[test]
fn a_revoked_phone_is_told_so_and_brings_nothing_in() {
    let office = Office::with_households(60);
    let mut phone = office.phone("韦秀英", "grid_worker1", &[GRID]);
    phone.sync();
    let household = *phone.docs.keys().next().unwrap();
    phone.set_phone(household, "19911111111");
    people::revoke(&*office.store, &phone.told.device, now()).unwrap();
    assert_eq!(phone.round().err(), Some((403, "device_revoked".into())));
    assert_eq!(phone.outbox.len(), 1);
    office.assert_sound();
}

#[test]
fn a_stranger_hears_nothing() {
    let office = Office::with_households(60);
    let phone = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let http = client();
    let pack = format!("{}/v1/pack/{}", office.url(), phone.told.pack.hash);
    assert_eq!(http.get(&pack).send().unwrap().status().as_u16(), 401);
    assert_eq!(http.get(&pack).bearer_auth("0".repeat(64)).send().unwrap().status().as_u16(), 401);
    let answer = http.get(&pack).bearer_auth(&phone.told.token).send().unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let files: app_core::wire::message::PackFiles = app_core::wire::decode(&answer.bytes().unwrap(), 32 << 20).unwrap();
    let files = files.files.into_iter().map(|(p, b)| (p, b.into_vec())).collect();
    let pack = app_core::policy::Pack::from_files(files).unwrap();
    assert_eq!(hex::encode(pack.hash()), phone.told.pack.hash);
}

#[test]
fn the_administrator_is_given_no_household() {
    let office = Office::with_households(60);
    let mut desk = office.phone("管理员", "administrator", &["999999"]);
    desk.sync();
    assert!(desk.docs.is_empty());
}
