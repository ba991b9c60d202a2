//! `policy.*`: what runs, what is being tried, what that would change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::lists::moment;
use super::say::Say;
use super::views::{
    CandidateView, ExportRequest, FaultView, FileView, Nothing, PackFormsRequest, PackFormsView, PolicyForm,
    PolicyParam, PolicyRule, PolicyView, ShiftView, UploadRequest, WhatIfHousehold, WhatIfRequest, WhatIfView,
    WorkView,
};
use super::words::Lang;
use crate::approvals::Permit;
use crate::error::{Error, Result};
use crate::policy::upload::MAX_UPLOAD;
use crate::policy::{Fault, Pack, Rule, Severity, pick, workbook};
use crate::service::App;
use crate::service::candidate::{Candidate, Which};
use crate::service::what_if::{Changed, Said, Shift};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Characters of a hash that people compare.
const SHORT: usize = 12;

pub(super) fn running(app: &App, _: Nothing) -> Result<PolicyView> {
    let pack = app.pack()?;
    let since = app.pack_since()?.map(moment);
    let (may_upload, may_publish) = (app.may_upload()?, app.holds(Permit::Publish)?);
    super::with_say(app, |say| {
        let card = pack.manifest();
        Ok(PolicyView {
            id: card.id.clone(),
            title: say.lang.pick(&card.title, &card.title_en).clone(),
            region: say.lang.pick(&card.region, &card.region_en).clone(),
            version: card.version.clone(),
            hash: short(&pack),
            valid_from: card.valid_from.clone(),
            since,
            forms: forms(say, &pack),
            rules: rules(say, pack.rules()),
            checks: rules(say, pack.checks()),
            params: params(say, &pack),
            warnings: pack.unasked().errors.iter().map(|f| fault(say, f)).collect(),
            may_upload,
            may_publish,
        })
    })
}

fn short(pack: &Pack) -> String {
    hex::encode(pack.hash()).chars().take(SHORT).collect()
}

fn forms(say: &Say<'_>, pack: &Pack) -> Vec<PolicyForm> {
    let say = Say { pack: Some(pack), ..*say };
    let of = |slug: &String| {
        let form = pack.form(slug)?;
        let seen = form.iter().filter(|(_, q)| q.kind.is_answered() && q.kind.is_visible()).count();
        Some(PolicyForm {
            title: say.form_title(slug),
            slug: slug.clone(),
            version: form.version.clone(),
            questions: u32::try_from(seen).unwrap_or(u32::MAX),
        })
    };
    pack.slugs().iter().filter_map(of).collect()
}

pub(super) fn pack_forms(app: &App, ask: PackFormsRequest) -> Result<PackFormsView> {
    let pack = app.pack_of(&Which::of(ask.pack.as_deref(), Which::Running))?;
    super::with_say(app, |say| Ok(PackFormsView { version: pack.manifest().version.clone(), forms: forms(say, &pack) }))
}

/// Each id once, by its first row.
fn rules(say: &Say<'_>, rules: &[Rule]) -> Vec<PolicyRule> {
    let mut out: Vec<PolicyRule> = Vec::new();
    for rule in rules {
        if out.iter().any(|r| r.id == rule.id) {
            continue;
        }
        out.push(PolicyRule {
            id: rule.id.clone(),
            paragraph: rule.paragraph.clone(),
            words: heading(say, rule),
            kind: rule.kind.code().to_owned(),
            severity: rule.severity.map(|s| if s == Severity::Error { "error" } else { "warning" }.to_owned()),
        });
    }
    out
}

fn heading(say: &Say<'_>, rule: &Rule) -> String {
    let (zh, en) = rule.heading();
    pick(say.lang.code(), &zh, &en).to_owned()
}

fn params(say: &Say<'_>, pack: &Pack) -> Vec<PolicyParam> {
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string());
    let of = |p: &crate::policy::params::Param| PolicyParam {
        key: p.key.clone(),
        label: pick(say.lang.code(), &p.label, &p.label_en).to_owned(),
        value: p.value.clone(),
        unit: p.unit.clone(),
        from: day(p.from),
        to: day(p.to),
        provisional: p.provisional,
        source: p.source.clone(),
        in_force: pack.param(&p.key, say.today) == Some(p),
    };
    pack.params().all().map(of).collect()
}

fn fault(say: &Say<'_>, fault: &Fault) -> FaultView {
    FaultView {
        sheet: fault.file.clone(),
        row: fault.row,
        column: fault.column.clone(),
        words: match say.lang {
            Lang::Zh => fault.message.zh(),
            Lang::En => fault.message.en(),
        }
        .to_owned(),
    }
}

pub(super) fn upload(app: &App, ask: UploadRequest) -> Result<Option<CandidateView>> {
    // Four characters carry three bytes.
    if ask.content.len() / 4 > MAX_UPLOAD / 3 {
        return Err(Error::invalid(
            "文件太大（最多 8 MB），没有保存。 The file is too large (at most 8 MB); nothing was kept.",
        ));
    }
    let bytes = STANDARD
        .decode(ask.content.as_bytes())
        .map_err(|_| Error::invalid("文件没有传完整，没有保存。 The file did not come whole; nothing was kept."))?;
    let candidate = app.upload(&ask.name, &bytes)?;
    view(app, &candidate).map(Some)
}

pub(super) fn candidate(app: &App, _: Nothing) -> Result<Option<CandidateView>> {
    app.candidate()?.map(|c| view(app, &c)).transpose()
}

pub(super) fn discard(app: &App, nothing: Nothing) -> Result<Option<CandidateView>> {
    app.discard_candidate()?;
    candidate(app, nothing)
}

fn view(app: &App, c: &Candidate) -> Result<CandidateView> {
    let running = app.pack()?;
    super::with_say(app, |say| {
        let pack = c.pack.as_deref();
        Ok(CandidateView {
            name: c.name.clone(),
            at: moment(c.at),
            person: c.person.clone(),
            form: c.form.as_ref().map(|slug| Say { pack: pack.or(say.pack), ..*say }.form_title(slug)),
            forms: pack.map(|p| forms(say, p)).unwrap_or_default(),
            version: pack.map(|p| p.manifest().version.clone()).unwrap_or_default(),
            hash: pack.map(short).unwrap_or_default(),
            valid: pack.is_some(),
            same: pack.is_some_and(|p| p.hash() == running.hash()),
            faults: c.report.faults.iter().map(|f| fault(say, f)).collect(),
            warnings: c.report.warnings.iter().map(|f| fault(say, f)).collect(),
        })
    })
}

pub(super) fn export(app: &App, ask: ExportRequest) -> Result<FileView> {
    let pack = app.pack_of(&Which::of(ask.pack.as_deref(), Which::Running))?;
    let card = pack.manifest();
    let (stem, bytes) = match &ask.form {
        Some(slug) => (slug.clone(), workbook::write_form(&pack, slug)?),
        None => (format!("{}-{}", card.id, card.version), workbook::write(&pack)?),
    };
    Ok(FileView { name: format!("{stem}.xlsx"), content: STANDARD.encode(bytes), media: XLSX.to_owned() })
}

pub(super) fn what_if(app: &App, ask: WhatIfRequest) -> Result<WhatIfView> {
    let new = app.pack_of(&Which::of(ask.pack.as_deref(), Which::Candidate))?;
    let area = ask.area.filter(|a| !a.is_empty());
    let Some(found) = app.what_if(&new, area.as_deref())? else {
        return Ok(WhatIfView { stopped: true, ..WhatIfView::default() });
    };
    super::with_say(app, |say| {
        Ok(WhatIfView {
            stopped: false,
            households: found.households,
            changed: found.changed,
            shifts: found.shifts.iter().map(|s| shift(say, &new, s)).collect(),
            rows: found.listed.iter().map(|c| household(say, c)).collect(),
        })
    })
}

fn shift(say: &Say<'_>, new: &Pack, s: &Shift) -> ShiftView {
    let words = match s.what.strip_prefix("form ") {
        Some(slug) => {
            let title = Say { pack: Some(new), ..*say }.form_title(slug);
            if title == slug { say.form_title(slug) } else { title }
        }
        None => {
            let packs = [Some(new), say.pack];
            let rule = packs.into_iter().flatten().find_map(|p| p.rules().iter().find(|r| r.id == s.what));
            rule.map_or_else(|| s.what.clone(), |r| heading(say, r))
        }
    };
    ShiftView { what: s.what.clone(), words, gained: s.gained, lost: s.lost }
}

fn household(say: &Say<'_>, c: &Changed) -> WhatIfHousehold {
    let said = |all: &[(String, Said)]| {
        all.iter().map(|(_, s)| pick(say.lang.code(), &s.words, &s.words_en).to_owned()).collect()
    };
    WhatIfHousehold {
        household: say.household(&c.household),
        gained: said(&c.gained),
        lost: said(&c.lost),
        overrides: c.overrides,
    }
}

pub(super) fn progress(app: &App, _: Nothing) -> Result<WorkView> {
    // Nothing is answered before the PIN.
    app.person()?;
    let now = app.what_if_watch().progress();
    Ok(now.map_or_else(WorkView::default, |(done, total)| WorkView { running: true, done, total }))
}

pub(super) fn stop(app: &App, nothing: Nothing) -> Result<WorkView> {
    app.person()?;
    app.what_if_watch().stop();
    progress(app, nothing)
}
