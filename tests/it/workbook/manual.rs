//! The manuals for staff say what the program does: their commands are run, what they name in passing exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::office;
use super::page::Book;
use crate::support::daemon::Office;
use crate::support::repository;

/// The manual's commands, in its order, with a digest in the place of SHA.
#[test]
fn the_commands_of_the_manual_for_staff_work() {
    let manual = fs::read_to_string(repository().join("docs/staff.zh-CN.md")).unwrap();
    let office = office();
    fs::create_dir(office.path().join("conf.d")).unwrap();
    fs::write(office.path().join("conf.d/retention.toml"), "[retention]\nafter_close = \"100y\"\n").unwrap();
    let commands: Vec<&str> =
        manual.lines().filter_map(|line| line.strip_prefix("    zwfw-intake ")).collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let sha =
            office.rows().rows("SELECT detail ->> '$.sha256[0]' AS sha FROM event WHERE action = 'adopted'");
        let sha = sha.first().map(|row| row["sha"].clone()).unwrap_or_default();
        let words: Vec<&str> =
            command.split(' ').map(|word| if word == "SHA" { sha.as_str() } else { word }).collect();
        let finished = office.run(&words);
        let due = i32::from(words[0] == "adopt" && words.len() == 2);
        assert_eq!(finished.code, Some(due), "{command}: {finished:?}");
        if words[0] == "export" {
            let mut book = Book::open(&office.path().join("采纳.xlsx"));
            book.set("意见归类", 4, "采纳情况", "采纳");
            book.save(&office.path().join("采纳.xlsx"));
        }
    }
}

/// `review confirm` and its options, from what stands between backticks.
fn named(manual: &str) -> BTreeMap<Vec<String>, BTreeSet<String>> {
    let mut named: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    for code in manual
        .lines()
        .filter(|line| !line.starts_with("    "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
    {
        let is_word = |word: &&str| {
            !word.is_empty()
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
                && !word.starts_with('-')
        };
        let path: Vec<String> = code.split(' ').take_while(is_word).map(ToOwned::to_owned).collect();
        let options = code.split(' ').filter(|word| word.starts_with("--")).map(ToOwned::to_owned);
        named.entry(path).or_default().extend(options);
    }
    named
}

#[test]
fn what_the_manuals_name_in_passing_exists() {
    let office = Office::at_maildir();
    let help = |path: &[String]| {
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        Some(office.run(&words)).filter(|finished| finished.code == Some(0)).map(|finished| finished.stdout)
    };
    let commands = help(&[]).unwrap();
    let is_command = |word: &str| commands.lines().any(|line| line.split_whitespace().next() == Some(word));
    let mut seen = 0;
    for page in ["docs/staff.zh-CN.md", "docs/review.zh-CN.md"] {
        for (path, options) in named(&fs::read_to_string(repository().join(page)).unwrap()) {
            let Some(_) = path.first().filter(|word| is_command(word)) else { continue };
            // What stands behind it is its argument.
            let said = (1..=path.len()).rev().find_map(|to| help(&path[..to])).unwrap();
            for option in options {
                assert!(said.contains(&option), "{page}: {path:?} has no {option}: {said}");
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}
