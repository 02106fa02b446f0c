//! Messages over the limits, and memory: 64 MiB and twice the largest message, whatever the mailbox holds.

use std::time::Duration;

use crate::end_to_end::sha256;
use crate::support::daemon::{Office, Security};
use crate::support::dovecot::INTAKE;
use crate::support::letter::{ARRIVAL, letter};
use crate::support::mailhost::Mailhost;
use crate::support::process::memory;
use crate::support::{long, wait_for};

const HANG: Duration = Duration::from_mins(20);
const MIB: usize = 1 << 20;

fn put(host: &Mailhost, n: usize, raw: &[u8]) {
    host.put(INTAKE, "INBOX", &format!("{ARRIVAL}.{n}.test"), "", i64::try_from(ARRIVAL).unwrap(), raw);
}

/// The most memory, in KiB, that the daemon used until everything was filed and answered.
fn peak(office: &Office, messages: usize) -> u64 {
    let mut daemon = office.start(&["run"]);
    let messages = i64::try_from(messages).unwrap();
    wait_for("everything filed and answered", HANG, || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        if !office.has_store() {
            return None;
        }
        let rows = office.rows();
        let through = rows.count("SELECT count(*) FROM mailbox_entry") == messages
            && rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'") == messages;
        through.then_some(())
    });
    let peak = memory(daemon.pid(), "VmHWM");
    daemon.terminate();
    assert_eq!(daemon.finish(Duration::from_mins(1)).code, Some(0));
    peak
}

fn office_at(host: &Mailhost) -> Office {
    let mut office = Office::at(host, Security::Tls, Security::Starttls);
    office.set("mailbox", "folders", "[\"INBOX\"]");
    office.set("acknowledgement.caps", "per_domain", 1_000_000);
    office.set("acknowledgement.caps", "per_hour", 1_000_000);
    office.set("acknowledgement.caps", "per_day", 1_000_000);
    office
}

/// What the program's own code and its expressions take when it is built without optimisation, in KiB: the bound is for release
/// builds.
const DEBUG_CODE: u64 = 50 * 1024;

#[test]
fn memory_is_bounded_for_many_small_messages() {
    let count = if long() { 10_000 } else { 1500 };
    // All of them together are larger than the bound: whatever is kept of each would be seen.
    let size = 90 * MIB / count;
    let host = Mailhost::start();
    for n in 1..=count {
        let mut letter = letter(n);
        letter.text.push_str(&"请加快办理，多设窗口，少跑腿，数据多跑路。\r\n".repeat(40));
        put(&host, n, &letter.with_attachment(n, size));
    }
    let peak = peak(&office_at(&host), count);
    println!("{count} messages with {size} bytes attached to each: {peak} KiB");
    assert!(peak <= 64 * 1024 + DEBUG_CODE, "{peak} KiB");
}

#[test]
fn memory_is_bounded_by_twice_the_largest_message() {
    // So large that one copy more than two would be seen.
    let size = 25 * MIB;
    let count = if long() { 4 } else { 2 };
    let host = Mailhost::start();
    let mut largest = 0;
    for n in 1..=count {
        let raw = letter(n).with_attachment(n, size);
        largest = largest.max(raw.len());
        put(&host, n, &raw);
    }
    let office = office_at(&host);
    let peak = peak(&office, count);
    println!("{count} messages of {largest} bytes: {peak} KiB");
    let bound = 64 * 1024 + DEBUG_CODE + 2 * largest as u64 / 1024;
    assert!(peak <= bound, "{peak} KiB, {bound} are the limit");
    assert_eq!(office.rows().count("SELECT count(*) FROM attachment"), i64::try_from(count).unwrap());
}

#[test]
fn an_oversize_message_is_filed_from_its_beginning_and_answered() {
    let host = Mailhost::start();
    let raw = letter(1).with_attachment(1, 3 * MIB);
    put(&host, 1, &raw);
    put(&host, 2, &letter(2).raw());
    let mut office = office_at(&host);
    office.set("limits", "message_bytes", MIB);
    office.set("limits", "oversize_fetch_bytes", 64 << 10);
    office.run_ok(&["run", "--once"]);
    host.wait_until_delivered();
    let rows = office.rows().rows(
        "SELECT s.flags, s.name, s.comment, m.sha256, m.size_bytes AS kept, e.size_bytes AS announced, e.sha256 AS entry, a.state
         FROM submission s JOIN message m ON m.id = s.message_id JOIN mailbox_entry e ON e.message_id = m.id
         JOIN acknowledgement a ON a.submission_id = s.id ORDER BY e.uid",
    );
    let [large, small] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(large["flags"], "[\"oversize\"]");
    assert_eq!((&*large["name"], &*large["state"]), ("王小明", "sent"));
    assert!(large["comment"].contains("这是第1条意见"), "{large:?}");
    // The digest is of what is kept; the size that the mailbox announced shows that it is not all.
    assert_eq!(large["kept"], (64 << 10).to_string());
    assert_eq!(large["announced"], raw.len().to_string());
    assert_eq!((&large["sha256"], &large["entry"]), (&sha256(&raw[..64 << 10]), &sha256(&raw[..64 << 10])));
    assert_eq!((&*small["flags"], &*small["state"]), ("[]", "sent"));
    assert_eq!(host.inbox("citizen1").len(), 1);
    // Nothing is fetched or answered again.
    office.run_ok(&["run", "--once"]);
    host.wait_until_delivered();
    assert_eq!(host.delivered_total(INTAKE), 2);
}

/// Some clients put the file before the words: the text then stands beyond what is read of the beginning.
#[test]
fn the_text_of_an_oversize_message_is_fetched_from_behind_its_attachment() {
    let host = Mailhost::start();
    let raw = String::from_utf8(letter(1).with_attachment(1, 3 * MIB)).unwrap();
    let [header, text, file, end] = &raw.split("--part").collect::<Vec<_>>()[..] else { panic!() };
    let inner = format!(
        "\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner{text}--inner\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--inner--\r\n"
    );
    for (n, behind) in [(1, *text), (2, &*inner)] {
        let raw = format!("{header}--part{file}--part{behind}--part{end}");
        put(
            &host,
            n,
            raw.replace("citizen1@", &format!("citizen{n}@"))
                .replace("letter-1@", &format!("letter-{n}@"))
                .as_bytes(),
        );
    }
    let mut office = office_at(&host);
    office.set("limits", "message_bytes", MIB);
    office.set("limits", "oversize_fetch_bytes", 64 << 10);
    office.run_ok(&["run", "--once"]);
    let rows = office.rows().rows(
        "SELECT s.flags, s.name, s.comment, t.filename, t.media_type, m.size_bytes AS kept, length(m.raw) AS packed
         FROM submission s JOIN message m ON m.id = s.message_id JOIN attachment t ON t.message_id = m.id ORDER BY s.id",
    );
    assert_eq!(rows.len(), 2, "{rows:?}");
    for row in &rows {
        assert_eq!((&*row["flags"], &*row["name"]), ("[\"oversize\"]", "王小明"));
        assert!(row["comment"].contains("这是第1条意见"), "{row:?}");
        assert_eq!((&*row["filename"], &*row["media_type"]), ("a.zip", "application/zip"));
        assert!(row["kept"].parse::<usize>().unwrap() < 80 << 10, "{row:?}");
    }
}

#[test]
fn more_parts_headers_or_attachments_than_are_read_leave_a_flag() {
    let office = {
        let mut office = Office::at_maildir();
        office.set("limits", "header_bytes", 16 << 10);
        office.set("limits", "text_bytes", 16 << 10);
        office.set("limits", "attachments", 5);
        office
    };
    let with = |n: usize, more_header: &str, more_text: &str, parts: usize| {
        let plain = String::from_utf8(letter(n).raw()).unwrap();
        let (header, text) = plain.split_once("\r\n\r\n").unwrap();
        let header = header.split("Content-Type:").next().unwrap();
        let part = "--p\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n";
        format!(
            "{header}Content-Type: multipart/mixed; boundary=p\r\n{more_header}\r\n--p\r\nContent-Type: text/plain; charset=utf-8\r\n\
             \r\n{text}{more_text}\r\n{}--p--\r\n",
            part.repeat(parts)
        )
    };
    for (n, raw) in [
        (1, with(1, "", "", 5)),
        (2, with(2, "", "", 6)),
        (3, with(3, &"X-Filler: 0123456789\r\n".repeat(1500), "", 0)),
        (4, with(4, "", &"多设窗口。\r\n".repeat(2000), 0)),
        (5, with(5, "", "", 12_000)),
    ] {
        std::fs::write(office.path().join(format!("mailbox/new/{ARRIVAL}.{n}")), raw).unwrap();
    }
    office.run_ok(&["run", "--once"]);
    let rows = office.rows().rows(
        "SELECT s.flags, s.from_address, (SELECT count(*) FROM attachment a WHERE a.message_id = s.message_id) AS attachments, k.state
         FROM submission s JOIN acknowledgement k ON k.submission_id = s.id ORDER BY s.from_address",
    );
    let found: Vec<(bool, &str, &str)> = rows
        .iter()
        .map(|row| (row["flags"].contains("oversize"), &*row["attachments"], &*row["state"]))
        .collect();
    let expected = [
        (false, "5", "sent"),
        (true, "5", "sent"),
        (true, "0", "sent"),
        (true, "0", "sent"),
        (true, "5", "sent"),
    ];
    assert_eq!(found, expected, "{rows:?}");
}
