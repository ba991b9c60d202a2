//! TypeScript for the screens: every view and request, and a map of methods, in one generated file.
//! `UPDATE_BINDINGS=1 cargo nextest run -p app-core bindings` writes it; without that the test fails when it is stale.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

use super::{methods, views};

const FILE: &str = "../ui/src/api/bindings/index.ts";

/// Looks at one line of the table of methods.
pub(super) trait SeeMethod {
    fn method<Request: TS + 'static + ?Sized, Answer: TS + 'static + ?Sized>(&mut self, name: &str);
}

#[derive(Default)]
struct Collector {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
    methods: Vec<String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let text = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl SeeMethod for Collector {
    fn method<Request: TS + 'static + ?Sized, Answer: TS + 'static + ?Sized>(&mut self, name: &str) {
        self.visit::<Request>();
        self.visit::<Answer>();
        let (request, answer) = (Request::name(&self.config), Answer::name(&self.config));
        self.methods.push(format!("  \"{name}\": {{ request: {request}; answer: {answer} }};"));
    }
}

fn generated() -> String {
    let mut all = Collector::default();
    methods::each(&mut all);
    all.visit::<views::ErrorView>();
    let mut text = String::from(
        "// Generated from app-core/src/api/views by the test `bindings_are_fresh`. Do not edit.\n\
         // UPDATE_BINDINGS=1 cargo nextest run -p app-core bindings\n\n",
    );
    for declaration in all.declarations.values() {
        text.push_str(declaration);
        text.push_str("\n\n");
    }
    text.push_str(
        "/** Every method of the dispatcher: what it is asked and what it answers. */\nexport type Methods = {\n",
    );
    text.push_str(&all.methods.join("\n"));
    text.push_str("\n};\n");
    text
}

#[test]
fn bindings_are_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let want = generated();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &want).unwrap();
    }
    let have = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(have == want, "ui/src/api/bindings is stale: UPDATE_BINDINGS=1 cargo nextest run -p app-core bindings");
}

#[test]
fn each_method_is_named_once_and_noun_first() {
    let names: HashSet<_> = methods::METHODS.iter().collect();
    assert_eq!(names.len(), methods::METHODS.len());
    assert!(methods::METHODS.iter().all(|m| m.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_')));
}
