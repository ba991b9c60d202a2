//! Where what was answered goes in this form, which may be a newer one than it was answered in. What has no place is
//! retired; of two answers that come to one place the later stands and the other is retired. Nothing is dropped.

use std::collections::BTreeMap;

use super::running::{Retired, Running, keyed};
use crate::storage::journal::{Entry, EntryKind};
use crate::xlsform::{Kind, binding};

/// Entries, placed.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// path in this form → text as stored
    pub(super) answers: BTreeMap<String, String>,
    /// path in this form → rows that came there under another path
    pub(super) strays: BTreeMap<String, Vec<String>>,
    pub(super) retired: Vec<Retired>,
}

/// `risks~1` → `risks`
fn bare(name: &str) -> &str {
    name.split_once('~').map_or(name, |(name, _)| name)
}

/// Whether a question of another type stores an answer otherwise than it was said: `0771` is no number.
fn is_altered(said: &str, stored: &str) -> bool {
    !said.split_whitespace().eq(stored.split_whitespace())
}

impl Placed {
    fn retire(&mut self, path: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let name = bare(path.rsplit('/').next().unwrap_or_default()).to_owned();
        self.retired.push(Retired { path: path.to_owned(), name, text: text.to_owned() });
    }

    fn put(&mut self, at: String, text: String, from: &str) {
        if at != from {
            self.strays.entry(at.clone()).or_default().push(from.to_owned());
        }
        self.answers.insert(at, text);
    }
}

impl Running {
    /// Places entries of the journal, or of the file as entries.
    pub(super) fn placed(&self, entries: &[Entry]) -> Placed {
        let mut placed = Placed::default();
        let said = entries.iter().filter(|e| e.kind != EntryKind::Instance);
        let (old, said): (Vec<&Entry>, Vec<&Entry>) = said.partition(|e| e.kind == EntryKind::Retired);
        // What came from the file is under the question's name alone; what was typed since stands before it, whatever the
        // clock said then.
        let (typed, taken): (Vec<&Entry>, Vec<&Entry>) = said.into_iter().partition(|e| e.path.starts_with('/'));
        let mut winners: BTreeMap<String, &Entry> = BTreeMap::new();
        for entry in taken.into_iter().chain(typed) {
            let text = entry.value.as_str().unwrap_or_default();
            let Some((at, text)) = self.place_of(&entry.path, text) else {
                placed.retire(&entry.path, text);
                continue;
            };
            if let Some(earlier) = winners.insert(at.clone(), entry)
                && placed.answers.get(&at) != Some(&text)
            {
                placed.retire(&earlier.path, earlier.value.as_str().unwrap_or_default());
            }
            if is_altered(entry.value.as_str().unwrap_or_default(), &text) {
                placed.retire(&entry.path, entry.value.as_str().unwrap_or_default());
            }
            placed.put(at, text, &entry.path);
        }
        for entry in old {
            self.come_back(&mut placed, entry);
        }
        placed
    }

    /// A retired answer: back in its place where the form has one again and nothing else was said there since.
    fn come_back(&self, placed: &mut Placed, entry: &Entry) {
        let text = entry.value.as_str().unwrap_or_default();
        let (path, replaced) = match entry.path.rsplit_once('~') {
            Some((path, n)) => (path, !n.is_empty()),
            None => (entry.path.as_str(), false),
        };
        let Some((at, fitting)) = self.place_of(path, text) else { return placed.retire(&entry.path, text) };
        // What was replaced once was replaced: only a new answer stands there. Of a finished visit that is corrected the fact of
        // today stands (`open::entries`).
        let waits = replaced || (self.correcting() && self.is_fact(&at));
        match placed.answers.get(&at) {
            None if waits => placed.retire(&entry.path, text),
            None => {
                if is_altered(text, &fitting) {
                    placed.retire(&entry.path, text);
                }
                placed.put(at, fitting, &entry.path);
            }
            // The ticks that a former list had, beside those it still has.
            Some(there) if !waits && !there.is_empty() && self.takes_several(&at) => {
                let both = self.place_of(path, &format!("{there} {fitting}"));
                placed.put(at, both.map_or(fitting, |(_, both)| both), &entry.path);
            }
            Some(_) => placed.retire(&entry.path, text),
        }
    }

    /// Whether the question at a path takes several choices.
    pub(super) fn takes_several(&self, path: &str) -> bool {
        self.instance.find(path).is_some_and(|n| self.instance.question(n).kind == Kind::SelectMultiple)
    }

    /// Whether the question at a path is a fact of the household.
    fn is_fact(&self, path: &str) -> bool {
        self.instance.find(path).is_some_and(|n| binding::fact_of(&self.instance, n).is_some())
    }

    /// Where an answer goes in this form, and the text as stored; `None` when the form has no place for it.
    pub(super) fn place_of(&self, path: &str, text: &str) -> Option<(String, String)> {
        let node = self.locate(path)?;
        let question = self.instance.question(node);
        // A note, a hidden question or a container takes no answer: what was said there waits as retired.
        let takes = question.kind.is_answered() && question.kind.is_visible();
        if !takes || (question.calculation.is_some() && !question.overridable) {
            return None;
        }
        let text = question.canonical(text).ok()?;
        Some((self.instance.path(node), text))
    }
}

/// The key under which the file keeps a retired answer: `question`, or `repeat/keys/question`.
pub(super) fn retired_key(path: &str) -> String {
    let path = path.strip_suffix('~').unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let around: Vec<(&str, &str)> = path.rsplit('/').skip(1).filter_map(keyed).collect();
    match around.first() {
        None => name.to_owned(),
        Some((repeat, _)) => {
            let keys: Vec<&str> = around.iter().rev().map(|(_, key)| *key).collect();
            format!("{repeat}/{}/{name}", keys.join("."))
        }
    }
}

/// The path under which a retired answer of the file is an entry of the journal: never that of an answer.
pub(super) fn retired_path(key: &str) -> String {
    let mark = if key.contains('~') { "" } else { "~" };
    match key.splitn(3, '/').collect::<Vec<_>>().as_slice() {
        [repeat, keys, name] => format!("{repeat}[{keys}]/{name}{mark}"),
        _ => format!("{key}{mark}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_answer_goes_into_the_file_and_comes_back_under_a_path_of_its_own() {
        assert_eq!(retired_key("/house/roof"), "roof");
        assert_eq!(retired_key("/people/member[k1]/nickname"), "member/k1/nickname");
        assert_eq!(retired_key("/a[k1]/b[k2]/c~2"), "b/k1.k2/c~2");
        for key in ["roof", "roof~3", "member/k1/nickname", "b/k1.k2/c~2"] {
            assert_eq!(retired_key(&retired_path(key)), key);
        }
        assert_eq!(retired_path("roof"), "roof~");
    }
}
