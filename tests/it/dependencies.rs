//! What the tree of dependencies must and must not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use mail_parser::MessageParser;

use crate::support::repository;

/// Names of the packages in Cargo.lock.
fn locked() -> Vec<String> {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.map(str::to_owned).collect()
}

#[test]
fn there_is_one_tls_stack_with_one_crypto_provider_and_one_runtime() {
    let locked = locked();
    for wanted in ["rustls", "ring", "tokio"] {
        let found = locked.iter().filter(|name| *name == wanted).count();
        assert_eq!(found, 1, "{wanted} stands {found} times in Cargo.lock");
    }
    let unwanted = [
        ("openssl", "a second TLS stack"),
        ("openssl-sys", "a second TLS stack"),
        ("native-tls", "a second TLS stack"),
        ("boring", "a second TLS stack"),
        ("aws-lc-rs", "a second crypto provider"),
        ("aws-lc-sys", "a second crypto provider"),
        ("rustls-rustcrypto", "a second crypto provider"),
        ("async-std", "a second runtime"),
        ("smol", "a second runtime"),
    ];
    for (name, why) in unwanted {
        assert!(!locked.iter().any(|found| found == name), "{name} in Cargo.lock: {why}");
    }
}

/// Why each crate is there that we chose ourselves stands in docs/decisions.
#[test]
fn each_crate_that_was_chosen_has_its_word() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let page = read("docs/decisions/0003-libraries.md");
    let named: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
        .flat_map(|crates| crates.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_'))
        .collect();
    let tables = ["dependencies", "dev-dependencies"].map(|table| manifest[table].as_table().unwrap());
    let chosen: Vec<&String> = tables.iter().flat_map(|table| table.keys()).collect();
    assert!(chosen.len() > 40, "{chosen:?}");
    let unsaid: Vec<_> = chosen.into_iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(unsaid.is_empty(), "docs/decisions/0003-libraries.md has no word on {unsaid:?}");
}

/// The fuzz targets are a workspace of their own; with a lock file that lags behind, `fuzz/run` and so `tests/run --release` build
/// nothing.
#[test]
fn the_lock_file_of_the_fuzz_targets_knows_what_the_program_takes() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--depth",
            "1",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let taken: BTreeSet<&str> = tree
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let lock = fs::read_to_string(repository().join("fuzz/Cargo.lock")).unwrap();
    let ours = lock.split("[[package]]").find(|package| package.contains("name = \"zwfw-intake\"")).unwrap();
    let missing: Vec<&&str> = taken.iter().filter(|name| !ours.contains(&format!(" \"{name}"))).collect();
    assert!(
        missing.is_empty(),
        "fuzz/Cargo.lock lacks {missing:?}: cargo update --workspace --manifest-path fuzz/Cargo.toml"
    );
}

/// Most crates that may come into the program, itself counted.
const MOST_CRATES: usize = 202;

/// Crates that come in two versions, and whose doing that is.
const TWICE: [(&str, &str); 6] = [
    ("async-channel", "async-imap, directly and by way of stop-token"),
    ("event-listener", "async-imap, by way of async-channel"),
    ("getrandom", "ring takes the older, rust_xlsxwriter the newer, by way of tempfile and zip"),
    ("thiserror", "async-imap takes the older"),
    ("thiserror-impl", "the macro of thiserror"),
    ("syn", "macros move to its new version one by one"),
];

/// The crates of the program, tests and build scripts left out: name and versions.
fn in_the_program() -> BTreeMap<String, BTreeSet<String>> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let mut crates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8(tree.stdout).unwrap().lines() {
        if let [name, version, ..] = line.split(' ').collect::<Vec<_>>()[..] {
            crates.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    crates
}

#[test]
fn the_program_is_made_of_few_crates_and_none_comes_twice_by_our_doing() {
    let crates = in_the_program();
    let count: usize = crates.values().map(BTreeSet::len).sum();
    assert!(count <= MOST_CRATES, "{count} crates");
    let twice: Vec<_> =
        crates.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name).collect();
    for name in &twice {
        assert!(TWICE.iter().any(|(known, _)| known == name), "{name} comes in versions {:?}", crates[*name]);
    }
    for (known, _) in TWICE {
        assert!(twice.iter().any(|name| *name == known), "{known} comes once now: take it off the list");
    }
}

/// mail-parser without its feature `full_encoding` turns every GBK mail into U+FFFD and says nothing.
#[test]
fn mail_parser_has_its_character_sets() {
    for (label, bytes) in [
        ("gbk", encoding_rs::GBK.encode("意见建议").0),
        ("gb18030", encoding_rs::GB18030.encode("意见𠮷").0),
        ("big5", encoding_rs::BIG5.encode("意見建議").0),
    ] {
        let mut raw = format!("Subject: x\r\nContent-Type: text/plain; charset={label}\r\n\r\n").into_bytes();
        raw.extend_from_slice(&bytes);
        let message = MessageParser::default().parse(&raw).unwrap();
        let text = message.body_text(0).unwrap().into_owned();
        assert!(text.starts_with('意'), "{label} reads as {text}: is mail-parser built with full_encoding?");
    }
}
