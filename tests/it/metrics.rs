//! Metrics: asked for on a socket, put into a file; names, units and help, and nothing about a person. Alerts: who is told what, how
//! often, and never the mailbox itself.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use crate::smtp::smtp_server::{Protection, SmtpServer};
use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::{field, wait_for};

const HANG: Duration = Duration::from_mins(1);

/// Head and body of what is answered.
fn ask(socket: &Path, request: &str) -> Option<(String, String)> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}

fn scrape(socket: &Path) -> Option<String> {
    let request = "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n";
    let (head, body) = ask(socket, request)?;
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(head.contains("application/openmetrics-text; version=1.0.0"), "{head}");
    Some(body)
}

#[test]
fn metrics_are_served_and_put_into_a_file_without_a_word_about_people() {
    let mut office = Office::at_maildir();
    let (socket, file) = (office.path().join("metrics.sock"), office.path().join("zwfw.prom"));
    // What one left that was killed.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    office.text("mailbox", "poll_interval", "1s");
    office.text("metrics", "listen", "unix:metrics.sock");
    office.text("metrics", "textfile", "zwfw.prom");
    (1..=3).for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
    let daemon = office.start(&["run"]);
    let text = wait_for("the metrics", HANG, || {
        let filed = "zwfw_intake_entries{disposition=\"filed\"} 3";
        let sent = "zwfw_intake_answers{state=\"sent\"} 3";
        scrape(&socket).filter(|text| text.contains(filed) && text.contains(sent))
    });
    assert!(text.ends_with("\n# EOF\n"), "{text}");
    for name in [
        "build_info{version=",
        "passes_total{lane=\"mailbox\",result=\"good\"}",
        "passes_total{lane=\"outbox\",result=\"failed\"} 0",
        "last_good_pass_timestamp_seconds{lane=\"mailbox\"}",
        "folder_last_good_pass_timestamp_seconds{folder=",
        "login_state{lane=\"outbox\",state=\"ok\"} 1",
        "entries_without_bytes 0",
        "entries_other_rules 0",
        "outbox_oldest_age_seconds 0",
        "review_waiting 0",
        "review_oldest_age_seconds 0",
        "breaker_open 0",
        "deadline_timestamp_seconds{consultation=",
        "disk_free_bytes ",
        "wal_size_bytes ",
        "config_differs 0",
    ] {
        assert!(text.contains(&format!("\nzwfw_intake_{name}")), "{name}: {text}");
    }
    for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help");
        let units = ["_seconds", "_bytes", "_ratio"].into_iter();
        let unit = units.filter(|_| !name.ends_with("_without_bytes")).find(|unit| name.ends_with(unit));
        assert_eq!(text.contains(&format!("# UNIT {name} ")), unit.is_some(), "{name}");
    }
    // An older reader, a stranger, one who says nothing: nobody keeps the others waiting.
    let idle: Vec<UnixStream> = (0..3).map(|_| UnixStream::connect(&socket).unwrap()).collect();
    let (head, older) = ask(&socket, "GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    assert!(head.contains("text/plain; version=0.0.4") && !older.contains("# EOF"), "{head}\n{older}");
    assert!(ask(&socket, "GET / HTTP/1.1\r\n\r\n").unwrap().0.contains("404"));
    assert!(ask(&socket, "POST /metrics HTTP/1.1\r\n\r\n").unwrap().0.contains("405"));
    drop(idle);
    let put = wait_for("the file", HANG, || fs::read_to_string(&file).ok());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
    for text in [&text, &older, &put] {
        assert!(!text.contains('@') && !text.contains("example.com"), "{text}");
    }
    is_read_by_promtool(&put);
    is_read_by_promtool(&older);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

/// Where there is one (Debian: package prometheus).
fn is_read_by_promtool(text: &str) {
    let spawned = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else { return };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success() && said.trim().is_empty(), "{said}\n{text}");
}

/// A program that writes down what it is given.
fn recorder(office: &Office) -> (PathBuf, PathBuf) {
    let (program, told) = (office.path().join("told.sh"), office.path().join("told"));
    let script = format!("#!/bin/sh\nprintf '%s|%s|%s|%s\\n' \"$@\" >> '{}'\n", told.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    (program, told)
}

fn set(office: &Office, sql: &str) {
    let store = Connection::open(office.store_path()).unwrap();
    store.busy_timeout(HANG).unwrap();
    store.execute_batch(sql).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crossing_a_threshold_and_clearing_is_told_once() {
    let server = SmtpServer::start(Protection::Plain, Vec::new()).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    office.text("mailbox", "poll_interval", "1s");
    let (program, told) = recorder(&office);
    office.text("alert", "mail", "admin@example.net");
    office.text("alert", "command", program.to_str().unwrap());
    for any in ["disk", "none_open"] {
        office.set("alert.thresholds", any, "\":\"");
    }
    tokio::task::block_in_place(|| {
        office.run_ok(&["init"]);
        set(&office, "INSERT INTO fact VALUES ('mailbox_quota', '{\"used_kib\": 95, \"limit_kib\": 100}')");
        let daemon = office.start(&["run"]);
        let lines = || fs::read_to_string(&told).unwrap_or_default();
        let said = wait_for("the alert", HANG, || Some(lines()).filter(|lines| lines.contains('\n')));
        assert!(said.starts_with("warning|quota|95%|WARNING quota 95%: "), "{said}");
        let mail = wait_for("the mail", HANG, || server.taken().first().cloned());
        assert_eq!(mail.to, "RCPT TO:<admin@example.net>");
        assert_eq!(field(&mail.octets, "Auto-Submitted"), "auto-generated");
        // It clears: nobody is told within the hour. An hour later he is, once.
        let cleared =
            "UPDATE fact SET value = '{\"used_kib\": 5, \"limit_kib\": 100}' WHERE key = 'mailbox_quota'";
        set(&office, cleared);
        letter(1).deliver(&office.path().join("mailbox"));
        wait_for("a letter's answer", HANG, || (server.taken().len() == 2).then_some(()));
        let an_hour_ago = "UPDATE fact SET value = json_set(value, '$.quota.at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 hours')) WHERE key = 'alerts_told'";
        assert_eq!(lines().lines().count(), 1);
        set(&office, an_hour_ago);
        wait_for("the end of it", HANG, || lines().contains("\nok|quota|5%|OK quota 5%: ").then_some(()));
        wait_for("the mail of it", HANG, || (server.taken().len() == 3).then_some(()));
        daemon.terminate();
        let finished = daemon.finish(HANG);
        assert_eq!(finished.code, Some(0));
        assert!(!finished.stderr.contains("admin@example.net"), "{finished:?}");
        assert_eq!(lines().lines().count(), 2, "{}", lines());
    });
}

/// A store that somebody holds is news, and news that cannot be written down: it is told once all the same.
#[test]
fn what_cannot_be_written_down_is_told_once_too() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    let (program, told) = recorder(&office);
    office.text("alert", "command", program.to_str().unwrap());
    for any in ["disk", "none_open"] {
        office.set("alert.thresholds", any, "\":\"");
    }
    let textfile = office.path().join("zwfw.prom");
    office.text("metrics", "textfile", textfile.to_str().unwrap());
    office.run_ok(&["init"]);
    let daemon = office.start(&["run"]);
    let inode = || fs::metadata(&textfile).map(|found| std::os::unix::fs::MetadataExt::ino(&found)).ok();
    wait_for("the first look", HANG, inode);
    let holder = Connection::open(office.store_path()).unwrap();
    holder.busy_timeout(HANG).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let of_the_store = || {
        let lines = fs::read_to_string(&told).unwrap_or_default();
        lines.lines().filter(|line| line.contains("|store|")).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    wait_for("the alert", HANG, || (!of_the_store().is_empty()).then_some(()));
    // It is looked at again meanwhile: the textfile tells.
    let before = inode();
    wait_for("another look", HANG, || (inode() != before).then_some(()));
    drop(holder);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
    assert_eq!(of_the_store().len(), 1, "{:?}", of_the_store());
}

/// The board and the rules speak of metrics that there are.
#[test]
fn the_board_and_the_rules_ask_for_what_is_served() {
    let folder = crate::support::repository().join("docs/monitoring");
    let served = fs::read_to_string(crate::support::repository().join("src/watch/metrics.rs")).unwrap();
    let name = regex::Regex::new(r"zwfw_intake_([a-z_]+)").unwrap();
    for file in ["alerts.yml", "grafana.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let mut found = 0;
        for captures in name.captures_iter(&text) {
            let bare = captures[1].trim_end_matches("_total").trim_end_matches("_info");
            let bare =
                ["_seconds", "_bytes", "_ratio"].iter().fold(bare, |bare, unit| bare.trim_end_matches(unit));
            let is_served = [bare, &captures[1]].iter().any(|name| served.contains(&format!("\"{name}\"")));
            assert!(is_served, "{file}: {}", &captures[0]);
            found += 1;
        }
        assert!(found > 9, "{file}");
    }
    let board = fs::read_to_string(folder.join("grafana.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&board).is_ok());
    if let Ok(done) =
        Command::new("promtool").args(["check", "rules"]).arg(folder.join("alerts.yml")).output()
    {
        assert!(done.status.success(), "{done:?}");
    }
}
