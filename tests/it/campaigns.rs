//! The same letter again, the same letter from many, and letters about letters: rows as `tests/cases/campaigns.json` has them,
//! through the program's own `import`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use zwfw_intake::charset::skeleton;
use zwfw_intake::details::{DetailsInput, extract};
use zwfw_intake::similarity::{Shingles, wording};

use crate::support::daemon::Office;
use crate::support::letter::ARRIVAL;
use crate::support::liaoning;
use crate::support::mailhost::set_modified;
use crate::support::mailset::TITLE;
use crate::support::repository;
use crate::support::sql::Rows;

fn cases() -> Value {
    let text = fs::read_to_string(repository().join("tests/cases/campaigns.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn near_copies_are_told_from_letters_about_the_same_thing() {
    let whole = skeleton(TITLE);
    let titles = [whole.clone(), whole.trim_end_matches("征求意见稿").to_owned(), "征求意见稿".to_owned()];
    let mut wrong = Vec::new();
    for case in cases()["pairs"].as_array().unwrap() {
        let [a, b] = ["a", "b"].map(|key| wording(case[key].as_str().unwrap(), &titles).unwrap().sketch);
        let measured = a.as_ref().zip(b.as_ref()).and_then(|(a, b)| {
            let (left, right) = (Shingles::of(&a.text), Shingles::of(&b.text));
            let found = left.resemblance(&right);
            assert_eq!(found, right.resemblance(&left), "{}: the measure is symmetric", case["name"]);
            let bands = |sketch: &zwfw_intake::similarity::Sketch| sketch.bands("c").collect::<BTreeSet<_>>();
            let meet = !bands(a).is_disjoint(&bands(b));
            assert!(meet || found.is_none(), "{}: near copies do not meet in a band", case["name"]);
            found
        });
        if measured.is_some() != case["near"].as_bool().unwrap() {
            wrong.push(format!("{}: {measured:?}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn requests_about_earlier_letters_are_told_apart_from_proposals() {
    let consultation = liaoning::consultation();
    let mut wrong = Vec::new();
    for case in cases()["requests"].as_array().unwrap() {
        let details = extract(&DetailsInput {
            comment: case["text"].as_str().unwrap(),
            signature: "",
            display: None,
            attachments: &[],
            subject: &consultation.subject_tag,
            consultation: &consultation,
        });
        let found = details.requests.first().and_then(|asked| asked.relation());
        if found != case["request"].as_str()
            || details.requests.iter().any(|asked| !details.flags.contains(&asked.flag()))
        {
            wrong.push(format!("{}: {found:?} with flags {:?}", case["text"], details.flags));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One mail of a case as bytes.
fn raw(mail: &Value, index: usize, rows: Option<&Rows>) -> Vec<u8> {
    let text = |key: &str| mail[key].as_str();
    let numbered = |text: &str| {
        (0..9).fold(text.to_owned(), |text, n| {
            text.replace(&format!("NUMBER{n}"), &format!("LNZX-2024-{:04}", n + 1))
        })
    };
    let subject = text("subject").unwrap_or("TAG").replace("TAG", &format!("《{TITLE}》意见建议"));
    let id = text("id").map_or_else(|| format!("mail-{index}@example.com"), ToOwned::to_owned);
    let mut head = match text("from").unwrap() {
        "" => String::new(),
        from => format!("From: <{from}>\r\n"),
    };
    write!(
        head,
        "To: <zwfw@ln.gov.cn>\r\nDate: {}\r\nMessage-ID: <{id}>\r\nX-Case: {index}\r\n\
         Subject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\n",
        jiff::Timestamp::from_second(i64::try_from(arrival(mail)).unwrap())
            .unwrap()
            .strftime("%a, %d %b %Y %H:%M:%S +0000"),
        BASE64.encode(subject)
    )
    .unwrap();
    let answered = mail["answers"].as_u64().map(|earlier| {
        let sql = format!(
            "SELECT a.rfc822_message_id AS id FROM acknowledgement AS a JOIN message AS m ON m.id = a.message_id
             WHERE m.rfc822_message_id = 'mail-{earlier}@example.com'"
        );
        rows.unwrap().rows(&sql)[0]["id"].clone()
    });
    if let Some(answered) = answered.as_deref().or(text("reply_to")) {
        write!(head, "In-Reply-To: <{answered}>\r\n").unwrap();
    }
    let body = numbered(text("text").unwrap()).replace('\n', "\r\n");
    let plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    let content = match text("attachment") {
        None => format!("{plain}{body}\r\n"),
        Some(content) => format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{plain}{body}\r\n--b\r\n\
             Content-Type: application/pdf; name=opinion.pdf\r\nContent-Disposition: attachment; filename=opinion.pdf\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
            BASE64.encode(content)
        ),
    };
    (head + &content).into_bytes()
}

fn arrival(mail: &Value) -> u64 {
    mail["at"]
        .as_str()
        .map_or(ARRIVAL, |at| u64::try_from(at.parse::<jiff::Timestamp>().unwrap().as_second()).unwrap())
}

/// Imports the mails of a case in their order: as many at once as do not need to see what became of the others.
fn import(case: &Value) -> Office {
    let office = Office::at_maildir();
    let mut waiting: Vec<String> = Vec::new();
    for (index, mail) in case["mails"].as_array().unwrap().iter().enumerate() {
        let answers = mail["answers"].is_u64();
        if answers {
            file(&office, &mut waiting);
        }
        let name = format!("{index:02}.eml");
        let path = office.path().join(&name);
        let rows = answers.then(|| office.rows());
        fs::write(&path, raw(mail, index, rows.as_ref())).unwrap();
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(arrival(mail)));
        waiting.push(name);
        if let Some(status) = mail["then"].as_str() {
            file(&office, &mut waiting);
            let store = rusqlite::Connection::open(office.store_path()).unwrap();
            let sql = "UPDATE submission SET status = ?1 WHERE id = (SELECT max(id) FROM submission)";
            assert_eq!(store.execute(sql, [status]).unwrap(), 1);
        }
    }
    file(&office, &mut waiting);
    office
}

fn file(office: &Office, waiting: &mut Vec<String>) {
    if !waiting.is_empty() {
        let names: Vec<&str> = std::iter::once("import").chain(waiting.iter().map(String::as_str)).collect();
        office.run_ok(&names);
        waiting.clear();
    }
}

/// What is wrong with the rows of one mail.
fn faults(case: &Value, index: usize, office: &Office) -> Vec<String> {
    let mail = &case["mails"][index];
    let rows = office.rows();
    let mut wrong = Vec::new();
    let mut compare = |what: &str, found: String, due: String| {
        if found != due {
            wrong.push(format!("{} mail {index}: {what} is {found}, not {due}", case["name"]));
        }
    };
    let one = |sql: &str| -> Option<String> {
        let found = rows.rows(sql);
        assert!(found.len() <= 1, "{sql}");
        found.first().and_then(|row| row.values().next().cloned())
    };
    // `X-Case` makes every mail's bytes its own; the file's name leads from the mail to its rows.
    let entry = format!("(SELECT message_id FROM mailbox_entry WHERE uid = '{index:02}.eml')");
    let name_of = |index: u64| format!("(SELECT message_id FROM mailbox_entry WHERE uid = '{index:02}.eml')");
    let number_of = |index: u64| {
        one(&format!(
            "SELECT number FROM submission WHERE message_id = {0}
             UNION SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id WHERE p.message_id = {0}",
            name_of(index)
        ))
        .unwrap_or_default()
    };
    let disposition =
        one(&format!("SELECT disposition FROM mailbox_entry WHERE uid = '{index:02}.eml'")).unwrap();
    let due = mail["disposition"].as_str().unwrap_or(match mail["status"].as_str() {
        Some("duplicate") => "duplicate",
        _ => "filed",
    });
    compare("disposition", disposition, due.to_owned());
    if let Some(status) = mail["then"].as_str().or(mail["status"].as_str()) {
        let found = one(&format!("SELECT status FROM submission WHERE message_id = {entry}"));
        compare("status", format!("{found:?}"), format!("{:?}", Some(status)));
        let found = one(&format!(
            "SELECT d.number FROM submission AS s JOIN submission AS d ON d.id = s.duplicate_of WHERE s.message_id = {entry}"
        ));
        let due = mail["duplicate_of"].as_u64().map(number_of);
        compare("duplicate_of", format!("{found:?}"), format!("{due:?}"));
    }
    if let Some(flag) = mail["flag"].as_str() {
        let found = one(&format!("SELECT flags FROM submission WHERE message_id = {entry}")).unwrap();
        compare(flag, found.contains(flag).to_string(), "true".to_owned());
    }
    if mail.get("group").is_some() {
        let number = number_of(index as u64);
        let found = one(&format!("SELECT 组号 FROM 相同来信明细 WHERE 编号 = '{number}'"));
        compare(
            "group",
            format!("{found:?}"),
            format!("{:?}", mail["group"].as_u64().map(|n| n.to_string())),
        );
        let like = one(&format!("SELECT 与代表件 FROM 相同来信明细 WHERE 编号 = '{number}'"));
        let like = like.map(|words| words.split(' ').next().unwrap().to_owned());
        compare("like", format!("{like:?}"), format!("{:?}", mail["like"].as_str()));
    }
    if let Some(due) = mail["relations"].as_array() {
        let found: Vec<String> = rows
            .rows(&format!(
                "SELECT r.kind || ' ' || e.number || ' ' || r.basis AS words FROM relation AS r
                 JOIN submission AS e ON e.id = r.earlier_id WHERE r.message_id = {entry} ORDER BY r.id"
            ))
            .iter()
            .map(|row| row["words"].clone())
            .collect();
        let due: Vec<String> = due
            .iter()
            .map(|due| {
                let word = |at: usize| due[at].as_str().unwrap();
                format!("{} {} {}", word(0), number_of(due[1].as_u64().unwrap()), word(2))
            })
            .collect();
        compare("relations", format!("{found:?}"), format!("{due:?}"));
    }
    wrong
}

#[test]
fn every_sequence_gives_its_rows_and_hides_nothing() {
    let mut wrong = Vec::new();
    for case in cases()["sequences"].as_array().unwrap() {
        let office = import(case);
        let mails = case["mails"].as_array().unwrap();
        for index in 0..mails.len() {
            wrong.extend(faults(case, index, &office));
        }
        let rows = office.rows();
        let name = &case["name"];
        // Each submission keeps its row, number, and acknowledgement; nothing of a recalled mail is gone.
        let filed = mails.iter().filter(|mail| mail["disposition"].is_null()).count();
        for sql in [
            "SELECT count(DISTINCT number) FROM submission",
            "SELECT count(DISTINCT submission_id) FROM acknowledgement",
        ] {
            if rows.count(sql) != i64::try_from(filed).unwrap() {
                wrong.push(format!("{name}: {sql} gives {}, not {filed}", rows.count(sql)));
            }
        }
        let recalls = mails.iter().filter_map(|mail| mail["recalls"].as_array()).flatten();
        let due: BTreeSet<String> = recalls
            .map(|recall| {
                format!("LNZX-2024-{:04} {}", recall[0].as_u64().unwrap() + 1, recall[1].as_str().unwrap())
            })
            .collect();
        let found: BTreeSet<String> = rows
            .rows("SELECT e.number || ' ' || r.basis AS words FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id WHERE r.kind = 'recalled'")
            .iter()
            .map(|row| row["words"].clone())
            .collect();
        let events = rows.count("SELECT count(*) FROM event WHERE action = 'recalled'");
        if found != due || events != i64::try_from(due.len()).unwrap() {
            wrong.push(format!("{name}: recalled are {found:?} with {events} events, not {due:?}"));
        }
        if let Some(items) = case["items"].as_i64() {
            let found = rows.count("SELECT count(*) FROM opinion");
            if found != items {
                wrong.push(format!("{name}: {found} items, not {items}"));
            }
        }
        let stats = office.json(&["stats", "--json"]);
        assert_eq!(stats["completeness"]["holds"], true, "{name}: {stats}");
        if let Some(figures) = case["figures"].as_object() {
            let one = &stats["consultations"][0];
            for (key, found) in [
                ("received", &one["received"]),
                ("texts", &one["distinct_texts"]["exact"]),
                ("grouped", &one["distinct_texts"]["grouped"]),
                ("senders", &one["distinct_senders"]),
            ] {
                if &figures[key] != found {
                    wrong.push(format!("{name}: {key} is {found}, not {}", figures[key]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
