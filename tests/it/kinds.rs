//! Kinds of mail that are easily taken for another: machines and people, subjects and tags, one letter and another. Each case
//! of `tests/cases/reading` names its kind; beside each kind stand the people who must not be taken for it.

use std::fmt::Write as _;

use serde_json::Value;
use zwfw_intake::parse::{Message, ParseLimits, parse};
use zwfw_intake::ruling::{Copied, Earlier, Precedents, Reading, Reply, Rules, Ruling, Signer, read, rule};
use zwfw_intake::subject::{SubjectOutcome, Tag};
use zwfw_intake::vocabulary::{Consultation, EntryTime, EntryUid, FetchedMessage, FolderKey, Status};

use crate::support::kinds::Kinds;
use crate::support::liaoning;

const SENDER: &str = "bai@example.cn";
const ARRIVED: &str = "2024-03-05T02:00:00Z";

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// The bytes of a case: its subject, text, header fields, a second part.
fn raw(case: &Value, body: &str) -> String {
    let mut raw = String::new();
    if let Some(path) = case["path"].as_str() {
        let _ = writeln!(raw, "Return-Path: {path}\r");
    }
    let sender = case["sender"].as_str().unwrap_or(SENDER);
    let _ =
        write!(raw, "From: <{sender}>\r\nTo: zwfw@ln.gov.cn\r\nMessage-ID: <{}@example.cn>\r\n", body.len());
    let _ = write!(raw, "Subject: {}\r\n", text(case, "subject"));
    if case["answers"] == true {
        raw.push_str("In-Reply-To: <receipt@ln.gov.cn>\r\n");
    }
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        let _ = write!(raw, "{name}: {}\r\n", value.as_str().unwrap());
    }
    let plain = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n");
    raw.push_str("MIME-Version: 1.0\r\n");
    let mut parts = vec![plain];
    if let Some([kind, content, rest @ ..]) = case["part"].as_array().map(Vec::as_slice) {
        let disposition = rest
            .first()
            .map_or(String::new(), |of| format!("Content-Disposition: {}\r\n", of.as_str().unwrap()));
        parts.push(format!(
            "Content-Type: {}\r\n{disposition}\r\n{}",
            kind.as_str().unwrap(),
            content.as_str().unwrap()
        ));
    }
    if let Some(name) = case["attachment"].as_str() {
        parts.push(format!("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\nabc\r\n"));
    }
    if let [one] = parts.as_slice() {
        raw.push_str(one);
    } else {
        raw.push_str("Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n");
        for part in parts {
            let _ = write!(raw, "--b\r\n{part}\r\n");
        }
        raw.push_str("--b--\r\n");
    }
    raw
}

fn read_one(case: &Value, body: &str, rules: &Rules) -> (Message, FetchedMessage, Reading) {
    let raw = raw(case, body).into_bytes();
    let arrived = ARRIVED.parse().unwrap();
    let message = parse(&raw, ParseLimits::default());
    let fetched = FetchedMessage {
        entry: FolderKey::imap("INBOX", 0).entry(EntryUid::Name("1".to_owned())),
        announced_size_bytes: raw.len() as u64,
        raw,
        time: Some(EntryTime::File(arrived)),
        truncated: false,
    };
    let reading = read(&message, &fetched, rules, arrived);
    (message, fetched, reading)
}

fn earlier(signer: Signer) -> Earlier {
    Earlier {
        submission_id: 1,
        number: "LNZX-2024-0001".to_owned(),
        consultation: "liaoning-2024".to_owned(),
        received_at: None,
        status: Status::Accepted,
        is_forged: false,
        is_agency: false,
        signer,
    }
}

/// What becomes of a case, in words: as much of them as it expects.
fn outcome(ruling: &Ruling) -> String {
    let mut words = vec![ruling.disposition().as_str()];
    if let Some(filing) = ruling.filing() {
        words.push(filing.status.as_str());
        words.extend(filing.review_reasons.iter().map(|reason| reason.as_str()));
        words.extend(filing.no_answer.is_some().then_some("unanswered"));
        words.extend((filing.reading.reply == Reply::Nothing).then_some("saying nothing"));
    }
    words.join(" ")
}

#[test]
fn machines_are_told_from_people() {
    let rules = Rules::new(&[liaoning::consultation()], &[]);
    let cases = cases(include_str!("../cases/reading/machines.json"));
    let mut kinds = Kinds::new("machines and people");
    for case in &cases {
        let (message, fetched, reading) = read_one(case, text(case, "text"), &rules);
        let answered = (case["answers"] == true).then(|| earlier(Signer::default()));
        let precedents = Precedents { answered, ..Precedents::default() };
        let found = outcome(&rule(&message, &fetched, &reading, precedents, &rules).ruling);
        let expected = text(case, "expect");
        let differs = !expected.split(' ').all(|word| found.split(' ').any(|found| found == word))
            || found.contains("saying nothing") != expected.contains("saying nothing")
                && found.starts_with("supplement");
        let line =
            || format!("{} / {}: {found}, expected {expected}", text(case, "subject"), text(case, "text"));
        kinds.case(text(case, "kind"), differs.then(line));
    }
    kinds.tell();
}

/// What a letter asks for makes no item and waits under its own name, in an answer to ours and in a letter of its own; what only
/// sounds like it is an opinion.
#[test]
fn requests_are_told_from_opinions() {
    let rules = Rules::new(&[liaoning::consultation()], &[]);
    let cases = cases(include_str!("../cases/reading/requests.json"));
    let mut kinds = Kinds::new("requests and opinions");
    for case in &cases {
        let mut wrong = None;
        for answers in [false, true] {
            let mut case = case.clone();
            case["answers"] = answers.into();
            if case["subject"].is_null() {
                case["subject"] = liaoning::consultation().subject_tag.into();
            }
            let (message, fetched, reading) = read_one(&case, text(&case, "text"), &rules);
            let answered = answers.then(|| earlier(Signer::default()));
            let precedents = Precedents { answered, ..Precedents::default() };
            let disputes = reading.details.requests.contains(&zwfw_intake::details::Request::InTime);
            let ruling = rule(&message, &fetched, &reading, precedents, &rules).ruling;
            let mut reasons: Vec<&str> =
                ruling.filing().unwrap().review_reasons.iter().map(|reason| reason.as_str()).collect();
            // Nobody called it late: its writer has a question, or is told so; `replies.rs` has the late ones.
            let told = |reason: &str| matches!(reason, "question" | "not_late");
            for reason in reasons.iter_mut().filter(|reason| told(reason) && disputes) {
                *reason = "late_disputed";
            }
            reasons.sort_unstable();
            let items: Vec<&str> = reading.details.opinions.iter().map(|item| item.text.as_str()).collect();
            let expected = (text(&case, "expect").to_owned(), case["items"].as_u64().unwrap());
            if (reasons.join(" "), items.len() as u64) != expected {
                let line =
                    format!("{:?}: {reasons:?}, items {items:?}, expected {expected:?}", text(&case, "text"));
                wrong = Some(line);
                break;
            }
        }
        kinds.case(text(case, "kind"), wrong);
    }
    kinds.tell();
}

fn consultation(of: &Value) -> Consultation {
    Consultation {
        id: of["id"].as_str().unwrap_or("one").to_owned(),
        title: text(of, "title").to_owned(),
        subject_tag: text(of, "subject_tag").to_owned(),
        issuer: text(of, "issuer").to_owned(),
        number_prefix: of["number_prefix"].as_str().unwrap_or("ONE-2024").to_owned(),
        closes: "2024-03-13T16:00:00Z".parse().unwrap(),
        ..Consultation::default()
    }
}

#[test]
fn subjects_are_read_as_notices_print_them() {
    let cases = cases(include_str!("../cases/reading/subjects.json"));
    let mut kinds = Kinds::new("subjects");
    for case in &cases {
        let all: Vec<Consultation> = std::iter::once(&case["consultation"])
            .chain(case["beside"].as_array().into_iter().flatten())
            .map(consultation)
            .collect();
        let rules = Rules::new(&all, &[]);
        let (.., reading) = read_one(case, case["text"].as_str().unwrap_or("要写明期限。"), &rules);
        let found = match reading.subject.outcome {
            SubjectOutcome::Match => "match",
            SubjectOutcome::NearMiss => "near",
            SubjectOutcome::NotOurs => "not_ours",
        };
        let line = || format!("{}: {found} ({})", text(case, "subject"), reading.subject.reason.as_str());
        kinds.case(text(case, "kind"), (found != text(case, "expect")).then(line));
    }
    kinds.tell();
}

/// Honest subjects that name no draft wait for a person while one consultation is open; other mail does not, and with two open
/// nobody can tell which is meant.
#[test]
fn ask_words_beside_a_name_or_a_unit_wait_while_one_consultation_is_open() {
    let heating = serde_json::json!({
        "id": "heating", "title": "沈阳市城市供热管理办法（征求意见稿）", "issuer": "沈阳", "number_prefix": "GR-2024",
        "subject_tag": "《沈阳市城市供热管理办法（征求意见稿）》意见建议",
    });
    let dogs = serde_json::json!({
        "id": "dogs", "title": "大连市养犬条例（草案）", "issuer": "大连", "number_prefix": "YQ-2024",
        "subject_tag": "《大连市养犬条例（草案）》意见建议",
    });
    let one = Rules::new(&[consultation(&heating)], &[]);
    let mut ended = consultation(&dogs);
    ended.closes = "2024-02-01T16:00:00Z".parse().unwrap();
    let beside_an_ended_one = Rules::new(&[ended, consultation(&heating)], &[]);
    let two = Rules::new(&[consultation(&heating), consultation(&dogs)], &[]);
    let mut kinds = Kinds::new("ask words");
    let cases = cases(include_str!("../cases/reading/ask_words.json"));
    for case in &cases {
        for subject in case["subjects"].as_array().unwrap() {
            let letter = serde_json::json!({ "subject": subject });
            let outcome = |rules: &Rules| {
                let (.., reading) = read_one(&letter, "希望早点供暖。", rules);
                (reading.subject.outcome, reading.subject.reason.as_str())
            };
            let expected = match text(case, "expect") {
                "near" => SubjectOutcome::NearMiss,
                _ => SubjectOutcome::NotOurs,
            };
            let found = [outcome(&one), outcome(&beside_an_ended_one)];
            let undecided = outcome(&two);
            let differs =
                found.iter().any(|(found, _)| *found != expected) || undecided.1 == "ask_words_beside";
            let line = || format!("{subject}: {found:?}, with two open {undecided:?}");
            kinds.case(text(case, "kind"), differs.then(line));
        }
    }
    kinds.tell();
}

#[test]
fn each_tag_is_explained_with_three_subjects_that_match() {
    let cases = cases(include_str!("../cases/reading/subjects.json"));
    for case in &cases {
        let consultation = consultation(&case["consultation"]);
        let understood = Tag::new(&consultation).understood(&consultation.title);
        assert_eq!(understood.examples.len(), 3, "{}: {understood:?}", consultation.subject_tag);
    }
}

#[test]
fn another_letter_is_told_from_the_same_again() {
    let rules = Rules::new(&[liaoning::consultation()], &[]);
    let cases = cases(include_str!("../cases/reading/again.json"));
    let mut kinds = Kinds::new("the same again");
    for case in &cases {
        let before = serde_json::json!({ "subject": liaoning::consultation().subject_tag });
        let (.., first) = read_one(&before, text(case, "before"), &rules);
        let (message, fetched, reading) = read_one(case, text(case, "text"), &rules);
        let details = &first.details;
        let earlier = earlier(Signer {
            name: details.name.clone(),
            name_hint: details.name_hint.clone(),
            organization: details.organization.clone(),
            phones: details.phones.clone(),
            occupation: details.occupation.clone(),
            ..Signer::default()
        });
        let (mine, its) = (&reading.likeness, &first.likeness);
        let same =
            (mine.opinion_sha256.is_some() && mine.opinion_sha256 == its.opinion_sha256).then(|| Copied {
                earlier: earlier.clone(),
                whole: mine.content_sha256 == its.content_sha256,
                vouched: false,
            });
        let precedents = Precedents {
            same_content: same.into_iter().collect(),
            answered: (case["answers"] == true).then_some(earlier),
            ..Precedents::default()
        };
        let ruling = rule(&message, &fetched, &reading, precedents, &rules).ruling;
        let (found, expected) = (ruling.disposition().as_str(), text(case, "expect"));
        let line = || {
            let (before, text) = (text(case, "before"), text(case, "text"));
            format!("{before:?} then {text:?}: {found}, expected {expected}")
        };
        kinds.case(text(case, "kind"), (found != expected).then(line));
    }
    kinds.tell();
}
