//! 李小明 as each check finds him, and as it does not.

use serde_json::{Value, json};

use super::{aged, nearly, number, patched};

/// A member's story: the member as the check finds him, and as it does not.
pub(super) fn members() -> Vec<(&'static str, Value, Value)> {
    let child = |age: i32, schooling: &str| json!({"birth": aged(age), "education": "", "schooling": schooling, "work": "none"});
    let left = |age: i32, reason: &str| json!({"birth": aged(age), "education": "", "schooling": "", "work": "none", "dropout_reason": reason});
    let certificate = |tail: &str| format!("{}{tail}", number("20050520", "001"));
    vec![
        ("id-length", json!({"id_number": "99999920050520"}), json!({"id_number": number("20050520", "001")})),
        (
            "id-length",
            json!({"id_number": format!("{}123", number("20050520", "001"))}),
            json!({"id_number": certificate("43B1")}),
        ),
        ("id-digit", json!({"id_number": "999999200505200019"}), json!({"id_number": number("20050520", "001")})),
        ("id-missing", json!({}), json!({"id_number": number("20050520", "001")})),
        (
            "id-duplicate",
            json!({"id_number": number("19800520", "002")}),
            json!({"id_number": number("20050520", "001")}),
        ),
        ("head-one", json!({"relation": "head"}), json!({})),
        ("relation-sex", json!({"relation": "daughter"}), json!({"relation": "sibling"})),
        (
            "relation-sex",
            json!({"relation": "daughter", "sex": null, "id_number": number("20050520", "001")}),
            json!({"relation": "daughter", "sex": "female"}),
        ),
        ("couple-sex", json!({"relation": "spouse", "sex": "female"}), json!({"relation": "spouse"})),
        ("id-sex", json!({"id_number": number("20050520", "002")}), json!({"id_number": number("20050520", "001")})),
        ("roster-gaps", json!({"work": null}), json!({})),
        ("roster-gaps", json!({"relation": null}), json!({"living": "moved_out", "work": null, "health": []})),
        ("education-one", json!({"schooling": "high3"}), json!({})),
        ("education-none", json!({"education": null}), left(12, "家庭困难")),
        (
            "health-exclusive",
            json!({"health": ["healthy", "chronic"]}),
            json!({"health": ["chronic", "major_illness"]}),
        ),
        (
            "disabled-certificate",
            json!({"health": ["disabled"]}),
            json!({"health": ["disabled"], "id_number": certificate("42")}),
        ),
        (
            "certificate-disabled",
            json!({"id_number": certificate("42")}),
            json!({"health": ["disabled"], "id_number": certificate("42")}),
        ),
        (
            "severe-limb-ordinary",
            json!({"id_number": certificate("42"), "health": ["disabled"]}),
            json!({"id_number": certificate("43"), "health": ["disabled"]}),
        ),
        (
            "severe-limb-ordinary",
            json!({"disability": {"kind": 4, "level": 2}}),
            json!({"disability": {"kind": 4, "level": 3}}),
        ),
        ("minor-labour", json!({"birth": nearly(16)}), json!({"birth": aged(16)})),
        (
            "pupil-labour",
            json!({"education": "", "schooling": "high3"}),
            json!({"education": "", "schooling": "high3", "work": "none"}),
        ),
        ("adult-no-labour", json!({"work": "none", "birth": aged(16)}), json!({"work": "none", "birth": nearly(16)})),
        ("adult-no-labour", json!({"work": "lost", "birth": nearly(60)}), json!({"work": "lost", "birth": aged(60)})),
        ("elder-labour", json!({"birth": aged(60)}), json!({"birth": nearly(60)})),
        ("dropout", left(6, ""), left(6, "残疾")),
        ("dropout", child(7, "preschool_age"), child(6, "preschool_age")),
        ("dropout", left(15, ""), left(16, "")),
        ("name-missing", json!({"name": ""}), json!({})),
        ("name-form", json!({"name": "李小明1"}), json!({"name": "阿依·古丽"})),
        ("name-duplicate", json!({"name": "韦秀英"}), json!({"name": "韦秀莲"})),
        ("birth-id", json!({"id_number": number("20050521", "001")}), json!({"id_number": number("20050520", "001")})),
        ("birth-future", json!({"birth": "2023-05-21"}), json!({"birth": "2023-05-20"})),
        ("birth-old", json!({"birth": aged(111)}), json!({"birth": nearly(111)})),
        (
            "spouse-young",
            json!({"relation": "spouse", "birth": nearly(22)}),
            json!({"relation": "spouse", "birth": aged(22)}),
        ),
        (
            "spouse-young",
            json!({"relation": "daughter_in_law", "sex": "female", "birth": nearly(20)}),
            json!({"relation": "daughter_in_law", "sex": "female", "birth": aged(20)}),
        ),
        ("child-age", json!({"birth": aged(28)}), json!({"birth": aged(27)})),
        (
            "parent-age",
            json!({"relation": "father", "birth": aged(58)}),
            json!({"relation": "father", "birth": aged(59)}),
        ),
        (
            "grandchild-age",
            json!({"relation": "grandson", "birth": aged(12)}),
            json!({"relation": "grandson", "birth": aged(11)}),
        ),
        (
            "grandparent-age",
            json!({"relation": "grandfather", "birth": aged(74)}),
            json!({"relation": "grandfather", "birth": aged(75)}),
        ),
        ("school-primary-age", child(15, "primary"), child(14, "primary")),
        ("school-primary-age", child(5, "primary"), child(6, "primary")),
        ("school-junior-age", child(11, "grade7"), child(12, "grade7")),
        ("school-junior-age", child(18, "grade9"), child(17, "grade9")),
        ("school-senior-age", child(14, "high1"), child(15, "vocational1")),
        ("school-senior-age", child(21, "vocational3"), child(20, "high3")),
        ("school-college-age", child(17, "bachelor1"), child(18, "college1")),
        ("school-postgraduate-age", child(19, "postgraduate"), child(20, "postgraduate")),
        ("school-preschool-age", child(7, "kindergarten"), child(6, "kindergarten")),
        ("school-late", child(30, "bachelor5"), child(29, "bachelor5")),
        ("school-late", child(45, "college1"), child(45, "postgraduate")),
        (
            "education-low",
            json!({"education": "primary", "birth": aged(16)}),
            json!({"education": "primary", "birth": aged(23)}),
        ),
        (
            "education-low",
            json!({"education": "illiterate", "birth": aged(22)}),
            json!({"education": "junior", "birth": aged(16)}),
        ),
        ("education-young", json!({"birth": aged(16)}), json!({"birth": aged(17)})),
        ("education-young", json!({"education": "bachelor"}), json!({"education": "bachelor", "birth": aged(19)})),
        (
            "education-young",
            json!({"education": "junior", "birth": aged(13)}),
            json!({"education": "junior", "birth": aged(14)}),
        ),
        ("dropout-in-school", patched(child(12, "grade7"), json!({"dropout_reason": "厌学"})), left(12, "厌学")),
        ("months-range", json!({"employed_months": 13}), json!({"employed_months": 12})),
        ("months-range", json!({"employed_months": -1}), json!({"employed_months": 0})),
        (
            "months-no-labour",
            json!({"employed_months": 1, "work": "lost"}),
            json!({"employed_months": 0, "work": "lost"}),
        ),
        (
            "months-minor",
            json!({"employed_months": 1, "birth": nearly(16)}),
            json!({"employed_months": 1, "birth": aged(16)}),
        ),
        (
            "disability-number",
            json!({"id_number": certificate("42"), "disability": {"kind": 4, "level": 3}}),
            json!({"id_number": certificate("42"), "disability": {"kind": 4, "level": 2}}),
        ),
        (
            "disability-health",
            json!({"disability": {"kind": 1, "level": 1}}),
            json!({"disability": {"kind": 1, "level": 1}, "health": ["disabled"]}),
        ),
        ("uninsured", json!({"insured": false}), json!({"insured": true})),
        ("uninsured", json!({"insured": false}), json!({"insured": false, "living": "dead"})),
        ("pension-minor", json!({"pension": true, "birth": nearly(16)}), json!({"pension": true, "birth": aged(16)})),
        (
            "pension-pupil",
            patched(child(17, "high2"), json!({"pension": true})),
            patched(child(17, "high2"), json!({"pension": false})),
        ),
        (
            "head-minor",
            json!({"relation": "head", "birth": nearly(16)}),
            json!({"relation": "head", "birth": aged(16)}),
        ),
    ]
}
