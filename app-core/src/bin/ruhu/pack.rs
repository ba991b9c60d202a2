//! `ruhu pack judge | check`: the policy pack from a terminal. The JSON is a contract (docs/cli.md).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_core::policy::{Fault, Faults, Finding, Judgement, Pack, facts, judge_json};
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
}

fn day(text: &str) -> Result<NaiveDate, String> {
    facts::day(text).ok_or_else(|| "write YYYY-MM-DD".to_owned())
}

/// Runs the verb. Exit 0, or 2 with `{"errors":[{file,row,column,message}]}` on standard output.
pub fn run(verb: &Verb) -> ExitCode {
    let answer = match verb {
        Verb::Judge { pack, facts, on } => judge(pack, facts, *on),
        Verb::Check { pack } => check(pack),
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

fn read_facts(path: &Path) -> Result<Value, Faults> {
    let fault = |row: usize, message: String| Faults {
        errors: vec![Fault {
            file: path.display().to_string(),
            row: u32::try_from(row).unwrap_or(u32::MAX),
            column: String::new(),
            message,
        }],
    };
    let size = std::fs::metadata(path).map_err(|e| fault(0, format!("cannot be read: {}", e.kind())))?.len();
    if size > MAX_FACTS {
        return Err(fault(0, "the file is too large for one household".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|e| fault(0, format!("cannot be read: {}", e.kind())))?;
    // The parser's own words may quote the file; place and kind are enough and hold no answer.
    let value: Value =
        serde_json::from_str(&text).map_err(|e| fault(e.line(), format!("not JSON (character {})", e.column())))?;
    if value.is_object() { Ok(value) } else { Err(fault(0, "facts are a JSON object".to_owned())) }
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
