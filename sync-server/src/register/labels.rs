//! Labels → codes, by the pack's lists; older spellings of the national exports are aliases.

use std::collections::HashMap;

use app_core::policy::Pack;

/// Older or shorter spellings: list, label, code. An empty code = not given.
const ALIASES: &[(&str, &str, &str)] = &[
    ("relation", "本人", "head"),
    ("relation", "本人或户主", "head"),
    ("relation", "妻子", "spouse"),
    ("relation", "丈夫", "spouse"),
    ("relation", "子", "son"),
    ("relation", "女", "daughter"),
    ("relation", "儿媳", "daughter_in_law"),
    ("relation", "女婿", "son_in_law"),
    ("relation", "孙子", "grandson"),
    ("relation", "孙女", "granddaughter"),
    ("relation", "外孙子", "daughters_son"),
    ("relation", "外孙女", "daughters_daughter"),
    ("relation", "父亲", "father"),
    ("relation", "母亲", "mother"),
    ("relation", "父", "father"),
    ("relation", "母", "mother"),
    ("living", "健在", "alive"),
    ("education", "文盲半文盲", "illiterate"),
    ("education", "学龄前儿童", ""),
    ("education", "大专及以上", "junior_college"),
    ("schooling", "非在校生", ""),
    ("schooling", "幼儿园", "kindergarten"),
    ("health", "大病", "major_illness"),
    ("health", "慢性病", "chronic"),
    ("work", "弱劳动力", "weak"),
    ("work", "半劳动力", "weak"),
    ("work", "弱(半)劳动力", "weak"),
    ("work", "弱劳力半劳力", "weak"),
    ("risk", "因安全住房", "housing"),
    ("risk", "缺劳动力", "labour"),
    ("risk", "缺劳力", "labour"),
    ("risk", "其他", "other"),
    ("risk", "无", ""),
    ("monitored_kind", "突发严重困难家庭", "sudden_hardship"),
    ("monitored_kind", "无", ""),
    ("monitored_kind", "非监测对象", ""),
    ("base", "一般户", "ordinary"),
    ("base", "脱贫户(享受政策)", "lifted"),
    ("allowance_kind", "低保", "dibao"),
    ("allowance_kind", "特困", "tekun_scattered"),
    ("allowance_kind", "农村特困", "tekun_scattered"),
    ("allowance_kind", "未享受", ""),
    ("allowance_kind", "不享受", ""),
    ("allowance_kind", "无", ""),
    ("allowance_class", "A", "A"),
    ("allowance_class", "B", "B"),
    ("allowance_class", "C", "C"),
];

/// What a label means.
pub(super) struct Labels(HashMap<(&'static str, String), String>);

const LISTS: [&str; 11] = [
    "relation",
    "living",
    "education",
    "schooling",
    "health",
    "work",
    "risk",
    "monitored_kind",
    "base",
    "allowance_kind",
    "allowance_class",
];

impl Labels {
    /// Of the pack, with the aliases.
    pub(super) fn new(pack: &Pack) -> Self {
        let mut all: HashMap<_, _> = ALIASES
            .iter()
            .map(|(list, label, code)| ((*list, super::columns::plain(label)), (*code).to_owned()))
            .collect();
        for list in LISTS.into_iter().chain(["clearance_way"]) {
            for code in pack.codes(list) {
                all.insert((list, super::columns::plain(&code.label)), code.code.clone());
            }
        }
        Self(all)
    }

    /// The code of a label; `Some("")` = a label that says nothing is given; `None` = unknown.
    pub(super) fn code(&self, list: &'static str, label: &str) -> Option<&str> {
        self.0.get(&(list, super::columns::plain(label))).map(String::as_str)
    }
}
