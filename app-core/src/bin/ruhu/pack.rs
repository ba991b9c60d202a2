//! `ruhu pack judge | check | diff | export | import`: the policy pack from a terminal. The JSON is a contract (docs/cli.md).

use app_core::told;
use app_core::told::Told;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_core::policy::{Fault, Faults, Finding, Judgement, Pack, difference, facts, judge_json, workbook};
use app_core::stdout;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Largest facts file in bytes; a household has some thousands.
const MAX_FACTS: u64 = 16 << 20;

/// What to do with a pack.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Judge one household: findings, what is not known, the forms that apply
    Judge {
        /// folder of the pack
        #[arg(long)]
        pack: PathBuf,
        /// the household's facts (JSON)
        #[arg(long)]
        facts: PathBuf,
        /// the day of judging, YYYY-MM-DD; today if not given
        #[arg(long, value_parser = day)]
        on: Option<NaiveDate>,
    },
    /// Load a pack whole, compile its forms, rules and checks, and name every fault
    Check {
        /// folder of the pack
        #[arg(long)]
        pack: PathBuf,
    },
    /// What a newer version of a pack changes, in words
    Diff {
        /// folder or workbook of the running version
        #[arg(long)]
        old: PathBuf,
        /// folder or workbook of the new version
        #[arg(long)]
        new: PathBuf,
    },
    /// Write a pack as one workbook (.xlsx), to be changed in Excel or LibreOffice
    Export {
        /// folder of the pack
        #[arg(long)]
        pack: PathBuf,
        /// the workbook to write; must not be there yet
        #[arg(long)]
        to: PathBuf,
    },
    /// Read a workbook back into a folder of a pack, after checking it whole
    Import {
        /// the workbook (.xlsx)
        workbook: PathBuf,
        /// the folder to write; must be absent or empty
        #[arg(long)]
        to: PathBuf,
    },
}

fn day(text: &str) -> Result<NaiveDate, String> {
    facts::day(text).ok_or_else(|| "write YYYY-MM-DD".to_owned())
}

/// Runs the verb. Exit 0, or 2 with `{"errors":[{file,row,column,message}]}` on standard output.
pub fn run(verb: &Verb) -> ExitCode {
    let answer = match verb {
        Verb::Judge { pack, facts, on } => judge(pack, facts, *on),
        Verb::Check { pack } => check(pack),
        Verb::Diff { old, new } => diff(old, new),
        Verb::Export { pack, to } => export(pack, to),
        Verb::Import { workbook, to } => import(workbook, to),
    };
    match answer {
        Ok(json) => stdout::answer(&json.to_string(), ExitCode::SUCCESS),
        Err(faults) => stdout::answer(&json!({ "errors": faults.errors }).to_string(), ExitCode::from(2)),
    }
}

fn judge(pack: &Path, facts: &Path, on: Option<NaiveDate>) -> Result<Value, Faults> {
    let pack = Pack::load_dir(pack)?;
    let household = read_facts(facts)?;
    let on = on.unwrap_or_else(|| chrono::Local::now().date_naive());
    Ok(answer(&judge_json(&pack, &household, on)))
}

/// `forms` are those that must be filled; an optional one is a reason shown on the screen, not work.
fn answer(judgement: &Judgement) -> Value {
    let findings: Vec<Value> = judgement.findings.iter().map(finding).collect();
    let forms: Vec<&str> = judgement.forms.iter().filter(|f| !f.optional).map(|f| f.slug.as_str()).collect();
    json!({ "findings": findings, "unknown": judgement.unknown, "forms": forms })
}

/// Among the numbers `provisional` stands only where there is something to warn of.
fn finding(f: &Finding) -> Value {
    let mut numbers = f.numbers.clone();
    if !f.provisional.is_empty() {
        numbers.insert("provisional".to_owned(), f.provisional.join(" ").into());
    }
    json!({ "rule": f.rule, "paragraph": f.paragraph, "words": f.words, "numbers": numbers })
}

fn diff(old: &Path, new: &Path) -> Result<Value, Faults> {
    let (old, new) = (workbook::load(old)?, workbook::load(new)?);
    new.inspect().or(())?;
    Ok(json!({ "differences": difference(&old, &new) }))
}

fn fault(path: &Path, message: Told) -> Faults {
    let mut faults = Faults::default();
    faults.add(&path.display().to_string(), 0, "", message);
    faults
}

fn export(pack: &Path, to: &Path) -> Result<Value, Faults> {
    let pack = Pack::load_dir(pack)?;
    let bytes = workbook::write(&pack)
        .map_err(|e| fault(to, told!("the workbook cannot be made: {}", "工作簿无法生成：{}", e.to_string())))?;
    let mut file = std::fs::File::create_new(to)
        .map_err(|e| fault(to, told!("cannot be written: {}", "无法写入：{}。", told::why(e.kind()))))?;
    file.write_all(&bytes)
        .map_err(|e| fault(to, told!("cannot be written: {}", "无法写入：{}。", told::why(e.kind()))))?;
    Ok(json!({ "workbook": to, "hash": hex::encode(pack.hash()) }))
}

fn import(workbook: &Path, to: &Path) -> Result<Value, Faults> {
    let pack = Pack::from_files(workbook::read(workbook)?)?;
    pack.inspect().or(())?;
    if std::fs::read_dir(to).is_ok_and(|mut d| d.next().is_some()) {
        return Err(fault(to, told!("the folder is not empty", "文件夹里已有文件。")));
    }
    let unwritten = |path: &Path, e: &std::io::Error| {
        fault(path, told!("cannot be written: {}", "无法写入：{}。", told::why(e.kind())))
    };
    for (name, bytes) in pack.files() {
        let path = to.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| unwritten(folder, &e))?;
        }
        std::fs::write(&path, bytes).map_err(|e| unwritten(&path, &e))?;
    }
    Ok(
        json!({ "folder": to, "id": pack.manifest().id, "version": pack.manifest().version, "hash": hex::encode(pack.hash()) }),
    )
}

fn read_facts(path: &Path) -> Result<Value, Faults> {
    let fault = |row: usize, message: Told| Faults {
        errors: vec![Fault {
            file: path.display().to_string(),
            row: u32::try_from(row).unwrap_or(u32::MAX),
            column: String::new(),
            message,
        }],
    };
    let size = std::fs::metadata(path)
        .map_err(|e| fault(0, told!("cannot be read: {}", "无法读取：{}。", told::why(e.kind()))))?
        .len();
    if size > MAX_FACTS {
        return Err(fault(0, told!("the file is too large for one household", "文件太大，不像是一户的资料。")));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|e| fault(0, told!("cannot be read: {}", "无法读取：{}。", told::why(e.kind()))))?;
    // The parser's own words may quote the file; place and kind are enough and hold no answer.
    let value: Value = serde_json::from_str(&text)
        .map_err(|e| fault(e.line(), told!("not JSON (character {})", "不是 JSON（第 {} 个字符）。", e.column())))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(fault(0, told!("facts are a JSON object", "资料应为一个 JSON 对象。")))
    }
}

fn check(dir: &Path) -> Result<Value, Faults> {
    let pack = Pack::load_dir(dir)?;
    pack.inspect().or(())?;
    Ok(json!({
        "id": pack.manifest().id,
        "version": pack.manifest().version,
        "hash": hex::encode(pack.hash()),
        "forms": pack.slugs(),
        "rules": pack.rules().len(),
        "checks": pack.checks().len(),
        "warnings": pack.unasked().errors,
    }))
}
