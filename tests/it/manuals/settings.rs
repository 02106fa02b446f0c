//! `zwfw-intake.toml(5)`: what the shipped files say of each key.

use std::fs;

use regex::Regex;

use super::roff;
use crate::support::repository;

pub(super) fn page() -> String {
    let read = |file: &str| fs::read_to_string(repository().join("config").join(file)).unwrap();
    [
        roff::head("zwfw-intake.toml", 5, "configuration of zwfw-intake"),
        roff::section("DESCRIPTION"),
        explained(&read("config.toml")),
        roff::section("A CONSULTATION (consultations/*.toml)"),
        explained(&read("consultations/liaoning-2024.toml")),
        roff::see_also(&["zwfw-intake(1)".to_owned(), "zwfw-intake-check(1)".to_owned()]),
    ]
    .concat()
}

/// Comments and the keys below them.
#[derive(Default)]
struct Part {
    comment: Vec<String>,
    keys: Vec<String>,
}

impl Part {
    fn put(&mut self, page: &mut String) {
        let Self { comment, keys } = std::mem::take(self);
        page.push_str(&if keys.is_empty() {
            roff::paragraph(&comment)
        } else {
            roff::entry(&keys, &comment)
        });
    }
}

/// A file that explains itself, as sections and entries. A key may stand in a comment: an example, or its default.
fn explained(file: &str) -> String {
    let key = Regex::new("^(?:# )?([a-z_]+ = .*)$").unwrap();
    let (mut page, mut part, mut open) = (String::new(), Part::default(), 0_usize);
    for line in file.lines() {
        if open > 0 {
            open = (open + line.matches('[').count()).saturating_sub(line.matches(']').count());
        } else if let Some(heading) = line.strip_prefix('[') {
            page.push_str(&roff::section(&format!("[{heading}")));
            // What stands above a section is about it.
            part.put(&mut page);
        } else if line.starts_with("# ----") {
            part.put(&mut page);
        } else if let Some(found) = key.captures(line) {
            let whole = &found[1];
            open = whole.matches('[').count().saturating_sub(whole.matches(']').count());
            part.keys.push(if open > 0 { format!("{whole} …]") } else { whole.to_owned() });
        } else if let Some(comment) = line.strip_prefix('#') {
            if !part.keys.is_empty() {
                part.put(&mut page);
            }
            part.comment.push(comment.trim().to_owned());
        } else {
            part.put(&mut page);
        }
    }
    part.put(&mut page);
    page
}
