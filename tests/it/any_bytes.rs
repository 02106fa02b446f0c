//! What holds for any bytes, asked of everything in the corpus; and what hostile messages take.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::tempdir;
use zwfw_intake::parse::ParseLimits;

use crate::invariants;
use crate::support::hostile::{BOMBS, CASES, Case, measure};
use crate::support::{long, repository};

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

#[test]
fn no_byte_of_the_senders_moves_arrival_or_verdict() {
    ask(invariants::sender_part::holds);
}

/// What names the file to the process that measures.
const FILE: &str = "ZWFW_MEASURE";

/// What reading may take of tables and buffers that grow with no message, in bytes.
const CONSTANT: u64 = 7 << 20;

/// Reading takes at most four times a message's size in memory; of a message whose text is larger than it is, the text
/// that is kept counts too. How long it takes, and whether that grows with the size or
/// faster, shows the example `hostile`: a clock has no place in a test.
///
/// The process that measures one message is this test too: it was given a file, and says what reading it takes.
#[test]
fn hostile_messages_take_little_memory() {
    if let Some(file) = std::env::var_os(FILE) {
        let cost = measure(Path::new(&file));
        println!("time: {:?}\nmemory: {}", cost.time, cost.memory);
        return;
    }
    let percent = if long() { 20 } else { 5 };
    let folder = tempdir().unwrap();
    let texts = ParseLimits::default().text_bytes as u64;
    let plain = CASES.iter().map(|case| (case, 0));
    let wrong: Vec<String> = plain
        .chain(BOMBS.iter().map(|case| (case, texts)))
        .filter_map(|(case, text)| {
            let (size, memory) = memory_of(case, percent, folder.path());
            (memory > 4 * (size + text) + CONSTANT)
                .then(|| format!("{}: {memory} bytes for a message of {size}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Size of a message and the memory that reading it takes, in a process of its own.
fn memory_of(case: &Case, percent: usize, folder: &Path) -> (u64, u64) {
    let file = folder.join("message.eml");
    let raw = case.raw(percent);
    fs::write(&file, &raw).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "any_bytes::hostile_messages_take_little_memory", "--nocapture"])
        .env(FILE, &file)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout);
    let memory = words.lines().find_map(|line| line.split_once("memory: "));
    let memory = memory.and_then(|(_, bytes)| bytes.parse().ok());
    (raw.len() as u64, memory.unwrap_or_else(|| panic!("{}: {words}", case.name)))
}
