//! Who gets in: tickets, enrolment, tokens. A code or token is random and long (80 and 256 bits), so its SHA-256 is kept
//! and nothing slower is needed; looking it up by hash is constant-time in the secret.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use app_core::domain::Person;
use app_core::wire::sign::normalised_code;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, Why};
use crate::settings;
use crate::store::rows::{DeviceRow, NewTicket, PersonRow};
use crate::store::{Reads, Writes};

/// Characters of a ticket's code: no 0, 1, I, O, L or U, so that it can be read out.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 17 of 30 characters = 83 bits.
const CODE_LENGTH: usize = 17;

/// `n` random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::internal("系统没有随机数。 The system has no random numbers.").because(e))?;
    Ok(bytes)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A fresh code, in groups: `XXXXX-XXXXXX-XXXXXX`.
pub fn fresh_code() -> Result<String> {
    let mut code = String::new();
    let mut taken = 0;
    while taken < CODE_LENGTH {
        // Rejecting the last 16 of 256 values keeps every character equally likely.
        for byte in random::<32>()?.into_iter().filter(|b| *b < 240) {
            if taken == CODE_LENGTH {
                break;
            }
            if taken == 5 || taken == 11 {
                code.push('-');
            }
            code.extend(ALPHABET.get(usize::from(byte) % ALPHABET.len()).map(|b| char::from(*b)));
            taken += 1;
        }
    }
    Ok(code)
}

/// The hash under which a ticket is kept.
pub fn ticket_hash(code: &str) -> [u8; 32] {
    sha256(format!("ruhu-ticket-v1{}", normalised_code(code)).as_bytes())
}

/// Makes a ticket; the code is given once and kept nowhere.
pub fn make_ticket(w: &mut dyn Writes, person: &str, hours: u32, now: i64) -> Result<(String, i64)> {
    if w.person(person)?.is_none() {
        return Err(Error::new(Why::NotFound, "没有这个人员。 There is no such user."));
    }
    let code = fresh_code()?;
    let expires_at = now.saturating_add(i64::from(hours).saturating_mul(3600));
    w.put_ticket(&NewTicket { hash: ticket_hash(&code), person: person.to_owned(), created_at: now, expires_at })?;
    Ok((code, expires_at))
}

/// Whose ticket this is, if it is good now.
pub fn check_ticket(r: &dyn Reads, code: &str, now: i64) -> Result<PersonRow> {
    let unknown = || {
        Error::new(
            Why::TicketUnknown,
            "服务器上没有这个登记码，没有登记。请逐字核对，或重新扫描；也可能是别的服务器的登记码。 The server does not know this ticket; nothing was enrolled. Compare it letter by letter or scan it again; it may belong to another server.",
        )
    };
    let ticket = r.ticket(&ticket_hash(code))?.ok_or_else(unknown)?;
    if ticket.used.is_some() {
        return Err(Error::new(
            Why::TicketUsed,
            "这个登记码已经用过，没有登记。一个登记码只能登记一台设备，请向发码人要一个新的。 This ticket was used already; nothing was enrolled. A ticket enrols one device: ask for a new one.",
        ));
    }
    if ticket.expires_at <= now {
        return Err(Error::new(
            Why::TicketExpired,
            "登记码已过期，没有登记。请向发码人要一个新的。 The ticket has expired; nothing was enrolled. Ask for a new one.",
        ));
    }
    r.person(&ticket.person)?.ok_or_else(unknown)
}

/// The device that this ticket has enrolled with this very key: its answer was lost on the way, and it asks again.
/// Possession of the key was proven by the request's signature; a ticket that has expired since stays expired.
pub fn enrolled_before(r: &dyn Reads, code: &str, key: &[u8], now: i64) -> Result<Option<(PersonRow, String)>> {
    let Some(ticket) = r.ticket(&ticket_hash(code))?.filter(|t| t.expires_at > now) else { return Ok(None) };
    let Some((_, id)) = ticket.used else { return Ok(None) };
    let Some(device) = r.device(&id)?.filter(|d| d.key == key && d.revoked_at.is_none()) else { return Ok(None) };
    Ok(r.person(&device.person)?.map(|person| (person, device.id)))
}

/// Whether a device may bring more today.
///
/// # Errors
/// `quota` once it has brought [`settings::BROUGHT_A_DAY`].
pub fn within_the_day(r: &dyn Reads, device: &str, day: i64) -> Result<()> {
    if r.brought(device, day)? < settings::BROUGHT_A_DAY {
        return Ok(());
    }
    Err(Error::new(
        Why::Quota,
        "本机今天上传的内容已到上限，这次没有写入；本机内容都在，请明天再同步，或联系管理员。 This device has brought as much as is taken in a day; nothing was written, everything here is safe. Sync tomorrow or ask the administrator.",
    ))
}

/// The device and person behind a bearer token.
pub fn check_token(r: &dyn Reads, token: &str) -> Result<(DeviceRow, PersonRow)> {
    let unknown = || {
        Error::new(
            Why::Token,
            "服务器不认识这台设备。未同步的内容仍保存在本机，请联系管理员。 The server does not know this device. What is not synced is kept here; ask the administrator.",
        )
    };
    let device = r.device_by_token(&token_hash(token))?.ok_or_else(unknown)?;
    if device.revoked_at.is_some() {
        return Err(revoked());
    }
    let person = r.person(&device.person)?.ok_or_else(unknown)?;
    Ok((device, person))
}

/// What a revoked device is told.
pub fn revoked() -> Error {
    Error::new(
        Why::DeviceRevoked,
        "本机已被停用。未同步的内容仍保存在本机，请联系管理员。 This device was shut out. What is not synced is kept here; ask the administrator.",
    )
}

/// The hash under which a token is kept.
pub fn token_hash(token: &str) -> [u8; 32] {
    sha256(format!("ruhu-token-v1{token}").as_bytes())
}

/// A person with the areas in which a push of this device is still taken: the present ones, and those it has not heard
/// of losing, or only just (work done there is accepted, attributed, never dropped; 4-sync.md). `heard`: by this request.
pub fn pushing_as(r: &dyn Reads, person: &PersonRow, device: &DeviceRow, heard: bool, now: i64) -> Result<Person> {
    let mut wide = person.person.clone();
    let heard = heard && device.scope_seq >= person.changed_seq;
    if !heard || now.saturating_sub(device.heard_at) < settings::HEARD_GRACE {
        let since = now.saturating_sub(settings::FORMER_AREA_GRACE).max(device.enrolled_at);
        wide.scope.extend(r.former_areas(&wide.id, since)?);
    }
    Ok(wide)
}

/// Whose attempts are counted together.
pub struct Clients {
    /// devices connect to this process itself (its own TLS), not through a proxy
    pub direct: bool,
    /// proxies whose word is believed
    pub proxies: Vec<IpAddr>,
}

impl Clients {
    /// The address behind a connection. Unknown behind a proxy that is not trusted: its own address is everybody's, and
    /// ten wrong codes of one stranger would shut out a county.
    pub fn of(&self, peer: IpAddr, forwarded: Option<&str>) -> Option<IpAddr> {
        if self.proxies.contains(&peer) {
            // The last entry is the trusted proxy's own; those before are whatever the client wrote.
            return forwarded.and_then(|f| f.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        }
        (self.direct || !peer.is_loopback()).then_some(peer)
    }
}

/// Failed attempts at codes in a quarter of an hour: ten from one address where addresses are known, two hundred from all.
/// A code has 83 bits: this keeps strangers quiet, it is not what keeps them out.
#[derive(Default)]
pub struct Attempts {
    failed: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    since: Option<Instant>,
    total: u32,
    by_source: HashMap<IpAddr, u32>,
}

impl Attempts {
    const PERIOD: Duration = Duration::from_secs(15 * 60);
    const PER_SOURCE: u32 = 10;
    const TOTAL: u32 = 200;

    /// Whether another attempt may be made from here.
    pub fn allow(&self, source: Option<IpAddr>) -> Result<()> {
        let mut window = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if window.since.is_none_or(|s| s.elapsed() > Self::PERIOD) {
            *window = Window { since: Some(Instant::now()), ..Window::default() };
        }
        let here = source.and_then(|s| window.by_source.get(&s)).copied().unwrap_or_default();
        if here >= Self::PER_SOURCE || window.total >= Self::TOTAL {
            return Err(Error::new(
                Why::Attempts,
                "尝试次数过多，请 15 分钟后再试；登记码没有失效。 Too many attempts: wait 15 minutes; the ticket stays good.",
            ));
        }
        Ok(())
    }

    /// Counts a failed attempt.
    pub fn failed(&self, source: Option<IpAddr>) {
        let mut window = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        window.total = window.total.saturating_add(1);
        // `TOTAL` bounds the map as well.
        let Some(source) = source else { return };
        let here = window.by_source.entry(source).or_default();
        *here = here.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_out_in_groups_and_typed_as_one_likes() {
        let code = fresh_code().unwrap();
        assert_eq!(code.len(), CODE_LENGTH + 2);
        assert_eq!(ticket_hash(&code), ticket_hash(&code.to_lowercase().replace('-', " ")));
        assert_ne!(fresh_code().unwrap(), code);
    }

    #[test]
    fn ten_wrong_codes_shut_one_address_and_not_the_next() {
        let attempts = Attempts::default();
        let (here, there) = ("10.0.0.1".parse().ok(), "10.0.0.2".parse().ok());
        for _ in 0..10 {
            attempts.allow(here).unwrap();
            attempts.failed(here);
        }
        assert_eq!(attempts.allow(here).unwrap_err().why, Why::Attempts);
        attempts.allow(there).unwrap();
    }

    #[test]
    fn behind_a_proxy_one_stranger_does_not_shut_out_a_county() {
        let (proxy, stranger) = ("127.0.0.1".parse().unwrap(), "203.0.113.9");
        let behind = Clients { direct: false, proxies: Vec::new() };
        assert_eq!(behind.of(proxy, Some(stranger)), None, "nobody vouches for that address");
        let attempts = Attempts::default();
        for _ in 0..50 {
            attempts.failed(behind.of(proxy, None));
        }
        attempts.allow(behind.of(proxy, None)).unwrap();

        let trusting = Clients { direct: false, proxies: vec![proxy] };
        let claimed = format!("10.1.1.1, {stranger}");
        assert_eq!(trusting.of(proxy, Some(&claimed)), stranger.parse().ok(), "the proxy's own entry is the last");
        let direct = Clients { direct: true, proxies: Vec::new() };
        assert_eq!(direct.of(proxy, Some(stranger)), Some(proxy));
    }
}
