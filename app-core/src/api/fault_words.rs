//! What is wrong in a workbook, in Chinese. The loader says it in English, where form authors' other tools do; what stands
//! here is what a person who edits a workbook meets. Anything else is shown as the loader said it.

use super::words::Lang;

/// English beginning and end of the loader's words, and the Chinese around what stands between.
const WORDS: &[(&str, &str, &str, &str)] = &[
    ("this column is not known; is it misspelt?", "", "不认识这一列，是不是写错了列名？", ""),
    ("this column is missing", "", "缺少这一列。", ""),
    ("this column stands twice", "", "这一列出现了两次。", ""),
    ("this file is missing", "", "缺少这张工作表。", ""),
    ("must not be empty", "", "不能为空。", ""),
    ("not a date; write YYYY-MM-DD", "", "不是日期，应写作 2023-06-01。", ""),
    ("not a whole number", "", "不是整数。", ""),
    ("write yes or leave it empty", "", "应填 yes，或留空。", ""),
    ("must be one of: ", "", "应为下列之一：", ""),
    ("a code is lower-case English letters, digits, _ and -", "", "代码只能用小写英文字母、数字、_ 和 -。", ""),
    ("lies before from", "", "截止日期早于起始日期。", ""),
    ("this key already has a row that begins on this day", "", "同一参数已有一行从这一天开始。", ""),
    ("params.csv has no key ", "", "params 表中没有这个参数：", ""),
    ("params.csv has no such key", "", "params 表中没有这个参数。", ""),
    ("codes.csv has no risk ", "", "codes 表中没有这种风险：", ""),
    ("pack.toml has no form ", "", "pack 表的 forms 中没有这张表：", ""),
    ("there is no folder forms/", "", "缺少这张表的工作表：", ""),
    ("no such title", "", "没有这种岗位。", ""),
    ("no such permit: ", "", "没有这种权限：", ""),
    ("the workbook has no sheet pack", "", "工作簿里没有 pack 工作表；单张表单应有 survey 工作表。", ""),
    ("a cell stands to the right of the last heading", "", "最后一个列名右边还有内容。", ""),
    ("the file is damaged or is not an Excel workbook (.xlsx)", "", "文件已损坏，或不是 Excel 工作簿（.xlsx）。", ""),
    ("the file is larger than ", "", "文件太大，最多 ", ""),
    ("there is no question named “", "”", "没有名为“", "”的问题。"),
    ("there is no list “", "” on the choices sheet", "choices 工作表中没有选项列表“", "”。"),
    ("the workbook has no sheet “survey”", "", "工作簿里没有 survey 工作表。", ""),
    ("the sheet is empty", "", "这张工作表是空的。", ""),
    ("the row has no type", "", "这一行没有题型（type）。", ""),
    ("a choice must have a name", "", "选项必须有代码（name）。", ""),
    ("a choice must say which list it belongs to", "", "选项必须写明属于哪个列表（list_name）。", ""),
    ("the form asks nothing", "", "这张表一个问题也没有。", ""),
    ("the formulas go round in a circle: ", "", "公式循环引用：", ""),
    ("no form asks ", "", "没有表单询问 ", "，用到它的规则无法判断。"),
];

/// In the session's language.
pub(super) fn say(lang: Lang, message: &str) -> String {
    if lang == Lang::En {
        return message.to_owned();
    }
    let found = WORDS.iter().find_map(|(begin, end, zh, zh_end)| {
        let between = message.strip_prefix(begin)?.strip_suffix(end)?;
        // A whole sentence has nothing between.
        let whole = zh.ends_with(['。', '？']);
        (!whole || between.is_empty()).then(|| format!("{zh}{between}{zh_end}"))
    });
    found.unwrap_or_else(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said_in_chinese_and_the_rest_as_it_came() {
        assert_eq!(say(Lang::Zh, "there is no question named “b”"), "没有名为“b”的问题。");
        assert_eq!(say(Lang::Zh, "must be one of: yes, no"), "应为下列之一：yes, no");
        assert_eq!(say(Lang::Zh, "not a whole number"), "不是整数。");
        assert_eq!(say(Lang::Zh, "something new"), "something new");
        assert_eq!(say(Lang::En, "not a whole number"), "not a whole number");
    }
}
