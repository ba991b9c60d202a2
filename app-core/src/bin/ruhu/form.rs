//! `ruhu form check | run`: forms from a terminal. The JSON is a contract (docs/cli.md).

use app_core::told;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use app_core::domain::Standing;
use app_core::policy::facts::Facts;
use app_core::policy::{self, Pack};
use app_core::stdout;
use app_core::xlsform::{self, Env, Form, Instance, NodeId, Problem, Problems, Refused, binding, tables};
use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveTime};
use serde_json::{Map, Value as Json, json};

/// Largest answers or facts file in bytes.
const MAX_INPUT: u64 = 16 << 20;

/// What to do with a form.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Read a form and name every fault by sheet, row and column
    Check {
        /// a folder of CSV sheets, an .xlsx workbook or an .md file; with --pack also a slug
        form: PathBuf,
        /// folder of the pack the form belongs to
        #[arg(long)]
        pack: Option<PathBuf>,
    },
    /// Fill a form with answers and print values, relevance, violations and choices
    Run(Run),
    /// Answer commands on standard input, one JSON a line (for the comparison with ODK's engine)
    #[command(hide = true)]
    Drive,
}

/// What a form is run with.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// a folder of CSV sheets, an .xlsx workbook or an .md file; with --pack also a slug
    form: PathBuf,
    /// answers by question name (JSON)
    #[arg(long)]
    answers: PathBuf,
    /// the household's facts (JSON): bound questions and repeats are filled from them
    #[arg(long)]
    facts: Option<PathBuf>,
    /// the answers that were last saved of this form (JSON), for `${last-saved#name}`
    #[arg(long)]
    last_saved: Option<PathBuf>,
    /// folder of the pack; by default the one the form lies in
    #[arg(long)]
    pack: Option<PathBuf>,
    /// the day of the visit; today if not given
    #[arg(long)]
    today: Option<NaiveDate>,
    /// language of the messages, e.g. en; the unsuffixed columns if not given
    #[arg(long, default_value = "")]
    language: String,
}

/// Runs the verb. Exit 0, or 2 with `{"errors":[{sheet,row,column,message}]}` on standard output.
pub fn run(verb: &Verb) -> ExitCode {
    let answer = match verb {
        Verb::Check { form, pack } => read(form, pack.as_deref()).map(|_| None),
        Verb::Run(run) => fill(run).map(Some),
        Verb::Drive => {
            return match drive() {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    match answer {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(json)) => stdout::answer(&json.to_string(), ExitCode::SUCCESS),
        Err(problems) => stdout::answer(&json!({ "errors": problems.errors }).to_string(), ExitCode::from(2)),
    }
}

/// The form's place: as given, or a slug in the pack.
fn locate(form: &Path, pack: Option<&Path>) -> PathBuf {
    match pack {
        Some(pack) if !form.exists() => pack.join("forms").join(form),
        _ => form.to_path_buf(),
    }
}

fn read(form: &Path, pack: Option<&Path>) -> Result<Form, Problems> {
    xlsform::read_form(&locate(form, pack))
}

/// The pack a form lies in: `<pack>/forms/<slug>`.
fn pack_of(form: &Path) -> Option<PathBuf> {
    let full = form.canonicalize().ok()?;
    let forms = full.parent()?;
    (forms.file_name()? == "forms").then(|| forms.parent().map(Path::to_path_buf))?
}

fn env(form: &Path, pack: Option<&Path>, today: Option<NaiveDate>) -> Result<Env, Problems> {
    let now = Local::now().fixed_offset();
    let now = match today {
        Some(day) => at_noon(day, &now),
        None => now,
    };
    let mut all = std::collections::HashMap::new();
    // Tables beside the form itself count too; those of the pack win.
    let beside = form.is_file().then(|| folder_of(form));
    for folder in beside.into_iter().chain(pack.map(Path::to_path_buf).or_else(|| pack_of(form))) {
        all.extend(tables::load(&folder, now.date_naive())?);
    }
    Ok(Env { username: "ruhu".into(), device_id: "ruhu".into(), ..Env::at(now) }.with_externals(all))
}

/// The folder a file lies in; that of a bare name is the current one.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Noon of a day, where no offset moves it to another.
fn at_noon(day: NaiveDate, now: &DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    day.and_time(noon).and_local_timezone(now.timezone()).single().unwrap_or(*now)
}

fn read_json(path: &Path) -> Result<Json, Problems> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= MAX_INPUT);
    let text = small.then(|| std::fs::read(path).ok()).flatten();
    let text = text.ok_or_else(|| {
        Problem::whole(&name, told!("the file cannot be read or is too large", "文件无法读取，或太大。"))
    })?;
    let json: Json = serde_json::from_slice(&text).map_err(|e| {
        let row = u32::try_from(e.line()).unwrap_or(u32::MAX);
        Problem::row(
            &name,
            row,
            told!(
                "this is not JSON ({}, column {})",
                "不是 JSON（{}，第 {} 列）。",
                format!("{:?}", e.classify()),
                e.column()
            ),
        )
    })?;
    if json.is_object() {
        Ok(json)
    } else {
        Err(Problem::whole(&name, told!("a JSON object is wanted", "应为一个 JSON 对象。")).into())
    }
}

fn fill(run: &Run) -> Result<Json, Problems> {
    let place = locate(&run.form, run.pack.as_deref());
    let form = Arc::new(xlsform::read_form(&place)?);
    let mut env = env(&place, run.pack.as_deref(), run.today)?;
    env.language.clone_from(&run.language);
    if let Some(path) = &run.last_saved {
        let mut saved = Instance::new(form.clone(), env.clone());
        saved.fill(&read_json(path)?);
        env.last_saved = Some(saved.saved());
    }
    let mut instance = Instance::new(form, env);
    if let Some(path) = &run.facts {
        let mut facts = read_json(path)?;
        let pack = run.pack.clone().or_else(|| pack_of(&place));
        derive(&mut facts, pack.as_deref(), instance.env().now.date_naive());
        binding::prefill(&mut instance, &facts);
    }
    let refused = instance.fill(&read_json(&run.answers)?);
    let mut result = instance.result();
    if let Some(Json::Array(list)) = result.get_mut("violations") {
        for (name, why) in refused {
            let kind = match why {
                // A computed value is not an answer; what a file says of it is passed over.
                Refused::Computed => continue,
                Refused::Unknown => "unknown",
                Refused::OutOfRange(..) => "constraint",
                Refused::Readonly | Refused::Malformed(_) => "type",
            };
            list.push(json!({"name": name, "kind": kind, "message": why.to_string()}));
        }
    }
    Ok(result)
}

/// Facts that forms read and nobody stores (standing, what a screening found), where they are not given.
fn derive(facts: &mut Json, pack: Option<&Path>, on: NaiveDate) {
    let read: Facts = serde_json::from_value(facts.clone()).unwrap_or_default();
    let derived = match pack.and_then(|p| Pack::load_dir(p).ok()) {
        Some(pack) => policy::derived(&pack, &read, on),
        None => json!({"profile": {"standing": read.standing().map(Standing::code)}}),
    };
    let Some(root) = facts.as_object_mut() else { return };
    let profile = root.entry("profile").or_insert_with(|| Json::Object(Map::new()));
    let more = derived.get("profile").and_then(Json::as_object);
    if let Some(profile) = profile.as_object_mut() {
        for (key, value) in more.into_iter().flatten() {
            let given = profile.get(key).is_some_and(|v| !v.is_null() && v != "");
            if !given {
                profile.insert(key.clone(), value.clone());
            }
        }
    }
}

/// One command a line, one answer a line: load, set, add, remove, dump.
fn drive() -> std::io::Result<()> {
    let mut running: Option<Instance> = None;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let command: Json = serde_json::from_str(&line?).unwrap_or(Json::Null);
        let answer = obey(&mut running, &command).unwrap_or_else(|message| json!({"error": message}));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn obey(running: &mut Option<Instance>, command: &Json) -> Result<Json, String> {
    let text = |key: &str| command.get(key).and_then(Json::as_str).unwrap_or_default();
    if text("op") == "load" {
        let place = PathBuf::from(text("form"));
        let form = Arc::new(xlsform::read_form(&place).map_err(|e| e.to_string())?);
        let env = env(&place, None, text("today").parse().ok()).map_err(|e| e.to_string())?;
        *running = Some(Instance::new(form, env));
        return Ok(json!({"ok": true}));
    }
    let instance = running.as_mut().ok_or("no form is loaded")?;
    // ODK's engine forgets what was in an instance that was taken out; ours would bring it back.
    instance.forget_removed();
    match text("op") {
        "set" => {
            let node = at(instance, text("ref"))?;
            let changes = instance.set(node, text("value")).map_err(|e| e.to_string())?;
            Ok(json!({"changes": changes.len()}))
        }
        "fact" => {
            let node = at(instance, text("ref"))?;
            instance.prefill(node, text("value")).map_err(|e| e.to_string())?;
            Ok(json!({"ok": true}))
        }
        "add" => {
            let (above, name) = text("ref").rsplit_once('/').ok_or("no such repeat")?;
            let parent = at(instance, above)?;
            let form = instance.form().clone();
            let children = &instance.question(parent).children;
            let repeat = children.iter().find(|c| form.question(**c).name == name).ok_or("no such repeat")?;
            instance.add(parent, *repeat, None).map_err(|e| e.to_string())?;
            Ok(json!({"ok": true}))
        }
        "remove" => {
            let node = at(instance, text("ref"))?;
            instance.remove(node).map_err(|e| e.to_string())?;
            Ok(json!({"ok": true}))
        }
        "dump" => Ok(dump(instance)),
        "recompute" => Ok(json!({"changes": instance.recompute_all().len()})),
        _ => Err("unknown command".into()),
    }
}

/// The node at a reference as ODK's engine writes it: `/data/group/member[2]/name`.
fn at(instance: &Instance, reference: &str) -> Result<NodeId, String> {
    let tree = instance.tree();
    let mut node = NodeId::DOCUMENT;
    for part in reference.split('/').filter(|p| !p.is_empty()) {
        let (name, number) = match part.strip_suffix(']').and_then(|p| p.split_once('[')) {
            Some((name, number)) => (name, number.parse::<usize>().map_err(|e| e.to_string())?),
            None => (part, 1),
        };
        let mut named = tree.children(node).iter().filter(|c| tree.name(**c) == name);
        node = *named.nth(number.saturating_sub(1)).ok_or_else(|| format!("no node {reference}"))?;
    }
    Ok(node)
}

fn dump(instance: &Instance) -> Json {
    let mut nodes = Map::new();
    let tree = instance.tree();
    let mut todo = vec![(tree.root(), format!("/{}", tree.name(tree.root())))];
    while let Some((node, reference)) = todo.pop() {
        let mut counts: Map<String, Json> = Map::new();
        for child in tree.children(node) {
            let name = tree.name(*child);
            let count = counts.get(name).and_then(Json::as_u64).unwrap_or(0).saturating_add(1);
            counts.insert(name.to_string(), count.into());
            let number = if instance.key(*child).is_some() { format!("[{count}]") } else { String::new() };
            todo.push((*child, format!("{reference}/{name}{number}")));
        }
        let question = instance.question(node);
        let violation = instance.violation(node);
        let labels = || instance.view(node).choices.into_iter().map(|c| c.label).collect::<Vec<_>>();
        nodes.insert(
            reference,
            json!({
                "kind": question.kind.name(), "value": instance.value(node), "relevant": instance.relevant(node),
                "readonly": instance.declared_readonly(node), "required": instance.required(node),
                "violation": violation.as_ref().map(|v| v.kind.name()), "message": violation.map(|v| v.message),
                "label": instance.label(node), "hint": instance.words(node, &question.hint), "labels": question.kind.has_choices().then(labels),
                "bound": question.attributes.get("type"),
                "choices": question.kind.has_choices().then(|| instance.offered(node)),
                "computed": question.calculation.is_some() && !question.overridable, "overridable": question.overridable,
                "parameters": question.parameters,
            }),
        );
    }
    Json::Object(nodes)
}
