use super::*;
use crate::storage::list::{HouseholdLine, Progress, Query};

fn found(phone: &mut Phone, text: &str) -> Vec<String> {
    let query = Query { text: text.into(), limit: 50, ..Query::default() };
    let (total, lines) = phone.do_(|tx| tx.households(&query));
    assert_eq!(total as usize, lines.len());
    lines.into_iter().map(|l: HouseholdLine| l.head_name).collect()
}

#[test]
fn wei_xiuying_is_found_however_she_is_typed() {
    let mut phone = Phone::new();
    phone.household(("韦秀英", "999999196503070029"), &[("韦小明", "")], "上韦屯");
    phone.household(("覃桂花", "999999195811230045"), &[("李建国", "")], "下覃屯");
    phone.household(("李秀兰", ""), &[], "上韦屯");
    for typed in
        ["秀英", "韦秀英", "wxy", "WXY", "weixiuying", "wei xiu", "0029", "999999196503070029", "韦小明", "wxm"]
    {
        assert_eq!(found(&mut phone, typed), ["韦秀英"], "{typed}");
    }
    for typed in ["qinguihua", "tanguihua", "qgh", "李建国", "下覃", "xiaqintun"] {
        assert_eq!(found(&mut phone, typed), ["覃桂花"], "{typed}");
    }
    assert_eq!(found(&mut phone, "1234").len(), 3, "phone tail");
    assert_eq!(found(&mut phone, "上韦屯").len(), 2);
    // The head called so comes before a household whose member is.
    assert_eq!(found(&mut phone, "李"), ["李秀兰", "覃桂花"]);
    assert!(found(&mut phone, "王五").is_empty());
    assert!(found(&mut phone, "'; DROP TABLE search; --").is_empty());
}

#[test]
fn filters_and_pages_agree_with_the_whole() {
    let mut phone = Phone::new();
    for i in 0..7 {
        phone.household((&format!("韦{}", ["一", "二", "三", "四", "五", "六", "七"][i]), ""), &[], "屯");
    }
    let all = Query { limit: 3, ..Query::default() };
    let (total, first) = phone.do_(|tx| tx.households(&all));
    let (_, second) = phone.do_(|tx| tx.households(&Query { offset: 3, ..all.clone() }));
    assert_eq!((total, first.len(), second.len()), (7, 3, 3));
    assert!(first.iter().all(|l| !second.contains(l)));
    let elsewhere = Query { area: Some("999999101204".into()), ..all.clone() };
    assert_eq!(phone.do_(|tx| tx.households(&elsewhere)).0, 0);
    let village = Query { area: Some("999999101203".into()), progress: Some(Progress::Unsynced), ..all.clone() };
    assert_eq!(phone.do_(|tx| tx.households(&village)).0, 7);
    assert_eq!(phone.do_(|tx| tx.households(&Query { progress: Some(Progress::Done), ..all.clone() })).0, 0);
    assert_eq!(phone.do_(|tx| tx.households(&Query { at_risk: Some(true), ..all })).0, 0);
}
