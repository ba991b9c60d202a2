//! People, tickets, devices, areas, moves.

use app_core::domain::id::short_id;
use app_core::domain::{Area, Person, Title};
use serde::Serialize;
use uuid::Uuid;

use app_core::wire::record::packs::KINDS;

use crate::error::{Error, Result, Why};
use crate::intake::records::read_filing;
use crate::store::{Reads, Store, read, write};

/// A person as printed.
#[derive(Debug, Serialize)]
pub struct UserView {
    /// the server's id
    pub id: String,
    /// name
    pub name: String,
    /// code of the title
    pub title: &'static str,
    /// official Chinese of the title
    pub label: &'static str,
    /// codes of the areas
    pub areas: Vec<String>,
    /// what to look at, of one who was just added
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl From<&Person> for UserView {
    fn from(p: &Person) -> Self {
        Self {
            id: p.id.clone(),
            name: p.name.clone(),
            title: p.title.code(),
            label: p.title.label(),
            areas: p.scope.iter().map(|a| a.as_str().to_owned()).collect(),
            warnings: Vec::new(),
        }
    }
}

/// A device as printed.
#[derive(Debug, Serialize)]
pub struct DeviceView {
    /// the server's id
    pub id: String,
    /// whose
    pub user: String,
    /// what people call it
    pub name: String,
    /// seconds since 1970
    pub enrolled_at: i64,
    /// seconds since 1970, to ten minutes
    pub seen_at: i64,
    /// seconds since 1970
    pub revoked_at: Option<i64>,
}

/// A ticket as handed out.
#[derive(Debug, Serialize)]
pub struct TicketView {
    /// `XXXXX-XXXXXX-XXXXXX`
    pub code: String,
    /// `ruhu:<url>#<code>.<fingerprint or ->.<expiry>`: what the QR code holds
    pub ticket: String,
    /// seconds since 1970
    pub expires_at: i64,
}

/// Adds a person. After a restore a person who was known before and is added again gets another id, and could do alone what
/// takes two people: an equal name is warned of.
pub fn add_user(store: &dyn Store, name: &str, title: &str, areas: &[String], now: i64) -> Result<UserView> {
    let title = Title::parse(title).ok_or_else(|| {
        let codes: Vec<&str> = Title::ALL.iter().map(|t| t.code()).collect();
        Error::invalid(format!("没有这个职务。 There is no such title. One of: {}", codes.join(", ")))
    })?;
    if name.trim().is_empty() {
        return Err(Error::invalid("姓名不能为空。 A name is needed."));
    }
    let person = Person { id: short_id(), name: name.trim().to_owned(), title, scope: scope(store, areas)? };
    write(store, move |w| {
        let mut view = UserView::from(&person);
        let named_so = |p: &crate::store::rows::PersonRow| p.person.name == person.name;
        if super::in_recovery(&*w, now)? && (w.people()?.iter().any(named_so) || filed_under(&*w, &person.name)?) {
            view.warnings.push(KNOWN_BEFORE.to_owned());
        }
        w.put_person(&person, now)?;
        Ok(view)
    })
}

const KNOWN_BEFORE: &str = "服务器恢复不久，已有同名的人员或记录；如果是同一个人，请不要重新添加，用其原来的设备同步即可找回，或为原来的人员发登记码。 The server was restored a short time ago and knows somebody of this name. If it is the same person, do not add them again: their device brings them back when it syncs, or give a ticket to the one who is there.";

/// Whether a record was filed here under this name, by a person the backup may not know.
fn filed_under(r: &dyn Reads, name: &str) -> Result<bool> {
    for row in r.records_of(&KINDS)? {
        if read_filing(&row)?.name == name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives a person other areas; devices grow and forget at their next round.
pub fn move_user(store: &dyn Store, id: &str, areas: &[String], now: i64) -> Result<UserView> {
    let scope = scope(store, areas)?;
    let id = id.to_owned();
    write(store, move |w| {
        let none = || Error::new(Why::NotFound, "没有这个人员。 There is no such user.");
        let person = Person { scope, ..w.person(&id)?.ok_or_else(none)?.person };
        w.put_person(&person, now)?;
        Ok(UserView::from(&person))
    })
}

/// Everybody.
pub fn users(store: &dyn Store) -> Result<Vec<UserView>> {
    read(store, |r| Ok(r.people()?.iter().map(|p| UserView::from(&p.person)).collect()))
}

fn scope(store: &dyn Store, areas: &[String]) -> Result<Vec<Area>> {
    let county = read(store, super::county)?;
    areas
        .iter()
        .map(|code| {
            Area::parse(code).filter(|a| county.contains(a)).ok_or_else(|| {
                Error::invalid(format!("区划代码 {code} 不在本县。 This is not an area of this county."))
            })
        })
        .collect()
}

/// Makes a ticket; `url` overrides the address of the settings.
pub fn ticket(store: &dyn Store, user: &str, hours: u32, url: Option<String>, now: i64) -> Result<TicketView> {
    let (url, fingerprint) = read(store, |r| {
        let url = match url {
            Some(url) => url,
            None => address(r)?,
        };
        let pinned = url.starts_with("https://") && super::text(r, super::TLS)?.as_deref() != Some("proxy");
        Ok((url, if pinned { crate::keys::fingerprint(r)? } else { "-".to_owned() }))
    })?;
    let user = user.to_owned();
    let (code, expires_at) = write(store, move |w| crate::officer::make_ticket(w, &user, hours, now))?;
    let ticket = format!("ruhu:{url}#{code}.{fingerprint}.{expires_at}");
    Ok(TicketView { code, ticket, expires_at })
}

fn address(r: &dyn Reads) -> Result<String> {
    for key in [super::URL, super::LAST_URL] {
        if let Some(url) = super::text(r, key)? {
            return Ok(url);
        }
    }
    Err(Error::invalid("不知道服务器地址：请用 --url 指定，或先启动一次。 Give --url, or start the server once."))
}

/// Every device.
pub fn devices(store: &dyn Store) -> Result<Vec<DeviceView>> {
    let all = read(store, |r| r.devices())?;
    Ok(all
        .into_iter()
        .map(|d| DeviceView {
            id: d.id,
            user: d.person,
            name: d.name,
            enrolled_at: d.enrolled_at,
            seen_at: d.seen_at,
            revoked_at: d.revoked_at,
        })
        .collect())
}

/// Shuts a device out.
pub fn revoke(store: &dyn Store, device: &str, now: i64) -> Result<()> {
    let device = device.to_owned();
    if write(store, move |w| w.revoke(&device, now))? {
        return Ok(());
    }
    Err(Error::new(Why::NotFound, "没有这台设备，或已停用。 There is no such device, or it is shut out already."))
}

/// Names an area.
pub fn add_area(store: &dyn Store, code: &str, name: &str, now: i64) -> Result<()> {
    let codes = [code.to_owned()];
    let area = scope(store, &codes)?;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::invalid("名称不能为空。 A name is needed."));
    }
    write(store, move |w| {
        for area in &area {
            w.put_area(area, &name, now)?;
        }
        Ok(())
    })
}

/// Puts a household into another grid; its phones forget and grow.
pub fn move_household(store: &dyn Store, id: &str, grid: &str, now: i64) -> Result<()> {
    let id = Uuid::parse_str(id).map_err(|e| Error::invalid("户编号有误。 This is not a household id.").because(e))?;
    let grids = scope(store, &[grid.to_owned()])?;
    let Some(grid) = grids.into_iter().find(|g| g.as_str().len() == 15) else {
        return Err(Error::invalid("应为网格代码，如 999999101203-04。 A grid is needed."));
    };
    write(store, move |w| w.move_household(id, grid.as_str(), now))
}
