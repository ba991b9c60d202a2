//! The forms and policy that this desk is trying: uploaded, judged, compared, in force nowhere. Who may do it the pack in
//! force says: uploading changes nothing for anybody, so it takes `publish` or `import`; publishing takes `publish`.

use std::sync::Arc;

use super::App;
use crate::approvals::Permit;
use crate::error::{Error, Kind, Result};
use crate::policy::upload::{self, Report};
use crate::policy::{Difference, Faults, Pack, difference};
use crate::storage::candidate::Kept;
use crate::told;

/// The last workbook that was uploaded.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// of the file
    pub name: String,
    /// seconds since 1970
    pub at: i64,
    /// name of who uploaded it
    pub person: String,
    /// slug where the workbook held one form
    pub form: Option<String>,
    /// `None` when it is faulty
    pub pack: Option<Arc<Pack>>,
    pub report: Report,
}

/// Which of the packs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Running,
    Candidate,
    /// by its hash (hex): one that was proposed, or an earlier one
    Held(String),
}

impl Which {
    /// `running`, `candidate`, or a hash; nothing = `otherwise`.
    pub fn of(text: Option<&str>, otherwise: Self) -> Self {
        match text {
            None | Some("") => otherwise,
            Some("running") => Self::Running,
            Some("candidate") => Self::Candidate,
            Some(hash) => Self::Held(hash.to_owned()),
        }
    }
}

fn broken(name: &str) -> Report {
    let mut faults = Faults::default();
    let words = told!("what was uploaded is damaged: upload it again", "保存的草案已损坏，请丢弃后重新上传。");
    faults.add(name, 0, "", words);
    Report { faults: faults.errors, warnings: Vec::new() }
}

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 200;

impl App {
    /// Whether the person here holds a permit, by the pack in force.
    pub fn holds(&self, permit: Permit) -> Result<bool> {
        let (pack, person) = (self.pack()?, self.person()?);
        Ok(pack.permits(person.title).is_some_and(|t| t.may(permit.code())))
    }

    /// Whether the person here may try forms and policy of their own.
    pub fn may_upload(&self) -> Result<bool> {
        Ok(self.holds(Permit::Publish)? || self.holds(Permit::Import)?)
    }

    /// Reads a workbook and keeps it, with what is wrong in it, in place of the one before.
    ///
    /// # Errors
    /// `refused` when the title may not; `offline` before the first pack. A faulty workbook is no error.
    pub fn upload(&self, name: &str, bytes: &[u8]) -> Result<Candidate> {
        if !self.may_upload()? {
            return Err(Error::new(
                Kind::Refused,
                "您的岗位不能上传表单与政策，没有保存。 Your title may not upload forms and policy; nothing was kept.",
            ));
        }
        let running = self.pack()?;
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let stamp = self.local_now().format("%Y%m%d%H%M%S").to_string();
        let read = upload::read(&name, bytes, &running, &stamp);
        let candidate = Candidate {
            name,
            at: self.now().timestamp(),
            person: self.person()?.name,
            form: read.form,
            pack: read.pack.map(Arc::new),
            report: read.report,
        };
        let report = serde_json::to_string(&candidate.report)
            .map_err(|e| Error::internal("结果无法保存。 The report could not be kept.").because(e))?;
        let kept = Kept {
            name: candidate.name.clone(),
            at: candidate.at,
            person: candidate.person.clone(),
            form: candidate.form.clone().unwrap_or_default(),
            report,
            files: candidate.pack.as_ref().map(|p| p.files().clone()),
            damaged: false,
        };
        self.transact(|tx| tx.write_candidate(&kept))?;
        Ok(candidate)
    }

    /// The one that is kept. What became of it since is said in its report, as any other fault: a file that broke, or one that
    /// this version of the app reads more strictly.
    pub fn candidate(&self) -> Result<Option<Candidate>> {
        let Some(kept) = self.read(|tx| tx.candidate())? else { return Ok(None) };
        let (pack, report) = match (kept.damaged, serde_json::from_str(&kept.report), kept.files.map(Pack::from_files))
        {
            (false, Ok(report), None) => (None, report),
            (false, Ok(report), Some(Ok(pack))) => (Some(Arc::new(pack)), report),
            (false, Ok(_), Some(Err(faults))) => (None, Report { faults: faults.errors, warnings: Vec::new() }),
            (true, ..) | (_, Err(_), _) => (None, broken(&kept.name)),
        };
        let form = Some(kept.form).filter(|f| !f.is_empty());
        let (name, at, person) = (kept.name, kept.at, kept.person);
        Ok(Some(Candidate { name, at, person, form, pack, report }))
    }

    /// Throws away what was uploaded.
    pub fn discard_candidate(&self) -> Result<()> {
        self.transact(|tx| tx.drop_candidate())
    }

    /// One of the packs here.
    ///
    /// # Errors
    /// `invalid` when nothing usable was uploaded, or the files of that version are not here.
    pub fn pack_of(&self, which: &Which) -> Result<Arc<Pack>> {
        match which {
            Which::Running => self.pack(),
            Which::Candidate => self.candidate()?.and_then(|c| c.pack).ok_or_else(|| {
                Error::invalid("还没有可用的草案，请先上传。 Nothing usable was uploaded yet: upload a workbook first.")
            }),
            Which::Held(hash) => {
                let files = self.read(|tx| tx.pack_files(hash))?.ok_or_else(|| {
                    Error::invalid(
                        "这个版本的文件还没有取到，请先同步。 The files of this version are not here yet: sync first.",
                    )
                })?;
                Ok(Arc::new(Pack::from_files(files)?))
            }
        }
    }

    /// What a pack changes beside the one in force, in words.
    pub fn difference(&self, new: &Pack) -> Result<Vec<Difference>> {
        Ok(difference(&*self.pack()?, new))
    }

    /// When the pack in force came here, seconds since 1970.
    pub fn pack_since(&self) -> Result<Option<i64>> {
        let hash = hex::encode(self.pack()?.hash());
        self.read(|tx| tx.pack_came(&hash))
    }
}
