//! `forms.csv` and `notices.csv`: what forms are called on screens, and texts that are read out to a household.

use super::fault::Faults;
use super::sheet::Sheet;
use crate::told;

const TITLE_COLUMNS: &[&str] = &["slug", "label", "label_en", "source"];
const NOTICE_COLUMNS: &[&str] = &["notice", "order", "heading", "heading_en", "text", "text_en", "source"];

/// What a form is called. XLSForm has one `form_title`, in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct FormTitle {
    /// slug of the form
    pub slug: String,
    /// the notice's Chinese
    pub label: String,
    /// English
    pub label_en: String,
}

/// One point of a text that is read out: what it is about, and what is said.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticePoint {
    /// which text, e.g. `privacy`
    pub notice: String,
    /// place in the text
    pub order: i64,
    pub heading: String,
    pub heading_en: String,
    pub text: String,
    pub text_en: String,
    /// the law or line it rests on
    pub source: String,
}

impl NoticePoint {
    /// The heading in a language.
    pub fn heading_in(&self, lang: &str) -> &str {
        super::pick(lang, &self.heading, &self.heading_en)
    }

    /// The text in a language.
    pub fn text_in(&self, lang: &str) -> &str {
        super::pick(lang, &self.text, &self.text_en)
    }
}

pub(super) fn titles(sheet: &Sheet, slugs: &[String], faults: &mut Faults) -> Vec<FormTitle> {
    sheet.expect(TITLE_COLUMNS, &["slug", "label", "label_en"], faults);
    let mut out: Vec<FormTitle> = Vec::new();
    for row in sheet.rows() {
        let slug = row.code("slug", faults);
        if !slugs.contains(&slug) {
            row.fault("slug", told!("the pack has no such form", "政策包里没有这张表。"), faults);
        }
        if out.iter().any(|t| t.slug == slug) {
            row.fault("slug", told!("this form stands twice", "这张表出现了两次。"), faults);
        }
        let (label, label_en) = (row.required("label", faults), row.required("label_en", faults));
        out.push(FormTitle { slug, label, label_en });
    }
    out
}

pub(super) fn notices(sheet: &Sheet, faults: &mut Faults) -> Vec<NoticePoint> {
    sheet.expect(NOTICE_COLUMNS, NOTICE_COLUMNS, faults);
    let mut out: Vec<NoticePoint> = Vec::new();
    for row in sheet.rows() {
        let (notice, order) = (row.code("notice", faults), row.whole("order", faults).unwrap_or_default());
        if out.iter().any(|p| p.notice == notice && p.order == order) {
            row.fault("order", told!("this point stands twice", "这一条的序号出现了两次。"), faults);
        }
        out.push(NoticePoint {
            notice,
            order,
            heading: row.required("heading", faults),
            heading_en: row.required("heading_en", faults),
            text: row.required("text", faults),
            text_en: row.required("text_en", faults),
            source: row.owned("source"),
        });
    }
    out.sort_by_key(|p| p.order);
    out
}
