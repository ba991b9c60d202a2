//! Numbers: exact decimals wherever a decimal can hold them, binary floats for what XPath needs beyond.
//!
//! Money is compared unrounded (spec "screening-priority"), so `+ − ×` and comparisons are exact; division
//! rounds to 28 digits. NaN, infinities, overflow and transcendental functions fall back to `f64`.

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A number as expressions see it.
#[derive(Clone, Copy, Debug)]
pub enum Num {
    /// An exact decimal; the usual case.
    Dec(Decimal),
    /// NaN, an infinity, or a value too large or too odd for a decimal.
    Float(f64),
}

impl Num {
    /// Not a number.
    pub const NAN: Num = Num::Float(f64::NAN);
    /// 0
    pub const ZERO: Num = Num::Dec(Decimal::ZERO);

    /// From a binary float, exact decimal where one holds it (shortest digits that round-trip).
    pub fn from_f64(f: f64) -> Num {
        if !f.is_finite() {
            return Num::Float(f);
        }
        match Decimal::from_f64(f) {
            // `from_f64` keeps about 15 significant digits; anything else stays a float.
            Some(d) if d.to_f64() == Some(f) => Num::Dec(d),
            _ => Decimal::from_str(&f.to_string()).map_or(Num::Float(f), |d| match d.to_f64() {
                Some(back) if back == f => Num::Dec(d),
                _ => Num::Float(f),
            }),
        }
    }

    /// Reads XPath's own number grammar: optional minus, digits, optional fraction; blanks around are allowed.
    /// Anything else (a plus sign, an exponent, words) is `None`.
    pub fn parse(text: &str) -> Option<Num> {
        let t = text.trim_matches([' ', '\t', '\r', '\n']);
        let body = t.strip_prefix('-').unwrap_or(t);
        let mut digits = 0usize;
        let mut dots = 0usize;
        for b in body.bytes() {
            match b {
                b'0'..=b'9' => digits += 1,
                b'.' => dots += 1,
                _ => return None,
            }
        }
        if digits == 0 || dots > 1 {
            return None;
        }
        if digits <= 28
            && let Ok(d) = Decimal::from_str(t)
        {
            return Some(Num::Dec(d));
        }
        match Decimal::from_str_exact(t) {
            Ok(d) => Some(Num::Dec(d)),
            Err(_) => t.parse::<f64>().ok().map(Num::Float),
        }
    }

    /// The nearest binary float.
    pub fn to_f64(self) -> f64 {
        match self {
            Num::Dec(d) => d.to_f64().unwrap_or(f64::NAN),
            Num::Float(f) => f,
        }
    }

    /// Whether this is NaN.
    pub fn is_nan(self) -> bool {
        matches!(self, Num::Float(f) if f.is_nan())
    }

    /// Whether this is neither NaN nor an infinity.
    pub fn is_finite(self) -> bool {
        match self {
            Num::Dec(_) => true,
            Num::Float(f) => f.is_finite(),
        }
    }

    /// XPath's boolean of a number: neither zero nor NaN.
    pub fn truthy(self) -> bool {
        match self {
            Num::Dec(d) => !d.is_zero(),
            Num::Float(f) => f != 0.0 && !f.is_nan(),
        }
    }

    /// A whole number in range, if this is one.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Num::Dec(d) if d.fract().is_zero() => d.to_i64(),
            _ => None,
        }
    }

    /// Truncated to a whole number, clamped to `i64`; NaN is 0.
    pub fn to_i64_lossy(self) -> i64 {
        match self {
            Num::Dec(d) => d.trunc().to_i64().unwrap_or(if d.is_sign_negative() { i64::MIN } else { i64::MAX }),
            Num::Float(f) => f as i64,
        }
    }

    fn both(
        self,
        other: Num,
        exact: impl Fn(Decimal, Decimal) -> Option<Decimal>,
        float: impl Fn(f64, f64) -> f64,
    ) -> Num {
        if let (Num::Dec(a), Num::Dec(b)) = (self, other)
            && let Some(d) = exact(a, b)
        {
            return Num::Dec(d);
        }
        Num::from_f64(float(self.to_f64(), other.to_f64()))
    }

    /// Exact sum.
    pub fn plus(self, o: Num) -> Num {
        self.both(o, Decimal::checked_add, |a, b| a + b)
    }

    /// Exact difference.
    pub fn minus(self, o: Num) -> Num {
        self.both(o, Decimal::checked_sub, |a, b| a - b)
    }

    /// Exact product.
    pub fn times(self, o: Num) -> Num {
        self.both(o, Decimal::checked_mul, |a, b| a * b)
    }

    /// Quotient, rounded to 28 digits; division by zero follows XPath (an infinity or NaN).
    pub fn over(self, o: Num) -> Num {
        self.both(o, Decimal::checked_div, |a, b| a / b)
    }

    /// Remainder with the sign of the dividend; by zero is NaN.
    pub fn modulo(self, o: Num) -> Num {
        self.both(o, Decimal::checked_rem, |a, b| a % b)
    }

    /// The negative.
    pub fn negate(self) -> Num {
        match self {
            Num::Dec(d) if d.is_zero() => Num::ZERO,
            Num::Dec(d) => Num::Dec(-d),
            Num::Float(f) => Num::Float(-f),
        }
    }

    /// Numeric order; `None` if either is NaN.
    pub fn compare(self, o: Num) -> Option<Ordering> {
        match (self, o) {
            (Num::Dec(a), Num::Dec(b)) => Some(a.cmp(&b)),
            _ => self.to_f64().partial_cmp(&o.to_f64()),
        }
    }
}

impl From<i64> for Num {
    fn from(i: i64) -> Num {
        Num::Dec(Decimal::from(i))
    }
}

impl From<usize> for Num {
    fn from(i: usize) -> Num {
        Num::Dec(Decimal::from(i))
    }
}

impl PartialEq for Num {
    /// Numeric equality; NaN equals nothing.
    fn eq(&self, o: &Num) -> bool {
        self.compare(*o) == Some(Ordering::Equal)
    }
}

impl fmt::Display for Num {
    /// XPath's text of a number: no exponent, no trailing zeros, `NaN`, `Infinity`, `-Infinity`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Num::Dec(d) if d.is_zero() => f.write_str("0"),
            Num::Dec(d) if d.scale() == 0 => write!(f, "{d}"),
            Num::Dec(d) => write!(f, "{}", d.normalize()),
            Num::Float(x) if x.is_nan() => f.write_str("NaN"),
            Num::Float(x) if x.is_infinite() => f.write_str(if *x > 0.0 { "Infinity" } else { "-Infinity" }),
            Num::Float(x) => write!(f, "{x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_is_exact_where_floats_are_not() {
        let a = Num::parse("0.1").unwrap();
        let b = Num::parse("0.2").unwrap();
        assert_eq!(a.plus(b), Num::parse("0.3").unwrap());
        assert_eq!(Num::parse("7500.00").unwrap().to_string(), "7500");
    }

    #[test]
    fn zero_and_infinity_follow_xpath() {
        let one = Num::from(1i64);
        assert_eq!(one.over(Num::ZERO).to_string(), "Infinity");
        assert_eq!(one.negate().over(Num::ZERO).to_string(), "-Infinity");
        assert!(Num::ZERO.over(Num::ZERO).is_nan());
        assert!(one.modulo(Num::ZERO).is_nan());
        assert_eq!(Num::ZERO.negate().to_string(), "0");
    }

    #[test]
    fn the_grammar_of_numbers_is_xpaths() {
        for bad in ["", "-", ".", "1e3", "+1", "1.2.3", "1 2", "０", "--1"] {
            assert!(Num::parse(bad).is_none(), "{bad}");
        }
        for (text, says) in [(" 5 ", "5"), ("-0.50", "-0.5"), (".5", "0.5"), ("5.", "5"), ("-0", "0")] {
            assert_eq!(Num::parse(text).unwrap().to_string(), says, "{text}");
        }
    }

    proptest! {
        #[test]
        fn fen_add_up(a in -1_000_000_000_000i64..1_000_000_000_000, b in -1_000_000_000_000i64..1_000_000_000_000) {
            let yuan = |fen: i64| Num::Dec(Decimal::new(fen, 2));
            prop_assert_eq!(yuan(a).plus(yuan(b)), yuan(a + b));
            prop_assert_eq!(yuan(a).minus(yuan(b)), yuan(a - b));
            prop_assert_eq!(yuan(a).compare(yuan(b)), Some(a.cmp(&b)));
        }

        #[test]
        fn any_float_survives(f in any::<f64>()) {
            let back = Num::from_f64(f).to_f64();
            prop_assert!(back == f || (back.is_nan() && f.is_nan()));
        }

        #[test]
        fn parsing_never_panics(s in ".{0,80}") {
            let _ = Num::parse(&s);
        }
    }
}
