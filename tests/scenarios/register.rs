//! The register at the station's desk: ordered by any column, taken out as a workbook by those who may, with numbers in part
//! only; deadlines by area; and a form that is not due, which is opened only where somebody asks for it knowingly.

use std::collections::HashSet;
use std::io::Cursor;

use app_core::api::dispatch;
use app_core::error::Kind;
use app_core::service::App;
use calamine::{Data, Reader, Xlsx};
use ruhu_tests::{Phone, Township};
use serde_json::{Value, json};

fn call(app: &App, method: &str, params: Value) -> Value {
    dispatch(app, method, params).unwrap_or_else(|e| panic!("{method}: {:?} {}", e.kind, e.words))
}

fn enrolled(township: &mut Township, name: &str, title: &str, area: &str) -> Phone {
    let person = township.person(name, title, &[area]);
    let (link, code) = (township.link(), township.ticket(&person));
    let phone = Phone::new(name, &person, link);
    phone.enrol(&code).unwrap();
    phone.sync();
    phone
}

fn rows(app: &App, sort: &str, reverse: bool) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        // Pages as the table fetches them: their seams lose nothing and double nothing.
        let ask = json!({ "sort": sort, "reverse": reverse, "offset": all.len(), "limit": 37 });
        let page = call(app, "register.query", ask);
        let got = page["rows"].as_array().unwrap().clone();
        if got.is_empty() {
            return all;
        }
        all.extend(got);
    }
}

#[test]
fn every_column_orders_the_register_both_ways_over_all_pages() {
    let mut township = Township::demo(120, 11);
    let desk = enrolled(&mut township, "黄志明", "township_station", "999999101");
    let standing = |r: &Value| ["ordinary", "lifted", "monitored", "cleared"].iter().position(|s| r["standing"] == *s);
    let progress = |r: &Value| ["left", "attempted", "partly", "done"].iter().position(|s| r["progress"] == *s);
    let people = |r: &Value| r["population"].as_u64().unwrap();
    let risks = |r: &Value| r["risks"].as_array().unwrap().len();
    let day = |r: &Value| r["last_visit"].as_str().unwrap_or_default().to_owned();
    let grid = |r: &Value| r["grid"].as_str().unwrap().to_owned();
    let all = desk.lines().len();
    for sort in ["place", "name", "standing", "progress", "population", "risks", "last_visit"] {
        for reverse in [false, true] {
            let got = rows(&desk, sort, reverse);
            let ids: HashSet<&str> = got.iter().map(|r| r["id"].as_str().unwrap()).collect();
            assert_eq!((got.len(), ids.len()), (all, all), "{sort}");
            // `true`: this neighbour may stand before that one.
            let fits = |a: &Value, b: &Value| match sort {
                "place" => grid(a) <= grid(b),
                "standing" => standing(a) <= standing(b),
                "progress" => progress(a) <= progress(b),
                "population" => people(a) >= people(b),
                "risks" => risks(a) >= risks(b),
                "last_visit" => day(a) >= day(b),
                _ => true,
            };
            for pair in got.windows(2) {
                let (a, b) = if reverse { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
                assert!(fits(a, b), "{sort} {reverse}: {a} before {b}");
            }
        }
    }
    let (mut forth, back) = (rows(&desk, "name", false), rows(&desk, "name", true));
    forth.reverse();
    let names = |rows: &[Value]| rows.iter().map(|r| r["head_name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&forth), names(&back));
}

#[test]
fn who_may_export_takes_the_filtered_register_out_and_no_number_in_full() {
    let mut township = Township::village();
    let desk = enrolled(&mut township, "黄志明", "township_station", "999999101");
    let [first, ..] = desk.lines().try_into().map(|l: [_; 10]| l).unwrap();
    desk.set_fact(first.id, "place/hamlet", &json!("=HYPERLINK(\"http://evil.example\",\"看\")")).unwrap();
    let members = desk.household(first.id).unwrap().members;
    let answer = call(&desk, "register.export", json!({ "sort": "name" }));
    assert_eq!(answer["households"], 10);
    let file = answer["file"].as_str().unwrap();
    let bytes = std::fs::read(file).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |d: &Data| match d {
        Data::String(s) => s.clone(),
        Data::Float(n) => n.to_string(),
        _ => String::new(),
    };
    let cells: Vec<Vec<String>> = sheet.rows().map(|r| r.iter().map(text).collect()).collect();
    let head = cells.iter().position(|r| r[0] == "户主").unwrap();
    assert_eq!(cells.len() - head - 1, 10);
    assert!(cells[1][0].contains("10户") && cells[1][0].contains("黄志明"), "{:?}", cells[1]);
    let names: Vec<&str> = cells[head + 1..].iter().map(|r| r[0].as_str()).collect();
    let wanted: Vec<String> =
        rows(&desk, "name", false).iter().map(|r| r["head_name"].as_str().unwrap().into()).collect();
    assert_eq!(names, wanted, "in the order that was asked for");
    // What was typed as a formula is words; formulas have cells of their own kind.
    assert!(cells.iter().flatten().any(|c| c.starts_with("=HYPERLINK")));
    let formulas = book.worksheet_formula(&book.sheet_names()[0].clone()).unwrap();
    assert!(formulas.used_cells().next().is_none(), "nothing in it runs");
    let everything = cells.concat().join("|");
    for number in members.iter().filter_map(|m| m.fact.id_number.clone()) {
        assert!(!everything.contains(&number), "an ID number stands there in full");
    }
    assert!(everything.contains("**************"));
    // A second one of the same day lies beside it.
    let again = call(&desk, "register.export", json!({}));
    assert_ne!(again["file"], answer["file"]);
    assert!(std::fs::metadata(file).is_ok());

    let worker = enrolled(&mut township, "韦秀英", "grid_worker1", "999999101");
    let refused = dispatch(&worker, "register.export", json!({})).err().unwrap();
    assert_eq!(refused.kind, Kind::Refused);
    assert!(!worker.dir.path().join("exports").exists());
}

#[test]
fn each_area_says_by_when_and_how_much_is_left() {
    let mut township = Township::demo(60, 3);
    let mut desk = enrolled(&mut township, "黄志明", "township_station", "999999101");
    let overview = call(&desk, "overview.view", json!({}));
    for area in overview["areas"].as_array().unwrap() {
        let deadline = &area["deadline"];
        let open = area["households"].as_u64().unwrap() - area["done"].as_u64().unwrap();
        assert_eq!((deadline["left"].as_u64(), deadline["days_left"].as_i64()), (Some(open), Some(7)), "{area}");
        assert_eq!(deadline["state"], "ahead");
        assert_eq!(deadline["words"], format!("还有7天，余{open}户"));
    }
    desk.at("2023-06-10T04:00:00Z");
    let overview = call(&desk, "overview.view", json!({}));
    assert!(overview["areas"].as_array().unwrap().iter().all(|a| a["deadline"]["state"] == "over"));
    assert!(overview["totals"]["deadline"]["words"].as_str().unwrap().starts_with("已逾期2天"));
    let clusters = call(&desk, "overview.clusters", json!({}));
    assert_eq!(clusters["cleaning"].as_array().unwrap().len(), overview["areas"].as_array().unwrap().len());
    assert!(clusters["explained"].as_str().unwrap().contains("不说明原因"));
}

#[test]
fn a_form_that_is_not_due_is_opened_only_when_asked_for_knowingly() {
    let mut township = Township::village();
    let phone = enrolled(&mut township, "韦秀英", "grid_worker1", "999999101");
    let ordinary = phone.lines().into_iter().find(|l| l.standing == "ordinary").unwrap();
    let ask = json!({ "household": ordinary.id, "form": "screening-monitored" });
    let refused = dispatch(&phone, "visit.open", ask.clone()).err().unwrap();
    assert_eq!(refused.kind, Kind::Invalid);
    assert!(refused.words.contains("一般农户"), "it says what is due: {}", refused.words);
    assert!(call(&phone, "household.view", json!({ "id": ordinary.id }))["visits"].as_array().unwrap().is_empty());
    let mut anyway = ask.clone();
    anyway["anyway"] = json!(true);
    let opened = call(&phone, "visit.open", anyway);
    assert_eq!(opened["form"], "screening-monitored");
    // Begun, it goes on without being asked again.
    assert_eq!(call(&phone, "visit.open", ask)["id"], opened["id"]);
    let due = call(&phone, "household.view", json!({ "id": ordinary.id }))["forms_due"].clone();
    assert!(due.as_array().unwrap().iter().all(|f| f["optional"].is_boolean()));
}
