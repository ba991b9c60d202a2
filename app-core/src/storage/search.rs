//! What a person types to find a household: name, pinyin, initials, ID tail, phone tail, hamlet.
//!
//! Most names have two or three characters, which no trigram index finds; so each household has one narrow row of
//! tokens, and a search scans it (10,000 rows: a few milliseconds).

use pinyin::ToPinyin;

/// Surnames read differently from the dictionary's first reading.
const SURNAMES: [(char, &str); 16] = [
    ('覃', "qin"),
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('曾', "zeng"),
    ('区', "ou"),
    ('查', "zha"),
    ('任', "ren"),
    ('盖', "ge"),
    ('朴', "piao"),
    ('尉', "yu"),
    ('翟', "zhai"),
    ('冼', "xian"),
    ('乐', "yue"),
    ('华', "hua"),
    ('纪', "ji"),
];

/// The pinyin of a name, syllable by syllable; what is not Chinese stays as it is, lower case. The first character is
/// read as a surname.
pub fn syllables(name: &str) -> Vec<String> {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .enumerate()
        .map(|(i, c)| surname(c).filter(|_| i == 0).map_or_else(|| plain(c), str::to_owned))
        .collect()
}

fn surname(c: char) -> Option<&'static str> {
    SURNAMES.iter().find(|(surname, _)| *surname == c).map(|(_, reading)| *reading)
}

fn plain(c: char) -> String {
    // ü is typed as v.
    c.to_pinyin().map_or_else(|| c.to_lowercase().to_string(), |p| p.plain().replace('ü', "v"))
}

/// Full pinyin without blanks: `weixiuying`; the key lists are sorted by.
pub fn pinyin(name: &str) -> String {
    syllables(name).concat()
}

/// The last `n` characters.
pub(super) fn tail(text: &str, n: usize) -> String {
    let skip = text.chars().count().saturating_sub(n);
    text.chars().skip(skip).collect()
}

/// Adds the tokens of a name: itself, pinyin, initials.
pub(super) fn add_name(tokens: &mut String, name: &str) {
    let read = syllables(name);
    add(tokens, name);
    add(tokens, &read.concat());
    let initials: String = read.iter().filter_map(|s| s.chars().next()).collect();
    add(tokens, &initials);
    // The dictionary's reading of a surname too: 覃 is typed as qin and as tan.
    let other: Vec<String> = name.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
    if other != read {
        add(tokens, &other.concat());
        add(tokens, &other.iter().filter_map(|s| s.chars().next()).collect::<String>());
    }
}

/// Adds the tokens of a place: hamlets are named after families, so a surname is read as one wherever it stands.
pub(super) fn add_place(tokens: &mut String, name: &str) {
    add_name(tokens, name);
    let named: Vec<String> = name.chars().map(|c| surname(c).map_or_else(|| plain(c), str::to_owned)).collect();
    if named != syllables(name) {
        add(tokens, &named.concat());
        add(tokens, &named.iter().filter_map(|s| s.chars().next()).collect::<String>());
    }
}

/// Adds a token; each stands between line feeds.
pub(super) fn add(tokens: &mut String, token: &str) {
    let token = clean(token);
    if token.is_empty() {
        return;
    }
    if tokens.is_empty() {
        tokens.push('\n');
    }
    tokens.push_str(&token);
    tokens.push('\n');
}

/// How text is compared: lower case, without blanks, middle dots and apostrophes.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '·' | '•' | '\'' | '’'))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ü' { 'v' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_type_them() {
        assert_eq!(pinyin("韦秀英"), "weixiuying");
        assert_eq!(pinyin("覃桂花"), "qinguihua");
        assert_eq!(pinyin("吕 绿"), "lvlv");
        let mut tokens = String::new();
        add_name(&mut tokens, "覃桂花");
        assert_eq!(tokens, "\n覃桂花\nqinguihua\nqgh\ntanguihua\ntgh\n");
    }

    #[test]
    fn a_minority_name_with_a_dot_is_found_without_it() {
        assert_eq!(clean("阿依 · 古丽"), clean("阿依古丽"));
    }
}
