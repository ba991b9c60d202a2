//! Loading: what a county gets wrong in a spreadsheet is named by file, row and column.

use proptest::prelude::*;

use super::*;

fn with(name: &str, text: &str) -> Result<Pack, Faults> {
    let mut files = small();
    files.insert(name.into(), text.into());
    Pack::from_files(files)
}

fn first(name: &str, text: &str) -> (String, u32, String) {
    let fault = with(name, text).unwrap_err().errors.remove(0);
    (fault.file, fault.row, fault.column)
}

#[test]
fn the_line_is_that_of_the_day_and_an_empty_slot_is_unknown() {
    let pack = Pack::from_files(small()).unwrap();
    let line = |on| pack.param("income_line", day(on)).map(|p| p.value.as_str());
    assert_eq!(line("2023-12-31"), Some("7500"));
    assert_eq!(line("2022-06-01"), Some("7000"));
    assert_eq!(line("2021-12-31"), None, "before every row");
    assert_eq!(line("2024-01-01"), None, "the county has not filled 2024");
    assert_eq!(pack.param("no_such_key", day("2023-05-20")), None);
    assert!(pack.param("income_line", day("2022-06-01")).unwrap().provisional);
}

#[test]
fn the_income_window_is_whole_calendar_months_before_the_visit() {
    let pack = Pack::from_files(small()).unwrap();
    assert_eq!(pack.income_window(day("2023-05-31")), Some((day("2022-05-01"), day("2023-04-30"))));
    assert_eq!(pack.income_window(day("2023-01-01")), Some((day("2022-01-01"), day("2022-12-31"))));
    assert_eq!(pack.income_window(day("2024-03-01")), Some((day("2023-03-01"), day("2024-02-29"))));
}

#[test]
fn labels_speak_both_languages() {
    let pack = Pack::from_files(small()).unwrap();
    assert_eq!(pack.label("risk", "illness", "zh-CN"), Some("因病"));
    assert_eq!(pack.label("risk", "illness", "en"), Some("illness"));
    assert_eq!(pack.label("risk", "laziness", "en"), None);
}

#[test]
fn a_slip_in_a_sheet_is_named_by_row_and_column() {
    let at = |f: &str, row: u32, column: &str| (f.to_owned(), row, column.to_owned());
    assert_eq!(first("params.csv", "key,vlaue\na,1\n"), at("params.csv", 1, "vlaue"));
    assert_eq!(first("params.csv", "key,value,from\n\nline,1,2023-02-30\n"), at("params.csv", 2, "from"));
    assert_eq!(first("params.csv", "key,value,from,to\nline,1,2023-05-01,2023-04-30\n"), at("params.csv", 2, "to"));
    assert_eq!(
        first("codes.csv", "list,code,label\nrisk,illness,因病\nrisk,illness,因病\n"),
        at("codes.csv", 3, "code")
    );
    assert_eq!(first("phases.csv", "id,label,from,to\nfield,阶段,5月10日,\n"), at("phases.csv", 2, "from"));
    assert_eq!(
        first("routes.csv", "case,order,step,level,permit\nenrol,1,review,village,fly\n"),
        at("routes.csv", 2, "permit")
    );
    assert_eq!(first("permits.csv", "title,scope,permits\nemperor,county,read\n"), at("permits.csv", 2, "title"));
    assert_eq!(first("pack.toml", "id = \"x\"\nversion = 1\n"), at("pack.toml", 2, ""));
    assert_eq!(first("codes.csv", "list,code,label\nrisk,illness,因病,extra\n"), at("codes.csv", 2, ""));
    assert_eq!(first("../escape.csv", "a\n"), at("../escape.csv", 0, ""));
    assert_eq!(Pack::from_files(Files::new()).unwrap_err().errors.len(), 5);
}

#[test]
fn a_county_moves_its_dates_and_the_hash_moves_with_them() {
    let pack = Pack::from_files(small()).unwrap();
    let later = pack.with_phases(pack.phases_shifted(366)).unwrap();
    assert_eq!(later.phases()[0].from, Some(day("2024-05-10")));
    assert_eq!(later.phases()[0].label, "开展排查阶段");
    assert_ne!(later.hash(), pack.hash());
    assert_eq!(Pack::from_files(pack.files().clone()).unwrap().hash(), pack.hash());
    let back = later.with_phases(later.phases_shifted(-366)).unwrap();
    assert_eq!(back.phases()[0].to, Some(day("2023-06-08")));
}

proptest! {
    #[test]
    fn a_hostile_pack_is_refused_or_read_but_never_kills(name in 0..6usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let name = ["params.csv", "codes.csv", "phases.csv", "rules.csv", "pack.toml", "permits.csv"][name];
        let mut files = small();
        files.insert(name.into(), bytes);
        let _ = Pack::from_files(files);
    }

    #[test]
    fn a_hostile_sheet_with_good_headings_never_kills(cells in prop::collection::vec("[ -~年\n]{0,12}", 0..60)) {
        let mut text = String::from("key,value,from,to,unit\n");
        for row in cells.chunks(5) {
            text.push_str(&row.join(","));
            text.push('\n');
        }
        let _ = with("params.csv", &text);
    }
}
