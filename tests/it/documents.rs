//! The documents name places that exist: a page that no machine reads drifts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use zwfw_intake::vocabulary::{Watched, Word as _};

use crate::support::repository;

/// Every page of the repository.
fn pages() -> Vec<PathBuf> {
    fn collect(dir: &Path, pages: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, pages);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    let root = repository();
    let mut pages = Vec::new();
    collect(&root.join("docs"), &mut pages);
    let top = fs::read_dir(root).unwrap().flatten().map(|entry| entry.path());
    pages.extend(top.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    pages.push(root.join("tests/README.md"));
    pages
}

#[test]
fn every_link_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)#:]+)(?:#[^)]*)?\)").unwrap();
    let mut dead = Vec::new();
    let mut count = 0;
    for page in pages() {
        for found in link.captures_iter(&fs::read_to_string(&page).unwrap()) {
            count += 1;
            if !page.parent().unwrap().join(&found[1]).exists() {
                dead.push(format!("{}: {}", page.display(), &found[1]));
            }
        }
    }
    assert!(dead.is_empty() && count > 30, "{count} links; dead: {dead:#?}");
}

/// Pages about the code, in which a file's name means a file. They name it from the top, from `src` or from `tests`.
#[test]
fn every_file_that_is_named_exists() {
    let root = repository();
    let tops = [root.to_owned(), root.join("src"), root.join("tests")];
    let exists = |path: &str| tops.iter().any(|top| top.join(path).exists());
    // `NAME` and `N` stand for any name; of `*` only the folder is looked for.
    let file = Regex::new(r"`([a-z_][a-z_0-9./*-]*(?:\.rs|\.sql|\.tsv|\.toml|\.json|/))`").unwrap();
    let mut missing = Vec::new();
    let mut count = 0;
    for page in pages().iter().filter(|page| {
        let name = page.file_name().unwrap().to_str().unwrap();
        page.parent().unwrap().ends_with("decisions")
            || page.parent().unwrap().ends_with("tests")
            || ["ARCHITECTURE.md", "CONTRIBUTING.md", "STANDARDS.md"].contains(&name)
    }) {
        for found in file.captures_iter(&fs::read_to_string(page).unwrap()) {
            let path = found[1].split('*').next().unwrap();
            let path =
                path.rsplit_once('/').filter(|_| found[1].contains('*')).map_or(path, |(folder, _)| folder);
            count += 1;
            // Files of one's own beside `migrate_N.sql` and the like are named alone.
            let anywhere = !found[1].contains('/') && named_anywhere(&root.join("src"), path);
            if !exists(path) && !anywhere {
                missing.push(format!("{}: {}", page.display(), &found[1]));
            }
        }
    }
    assert!(missing.is_empty() && count > 60, "{count} names; missing: {missing:#?}");
}

fn named_anywhere(dir: &Path, name: &str) -> bool {
    fs::read_dir(dir).unwrap().flatten().any(|entry| {
        let path = entry.path();
        entry.file_name() == name || path.is_dir() && named_anywhere(&path, name)
    })
}

/// The last column of STANDARDS.md says where a rule is carried out.
#[test]
fn every_place_of_the_standards_exists() {
    let root = repository();
    let text = fs::read_to_string(root.join("STANDARDS.md")).unwrap();
    let mut missing = Vec::new();
    let mut count = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        for place in row.split('|').rev().nth(1).unwrap().split('`').skip(1).step_by(2) {
            count += 1;
            let in_src = root.join("src").join(place);
            if !in_src.exists() && !in_src.with_extension("rs").exists() && !root.join(place).exists() {
                missing.push(place.to_owned());
            }
        }
    }
    assert!(missing.is_empty() && count > 60, "{count} places; missing: {missing:?}");
}

/// Whoever is told of something finds what it means and what to do about it: each alert has its page, in both languages.
#[test]
fn each_alert_has_its_page() {
    let read = |file: &str| fs::read_to_string(repository().join(file)).unwrap();
    let (english, chinese) = (read("docs/operations.md"), read("docs/operations.zh-CN.md"));
    let rows: BTreeSet<&str> = chinese
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|names| names.split('、'))
        .collect();
    for word in Watched::WORDS {
        assert!(english.contains(&format!("\n#### {word}\n")), "docs/operations.md: {word}");
        assert!(rows.contains(word), "docs/operations.zh-CN.md: {word}");
    }
}
