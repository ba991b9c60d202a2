use super::*;
use crate::document::Edit;
use crate::error::Kind;

#[test]
fn a_full_disk_says_so_and_loses_nothing_that_was_saved() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    let before = phone.do_(|tx| tx.need(wei)).digest();
    phone.store.limit_pages(1); // SQLite keeps it at what is in use: not one page more
    let mut failed = None;
    for i in 0..500 {
        let remark = "雨".repeat(2000);
        let edit = Edit::new(&format!("profile/remark{i}"), remark.as_str());
        match phone.store.transact(&phone.lens, |tx| tx.edit(wei, LI, &[edit])) {
            Ok(_) => {}
            Err(e) => {
                failed = Some((i, e));
                break;
            }
        }
    }
    let (i, error) = failed.expect("the disk is full some time");
    assert_eq!(error.kind, Kind::Disk);
    assert!(error.words.contains("此前保存的内容都在"), "{}", error.words);
    // All that was saved is there, whole; and with room again the next save works.
    assert!(phone.store.check().unwrap());
    let file = phone.do_(|tx| tx.file(wei));
    assert_eq!(file.profile.more.keys().filter(|k| k.starts_with("remark")).count(), i);
    if i == 0 {
        assert_eq!(phone.do_(|tx| tx.need(wei)).digest(), before);
    }
    phone.store.limit_pages(1 << 30);
    phone.do_(|tx| tx.edit(wei, LI, &[Edit::new("profile/phone", "13900009999")]));
}
