//! What rules and forms need of one day: the parameters in force and the tables for `pulldata`. Built once a day.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

use super::pack::Pack;
use super::params::Param;
use crate::xlsform::{Env, Table};

/// The campaign's clock: China Standard Time, 8 hours east.
const EAST: i32 = 8 * 3600;

/// Tables by file stem, as a form's environment takes them.
pub type Externals = Arc<HashMap<String, Arc<Table>>>;

/// One day of one pack.
#[derive(Debug)]
pub(super) struct Day {
    pub on: NaiveDate,
    pub today: String,
    pub year_start: String,
    /// those in force that nobody official has confirmed
    provisional: Vec<Param>,
    /// key → value of the parameters in force
    pub params: HashMap<String, String>,
    pub env: Env,
    names: Arc<Names>,
}

impl Day {
    pub fn new(pack: &Pack, on: NaiveDate, names: Arc<Names>) -> Day {
        let params = pack
            .params
            .keys()
            .filter_map(|key| pack.params.on(key, on).map(|p| (key.to_owned(), p.value.clone())))
            .collect();
        let open = pack.params.keys().filter_map(|key| pack.params.on(key, on)).filter(|p| p.provisional);
        let provisional = open.cloned().collect();
        let mut env = Env::at(noon(on));
        env.externals = externals(pack, on);
        Day {
            on,
            today: on.to_string(),
            year_start: format!("{:04}-01-01", on.year()),
            provisional,
            params,
            env,
            names,
        }
    }

    pub fn param(&self, key: &str) -> Option<&str> {
        self.params.get(key).map(String::as_str)
    }

    /// The parameter in force, if it is provisional.
    pub fn provisional(&self, key: &str) -> Option<&Param> {
        self.provisional.iter().find(|p| p.key == key)
    }

    /// Whether any rule or check looks at a node of this name.
    pub fn names(&self, name: &str) -> bool {
        self.names.all || self.names.used.contains(name)
    }
}

/// The names that expressions use, so that a household's tree holds no answer that nobody looks at.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// some expression uses `*` or `node()`
    pub all: bool,
    pub used: BTreeSet<String>,
}

fn noon(on: NaiveDate) -> chrono::DateTime<FixedOffset> {
    let noon = on.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default());
    let offset = FixedOffset::east_opt(EAST);
    offset
        .and_then(|o| o.from_local_datetime(&noon).single())
        .unwrap_or_else(|| Utc.from_utc_datetime(&noon).fixed_offset())
}

/// `params` as in force on the day, `codes` open on the day, and every table the pack knows nothing about.
pub(super) fn externals(pack: &Pack, on: NaiveDate) -> Externals {
    let columns = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let yes = |b: bool| if b { "yes".to_owned() } else { String::new() };
    let params = pack.params.keys().filter_map(|key| pack.params.on(key, on)).map(|p| {
        vec![p.key.clone(), p.value.clone(), p.unit.clone(), yes(p.provisional), p.label.clone(), p.label_en.clone()]
    });
    let params = Table::new(columns(&["key", "value", "unit", "provisional", "label", "label_en"]), params.collect());
    let codes = pack.all_codes().filter(|c| c.open_on(on)).map(|c| {
        // `key` = list/code, because pulldata looks up by one column.
        vec![format!("{}/{}", c.list, c.code), c.list.clone(), c.code.clone(), c.label.clone(), c.label_en.clone()]
    });
    let codes = Table::new(columns(&["key", "list", "code", "label", "label_en"]), codes.collect());
    let mut out: HashMap<String, Arc<Table>> = pack.tables.clone();
    out.insert("params".into(), Arc::new(params));
    out.insert("codes".into(), Arc::new(codes));
    Arc::new(out)
}
