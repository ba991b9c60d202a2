//! `needs`: which facts a rule must know before it may answer. A rule whose facts are missing answers *unknown*.

use crate::told;
use crate::told::Told;
use serde_json::Value;

use super::view::{View, counts, text_at};

/// One column entry: `a` or `a|b` (one of them is enough).
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// as written, for `missing`
    pub written: String,
    ways: Vec<Way>,
}

#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// `profile/allowance/kind`, `measures`
    Fact(Vec<String>),
    /// `members`: at least one
    Members,
    /// `members/*/x`: every member who may count as population
    EachMember(Vec<String>),
    /// `members/able/x`: every member able to work
    EachAble(Vec<String>),
    /// `now/population`
    Population,
    /// `now/labour`
    Labour,
    /// `now/standing`
    Standing,
    /// `now/param/x`
    Param(String),
    /// `now/answers/x`
    Answer(String),
    /// `now/asked/x`
    Asked(String),
    /// `now/today`, `now/year_start`
    Always,
}

impl Need {
    /// Reads one entry; `Err` says what is wrong.
    pub fn parse(written: &str) -> Result<Need, Told> {
        let ways = written.split('|').map(way).collect::<Result<_, _>>()?;
        Ok(Need { written: written.to_owned(), ways })
    }

    /// Whether at least one of the ways is known.
    pub fn known(&self, view: &View<'_>) -> bool {
        self.ways.iter().any(|w| w.known(view))
    }

    /// Whether what is known by this entry hangs on an open card; `open` says whether a path of the file does (`*` = any).
    pub fn hangs_on(&self, open: &dyn Fn(&[&str]) -> bool) -> bool {
        self.ways.iter().any(|w| w.hangs_on(open))
    }

    /// The parameters named, for the check that they exist.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().filter_map(|w| match w {
            Way::Param(key) => Some(key.as_str()),
            _ => None,
        })
    }

    /// The questions named.
    pub fn answers(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().filter_map(|w| match w {
            Way::Answer(q) => Some(q.as_str()),
            _ => None,
        })
    }
}

fn way(path: &str) -> Result<Way, Told> {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|p| p.is_empty()) {
        return Err(told!("not a path of a fact: {}", "不是信息项的路径：{}。", path));
    }
    let owned = |parts: &[&str]| parts.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>();
    Ok(match parts.as_slice() {
        ["members"] => Way::Members,
        ["members", "*", rest @ ..] if !rest.is_empty() => Way::EachMember(owned(rest)),
        ["members", "able", rest @ ..] if !rest.is_empty() => Way::EachAble(owned(rest)),
        ["members", ..] => {
            return Err(told!(
                "write members, members/*/… or members/able/…, not {}",
                "应写 members、members/*/… 或 members/able/…，不能写 {}。",
                path
            ));
        }
        ["now", "population"] => Way::Population,
        ["now", "labour"] => Way::Labour,
        ["now", "standing"] => Way::Standing,
        ["now", "today" | "year_start"] => Way::Always,
        ["now", "param", key] => Way::Param((*key).to_owned()),
        ["now", "answers", question] => Way::Answer((*question).to_owned()),
        ["now", "asked", slug] => Way::Asked((*slug).to_owned()),
        ["now", ..] => return Err(told!("the engine derives no {}", "系统不推算 {}。", path)),
        ["profile" | "measures" | "cases" | "visits" | "place", ..] => Way::Fact(owned(&parts)),
        _ => return Err(told!("a household has no {}", "农户档案里没有 {}。", path)),
    })
}

impl Way {
    fn known(&self, view: &View<'_>) -> bool {
        match self {
            Way::Fact(path) => is_known(at(view.facts, path)),
            Way::Members => !view.members.is_empty(),
            Way::EachMember(path) => each(view, path),
            Way::EachAble(path) => {
                let able = |m: &&Value| counts(m) && super::view::able(m);
                roster_known(view) && view.members.iter().copied().filter(able).all(|m| is_known(at(m, path)))
            }
            Way::Population => each(view, &["living".to_owned()]),
            Way::Labour => roster_known(view),
            Way::Standing => view.standing.is_some(),
            Way::Param(key) => view.day.param(key).is_some(),
            Way::Answer(question) => view.answers.contains_key(question.as_str()),
            Way::Asked(slug) => view.asked.contains_key(slug.as_str()),
            Way::Always => true,
        }
    }
}

impl Way {
    fn hangs_on(&self, open: &dyn Fn(&[&str]) -> bool) -> bool {
        let member = |path: &[String]| {
            let path: Vec<&str> = ["members", "*"].into_iter().chain(path.iter().map(String::as_str)).collect();
            open(&path)
        };
        let roster = || open(&["members", "*", "living"]) || open(&["members", "*", "removed"]);
        let labour = || roster() || open(&["members", "*", "work"]);
        match self {
            Way::Fact(path) => open(&path.iter().map(String::as_str).collect::<Vec<_>>()),
            Way::Members | Way::Population => roster(),
            Way::EachMember(path) => roster() || member(path),
            Way::EachAble(path) => labour() || member(path),
            Way::Labour => labour(),
            Way::Standing => ["base", "monitored_kind", "cleared"].iter().any(|field| open(&["profile", field])),
            // What was answered was filled in over the facts of that day.
            Way::Answer(question) => {
                open(&["visits", "*", "answers", question.as_str()]) || open(&["visits", "*", "outcome"])
            }
            Way::Asked(_) => open(&["visits", "*", "outcome"]) || open(&["visits", "*", "state"]),
            Way::Param(_) | Way::Always => false,
        }
    }
}

/// Who is alive and who can work: without both nobody knows who is able.
fn roster_known(view: &View<'_>) -> bool {
    each(view, &["living".to_owned()]) && each(view, &["work".to_owned()])
}

/// At least one member, and the fact of every member except those known to be dead or gone. Somebody of whom nobody
/// knows whether he lives here may count, so his facts are needed too.
fn each(view: &View<'_>, path: &[String]) -> bool {
    let living = path.first().is_some_and(|p| p == "living");
    let gone = |m: &Value| text_at(m, "living").is_some() && !counts(m);
    !view.members.is_empty() && view.members.iter().all(|m| (!living && gone(m)) || is_known(at(m, path)))
}

fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |v, part| v.get(part.as_str()))
}

/// There, not null and not `""`; an empty list is known (there are none).
pub(super) fn is_known(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}
