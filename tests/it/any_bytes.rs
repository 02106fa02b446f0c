//! What holds for any bytes, asked of everything in the corpus; and what hostile messages take.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use crate::invariants;
use crate::support::repository;

/// Every message of the corpus, those that the fuzzers found included.
fn corpus() -> Vec<PathBuf> {
    let files = fs::read_dir(repository().join("tests/corpus")).unwrap().flatten().map(|file| file.path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "eml")).collect();
    files.sort();
    assert!(files.len() > 100, "the corpus is missing");
    files
}

/// Asks an invariant of every file, and names all for which it does not hold.
fn ask(holds: fn(&[u8])) {
    let wrong: Vec<String> = corpus()
        .iter()
        .filter(|path| {
            let raw = fs::read(path).unwrap();
            catch_unwind(|| holds(&raw)).is_err()
        })
        .map(|path: &PathBuf| Path::display(path).to_string())
        .collect();
    assert!(wrong.is_empty(), "what should hold for any bytes does not for {wrong:#?}");
}

#[test]
fn bytes_become_text() {
    ask(invariants::decode::holds);
}

#[test]
fn messages_are_ruled_on() {
    ask(invariants::ruling::holds);
}

#[test]
fn answers_to_hostile_messages_are_sound() {
    ask(invariants::reply::holds);
}
