//! The main job on real servers: mail in a Dovecot mailbox, one pass, rows in the store, answers in the
//! citizens' own mailboxes.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use crate::support::daemon::{Office, Security};
use crate::support::dovecot::INTAKE;
use crate::support::mailhost::Mailhost;
use crate::support::mailset::{FOLDERS, Filed, Specimen, TITLE, generate};
use crate::support::sql::{Row, Rows};
use crate::support::{field, hex, long, wait_for};

/// Puts generated mail into the office's mailbox.
pub(crate) fn fill(host: &Mailhost, specimens: &[Specimen]) {
    for (index, specimen) in specimens.iter().enumerate() {
        let (folder, _) = FOLDERS[specimen.folder];
        let Specimen { file, flags, internal_date, raw, .. } = specimen;
        // A tenth stands where a delivery leaves it, so that a SELECT instead of an EXAMINE would show.
        if index % 10 == 9 {
            host.put_new(INTAKE, folder, file, *internal_date, raw);
        } else {
            host.put(INTAKE, folder, file, flags, *internal_date, raw);
        }
    }
}

pub(crate) fn sha256(raw: &[u8]) -> String {
    hex(&Sha256::digest(raw), "").to_lowercase()
}

/// How many acknowledgements have to arrive.
pub(crate) fn answers_due(specimens: &[Specimen]) -> usize {
    specimens.iter().filter_map(|s| s.expect.submission.as_ref()).filter(|f| f.answer.is_some()).count()
}

#[test]
fn one_pass_over_a_thousand_mixed_messages_files_and_answers_each_once() {
    let count = if long() { 5000 } else { 1000 };
    let host = Mailhost::start();
    let specimens = generate(1, count);
    fill(&host, &specimens);
    let before = host.snapshot(INTAKE);
    let mut office = Office::at(&host, Security::Tls, Security::Starttls);
    // All citizens are of one domain.
    office.set("acknowledgement.caps", "per_domain", 1_000_000);
    office.set("acknowledgement.caps", "per_hour", 1_000_000);
    office.set("acknowledgement.caps", "per_day", 1_000_000);

    let first = office.run_ok(&["run", "--once"]);
    println!("first pass over {count}: {:?}\n{}", first.took, first.stdout);
    host.wait_until_delivered();
    let rows = office.rows();
    let faults = check(&specimens, &rows, &host);
    assert!(faults.is_empty(), "{} faults, the first of them:\n{}", faults.len(), summary(&faults));
    assert_eq!(before, host.snapshot(INTAKE), "the pass changed the mailbox");

    let dump = rows.dump();
    let second = office.run_ok(&["run", "--once"]);
    println!("second pass: {:?}", second.took);
    host.wait_until_delivered();
    assert_eq!(dump, rows.dump(), "the second pass changed the store");
    assert_eq!(host.delivered_total(INTAKE), answers_due(&specimens), "the second pass sent mail");
    assert_eq!(before, host.snapshot(INTAKE));
}

/// As many faults as one wants to read.
pub(crate) fn summary(faults: &[String]) -> String {
    faults.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Everything that differs between what had to become of the messages and what did.
pub(crate) fn check(specimens: &[Specimen], rows: &Rows, host: &Mailhost) -> Vec<String> {
    let mut faults = Vec::new();
    let mut entries: HashMap<(String, String), Vec<Row>> = HashMap::new();
    for row in rows.rows("SELECT * FROM mailbox_entry") {
        entries.entry((row["folder"].clone(), row["sha256"].clone())).or_default().push(row);
    }
    let mut submissions: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows.rows(
        "SELECT s.*, m.sha256 AS message_sha256, m.received_basis, m.rfc822_message_id
         FROM submission s JOIN message m ON m.id = s.message_id",
    ) {
        submissions.entry(row["message_sha256"].clone()).or_default().push(row);
    }
    let mut acknowledgements: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows.rows("SELECT * FROM acknowledgement") {
        acknowledgements.entry(row["submission_id"].clone()).or_default().push(row);
    }
    let mut attachments: HashMap<String, Vec<Row>> = HashMap::new();
    for row in rows.rows("SELECT * FROM attachment") {
        attachments.entry(row["message_id"].clone()).or_default().push(row);
    }
    let mut numbers: Vec<&str> = submissions.values().flatten().map(|row| &*row["number"]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let filed = specimens.iter().filter(|s| s.expect.submission.is_some()).count();
    if numbers.len() != filed || submissions.values().map(Vec::len).sum::<usize>() != filed {
        faults.push(format!("{} numbers for {filed} submissions", numbers.len()));
    }
    let total = rows.count("SELECT count(*) FROM mailbox_entry");
    if usize::try_from(total).unwrap() != specimens.len() {
        faults.push(format!("{total} entries for {} messages", specimens.len()));
    }

    let inboxes: BTreeMap<&str, Vec<Vec<u8>>> =
        specimens.iter().map(|s| (&*s.sender, host.inbox(s.sender.split('@').next().unwrap()))).collect();
    for specimen in specimens {
        let mut fault = |text: String| faults.push(format!("{}: {text}", specimen.what));
        let digest = sha256(&specimen.raw);
        let (_, folder) = FOLDERS[specimen.folder];
        let found = entries.get(&(folder.to_owned(), digest.clone())).map_or(&[][..], Vec::as_slice);
        let [entry] = found else {
            fault(format!("{} entries", found.len()));
            continue;
        };
        if entry["disposition"] != specimen.expect.disposition {
            let reason = entry.get("reason");
            fault(format!("{} ({reason:?}), not {}", entry["disposition"], specimen.expect.disposition));
        }
        let Some(expected) = &specimen.expect.submission else {
            if specimen.expect.disposition == "not_ours" && entry.contains_key("message_id") {
                fault("its bytes are kept".to_owned());
            }
            continue;
        };
        let found = submissions.get(&digest).map_or(&[][..], Vec::as_slice);
        let [row] = found else {
            fault(format!("{} submissions", found.len()));
            continue;
        };
        check_submission(specimen, expected, row, &mut fault);
        if let Some(filename) = &expected.attachment {
            let names: Vec<_> = attachments
                .get(&row["message_id"])
                .into_iter()
                .flatten()
                .map(|a| a.get("filename"))
                .collect();
            if names != [Some(filename)] {
                fault(format!("attachments {names:?}, not {filename}"));
            }
        }
        let found = acknowledgements.get(&row["id"]).map_or(&[][..], Vec::as_slice);
        let [acknowledgement] = found else {
            fault(format!("{} acknowledgements", found.len()));
            continue;
        };
        check_answer(specimen, expected, row, acknowledgement, &inboxes[&*specimen.sender], &mut fault);
    }
    let (delivered, due) = (host.delivered_total(INTAKE), answers_due(specimens));
    if delivered != due {
        faults.push(format!("{delivered} answers arrived, {due} were due"));
    }
    faults
}

fn check_submission(specimen: &Specimen, expected: &Filed, row: &Row, fault: &mut impl FnMut(String)) {
    let received_at = row.get("received_at").and_then(|text| text.parse::<Timestamp>().ok());
    if received_at.map(Timestamp::as_second) != Some(expected.received_at) {
        let due = Timestamp::from_second(expected.received_at).unwrap();
        fault(format!("received at {:?}, not {due}", row.get("received_at")));
    }
    for (column, due) in [
        ("consultation", "liaoning-2024-gxbc"),
        ("status", expected.status),
        ("subject_match", expected.subject_match),
        ("timeliness", expected.timeliness),
        ("received_basis", expected.received_basis),
        ("from_address", &*specimen.sender),
        ("rfc822_message_id", &*specimen.message_id),
    ] {
        let value = row.get(column).map_or("NULL", |value| value.trim_matches(['<', '>']));
        if value != due {
            fault(format!("{column} is {value}, not {due} (review_reasons {:?})", row.get("review_reasons")));
        }
    }
    let list = |column: &str| -> Vec<String> {
        row.get(column).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    };
    for (column, due) in [("review_reasons", expected.review_reason), ("flags", expected.flag)] {
        if due.is_some_and(|due| !list(column).iter().any(|word| word == due)) {
            fault(format!("{column} {:?} lacks {due:?}", list(column)));
        }
    }
    if (expected.status == "duplicate") != row.contains_key("duplicate_of") {
        fault(format!("duplicate_of is {:?}", row.get("duplicate_of")));
    }
    let full_text = row.get("full_text").map_or("", |text| text);
    for text in &expected.texts {
        if !full_text.contains(text) {
            fault(format!("the text lacks {text}: {full_text:?}"));
        }
    }
    if let Some([name, occupation, phone]) = &expected.details {
        let found = [row.get("name"), row.get("occupation")];
        if found != [Some(name), Some(occupation)] || list("phones") != [phone.clone()] {
            fault(format!("details {found:?} {:?}, not {name} {occupation} {phone}", list("phones")));
        }
    }
}

fn check_answer(
    specimen: &Specimen,
    expected: &Filed,
    row: &Row,
    acknowledgement: &Row,
    inbox: &[Vec<u8>],
    fault: &mut impl FnMut(String),
) {
    let thread = format!("<{}>", specimen.message_id);
    let answers: Vec<_> = inbox.iter().filter(|raw| field(raw, "In-Reply-To") == thread).collect();
    let state = &*acknowledgement["state"];
    let reason = acknowledgement.get("reason");
    let Some(kind) = expected.answer else {
        if state != "withheld" || reason.is_none() || !answers.is_empty() {
            fault(format!("answer {state} for {reason:?}, {} arrived; none was due", answers.len()));
        }
        return;
    };
    if state != "sent" || acknowledgement["kind"] != kind || acknowledgement["recipient"] != specimen.sender {
        fault(format!("answer not as due ({kind}): {acknowledgement:?}"));
    }
    let [raw] = answers.as_slice() else {
        fault(format!("{} answers arrived", answers.len()));
        return;
    };
    let answer = MessageParser::default().parse(raw).unwrap();
    let own_id = acknowledgement.get("rfc822_message_id").map_or("", |id| id.trim_matches(['<', '>']));
    if answer.message_id() != Some(own_id) {
        fault(format!("the answer's Message-ID {:?} is not the stored {own_id}", answer.message_id()));
    }
    let marks = [field(raw, "Auto-Submitted"), field(raw, "X-Auto-Response-Suppress")];
    if marks != ["auto-replied", "All"] {
        fault(format!("the answer's marks are {marks:?}"));
    }
    let subject = answer.subject().unwrap_or_default();
    // The answer to a repeated letter bears the first one's number, in its subject too.
    let is_named = subject.starts_with(&format!("自动回执〔{}〕", row["number"]));
    let is_repeated = expected.status == "duplicate" && subject.starts_with("自动回执〔LNZX-2024-");
    if !is_named && !is_repeated || subject.contains(TITLE) {
        fault(format!("the answer's subject is {subject}"));
    }
    let text = answer.body_text(0).unwrap_or_default();
    let named = expected.status == "duplicate" || text.contains(&row["number"]);
    if !named || !text.contains("LNZX-2024-") || text.contains("13800138000") || text.contains("标记") {
        fault(format!("the answer says {text}"));
    }
}

#[test]
fn every_protection_of_the_connections_works() {
    let host = Mailhost::start();
    let specimens = generate(2, 10);
    fill(&host, &specimens);
    for (imap, smtp) in [
        (Security::Tls, Security::Tls),
        (Security::Starttls, Security::Starttls),
        (Security::Plaintext, Security::Plaintext),
    ] {
        host.clear_citizens(INTAKE);
        let office = Office::at(&host, imap, smtp);
        office.run_ok(&["run", "--once"]);
        host.wait_until_delivered();
        let faults = check(&specimens, &office.rows(), &host);
        assert!(faults.is_empty(), "{imap:?} {smtp:?}: {}", summary(&faults));
        let live = office.run(&["check", "--live"]);
        assert_eq!(live.code, Some(0), "{imap:?} {smtp:?}: {live:?}");
    }
}

/// A matching letter with the time of now, for a consultation that is still open.
fn letter(number: usize, extra: &str) -> Vec<u8> {
    format!(
        "From: c{number:05}@example.com\r\nTo: zwfw@ln.gov.cn\r\nSubject: 《{TITLE}》意见建议\r\n{extra}\
         Message-ID: <live{number}@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         建议第{number}个窗口延长服务时间。\r\n"
    )
    .into_bytes()
}

#[test]
fn the_daemon_answers_what_arrives_and_stops_when_told() {
    let host = Mailhost::start();
    for idle in [true, false] {
        host.clear_citizens(INTAKE);
        let base = if idle { 1 } else { 101 };
        let mut office = Office::at(&host, Security::Tls, Security::Starttls);
        office.set("mailbox", "idle", idle);
        office.open_until("2099-12-31");
        let socket_path = office.path().join("notify");
        let socket = UnixDatagram::bind(&socket_path).unwrap();
        socket.set_nonblocking(true).unwrap();
        office.environment("NOTIFY_SOCKET", socket_path.to_str().unwrap());
        office.environment("WATCHDOG_USEC", "30000000");
        let mut told = String::new();
        let mut listen = || {
            let mut buffer = [0; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                told += &String::from_utf8_lossy(&buffer[..length]);
                told.push('\n');
            }
            told.clone()
        };

        let mut daemon = office.start(&["run"]);
        wait_for("READY=1", Duration::from_secs(20), || {
            assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
            listen().lines().any(|line| line == "READY=1").then_some(())
        });
        // Mail that comes in while it runs.
        let started = Instant::now();
        host.deliver("c00001@example.com", "intake@example.test", &letter(base, ""));
        let answer = wait_for("the acknowledgement", Duration::from_secs(30), || {
            host.inbox(&format!("c{base:05}")).pop()
        });
        println!("idle {idle}: answered after {:?}", started.elapsed());
        wait_for("a watchdog ping", Duration::from_secs(20), || {
            listen().lines().any(|line| line == "WATCHDOG=1").then_some(())
        });

        // A reply to the acknowledgement supplements the submission.
        let thread = format!("In-Reply-To: {}\r\n", field(&answer, "Message-ID"));
        let reply = String::from_utf8(letter(base, &thread)).unwrap();
        let reply = reply
            .replace(&format!("live{base}@"), &format!("reply{base}@"))
            .replace("建议第", "再补充一点：希望第");
        host.deliver("c00001@example.com", "intake@example.test", reply.as_bytes());
        let rows = office.rows();
        wait_for("the supplement", Duration::from_secs(30), || {
            let filed = "SELECT count(*) FROM mailbox_entry WHERE disposition = 'supplement'";
            (rows.count(filed) == 1).then_some(())
        });

        // A burst.
        for number in base + 1..base + 21 {
            host.deliver("c00001@example.com", "intake@example.test", &letter(number, ""));
        }
        wait_for("twenty acknowledgements", Duration::from_mins(1), || {
            assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
            let inboxes = base + 1..base + 21;
            inboxes.into_iter().all(|n| host.inbox(&format!("c{n:05}")).len() == 1).then_some(())
        });

        daemon.terminate();
        let finished = daemon.finish(Duration::from_secs(5));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(listen().lines().any(|line| line == "STOPPING=1"), "{}", listen());
        drop(rows);
        // What one daemon filed, the next one leaves alone.
        let sent = host.delivered_total(INTAKE);
        let dump = office.rows().dump();
        office.run_ok(&["run", "--once"]);
        assert_eq!(dump, office.rows().dump());
        host.wait_until_delivered();
        assert_eq!(sent, host.delivered_total(INTAKE));
    }
}

#[test]
fn an_smtp_server_that_is_down_delays_answers_and_loses_none() {
    let mut host = Mailhost::start();
    let specimens = generate(3, 20);
    fill(&host, &specimens);
    let mut office = Office::at(&host, Security::Tls, Security::Starttls);
    office.text("limits", "step_timeout", "5s");
    host.stop_exim();
    let finished = office.run(&["run", "--once"]);
    assert!(matches!(finished.code, Some(69 | 75)), "{finished:?}");
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM mailbox_entry"), 20, "mail is filed all the same");
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 0);
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'failed'"), 0);

    host.run_exim();
    // The next attempt comes after a back-off, so the daemon has to be given some time.
    let daemon = office.start(&["run"]);
    let due = answers_due(&specimens);
    wait_for("the delayed answers", Duration::from_mins(2), || {
        (host.delivered_total(INTAKE) == due).then_some(())
    });
    daemon.terminate();
    assert_eq!(daemon.finish(Duration::from_secs(5)).code, Some(0));
    let faults = check(&specimens, &rows, &host);
    assert!(faults.is_empty(), "{}", summary(&faults));
}
