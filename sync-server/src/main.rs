//! `ruhu-server`: what is typed, and how it is answered. Exit 0 done, 1 not done, 2 the register has errors.

mod cli;

use std::path::Path;
use std::process::ExitCode;

use app_core::domain::Area;
use app_core::stdout;
use clap::Parser;
use cli::{
    AreaCommand, Cli, Command, DeviceCommand, HouseholdCommand, ImportArgs, InitArgs, PackCommand, ParkedCommand,
    ServeArgs, UserCommand,
};
use serde_json::{Value, json};
use sync_server::error::{Error, Result};
use sync_server::ops::{backup, check, init, packs, parked, people, qr};
use sync_server::register::{self, import};
use sync_server::serve::Server;
use sync_server::settings::{ServeOptions, database};
use sync_server::store::read;
use sync_server::store::sqlite::SqliteStore;
use sync_server::{demo, now, ops};

/// What a command says: for people, and as JSON.
struct Said {
    words: String,
    json: Value,
    exit: u8,
}

impl Said {
    fn done(words: impl Into<String>, json: Value) -> Self {
        Self { words: words.into(), json, exit: 0 }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("RUHU_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,sync_server=info")),
        )
        .init();
    let json = cli.json;
    match run(cli) {
        Ok(said) => {
            let line = if json && !said.json.is_null() { said.json.to_string() } else { said.words };
            print(line, ExitCode::from(said.exit))
        }
        Err(e) => {
            let cause = std::error::Error::source(&e).map(ToString::to_string);
            if json {
                let said = json!({ "error": { "code": e.why.code(), "message": e.words, "cause": cause } });
                return print(said.to_string(), ExitCode::FAILURE);
            }
            stdout::tell(&format!("{}{}", e.words, cause.map(|c| format!("\n  ({c})")).unwrap_or_default()));
            ExitCode::FAILURE
        }
    }
}

/// stdout is this program's answer (docs/server.md).
fn print(line: impl AsRef<str>, done: ExitCode) -> ExitCode {
    let line = line.as_ref();
    if line.is_empty() { done } else { stdout::answer(line, done) }
}

fn open(data: &Path) -> Result<SqliteStore> {
    SqliteStore::open(&database(data), false)
}

fn value(of: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(of).map_err(|e| Error::internal("输出失败。 The result cannot be printed.").because(e))
}

fn run(cli: Cli) -> Result<Said> {
    let data = cli.data.as_path();
    match cli.command {
        Command::Init(args) => set_up(data, args),
        Command::User(command) => user(data, command),
        Command::Ticket(args) => {
            let made = people::ticket(&open(data)?, &args.user, args.hours, args.url, now())?;
            if let Some(file) = &args.svg {
                std::fs::write(file, qr::svg(&made.ticket)?)?;
            }
            if let Some(file) = &args.png {
                std::fs::write(file, qr::png(&made.ticket)?)?;
            }
            let shown = if args.qr { qr::terminal(&made.ticket)? } else { String::new() };
            Ok(Said::done(format!("{shown}{}\n{}", made.code, made.ticket), value(&made)?))
        }
        Command::Device(DeviceCommand::List) => {
            let all = people::devices(&open(data)?)?;
            let lines: Vec<String> = all
                .iter()
                .map(|d| {
                    format!("{}\t{}\t{}{}", d.id, d.user, d.name, if d.revoked_at.is_some() { "\t已停用" } else { "" })
                })
                .collect();
            Ok(Said::done(lines.join("\n"), json!({ "devices": value(&all)? })))
        }
        Command::Device(DeviceCommand::Revoke { device }) => {
            people::revoke(&open(data)?, &device, now())?;
            Ok(Said::done("已停用 revoked", json!({ "revoked": device })))
        }
        Command::Area(AreaCommand::Add { code, name }) => {
            people::add_area(&open(data)?, &code, &name, now())?;
            Ok(Said::done("已登记 named", json!({ "code": code, "name": name })))
        }
        Command::Area(AreaCommand::List) => {
            let all = read(&open(data)?, |r| r.areas())?;
            let lines: Vec<String> = all.iter().map(|a| format!("{}\t{}", a.code, a.name)).collect();
            let areas: Vec<Value> = all.iter().map(|a| json!({ "code": a.code, "name": a.name })).collect();
            Ok(Said::done(lines.join("\n"), json!({ "areas": areas })))
        }
        Command::Household(HouseholdCommand::Move { id, grid }) => {
            people::move_household(&open(data)?, &id, &grid, now())?;
            Ok(Said::done("已调整 moved", json!({ "household": id, "grid": grid })))
        }
        Command::Pack(command) => pack(data, command),
        Command::Import(args) => import_register(data, &args),
        Command::DemoRegister(args) => {
            let wish = demo::Wish { seed: args.seed, households: args.households, on: args.on };
            let made = demo::write_register(&args.out, wish)?;
            Ok(Said::done(
                format!("{} 户 {} 人 {} 村 {} 网格", made.households, made.people, made.villages, made.grids),
                value(&made)?,
            ))
        }
        Command::Serve(args) => serve(data, args),
        Command::Backup { out } => {
            let bytes = backup::backup(data, &out)?;
            Ok(Said::done(format!("已备份 {bytes} 字节"), json!({ "bytes": bytes })))
        }
        Command::Restore { file, people } => {
            let done = backup::restore(data, &file, people.as_deref(), now())?;
            let words = match done.carried {
                Some(n) => format!(
                    "已恢复，并按登记记录补上备份之后的人员、入网码和设备变动 {n} 处；各设备下次同步时会补回其余内容"
                ),
                None => format!(
                    "已恢复；没有登记记录（--people），备份之后停用的设备、用过的入网码、调整的区域和移动的户又回到备份时的样子，请逐一核对（device list、user list）{}",
                    done.later_log.as_deref().map_or_else(String::new, |log| format!(
                        "。备份旁边的 {log} 记着之后的变动：建议换一个空目录，加 --people {log} 重新恢复"
                    )),
                ),
            };
            Ok(Said::done(words, value(&done)?))
        }
        Command::Parked(command) => parked_changes(data, command),
        Command::Check => {
            let found = check::check(&open(data)?)?;
            let exit = u8::from(!found.problems.is_empty());
            let summary = format!("{} 户 {} 次修改，{} 处问题", found.households, found.changes, found.problems.len());
            let warned = found.warnings.iter().cloned();
            let lines: Vec<String> =
                std::iter::once(summary).chain(found.problems.iter().cloned()).chain(warned).collect();
            Ok(Said { words: lines.join("\n"), json: value(&found)?, exit })
        }
        Command::Digest => {
            let all = check::digest(&open(data)?)?;
            let lines: Vec<String> = all.iter().map(|(id, hash)| format!("{id}\t{hash}")).collect();
            Ok(Said::done(lines.join("\n"), json!({ "households": all })))
        }
    }
}

fn parked_changes(data: &Path, command: ParkedCommand) -> Result<Said> {
    let store = open(data)?;
    match command {
        ParkedCommand::List(args) => {
            let page = parked::list(&store, &args.which.wish()?, args.after.as_deref(), args.limit)?;
            let mut lines: Vec<String> = page
                .parked
                .iter()
                .map(|p| format!("{}\t{}\t{}\t{}\t{}", p.household, p.change, p.device, p.why, p.words))
                .collect();
            lines.extend(page.more.iter().map(|m| format!("… --after {m}")));
            Ok(Said::done(lines.join("\n"), value(&page)?))
        }
        ParkedCommand::Release { household, change } => {
            let done = parked::release(&store, &household, &change, now())?;
            Ok(Said::done(format!("已放行 {} 处，仍暂存 {} 处", done.released, done.left.len()), value(&done)?))
        }
        ParkedCommand::Drop { which, before } => {
            let dropped = parked::discard(&store, &which.wish()?, before, now())?;
            Ok(Said::done(format!("已清除 {dropped} 处；各设备上的内容不受影响"), json!({ "dropped": dropped })))
        }
    }
}

fn pack(data: &Path, command: PackCommand) -> Result<Said> {
    let store = open(data)?;
    match command {
        PackCommand::List => {
            let all = packs::list(&store)?;
            let force = |p: &packs::PackView| if p.in_force { "\t现行 in force" } else { "" };
            let lines: Vec<String> =
                all.iter().map(|p| format!("{}\t{}\t{}{}", p.hash, p.id, p.version, force(p))).collect();
            Ok(Said::done(lines.join("\n"), json!({ "packs": value(&all)? })))
        }
        PackCommand::History => {
            let all = packs::history(&store)?;
            let line = |s: &packs::StepView| {
                let by = if s.user.is_empty() { "管理员（未经第二人）" } else { s.name.as_str() };
                let what = s.version.as_deref().or(s.proposal.as_deref()).unwrap_or_default();
                format!("{}\t{}\t{by}\t{what}\t{}", s.at, s.kind, s.note.as_deref().unwrap_or_default())
            };
            let lines: Vec<String> = all.iter().map(line).collect();
            Ok(Said::done(lines.join("\n"), json!({ "history": value(&all)? })))
        }
        PackCommand::Publish { dir, field_phase_now } => {
            let pack = pack_for(Some(dir), field_phase_now)?;
            let hash = init::publish_pack(&store, &pack, now())?;
            Ok(Said::done(format!("已发布 published {hash}"), json!({ "pack": hash })))
        }
    }
}

fn pack_for(dir: Option<std::path::PathBuf>, field_phase_now: bool) -> Result<app_core::policy::Pack> {
    let pack = init::load_pack(dir)?;
    if field_phase_now { init::shift_to_field_phase(pack, chrono::Local::now().date_naive()) } else { Ok(pack) }
}

fn set_up(data: &Path, args: InitArgs) -> Result<Said> {
    let county = Area::parse(&args.county)
        .filter(|a| a.as_str().len() == 6)
        .ok_or_else(|| Error::invalid("县代码应为 6 位数字。 A county code has 6 digits."))?;
    let pack = pack_for(args.pack, args.field_phase_now)?;
    let setup = init::Setup { name: args.name, county, hosts: args.host, url: args.url };
    let made = init::init(data, setup, &pack, now())?;
    Ok(Said::done(format!("已建立。证书指纹 {}", made.fingerprint), value(&made)?))
}

fn user(data: &Path, command: UserCommand) -> Result<Said> {
    let store = open(data)?;
    let said = |u: &people::UserView| format!("{}\t{}\t{}\t{}", u.id, u.name, u.label, u.areas.join(","));
    match command {
        UserCommand::Add { name, title, area } => {
            let made = people::add_user(&store, &name, &title, &area, now())?;
            let lines: Vec<String> = std::iter::once(said(&made)).chain(made.warnings.iter().cloned()).collect();
            Ok(Said::done(lines.join("\n"), value(&made)?))
        }
        UserCommand::List => {
            let all = people::users(&store)?;
            Ok(Said::done(all.iter().map(said).collect::<Vec<_>>().join("\n"), json!({ "users": value(&all)? })))
        }
        UserCommand::Move { user, area } => {
            let moved = people::move_user(&store, &user, &area, now())?;
            Ok(Said::done(said(&moved), value(&moved)?))
        }
    }
}

fn import_register(data: &Path, args: &ImportArgs) -> Result<Said> {
    let store = open(data)?;
    let map = match &args.map {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?)
            .map_err(|e| Error::invalid("对照文件应为 JSON 对象。 The map must be a JSON object.").because(e))?,
        None => register::columns::Map::new(),
    };
    let (county, areas, pack) = read(&store, |r| Ok((ops::county(r)?, r.areas()?, ops::pack(r)?)))?;
    let found = register::read(&args.register, &map, &county, &areas, &pack)?;
    let (errors, warnings) = (value(&found.errors)?, value(&found.warnings)?);
    let lines: Vec<String> = found
        .errors
        .iter()
        .map(|p| ("错误", p))
        .chain(found.warnings.iter().map(|p| ("提示", p)))
        .map(|(kind, p)| {
            let place = if p.cell.is_empty() { format!("第 {} 行", p.row) } else { p.cell.clone() };
            format!("{kind} {} {place} {}：{}", p.sheet, p.heading, p.message)
        })
        .collect();
    if !found.errors.is_empty() {
        let words = format!("{}\n共 {} 处错误，未导入任何内容", lines.join("\n"), found.errors.len());
        return Ok(Said { words, json: json!({ "errors": errors, "warnings": warnings }), exit: 2 });
    }
    if args.preview {
        let (households, members) = (found.households.len(), found.people());
        let words = format!("{}\n{households} 户 {members} 人，可以导入", lines.join("\n"));
        let json = json!({ "errors": [], "warnings": warnings, "households": households, "people": members, "areas": found.areas.len() });
        return Ok(Said::done(words.trim(), json));
    }
    let sha256 = sync_server::officer::sha256(&std::fs::read(&args.register)?);
    let done = import::import(&store, found, sha256, now())?;
    let mut json = value(&done)?;
    if let Some(object) = json.as_object_mut() {
        object.insert("warnings".into(), warnings);
    }
    let words = format!(
        "{} 户 {} 人：新建 {} 户，已有 {} 户（其中 {} 户网格不同），新登记区划 {} 个，提示 {} 处",
        done.households,
        done.people,
        done.founded,
        done.present,
        done.elsewhere,
        done.areas,
        lines.len()
    );
    Ok(Said::done(words, json))
}

fn serve(data: &Path, args: ServeArgs) -> Result<Said> {
    let options = ServeOptions {
        listen: args.listen,
        tls: !args.no_tls,
        metrics_token: args.metrics_token,
        proxies: args.trusted_proxy,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::start(data, &options).await?;
        let scheme = if options.tls { "https" } else { "http" };
        let line = json!({
            "listening": server.address.to_string(),
            "url": format!("{scheme}://{}", server.address),
            "port": server.address.port(),
        })
        .to_string();
        let _ = print(&line, ExitCode::SUCCESS);
        if let Some(file) = &args.port_file {
            // Whoever waits for the file must not see half of it.
            let part = file.with_extension("part");
            std::fs::write(&part, &line)?;
            std::fs::rename(&part, file)?;
        }
        server.until_told().await
    })?;
    Ok(Said::done("", Value::Null))
}
