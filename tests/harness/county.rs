//! The county in a hurry: nine changes of the forms in one week, each of another kind, made from the shipped pack's sheets by
//! the dice. Every version that comes out is a sound pack.

use app_core::policy::Pack;
use app_core::testing::Revised;
use app_core::xlsform::{Form, Kind, Question};

use crate::dice::Dice;

/// The forms that change.
pub const FORMS: [&str; 2] = ["living-conditions", "screening-priority"];

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Add,
    Remove,
    Rename,
    Choice,
    Type,
    Logic,
    Move,
    Repeat,
    Parameter,
}

/// All nine, in the notice's week.
pub const NINE: [Change; 9] = [
    Change::Add,
    Change::Remove,
    Change::Rename,
    Change::Choice,
    Change::Type,
    Change::Logic,
    Change::Move,
    Change::Repeat,
    Change::Parameter,
];

/// A version, and which questions it calls otherwise: old name → new name.
pub struct Version {
    pub pack: Pack,
    pub renamed: Vec<(String, String)>,
    pub what: String,
}

/// The next version after `before`.
pub fn changed(before: &Pack, change: Change, n: usize, dice: &mut Dice) -> Version {
    for _ in 0..60 {
        let mut revised = Revised::of(before.files());
        let mut version = (Vec::new(), Vec::new());
        for form in FORMS {
            revised.version(form, &format!("20230602{n:02}"));
            if let Some(what) = one(&mut revised, before, form, change, n, dice, &mut version.0) {
                version.1.push(what);
            }
        }
        if let Ok(pack) = Pack::from_files(revised.0)
            && pack.inspect().is_empty()
            && version.1.len() == FORMS.len()
        {
            return Version { pack, renamed: version.0, what: format!("{change:?}: {}", version.1.join(", ")) };
        }
    }
    panic!("no sound version with {change:?}");
}

/// Whether a form's sheets, or rules, speak of a question.
fn is_named(pack: &Pack, form: &str, name: &str) -> bool {
    let survey = String::from_utf8_lossy(&pack.files()[&format!("forms/{form}/survey.csv")]).into_owned();
    survey.contains(&format!("${{{name}}}"))
}

/// Questions that a person answers, of no fact, outside the roster.
fn free<'f>(pack: &Pack, slug: &str, form: &'f Form, fits: impl Fn(&Question) -> bool) -> Vec<&'f Question> {
    let asked = |q: &&Question| q.kind.is_answered() && q.kind.is_visible() && q.repeat.is_none() && !q.is_bound();
    let plain = |q: &&Question| q.calculation.is_none() && !is_named(pack, slug, &q.name);
    form.iter().map(|(_, q)| q).filter(asked).filter(plain).filter(|q| fits(q)).collect()
}

fn one(
    r: &mut Revised,
    before: &Pack,
    slug: &str,
    change: Change,
    n: usize,
    dice: &mut Dice,
    renamed: &mut Vec<(String, String)>,
) -> Option<String> {
    let form = before.form(slug).unwrap();
    let any = |dice: &mut Dice, fits: &dyn Fn(&Question) -> bool| -> Option<(String, Kind)> {
        let found = free(before, slug, &form, fits);
        (!found.is_empty()).then(|| dice.of(&found)).map(|q| (q.name.clone(), q.kind))
    };
    match change {
        Change::Add => {
            let (behind, _) = any(dice, &|_| true)?;
            let name = format!("asked_{n}");
            r.add(slug, &behind, &[&asked("text", &name, "新增一问")]);
            if slug == "screening-priority" {
                r.add(slug, "relation", &[&asked("text", "nickname", "小名")[..4]]);
            }
            Some(format!("{name} behind {behind}"))
        }
        Change::Remove => {
            let (name, _) = any(dice, &|_| true)?;
            r.remove(slug, &name);
            Some(name)
        }
        Change::Rename => {
            // One that the form says, one that it does not.
            let (name, _) = any(dice, &|_| true)?;
            let new = format!("{name}_now");
            r.rename(slug, &name, &new, true);
            renamed.push((name.clone(), new));
            let (quiet, _) = any(dice, &|q| q.name != name)?;
            r.rename(slug, &quiet, &format!("{quiet}_anew"), false);
            Some(format!("{name} said, {quiet} not"))
        }
        Change::Choice => {
            let (name, _) = any(dice, &|q| q.kind.has_choices() && q.list.is_some())?;
            let question = form.question(form.find(&name)?);
            let list = form.lists.get(question.list?)?;
            let code = list.choices.get(dice.below(list.choices.len()))?.name.clone();
            r.remove_choice(slug, &list.name, &code);
            Some(format!("{code} of {}", list.name))
        }
        Change::Type => {
            let (name, kind) = any(dice, &|_| true)?;
            let other = if kind == Kind::Text { "decimal" } else { *dice.of(&["date", "integer", "text"]) };
            r.cell(slug, &name, "type", other).cell(slug, &name, "constraint", "").cell(slug, &name, "appearance", "");
            Some(format!("{name} is {other}"))
        }
        Change::Logic => {
            let (name, _) = any(dice, &|_| true)?;
            r.cell(slug, &name, "relevant", "1 = 2");
            if let Some((number, _)) = any(dice, &|q| q.kind == Kind::Decimal && q.name != name) {
                r.cell(slug, &number, "constraint", ". <= 3");
            }
            if slug == "screening-priority" {
                r.cell(slug, "labour_full", "calculation", "${roster_labour_full} + 1");
            }
            Some(format!("{name} is asked of nobody"))
        }
        Change::Move => {
            let (name, _) = any(dice, &|_| true)?;
            let (behind, _) = any(dice, &|q| q.name != name)?;
            r.move_behind(slug, &name, &behind);
            Some(format!("{name} behind {behind}"))
        }
        Change::Repeat => {
            let (name, _) = any(dice, &|q| q.kind == Kind::Text || q.kind == Kind::Decimal)?;
            r.wrap(slug, &name, "repeat", "several", "可填多项");
            if form.find("nickname").is_some() {
                // What was asked of each member is asked of the household.
                r.move_behind(slug, "nickname", "exclusion");
            }
            Some(format!("{name} several times"))
        }
        Change::Parameter => {
            r.param("income_line", "7800");
            Some("income_line".into())
        }
    }
}

fn asked<'a>(kind: &'a str, name: &'a str, label: &'a str) -> [(&'static str, &'a str); 5] {
    [("type", kind), ("name", name), ("label", label), ("label::English (en)", label), ("required", "yes")]
}
