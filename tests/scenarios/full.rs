//! A disk that fills up, on the phone and on the server: a clear message, and nothing that was said to be saved is gone.
//! Mounting needs root; without it the same is told by `ulimit` in `app-core/tests/kill.rs` and `sync-server/tests/server/kill.rs`.

use app_core::error::Kind;
use app_core::service::App;
use ruhu_tests::disk::Disk;
use ruhu_tests::phone::{PIN, first_of_june, setup};
use ruhu_tests::programs::{Running, json, phone, server};
use ruhu_tests::register::{self, GRID1};
use ruhu_tests::township::{household, pack_folder};
use ruhu_tests::{Township, answers, settle};
use serde_json::json as value;
use sync_server::ops::check;
use sync_server::settings::database;
use sync_server::store::sqlite::SqliteStore;

#[test]
fn the_phone_says_that_the_last_answer_is_not_saved_and_everything_before_is() {
    let Some(disk) = Disk::of_kib(6 * 1024) else { return };
    let mut township = Township::village();
    let person = township.person("韦秀英", "grid_worker1", &[GRID1]);
    let wei = township.phone_of(&person, "韦秀英");
    // Her phone's folder, carried to the small disk.
    let folder = disk.folder("wei");
    wei.lock();
    for file in std::fs::read_dir(wei.dir.path()).unwrap().map(|f| f.unwrap()) {
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    let app = App::open_with(&folder, setup(first_of_june())).unwrap();
    app.unlock(PIN).unwrap();
    let id = household("LT001");
    app.visit_with_answers(id, "screening-ordinary", &answers::ordinary(), false).unwrap();
    disk.fill();
    let (mut saved, mut said) = (0, None);
    for n in 0..3000 {
        match app.set_fact(id, "place/address", &value!(format!("{n}号{}", "大榕屯".repeat(60)))) {
            Ok(_) => saved = n + 1,
            Err(e) => {
                said = Some(e);
                break;
            }
        }
    }
    let said = said.expect("the disk was full");
    assert_eq!(said.kind, Kind::Disk, "{said}");
    assert!(said.words.contains("此前保存的内容都在"), "{said}");
    // A visit that cannot be saved is not half there either.
    let refused = app.visit_with_answers(household("LT002"), "screening-lifted", &answers::lifted(), false);
    assert_eq!(refused.unwrap_err().kind, Kind::Disk);
    // Nor a round: the server may have the work, the phone says what is safe.
    assert!(app.sync().is_err());
    drop(app);
    disk.free();

    let app = App::open_with(&folder, setup(first_of_june())).unwrap();
    app.unlock(PIN).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits.len(), 1);
    assert!(
        saved == 0 || file.place.address.starts_with(&format!("{}号", saved - 1)),
        "{} of {saved}",
        file.place.address
    );
    app.visit_with_answers(household("LT002"), "screening-lifted", &answers::lifted(), false).unwrap();
    app.sync().unwrap();
    assert_eq!(app.status().unwrap().waiting_changes, 0);
    let again = township.phone_of(&person, "韦秀英");
    assert_eq!(again.household(id).unwrap().visits.len(), 1);
    assert_eq!(again.household(household("LT002")).unwrap().visits.len(), 1);
    settle(&township, &[&again]);
}

#[test]
fn a_full_disk_on_the_server_acknowledges_nothing_and_says_so() {
    let Some(disk) = Disk::of_kib(16 * 1024) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, wei, book, given) =
        (disk.folder("server"), dir.path().join("wei"), dir.path().join("r.xlsx"), dir.path().join("a.json"));
    let folder = pack_folder();
    json(server(&data, &["init", "--name", "桂禾县", "--county", "999999", "--pack", folder.to_str().unwrap()]));
    register::write(&book, &register::rows());
    json(server(&data, &["import", book.to_str().unwrap()]));
    std::fs::write(&given, answers::ordinary().to_string()).unwrap();
    let user = json(server(&data, &["user", "add", "--name", "韦秀英", "--title", "grid_worker1", "--area", GRID1]));
    let running = Running::serve(&data, "127.0.0.1:0");
    let ticket = json(server(&data, &["ticket", "--user", user["id"].as_str().unwrap(), "--url", &running.url]));
    json(phone(&wei, &["enrol", "--ticket", ticket["ticket"].as_str().unwrap()]));
    json(phone(&wei, &["sync"]));
    disk.fill();
    let id = household("LT001").to_string();
    let (mut acknowledged, mut said) = (0, None);
    for n in 0..400 {
        json(phone(&wei, &["set", &id, "place/address", &format!("{n}号{}", "大榕屯".repeat(600))]));
        let (code, words) = ruhu_tests::programs::ended(phone(&wei, &["sync"]));
        if code != Some(0) {
            said = Some((code, words));
            break;
        }
        acknowledged = n + 1;
    }
    let (code, words) = said.expect("the disk was full");
    assert_eq!((code, &words["error"]["kind"]), (Some(3), &value!("offline")), "{words}");
    let status = json(phone(&wei, &["status"]));
    assert_eq!(status["waiting_changes"], 1, "what was not taken stays on the phone");
    // The server still answers and says what is wrong.
    println!("acknowledged before it was full: {acknowledged}; then: {words}");
    assert!(words["error"]["words"].as_str().unwrap().contains('满'), "the words say what to do: {words}");
    let host = running.host();
    running.stop();
    disk.free();
    let running = Running::serve(&data, &host);
    json(phone(&wei, &["sync"]));
    let mine = json(phone(&wei, &["digest"]));
    assert_eq!(json(phone(&wei, &["status"]))["waiting_changes"], 0);
    running.stop();
    let store = SqliteStore::open(&database(&data), false).unwrap();
    assert_eq!(check::check(&store).unwrap().problems, Vec::<String>::new());
    assert_eq!(check::digest(&store).unwrap()[&id], mine["households"][&id].as_str().unwrap());
}
