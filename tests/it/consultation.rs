//! A consultation worked through whole: some hundred letters of all kinds and what people write after their receipts, in two
//! consultations at once, one of which asks for no subject. Beside each stands what has to become of it; the table at the end
//! compares that with the record, kind by kind, and no figure may be worse than its floor.

mod mail;
mod replies;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use self::mail::Mail;
use self::replies::{Receipt, Replied, read};
use self::writer::{SECOND_FILE, Truth, Writer};
use crate::support::daemon::Office;
use crate::support::repository;
use crate::support::sql::Row;

/// What is compared, in the table's order.
const FIGURES: [&str; 11] = [
    "disposition",
    "status",
    "name",
    "phones",
    "occupation",
    "organisation",
    "signatories",
    "items",
    "frame",
    "clause",
    "answer",
];

/// How many were right, of how many, by kind and figure.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, BTreeMap<&'static str, (usize, usize)>>,
    wrong: BTreeMap<&'static str, Vec<String>>,
}

impl Table {
    fn mark(&mut self, kind: &str, figure: &'static str, right: bool, line: impl FnOnce() -> String) {
        let (held, all) = self.rows.entry(kind.to_owned()).or_default().entry(figure).or_default();
        *all += 1;
        *held += usize::from(right);
        if !right {
            self.wrong.entry(figure).or_default().push(format!("{kind}: {}", line()));
        }
    }

    fn same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        mail: &Mail,
        figure: &'static str,
        found: &T,
        due: &T,
    ) {
        let line = || {
            format!(
                "{figure}: {found:?}, due {due:?}: {}",
                mail.said.text.chars().take(400).collect::<String>()
            )
        };
        self.mark(&mail.truth.kind, figure, found == due, line);
    }

    fn text(&self) -> String {
        let mut text = String::from("kind");
        for figure in FIGURES {
            write!(text, " | {figure}").unwrap();
        }
        let mut sums: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut line = |kind: &str, cells: &BTreeMap<&str, (usize, usize)>| {
            write!(text, "\n{kind}").unwrap();
            for figure in FIGURES {
                let cell = cells.get(figure).map(|(held, all)| format!("{held}/{all}")).unwrap_or_default();
                write!(text, " | {cell}").unwrap();
            }
        };
        for (kind, cells) in &self.rows {
            line(kind, &cells.iter().map(|(figure, cell)| (*figure, *cell)).collect());
            for (figure, (held, all)) in cells {
                let sum = sums.entry(figure).or_default();
                *sum = (sum.0 + held, sum.1 + all);
            }
        }
        line("all", &sums);
        text
    }
}

fn list(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap()
}

/// What the store has of each mail, by its Message-ID.
struct Record {
    submissions: BTreeMap<String, Row>,
    entries: BTreeMap<String, String>,
    items: BTreeMap<String, Vec<Row>>,
    answers: BTreeMap<String, Row>,
}

fn by_id(rows: Vec<Row>) -> BTreeMap<String, Row> {
    rows.into_iter().map(|row| (row["mail"].clone(), row)).collect()
}

impl Record {
    fn of(office: &Office) -> Self {
        let rows = office.rows();
        let submissions = by_id(rows.rows("SELECT m.rfc822_message_id AS mail, s.* FROM submission AS s JOIN message AS m ON m.id = s.message_id"));
        let answers = by_id(rows.rows(
            "SELECT m.rfc822_message_id AS mail, s.number, a.rfc822_message_id AS id, a.state, a.reason, s.status, s.review_reasons,
                CAST(a.octets AS TEXT) AS octets
             FROM acknowledgement AS a JOIN message AS m ON m.id = a.message_id JOIN submission AS s ON s.id = a.submission_id",
        ));
        let entries = rows.rows("SELECT uid, disposition FROM mailbox_entry");
        let entries =
            entries.into_iter().map(|row| (row["uid"].clone(), row["disposition"].clone())).collect();
        let mut items: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in rows.rows("SELECT m.rfc822_message_id AS mail, o.text, o.clause FROM opinion AS o JOIN message AS m ON m.id = o.message_id ORDER BY o.submission_id, o.ordinal") {
            items.entry(row["mail"].clone()).or_default().push(row);
        }
        Self { submissions, entries, items, answers }
    }

    fn disposition(&self, mail: &Mail) -> &str {
        let sign = format!(".M{}.", mail.said.number);
        self.entries
            .iter()
            .find(|(uid, _)| uid.contains(&sign))
            .map_or("no entry", |(_, found)| found.as_str())
    }

    fn items_of(&self, mail: &Mail) -> &[Row] {
        self.items.get(&mail.id()).map_or(&[], Vec::as_slice)
    }
}

/// What may be read of a mail by itself: its items, their clauses, what else stands in them, its answer.
fn compare_content(table: &mut Table, record: &Record, mail: &Mail) {
    let truth = &mail.truth;
    let items = record.items_of(mail);
    let texts: Vec<&str> = items.iter().map(|row| &*row["text"]).collect();
    table.mark(&truth.kind, "items", items.len() == truth.items, || {
        format!(
            "{} items, due {}: {:?} made {texts:?}",
            items.len(),
            truth.items,
            mail.said.text.chars().take(500).collect::<String>()
        )
    });
    let said = &truth.said;
    let frames: Vec<&str> =
        said.name.iter().map(String::as_str).chain(said.phones.iter().map(String::as_str)).collect();
    let with_frame: Vec<&&str> =
        texts.iter().filter(|text| frames.iter().any(|frame| text.contains(frame))).collect();
    table.mark(&truth.kind, "frame", with_frame.is_empty(), || format!("{with_frame:?}"));
    for (text, clause) in &said.items {
        // As written: an item of which no more is left than a part is none of these.
        let Some(item) = items.iter().find(|row| row["text"].contains(text.as_str())) else { continue };
        let found = item.get("clause").map(String::as_str).unwrap_or_default();
        table.mark(&truth.kind, "clause", found.is_empty() || found == clause, || {
            format!("{found}, due {clause}: {text}")
        });
    }
    let Some(due) = truth.answered else { return };
    let answer = record.answers.get(&mail.id());
    let left = answer.is_some_and(|answer| answer["state"] != "withheld");
    let asks = answer
        .and_then(|answer| answer.get("octets"))
        .is_some_and(|octets| read(octets.as_bytes()).1.contains("自愿补充"));
    table.mark(&truth.kind, "answer", left == due && !(truth.silent && asks), || {
        format!(
            "left {left}, due {due}, asks {asks}, {:?}: {}",
            answer.and_then(|answer| answer.get("reason")),
            mail.said.text.chars().take(300).collect::<String>()
        )
    });
}

/// What the registered letter says of its writer, and where it stands.
fn compare_columns(table: &mut Table, mail: &Mail, row: &Row) {
    let truth = &mail.truth;
    let reasons = list(&row["review_reasons"]);
    let stands = row["status"] == truth.status
        && row["consultation"] == truth.consultation
        && (truth.reason.is_empty() && reasons.is_empty() || reasons.contains(&truth.reason))
        && (truth.flag.is_empty() || list(&row["flags"]).iter().any(|flag| flag == truth.flag));
    table.mark(&truth.kind, "status", stands, || {
        let found = [&row["consultation"], &row["status"], &row["review_reasons"], &row["flags"]];
        format!(
            "{found:?}, due {} {} {}: {} / {:?}",
            truth.status,
            truth.reason,
            truth.flag,
            mail.said.subject,
            mail.said.text.chars().take(300).collect::<String>()
        )
    });
    if truth.disposition == "duplicate" {
        return;
    }
    table.same(mail, "organisation", &row.get("organization").cloned(), &truth.organization);
    table.same(mail, "signatories", &row["signatories"].parse::<usize>().unwrap(), &truth.signatories);
    if !truth.names_open {
        compare_writer(
            table,
            mail,
            row,
            truth.said.name.as_ref(),
            truth.said.occupation.as_ref(),
            &truth.said.phones,
        );
    }
}

fn compare_writer(
    table: &mut Table,
    mail: &Mail,
    row: &Row,
    name: Option<&String>,
    occupation: Option<&String>,
    phones: &Vec<String>,
) {
    table.same(mail, "name", &row.get("name"), &name);
    table.same(mail, "occupation", &row.get("occupation"), &occupation);
    table.same(mail, "phones", &list(&row["phones"]), phones);
}

fn compare_letters(table: &mut Table, record: &Record, mails: &[Mail]) {
    for mail in mails {
        table.same(mail, "disposition", &record.disposition(mail), &mail.truth.disposition);
        let Some(row) = record.submissions.get(&mail.id()) else { continue };
        compare_columns(table, mail, row);
        if mail.truth.disposition == "filed" {
            compare_content(table, record, mail);
        }
    }
}

/// A reply, and what it makes of the letter that it answers.
fn compare_replies(table: &mut Table, record: &Record, mails: &[Mail], replies: &[Replied]) {
    for Replied { mail, parent } in replies {
        let truth = &mail.truth;
        // Anybody may write a number down: what only that joins to a letter waits by itself.
        let alone =
            mail.said.answers.is_none() && !truth.reason.is_empty() && truth.reason != "details_differ";
        let due = if alone { "filed" } else { truth.disposition };
        table.same(mail, "disposition", &record.disposition(mail), &due);
        compare_content(table, record, mail);
        if due == "filed" {
            if let Some(row) = record.submissions.get(&mail.id()) {
                compare_columns(table, mail, row);
            }
            continue;
        }
        let first = &mails[*parent];
        let row = &record.submissions[&first.id()];
        let reasons: BTreeSet<String> = list(&row["review_reasons"]).into_iter().collect();
        let due: BTreeSet<String> = [&first.truth.reason, &truth.reason]
            .into_iter()
            .filter(|reason| !reason.is_empty())
            .cloned()
            .collect();
        table.mark(&truth.kind, "status", row["status"] == truth.status && reasons == due, || {
            format!(
                "{} {reasons:?}, due {} {due:?}: {}",
                row["status"],
                truth.status,
                mail.said.text.chars().take(200).collect::<String>()
            )
        });
        // What was empty is filled, what was there stays.
        let (before, now) = (&first.truth.said, &truth.said);
        let asks_otherwise =
            matches!(truth.reason.as_str(), "correction_request" | "personal_data" | "withdraw");
        let now = if asks_otherwise { before } else { now };

        let phones = if before.phones.is_empty() { &now.phones } else { &before.phones };
        if !first.truth.names_open
            && matches!(truth.kind.as_str(), "re: details" | "re: details_and_opinion" | "re: differ")
        {
            compare_writer(
                table,
                mail,
                row,
                before.name.as_ref().or(now.name.as_ref()),
                before.occupation.as_ref().or(now.occupation.as_ref()),
                phones,
            );
        }
    }
}

/// Whatever says that a person is looking has a case that waits, and whatever was withheld for a person waits for one.
fn promises(record: &Record) -> Vec<String> {
    let mut broken = Vec::new();
    for (mail, answer) in &record.answers {
        let reasons = list(&answer["review_reasons"]);
        let waits = answer["status"] == "review";
        let said = answer.get("octets").map(|octets| read(octets.as_bytes()).1).unwrap_or_default();
        let promised =
            ["正在核对", "将核对", "正在核实", "核实后办理"].iter().any(|word| said.contains(word));
        if answer["state"] != "withheld" && promised && !waits {
            broken.push(format!("{mail}: {said}"));
        }
        let reason = answer.get("reason").map(String::as_str).unwrap_or_default();
        let of_a_person = [
            "question",
            "late_disputed",
            "withdraw",
            "personal_data",
            "publication_request",
            "correction_request",
            "info_disclosure",
        ];
        if answer["state"] == "withheld"
            && of_a_person.contains(&reason)
            && !(waits && reasons.iter().any(|found| found == reason))
        {
            broken.push(format!("{mail}: withheld for {reason}, {} {reasons:?}", answer["status"]));
        }
    }
    broken
}

/// What no reply of these kinds may make: an item.
fn items_of_none(record: &Record, replies: &[Replied]) -> usize {
    let none = |truth: &Truth| truth.items == 0;
    replies
        .iter()
        .filter(|reply| none(&reply.mail.truth))
        .map(|reply| record.items_of(&reply.mail).len())
        .sum()
}

#[test]
fn a_whole_consultation_is_filed_as_a_person_would() {
    let mut office = Office::at_maildir();
    office.set("acknowledgement.caps", "per_domain", 100_000);
    let shipped = fs::read_to_string(repository().join("config/consultations/liaoning-2024.toml")).unwrap();
    fs::write(office.path().join("consultations/liaoning.toml"), shipped).unwrap();
    fs::write(office.path().join("consultations/heating.toml"), SECOND_FILE).unwrap();
    let mailbox = office.path().join("mailbox");

    let mut writer = Writer::new(13);
    writer.letters();
    assert!(writer.mails.len() >= 400, "{}", writer.mails.len());
    for mail in &writer.mails {
        mail.deliver(&mailbox);
    }
    office.run_ok(&["run", "--once"]);
    let record = Record::of(&office);
    let mut table = Table::default();
    compare_letters(&mut table, &record, &writer.mails);

    let mut receipts = BTreeMap::new();
    for (at, mail) in writer.mails.iter().enumerate() {
        if let Some(row) = record.answers.get(&mail.id()).filter(|row| row["state"] == "sent") {
            receipts.insert(at, Receipt::of(row));
        }
    }
    let replies = writer.replies(&receipts);
    assert!(replies.len() >= 100, "{}", replies.len());
    for reply in &replies {
        reply.mail.deliver(&mailbox);
    }
    office.run_ok(&["run", "--once"]);
    let record = Record::of(&office);
    compare_replies(&mut table, &record, &writer.mails, &replies);

    println!("{} letters, {} replies\n{}", writer.mails.len(), replies.len(), table.text());
    for line in table.wrong.values().flatten() {
        println!("{}", line.replace('\n', "⏎"));
    }
    let floors: Value = serde_json::from_str(include_str!("../cases/consultation/floors.json")).unwrap();
    let mut worse = Vec::new();
    for figure in FIGURES {
        let wrong = table.wrong.get(figure).map_or(0, Vec::len);
        if wrong as u64 > floors[figure].as_u64().unwrap() {
            worse.push(format!("{figure}: {wrong} wrong, at most {}", floors[figure]));
        }
    }
    assert!(worse.is_empty(), "{worse:?}");
    assert_eq!(
        items_of_none(&record, &replies),
        0,
        "courtesy, requests, questions and details are no opinion"
    );
    let rows = office.rows();
    let to_agencies =
        "SELECT count(*) FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
        WHERE a.state <> 'withheld' AND (s.sender_kind = 'agency' OR s.from_address LIKE '%.gov.cn')";
    assert_eq!(rows.count(to_agencies), 0);
    assert_eq!(promises(&record), Vec::<String>::new());
    assert_eq!(rows.count("SELECT count(DISTINCT 征求意见) FROM 意见汇总"), 2);
    office.run_ok(&["verify"]);
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!((&found["changed"], &found["left_to_a_person"]), (&0.into(), &0.into()), "{found}");
}
