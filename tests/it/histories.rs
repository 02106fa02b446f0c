//! Random histories of mails and staff commands: no letter is ever shown by no list.
//!
//! Each history is one citizen's: letters, repetitions, answers to our answers, withdrawals, forged mail in his name, reports,
//! and what staff decide and move to another consultation in between. All of them go on side by side in one store, a round of mail after a round of decisions,
//! and after each round every letter is counted, waits, or was decided on by a person who could see it. The seeds are fixed.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use zwfw_intake::parse::ParseLimits;
use zwfw_intake::schedule::Next;
use zwfw_intake::store::{Decision, Store};

use crate::moves::{THERE, consultation};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::sql::Rows;
use crate::support::{Random, long, only_seed};

const ROUNDS: usize = 4;
/// Moves in each round.
const MOVES: usize = 12;
const CONSULTATION: &str = "liaoning-2024-gxbc";

const FAIL: &str = "Authentication-Results: mx.ln.gov.cn; dmarc=fail header.from=example.com\r\n";
const PASS: &str = "Authentication-Results: mx.ln.gov.cn; dmarc=pass header.from=example.com\r\n";

/// How a number may be written.
const FORMS: [fn(&str) -> String; 4] = [
    |number| number.to_owned(),
    |number| number.replace('-', "—"),
    |number| number.replace('-', " "),
    |number| number.to_lowercase().replace("0001", "0\u{200b}001"),
];

/// What is known of one citizen before a round.
#[derive(Default)]
struct Known {
    numbers: Vec<String>,
    /// Message-IDs of our answers that left, each with its number.
    answers: Vec<(String, String)>,
}

/// What the generator knows of a mail that it made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// For us, and a person's: its bytes must not go.
    Ours,
    Forged,
    /// A report of a machine.
    Report,
}

/// Everything that was made, by file name.
#[derive(Default)]
struct Made {
    kinds: BTreeMap<String, Kind>,
    /// Message-IDs of answers that really came back.
    bounced: HashSet<String>,
}

fn hop(late: bool) -> String {
    let day = if late { "Fri, 15" } else { "Tue, 12" };
    format!(
        "Received: from mail.example.com (mail.example.com [203.0.113.9]) by mx.ln.gov.cn with SMTP;\r\n {day} Mar 2024 10:00:02 +0800\r\n"
    )
}

/// One mail of a citizen: its kind and its octets.
fn mail(
    citizen: usize,
    serial: usize,
    known: &Known,
    random: &mut Random,
    made: &mut Made,
) -> (Kind, Vec<u8>) {
    let tag = letter(0).subject;
    let mine = format!("建议第{citizen}号窗口延长办理时间。");
    let text = random.choose(&[
        mine.as_str(),
        mine.as_str(),
        "建议在每个社区设置自助机，方便老人。",
        "一、建议减少材料。\r\n二、建议公布办理时限。",
    ]);
    let number =
        (!known.numbers.is_empty()).then(|| known.numbers[random.index(known.numbers.len())].clone());
    let answer =
        (!known.answers.is_empty()).then(|| known.answers[random.index(known.answers.len())].clone());
    let mut written = Letter {
        from: format!("citizen{citizen}@example.com"),
        // Now and then one that stood in another mail.
        message_id: format!("h{citizen}-{}@example.com", if random.below(12) == 0 { 0 } else { serial }),
        in_reply_to: None,
        subject: tag.clone(),
        text: format!("{text}\r\n"),
    };
    let verdict = random.choose(&["", "", "", PASS, PASS, FAIL]);
    let mut kind = Kind::Ours;
    let mut report = "";
    match (random.below(14), number, answer) {
        (0..=2, ..) => {}
        (3, ..) => "高效办成一件事".clone_into(&mut written.subject),
        (4 | 5, _, Some((id, _))) => {
            "Re: 自动回执".clone_into(&mut written.subject);
            written.in_reply_to = Some(id);
            if random.below(3) == 0 {
                "我要求撤回此前提交的意见。\r\n".clone_into(&mut written.text);
            }
        }
        (6 | 7, Some(number), _) => {
            random.choose(&["补充", "您好", tag.as_str()]).clone_into(&mut written.subject);
            let number = random.choose(&FORMS)(&number);
            written.text = format!("补充{number}：建议增设第{serial}个夜间窗口。\r\n");
        }
        (8 | 9, Some(number), _) => {
            written.subject = format!("{number} 撤回");
            written.text = format!("我申请撤回{number}号意见。\r\n");
        }
        (10, ..) => "请撤回我昨天提交的意见。\r\n".clone_into(&mut written.text),
        (11, _, Some((id, number))) => {
            kind = Kind::Report;
            report = "Return-Path: <>\r\n";
            let by_id = random.below(2) == 0;
            "MAILER-DAEMON@example.com".clone_into(&mut written.from);
            "Undelivered Mail Returned to Sender".clone_into(&mut written.subject);
            written.text = if by_id {
                format!("550 no such user\r\nMessage-ID: <{id}>\r\n")
            } else {
                format!("550 citizen{citizen}@example.com {number} user unknown\r\n")
            };
            if by_id && verdict != FAIL {
                made.bounced.insert(id);
            }
        }
        (12, ..) => {
            kind = Kind::Report;
            written.subject = format!("发信方已撤回邮件：{tag}");
            "发信方已撤回邮件\r\n".clone_into(&mut written.text);
        }
        _ => written.text = format!("{mine}\r\n{text}第{serial}点。\r\n"),
    }
    if verdict == FAIL && kind == Kind::Ours {
        kind = Kind::Forged;
    }
    let head = format!("{verdict}{}{report}", hop(random.below(10) == 0));
    (kind, [head.as_bytes(), &written.raw()].concat())
}

fn known(rows: &Rows, citizens: usize) -> Vec<Known> {
    let mut all: Vec<Known> = std::iter::repeat_with(Known::default).take(citizens).collect();
    let citizen = |row: &BTreeMap<String, String>| -> usize {
        row["from_address"].trim_start_matches("citizen").split('@').next().unwrap().parse().unwrap()
    };
    for row in rows.rows("SELECT number, from_address FROM submission ORDER BY id") {
        all[citizen(&row)].numbers.push(row["number"].clone());
    }
    // Whoever was told a number goes on naming it.
    let former = "SELECT c.old_value AS number, s.from_address FROM correction AS c JOIN submission AS s ON s.id = c.submission_id
        WHERE c.field = 'number' ORDER BY c.id";
    for row in rows.rows(former) {
        all[citizen(&row)].numbers.push(row["number"].clone());
    }
    let sent = "SELECT s.number, s.from_address, a.rfc822_message_id AS id FROM acknowledgement AS a
        JOIN submission AS s ON s.id = a.submission_id WHERE a.state = 'sent' ORDER BY a.id";
    for row in rows.rows(sent) {
        all[citizen(&row)].answers.push((row["id"].clone(), row["number"].clone()));
    }
    all
}

/// A round of mail, read in one go.
fn write_round(folder: &Path, round: usize, known: &[Known], random: &mut Random, made: &mut Made) {
    fs::create_dir(folder).unwrap();
    for (citizen, known) in known.iter().enumerate() {
        for n in 0..=random.index(2) {
            let serial = 1 + round * 10 + n;
            let (kind, raw) = mail(citizen, serial, known, random, made);
            let name = format!("r{round}-c{citizen:04}-{n}.eml");
            fs::write(folder.join(&name), raw).unwrap();
            made.kinds.insert(name, kind);
        }
    }
}

/// Every queued answer leaves.
fn send(store: &mut Store, now: Timestamp) {
    let due = store.due(now, usize::MAX).unwrap();
    let writing = store.begin().unwrap();
    for queued in due {
        writing.settle(queued.id, &Next::Sent, now).unwrap();
    }
    writing.commit().unwrap();
}

fn decide(store: &mut Store, known: &[Known], random: &mut Random, now: Timestamp) {
    let writing = store.begin().unwrap();
    for known in known.iter().filter(|known| !known.numbers.is_empty()) {
        for _ in 0..random.index(4) {
            let number = &known.numbers[random.index(known.numbers.len())];
            let decision =
                random.choose(&[Decision::Confirm, Decision::Deny, Decision::Deny, Decision::Reopen]);
            // What cannot be decided so is refused and changes nothing.
            let _ = writing.decide(number, decision, Some("withdrawn"), "staff", now).unwrap();
        }
    }
    writing.commit().unwrap();
}

/// Some letters are moved to another consultation, and some of them back.
fn move_some(office: &Office, known: &[Known], random: &mut Random) {
    for _ in 0..MOVES {
        let numbers = &known[random.index(known.len())].numbers;
        if numbers.is_empty() {
            continue;
        }
        let number = &numbers[random.index(numbers.len())];
        let to = random.choose(&[THERE, THERE, THERE, CONSULTATION, "--undo"]);
        let finished = office.run(&["move", number, to]);
        assert!(matches!(finished.code, Some(0 | 65)), "{finished:?}");
    }
}

/// Every letter with what it is part of; of a repetition the letter that stands for it.
const LETTERS: &str = "SELECT e.uid, e.disposition, e.message_id, own.number, own.duplicate_of IS NOT NULL AS repeats,
        holder.status, holder.number AS holder,
        (SELECT max(after_message) FROM correction WHERE submission_id = holder.id AND field = 'status' AND new_value IN ('denied', 'handled')) AS decided
     FROM mailbox_entry AS e LEFT JOIN submission AS s ON s.message_id = e.message_id
        LEFT JOIN supplement AS p ON p.message_id = e.message_id
        LEFT JOIN submission AS own ON own.id = coalesce(s.id, p.submission_id)
        LEFT JOIN submission AS holder ON holder.id = coalesce(own.duplicate_of, own.id)
     WHERE e.reason <> 'same_bytes'";

/// Numbers that a list shows.
fn shown(rows: &Rows, list: &str) -> HashSet<String> {
    rows.rows(&format!("SELECT DISTINCT 编号 FROM {list}")).iter().map(|row| row["编号"].clone()).collect()
}

fn every_letter_is_shown(rows: &Rows, made: &Made, context: &str) {
    let (counted, waiting) = (shown(rows, "意见汇总"), shown(rows, "待核邮件"));
    for row in rows.rows(LETTERS) {
        let kind = made.kinds[row["uid"].rsplit('/').next().unwrap()];
        let at = format!("{context}: {row:?}");
        match row["disposition"].as_str() {
            "filed" | "supplement" | "duplicate" => {}
            "automatic" => {
                assert!(kind == Kind::Report, "{at}");
                continue;
            }
            _ => panic!("its bytes are gone, or nobody could read it: {at}"),
        }
        let holder = &row["holder"];
        match row["status"].as_str() {
            "accepted" | "late" => assert!(counted.contains(holder), "counted and in no list: {at}"),
            "review" => assert!(waiting.contains(holder), "waits and is in no list: {at}"),
            // What was asked for is seen to: 来信一览 has it, and no table of opinions.
            "denied" | "handled" => {
                // A repetition of what was asked for asks for the same; one of an opinion that counts no more is an opinion.
                assert!(
                    row["repeats"] == "0" || row["status"] == "handled",
                    "hangs on what counts no more: {at}"
                );
                let decided: i64 = row.get("decided").map_or(-1, |id| id.parse().unwrap());
                assert!(decided >= row["message_id"].parse().unwrap(), "nobody who decided saw it: {at}");
            }
            _ => panic!("shown nowhere: {at}"),
        }
        if kind == Kind::Forged {
            assert_eq!(row["disposition"], "filed", "part of something: {at}");
        }
    }
}

fn nothing_counts_twice_by_itself(rows: &Rows, context: &str) {
    let twice = rows.rows(
        "SELECT min(s.number) AS one, max(s.number) AS other FROM submission AS s JOIN likeness AS l ON l.message_id = s.message_id
         WHERE s.status = 'accepted' AND NOT EXISTS (SELECT 1 FROM correction AS c WHERE c.submission_id = s.id AND c.field IN ('status', 'consultation'))
         GROUP BY l.sender, l.opinion_sha256, s.consultation HAVING count(*) > 1 AND l.opinion_sha256 IS NOT NULL",
    );
    assert_eq!(twice, [], "{context}");
}

fn what_is_forged_did_nothing(rows: &Rows, made: &Made, context: &str) {
    for row in
        rows.rows("SELECT e.uid FROM relation AS r JOIN mailbox_entry AS e ON e.message_id = r.message_id")
    {
        let kind = made.kinds[row["uid"].rsplit('/').next().unwrap()];
        assert!(kind != Kind::Forged, "{context}: {row:?}");
    }
    let failed = "SELECT rfc822_message_id AS id FROM acknowledgement WHERE state = 'failed'";
    let failed: HashSet<String> = rows.rows(failed).iter().map(|row| row["id"].clone()).collect();
    let more: Vec<&String> = failed.difference(&made.bounced).collect();
    assert!(more.is_empty(), "{context}: {more:?}");
}

fn the_figures_account_for_all(store: &Store, rows: &Rows, context: &str) {
    let (figures, completeness) = store.statistics(&[CONSULTATION.to_owned(), THERE.to_owned()]).unwrap();
    assert!(completeness.holds(), "{context}: {completeness:?}");
    let count = |condition: &str| {
        u64::try_from(rows.count(&format!("SELECT count(*) FROM submission WHERE {condition}"))).unwrap()
    };
    let all: u64 = figures.iter().flat_map(|found| &found.by_status).map(|(_, count)| count).sum();
    assert_eq!(all, count("TRUE"), "{context}");
    let counted: u64 = figures.iter().map(|found| found.counted).sum();
    assert_eq!(counted, count("status IN ('accepted', 'late')"), "{context}");
}

#[test]
fn no_history_ends_with_a_letter_that_no_list_shows() {
    let (seeds, histories) = if long() { (10, 500) } else { (1, 500) };
    for seed in only_seed().map_or(1..=seeds, |seed| seed..=seed) {
        let mut random = Random::new(seed);
        let mut office = Office::at_maildir();
        office.set("acknowledgement.caps", "per_domain", 1_000_000);
        consultation(&office, "2024-03-01", "2024-03-12T10:00:01+08:00");
        let mut made = Made::default();
        let mut all: Vec<Known> = std::iter::repeat_with(Known::default).take(histories).collect();
        for round in 0..ROUNDS {
            let folder = office.path().join(format!("round-{round}"));
            write_round(&folder, round, &all, &mut random, &mut made);
            office.run_ok(&["import", folder.to_str().unwrap()]);
            let now: Timestamp = "2024-03-12T03:00:00Z".parse().unwrap();
            // Later than whatever this machine's clock said when the answers were queued.
            let due = "2099-01-01T00:00:00Z".parse().unwrap();
            let mut store = Store::open(&office.store_path(), now).unwrap();
            for when in ["read", "decided"] {
                let context = format!("seed {seed}, round {round}, {when}");
                let rows = office.rows();
                every_letter_is_shown(&rows, &made, &context);
                nothing_counts_twice_by_itself(&rows, &context);
                what_is_forged_did_nothing(&rows, &made, &context);
                the_figures_account_for_all(&store, &rows, &context);
                if when == "read" {
                    send(&mut store, due);
                    all = known(&rows, histories);
                    decide(&mut store, &all, &mut random, now);
                    move_some(&office, &all, &mut random);
                }
            }
            all = known(&office.rows(), histories);
        }
        let store = Store::open(&office.store_path(), "2024-03-12T03:00:00Z".parse().unwrap()).unwrap();
        let mut mismatches = Vec::new();
        let limits = ParseLimits::default();
        let look = zwfw_intake::store::Look { limits, head: None, now: crate::support::now() };
        let _ = store.verify(look, &mut |mismatch| mismatches.push(format!("{mismatch:?}"))).unwrap();
        assert_eq!(mismatches, [""; 0]);
        drop(store);
        let rows = office.rows();
        println!(
            "seed {seed}: {} letters, {} by status: {:?}",
            rows.count("SELECT count(*) FROM mailbox_entry"),
            rows.count("SELECT count(*) FROM correction"),
            rows.rows("SELECT status, count(*) AS n FROM submission GROUP BY 1")
        );
        if long() {
            let again = office.run(&["reprocess", "--json"]);
            let again: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
            let is_quiet = |found: &&serde_json::Value| {
                ["changes", "left_to_a_person"].iter().all(|what| found[*what].as_array().unwrap().is_empty())
            };
            let changed: Vec<_> =
                again["messages"].as_array().unwrap().iter().filter(|found| !is_quiet(found)).collect();
            assert!(changed.is_empty(), "{changed:#?}");
        }
    }
}
