//! Findings of a clerk's work on a whole consultation (`tests/cases/findings.tsv`): each names the tests that hold it, and those
//! exist; with the tests of those that have none elsewhere.

use std::fs;

use zwfw_intake::vocabulary::{ReviewReason, Word};
use zwfw_intake::words;

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::repository;

use super::review::{IN_TIME, import};

#[test]
fn every_finding_names_tests_that_exist() {
    let table = include_str!("../cases/findings.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let mut found = Vec::new();
    for row in rows {
        let [finding, _, tests, ..] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        found.push(finding.to_owned());
        if tests.starts_with("-: ") {
            continue;
        }
        for test in tests.split(", ") {
            let (module, name) = test.rsplit_once("::").unwrap_or_else(|| panic!("{finding}: {test}"));
            let source =
                fs::read_to_string(repository().join(format!("tests/it/{}.rs", module.replace("::", "/"))))
                    .unwrap();
            let head = format!("fn {name}() {{");
            let before =
                source.split_once(&head).unwrap_or_else(|| panic!("{finding}: there is no {test}")).0;
            assert!(before.trim_end().ends_with("#[test]"), "{finding}: {test} is no test");
        }
    }
    let all = (1..=23).map(|n| format!("A{n}")).chain((1..=13).map(|n| format!("C{n}")));
    assert_eq!(found, all.collect::<Vec<_>>());
}

/// C13: what is typed daily is short.
#[test]
fn no_manual_types_what_is_the_default() {
    for page in ["README.md", "README.zh-CN.md", "docs/staff.zh-CN.md", "docs/query.zh-CN.md"] {
        let text = fs::read_to_string(repository().join(page)).unwrap();
        let typed = text.lines().filter(|line| line.contains("--config /etc/zwfw-intake/config.toml"));
        assert_eq!(typed.collect::<Vec<_>>(), Vec::<&str>::new(), "{page}");
    }
}

/// Whoever decides finds every reason in the manual, with what to do first.
#[test]
fn the_manual_has_every_reason_that_a_case_waits_for() {
    let page = fs::read_to_string(repository().join("docs/review.zh-CN.md")).unwrap();
    for word in ReviewReason::WORDS {
        let called = words::short(ReviewReason::KIND, word);
        assert!(page.contains(called), "docs/review.zh-CN.md does not say what to do about {called}");
    }
}

/// A22, C11, C13.
#[test]
fn slips_of_words_are_mended() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &Letter { message_id: "again@example.com".to_owned(), ..letter(1) }, IN_TIME);
    let answers =
        office.rows().rows("SELECT kind, CAST(octets AS TEXT) AS octets FROM acknowledgement ORDER BY id");
    assert_eq!(answers[1]["kind"], "duplicate");
    let answer = mail_parser::MessageParser::new().parse(answers[1]["octets"].as_bytes()).unwrap();
    let subject = answer.subject().unwrap();
    assert!(subject.starts_with("自动回执〔LNZX-2024-0001〕"), "the number that counts: {subject}");

    office.open_until("2024-03-10");
    let preview = office.run(&["reprocess"]);
    let first = preview.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with("变化：") && first.contains('2'), "kinds and counts first: {preview:?}");

    let missing = office.run(&["import", "no/such/file"]);
    assert_eq!(missing.code, Some(65), "{missing:?}");
    assert!(
        missing.stderr.contains("没有这个文件或文件夹") && missing.stderr.contains("no/such/file"),
        "{missing:?}"
    );
    assert!(!missing.stderr.contains("os error"), "{missing:?}");
}
