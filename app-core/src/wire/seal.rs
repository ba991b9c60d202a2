//! Sealing (4-sync.md "Without a server"): what leaves a device other than by its own link can be read by the server and by the
//! devices of the areas concerned, and by nobody who carries it.
//!
//! - Body: XChaCha20-Poly1305 under a fresh key and nonce.
//! - The fresh key is wrapped once for the server (X25519 with a throw-away key against the server's Ed25519 key in its Montgomery
//!   form, as libsodium's sealed boxes have it) and once under each area key.
//! - An **area key** comes from the server with the person's scope; the key of an area below is derived from it (HKDF-SHA256), so
//!   that a township's laptop opens what a phone of one of its grids sealed, and never the other way round. A new *generation*
//!   begins when a device is shut out.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use ed25519_dalek::{SigningKey, VerifyingKey};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::Area;
use crate::error::{Error, Result};

const ROOT: &[u8] = b"ruhu-area-root-v1";
const CHILD: &[u8] = b"ruhu-area-child-v1";
const TAG: &[u8] = b"ruhu-area-tag-v1";
const WRAP: &[u8] = b"ruhu-seal-wrap-v1";
const BODY: &[u8] = b"ruhu-seal-body-v1";

/// Lengths of the codes of the levels: county, township, village, grid.
const LEVELS: [usize; 4] = [6, 9, 12, 15];
/// The most area keys one thing is sealed to.
const AREAS_MAX: usize = 64;

/// The key of an area, of one generation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaKey {
    #[serde(rename = "a")]
    pub area: String,
    #[serde(rename = "g")]
    pub generation: u32,
    /// 32 bytes
    #[serde(rename = "k")]
    pub key: ByteBuf,
}

impl std::fmt::Debug for AreaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AreaKey")
            .field("area", &self.area)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl Drop for AreaKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl AreaKey {
    /// The server's key of an area, made of its signing key; `None` for a code without a county.
    pub fn of_server(secret: &[u8; 32], generation: u32, area: &Area) -> Option<Self> {
        let county = area.as_str().get(..LEVELS[0])?;
        let key = derived(secret, &[ROOT, &generation.to_be_bytes(), county.as_bytes()]);
        Self { area: county.to_owned(), generation, key: ByteBuf::from(*key) }.of(area)
    }

    /// The key of an area that lies in this one (or is this one); `None` where it does not.
    pub fn of(&self, area: &Area) -> Option<Self> {
        if !Area::parse(&self.area)?.contains(area) {
            return None;
        }
        let mut key = Zeroizing::new(<[u8; 32]>::try_from(self.key.as_slice()).ok()?);
        for level in LEVELS.into_iter().filter(|l| *l > self.area.len()) {
            let Some(code) = area.as_str().get(..level) else { break };
            key = derived(key.as_slice(), &[CHILD, code.as_bytes()]);
        }
        Some(Self { area: area.as_str().to_owned(), generation: self.generation, key: ByteBuf::from(*key) })
    }

    fn tag(&self) -> [u8; 8] {
        let mut tag = [0; 8];
        tag.iter_mut().zip(*derived(&self.key, &[TAG])).for_each(|(to, from)| *to = from);
        tag
    }
}

/// Something sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// version of the sealing: 1 (2026-11-24)
    #[serde(rename = "v")]
    pub version: u32,
    /// for the server: the throw-away X25519 public key
    #[serde(rename = "e")]
    pub ephemeral: ByteBuf,
    /// and the key of the body under what both know
    #[serde(rename = "w")]
    pub wrapped: ByteBuf,
    /// the key of the body under each area key
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Stanza>,
    /// 24 bytes
    #[serde(rename = "n")]
    pub nonce: ByteBuf,
    #[serde(rename = "b")]
    pub body: ByteBuf,
}

/// The key of the body under one area key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stanza {
    /// tells whoever holds the area key which one it is, and nobody else anything
    #[serde(rename = "t")]
    pub tag: ByteBuf,
    #[serde(rename = "n")]
    pub nonce: ByteBuf,
    #[serde(rename = "w")]
    pub wrapped: ByteBuf,
}

/// Seals to the server (its Ed25519 public key) and to whoever holds one of the area keys.
pub fn seal(plain: &[u8], server_key: &[u8], areas: &[AreaKey]) -> Result<Sealed> {
    let theirs = VerifyingKey::try_from(server_key).map_err(|e| broken().because(e))?;
    let theirs = PublicKey::from(theirs.to_montgomery().to_bytes());
    let (key, mine) = (random::<32>()?, random::<32>()?);
    let mine = StaticSecret::from(*mine);
    let ephemeral = PublicKey::from(&mine);
    let shared = mine.diffie_hellman(&theirs);
    let wrapping = derived(shared.as_bytes(), &[WRAP, ephemeral.as_bytes(), theirs.as_bytes()]);
    let mut stanzas = Vec::new();
    for area in areas.iter().take(AREAS_MAX) {
        let nonce = random::<24>()?;
        stanzas.push(Stanza {
            tag: ByteBuf::from(area.tag()),
            wrapped: encrypt(&area.key, &nonce, key.as_slice(), WRAP)?,
            nonce: ByteBuf::from(*nonce),
        });
    }
    let nonce = random::<24>()?;
    Ok(Sealed {
        version: 1,
        ephemeral: ByteBuf::from(ephemeral.to_bytes()),
        // The wrapping key is used once: its nonce may be any.
        wrapped: encrypt(wrapping.as_slice(), &[0; 24], key.as_slice(), WRAP)?,
        areas: stanzas,
        body: encrypt(key.as_slice(), &nonce, plain, BODY)?,
        nonce: ByteBuf::from(*nonce),
    })
}

impl Sealed {
    /// What is inside, for the server (its Ed25519 secret); `None`: it is not sealed to it, or damaged.
    pub fn open_as_server(&self, secret: &[u8; 32]) -> Option<Vec<u8>> {
        let signing = SigningKey::from_bytes(secret);
        let mine = StaticSecret::from(signing.to_scalar_bytes());
        let theirs = PublicKey::from(<[u8; 32]>::try_from(self.ephemeral.as_slice()).ok()?);
        let own = signing.verifying_key().to_montgomery().to_bytes();
        let shared = mine.diffie_hellman(&theirs);
        if !shared.was_contributory() {
            return None;
        }
        let wrapping = derived(shared.as_bytes(), &[WRAP, theirs.as_bytes(), &own]);
        let key = Zeroizing::new(decrypt(wrapping.as_slice(), &[0; 24], &self.wrapped, WRAP)?);
        self.unfold(&key)
    }

    /// What is inside, for a device that holds the area keys of one of its areas or of one around it. `areas`: where to look
    /// below each key (its own grids); `None`: it is not for this device, or damaged.
    pub fn open_as_device(&self, keys: &[AreaKey], areas: &[Area]) -> Option<Vec<u8>> {
        let below = keys.iter().flat_map(|key| areas.iter().filter_map(|area| key.of(area)));
        for key in keys.iter().cloned().chain(below) {
            let tag = key.tag();
            for stanza in self.areas.iter().take(AREAS_MAX).filter(|s| s.tag == tag) {
                if let Some(opened) = decrypt(&key.key, &stanza.nonce, &stanza.wrapped, WRAP) {
                    return self.unfold(&Zeroizing::new(opened));
                }
            }
        }
        None
    }

    fn unfold(&self, key: &[u8]) -> Option<Vec<u8>> {
        (self.version == 1).then(|| decrypt(key, &self.nonce, &self.body, BODY)).flatten()
    }
}

fn derived(secret: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are always within what HKDF-SHA256 can give.
    let _always = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, key.as_mut_slice());
    key
}

fn encrypt(key: &[u8], nonce: &[u8; 24], plain: &[u8], about: &[u8]) -> Result<ByteBuf> {
    let cipher = XChaCha20Poly1305::new_from_slice(key).map_err(|e| broken().because(e.to_string()))?;
    let done = cipher.encrypt(&(*nonce).into(), Payload { msg: plain, aad: about });
    done.map(ByteBuf::from).map_err(|_| broken())
}

fn decrypt(key: &[u8], nonce: &[u8], sealed: &[u8], about: &[u8]) -> Option<Vec<u8>> {
    let nonce = <[u8; 24]>::try_from(nonce).ok()?;
    let cipher = XChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.decrypt(&nonce.into(), Payload { msg: sealed, aad: about }).ok()
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|e| Error::internal("系统没有随机数。 The system has no random numbers.").because(e.to_string()))?;
    Ok(bytes)
}

fn broken() -> Error {
    Error::internal("内容无法封装，没有写出。 The content could not be sealed; nothing was written.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sign::public_key;

    const SERVER: [u8; 32] = [7; 32];
    const PLAIN: &[u8] = "韦秀英 患病".as_bytes();

    fn area(code: &str) -> Area {
        Area::parse(code).unwrap()
    }

    fn key(code: &str, generation: u32) -> AreaKey {
        AreaKey::of_server(&SERVER, generation, &area(code)).unwrap()
    }

    #[test]
    fn the_server_the_grid_and_those_above_it_open_it_and_nobody_else() {
        let grid = area("999999101203-04");
        let sealed = seal(PLAIN, &public_key(&SERVER), &[key("999999101203-04", 1)]).unwrap();
        assert_eq!(sealed.open_as_server(&SERVER).unwrap(), PLAIN);
        for above in ["999999101203-04", "999999101203", "999999101", "999999"] {
            let opened = sealed.open_as_device(&[key(above, 1)], std::slice::from_ref(&grid));
            assert_eq!(opened.as_deref(), Some(PLAIN), "{above}");
        }
        for stranger in [key("999999101203-05", 1), key("999999102", 1), key("999999101203-04", 2)] {
            assert_eq!(sealed.open_as_device(&[stranger], std::slice::from_ref(&grid)), None);
        }
        assert_eq!(sealed.open_as_server(&[8; 32]), None);
        assert!(!format!("{sealed:?}").contains("韦"));
    }

    #[test]
    fn a_key_gives_the_keys_below_it_and_none_above_or_beside() {
        let town = key("999999101", 1);
        assert!(town.of(&area("999999101203-04")).unwrap() == key("999999101203-04", 1));
        assert!(town.of(&area("999999101")).unwrap() == town);
        assert!(town.of(&area("999999")).is_none());
        assert!(town.of(&area("999999102203")).is_none());
    }

    #[test]
    fn a_flipped_bit_anywhere_is_seen() {
        let sealed = seal(PLAIN, &public_key(&SERVER), &[key("999999101203-04", 1)]).unwrap();
        let mut bytes = Vec::new();
        ciborium::into_writer(&sealed, &mut bytes).unwrap();
        for at in 0..bytes.len() {
            let mut torn = bytes.clone();
            torn[at] ^= 1;
            let Ok(read) = ciborium::from_reader::<Sealed, _>(torn.as_slice()) else { continue };
            let server = read.open_as_server(&SERVER);
            let grid = read.open_as_device(&[key("999999101203-04", 1)], &[]);
            assert!(server.is_none_or(|p| p == PLAIN) && grid.is_none_or(|p| p == PLAIN), "{at}");
        }
    }
}
