//! Amounts for people: two decimals, and beside them the words that are said aloud (6-screens.md: Chinese amounts in
//! words beside large numbers).

use rust_decimal::{Decimal, RoundingStrategy};

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const PLACES: [&str; 4] = ["", "十", "百", "千"];
const GROUPS: [&str; 8] = ["", "万", "亿", "万亿", "亿亿", "万亿亿", "亿亿亿", "万亿亿亿"];

/// `12345.6` → `12345.60`; as many decimals as it takes where rounding to the fen would show a whole amount that the
/// value is not (7499.999 is under a line of 7500).
pub fn figures(amount: Decimal) -> String {
    for places in 2..=28 {
        let rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        if rounded == amount || !rounded.fract().is_zero() {
            return if places == 2 { format!("{rounded:.2}") } else { rounded.to_string() };
        }
    }
    amount.to_string()
}

/// `12305.6` → `一万二千三百零五元六角`; the fen is dropped only when it is zero.
pub fn chinese(amount: Decimal) -> String {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).abs();
    let text = format!("{rounded:.2}");
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let mut words = if amount.is_sign_negative() && !rounded.is_zero() { String::from("负") } else { String::new() };
    words.push_str(&whole(yuan));
    words.push('元');
    let digits: Vec<usize> = fen.bytes().map(|b| usize::from(b.wrapping_sub(b'0'))).collect();
    match digits.as_slice() {
        [0, 0] => {}
        [jiao, 0] => words.push_str(&format!("{}角", digit(*jiao))),
        [0, fen] => words.push_str(&format!("零{}分", digit(*fen))),
        [jiao, fen] => words.push_str(&format!("{}角{}分", digit(*jiao), digit(*fen))),
        _ => {}
    }
    words
}

/// `12,345.60` with a comma every three digits.
pub fn english(amount: Decimal) -> String {
    let text = figures(amount);
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |t| ("-", t));
    let (yuan, rest) = text.split_once('.').map_or((text, ""), |(y, r)| (y, r));
    let mut grouped = String::new();
    for (i, c) in yuan.chars().enumerate() {
        if i > 0 && (yuan.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    format!("{sign}{grouped}.{rest} yuan")
}

fn digit(n: usize) -> &'static str {
    DIGITS.get(n).copied().unwrap_or("")
}

/// The words of a whole number written in digits.
fn whole(digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return String::from("零");
    }
    let bytes = digits.as_bytes();
    let mut groups: Vec<&[u8]> = bytes.rchunks(4).collect();
    groups.reverse();
    let mut words = String::new();
    let mut owed_zero = false;
    for (i, group) in groups.iter().enumerate() {
        let (said, leading) = thousand(group);
        if said.is_empty() {
            owed_zero = true;
            continue;
        }
        if !words.is_empty() && (owed_zero || leading) {
            words.push('零');
        }
        words.push_str(&said);
        words.push_str(GROUPS.get(groups.len() - 1 - i).copied().unwrap_or(""));
        owed_zero = false;
    }
    // 一十二 is said 十二 when it opens the number.
    words.strip_prefix("一十").map(|rest| format!("十{rest}")).unwrap_or(words)
}

/// Up to four digits: the words, and whether zeros open the group.
fn thousand(group: &[u8]) -> (String, bool) {
    let mut words = String::new();
    let mut zero = false;
    let leading = group.first() == Some(&b'0');
    for (i, b) in group.iter().enumerate() {
        let n = usize::from(b.wrapping_sub(b'0'));
        if n == 0 {
            zero = !words.is_empty();
            continue;
        }
        if zero {
            words.push('零');
            zero = false;
        }
        words.push_str(digit(n));
        words.push_str(PLACES.get(group.len() - 1 - i).copied().unwrap_or(""));
    }
    (words, leading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_people_say_them() {
        for (amount, said) in [
            ("0", "零元"),
            ("7500", "七千五百元"),
            ("12", "十二元"),
            ("110", "一百一十元"),
            ("12305.6", "一万二千三百零五元六角"),
            ("10000", "一万元"),
            ("10050", "一万零五十元"),
            ("100000", "十万元"),
            ("1200000.05", "一百二十万元零五分"),
            ("100000001", "一亿零一元"),
            ("-36.78", "负三十六元七角八分"),
            ("0.004", "零元"),
        ] {
            assert_eq!(chinese(amount.parse().unwrap()), said, "{amount}");
        }
    }

    #[test]
    fn figures_have_two_decimals_and_hide_nothing_small() {
        assert_eq!(figures("7499.999".parse().unwrap()), "7499.999");
        assert_eq!(figures("3333.3333333".parse().unwrap()), "3333.33");
        assert_eq!(figures("7500".parse().unwrap()), "7500.00");
        assert_eq!(figures("0.004".parse().unwrap()), "0.004");
        assert_eq!(english("-1234567.5".parse().unwrap()), "-1,234,567.50 yuan");
        assert_eq!(english("999".parse().unwrap()), "999.00 yuan");
    }

    #[test]
    fn the_largest_decimal_has_words_too() {
        assert!(!chinese(Decimal::MAX).is_empty() && !chinese(Decimal::MIN).is_empty());
    }
}
