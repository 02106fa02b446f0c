//! Imports run one way, and files stay short. The table below is the one in ARCHITECTURE.md: each line may import only
//! from lines below it; modules on one line do not know each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// Top-level modules, highest first. `main.rs` and `lib.rs` stand outside.
const LAYERS: &[&[&str]] = &[
    &["cli"],
    &["daemon"],
    &["lane"],
    &["maillog"],
    &["imap", "maildir", "smtp", "store"],
    &["net", "notify", "world", "crash"],
    &["config"],
    &["respond", "compose"],
    &["ruling", "mask"],
    &["automatic", "subject", "quote", "details", "deadline", "cursor", "schedule", "similarity"],
    // The stages above read a parsed message, so it stands below them.
    &["parse"],
    &["charset", "words"],
    &["vocabulary"],
];

/// Most lines of one source file.
const LONGEST_FILE_LINES: usize = 500;

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
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

#[test]
fn imports_run_one_way() {
    let mut violations = Vec::new();
    for (path, text) in sources() {
        violations.extend(violations_of(&path, &text));
    }
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE_LINES, "src/{} has {lines} lines", path.display());
    }
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// What a source file imports against the table.
fn violations_of(path: &Path, text: &str) -> Vec<String> {
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
    let Some(own) = layer_of(&top) else {
        return vec![format!("src/{place}: the module {top} stands in no layer")];
    };
    let mut violations = Vec::new();
    for used in used_modules(text, &module) {
        match layer_of(&used) {
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

/// Leaves out every `#[cfg(test)] mod … { … }`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut index = 0;
    while index < tokens.len() {
        let marked =
            MARK.iter().enumerate().all(|(i, mark)| tokens.get(index + i).is_some_and(|t| t == mark));
        if !marked {
            kept.push(tokens[index].clone());
            index += 1;
            continue;
        }
        index += MARK.len() + 1;
        let mut depth = 0;
        while index < tokens.len() {
            match tokens[index].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            index += 1;
            if depth == 0 {
                break;
            }
        }
    }
    kept
}

/// Identifiers, `::` and single signs; comments, strings and character literals left out.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            while i < chars.len() {
                match (chars[i], at(i + 1)) {
                    ('/', '*') => depth += 1,
                    ('*', '/') => depth -= 1,
                    _ => {
                        i += 1;
                        continue;
                    }
                }
                i += 2;
                if depth == 0 {
                    break;
                }
            }
        } else if is_name(c) {
            let start = i;
            while is_name(at(i)) {
                i += 1;
            }
            let name: String = chars[start..i].iter().collect();
            let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
            if matches!(name.as_str(), "r" | "br" | "cr") && at(i + hashes) == '"' {
                let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                i += hashes + 1;
                while i < chars.len() && !chars[i..].starts_with(&end) {
                    i += 1;
                }
                i += end.len();
            } else {
                tokens.push(name);
            }
        } else if c == '"' {
            i += 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if c == '\'' && at(i + 1) == '\\' {
            i += 3;
            while i < chars.len() && chars[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else if c == '\'' && at(i + 2) == '\'' {
            i += 3;
        } else if c == ':' && at(i + 1) == ':' {
            tokens.push("::".to_owned());
            i += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            i += 1;
        }
    }
    tokens
}

#[test]
fn the_checker_sees_every_kind_of_violation() {
    let violations = |path: &str, text: &str| violations_of(Path::new(path), text).len();
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
