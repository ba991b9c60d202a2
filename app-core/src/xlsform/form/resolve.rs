//! `${name}` → a path, by the rules of pyxform: relative within a common repeat, else from the top.

use super::model::{Form, Formula, Question, QuestionId};
use super::types::Kind;
use crate::told;
use crate::told::Told;
use crate::xlsform::expr::functions::{self, digest, text};
use crate::xlsform::expr::{self, Axis, Expr, Filter, Path, Start, Step, Test};

/// Reads formulas of one question.
pub struct Resolver<'f> {
    pub form: &'f Form,
    /// The question whose formulas these are.
    pub at: QuestionId,
    /// What the context node is an instance of, where the formula picks among instances.
    pub item: Option<QuestionId>,
}

/// What surrounds a piece of an expression.
#[derive(Clone, Copy)]
struct Around {
    /// The formula is a choice filter, or this is a predicate of an `instance()` path: `.` is an item.
    item: bool,
    in_predicate: bool,
    has_instance: bool,
    absolute: bool,
}

/// The instance that holds what was last saved of this form; expressions reach it by `${last-saved#name}`.
pub const LAST_SAVED: &str = "__last-saved";

impl Resolver<'_> {
    /// The nodes whose texts are the choices of a select: every answered `${from}`, or those a filter keeps. In the
    /// filter, names beside `from` are those of the same instance.
    pub fn drawn(&self, from: &str, filter: &str) -> Result<Formula, Told> {
        let target = self.find(from)?;
        if self.form.question(target).repeat.is_none() || self.form.question(target).kind.is_container() {
            return Err(told!(
                "“{}” is no question inside a repeat, so it has no answers to choose from",
                "“{}”不是重复组里的问题，没有答案可作选项。",
                from
            ));
        }
        let (start, mut steps) = self.to_all(target);
        let source = if filter.is_empty() { format!("${{{from}}} != ''") } else { filter.to_string() };
        let mut predicate = expr::parse(&source).map_err(|e| e.told())?;
        let beside = Resolver { form: self.form, at: self.at, item: self.form.question(target).parent };
        beside.expr(&mut predicate, Around { item: true, in_predicate: true, has_instance: false, absolute: false })?;
        let own = steps.pop();
        if let Some(instance) = steps.last_mut() {
            instance.predicates.push(predicate);
        }
        steps.extend(own);
        Ok(Formula { source, expr: Expr::Path(Path { start, steps }) })
    }

    /// Parses and resolves.
    pub fn read(&self, source: &str, choice_filter: bool) -> Result<Formula, Told> {
        let mut expr = expr::parse(source).map_err(|e| e.told())?;
        let mut has_instance = false;
        expr.walk(&mut |e| has_instance |= matches!(e, Expr::Call(f, _) if f.name == "instance"));
        let around = Around { item: choice_filter, in_predicate: false, has_instance, absolute: false };
        self.expr(&mut expr, around)?;
        Ok(Formula { source: source.to_string(), expr })
    }

    fn expr(&self, expr: &mut Expr, around: Around) -> Result<(), Told> {
        match expr {
            Expr::Ref(name) => *expr = self.reference(name, around)?,
            Expr::Path(path) => self.steps(&mut path.steps, around)?,
            Expr::Filter(filter) => {
                self.expr(&mut filter.base, around)?;
                for p in &mut filter.predicates {
                    self.expr(p, Around { in_predicate: true, ..around })?;
                }
                self.steps(&mut filter.steps, around)?;
            }
            Expr::Call(function, args) => {
                let name = function.name;
                self.check_call(name, args)?;
                for (i, arg) in args.iter_mut().enumerate() {
                    // The nodes and repeats of indexed-repeat are sought in the whole form.
                    let absolute = name == "indexed-repeat" && (i == 0 || i % 2 == 1);
                    self.expr(arg, Around { absolute, ..around })?;
                }
            }
            Expr::Chain(first, rest) => {
                self.expr(first, around)?;
                for (_, e) in rest {
                    self.expr(e, around)?;
                }
            }
            Expr::Negate(e) => self.expr(e, around)?,
            Expr::Text(text) if text.contains("${") => *text = self.text(text)?.into(),
            Expr::Number(_) | Expr::Text(_) | Expr::Place(_) => {}
        }
        self.simplify(expr);
        Ok(())
    }

    fn steps(&self, steps: &mut [Step], around: Around) -> Result<(), Told> {
        for predicate in steps.iter_mut().flat_map(|s| &mut s.predicates) {
            self.expr(predicate, Around { in_predicate: true, ..around })?;
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<QuestionId, Told> {
        let all = self.form.by_name.get(name).map_or(&[] as &[QuestionId], Vec::as_slice);
        match all.iter().filter(|id| !self.form.question(**id).generated).count() {
            0 => Err(told!("there is no question named “{}”", "没有名为“{}”的问题。", name)),
            1 => self.form.find(name).ok_or_else(|| {
                told!("the form itself adds another question named “{}”", "表单自动加入的问题也叫“{}”，请改名。", name)
            }),
            _ => Err(told!(
                "several questions are named “{0}”, so ${{{0}}} could be any of them",
                "有几个问题都叫“{0}”，分不清 ${{{0}}} 指哪一个。",
                name
            )),
        }
    }

    fn reference(&self, name: &str, around: Around) -> Result<Expr, Told> {
        if let Some(old) = name.strip_prefix("last-saved#") {
            return self.last_saved(old);
        }
        let target = self.find(name)?;
        if let Some(item) = self.item {
            let trail = self.form.trail(target);
            if let Some(at) = trail.iter().position(|q| *q == item).filter(|_| target != item) {
                let down = trail.iter().skip(at.saturating_add(1)).map(|q| child(&self.form.question(*q).name));
                return Ok(Expr::Path(Path { start: Start::Here, steps: down.collect() }));
            }
        }
        let (ours, theirs) = (self.above(self.at), self.above(target));
        let common: Vec<QuestionId> = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).map(|(a, _)| *a).collect();
        let shared_repeat = common.iter().any(|q| self.form.question(*q).kind == Kind::Repeat);
        if !shared_repeat || around.absolute {
            return Ok(self.absolute(target));
        }
        let ups = ours.len().saturating_sub(common.len()).saturating_add(1);
        let up = (0..ups).map(|_| Step { axis: Axis::Parent, test: Test::Node, predicates: Vec::new() });
        let trail = self.form.trail(target);
        let down = trail.iter().skip(common.len()).map(|q| child(&self.form.question(*q).name));
        let current = around.item || (around.has_instance && around.in_predicate);
        let start = if current { Start::Current } else { Start::Here };
        Ok(Expr::Path(Path { start, steps: up.chain(down).collect() }))
    }

    /// `${last-saved#name}`: the answer in what was last saved of this form.
    fn last_saved(&self, name: &str) -> Result<Expr, Told> {
        let trail = self.form.trail(self.find(name)?);
        let instance =
            functions::find("instance").ok_or_else(|| told!("instance() is not known", "不认识函数 instance()。"))?;
        Ok(Expr::Filter(Box::new(Filter {
            base: Expr::Call(instance, vec![Expr::Text(LAST_SAVED.into())]),
            predicates: Vec::new(),
            steps: trail.iter().map(|q| child(&self.form.question(*q).name)).collect(),
        })))
    }

    /// The path to the nodes of a question in all instances of its repeat, as pyxform draws it: where the reader lies in
    /// that same repeat, from what is around the repeat.
    fn to_all(&self, target: QuestionId) -> (Start, Vec<Step>) {
        let (ours, theirs) = (self.above(self.at), self.above(target));
        let is_repeat = |q: &QuestionId| self.form.question(*q).kind == Kind::Repeat;
        let mut common = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
        let shared: Vec<usize> = (0..common).filter(|i| ours.get(*i).is_some_and(is_repeat)).collect();
        let Some(nearest) = shared.last().copied() else {
            return (
                Start::Document,
                self.form.trail(target).iter().map(|q| child(&self.form.question(*q).name)).collect(),
            );
        };
        let around = |trail: &[QuestionId]| trail.iter().rposition(is_repeat);
        if around(&theirs) == Some(nearest) && (shared.len() == 1 || around(&ours) != Some(nearest)) {
            common = nearest;
        }
        let ups = ours.len().saturating_sub(common).saturating_add(1);
        let up = (0..ups).map(|_| Step { axis: Axis::Parent, test: Test::Node, predicates: Vec::new() });
        let trail = self.form.trail(target);
        let down = trail.iter().skip(common).map(|q| child(&self.form.question(*q).name));
        (Start::Current, up.chain(down).collect())
    }

    /// The ids above a question, from the form down.
    fn above(&self, id: QuestionId) -> Vec<QuestionId> {
        let mut trail = self.form.trail(id);
        trail.pop();
        trail
    }

    fn absolute(&self, target: QuestionId) -> Expr {
        match self.form.question(target).place {
            Some(node) => Expr::Place(node),
            None => {
                let steps = self.form.trail(target).iter().map(|q| child(&self.form.question(*q).name)).collect();
                Expr::Path(Path { start: Start::Document, steps })
            }
        }
    }

    /// Paths written out from the top to a question outside repeats become its place.
    fn simplify(&self, expr: &mut Expr) {
        match expr {
            Expr::Path(Path { start: Start::Document, steps }) => {
                let plain = steps.iter().all(|s| s.axis == Axis::Child && s.predicates.is_empty());
                let names: Option<Vec<&str>> = steps
                    .iter()
                    .map(|s| match &s.test {
                        Test::Name(n) => Some(&**n),
                        _ => None,
                    })
                    .collect();
                let known = names.filter(|n| plain && n.len() > 1).and_then(|n| {
                    (n.first() == self.form.questions.first().map(|q| q.name.as_str()).as_ref())
                        .then(|| self.form.find_path(&n.join("/")))?
                });
                if let Some(place) = known.and_then(|q| self.form.question(q).place) {
                    *expr = Expr::Place(place);
                }
            }
            Expr::Filter(filter) if filter.predicates.is_empty() && filter.steps.is_empty() => {
                let Filter { base, .. } = &**filter;
                *expr = base.clone();
            }
            _ => {}
        }
    }

    /// `${name}` inside quotation marks stands for the path, as text.
    fn text(&self, text: &str) -> Result<String, Told> {
        let mut out = String::new();
        for piece in super::words::split(text) {
            match piece {
                Ok(text) => out.push_str(&text),
                Err(name) => out.push_str(&self.form.xpath(self.find(&name)?)),
            }
        }
        Ok(out)
    }

    /// What can be known to be wrong before it runs.
    fn check_call(&self, name: &str, args: &[Expr]) -> Result<(), Told> {
        match (name, args) {
            ("regex", [_, Expr::Text(pattern)]) if text::pattern(pattern).is_none() => Err(told!(
                "the pattern “{}” is not a regular expression this engine runs",
                "“{}”不是可用的正则表达式。",
                &**pattern
            )),
            ("digest", [_, Expr::Text(algorithm), ..]) if !digest::ALGORITHMS.contains(&&**algorithm) => Err(told!(
                "digest: the algorithm “{}” is not supported ({})",
                "digest 不支持算法“{}”，可用：{}。",
                &**algorithm,
                digest::ALGORITHMS.join(", ")
            )),
            ("jr:itext", [Expr::Text(id)]) if self.form.choice_of_itext(id).is_none() => Err(told!(
                "jr:itext: “{}” is no choice: write the itextId of one (its list, a dash, its place from 0)",
                "jr:itext：“{}”不是选项，应写选项的 itextId（列表名-序号，序号从 0 起）。",
                &**id
            )),
            ("jr:choice-name", [_, Expr::Text(path)]) => {
                let name = path.trim().trim_start_matches("${").trim_end_matches('}');
                let target = self.form.find_path(name).map_or_else(|| self.find(name), Ok)?;
                let question = self.form.question(target);
                if question.kind.has_choices() {
                    Ok(())
                } else {
                    Err(told!(
                        "jr:choice-name: “{}” has no choices",
                        "jr:choice-name：“{}”不是选择题，没有选项。",
                        question.name
                    ))
                }
            }
            _ => Ok(()),
        }
    }
}

fn child(name: &str) -> Step {
    Step { axis: Axis::Child, test: Test::Name(name.into()), predicates: Vec::new() }
}

/// Whether a default is computed: it refers, calls or calculates. `2023-05-20` and `-` are plain text.
pub fn default_is_dynamic(text: &str, question: &Question) -> bool {
    use crate::xlsform::expr::Op;
    use crate::xlsform::expr::functions::dates;
    if text.contains("${") {
        return true;
    }
    if dates::is_date(text) || dates::is_date_time(text) || dates::is_time(text) || question.kind == Kind::Geopoint {
        return false;
    }
    let Ok(expr) = expr::parse(text) else { return false };
    let mut dynamic = false;
    expr.walk(&mut |e| {
        dynamic |= match e {
            Expr::Call(..) => true,
            Expr::Chain(_, rest) => {
                rest.iter().any(|(op, _)| matches!(op, Op::Plus | Op::Minus | Op::Times | Op::Div | Op::Mod))
            }
            _ => false,
        }
    });
    dynamic
}
