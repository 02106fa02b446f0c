//! The commands besides `run`: import, list, show, status; the demo; the layers of the configuration.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::end_to_end::sha256;
use crate::support::daemon::{Office, office_with_demo};
use crate::support::letter::{ARRIVAL, letter};
use crate::support::mailhost::set_modified;
use crate::support::mailset::{Specimen, generate};

fn write_at(path: &Path, raw: &[u8], seconds: i64) {
    fs::write(path, raw).unwrap();
    set_modified(path, UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap()));
}

fn dispositions(office: &Office) -> BTreeMap<String, i64> {
    let rows = office.rows().rows("SELECT disposition, count(*) AS n FROM mailbox_entry GROUP BY 1");
    rows.iter().map(|row| (row["disposition"].clone(), row["n"].parse().unwrap())).collect()
}

fn expected<'a>(specimens: impl IntoIterator<Item = &'a Specimen>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for specimen in specimens {
        *counts.entry(specimen.expect.disposition.to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn import_files_eml_folders_mboxes_and_maildirs() {
    let office = Office::at_maildir();
    let specimens = generate(9, 30);
    let (eml, rest) = specimens.split_at(10);
    let (mbox, maildir) = rest.split_at(10);

    let folder = office.path().join("mails");
    fs::create_dir_all(folder.join("deeper")).unwrap();
    for (index, specimen) in eml.iter().enumerate() {
        let dir = if index % 2 == 0 { folder.clone() } else { folder.join("deeper") };
        write_at(&dir.join(format!("{index:02}.eml")), &specimen.raw, specimen.internal_date);
    }
    fs::write(folder.join("empty.eml"), "").unwrap();

    let mut text = Vec::new();
    for specimen in mbox {
        text.extend(b"From c@example.com Tue Mar 12 10:00:02 2024\n");
        // mboxrd: a line that begins like a separator is quoted.
        let raw = String::from_utf8_lossy(&specimen.raw).contains("\nFrom ");
        assert!(!raw, "the generated mail has no such line");
        text.extend(&specimen.raw);
        text.push(b'\n');
    }
    let mbox_path = office.path().join("old-mail.mbox");
    write_at(&mbox_path, &text, mbox[0].internal_date);

    let maildir_path = office.path().join("Maildir");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir_path.join(part)).unwrap();
    }
    for (index, specimen) in maildir.iter().enumerate() {
        let relative = match index % 2 {
            0 => format!("cur/{}:2,S", specimen.file),
            _ => format!("new/{}", specimen.file),
        };
        write_at(&maildir_path.join(relative), &specimen.raw, specimen.internal_date);
    }

    office.run_ok(&["import", "mails"]);
    let mut due = expected(eml);
    *due.entry("quarantined".to_owned()).or_default() += 1;
    assert_eq!(dispositions(&office), due);
    // Two paths in one command.
    office.run_ok(&["import", "old-mail.mbox", "Maildir"]);
    let mut due = expected(&specimens);
    due.insert("quarantined".to_owned(), 1);
    assert_eq!(dispositions(&office), due);

    let rows = office.rows();
    for specimen in eml.iter().chain(maildir) {
        let digest = sha256(&specimen.raw);
        let found = rows.rows(&format!("SELECT disposition FROM mailbox_entry WHERE sha256 = '{digest}'"));
        assert_eq!(found.len(), 1, "{}", specimen.what);
        assert_eq!(found[0]["disposition"], specimen.expect.disposition, "{}", specimen.what);
        let Some(filed) = &specimen.expect.submission else { continue };
        let basis = match filed.received_basis {
            "internaldate" => "file",
            other => other,
        };
        let message = rows.rows(&format!("SELECT received_basis FROM message WHERE sha256 = '{digest}'"));
        assert_eq!(message[0]["received_basis"], basis, "{}", specimen.what);
    }
    let submissions = specimens.iter().filter(|s| s.expect.submission.is_some()).count();
    let count = |table: &str| rows.count(&format!("SELECT count(*) FROM {table}"));
    assert_eq!(count("submission"), i64::try_from(submissions).unwrap());

    // Once more changes nothing that counts.
    let before = (count("submission"), count("message"), count("acknowledgement"));
    office.run_ok(&["import", "mails", "old-mail.mbox", "Maildir"]);
    assert_eq!(before, (count("submission"), count("message"), count("acknowledgement")));
    // The sources stay as they were.
    assert_eq!(fs::read_dir(maildir_path.join("new")).unwrap().count(), 5);
    assert_eq!(fs::read(&mbox_path).unwrap(), text);
}

#[test]
fn a_file_called_after_its_writer_is_not_named_in_the_log() {
    let office = Office::at_maildir();
    let folder = office.path().join("mails");
    fs::create_dir_all(&folder).unwrap();
    for name in ["王小明13800138000.eml", "wangxiaoming.eml", "13800138000.eml"] {
        fs::write(folder.join(name), "").unwrap();
    }
    let log = office.run_ok(&["-v", "import", "mails"]).stderr;
    assert_eq!(log.matches("uid=name-sha256-").count(), 3, "{log}");
    for word in ["王小明", "13800138000", "wangxiaoming"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM mailbox_entry WHERE uid = '王小明13800138000.eml'"), 1);
}

/// An archive holds a mail with other line ends, another folder with another `Received:` line.
#[test]
fn one_mail_that_came_over_two_ways_is_one_submission_and_answered_once() {
    let office = Office::at_maildir();
    let raw = letter(1).raw();
    let lf: Vec<u8> = raw.iter().copied().filter(|byte| *byte != b'\r').collect();
    let more =
        [b"Received: from b.example.com by a.example.com; Tue, 12 Mar 2024 10:00:01 +0800\r\n", &raw[..]]
            .concat();
    for (name, raw) in [("a.eml", &raw), ("b.eml", &lf), ("c.eml", &more)] {
        write_at(&office.path().join(name), raw, i64::try_from(ARRIVAL).unwrap());
        office.run_ok(&["import", name]);
    }
    let rows = office.rows().rows(
        "SELECT s.status, a.state, coalesce(a.reason, '') AS reason FROM submission s JOIN acknowledgement a ON a.submission_id = s.id ORDER BY s.id",
    );
    let found: Vec<_> = rows.iter().map(|row| (&*row["status"], &*row["state"], &*row["reason"])).collect();
    let again = ("duplicate", "withheld", "delivered_twice");
    assert_eq!(found, [("accepted", "queued", ""), again, again]);
}

#[test]
fn list_show_and_status_speak_json() {
    let office = Office::at_maildir();
    let specimens = generate(10, 40);
    for specimen in &specimens {
        let path = office.path().join("mailbox/cur").join(format!("{}:2,", specimen.file));
        write_at(&path, &specimen.raw, specimen.internal_date);
    }
    let once = office.run_ok(&["run", "--once"]);
    assert!(!once.stdout.trim().is_empty(), "run --once prints a summary");

    let rows = office.rows();
    let numbers = rows.rows("SELECT number FROM submission ORDER BY number");
    let list = office.json(&["list", "--json"]).to_string();
    for row in &numbers {
        assert!(list.contains(&row["number"]), "{} is not listed", row["number"]);
    }
    let with_phone =
        rows.rows("SELECT number FROM submission WHERE phones LIKE '%13800138000%' ORDER BY number LIMIT 1");
    let number = with_phone[0]["number"].as_str();
    let shown = office.json(&["show", number, "--json"]);
    assert!(shown.to_string().contains(number));
    // For people's eyes the phone is masked.
    for arguments in [&["list"][..], &["show", number]] {
        let finished = office.run_ok(arguments);
        assert!(finished.stdout.contains(number), "{finished:?}");
        assert!(!finished.stdout.contains("13800138000"), "{arguments:?} shows a phone: {finished:?}");
    }
    assert_ne!(office.run(&["show", "LNZX-2024-9999"]).code, Some(0));

    let status = office.json(&["status", "--json"]);
    assert!(status.is_object(), "{status}");
    office.run_ok(&["status"]);

    // Nothing was moved, and the answers that are due stand in the other Maildir.
    assert_eq!(fs::read_dir(office.path().join("mailbox/cur")).unwrap().count(), 40);
    let due = specimens.iter().filter(|s| s.expect.submission.as_ref().is_some_and(|f| f.answer.is_some()));
    let answers = fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
    assert_eq!(answers, due.count());
}

#[test]
fn later_layers_of_the_configuration_win() {
    let mut office = Office::at_maildir();
    fs::create_dir(office.path().join("conf.d")).unwrap();
    fs::write(office.path().join("conf.d/10-store.toml"), "[store]\npath = \"from-conf-d.sqlite3\"\n")
        .unwrap();
    office.run_ok(&["run", "--once"]);
    // A path stands relative to the file that it stands in.
    assert!(office.path().join("conf.d/from-conf-d.sqlite3").exists());
    assert!(!office.store_path().exists());

    let path = office.path().join("from-environment.sqlite3");
    office.environment("ZWFW_INTAKE__STORE__PATH", path.to_str().unwrap());
    office.run_ok(&["run", "--once"]);
    assert!(path.exists());
    office.environment("ZWFW_INTAKE__MAILBOX__POLL_INTERVAL", "soon");
    let finished = office.run(&["check"]);
    assert_eq!(finished.code, Some(78), "{finished:?}");
    assert!(finished.said().to_uppercase().contains("POLL_INTERVAL"), "{finished:?}");
}

/// What `cargo demo` does, on a copy of the shipped configuration.
#[test]
fn the_demo_files_and_answers_its_sample_mail() {
    let (office, demo) = office_with_demo();
    let run = |arguments: &[&str]| {
        let finished = office.start_with(&demo, arguments).finish(Duration::from_mins(1));
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished
    };
    run(&["check"]);
    let first = run(&["run", "--once"]);
    // What a person reads first is Chinese, and names what nobody could read.
    assert_eq!(first.stderr, "", "nothing before the summary");
    assert!(
        first.stdout.starts_with("待核：") && first.stdout.contains("封（view 其他邮件 列出）"),
        "{}",
        first.stdout
    );
    assert!(run(&["view", "其他邮件"]).stdout.contains("隔离待查"));
    // What was filed is counted once: a repetition has a row of its own below.
    let filed = |words: &str| {
        let behind = first.stdout.split(words).nth(1).unwrap_or_else(|| panic!("{words}: {}", first.stdout));
        behind.trim_start().chars().take_while(char::is_ascii_digit).collect::<String>()
    };
    assert_eq!(filed("（登记 "), filed("新登记 "), "{}", first.stdout);
    assert_eq!(filed("，重复 "), filed("（另有重复 "), "{}", first.stdout);
    let (_, end) = first.stdout.split_once("其中一封回执：").expect("a receipt is shown");
    assert!(end.contains("主题：自动回执") && end.contains("登记编号为LNZX-2024-"), "{end}");
    // What it says to look at next works as it is printed.
    let next: Vec<&str> = end.lines().filter(|line| line.contains(" --config ")).collect();
    assert!(next.len() >= 4, "{end}");
    for line in next {
        let words: Vec<&str> = line.split('#').next().unwrap().split_whitespace().collect();
        assert_eq!(words[..3], [env!("CARGO_BIN_EXE_zwfw-intake"), "--config", demo.to_str().unwrap()]);
        assert!(!run(&words[3..]).stdout.is_empty(), "{line}");
    }
    let dispositions = dispositions(&office);
    let total: i64 = dispositions.values().sum();
    assert!(total >= 12, "the demo has {total} messages: {dispositions:?}");
    for word in ["filed", "supplement", "duplicate", "not_ours", "automatic", "quarantined"] {
        assert!(dispositions.contains_key(word), "the demo shows no {word}: {dispositions:?}");
    }
    let sent = "SELECT count(*) FROM acknowledgement WHERE state = 'sent'";
    assert!(office.rows().count(sent) > 0, "the demo answers nobody");
    let dump = office.rows().dump();
    run(&["run", "--once"]);
    assert_eq!(dump, office.rows().dump());
    run(&["list"]);
}
