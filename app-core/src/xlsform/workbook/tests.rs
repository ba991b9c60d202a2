use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Write};

fn csv(files: &[(&str, &[u8])]) -> Result<Workbook, Problems> {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    read(dir.path())
}

#[test]
fn a_folder_of_csv_keeps_the_rows_a_spreadsheet_shows() {
    let text = "\u{feff}type,name,label\n\ntext,a,\"两行\n标签\"\ninteger,b,B\n";
    let book = csv(&[("survey.csv", text.as_bytes())]).unwrap();
    let sheet = book.sheet("survey").unwrap();
    assert_eq!(sheet.columns, ["type", "name", "label"]);
    assert_eq!(sheet.rows[0].number, 3);
    assert_eq!(sheet.rows[0].cells[2], "两行\n标签");
    assert_eq!(sheet.rows[1].cells[0], "integer");
}

#[test]
fn text_in_another_encoding_is_said_with_its_row() {
    let problems = csv(&[("survey.csv", b"type,name\ntext,a\ntext,\xc8\xeb\xbb\xa7\n")]).unwrap_err();
    assert_eq!((problems.errors[0].sheet.as_str(), problems.errors[0].row), ("survey", Some(3)));
    assert!(csv(&[("notes.txt", b"x")]).is_err());
    assert!(read(std::path::Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn markdown_tables_are_read_as_pyxform_does() {
    let book = read_markdown(
        "
        | survey |      |      |          |
        |        | type | name | label    |
        |        | text | a    | A \\| B  |
        |--------|------|------|----------|
        | choices | list_name | name | label |
        |         | l         | x    | X     |
    ",
    )
    .unwrap();
    assert_eq!(book.sheet("survey").unwrap().rows[0].cells, ["text", "a", "A | B"]);
    assert_eq!(book.sheet("choices").unwrap().rows[0].number, 2);
    assert!(read_markdown("no table").is_err());
}

/// An .xlsx written part by part, so that hostile ones can be made.
fn xlsx(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Survey" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fn sheet(cells: &str) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>"#
    );
    xlsx(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn read_bytes(bytes: &[u8]) -> Result<Workbook, Problems> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("form.xlsx");
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn word(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn small() -> Vec<u8> {
    sheet(&format!(
        r#"<row r="1">{}{}</row><row r="5">{}<c r="B5"><v>12</v></c><c r="C5"><v>0.5</v></c><c r="D5" t="b"><v>1</v></c></row>"#,
        word("A1", "type"),
        word("B1", "name"),
        word("A5", "text")
    ))
}

#[test]
fn excel_cells_become_text_in_their_places() {
    let book = read_bytes(&small()).unwrap();
    let sheet = book.sheet("survey").unwrap();
    assert_eq!(sheet.columns, ["type", "name"]);
    assert_eq!(
        (sheet.rows[0].number, sheet.rows[0].cells.as_slice()),
        (5, ["text", "12", "0.5", "TRUE"].map(String::from).as_slice())
    );
}

#[test]
fn a_truncated_or_hostile_workbook_is_an_error_and_nothing_worse() {
    let whole = small();
    for cut in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        assert!(read_bytes(&whole[..cut]).is_err(), "cut at {cut}");
    }
    let far =
        sheet(&format!(r#"<row r="1">{}</row><row r="1048576">{}</row>"#, word("A1", "type"), word("XFD1048576", "x")));
    assert!(read_bytes(&far).unwrap_err().errors[0].message.en().contains("columns"));
    let bomb = xlsx(&[("[Content_Types].xml", TYPES), ("xl/worksheets/sheet1.xml", &" ".repeat(140 << 20))]);
    assert!(bomb.len() < 1 << 20);
    assert!(read_bytes(&bomb).unwrap_err().errors[0].message.en().contains("unpacks"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bytes_never_panic(at in 0usize..2000, with in any::<u8>()) {
        let mut bytes = small();
        let at = at % bytes.len();
        bytes[at] = with;
        if let Ok(book) = read_bytes(&bytes) {
            let _ = crate::xlsform::form::compile(&book, "x");
        }
    }

    #[test]
    fn any_markdown_never_panics(rows in prop::collection::vec(prop::collection::vec("[a-z:$\\{\\}\\(\\)_ |\\\\]{0,12}", 0..6), 0..12)) {
        let text: String = rows.iter().map(|r| format!("| {} |\n", r.join(" | "))).collect();
        if let Ok(book) = read_markdown(&format!("| survey |\n{text}")) {
            let _ = crate::xlsform::form::compile(&book, "x");
        }
    }
}
