//! A look at compiled rules as a whole: what they say of other files, how dear they can get, which names they use.

use super::day::Names;
use super::fault::Faults;
use super::needs::Need;
use super::pack::Pack;
use super::rule::Rule;
use crate::told;
use crate::xlsform::expr::{Axis, Expr, Step, Test};

/// How deep conditions may stand inside one another. Each level multiplies the work by the nodes of a household, and
/// a pack is foreign input; the shipped rules need two.
const MAX_PREDICATES: usize = 3;

/// What a row says of other files: parameters, risks and forms that must be there.
pub(super) fn cross(file: &str, rules: &[Rule], pack: &Pack, faults: &mut Faults) {
    for rule in rules {
        for key in rule.needs.iter().flat_map(Need::params) {
            if !pack.params().keys().any(|k| k == key) {
                faults.add(
                    file,
                    rule.row,
                    "needs",
                    told!("params.csv has no key {}", "params 表中没有这个参数：{}。", key),
                );
            }
        }
        if let Some(risk) = &rule.risk_kind
            && !pack.codes("risk").iter().any(|c| c.code == *risk)
        {
            faults.add(
                file,
                rule.row,
                "risk_kind",
                told!("codes.csv has no risk {}", "codes 表中没有这种风险：{}。", risk),
            );
        }
        for expr in rule.exprs() {
            if predicates(expr) > MAX_PREDICATES {
                faults.add(
                    file,
                    rule.row,
                    "when",
                    told!("more than {} conditions inside one another", "条件里套条件超过 {} 层。", MAX_PREDICATES),
                );
            }
            for key in params(expr).iter().filter(|k| !pack.params().keys().any(|known| known == **k)) {
                faults.add(
                    file,
                    rule.row,
                    "when",
                    told!("params.csv has no key {}", "params 表中没有这个参数：{}。", key),
                );
            }
        }
        if let Some(form) = &rule.form
            && !pack.slugs().contains(&form.slug)
        {
            faults.add(
                file,
                rule.row,
                "finding",
                told!("pack.toml has no form {}", "pack 表的 forms 中没有这张表：{}。", form.slug),
            );
        }
    }
}

/// The names all expressions of these rules use.
pub(super) fn names<'r>(rules: impl Iterator<Item = &'r Rule>) -> Names {
    let mut out = Names::default();
    for rule in rules {
        for expr in rule.exprs() {
            expr.walk(&mut |e| match e {
                Expr::Path(p) => tests(&p.steps, &mut out),
                Expr::Filter(f) => tests(&f.steps, &mut out),
                Expr::Ref(name) => {
                    out.used.insert(name.to_string());
                }
                _ => {}
            });
        }
    }
    out
}

fn tests(steps: &[Step], out: &mut Names) {
    for step in steps {
        match &step.test {
            Test::Name(name) => {
                out.used.insert(name.to_string());
            }
            // `.` and `..` are node() too, and look at nothing new.
            Test::Any | Test::Node => out.all |= !matches!(step.axis, Axis::Itself | Axis::Parent),
        }
    }
}

/// Keys read as `now/param/<key>`, from wherever the path begins; a misspelt one would make the rule silently false.
fn params(expr: &Expr) -> Vec<&str> {
    let mut out = Vec::new();
    expr.walk(&mut |e| {
        let Expr::Path(path) = e else { return };
        let mut names = path.steps.iter().map(|s| match &s.test {
            Test::Name(name) => &**name,
            Test::Any | Test::Node => "",
        });
        if (names.next(), names.next()) == (Some("now"), Some("param")) {
            out.extend(names.next().filter(|n| !n.is_empty()));
        }
    });
    out
}

/// How deep conditions `[…]` stand inside one another. The parser bounds the recursion.
fn predicates(expr: &Expr) -> usize {
    let deepest = |list: &[Expr]| list.iter().map(predicates).max();
    let of_steps =
        |steps: &[Step]| steps.iter().filter_map(|s| deepest(&s.predicates)).max().map_or(0, |d| d.saturating_add(1));
    match expr {
        Expr::Path(p) => of_steps(&p.steps),
        Expr::Filter(f) => {
            let own = deepest(&f.predicates).map_or(0, |d| d.saturating_add(1));
            own.max(of_steps(&f.steps)).max(predicates(&f.base))
        }
        Expr::Call(_, args) => deepest(args).unwrap_or_default(),
        Expr::Chain(first, rest) => rest.iter().map(|(_, e)| predicates(e)).fold(predicates(first), usize::max),
        Expr::Negate(e) => predicates(e),
        Expr::Number(_) | Expr::Text(_) | Expr::Ref(_) | Expr::Place(_) => 0,
    }
}
