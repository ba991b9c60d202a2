//! The PIN: it wraps the database's random key, in the side file `vault.json`.
//!
//! argon2id stretches the PIN, XChaCha20-Poly1305 wraps the key under it, so a wrong PIN is known by the tag alone.
//! A failed attempt is counted on disk *before* the PIN is tried: killing the app does not win one. After three failures
//! each attempt waits longer; after ten there is one attempt an hour (a lock that the server opens is issue 4).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::fault::disk;
use crate::domain::Person;
use crate::error::{Error, Kind, Result};

/// The name of the side file in the data directory.
pub const FILE: &str = "vault.json";

/// Wrong PINs until only one attempt an hour is left. 4-sync.md locks the device here until the server unlocks it; as long as
/// no server can (issue 4), a final lock would take unsynced visits with it.
pub const ATTEMPTS: u32 = 10;

/// Seconds between attempts after [`ATTEMPTS`].
const HOUR: i64 = 3600;

/// Seconds to wait before the next attempt, by failures so far (the last one holds from there on).
const WAITS: [i64; 10] = [0, 0, 0, 5, 15, 30, 60, 120, 300, 600];

/// The database key: 32 random bytes, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A fresh random key.
    pub fn random() -> Result<Self> {
        let mut key = [0; 32];
        random(&mut key)?;
        Ok(Self(key))
    }

    pub(super) fn hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }
}

/// What trying a PIN costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// memory in KiB
    pub memory: u32,
    /// passes over it
    pub passes: u32,
}

impl Cost {
    /// For people: 64 MiB, three passes.
    pub const FULL: Self = Self { memory: 64 * 1024, passes: 3 };
    /// For tests only.
    pub const CHEAP: Self = Self { memory: 64, passes: 1 };
}

/// Who is shown on the lock screen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Shown {
    /// the worker's own name and title; no household data is outside the database
    pub person: Option<Person>,
    /// names of the areas of the person
    pub areas: Vec<String>,
    pub language: String,
    pub text_size: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sealed {
    version: u32,
    cost: Cost,
    salt: String,
    nonce: String,
    wrapped: String,
    failed: u32,
    failed_at: i64,
    /// the ticket has been used; before that, enrolling again is allowed
    enrolled: bool,
    #[serde(default)]
    shown: Shown,
}

/// The side file, read.
pub struct Vault {
    path: PathBuf,
    sealed: Sealed,
}

impl Vault {
    /// Reads the side file; `None` on a device that has none.
    pub fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(disk(e)),
        };
        let sealed = serde_json::from_slice(&bytes).map_err(|e| damaged().because(e))?;
        Ok(Some(Self { path, sealed }))
    }

    /// Wraps `key` under `pin` and writes the side file.
    pub fn create(dir: &Path, key: &Key, pin: &str, cost: Cost) -> Result<Self> {
        check_pin(pin)?;
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        random(&mut salt)?;
        random(&mut nonce)?;
        let cipher = cipher(pin, &salt, cost)?;
        let wrapped = cipher
            .encrypt(&nonce.into(), Payload { msg: &key.0, aad: AAD })
            .map_err(|_| Error::internal("密钥封装失败。 The key could not be wrapped."))?;
        let sealed = Sealed {
            version: 1,
            cost,
            salt: hex::encode(salt),
            nonce: hex::encode(nonce),
            wrapped: hex::encode(wrapped),
            failed: 0,
            failed_at: 0,
            enrolled: false,
            shown: Shown { language: "zh-CN".into(), text_size: 17, ..Shown::default() },
        };
        let vault = Self { path: dir.join(FILE), sealed };
        vault.write()?;
        Ok(vault)
    }

    /// Tries the PIN at `now` (seconds since 1970). Wrong, too soon or used up: [`Kind::Pin`] or [`Kind::Locked`], with
    /// words that say how many attempts are left and how long to wait.
    pub fn open(&mut self, pin: &str, now: i64) -> Result<Key> {
        let wait = self.wait(now);
        if wait > 0 && self.is_used_up() {
            return Err(used_up(wait));
        }
        if wait > 0 {
            return Err(Error::new(
                Kind::Pin,
                format!(
                    "请等待 {wait} 秒后再试，还可尝试 {} 次。 Wait {wait} s before the next attempt; {} left.",
                    self.attempts_left(),
                    self.attempts_left()
                ),
            ));
        }
        self.sealed.failed += 1;
        self.sealed.failed_at = now;
        self.write()?;
        let Some(key) = self.unwrap_key(pin)? else { return Err(self.wrong()) };
        self.sealed.failed = 0;
        self.write()?;
        Ok(key)
    }

    fn wrong(&self) -> Error {
        let left = self.attempts_left();
        let wait = self.step();
        if self.is_used_up() {
            return used_up(wait);
        }
        let (zh, en) = if wait > 0 {
            (format!("，请等待 {wait} 秒"), format!(", wait {wait} s"))
        } else {
            Default::default()
        };
        Error::new(Kind::Pin, format!("密码不对，还可尝试 {left} 次{zh}。 Wrong PIN; {left} attempts left{en}."))
    }

    fn unwrap_key(&self, pin: &str) -> Result<Option<Key>> {
        let field = |text: &str| hex::decode(text).map_err(|e| damaged().because(e));
        let salt = field(&self.sealed.salt)?;
        let nonce: [u8; 24] = field(&self.sealed.nonce)?.try_into().map_err(|_| damaged())?;
        let wrapped = field(&self.sealed.wrapped)?;
        let cipher = cipher(pin, &salt, self.sealed.cost)?;
        let Ok(plain) = cipher.decrypt(&nonce.into(), Payload { msg: &wrapped, aad: AAD }) else { return Ok(None) };
        let plain = Zeroizing::new(plain);
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Some(Key(key)))
    }

    /// Attempts left; after [`ATTEMPTS`] always the one of the next hour.
    pub fn attempts_left(&self) -> u32 {
        ATTEMPTS.saturating_sub(self.sealed.failed).max(1)
    }

    fn is_used_up(&self) -> bool {
        self.sealed.failed >= ATTEMPTS
    }

    /// Whether an attempt has failed since the last good one.
    pub fn has_failed(&self) -> bool {
        self.sealed.failed > 0
    }

    /// Seconds to wait before the next attempt. A clock set back makes the wait no longer than it was.
    pub fn wait(&self, now: i64) -> i64 {
        let step = self.step();
        let passed = now.saturating_sub(self.sealed.failed_at).max(0);
        (step - passed).max(0)
    }

    fn step(&self) -> i64 {
        if self.is_used_up() {
            return HOUR;
        }
        let last = WAITS.last().copied().unwrap_or_default();
        WAITS.get(self.sealed.failed as usize).copied().unwrap_or(last)
    }

    /// Whether a ticket has been used on this device.
    pub fn enrolled(&self) -> bool {
        self.sealed.enrolled
    }

    /// What the lock screen shows.
    pub fn shown(&self) -> &Shown {
        &self.sealed.shown
    }

    /// Writes what the lock screen shows, and that the device is enrolled.
    pub fn show(&mut self, enrolled: bool, shown: Shown) -> Result<()> {
        self.sealed.enrolled = enrolled;
        self.sealed.shown = shown;
        self.write()
    }

    /// Whole or not at all: a temporary file, synced, renamed over the old one, the folder synced.
    fn write(&self) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(&self.sealed)
            .map_err(|e| Error::internal("密码文件无法写成。 The PIN file could not be written.").because(e))?;
        let fresh = self.path.with_extension("json.new");
        let mut file = fs::File::create(&fresh).map_err(disk)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(disk)?;
        fs::rename(&fresh, &self.path).map_err(disk)?;
        if let Some(Ok(folder)) = self.path.parent().map(fs::File::open) {
            // Not every platform can sync a folder; the rename is whole either way.
            folder.sync_all().ok();
        }
        Ok(())
    }
}

const AAD: &[u8] = b"ruhu-vault-v1";

/// 4–12 digits on the phone, or a password of at least six characters (at the desk).
pub fn check_pin(pin: &str) -> Result<()> {
    let digits = !pin.is_empty() && pin.bytes().all(|b| b.is_ascii_digit());
    let count = pin.chars().count();
    let fine = if digits { (4..=12).contains(&count) } else { (6..=128).contains(&count) };
    if fine {
        return Ok(());
    }
    Err(Error::invalid(
        "密码应为 4–12 位数字，或至少 6 个字符。 A PIN has 4–12 digits, a password at least 6 characters.",
    ))
}

fn cipher(pin: &str, salt: &[u8], cost: Cost) -> Result<XChaCha20Poly1305> {
    let fault =
        |e: argon2::Error| Error::internal("密码计算失败。 The PIN could not be processed.").because(e.to_string());
    let params = Params::new(cost.memory, cost.passes, 1, Some(32)).map_err(fault)?;
    let mut wrapping = Zeroizing::new([0_u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, wrapping.as_mut_slice())
        .map_err(fault)?;
    XChaCha20Poly1305::new_from_slice(wrapping.as_slice())
        .map_err(|e| Error::internal("密码计算失败。 The PIN could not be processed.").because(e.to_string()))
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|e| Error::internal("系统没有随机数。 The system has no random numbers.").because(e.to_string()))
}

fn damaged() -> Error {
    Error::damaged(
        "密码文件损坏，本机数据无法打开；已同步的内容在服务器上是安全的。请联系管理员。\
 The PIN file is damaged and the data cannot be opened; what was synced is safe on the server. Ask your administrator.",
    )
}

fn used_up(wait: i64) -> Error {
    Error::new(
        Kind::Pin,
        format!(
            "密码多次不对，每小时只能再试一次，请等待 {wait} 秒；本机的内容没有丢失。\
 Too many wrong PINs: one attempt an hour, wait {wait} s; nothing on this device is lost."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_800_000_000;

    fn fresh() -> (tempfile::TempDir, Key) {
        let dir = tempfile::tempdir().unwrap();
        let key = Key::random().unwrap();
        Vault::create(dir.path(), &key, "246810", Cost::CHEAP).unwrap();
        (dir, key)
    }

    fn again(dir: &tempfile::TempDir) -> Vault {
        Vault::read(dir.path()).unwrap().unwrap()
    }

    #[test]
    fn wei_xiuying_opens_her_phone_with_her_pin() {
        let (dir, key) = fresh();
        assert!(again(&dir).open("246810", NOON).unwrap().0 == key.0);
    }

    #[test]
    fn a_thief_is_slowed_to_one_attempt_an_hour_and_the_owner_still_gets_in() {
        let (dir, _) = fresh();
        let mut now = NOON;
        for failed in 1..=ATTEMPTS {
            let mut vault = again(&dir);
            now += vault.wait(now);
            let error = vault.open("000000", now).err().unwrap();
            assert_eq!(error.kind, Kind::Pin);
            let said =
                if failed < ATTEMPTS { format!("还可尝试 {} 次", ATTEMPTS - failed) } else { "每小时".into() };
            assert!(error.words.contains(&said), "{}", error.words);
        }
        assert!(now - NOON > 15 * 60, "ten attempts take a while: {}", now - NOON);
        assert_eq!(again(&dir).open("246810", now + HOUR - 1).err().unwrap().kind, Kind::Pin, "too soon");
        assert!(
            again(&dir).open("246810", now + HOUR).is_ok(),
            "unsynced visits are not lost with a PIN tried ten times"
        );
    }

    #[test]
    fn an_attempt_too_soon_is_not_counted_and_a_clock_set_back_does_not_wait_for_ever() {
        let (dir, key) = fresh();
        for _ in 0..3 {
            again(&dir).open("111111", NOON).err().unwrap();
        }
        let mut vault = again(&dir);
        let left = vault.attempts_left();
        assert_eq!(vault.open("246810", NOON + 1).err().unwrap().kind, Kind::Pin);
        assert_eq!(again(&dir).attempts_left(), left);
        assert_eq!(again(&dir).wait(NOON - 1_000_000), 5);
        assert!(again(&dir).open("246810", NOON + 5).unwrap().0 == key.0);
        assert_eq!(again(&dir).attempts_left(), ATTEMPTS);
    }

    #[test]
    fn the_attempt_counts_even_when_the_app_is_killed_while_trying() {
        let (dir, _) = fresh();
        let mut vault = again(&dir);
        vault.sealed.salt = "not hex".into();
        assert_eq!(vault.open("246810", NOON).err().unwrap().kind, Kind::Damaged);
        assert_eq!(again(&dir).attempts_left(), ATTEMPTS - 1);
    }

    #[test]
    fn short_pins_are_refused_and_a_torn_file_is_called_damaged() {
        for bad in ["", "123", "1234567890123", "abc12"] {
            assert_eq!(check_pin(bad).err().unwrap().kind, Kind::Invalid, "{bad}");
        }
        check_pin("1234").unwrap();
        check_pin("桌面密码一二").unwrap();
        let (dir, _) = fresh();
        fs::write(dir.path().join(FILE), b"{\"version\":1").unwrap();
        assert_eq!(Vault::read(dir.path()).err().unwrap().kind, Kind::Damaged);
    }
}
