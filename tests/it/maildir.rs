//! The Maildir: read without a trace, delivered to without a loss.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use zwfw_intake::config::Limits;
use zwfw_intake::maildir::{self, MaildirError};
use zwfw_intake::vocabulary::{EntryTime, EntryUid, OutboundMessage, SendOutcome};

fn limits() -> Limits {
    Limits {
        message_bytes: 1000,
        oversize_fetch_bytes: 100,
        batch_bytes: 8 << 20,
        batch_messages: 200,
        text_bytes: 2 << 20,
        header_bytes: 1 << 20,
        attachments: 200,
        step_timeout: Duration::from_secs(1),
        slowest_bytes_per_second: 10_240,
        pass_timeout: Duration::from_mins(1),
    }
}

fn maildir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["tmp", "new", "cur"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    dir
}

fn put(dir: &Path, name: &str, bytes: &[u8]) {
    fs::write(dir.join(name), bytes).unwrap();
}

/// Names, lengths and times of everything below a directory.
fn snapshot(dir: &Path) -> Vec<String> {
    let mut seen = Vec::new();
    for folder in ["tmp", "new", "cur"] {
        for file in fs::read_dir(dir.join(folder)).unwrap() {
            let file = file.unwrap();
            let about = file.metadata().unwrap();
            seen.push(format!("{} {} {:?}", file.path().display(), about.len(), about.modified().unwrap()));
        }
    }
    seen.sort();
    seen
}

#[test]
fn new_and_cur_are_listed_by_base_name_and_nothing_changes() {
    let dir = maildir();
    put(dir.path(), "new/1709254000.b.host", b"Subject: b\r\n\r\n");
    put(dir.path(), "cur/1709253000.a.host:2,RS", b"Subject: a\n\n");
    put(dir.path(), "cur/1709255000.c.host", b"");
    put(dir.path(), "tmp/1709256000.d.host", b"half a mess");
    put(dir.path(), "new/.hidden", b"x");
    fs::create_dir(dir.path().join("new/folder")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("new/1.link.host")).unwrap();
    let before = snapshot(dir.path());

    let entries = maildir::list(dir.path()).unwrap();
    let names: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.size_bytes)).collect();
    assert_eq!(names, [("1709253000.a.host", 12), ("1709254000.b.host", 14), ("1709255000.c.host", 0)]);

    let first = maildir::read(dir.path(), &entries[0], &limits()).unwrap().unwrap();
    assert_eq!(first.raw, b"Subject: a\n\n");
    assert_eq!(first.entry.uid, EntryUid::Name("1709253000.a.host".to_owned()));
    assert_eq!(
        (first.entry.folder.uid_validity, first.announced_size_bytes, first.truncated),
        (0, 12, false)
    );
    assert_eq!(first.time, Some(EntryTime::File(entries[0].modified)));
    assert_eq!(snapshot(dir.path()), before);
}

#[test]
fn a_file_that_moves_is_followed_and_one_that_vanishes_is_no_error() {
    let dir = maildir();
    put(dir.path(), "new/1.a.host", b"Subject: a\n\n");
    put(dir.path(), "new/2.b.host", b"Subject: b\n\n");
    let entries = maildir::list(dir.path()).unwrap();
    fs::rename(dir.path().join("new/1.a.host"), dir.path().join("cur/1.a.host:2,S")).unwrap();
    fs::remove_file(dir.path().join("new/2.b.host")).unwrap();
    let read = |index: usize| maildir::read(dir.path(), &entries[index], &limits()).unwrap();
    assert_eq!(read(0).unwrap().raw, b"Subject: a\n\n");
    assert!(read(1).is_none());
    // Flags change again, within cur.
    fs::rename(dir.path().join("cur/1.a.host:2,S"), dir.path().join("cur/1.a.host:2,RS")).unwrap();
    let seen = maildir::list(dir.path()).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].name, entries[0].name);
}

#[test]
fn a_message_seen_in_both_folders_is_one() {
    let dir = maildir();
    put(dir.path(), "new/1.a.host", b"x");
    put(dir.path(), "cur/1.a.host:2,", b"x");
    assert_eq!(maildir::list(dir.path()).unwrap().len(), 1);
}

#[test]
fn an_oversize_message_is_read_in_its_beginning() {
    let dir = maildir();
    put(dir.path(), "new/1.exact.host", &[b'x'; 1000]);
    put(dir.path(), "new/2.over.host", &[b'x'; 1001]);
    let entries = maildir::list(dir.path()).unwrap();
    let read = |index: usize| maildir::read(dir.path(), &entries[index], &limits()).unwrap().unwrap();
    let exact = read(0);
    assert_eq!((exact.raw.len(), exact.truncated), (1000, false));
    let over = read(1);
    assert_eq!((over.raw.len(), over.truncated, over.announced_size_bytes), (100, true, 1001));
}

#[test]
fn no_maildir_is_one_clear_line() {
    let dir = tempfile::tempdir().unwrap();
    let error = maildir::list(&dir.path().join("missing")).unwrap_err();
    assert!(matches!(error, MaildirError::NotMaildir(_)) && !error.is_transient());
    assert!(error.to_string().contains("neither a folder new nor a folder cur"), "{error}");
    // Half a Maildir is one: a fresh one may lack cur.
    fs::create_dir(dir.path().join("new")).unwrap();
    assert!(maildir::list(dir.path()).unwrap().is_empty());
}

#[test]
fn deliveries_appear_complete_and_under_names_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("not/yet/there");
    let message = OutboundMessage {
        envelope_from: None,
        envelope_to: "zhang@example.com".to_owned(),
        message_id: "1@example.com".to_owned(),
        octets: b"Subject: =?utf-8?B?5Zue5omn?=\r\n\r\nhello\r\n".to_vec(),
    };
    let now: Timestamp = "2024-03-12T02:00:02.123456Z".parse().unwrap();
    for unique in 0..3 {
        let outcome = maildir::deliver(&target, &message, now, unique);
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    }
    let entries = maildir::list(&target).unwrap();
    assert_eq!(entries.len(), 3);
    for entry in &entries {
        assert_eq!(fs::read(&entry.path).unwrap(), message.octets);
        assert_eq!(fs::metadata(&entry.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(target.join("tmp")).unwrap().count(), 0);
    // A file stands where the Maildir should be made.
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let outcome = maildir::deliver(&file, &message, now, 9);
    assert!(matches!(outcome, SendOutcome::Unavailable { .. }), "{outcome:?}");
}
