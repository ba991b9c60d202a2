//! The server's word to its later self. What it said about devices, people and actors it signs, and the devices keep it:
//! restored from a backup that had heard of none of them, it believes its own signature (the key is in every backup).
//!
//! Here lives what is signed ([`warrant`], [`letter`]) and what is believed ([`know_again`], [`let_in_again`]). What may not
//! live here: judgement of changes, HTTP.

use app_core::domain::{Area, Person};
use app_core::wire::message::{ActorName, EnrolRequest, Letter, Warrant};
use app_core::wire::seal::AreaKey;
use app_core::wire::sign::{public_key, sign_actor, sign_letter, verify_actor, verify_letter};
use serde_bytes::ByteBuf;

use crate::error::{Error, Result, Why};
use crate::officer::random;
use crate::store::rows::{ActorOwner, DeviceRow, NewDevice, PersonRow};
use crate::store::{Reads, Writes};

/// Who writes under an actor; yet to be signed.
pub fn warrant(actor: &[u8], owner: ActorOwner) -> ActorName {
    ActorName {
        actor: ByteBuf::from(actor),
        person: owner.person,
        name: owner.person_name,
        device: owner.device_name,
        warrant: Some(Warrant {
            device: owner.device,
            key: ByteBuf::from(owner.device_key),
            title: owner.title,
            sig: ByteBuf::new(),
        }),
    }
}

/// Signs what is said of actors.
pub fn vouch(actors: &mut [ActorName], secret: &[u8; 32]) {
    for actor in actors {
        sign_actor(actor, secret);
    }
}

/// The letter of a device. `at`: not later than the person was looked up.
pub fn letter(device: &DeviceRow, person: &Person, at: i64, secret: &[u8; 32]) -> Letter {
    let mut letter = Letter {
        device: device.id.clone(),
        name: device.name.clone(),
        key: ByteBuf::from(device.key.clone()),
        person: person.clone(),
        at,
        sig: ByteBuf::new(),
    };
    sign_letter(&mut letter, secret);
    letter
}

/// How many generations of area keys a device is given: what colleagues sealed before they heard of the present one is for it too.
const GENERATIONS: u32 = 3;

/// The keys of a person's areas (`wire::seal`), of the latest generations: a new one begins with each device that is shut out.
pub fn area_keys(r: &dyn Reads, scope: &[Area], secret: &[u8; 32]) -> Result<Vec<AreaKey>> {
    let shut_out = r.devices()?.iter().filter(|d| d.revoked_at.is_some()).count();
    let generation = u32::try_from(shut_out).unwrap_or(u32::MAX).saturating_add(1);
    let all = generation.saturating_sub(GENERATIONS).saturating_add(1)..=generation;
    Ok(all.flat_map(|g| scope.iter().filter_map(move |area| AreaKey::of_server(secret, g, area))).collect())
}

/// Soon after a restore: actors of which the backup had not heard, with their devices and people; those that are new.
/// What is not our word is passed over: the work it should explain stays parked, with the reason.
pub fn know_again(w: &mut dyn Writes, vouched: &[ActorName], secret: &[u8; 32], now: i64) -> Result<Vec<[u8; 16]>> {
    let mut new = Vec::new();
    let key = public_key(secret);
    for actor in vouched {
        let Some(warrant) = &actor.warrant else { continue };
        if actor.actor.len() != 16 || w.owner(&actor.actor)?.is_some() || !verify_actor(actor, &key) {
            continue;
        }
        let mut device = warrant.device.clone();
        match w.device(&warrant.device)?.map_or_else(|| w.device_by_key(&warrant.key), |known| Ok(Some(known)))? {
            Some(known) if warrant.key != known.key || actor.person != known.person => continue,
            // Enrolled anew with its key before anybody told us its former id.
            Some(known) => device = known.id,
            None => {
                // Where they work, the office says, or their own phone's letter.
                let person = Person {
                    id: actor.person.clone(),
                    name: actor.name.clone(),
                    title: warrant.title,
                    scope: Vec::new(),
                };
                let person = known_person(w, person, now)?;
                put_back_device(w, &warrant.device, &actor.device, &warrant.key, &person, now)?;
            }
        }
        if let Ok(id) = <[u8; 16]>::try_from(actor.actor.as_slice())
            && w.put_actor(&id, &device, now)?
        {
            new.push(id);
        }
    }
    Ok(new)
}

/// The device and person of a letter: known still (the token was lost), or, soon after a restore, known again. The
/// request's signature has shown that the device holds its key.
pub fn let_in_again(
    w: &mut dyn Writes,
    request: &EnrolRequest,
    letter: &Letter,
    secret: &[u8; 32],
    now: i64,
) -> Result<(PersonRow, String)> {
    let unknown = || {
        Error::new(
            Why::Token,
            "服务器不认识这台设备。未同步的内容仍保存在本机，请联系管理员。 The server does not know this device. What is not synced is kept here; ask the administrator.",
        )
    };
    if letter.key != request.key || !verify_letter(letter, &public_key(secret)) {
        return Err(unknown());
    }
    let recovering = crate::ops::in_recovery(&*w, now)?;
    if let Some(known) = w.device(&letter.device)? {
        if known.revoked_at.is_some() {
            return Err(crate::officer::revoked());
        }
        let person = w.person(&known.person)?.filter(|_| letter.key == known.key).ok_or_else(unknown)?;
        // A colleague's phone had said who, but not where.
        let said = if person.person.id == letter.person.id { standing(&*w, letter)? } else { Vec::new() };
        let placed = recovering && person.person.scope.is_empty() && !said.is_empty();
        let person =
            if placed { put_person(w, &Person { scope: said, ..letter.person.clone() }, now)? } else { person };
        return Ok((person, known.id));
    }
    if !recovering || w.device_by_key(&letter.key)?.is_some() {
        return Err(unknown());
    }
    let person = known_person(w, letter.person.clone(), now)?;
    put_back_device(w, &letter.device, &letter.name, &letter.key, &person, now)?;
    Ok((person, letter.device.clone()))
}

/// Soon after a restore: the device of a letter that was verified, known again; `None` where its id is another's.
pub fn put_back_by_letter(w: &mut dyn Writes, letter: &Letter, now: i64) -> Result<Option<DeviceRow>> {
    if w.device(&letter.device)?.is_some() {
        return Ok(None);
    }
    let person = known_person(w, letter.person.clone(), now)?;
    put_back_device(w, &letter.device, &letter.name, &letter.key, &person, now)?;
    w.device(&letter.device)
}

/// Soon after a restore: areas that the letter says are the person's and the backup does not. Whoever was moved keeps what
/// the office says here, but what was done there is taken for a while, as after any change of areas. An area of which the
/// office said after the letter that it ended is not among them: so an old letter gives nothing back, and none gives twice.
pub fn areas_again(
    w: &mut dyn Writes,
    device: &DeviceRow,
    person: PersonRow,
    letter: &Letter,
    secret: &[u8; 32],
    now: i64,
) -> Result<PersonRow> {
    let ours = letter.device == device.id && letter.key == device.key && letter.person.id == person.person.id;
    let here = &person.person;
    if !ours || !verify_letter(letter, &public_key(secret)) {
        return Ok(person);
    }
    let mut wide = here.clone();
    wide.scope.extend(standing(&*w, letter)?.into_iter().filter(|a| !here.scope.contains(a)));
    if wide.scope.len() == here.scope.len() {
        return Ok(person);
    }
    // Given and taken back at once: a former area, of whose loss no device has heard.
    w.put_person(&wide, now)?;
    put_person(w, here, now)
}

/// The areas of a letter that have not ended since it was written.
fn standing(r: &dyn Reads, letter: &Letter) -> Result<Vec<Area>> {
    let ended = r.former_areas(&letter.person.id, letter.at)?;
    Ok(letter.person.scope.iter().filter(|a| !ended.contains(a)).cloned().collect())
}

/// The person as known here; as the letter says where not.
fn known_person(w: &mut dyn Writes, person: Person, now: i64) -> Result<PersonRow> {
    match w.person(&person.id)? {
        Some(known) => Ok(known),
        None => put_person(w, &person, now),
    }
}

fn put_person(w: &mut dyn Writes, person: &Person, now: i64) -> Result<PersonRow> {
    w.put_person(person, now)?;
    w.person(&person.id)?.ok_or_else(|| Error::internal("人员未能恢复。 The person could not be put back."))
}

/// A device that nobody can speak for until it asks for a token itself.
fn put_back_device(w: &mut dyn Writes, id: &str, name: &str, key: &[u8], person: &PersonRow, now: i64) -> Result<()> {
    w.put_device(&NewDevice {
        id: id.to_owned(),
        person: person.person.id.clone(),
        name: name.to_owned(),
        key: key.to_vec(),
        token_hash: random::<32>()?,
        at: now,
        scope_seq: person.changed_seq,
    })
}
