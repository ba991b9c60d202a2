//! A village of ten named households, one of every kind in each of its two grids. Everybody in it is invented.

use std::path::Path;

use app_core::domain::id_number::check_digit;
use rust_xlsxwriter::{Workbook, Worksheet};

/// The village's code and name.
pub const VILLAGE: &str = "999999101203";
/// 第1网格: 莫大海, 黄志强, 农玉珍, 潘春生, 罗美兰.
pub const GRID1: &str = "999999101203-01";
/// 第2网格: 蓝阿妹, 廖永福, 吴德旺, 谭素芬, 梁文军.
pub const GRID2: &str = "999999101203-02";

/// The headings of the register.
pub const HEADINGS: [&str; 22] = [
    "县",
    "乡镇",
    "行政村",
    "自然村（屯）",
    "网格",
    "户编号",
    "户主姓名",
    "姓名",
    "证件号码",
    "与户主关系",
    "生存状态",
    "文化程度",
    "健康状况",
    "劳动技能",
    "联系电话",
    "户类型",
    "监测对象类别",
    "风险是否已消除",
    "识别监测时间",
    "风险类型1",
    "是否重点户",
    "家庭住址",
];

/// A row of the register, one a person.
pub type Row = Vec<String>;

struct Home {
    grid: &'static str,
    /// head, spouse, child
    people: [&'static str; 3],
    base: &'static str,
    monitored: &'static str,
    cleared: &'static str,
    priority: bool,
}

const HOMES: [Home; 10] = [
    home(GRID1, ["莫大海", "陆小燕", "莫冬生"], "一般农户", "", "", false),
    home(GRID1, ["黄志强", "韦彩云", "黄家明"], "脱贫户", "", "", false),
    home(GRID1, ["农玉珍", "农国庆", "农丽娟"], "一般农户", "边缘易致贫户", "否", false),
    home(GRID1, ["潘春生", "覃冬妹", "潘海燕"], "一般农户", "边缘易致贫户", "是", false),
    home(GRID1, ["罗美兰", "陈大山", "陈小梅"], "一般农户", "", "", true),
    home(GRID2, ["蓝阿妹", "蓝永贵", "蓝玉梅"], "一般农户", "", "", false),
    home(GRID2, ["廖永福", "莫桂珍", "廖文龙"], "一般农户", "", "", false),
    home(GRID2, ["吴德旺", "黄秀芳", "吴志明"], "脱贫户", "", "", false),
    home(GRID2, ["谭素芬", "谭国强", "谭美玲"], "脱贫户", "脱贫不稳定户", "否", false),
    home(GRID2, ["梁文军", "韦小兰", "梁家豪"], "一般农户", "", "", false),
];

const fn home(
    grid: &'static str,
    people: [&'static str; 3],
    base: &'static str,
    monitored: &'static str,
    cleared: &'static str,
    priority: bool,
) -> Home {
    Home { grid, people, base, monitored, cleared, priority }
}

/// A sound invented ID number; `n` is anybody's own.
pub fn id_number(born: &str, n: usize) -> String {
    let body = format!("999999{born}{n:03}");
    format!("{body}{}", char::from(check_digit(body.as_bytes())))
}

/// The rows of the village.
pub fn rows() -> Vec<Row> {
    let roles = [
        ("户主", "19700412", "初中", "健康", "普通劳动力"),
        ("配偶", "19730908", "小学", "长期慢性病", "普通劳动力"),
        ("之子", "19980121", "高中", "健康", "技能劳动力"),
    ];
    let mut rows = Vec::new();
    for (n, home) in HOMES.iter().enumerate() {
        for (k, (name, (relation, born, education, health, work))) in home.people.iter().zip(roles).enumerate() {
            let identified = if home.monitored.is_empty() { "" } else { "2021-03-02" };
            let risk = if home.monitored.is_empty() { "" } else { "因病" };
            let cells = [
                "桂禾县",
                "榕坪镇",
                "龙塘村",
                "大榕屯",
                home.grid,
                &format!("LT{:03}", n + 1),
                home.people[0],
                name,
                &id_number(born, n * 3 + k),
                relation,
                "正常",
                education,
                health,
                work,
                &format!("1990000{:04}", n + 1),
                home.base,
                home.monitored,
                home.cleared,
                identified,
                risk,
                if home.priority { "是" } else { "否" },
                &format!("龙塘村大榕屯{}号", n + 1),
            ];
            rows.push(cells.map(str::to_owned).to_vec());
        }
    }
    rows
}

/// Names, ID numbers and phone numbers of the rows in a grid: what may not be read where the grid may not.
pub fn secrets(grid: &str) -> Vec<String> {
    rows().into_iter().filter(|r| r[4] == grid).flat_map(|r| [r[7].clone(), r[8].clone(), r[14].clone()]).collect()
}

/// Writes a register.
pub fn write(file: &Path, rows: &[Row]) {
    let mut sheet = Worksheet::new();
    sheet.set_name("农户登记表").unwrap();
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string(line, column, cell).unwrap();
        }
    }
    let mut book = Workbook::new();
    book.push_worksheet(sheet);
    book.save(file).unwrap();
}
