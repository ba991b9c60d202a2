//! 居民身份证 / 残疾人证 numbers: GB 11643-1999 (18 characters) and disability certificates (20, re-issued 22);
//! policy.md §10.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An ID number as written. Its `Debug` prints stars; show it to people through [`IdNumber::masked`].
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdNumber(String);

/// Why a number is not a valid ID number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// not 18, 20 or 22 characters
    Length,
    /// something other than digits (the 18th may be X)
    Characters,
    /// the birth date does not exist
    BirthDate,
    /// the check digit (GB 11643) does not fit
    CheckDigit,
    /// category (1–7) or level (1–4) of the disability certificate
    Disability,
}

impl IdNumber {
    /// Takes a number as typed: blanks dropped, x → X.
    pub fn new(text: &str) -> Self {
        Self(text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == 'x' { 'X' } else { c }).collect())
    }

    /// The number in full. Every caller that shows it must be a logged reveal.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `999999********0011`: region and the last four.
    pub fn masked(&self) -> String {
        let n = self.0.chars().count();
        self.0.chars().enumerate().map(|(i, c)| if i < 6 || i + 4 >= n { c } else { '*' }).collect()
    }

    /// The last four characters, for search.
    pub fn tail(&self) -> String {
        let n = self.0.chars().count();
        self.0.chars().skip(n.saturating_sub(4)).collect()
    }

    /// The first thing wrong with the number.
    pub fn fault(&self) -> Option<Fault> {
        let b = self.0.as_bytes();
        if !self.0.is_ascii() {
            return Some(Fault::Characters);
        }
        if !matches!(b.len(), 18 | 20 | 22) {
            return Some(Fault::Length);
        }
        let (resident, extra) = b.split_at(18);
        let (body, check) = resident.split_at(17);
        let last = check.first().copied().unwrap_or_default();
        if !body.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || last == b'X') {
            return Some(Fault::Characters);
        }
        if self.birth().is_none() {
            return Some(Fault::BirthDate);
        }
        if check_digit(body) != last {
            return Some(Fault::CheckDigit);
        }
        match extra {
            [] => None,
            [kind, level, rest @ ..] => {
                let fits = (b'1'..=b'7').contains(kind)
                    && (b'1'..=b'4').contains(level)
                    && rest.iter().all(u8::is_ascii_alphanumeric);
                (!fits).then_some(Fault::Disability)
            }
            [_] => Some(Fault::Length),
        }
    }

    /// The birth date in the number.
    pub fn birth(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.0.get(6..14)?, "%Y%m%d").ok()
    }

    /// `1` male, `2` female (odd or even sequence number).
    pub fn sex(&self) -> Option<&'static str> {
        let digit = self.0.as_bytes().get(16)?;
        digit.is_ascii_digit().then(|| if digit % 2 == 1 { "male" } else { "female" })
    }

    /// Disability category (1–7) and level (1–4) of a disability certificate.
    pub fn disability(&self) -> Option<(u8, u8)> {
        let b = self.0.as_bytes();
        match (b.get(18), b.get(19)) {
            (Some(k), Some(l)) if k.is_ascii_digit() && l.is_ascii_digit() => Some((k - b'0', l - b'0')),
            _ => None,
        }
    }
}

/// The GB 11643 check character of 17 digits.
pub fn check_digit(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d.wrapping_sub(b'0')) * w).sum();
    b"10X98765432".get((sum % 11) as usize).copied().unwrap_or(b'?')
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(******)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_invented_numbers_pass_and_a_slip_is_named() {
        let fine = IdNumber::new("999999198001010011");
        assert_eq!(fine.fault(), None);
        assert_eq!(fine.sex(), Some("male"));
        assert_eq!(fine.birth(), NaiveDate::from_ymd_opt(1980, 1, 1));
        assert_eq!(fine.masked(), "999999********0011");
        assert_eq!(IdNumber::new("999999198001010012").fault(), Some(Fault::CheckDigit));
        assert_eq!(IdNumber::new("999999198013010011").fault(), Some(Fault::BirthDate));
        assert_eq!(IdNumber::new("9999991980010100").fault(), Some(Fault::Length));
        assert_eq!(IdNumber::new("99999919800101001142").fault(), None);
        assert_eq!(IdNumber::new("99999919800101001195").fault(), Some(Fault::Disability));
        assert_eq!(IdNumber::new("九九九九九九").fault(), Some(Fault::Characters));
        assert_eq!(format!("{fine:?}"), "IdNumber(******)");
    }
}
