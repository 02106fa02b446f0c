//! Consultations that are unlike the one this program began with, each a TOML file and its letters in `tests/consultations`:
//! what is true of one draft only stands in its file, and nothing of the first draft shows in another.

use std::fs;

use serde::Deserialize;

use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::repository;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    subject: String,
    text: String,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    disposition: String,
    status: Option<String>,
    subject_match: Option<String>,
    name: Option<String>,
    /// Absent: not looked at.
    #[serde(default, deserialize_with = "some")]
    #[expect(clippy::option_option, reason = "absent, null and a word are three expectations")]
    occupation: Option<Option<String>>,
    /// The clause of each opinion item.
    clauses: Option<Vec<Option<String>>>,
    #[serde(default)]
    flags: Vec<String>,
    /// The kind of the answer; null: there is none.
    answer: Option<String>,
    #[serde(default)]
    answer_holds: Vec<String>,
    #[serde(default)]
    answer_lacks: Vec<String>,
}

/// A null that stands there is an expectation.
#[expect(clippy::option_option, reason = "absent, null and a word are three expectations")]
fn some<'de, D: serde::Deserializer<'de>>(found: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(found).map(Some)
}

#[test]
fn a_regulation_of_another_provinces_education_office() {
    hold("education");
}

#[test]
fn a_countys_notice_without_tag_clauses_or_occupations() {
    hold("county");
}

fn hold(name: &str) {
    let folder = repository().join("tests/consultations");
    let cases: Vec<Case> =
        serde_json::from_str(&fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let office = Office::at_maildir();
    fs::copy(folder.join(format!("{name}.toml")), office.path().join("consultations/liaoning.toml")).unwrap();
    for (index, case) in cases.iter().enumerate() {
        let mut mail = letter(index);
        mail.subject.clone_from(&case.subject);
        mail.text = case.text.replace('\n', "\r\n");
        mail.deliver(&office.path().join("mailbox"));
    }
    office.run_ok(&["run", "--once"]);
    let answers: Vec<String> = fs::read_dir(office.path().join("acknowledgement/new"))
        .unwrap()
        .map(|entry| text_of(&fs::read(entry.unwrap().path()).unwrap()))
        .collect();
    let failures: Vec<String> = cases
        .iter()
        .enumerate()
        .flat_map(|(index, case)| {
            let found = differences(&office, &format!("letter-{index}@example.com"), &case.expect, &answers);
            found.into_iter().map(|difference| format!("{}: {difference}", case.id))
        })
        .collect();
    assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
}

/// `To:` and the text of an answer, on one line each.
fn text_of(raw: &[u8]) -> String {
    let parsed = mail_parser::MessageParser::default().parse(raw).unwrap();
    parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n")
}

fn differences(office: &Office, message_id: &str, expect: &Expectation, answers: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, expected: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
        let (expected, found) = (format!("{expected:?}"), format!("{found:?}"));
        if expected != found {
            wrong.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    let rows = office.rows();
    let entry = format!("letter-{}", message_id.trim_start_matches("letter-"));
    let filed = rows.rows(&format!(
        "SELECT s.id, s.number, s.status, s.subject_match, s.name, s.occupation, s.flags, a.kind AS answer
           FROM message m JOIN submission s ON s.message_id = m.id LEFT JOIN acknowledgement a ON a.submission_id = s.id
          WHERE m.rfc822_message_id = '{entry}'"
    ));
    let Some(filed) = filed.first() else {
        compare("disposition", &expect.disposition, &"not_ours");
        return wrong;
    };
    let text = |column: &str| filed.get(column).cloned().filter(|value| !value.is_empty());
    compare("disposition", &expect.disposition, &"filed");
    compare("status", &expect.status, &text("status"));
    compare("subject_match", &expect.subject_match, &text("subject_match"));
    if expect.name.is_some() {
        compare("name", &expect.name, &text("name"));
    }
    if let Some(occupation) = &expect.occupation {
        compare("occupation", occupation, &text("occupation"));
    }
    for flag in &expect.flags {
        compare(flag, &true, &filed["flags"].contains(&format!("\"{flag}\"")));
    }
    if let Some(clauses) = &expect.clauses {
        let opinions = rows.rows(&format!(
            "SELECT coalesce(clause, '') AS clause FROM opinion WHERE submission_id = {} ORDER BY ordinal",
            filed["id"]
        ));
        let found: Vec<Option<String>> = opinions
            .iter()
            .map(|row| Some(row["clause"].clone()).filter(|clause| !clause.is_empty()))
            .collect();
        compare("clauses", clauses, &found);
    }
    compare("answer", &expect.answer, &text("answer"));
    let answer = answers.iter().find(|answer| answer.contains(&filed["number"]));
    let answer = answer.map_or("", String::as_str);
    for words in &expect.answer_holds {
        compare(words, &true, &answer.contains(words.as_str()));
    }
    for words in &expect.answer_lacks {
        compare(words, &false, &answer.contains(words.as_str()));
    }
    wrong
}
