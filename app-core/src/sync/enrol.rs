//! Enrolment: a one-time ticket, the device's new keys, and what the server tells it.

use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use super::progress::Progress;
use super::transport::{Address, Link, Transport, UNREACHABLE};
use crate::error::{Error, Kind, Result};
use crate::storage::Tx;
use crate::storage::meta::{Enrolling, Identity, OwnActor};
use crate::wire::message::{Cursor, EnrolAnswer, EnrolRequest, Letter};
use crate::wire::{sign, version};

/// A ticket as typed or scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub server: String,
    pub code: String,
    pub fingerprint: Option<String>,
    /// seconds since 1970
    pub expires: Option<i64>,
    /// plain `http://` beyond this machine was allowed by hand
    pub insecure: bool,
}

impl Ticket {
    /// Reads a ticket line `ruhu:<https://host:port>#<code>.<fingerprint or ->.<expiry>`, or a bare code with the
    /// server's address apart.
    pub fn parse(ticket: &str, server: &str) -> Result<Self> {
        let ticket = ticket.trim();
        let Some(line) = ticket.strip_prefix("ruhu:") else {
            if ticket.is_empty() || server.trim().is_empty() {
                return Err(Error::invalid(
                    "请填写服务器地址和登记码。 Give the server's address and the ticket's code.",
                ));
            }
            return Ok(Self {
                server: with_scheme(server),
                code: ticket.to_owned(),
                fingerprint: None,
                expires: None,
                insecure: false,
            });
        };
        let bad = || {
            Error::invalid(
                "登记码不完整或有误，没有登记，请重新扫描或核对。 The ticket is incomplete or mistyped; nothing was enrolled. Scan it again or compare it.",
            )
        };
        let (server, rest) = line.split_once('#').ok_or_else(bad)?;
        let mut parts = rest.split('.');
        let (Some(code), Some(print), Some(expiry), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        let fingerprint = match print {
            "-" => None,
            hex if hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) => Some(hex.to_lowercase()),
            _ => return Err(bad()),
        };
        if code.is_empty() || server.is_empty() {
            return Err(bad());
        }
        let expires = Some(expiry.parse().map_err(|_| bad())?);
        Ok(Self { server: with_scheme(server), code: code.to_owned(), fingerprint, expires, insecure: false })
    }

    /// Refuses a ticket that has expired by this device's clock with a day's grace: the server's clock decides.
    pub fn check(&self, now: i64) -> Result<()> {
        if self.expires.is_some_and(|e| e.saturating_add(86_400) < now) {
            return Err(Error::new(
                Kind::Refused,
                "登记码已过期，没有登记。请向发码人要一个新的。 The ticket has expired; nothing was enrolled. Ask for a new one.",
            ));
        }
        Ok(())
    }

    /// Where the server is.
    pub fn address(&self) -> Address {
        Address { server: self.server.clone(), fingerprint: self.fingerprint.clone(), insecure: self.insecure }
    }
}

fn with_scheme(server: &str) -> String {
    let server = server.trim().trim_end_matches('/');
    if server.contains("://") { server.to_owned() } else { format!("https://{server}") }
}

/// The keys of this device: those of an earlier try, or fresh ones, kept before they are shown to anyone.
pub fn keys(tx: &Tx<'_>) -> Result<Enrolling> {
    if let Some(keys) = tx.enrolling()? {
        return Ok(keys);
    }
    let (mut secret, mut nonce) = (Zeroizing::new([0; 32]), [0; 8]);
    random(secret.as_mut_slice())?;
    random(&mut nonce)?;
    let keys = Enrolling { secret: hex::encode(secret.as_slice()), nonce: hex::encode(nonce) };
    tx.set_enrolling(Some(&keys))?;
    Ok(keys)
}

/// Presents the ticket.
pub fn ask(
    transport: &dyn Transport,
    ticket: &Ticket,
    keys: &Enrolling,
    device_name: &str,
    progress: &Progress,
) -> Result<EnrolAnswer> {
    let mut request = EnrolRequest {
        v: version::CURRENT,
        code: ticket.code.clone(),
        key: ByteBuf::new(),
        nonce: ByteBuf::from(nonce(&keys.nonce)?),
        device_name: device_name.to_owned(),
        sig: ByteBuf::new(),
        letter: None,
    };
    sign::sign_enrol(&mut request, &*secret(&keys.secret)?);
    Link::new(transport, None, progress).enrol(&request).map_err(|e| {
        // What the server itself says stays; silence means something else here than in a round.
        if e.words == UNREACHABLE { unfinished().because(e) } else { e }
    })
}

fn unfinished() -> Error {
    Error::new(
        Kind::Offline,
        "连不上服务器，登记还没有完成；登记码没有作废。请到有网络的地方，用同一个登记码和密码再试一次。 The server cannot be reached, so the enrolment is not finished; the ticket stays good. Where there is signal, try again with the same ticket and PIN.",
    )
}

/// Asks a server that has forgotten this device (it was restored from a backup made before the enrolment, or this device
/// was put back to an older token) to let it in again on its own letter; gives the identity with the new token.
pub fn ask_again(link: &Link<'_>, identity: &Identity, letter: Letter, nonce: [u8; 8]) -> Result<Identity> {
    let mut request = EnrolRequest {
        v: version::CURRENT,
        code: String::new(),
        key: ByteBuf::new(),
        nonce: ByteBuf::from(nonce),
        device_name: identity.device_name.clone(),
        sig: ByteBuf::new(),
        letter: Some(letter),
    };
    sign::sign_enrol(&mut request, &*secret(&identity.secret)?);
    let answer = link.enrol(&request)?;
    if answer.device != identity.device || hex::encode(&answer.server_key) != identity.server_key {
        return Err(Error::new(
            Kind::Refused,
            "这不是本机登记的服务器，没有同步；本机内容都在。 This is not the server this device was enrolled at; everything here is safe.",
        ));
    }
    Ok(Identity { token: answer.token, ..identity.clone() })
}

/// Takes what the server told. `now`: seconds since 1970 by this device.
pub fn accept(
    tx: &Tx<'_>,
    ticket: &Ticket,
    keys: &Enrolling,
    device_name: &str,
    answer: &EnrolAnswer,
    now: i64,
) -> Result<()> {
    tx.set_identity(&Identity {
        device: answer.device.clone(),
        device_name: device_name.to_owned(),
        server: ticket.server.clone(),
        server_name: answer.server_name.clone(),
        fingerprint: ticket.fingerprint.clone(),
        insecure: ticket.insecure,
        token: answer.token.clone(),
        secret: keys.secret.clone(),
        server_key: hex::encode(&answer.server_key),
    })?;
    tx.hear_person(&answer.person)?;
    if let Some(letter) = &answer.letter {
        tx.set_letter(letter)?;
    }
    tx.add_own_actor(own_actor(&keys.secret, nonce(&keys.nonce)?)?)?;
    tx.set_pack_ref(&answer.pack)?;
    tx.write_areas(&answer.areas)?;
    tx.add_area_keys(&answer.keys, now)?;
    tx.set_cursor(&Cursor { epoch: answer.epoch.clone(), ..Cursor::default() })?;
    tx.set_enrolling(None)
}

/// This device's secret key.
pub(super) fn secret(text: &str) -> Result<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(hex::decode(text).unwrap_or_default());
    let key: Option<[u8; 32]> = bytes.as_slice().try_into().ok();
    key.map(Zeroizing::new).ok_or_else(|| Error::damaged("本机密钥损坏。 This device's key is damaged."))
}

fn nonce(text: &str) -> Result<[u8; 8]> {
    hex::decode(text)
        .ok()
        .and_then(|b| b.try_into().ok())
        .ok_or_else(|| Error::damaged("本机写入身份损坏。 This device's actor is damaged."))
}

/// The actor of a nonce.
fn own_actor(secret_hex: &str, nonce: [u8; 8]) -> Result<OwnActor> {
    let key = sign::public_key(&*secret(secret_hex)?);
    Ok(OwnActor { actor: sign::actor_of(&key, &nonce), nonce })
}

/// A fresh actor of this device.
pub(super) fn fresh_actor(identity: &Identity) -> Result<OwnActor> {
    let mut nonce = [0; 8];
    random(&mut nonce)?;
    own_actor(&identity.secret, nonce)
}

/// Random bytes.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|e| Error::internal("系统没有随机数。 The system has no random numbers.").because(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "ruhu:https://10.0.0.2:8480#K7QF-3MXD.00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF.1800000000";

    #[test]
    fn a_scanned_ticket_carries_address_code_certificate_and_expiry() {
        let t = Ticket::parse(LINE, "").unwrap();
        assert_eq!((t.server.as_str(), t.code.as_str()), ("https://10.0.0.2:8480", "K7QF-3MXD"));
        assert!(t.fingerprint.unwrap().ends_with("eeff"));
        assert_eq!(t.expires, Some(1_800_000_000));
        assert_eq!(
            Ticket::parse(&LINE.replace("00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", "-"), "")
                .unwrap()
                .fingerprint,
            None
        );
    }

    #[test]
    fn a_typed_code_needs_the_address_apart() {
        let t = Ticket::parse(" k7qf 3mxd ", "ruhu.example:8480/").unwrap();
        assert_eq!(t.server, "https://ruhu.example:8480");
        assert_eq!(sign::normalised_code(&t.code), "K7QF3MXD");
        assert_eq!(Ticket::parse("K7QF3MXD", "").err().unwrap().kind, Kind::Invalid);
    }

    #[test]
    fn a_torn_or_stale_ticket_is_refused_before_anything_is_sent() {
        for cut in 5..LINE.len() - 10 {
            if let Some(torn) = LINE.get(..cut) {
                assert!(Ticket::parse(torn, "").is_err(), "{torn}");
            }
        }
        let t = Ticket::parse(LINE, "").unwrap();
        t.check(1_800_000_000).unwrap();
        assert_eq!(t.check(1_800_000_000 + 200_000).err().unwrap().kind, Kind::Refused);
    }
}
