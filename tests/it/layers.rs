//! Imports run one way, between rooms and between files, and files stay short. The layers are the table of
//! ARCHITECTURE.md: each line may import only from lines below it; rooms on one line do not know each other.

mod graph;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

use graph::Graph;
use tokens::{tokens, without_tests};

/// Most lines of one source file, and of the file in the middle when all are sorted by length.
const LONGEST_FILE_LINES: usize = 450;
const MEDIAN_FILE_LINES: usize = 180;

/// The rooms of each layer, highest first, as ARCHITECTURE.md lists them.
struct Layers(Vec<Vec<String>>);

impl Layers {
    /// From the table under `| layer | rooms | … |`: the names in code spans of its second column.
    fn of(page: &str) -> Self {
        let rows = page.lines().skip_while(|line| !line.starts_with("| layer | rooms |")).skip(2);
        let layers = rows.take_while(|line| line.starts_with('|')).map(|row| {
            let rooms = row.split('|').nth(2).unwrap();
            rooms.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        });
        Self(layers.collect())
    }

    fn of_the_page() -> Self {
        Self::of(&fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap())
    }

    fn of_room(&self, room: &str) -> Option<usize> {
        self.0.iter().position(|layer| layer.iter().any(|listed| listed == room))
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = repository().join("src");
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

fn borrowed(sources: &[(PathBuf, String)]) -> Vec<(&Path, &str)> {
    sources.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect()
}

#[test]
fn imports_run_one_way() {
    let layers = Layers::of_the_page();
    let mut violations = Vec::new();
    for (path, text) in sources() {
        violations.extend(violations_of(&layers, &path, &text));
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn every_room_of_the_page_exists_and_stands_there_once() {
    let layers = Layers::of_the_page();
    assert!(layers.0.len() > 8, "ARCHITECTURE.md has no table of layers: {:?}", layers.0);
    let mut seen = BTreeSet::new();
    for room in layers.0.iter().flatten() {
        assert!(seen.insert(room), "ARCHITECTURE.md lists {room} twice");
        let file = repository().join("src").join(room).with_extension("rs");
        assert!(file.exists(), "ARCHITECTURE.md lists {room}, and there is no {}", file.display());
    }
}

#[test]
fn no_two_files_use_each_other() {
    let sources = sources();
    let graph = Graph::of(&borrowed(&sources));
    let told: Vec<String> =
        graph.circles().iter().map(|circle| format!("a circle:\n{}", graph.arrows(circle))).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn source_files_are_short() {
    let mut lengths: Vec<(usize, PathBuf)> =
        sources().into_iter().map(|(path, text)| (text.lines().count(), path)).collect();
    lengths.sort();
    for (lines, path) in &lengths {
        assert!(*lines <= LONGEST_FILE_LINES, "src/{} has {lines} lines", path.display());
    }
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= MEDIAN_FILE_LINES, "half of the source files have more than {median} lines");
}

/// What a source file imports against the table.
fn violations_of(layers: &Layers, path: &Path, text: &str) -> Vec<String> {
    let mut module: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let top = module[0].clone();
    // A file of tests (`mod tests;` under `#[cfg(test)]`) is outside as the tests inside a file are.
    if top == "main" || top == "lib" || module.last().is_some_and(|last| last == "tests") {
        return Vec::new();
    }
    let place = path.display();
    let Some(own) = layers.of_room(&top) else {
        return vec![format!("src/{place}: the room {top} stands in no layer of ARCHITECTURE.md")];
    };
    let mut violations = Vec::new();
    for used in used_modules(text, &module) {
        match layers.of_room(&used) {
            _ if used == top => {}
            None => violations.push(format!("src/{place} uses crate::{used}, which stands in no layer")),
            Some(layer) if layer <= own => {
                violations.push(format!("src/{place} uses crate::{used}, which does not stand below {top}"));
            }
            Some(_) => {}
        }
    }
    violations
}

/// The top-level modules that a file names by `crate::…` or by enough `super::`, tests left out.
fn used_modules(text: &str, module: &[String]) -> BTreeSet<String> {
    let tokens = without_tests(&tokens(text));
    let mut used = BTreeSet::new();
    // How many modules deep the place is, and at which brace each inline module began.
    let mut inline: Vec<usize> = Vec::new();
    let mut braces = 0;
    let mut index = 0;
    while index < tokens.len() {
        match tokens[index].as_str() {
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
            }
            "mod" if tokens.get(index + 2).is_some_and(|token| token == "{") => inline.push(braces),
            "crate" => used.extend(heads(&tokens, index + 1)),
            "super" => {
                let mut supers = 1;
                while tokens.get(index + 1).is_some_and(|t| t == "::")
                    && tokens.get(index + 2).is_some_and(|t| t == "super")
                {
                    supers += 1;
                    index += 2;
                }
                if supers == module.len() + inline.len() {
                    used.extend(heads(&tokens, index + 1));
                }
            }
            _ => {}
        }
        index += 1;
    }
    used
}

/// The names behind a `::`: one, or those that a group begins with. Names of items at the crate's root (macros,
/// re-exports) are not lower case or not modules; they come out as modules of no layer.
fn heads(tokens: &[String], start: usize) -> Vec<String> {
    if tokens.get(start).is_none_or(|token| token != "::") {
        return Vec::new();
    }
    if tokens.get(start + 1).is_some_and(|token| token != "{") {
        return vec![tokens[start + 1].clone()];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    let mut at_head = true;
    for token in &tokens[start + 1..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => at_head = true,
            name if at_head && depth == 1 => {
                names.push(name.to_owned());
                at_head = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// A page as ARCHITECTURE.md is one, for the checker's own test.
const PAGE: &str = "# Architecture\n\n| layer | rooms | what |\n|---|---|---|
| commands | `cli` | `not a room` |\n| wiring | `daemon` | |\n| lanes | `lane` | |\n| adapters | `imap`, `smtp`, `store` | |
| plumbing | `net` | |\n| settings | `config` | |\n| stages | `subject`, `quote` | |\n| parsing | `parse` | |
| text | `charset` | |\n| vocabulary | `vocabulary` | |\n\n| another | `helpers` | table |\n";

#[test]
fn the_checker_sees_every_kind_of_violation() {
    let layers = Layers::of(PAGE);
    let violations = |path: &str, text: &str| violations_of(&layers, Path::new(path), text).len();
    // Upward, sideways, in a group, fully qualified, by way of super, out of a sub-module.
    assert_eq!(violations("parse.rs", "use crate::store::Store;"), 1);
    assert_eq!(violations("imap.rs", "use crate::smtp::Session;"), 1);
    assert_eq!(violations("subject.rs", "use crate::{vocabulary::Flag, daemon::{run, Clock}, quote};"), 2);
    assert_eq!(violations("vocabulary/time.rs", "fn f() { crate::config::load() }"), 1);
    assert_eq!(violations("charset.rs", "use super::cli;"), 1);
    assert_eq!(violations("store/schema/migrate.rs", "use super::super::super::lane::Pass;"), 1);
    assert_eq!(violations("net.rs", "mod inner { use super::super::store; }"), 1);
    assert_eq!(violations("helpers.rs", ""), 1);
    assert_eq!(violations("vocabulary.rs", "use crate::helpers::f;"), 1);
    // Downward, within one room, in comments, strings and tests.
    assert_eq!(violations("store.rs", "use crate::{config, vocabulary::{Flag, Status}}; mod outbox;"), 0);
    assert_eq!(violations("store/outbox/queue.rs", "use super::by_hand; use crate::store::Store;"), 0);
    assert_eq!(
        violations("vocabulary.rs", "// crate::cli\n/// [`crate::store`]\n/* crate::imap /* */ */"),
        0
    );
    assert_eq!(
        violations("vocabulary.rs", "const A: &str = \"crate::cli\"; const B: &str = r#\"crate::cli\"#;"),
        0
    );
    assert_eq!(violations("vocabulary.rs", "#[cfg(test)]\nmod tests { use super::*; use crate::cli; }"), 0);
    assert_eq!(violations("vocabulary.rs", "#[cfg(test)] mod tests { } use crate::cli::run;"), 1);
    assert_eq!(
        violations("vocabulary.rs", "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' } use crate::cli;"),
        1
    );
}

/// Circles among files given as `name: text`, as sets of file names.
fn circles_among(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let sources: Vec<(&Path, &str)> = files.iter().map(|(name, text)| (Path::new(*name), *text)).collect();
    let graph = Graph::of(&sources);
    let names = |circle: Vec<usize>| circle.iter().map(|file| graph.files[*file].name.clone()).collect();
    graph.circles().into_iter().map(names).collect()
}

#[test]
fn the_checker_sees_every_kind_of_circle() {
    let circle_of = |files: &[(&str, &str)]| circles_among(files).concat().join(" ");
    // Between siblings: by an import, by a path, by a glob, through the face that passes a name on, by a macro.
    let face = "mod a; mod b; pub use a::A; pub(super) use b::{B as C, f};";
    for (a, b) in [
        ("use super::b::B; pub struct A;", "use super::a::A; pub struct B;"),
        ("pub struct A; fn f() { super::b::g() }", "use super::A; pub struct B; fn g() {}"),
        ("use super::b; pub fn f() -> b::B {} pub struct A;", "pub struct B(crate::room::a::A);"),
        ("use super::C; pub struct A;", "use super::*; pub struct B(A);"),
        (
            "pub type A = u8; const X: A = crate::inner!();",
            "#[macro_export] macro_rules! inner { () => { $crate::room::A } }",
        ),
        ("pub enum A {} mod deep { use super::super::b::f; }", "use super::a::{self}; pub fn f(a: a::A) {}"),
    ] {
        let files = [("room.rs", face), ("room/a.rs", a), ("room/b.rs", b), ("lib.rs", "mod room;")];
        assert_eq!(circle_of(&files), "room/a.rs room/b.rs", "{a} / {b}");
    }
    // Between the face and a file of its room, if the face really uses it and gives more than a type.
    let (type_of_it, helper_of_it) =
        ("use super::Whole; pub struct A(Whole);", "pub struct A; fn f() { super::help() }");
    let (passes, uses) = ("pub use a::A;", "use a::A; fn f(a: A) {}");
    for (face, child, expected) in [
        (passes, type_of_it, ""),
        (passes, helper_of_it, ""),
        (uses, type_of_it, ""),
        (uses, helper_of_it, "room.rs room/a.rs"),
    ] {
        let face = format!("mod a; {face} pub struct Whole; fn help() {{}}");
        assert_eq!(circle_of(&[("room.rs", &face), ("room/a.rs", child)]), expected, "{face} / {child}");
    }
    // No circle: one way only, in comments and tests, a name that is only alike, another crate's.
    let face = "mod a; mod b; pub use a::A; #[cfg(test)] mod hostile;";
    for (a, b) in [
        ("use super::b::B; pub struct A;", "pub struct B;"),
        (
            "use super::b::B; pub struct A;",
            "/// [`super::a::A`]\npub struct B; #[cfg(test)] mod tests { use super::super::A; }",
        ),
        ("use super::b::B; pub struct A;", "#[cfg(test)] use super::{a::A}; pub struct B;"),
        (
            "use super::b::B; pub struct A;",
            "use regex::A; pub struct B { a: u8 } fn f(a: &'static A) { a::A::g() }",
        ),
    ] {
        let hostile = "use super::{a::A, b::B};";
        let files = [("room.rs", face), ("room/a.rs", a), ("room/b.rs", b), ("room/hostile.rs", hostile)];
        assert_eq!(circle_of(&files), "", "{a} / {b}");
    }
}
