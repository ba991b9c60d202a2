//! 莫站长 changes the pack in mid-campaign and reads what is different before she publishes.

use super::super::difference::{ChangeKind, Difference, difference};
use super::households::PACK;
use super::*;

/// The shipped pack with texts replaced in one file; every replacement must be found.
fn edited(edits: &[(&str, &str, &str)]) -> Pack {
    let mut files = PACK.files().clone();
    for (file, from, to) in edits {
        let text = String::from_utf8(files[*file].clone()).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        files.insert((*file).to_owned(), text.replacen(from, to, 1).into_bytes());
    }
    Pack::from_files(files).unwrap_or_else(|f| panic!("{f}"))
}

fn only(found: &[Difference]) -> &Difference {
    assert_eq!(found.len(), 1, "{found:?}");
    &found[0]
}

#[test]
fn the_same_policy_has_no_difference() {
    assert!(difference(&PACK, &edited(&[])).is_empty());
}

#[test]
fn a_line_of_8000_is_told_with_both_numbers() {
    let new = edited(&[("params.csv", "income_line,7500,2023-01-01", "income_line,8000,2023-01-01")]);
    let found = difference(&PACK, &new);
    let one = only(&found);
    assert_eq!((one.kind, one.id.as_str()), (ChangeKind::Changed, "income_line/2023-01-01"));
    assert!(one.words.contains("数值 7500 → 8000") && one.words.contains("监测范围"), "{}", one.words);
    assert!(one.words_en.contains("value 7500 → 8000"), "{}", one.words_en);
}

/// A foreign supervisor reads the English difference: rows have their English names, wherever the sheet has any.
#[test]
fn english_words_name_a_row_as_its_english_column_does() {
    let survey = "forms/screening-lifted/survey.csv";
    let text = String::from_utf8(PACK.files()[survey].clone()).unwrap();
    let phone = text.lines().find(|l| l.starts_with("text,phone,")).expect("the question");
    let renamed = edited(&[(survey, phone, &phone.replacen("text,phone,", "text,mobile,", 1))]);
    assert_eq!(only(&difference(&PACK, &renamed)).words_en, "question renamed: phone → mobile (Phone)");
    let choices = "forms/screening-lifted/choices.csv";
    let text = String::from_utf8(PACK.files()[choices].clone()).unwrap();
    let poster = text.lines().find(|l| l.starts_with("outreach,poster,")).expect("the choice");
    for edit in [
        ("params.csv", "income_line,7500,2023-01-01", "income_line,8000,2023-01-01"),
        ("rules.csv", "now/population >= now/param/large_household", "now/population > now/param/large_household"),
        (survey, &format!("{phone}\n"), ""),
        (choices, &format!("{poster}\n"), ""),
        ("forms.csv", "screening-lifted,", "screening-lifted,新"),
        ("notices.csv", "privacy,1,", "privacy,1,新"),
    ] {
        let found = difference(&PACK, &edited(&[edit]));
        let one = only(&found);
        let said = one.words_en.split(':').nth(1).unwrap_or_default();
        let named = said.split(['(', '…']).next().unwrap_or_default().trim();
        assert!(named.is_ascii() && named.len() >= 3, "{}", one.words_en);
        assert!(!one.words.contains('#'), "named by what it says, not by its place: {}", one.words);
    }
}

#[test]
fn questions_come_go_and_change_their_names() {
    let survey = "forms/screening-lifted/survey.csv";
    let text = String::from_utf8(PACK.files()[survey].clone()).unwrap();
    let phone = text.lines().find(|l| l.starts_with("text,phone,")).expect("the question");
    let renamed = phone.replacen("text,phone,", "text,mobile,", 1);
    let new = edited(&[(survey, phone, &renamed)]);
    let found = difference(&PACK, &new);
    let one = only(&found);
    assert_eq!((one.kind, one.id.as_str()), (ChangeKind::Renamed, "mobile"), "{}", one.words);

    let without = edited(&[(survey, &format!("{phone}\n"), "")]);
    let found = difference(&PACK, &without);
    assert_eq!((only(&found).kind, only(&found).id.as_str()), (ChangeKind::Removed, "phone"));
    let found = difference(&without, &PACK);
    assert_eq!((only(&found).kind, only(&found).id.as_str()), (ChangeKind::Added, "phone"));
}

#[test]
fn a_choice_that_goes_and_a_condition_that_moves_are_named() {
    let choices = "forms/screening-lifted/choices.csv";
    let text = String::from_utf8(PACK.files()[choices].clone()).unwrap();
    let line = text.lines().find(|l| l.starts_with("outreach,poster,")).expect("the choice");
    let found = difference(&PACK, &edited(&[(choices, &format!("{line}\n"), "")]));
    let one = only(&found);
    assert_eq!((one.kind, one.id.as_str()), (ChangeKind::Removed, "outreach/poster"));
    assert!(one.words.starts_with("删除选项"), "{}", one.words);

    let found = difference(
        &PACK,
        &edited(&[(
            "rules.csv",
            "now/population >= now/param/large_household",
            "now/population > now/param/large_household",
        )]),
    );
    let one = only(&found);
    assert_eq!((one.id.as_str(), one.columns.as_slice()), ("labour-shortage", &["when".to_owned()][..]));
    assert!(one.words.contains("判定条件"), "{}", one.words);
}
