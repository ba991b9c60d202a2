//! A small pack in memory, and stories over it.

mod checks;
mod difference;
mod engine;
mod households;
mod loading;
mod reviewed;
mod routes;
mod shipped;
mod workbook;

use super::*;

/// The smallest pack that loads; the stories add what they need.
pub(crate) fn small() -> Files {
    let mut files = Files::new();
    let mut put = |name: &str, text: &str| files.insert(name.to_owned(), text.as_bytes().to_vec());
    put("pack.toml", "id = \"test\"\nversion = \"1\"\nforms = []\n");
    put(
        "params.csv",
        "key,value,from,to,unit,provisional\n\
         income_line,7500,2023-01-01,2023-12-31,yuan,\n\
         income_line,7000,2022-01-01,2022-12-31,yuan,yes\n\
         income_line,,2024-01-01,,yuan,\n\
         income_window,12,,,months,\n",
    );
    put("codes.csv", "list,code,label,label_en\nrisk,illness,因病,illness\nrisk,labour,因缺劳力,labour\n");
    put(
        "phases.csv",
        "id,label,label_en,from,to,flag,source,note\nfield,开展排查阶段,Field,2023-05-10,2023-06-08,,附件1,\n",
    );
    put("rules.csv", "id,paragraph,applies_to,needs,when,finding,risk_kind,numbers,words,words_en\n");
    files
}

/// A day.
pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    facts::day(text).unwrap()
}
