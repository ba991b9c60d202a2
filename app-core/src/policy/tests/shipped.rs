//! The pack that ships, judged over invented households around the edge of each rule.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/guangxi-2023");
    Pack::load_dir(&dir).unwrap_or_else(|faults| panic!("{faults}"))
});

#[test]
fn it_loads_whole() {
    assert_eq!(PACK.slugs().len(), 5);
    assert!(PACK.rules().len() > 20 && PACK.checks().len() > 20);
    assert_eq!(PACK.checklist().iter().filter(|i| i.level == "township").count(), 12);
    assert_eq!(PACK.checklist().iter().filter(|i| i.level == "village").count(), 9);
    for title in crate::domain::Title::ALL {
        assert!(PACK.permits(title).is_some_and(|t| !t.permits.is_empty()), "{title:?}");
    }
}
