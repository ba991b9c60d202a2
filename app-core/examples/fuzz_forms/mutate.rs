//! Dice and mutations: bytes, lines, cells, expressions.

use app_core::xlsform::expr::functions;

/// SplitMix64: the same numbers for the same seed.
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn maybe(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// What formulas and cells are full of, and what breaks readers.
const BITS: &[&str] = &[
    "${a}",
    "${",
    "}",
    "(",
    ")",
    "[",
    "]",
    "/",
    "//",
    "..",
    ".",
    "*",
    "|",
    "'",
    "\"",
    ",",
    "@",
    "::",
    "and",
    "or",
    "div",
    "mod",
    "=",
    "!=",
    "<",
    "<=",
    "-",
    "+",
    "0",
    "1",
    "-1",
    "1e308",
    "0.1",
    "99999999999999999999999999999",
    "NaN",
    "current()/",
    "position()",
    "last()",
    "true()",
    "''",
    "'x'",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "入户",
    "𠀀",
    "e\u{301}",
    "ancestor::*",
    "preceding::node()",
    "self::node()",
    "instance('l')/root/item",
    "[name = ${a}]",
    "2023-05-20",
    "2023-05-20T09:30:00.000+08:00",
    "0000-00-00",
    "9999-99-99",
    "24.1 109.1 0 0",
    "a b c",
    "%Y%",
    "\\",
    "\\|",
    "\n",
];

/// One mutation of a text; what it becomes is UTF-8 again.
pub fn text(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(chars.len() + 1);
        let end = (at + dice.below(12)).min(chars.len());
        match dice.below(7) {
            0 => {
                chars.drain(at..end);
            }
            1 => {
                let piece: Vec<char> = chars[at..end].to_vec();
                let to = dice.below(chars.len() + 1);
                chars.splice(to..to, piece);
            }
            2 => {
                let bit = dice.one(BITS);
                chars.splice(at..at, bit.chars());
            }
            3 => {
                let bit = dice.one(BITS);
                chars.splice(at..end, bit.chars());
            }
            4 => {
                // The same again and again: nesting, long numbers, long names.
                let piece: Vec<char> = chars[at..end].to_vec();
                let times = dice.below(300);
                let more: Vec<char> = piece.iter().copied().cycle().take(piece.len() * times).collect();
                chars.splice(at..at, more);
            }
            5 if !chars.is_empty() => {
                let i = dice.below(chars.len());
                chars[i] = char::from_u32((dice.next() % 0x11_0000) as u32).unwrap_or('\u{fffd}');
            }
            _ => {
                let expression = expression(dice, 3);
                chars.splice(at..end, expression.chars());
            }
        }
        chars.truncate(200_000);
    }
    chars.into_iter().collect()
}

/// One mutation of lines of a table: rows doubled, dropped, swapped, cells exchanged.
pub fn table(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    for _ in 0..=dice.below(3) {
        if lines.is_empty() {
            break;
        }
        let (i, j) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(5) {
            0 => lines.swap(i, j),
            1 => {
                lines.remove(i);
            }
            2 => {
                let line = lines[i].clone();
                lines.insert(j, line);
            }
            _ => {
                let mut cells: Vec<String> = lines[i].split('|').map(str::to_string).collect();
                let other: Vec<String> = lines[j].split('|').map(str::to_string).collect();
                let (at, from) = (dice.below(cells.len()), dice.below(other.len()));
                cells[at] = match dice.below(3) {
                    0 => other[from].clone(),
                    1 => expression(dice, 4),
                    _ => self::text(dice, &cells[at].clone()),
                };
                lines[i] = cells.join("|");
            }
        }
    }
    lines.join("\n")
}

/// Mutated bytes.
pub fn bytes(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(12) {
        if bytes.is_empty() {
            return;
        }
        let at = dice.below(bytes.len());
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = dice.next() as u8,
            2 => {
                bytes.drain(at..end);
            }
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes.truncate(at),
            _ => {
                let wide = dice.next().to_le_bytes();
                let n = 1 + dice.below(8);
                bytes.splice(at..(at + n).min(bytes.len()), wide[..n].iter().copied());
            }
        }
    }
}

/// A random expression of the language, mostly well formed.
pub fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.maybe(15) {
        return match dice.below(6) {
            0 => format!("{}", dice.next() as i32 / 1000),
            1 => format!("'{}'", dice.one(BITS).replace('\'', "")),
            2 => format!("${{{}}}", dice.one(&["a", "b", "n", "t", "who", "person", "age", "county"])),
            3 => dice.one(&[".", "..", "../a", "*", "//node()", "/data/a", "current()/.."]).to_string(),
            4 => format!("{}", f64::from_bits(dice.next())),
            _ => dice.one(BITS).to_string(),
        };
    }
    let inner = |dice: &mut Dice| expression(dice, depth - 1);
    match dice.below(8) {
        0..=2 => {
            let all: Vec<_> = functions::all().collect();
            let function = &all[dice.below(all.len())];
            let most = function.max.min(function.min + 3);
            let count = function.min + dice.below(most - function.min + 1) + usize::from(dice.maybe(5));
            let arguments: Vec<String> = (0..count).map(|_| inner(dice)).collect();
            format!("{}({})", function.name, arguments.join(", "))
        }
        3 | 4 => {
            let (left, right) = (inner(dice), inner(dice));
            let op =
                dice.one(&["+", "-", "*", " div ", " mod ", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", "|"]);
            format!("{left}{op}{right}")
        }
        5 => format!("({})", inner(dice)),
        6 => format!("-{}", inner(dice)),
        _ => format!("{}[{}]/{}", inner(dice), inner(dice), dice.one(&["name", "*", "node()", "..", "a"])),
    }
}
