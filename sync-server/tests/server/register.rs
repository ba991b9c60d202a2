//! A register with faults: each named by its cell, and nothing imported.

use std::collections::BTreeMap;

use app_core::domain::id::household_of_register;
use sync_server::register::{columns::Map, import};
use sync_server::{now, ops};

use crate::office::{Office, pack, workbook};

const HEADINGS: [&str; 12] = [
    "行政村",
    "网格",
    "户编号",
    "户主姓名",
    "姓名",
    "居民身份证（残疾人证）号码",
    "与户主关系",
    "户类型",
    "监测对象类别",
    "健康状况",
    "联系电话",
    "是否重点户",
];

/// One row a member; the village and grid are those of the first grid.
fn row<'a>(number: &'a str, name: &'a str, id: &'a str, relation: &'a str) -> Vec<&'a str> {
    vec!["上榕村", "999999101201-01", number, "韦秀英", name, id, relation, "一般农户", "", "健康", "19900000001", "否"]
}

fn found(rows: &[Vec<&str>]) -> (Office, sync_server::register::Register) {
    let office = Office::empty();
    let file = office.dir.path().join("r.xlsx");
    let mut all: Vec<&[&str]> = vec![&HEADINGS];
    all.extend(rows.iter().map(Vec::as_slice));
    workbook(&file, &all);
    let register = office.read_register(&file);
    (office, register)
}

/// cell → code
fn faults(register: &sync_server::register::Register) -> BTreeMap<&str, &str> {
    register.errors.iter().map(|p| (p.cell.as_str(), p.code)).collect()
}

const HEAD: &str = "999999198001010011";
const WIFE: &str = "999999198203040024";

#[test]
fn a_small_register_becomes_a_household() {
    let (office, register) = found(&[
        row("001", "韦秀英", "99999919800101001142", "户主"),
        row("001", "李建国", "999999201005060037", "之子"),
    ]);
    assert_eq!(register.errors, []);
    import::import(&*office.store, register, [1; 32], now()).unwrap();
    let id = household_of_register("999999", "001");
    let stored = sync_server::store::read(&*office.store, |r| r.household(id)).unwrap().unwrap();
    let file = app_core::document::HouseholdDoc::load(&stored.snapshot).unwrap().file();
    assert_eq!(file.head_name.as_deref(), Some("韦秀英"));
    assert_eq!(file.source.as_deref(), Some("import"));
    let head = &file.members[0].fact;
    assert_eq!(head.disability.as_ref().map(|d| (d.kind, d.level)), Some((4, 2)));
    assert_eq!(head.birth.as_deref(), Some("1980-01-01"));
    assert_eq!(file.profile.phone.as_deref(), Some("19900000001"));
    assert_eq!(file.profile.priority, Some(false));
    let areas = sync_server::store::read(&*office.store, |r| r.areas()).unwrap();
    assert!(areas.iter().any(|a| a.code == "999999101201" && a.name == "上榕村"));
    assert!(areas.iter().any(|a| a.code == "999999101201-01" && a.name == "第1网格"));
}

#[test]
fn every_fault_is_named_by_its_cell_and_nothing_goes_in() {
    let mut stranger = row("003", "莫大海", "999999199001010016", "户主");
    stranger[1] = "888888101201-01";
    let mut typo = row("004", "陆小燕", "999999199101010021", "户主");
    typo[9] = "健壮";
    typo[7] = "普通户";
    typo[11] = "也许";
    let (office, register) = found(&[
        row("001", "韦秀英", HEAD, "户主"),
        row("001", "李建国", HEAD, "配偶"),
        row("001", "覃桂花", "999999198203040027", "户主"),
        row("002", "黄志强", "99999919820230", "之子"),
        stranger,
        typo,
        row("", "无编号", WIFE, "户主"),
    ]);
    let expected = BTreeMap::from([
        ("F3", "id_number_twice"),
        ("F4", "id_number"),
        ("G4", "two_heads"),
        ("F5", "id_number"),
        ("G5", "no_head"),
        ("B6", "grid"),
        ("J7", "label"),
        ("H7", "label"),
        ("L7", "yes_no"),
        ("C8", "number_missing"),
    ]);
    assert_eq!(faults(&register), expected);
    // No fault repeats what stands in the cell.
    assert!(register.errors.iter().all(|p| !p.message.contains("999999") && !p.message.contains("黄志强")));
    assert!(import::import(&*office.store, register, [1; 32], now()).is_err());
    assert_eq!(office.households("999999").len(), 0);
}

#[test]
fn missing_columns_are_named_at_the_heading() {
    let office = Office::empty();
    let file = office.dir.path().join("r.xlsx");
    workbook(&file, &[&["某镇农户登记表"], &["户编号", "姓名", "与户主关系"], &["1", "韦秀英", "户主"]]);
    let register = office.read_register(&file);
    let missing: Vec<(&str, u32)> = register.errors.iter().map(|p| (p.heading.as_str(), p.row)).collect();
    assert_eq!(missing, [("证件号码", 2), ("网格", 2)]);
}

#[test]
fn a_truncated_workbook_is_one_clear_error() {
    let office = Office::empty();
    let file = office.dir.path().join("r.xlsx");
    workbook(&file, &[&HEADINGS, &row("001", "韦秀英", HEAD, "户主")]);
    let whole = std::fs::read(&file).unwrap();
    let (county, areas) = sync_server::store::read(&*office.store, |r| Ok((ops::county(r)?, r.areas()?))).unwrap();
    for cut in [0, 10, whole.len() / 2, whole.len() - 10] {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let error = sync_server::register::read(&file, &Map::new(), &county, &areas, &pack()).unwrap_err();
        assert!(error.words.contains("不是完整的"), "{}", error.words);
    }
}

#[test]
fn an_id_number_kept_as_a_number_is_caught() {
    let office = Office::empty();
    let file = office.dir.path().join("r.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (c, heading) in (0_u16..).zip(HEADINGS) {
        sheet.write_string(0, c, heading).unwrap();
    }
    for (c, cell) in (0_u16..).zip(row("001", "韦秀英", HEAD, "户主")) {
        sheet.write_string(1, c, cell).unwrap();
    }
    sheet.write_number(1, 5, 999_999_198_001_010_011_f64).unwrap();
    book.save(&file).unwrap();
    assert_eq!(faults(&office.read_register(&file)), BTreeMap::from([("F2", "id_number_as_number")]));
}

#[test]
fn a_mapping_file_helps_where_no_alias_does() {
    let office = Office::empty();
    let file = office.dir.path().join("r.xlsx");
    let mut headings = HEADINGS;
    headings[2] = "农户代码";
    workbook(&file, &[&headings, &row("001", "韦秀英", HEAD, "户主")]);
    let county = app_core::domain::Area::parse("999999").unwrap();
    let without = sync_server::register::read(&file, &Map::new(), &county, &[], &pack()).unwrap();
    assert_eq!(without.errors[0].code, "column_missing");
    let map = Map::from([("农户代码".to_owned(), "number".to_owned())]);
    let with = sync_server::register::read(&file, &map, &county, &[], &pack()).unwrap();
    assert_eq!((with.errors.len(), with.households.len()), (0, 1));
}
