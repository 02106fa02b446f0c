//! SIGHUP: the configuration is read again, whole or not at all.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::daemon::{Office, Running};
use crate::support::letter::{Letter, letter};
use crate::support::wait_for;

/// No daemon takes so long for anything here.
const HANG: Duration = Duration::from_mins(2);

const PARKS: &str = r#"
id = "parks"
title = "示例市公园管理办法（征求意见稿）"
subject_tag = "公园管理办法意见建议"
issuer = "示例市"
deadline = "2099-12-31"
number_prefix = "GY-2099"
"#;

fn office() -> Office {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1h");
    office.text("acknowledgement", "not_before", "2024-01-01");
    office
}

fn started(office: &Office) -> Running {
    let daemon = office.start(&["run"]);
    wait_for("the first pass", HANG, || office.log().contains("record head").then_some(()));
    daemon
}

fn told(office: &Office, words: &str) {
    wait_for(words, HANG, || office.log().contains(words).then_some(()));
}

fn held(office: &Office) -> String {
    office.json(&["status", "--json"])["held"].to_string()
}

#[test]
fn a_wrong_file_changes_nothing_and_is_named_until_it_is_mended() {
    let office = office();
    let mut daemon = started(&office);
    let part = office.path().join("conf.d/wrong.toml");
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, "nonsense = 1\n").unwrap();
    daemon.signal(Signal::HUP);
    told(&office, "configuration not read again");
    assert!(office.log().contains("nonsense"), "{}", office.log());
    letter(1).deliver(&office.path().join("mailbox"));
    fs::write(&part, "[mailbox]\npoll_interval = \"1s\"\n").unwrap();
    wait_for("the fault in status", HANG, || held(&office).contains("configuration_refused").then_some(()));
    assert!(office.run_ok(&["status"]).stdout.contains("配置有误"));

    daemon.signal(Signal::HUP);
    told(&office, "configuration read again");
    wait_for("the letter", HANG, || {
        (office.rows().count("SELECT count(*) FROM submission") == 1).then_some(())
    });
    wait_for("no fault in status", HANG, || (!held(&office).contains("configuration")).then_some(()));
    let log = office.log();
    assert!(log.contains(r#"key="mailbox.poll_interval" before="1h" after="1s""#), "{log}");
    assert!(!daemon.ended());

    // On disk, and not told to anybody yet.
    fs::remove_file(&part).unwrap();
    assert!(held(&office).contains("configuration_differs"), "{}", held(&office));
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn a_consultation_is_added_while_the_daemon_runs_and_what_came_before_it_is_looked_at_again() {
    let office = office();
    let early = Letter { subject: "公园管理办法意见建议".to_owned(), ..letter(1) };
    early.deliver(&office.path().join("mailbox"));
    let daemon = started(&office);
    wait_for("the letter", HANG, || {
        (office.rows().count("SELECT count(*) FROM mailbox_entry WHERE disposition = 'not_ours'") == 1)
            .then_some(())
    });
    let file = office.path().join("consultations/parks.toml");
    fs::write(&file, PARKS).unwrap();
    daemon.signal(Signal::HUP);
    wait_for("the submission", HANG, || {
        (office.rows().count("SELECT count(*) FROM submission WHERE number = 'GY-2099-0001'") == 1)
            .then_some(())
    });
    assert!(office.log().contains("consultation.parks.title"), "{}", office.log());

    fs::remove_file(&file).unwrap();
    daemon.signal(Signal::HUP);
    told(&office, "consultation not configured any more");
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 1);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[test]
fn another_store_is_for_a_restart_and_a_secret_is_named_without_its_value() {
    let mut office = Office::over_imap(1);
    office.text("mailbox", "poll_interval", "1s");
    let daemon = office.start(&["run"]);
    told(&office, "pass failed");
    office.write_secret("mailbox-password", "another-secret");
    let config = fs::read_to_string(office.config_path()).unwrap();
    let config = config.replace("store.sqlite3", "other.sqlite3");
    fs::write(office.config_path(), config).unwrap();
    daemon.signal(Signal::HUP);
    told(&office, "this setting changes with a restart");
    told(&office, r#"key="mailbox.password""#);
    assert!(!office.log().contains("another-secret"));
    assert!(!office.path().join("other.sqlite3").exists());
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}
