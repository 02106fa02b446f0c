//! Files of a Maildir: names that are bytes, and files that are read before they are whole.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use serde_json::Value;

use super::{at_rest, count, filed, message, once};
use crate::imap::imap_server::Setup;
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

#[test]
fn names_that_differ_in_bytes_that_are_no_utf8_are_two_letters() {
    let office = Office::at_maildir();
    let new = office.path().join("mailbox/new");
    for (n, host) in [(1, &b"\xd5\xc5\xc8\xfd"[..]), (2, b"\xc0\xee\xcb\xc4")] {
        let name = [b"1710208802.M1P1.".as_slice(), host].concat();
        fs::write(new.join(OsStr::from_bytes(&name)), letter(n).raw()).unwrap();
    }
    for _ in 0..2 {
        office.run_ok(&["run", "--once"]);
        assert_eq!(filed(&office), 2);
    }
    assert_eq!(count(&office, "SELECT count(DISTINCT uid) FROM mailbox_entry"), 2);
    let reconciled = office.run_ok(&["reconcile"]);
    assert!(reconciled.stdout.contains("邮箱现有 2"), "{reconciled:?}");
}

/// The last thing that it says is where to call.
fn long() -> Letter {
    let more = "三、证件可以邮寄到家，请公布邮寄的费用。\r\n".repeat(40);
    let text = format!(
        "一、建议延长办理时间。\r\n二、建议增加自助终端。\r\n{more}姓名：王小明\r\n职业：教师\r\n电话：13800138000\r\n"
    );
    Letter { text, ..letter(1) }
}

fn file(office: &Office, n: usize) -> PathBuf {
    office.path().join(format!("mailbox/new/1710208802.M{n}P1.host"))
}

/// Whatever was read first, the record is at rest with all of it: each check is 0, and the rules would change nothing.
#[track_caller]
fn rests(office: &Office, letters: i64) {
    office.run_ok(&["reconcile"]);
    office.run_ok(&["verify", "--replay"]);
    assert_eq!(office.run(&["stats"]).code, Some(0));
    let replayed = office.run_ok(&["reprocess"]);
    assert!(replayed.said().contains("无变化"), "{replayed:?}");
    office.run_ok(&["run", "--once"]);
    assert_eq!(filed(office), letters);
    assert_eq!(count(office, "SELECT count(*) FROM mailbox_entry WHERE disposition = 'quarantined'"), 0);
}

#[track_caller]
fn said(office: &Office, number: usize) -> Value {
    office.json(&["show", &format!("LNZX-2024-{number:04}"), "--json"])
}

/// One number, one answer, and all that the citizen wrote, wherever the first reading ended.
#[test]
fn a_letter_that_was_read_while_it_was_written_is_one_letter() {
    let raw = long().raw();
    let header = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    for (first, is_looked_at) in [
        (0, true),
        (3, false),
        (header / 2, false),
        (header - 10, true),
        (header + 4, false),
        (raw.len() / 2, true),
        (raw.len() - 1, false),
    ] {
        let office = Office::at_maildir();
        for end in [first, raw.len()] {
            fs::write(file(&office, 1), &raw[..end]).unwrap();
            office.run_ok(&["run", "--once"]);
        }
        assert_eq!(filed(&office), 1, "{first}");
        let kept =
            count(&office, "SELECT size_bytes FROM message AS m JOIN submission AS s ON s.message_id = m.id");
        assert_eq!(kept, i64::try_from(raw.len()).unwrap(), "{first}");
        let phones = "SELECT count(*) FROM submission WHERE phones = '[\"13800138000\"]'";
        assert_eq!(count(&office, phones), 1, "{first}");
        assert_eq!(count(&office, "SELECT count(*) FROM acknowledgement"), 1, "{first}");
        assert_eq!(fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count(), 1, "{first}");
        if is_looked_at {
            rests(&office, 1);
        }
    }
}

/// The event keeps the digest of what was read first, and the log says what happened.
#[test]
fn what_was_read_first_can_be_told() {
    let office = Office::at_maildir();
    let raw = long().raw();
    fs::write(file(&office, 1), &raw[..raw.len() / 2]).unwrap();
    office.run_ok(&["run", "--once"]);
    let first = office.rows().rows("SELECT sha256 FROM message").remove(0)["sha256"].clone();
    fs::write(file(&office, 1), &raw).unwrap();
    let finished = office.run_ok(&["run", "--once"]);
    assert!(finished.stdout.contains("1 封上次只读到一部分"), "{finished:?}");
    assert!(finished.stderr.contains("longer than what was read before"), "{finished:?}");
    let events = office.rows().rows("SELECT detail FROM event WHERE action = 'grew'");
    assert_eq!(events.len(), 1);
    assert!(events[0]["detail"].contains(&first), "{events:?}");
}

/// What a person corrected on the half stays; what was denied stays denied; where items were worked on and the whole has
/// others, a person looks again.
#[test]
fn what_staff_did_with_the_half_stays() {
    let raw = long().raw();
    let begun = || {
        let office = Office::at_maildir();
        office.open_until("2099-12-31");
        fs::write(file(&office, 1), &raw[..raw.len() - 60]).unwrap();
        office.run_ok(&["run", "--once"]);
        office
    };
    let whole = |office: &Office| {
        fs::write(file(office, 1), &raw).unwrap();
        office.run_ok(&["run", "--once"]);
        assert_eq!(filed(office), 1);
        office.run_ok(&["verify"]);
        said(office, 1)
    };
    let number = "LNZX-2024-0001";
    let office = begun();
    office.run_ok(&["correct", number, "name", "王晓明"]);
    whole(&office);
    assert_eq!(count(&office, "SELECT count(*) FROM submission WHERE name = '王晓明'"), 1);

    let office = begun();
    office.run_ok(&["review", "deny", number, "--note", "与本次征求意见无关"]);
    assert_eq!(whole(&office)["status"], "denied");

    let office = begun();
    office.run_ok(&["correct", number, "text", "建议延长办理时间至晚八点。", "--item", "1"]);
    let shown = whole(&office);
    assert_eq!(shown["opinions"][0]["text"], "建议延长办理时间至晚八点。", "{shown}");
}

/// A file that another letter was put into, and one that a tool wrote anew with a line in front, are what they were.
#[test]
fn bytes_that_do_not_go_on_are_kept_beside_the_first() {
    for (other, letters) in
        [(letter(2).raw(), 2), ([b"X-Scanned: clean\r\n".as_slice(), &long().raw()].concat(), 1)]
    {
        let office = Office::at_maildir();
        for raw in [&long().raw(), &other] {
            fs::write(file(&office, 1), raw).unwrap();
            office.run_ok(&["run", "--once"]);
        }
        assert_eq!(filed(&office), letters);
        assert_eq!(count(&office, "SELECT count(*) FROM event WHERE action = 'grew'"), 0);
        rests(&office, letters);
    }
}

#[test]
fn a_letter_that_lost_its_end_stays_whole_in_the_record() {
    let office = Office::at_maildir();
    let raw = long().raw();
    for end in [raw.len(), raw.len() / 2, 0] {
        fs::write(file(&office, 1), &raw[..end]).unwrap();
        office.run_ok(&["run", "--once"]);
        assert_eq!(count(&office, "SELECT size_bytes FROM message"), i64::try_from(raw.len()).unwrap());
        rests(&office, 1);
    }
}

/// Two that were met while nothing was in them yet are the same bytes, and two letters.
#[test]
fn two_files_that_were_empty_at_first_are_two_letters() {
    let office = Office::at_maildir();
    for n in [1, 2] {
        fs::write(file(&office, n), b"").unwrap();
    }
    office.run_ok(&["run", "--once"]);
    for n in [2, 1] {
        fs::write(file(&office, n), letter(n).raw()).unwrap();
        office.run_ok(&["run", "--once"]);
    }
    assert_eq!(filed(&office), 2);
    assert_eq!(count(&office, "SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 2);
    rests(&office, 2);
}

/// A supplement grows where it is, and its submission is not answered once more.
#[test]
fn a_reply_that_was_read_while_it_was_written_is_one_supplement() {
    let office = Office::at_maildir();
    fs::write(file(&office, 1), letter(1).raw()).unwrap();
    office.run_ok(&["run", "--once"]);
    let mut reply = letter(1);
    reply.message_id = "reply@example.com".to_owned();
    reply.subject = "补充意见 LNZX-2024-0001".to_owned();
    reply.text = "补充一条：建议公布各窗口的电话。\r\n再补充一条：建议设置导办人员。\r\n".to_owned();
    let raw = reply.raw();
    for end in [raw.len() - 50, raw.len()] {
        fs::write(file(&office, 2), &raw[..end]).unwrap();
        office.run_ok(&["run", "--once"]);
    }
    assert_eq!(count(&office, "SELECT count(*) FROM supplement WHERE full_text LIKE '%导办人员%'"), 1);
    assert_eq!(count(&office, "SELECT count(*) FROM acknowledgement WHERE kind = 'supplement'"), 1);
    rests(&office, 1);
}

/// What is for no consultation by its beginning is judged by all of it.
#[test]
fn mail_that_is_for_nobody_leaves_one_row_however_often_it_grows() {
    let office = Office::at_maildir();
    let other = Letter {
        subject: "本周菜单".to_owned(),
        text: "周一供应面条，周二供应米饭，请各位提前预订。\r\n".repeat(4),
        ..letter(1)
    };
    let raw = other.raw();
    for end in [raw.len() - 60, raw.len() - 30, raw.len()] {
        fs::write(file(&office, 1), &raw[..end]).unwrap();
        office.run_ok(&["run", "--once"]);
    }
    let rows = office.rows().rows("SELECT disposition, size_bytes FROM mailbox_entry");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&*rows[0]["disposition"], &*rows[0]["size_bytes"]), ("not_ours", &*raw.len().to_string()));
    rests(&office, 0);

    // Of which not even the subject had come: it has a number, and a person decides.
    let office = Office::at_maildir();
    for end in [60, raw.len()] {
        fs::write(file(&office, 1), &raw[..end]).unwrap();
        office.run_ok(&["run", "--once"]);
    }
    assert_eq!((filed(&office), said(&office, 1)["status"].as_str()), (1, Some("review")));
    assert_eq!(count(&office, "SELECT count(*) FROM mailbox_entry"), 1);
    office.run_ok(&["verify"]);
}

#[test]
fn an_imported_file_and_an_mbox_that_grew_bring_no_second_number() {
    let office = Office::at_maildir();
    let (eml, mbox) = (office.path().join("a.eml"), office.path().join("mbox"));
    let raw = long().raw();
    let mut box_of_two = b"From a@example.com Tue Mar 12 02:00:02 2024\n".to_vec();
    box_of_two.extend(letter(2).raw());
    box_of_two.extend(b"\r\nFrom a@example.com Tue Mar 12 02:00:03 2024\n");
    box_of_two.extend(letter(3).raw());
    for part in [2, 1] {
        fs::write(&eml, &raw[..raw.len() / part]).unwrap();
        fs::write(&mbox, &box_of_two[..box_of_two.len() - (part - 1) * 40]).unwrap();
        office.run_ok(&["import", eml.to_str().unwrap(), mbox.to_str().unwrap()]);
        assert_eq!(filed(&office), 3);
    }
    assert_eq!(count(&office, "SELECT count(*) FROM event WHERE action = 'grew'"), 2);
    let again = office.run_ok(&["import", eml.to_str().unwrap(), mbox.to_str().unwrap()]);
    assert!(again.stdout.contains("以前已导入：3 封"), "{again:?}");
    assert_eq!(count(&office, "SELECT count(*) FROM submission WHERE phones = '[\"13800138000\"]'"), 3);
    office.run_ok(&["verify", "--replay"]);
}

/// The same from a server that handed over the beginning at first, with its size, and the whole letter later.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_a_server_cut_off_at_first_is_one_letter() {
    let raw = long().raw();
    let mut office = Office::over_imap(1);
    let mut setup = Setup::default();
    for end in [raw.len() / 2, raw.len(), raw.len() / 3] {
        setup.messages = vec![message(10, raw[..end].to_vec())];
        let finished = once(&mut office, setup.clone()).await;
        assert_eq!((finished.code, filed(&office)), (Some(0), 1), "{finished:?}");
        let kept = count(&office, "SELECT size_bytes FROM message");
        assert_eq!(
            kept,
            i64::try_from(raw.len().min(if end == raw.len() / 2 { end } else { raw.len() })).unwrap()
        );
        at_rest(&mut office, setup.clone()).await;
    }
    assert_eq!(count(&office, "SELECT count(*) FROM acknowledgement"), 1);
}

#[test]
fn a_name_that_was_mistyped_is_asked_for_by_nobody() {
    let office = Office::at_maildir();
    fs::write(file(&office, 1), letter(1).raw()).unwrap();
    office.run_ok(&["run", "--once"]);
    let refused = office.run(&["refetch", "INBOX", "1710208802.M2P1.host"]);
    assert_eq!(refused.code, Some(64), "{refused:?}");
    assert!(refused.stderr.contains("M2P1"), "{refused:?}");
    assert_eq!(count(&office, "SELECT count(*) FROM gap"), 0);
    rests(&office, 1);
    office.run_ok(&["refetch", "INBOX", "1710208802.M1P1.host"]);
}

/// The subject before the sender, as many programs write it: what is cut off may be whom to answer.
fn subject_first() -> Vec<u8> {
    let raw = String::from_utf8(long().raw()).unwrap();
    let (from, rest) = raw.split_once("\r\n").unwrap();
    let (subject, rest) = rest.split_once("MIME-Version").unwrap();
    format!("{subject}{from}\r\nMIME-Version{rest}").into_bytes()
}

fn answered(office: &Office) -> Vec<(String, String)> {
    let rows =
        office.rows().rows("SELECT state, coalesce(recipient, '') AS whom FROM acknowledgement ORDER BY id");
    rows.iter().map(|row| (row["state"].clone(), row["whom"].clone())).collect()
}

fn delivered_to(office: &Office, address: &str) -> usize {
    let new = office.path().join("acknowledgement/new");
    let to = |text: &str| text.lines().any(|line| line.starts_with("To:") && line.contains(address));
    let files = fs::read_dir(new).into_iter().flatten();
    files.filter(|found| to(&fs::read_to_string(found.as_ref().unwrap().path()).unwrap())).count()
}

/// Wherever in the header the first reading ended, in the end whoever wrote has his answer; nobody else has, but where the cut
/// made another's address of his.
#[test]
fn a_letter_that_was_cut_in_its_header_is_answered_when_the_whole_of_it_comes() {
    let raw = subject_first();
    let text = String::from_utf8(raw.clone()).unwrap();
    let whom = letter(1).from;
    let from = text.find("From: <").unwrap();
    for (first, strangers) in [
        (from, 0),
        (from + 5, 0),
        (from + 7 + whom.find('@').unwrap(), 0),
        // A line that ends in the middle of a domain is an address all the same.
        (from + 7 + whom.len() - 1, 1),
        (from + 7 + whom.len() + 1, 0),
    ] {
        let office = Office::at_maildir();
        for end in [first, raw.len()] {
            fs::write(file(&office, 1), &raw[..end]).unwrap();
            office.run_ok(&["run", "--once"]);
        }
        assert_eq!(answered(&office), [("sent".to_owned(), whom.clone())], "{first}");
        assert_eq!(delivered_to(&office, &whom), 1, "{first}");
        let all = fs::read_dir(office.path().join("acknowledgement/new")).unwrap().count();
        assert_eq!(all, 1 + strangers, "{first}");
        rests(&office, 1);
    }
}

/// What was withheld for another reason that the rest of the letter takes away, or gives, follows it; what left to the right
/// address stays as it is.
#[test]
fn an_answer_that_did_not_leave_follows_the_whole_letter() {
    let raw = String::from_utf8(subject_first()).unwrap();
    let marked =
        raw.replacen("MIME-Version", "Precedence: bulk\r\nX-Auto-Response-Suppress: All\r\nMIME-Version", 1);
    let office = Office::at_maildir();
    fs::write(file(&office, 1), marked.split("From: <").next().unwrap()).unwrap();
    office.run_ok(&["run", "--once"]);
    assert_eq!(answered(&office)[0].0, "withheld");
    fs::write(file(&office, 1), &marked).unwrap();
    office.run_ok(&["run", "--once"]);
    assert_eq!(answered(&office), [("withheld".to_owned(), letter(1).from)]);
    rests(&office, 1);
}

/// Where a person decided meanwhile, he lets the answer go: to whom, the whole letter says.
#[test]
fn a_withheld_answer_is_let_go_to_whom_the_whole_letter_names() {
    let raw = subject_first();
    let from = String::from_utf8(raw.clone()).unwrap().find("From: <").unwrap();
    let office = Office::at_maildir();
    fs::write(file(&office, 1), &raw[..from]).unwrap();
    office.run_ok(&["run", "--once"]);
    let none = office.run(&["outbox", "release", "LNZX-2024-0001"]);
    assert_eq!(none.code, Some(65), "{none:?}");
    office.run_ok(&["review", "confirm", "LNZX-2024-0001"]);
    fs::write(file(&office, 1), &raw).unwrap();
    office.run_ok(&["run", "--once"]);
    // It says that the time is being looked at, which a person has decided on.
    office.run_ok(&["outbox", "release", "--anyway", "LNZX-2024-0001"]);
    office.run_ok(&["run", "--once"]);
    assert_eq!(answered(&office), [("sent".to_owned(), letter(1).from)]);
    office.run_ok(&["verify"]);
}
