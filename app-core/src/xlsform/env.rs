//! What a form may ask of the world around it: the clock, the device, tables beside the form.

use super::tree::{NodeId, Tree};
use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The surroundings of one evaluation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Env {
    /// The moment, with the offset of local time; `today()` is its date.
    pub now: DateTime<FixedOffset>,
    /// Tables for `pulldata('stem', …)` and `instance('stem')`, by file stem.
    pub externals: Arc<HashMap<String, Arc<Table>>>,
    /// What was last saved of the same form ([`super::Instance::saved`]), for `${last-saved#name}`; none = nothing.
    pub last_saved: Option<Arc<Tree>>,
    /// What `deviceid` answers.
    pub device_id: String,
    /// What `username` answers.
    pub username: String,
    /// The language of labels, as the form's columns name it; empty is the unsuffixed column.
    pub language: String,
}

impl Default for Env {
    /// 1 January 1970 in UTC, no tables, nobody: for rules and tests that ask no clock.
    fn default() -> Self {
        let epoch = Utc.timestamp_opt(0, 0).single().unwrap_or_default();
        Env {
            now: epoch.fixed_offset(),
            externals: Arc::default(),
            last_saved: None,
            device_id: String::new(),
            username: String::new(),
            language: String::new(),
        }
    }
}

impl Env {
    /// An environment at this moment.
    pub fn at(now: DateTime<FixedOffset>) -> Env {
        Env { now, ..Env::default() }
    }

    /// The same with these tables.
    #[must_use]
    pub fn with_externals(mut self, externals: HashMap<String, Table>) -> Env {
        self.externals = Arc::new(externals.into_iter().map(|(k, v)| (k, Arc::new(v))).collect());
        self
    }
}

type Index = OnceLock<HashMap<String, usize>>;

/// A table of text: named columns and rows.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// One lazily built index per column: cell → first row.
    indexes: Vec<Index>,
    tree: OnceLock<Arc<Tree>>,
}

impl Table {
    /// From columns and rows; short rows read as empty cells.
    pub fn new(columns: Vec<String>, rows: Vec<Vec<String>>) -> Table {
        let indexes = columns.iter().map(|_| Index::new()).collect();
        Table { columns, rows, indexes, tree: OnceLock::new() }
    }

    /// The column names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == name)
    }

    /// The cell of `wanted` in the first row whose `key` column holds `value`.
    pub fn lookup(&self, wanted: &str, key: &str, value: &str) -> Option<&str> {
        let (wanted, key) = (self.column(wanted)?, self.column(key)?);
        let index = self.indexes.get(key)?.get_or_init(|| {
            let mut map = HashMap::new();
            for (i, row) in self.rows.iter().enumerate() {
                map.entry(row.get(key).cloned().unwrap_or_default()).or_insert(i);
            }
            map
        });
        self.rows.get(*index.get(value)?)?.get(wanted).map(String::as_str)
    }

    /// The same where every row of this key says it; a code of several lists in one table is nobody's.
    pub fn only(&self, wanted: &str, key: &str, value: &str) -> Option<&str> {
        let (wanted, key) = (self.column(wanted)?, self.column(key)?);
        let mut said =
            self.rows.iter().filter(|row| row.get(key).is_some_and(|k| k == value)).map(|row| row.get(wanted));
        let first = said.next()??;
        said.all(|other| other == Some(first)).then_some(first)
    }

    /// The table as `root/item/<column>`, for `instance()`.
    pub fn tree(&self) -> Arc<Tree> {
        let make = || {
            let mut tree = Tree::new("root");
            let names: Vec<Arc<str>> = self.columns.iter().map(|c| c.as_str().into()).collect();
            let item: Arc<str> = "item".into();
            for row in &self.rows {
                let node: NodeId = tree.add_shared(tree.root(), item.clone());
                for (name, cell) in names.iter().zip(row) {
                    let child = tree.add_shared(node, name.clone());
                    tree.set_text(child, cell.as_str());
                }
            }
            Arc::new(tree)
        };
        self.tree.get_or_init(make).clone()
    }
}
