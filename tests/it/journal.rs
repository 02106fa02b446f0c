//! What the journal is told of how much each line matters.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::support::daemon::Office;
use crate::support::wait_for;

const HANG: Duration = Duration::from_mins(2);

/// An office whose daemon's standard error is the journal, as far as it can see.
fn office(journal: bool) -> Office {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    let stderr = office.path().join("run-0.stderr");
    fs::write(&stderr, "").unwrap();
    let found = fs::metadata(&stderr).unwrap();
    let inode = if journal { found.ino() } else { found.ino() + 1 };
    office.environment("JOURNAL_STREAM", &format!("{}:{inode}", found.dev()));
    office
}

fn line(office: &Office, words: &str) -> String {
    wait_for(words, HANG, || office.log().lines().find(|line| line.contains(words)).map(str::to_owned))
}

#[test]
fn each_line_has_its_priority_in_the_journal_and_says_it_in_no_other_way() {
    let office = office(true);
    let daemon = office.start(&["run"]);
    // Closed since 2024.
    assert!(line(&office, "consultation closed").starts_with("<4>"));
    line(&office, "record head");
    let (mailbox, elsewhere) = (office.path().join("mailbox"), office.path().join("elsewhere"));
    fs::rename(&mailbox, &elsewhere).unwrap();
    assert!(line(&office, "pass failed").starts_with("<3>"));
    fs::rename(&elsewhere, &mailbox).unwrap();
    assert!(line(&office, "can be read again").starts_with("<5>"));
    daemon.terminate();
    assert!(line(&office, "asked to stop").starts_with("<6>"));
    daemon.finish(HANG);
    for line in office.log().lines() {
        assert!(line.starts_with('<') && !line.contains("INFO") && !line.contains("WARN "), "{line}");
    }
}

/// A shell under systemd hands the variable on to programs whose output goes elsewhere.
#[test]
fn a_file_is_told_time_and_level_in_words() {
    let office = office(false);
    let daemon = office.start(&["run"]);
    let found = line(&office, "consultation closed");
    assert!(found.starts_with("20") && found.contains("WARN"), "{found}");
    daemon.terminate();
    daemon.finish(HANG);
}

#[test]
fn what_a_command_complains_of_is_an_error_line_by_line() {
    let mut office = office(true);
    office.set("mailbox", "nonsense", 1);
    office.set("store", "nonsense", 1);
    let finished = office.run(&["run"]);
    assert_eq!(finished.code, Some(78));
    assert!(finished.stderr.lines().count() > 1);
    assert!(finished.stderr.lines().all(|line| line.starts_with("<3>")), "{}", finished.stderr);
}
