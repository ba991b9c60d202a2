//! 莫站长 takes the pack home as one workbook, changes a number in it and brings it back.

use super::super::workbook::{read, write};
use super::households::PACK;
use super::*;

fn saved(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack.xlsx");
    std::fs::write(&path, bytes).unwrap();
    (dir, path)
}

#[test]
fn what_is_exported_and_imported_is_the_same_pack() {
    let (_dir, path) = saved(&write(&PACK).unwrap());
    let files = read(&path).unwrap_or_else(|f| panic!("{f}"));
    for (name, bytes) in PACK.files() {
        let back = files.get(name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(String::from_utf8_lossy(back), String::from_utf8_lossy(bytes), "{name}");
    }
    assert_eq!(Pack::from_files(files).unwrap().hash(), PACK.hash());
}

#[test]
fn numbers_and_dates_typed_into_cells_are_read_as_they_look() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut book = Workbook::new();
    let pack = book.add_worksheet();
    pack.set_name("pack").unwrap();
    for (row, (key, value)) in (0..).zip([("key", "value"), ("id", "test"), ("version", "2")]) {
        pack.write_string(row, 0, key).unwrap();
        pack.write_string(row, 1, value).unwrap();
    }
    pack.write_string(3, 0, "year").unwrap();
    pack.write_number(3, 1, 2024).unwrap();
    let params = book.add_worksheet();
    params.set_name("params").unwrap();
    for (column, heading) in (0..).zip(["key", "value", "from"]) {
        params.write_string(0, column, heading).unwrap();
    }
    params.write_string(1, 0, "income_line").unwrap();
    params.write_number(1, 1, 8000.5).unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    params.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2024, 1, 1).unwrap(), &day).unwrap();
    let (_dir, path) = saved(&book.save_to_buffer().unwrap());
    let files = read(&path).unwrap();
    assert_eq!(String::from_utf8_lossy(&files["params.csv"]), "key,value,from\nincome_line,8000.5,2024-01-01\n");
    assert!(String::from_utf8_lossy(&files["pack.toml"]).contains("year = 2024"));
}

#[test]
fn a_workbook_without_its_card_or_with_an_unknown_key_is_refused_by_name() {
    use rust_xlsxwriter::Workbook;
    let mut book = Workbook::new();
    book.add_worksheet().set_name("params").unwrap().write_string(0, 0, "key").unwrap();
    let (_dir, path) = saved(&book.save_to_buffer().unwrap());
    assert!(read(&path).unwrap_err().to_string().contains("no sheet pack"));
    let card = book.add_worksheet();
    card.set_name("pack").unwrap().write_string(0, 0, "key").unwrap();
    card.write_string(1, 0, "versoin").unwrap();
    let (_dir, path) = saved(&book.save_to_buffer().unwrap());
    let faults = read(&path).unwrap_err();
    assert!(faults.to_string().contains("pack row 2 column key: versoin"), "{faults}");
    let (_dir, path) = saved(b"PK not a workbook");
    assert!(!read(&path).unwrap_err().is_empty());
}
