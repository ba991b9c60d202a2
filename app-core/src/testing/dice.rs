//! Chance, the same for ever, and what it makes of lists.

/// A small generator (xorshift), the same for ever.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    /// One of a list that is not empty.
    pub fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(at).copied().unwrap_or_else(|| unreachable!())
    }

    /// True in so many of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Bytes as keys and ids have them.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.roll().to_le_bytes()[3])
    }
}

const SURNAMES: [&str; 14] = ["韦", "覃", "黄", "梁", "李", "莫", "陆", "蓝", "潘", "罗", "廖", "吴", "陈", "谭"];
const GIVEN: [&str; 20] = [
    "秀英", "建国", "桂花", "大山", "小梅", "志强", "丽娟", "春生", "美兰", "永福", "阿妹", "国庆", "玉珍", "文军",
    "冬妹", "家明", "彩云", "德旺", "素芬", "海燕",
];

/// A name.
pub fn name(dice: &mut Dice) -> String {
    format!("{}{}", dice.of(&SURNAMES), dice.of(&GIVEN))
}

pub(super) fn phone(dice: &mut Dice) -> String {
    format!("1{:010}", dice.below(10_000_000_000))
}

pub(super) fn id_number(dice: &mut Dice) -> String {
    let (year, month, day) = (1935 + dice.below(85), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!("999999{year}{month:02}{day:02}{:03}", dice.below(1000));
    let check = crate::domain::id_number::check_digit(body.as_bytes());
    format!("{body}{}", char::from(check))
}

pub(super) fn day(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:02}", 2019 + dice.below(5), 1 + dice.below(12), 1 + dice.below(28))
}
