//! Every title × every class of path × founding or not × in scope or not, against a table written by hand.
//! `y` may, `.` has no permit, `n` is another's visit.

use super::*;

/// The permits the pack ships with.
pub(super) fn shipped() -> Permits {
    let text = include_str!("../../packs/guangxi-2023/permits.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), Title::ALL.len());
    Permits::from_rows(rows.iter().map(|r| (r.get(0).unwrap(), r.get(5).unwrap().split_whitespace())))
}

const ME: &str = "p-wei";
const OTHER: &str = "p-li";

/// A write, by name.
#[derive(Clone, Copy)]
struct Case {
    path: &'static str,
    text: Option<&'static str>,
    owner: Option<&'static str>,
}

const fn case(path: &'static str, text: Option<&'static str>, owner: Option<&'static str>) -> Case {
    Case { path, text, owner }
}

/// The columns of the table.
const CASES: [Case; 16] = [
    case("visits/v1", None, None),                                // makes a visit
    case("visits/v1/collector_id", Some(ME), None),               // in one's own name
    case("visits/v1/collector_id", Some(OTHER), None),            // in another's name
    case("visits/v1/answers/has_risk", Some("yes"), Some(ME)),    // corrects one's own
    case("visits/v1/answers/has_risk", Some("yes"), Some(OTHER)), // changes another's
    case("visits/v1/collector_id", Some(ME), Some(OTHER)),        // takes another's
    case("profile/phone", Some("10000000001"), None),             // a fact
    case("members/m1/health/chronic", None, None),                // the roster
    case("place/hamlet", Some("丙屯"), None),
    case("profile/priority", None, None),
    case("place/grid", Some("999999101203-05"), None),
    case("profile/base", Some("ordinary"), None),
    case("profile/base", Some("lifted"), None),
    case("profile/registered_risks/illness", None, None), // standing
    case("meta/source", Some("phone"), None),
    case("threads/t1/text", Some("…"), None), // what this version does not know
];

const VISITOR: [&str; 2] = ["yynynnyyy.......", "yynynnyyy.yy..y."];
const LEAD: [&str; 2] = ["..........y.....", "................"];
const NOBODY: [&str; 2] = ["................", "................"];

/// Title → in a file that stands, in a change that founds one.
fn table(title: Title) -> [&'static str; 2] {
    match title {
        Title::GridWorker1 | Title::GridWorker2 | Title::SupportCadre | Title::Assistant | Title::ResidentCadre => {
            VISITOR
        }
        Title::DataClerk => ["yynynnyyyy......", "yyyyyyyyyyyyyyy."],
        Title::LeadCounty | Title::LeadTownship | Title::LeadVillage | Title::LeadHamlet => LEAD,
        Title::VillageCommittee => ["yynynnyyyy......", "yynynnyyyyyy..y."],
        Title::TownshipStation => ["yynynnyyyyy.....", "yyyyyyyyyyyyyyy."],
        Title::CountyBureau => [".........yy.....", "yyyyyyyyyyyyyyy."],
        Title::Discipline | Title::Administrator => NOBODY,
    }
}

fn judged(permits: &Permits, title: Title, case: Case, founding: bool, in_scope: bool) -> Result<(), RefusedWhy> {
    let path: Vec<String> = case.path.split('/').map(str::to_owned).collect();
    let visit = case.owner.map(|owner| VisitStanding { owner: owner.to_owned(), finished: true });
    let write = Write { path: &path, text: case.text, founding, visit: visit.as_ref() };
    may_write(permits, &Writer { title, person: ME, in_scope }, &write)
}

fn word(outcome: Result<(), RefusedWhy>) -> char {
    match outcome {
        Ok(()) => 'y',
        Err(RefusedWhy::Permit) => '.',
        Err(RefusedWhy::NotYours) => 'n',
        Err(_) => '?',
    }
}

#[test]
fn every_title_may_write_exactly_what_the_table_says() {
    let permits = shipped();
    for title in Title::ALL {
        for (founding, row) in [false, true].into_iter().zip(table(title)) {
            let got: String = CASES.iter().map(|c| word(judged(&permits, title, *c, founding, true))).collect();
            assert_eq!(got, row, "{title:?}, founding: {founding}");
        }
    }
}

#[test]
fn outside_the_areas_nobody_writes_anything() {
    for title in Title::ALL {
        for case in CASES {
            for founding in [false, true] {
                assert_eq!(judged(&shipped(), title, case, founding, false), Err(RefusedWhy::Scope));
            }
        }
    }
}

#[test]
fn without_a_pack_nobody_writes_anything() {
    assert!(Permits::default().is_empty());
    for title in Title::ALL {
        for case in CASES {
            assert_eq!(judged(&Permits::default(), title, case, false, true), Err(RefusedWhy::Permit));
        }
    }
}

#[test]
fn a_draft_of_another_is_as_much_his_as_a_finished_visit() {
    let path: Vec<String> = ["visits", "v1", "answers", "population"].map(str::to_owned).into();
    for finished in [false, true] {
        let visit = VisitStanding { owner: OTHER.to_owned(), finished };
        let write = Write { path: &path, text: None, founding: false, visit: Some(&visit) };
        let writer = Writer { title: Title::GridWorker1, person: ME, in_scope: true };
        assert_eq!(may_write(&shipped(), &writer, &write), Err(RefusedWhy::NotYours));
    }
    // nor is a visit without a collector everybody's
    let visit = VisitStanding { owner: String::new(), finished: false };
    let write = Write { path: &path, text: None, founding: false, visit: Some(&visit) };
    let writer = Writer { title: Title::GridWorker1, person: ME, in_scope: true };
    assert_eq!(may_write(&shipped(), &writer, &write), Err(RefusedWhy::NotYours));
}

#[test]
fn classes_go_by_whole_segments() {
    let class = |p: &str| class_of(&p.split('/').map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(class_of(&[]), PathClass::Unknown);
    for (path, want) in [
        ("profile", PathClass::Container),
        ("profile/base", PathClass::Base),
        ("profile/base/x", PathClass::Base),
        ("profile/bases", PathClass::Fact),
        ("profile/registered_risks", PathClass::Derived),
        ("profile/registered_risks/water", PathClass::Derived),
        ("profile/allowance/kind", PathClass::Fact),
        ("measures/venture.crops", PathClass::Fact),
        ("leaflets/application/given_on", PathClass::Fact),
        ("confirmed/profile.phone", PathClass::Fact),
        ("visits", PathClass::Container),
        ("visits/v1", PathClass::Visit),
        ("place/latitude", PathClass::Unknown),
        ("threads/t1", PathClass::Unknown),
        ("cases/c1/state", PathClass::Unknown),
    ] {
        assert_eq!(class(path), want, "{path}");
    }
}

#[test]
fn permit_codes_read_back() {
    for permit in Permit::ALL {
        assert_eq!(Permit::parse(permit.code()), Some(permit));
    }
    assert_eq!(Permit::parse("everything"), None);
}
