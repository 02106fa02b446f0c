//! `status --check`: one line for a monitor, its figures, its bounds, how it ends.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::smtp::smtp_server::{Protection, SmtpServer};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;

/// Whatever disk the tests run on.
const ANY_DISK: [&str; 2] = ["--threshold", "disk=:"];

fn office() -> Office {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    office
}

fn check(office: &Office, more: &[&str]) -> Finished {
    office.run(&[&["status", "--check"][..], &ANY_DISK, more].concat())
}

fn fact(office: &Office, key: &str, value: &str) {
    Connection::open(office.store_path())
        .unwrap()
        .execute(
            "INSERT OR REPLACE INTO fact VALUES (?1,
                CASE WHEN ?2 LIKE '% days' THEN strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?2) ELSE ?2 END)",
            [key, value],
        )
        .unwrap();
}

#[test]
fn a_monitor_is_told_in_one_line_with_figures() {
    let office = office();
    let fine = check(&office, &[]);
    assert_eq!(fine.code, Some(0), "{fine:?}");
    assert_eq!(fine.stdout.lines().count(), 1, "{fine:?}");
    let (words, figures) = fine.stdout.trim_end().split_once(" | ").unwrap();
    assert_eq!(words, "ZWFW OK - 正常");
    let figure = regex::Regex::new(r"^[a-z_]+=(U|-?\d+(s|%)?);(\d+:?)?;(\d+:?)?;0$").unwrap();
    assert!(figures.split(' ').all(|part| figure.is_match(part)), "{figures}");
    for name in ["pass", "review", "disk", "owed", "waiting"] {
        assert!(figures.split(' ').any(|part| part.starts_with(&format!("{name}="))), "{figures}");
    }
    // A consultation that is closed is no alarm.
    assert!(office.run_ok(&["status"]).stdout.contains("已截止"));

    for (threshold, code, state) in [
        ("pass=0:", 1, "WARNING"),
        ("pass=0:0", 2, "CRITICAL"),
        ("pass=:", 0, "OK"),
        ("review=1:0", 3, "UNKNOWN"),
    ] {
        let said = check(&office, &["--threshold", threshold]);
        assert_eq!(said.code, Some(code), "{threshold}: {said:?}");
        assert!(said.stdout.starts_with(&format!("ZWFW {state} - ")), "{threshold}: {said:?}");
    }
}

#[test]
fn each_thing_that_is_watched_has_its_word() {
    let office = office();
    for (key, value, words, code) in [
        ("last_pass_fault", "login_refused", "登录须有人处理 1（login）", 2),
        ("last_pass_fault", "unavailable", "正常", 0),
        ("mailbox_quota", "{\"used_kib\": 93, \"limit_kib\": 100}", "邮箱已用 93%（quota）", 1),
        ("mailbox_quota", "{\"used_kib\": 97, \"limit_kib\": 100}", "邮箱已用 97%（quota）", 2),
        ("mailbox_quota", "", "正常", 0),
        ("outbox_certificate_until", "+5 days", "（certificate）", 1),
        ("outbox_certificate_until", "-1 days", "已过 ", 2),
        ("outbox_certificate_until", "", "正常", 0),
        ("configuration_problem", "mailbox.host: is missing", "配置已改动而未生效（configuration）", 1),
        ("configuration_problem", "", "正常", 0),
        ("breaker", "caps.per_hour", "回执已暂停（超过上限） 1（breaker）", 1),
    ] {
        fact(&office, key, value);
        let said = check(&office, &[]);
        assert_eq!(said.code, Some(code), "{key} {value}: {said:?}");
        assert!(said.stdout.contains(words), "{key} {value}: {said:?}");
    }
}

#[test]
fn backups_are_watched_where_somebody_says_where_they_are() {
    let office = office();
    let folder = office.path().join("copies");
    fs::create_dir(&folder).unwrap();
    let backups = ["--backups", folder.to_str().unwrap()];
    let none = check(&office, &backups);
    assert!(none.code == Some(2) && none.stdout.contains("backup=U"), "{none:?}");
    office.run_ok(&["backup", folder.to_str().unwrap()]);
    assert_eq!(check(&office, &backups).code, Some(0));
    let missing = check(&office, &["--backups", "/nowhere"]);
    assert!(missing.code == Some(3) && missing.stdout.starts_with("ZWFW UNKNOWN - /nowhere"), "{missing:?}");
}

#[test]
fn who_cannot_look_says_so_and_a_held_store_is_critical() {
    let mut office = office();
    let holder = Connection::open(office.store_path()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let held = check(&office, &[]);
    assert!(held.code == Some(2) && held.stdout.contains("数据库无法写入"), "{held:?}");
    drop(holder);
    office.set("alert.thresholds", "pass", "\"0:0\"");
    assert_eq!(check(&office, &[]).code, Some(2), "bounds of the configuration");
    office.set("alert.thresholds", "pass", "\"soon\"");
    let wrong = check(&office, &[]);
    assert!(wrong.code == Some(3) && wrong.stdout.contains("alert.thresholds.pass"), "{wrong:?}");
    assert_eq!(wrong.stdout.lines().count(), 1, "{wrong:?}");
    office.unset("alert.thresholds", "pass");
    fs::remove_file(office.store_path()).unwrap();
    let missing = check(&office, &[]);
    assert!(missing.code == Some(3) && missing.stdout.starts_with("ZWFW UNKNOWN - "), "{missing:?}");
}

/// The daemon notes how long a server's certificate is good, and both forms of `status` tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_certificate_is_known() {
    let server = SmtpServer::start(Protection::Tls, Vec::new()).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    office.text("acknowledgement", "host", "localhost");
    office.text("acknowledgement", "security", "tls");
    let ca: &Path = &server.ca_file;
    office.text("acknowledgement", "ca_file", ca.to_str().unwrap());
    letter(1).deliver(&office.path().join("mailbox"));
    tokio::task::block_in_place(|| {
        office.run_ok(&["run", "--once"]);
        let status = office.json(&["status", "--json"]);
        // rcgen's own.
        assert_eq!(status["certificates"]["outbox"], "4096-01-01T00:00:00Z", "{status}");
        assert!(office.run_ok(&["status"]).stdout.contains("证书〔发信〕"));
    });
    assert_eq!(server.taken().len(), 1);
}
