//! Arrivals against the deadline: every row of `tests/cases/deadlines.json`.
//!
//! The consultation is the first one: open from 2024-02-28, closed at the end of 2024-03-13 in Asia/Shanghai.

use jiff::Timestamp;
use serde::Deserialize;
use zwfw_intake::config::{self, Secrets};
use zwfw_intake::deadline::{arrival, judge};
use zwfw_intake::parse::{ParseLimits, Received, parse};
use zwfw_intake::vocabulary::{EntryTime, SHANGHAI_OFFSET_SECONDS, WrittenTime};

#[derive(Deserialize)]
struct Case {
    id: String,
    /// Short for one boundary line with this time.
    trusted_received: Option<Timestamp>,
    /// The lines, topmost first.
    received: Option<Vec<Line>>,
    /// Whole header lines instead, as servers write them: read by the real parser, with their `Date:`.
    header: Option<Vec<String>>,
    /// The consultation's deadline as its file has it, read by the real configuration; absent: 2024-03-13.
    deadline: Option<String>,
    internaldate: Option<Timestamp>,
    file_time: Option<Timestamp>,
    date_header: Option<Timestamp>,
    /// The instant that must count, where the row is about it.
    arrives: Option<Timestamp>,
    expect: Option<String>,
    basis: Option<String>,
    note: String,
}

#[derive(Deserialize)]
struct Line {
    from: Option<String>,
    parentheses: Option<String>,
    by: String,
    time: Option<Timestamp>,
}

impl Line {
    /// The line as parsing hands it over.
    fn received(&self) -> Received {
        let said = self.from.as_deref().map(|from| format!("from {from} ")).unwrap_or_default();
        let recorded = self.parentheses.as_deref().map(|text| format!("({text}) ")).unwrap_or_default();
        let line = format!("{said}{recorded}by {} with ESMTP id 4TvQ", self.by);
        Received { time: self.time.map(written), ..line_of(&line) }
    }
}

/// One line as parsing hands it over.
fn line_of(line: &str) -> Received {
    let raw = format!("Received: {line}\r\n\r\n");
    parse(raw.as_bytes(), ParseLimits::default()).received.remove(0)
}

/// The instant from which mail is late, of a consultation whose file holds these lines.
fn closes(deadline: &str) -> Timestamp {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("mail/new")).unwrap();
    std::fs::create_dir_all(folder.path().join("mail/cur")).unwrap();
    let path = folder.path().join("config.toml");
    let text = format!(
        "[mailbox]\nkind = \"maildir\"\npath = \"mail\"\n[acknowledgement]\nenabled = false\n\
         [[consultation]]\nid = \"ln-2024\"\ntitle = \"辽宁省工作方案\"\n{deadline}\n"
    );
    std::fs::write(&path, text).unwrap();
    config::load(&path, &[], Secrets::LeaveAlone)
        .unwrap_or_else(|problems| panic!("{problems}"))
        .consultations[0]
        .closes
}

const fn written(instant: Timestamp) -> WrittenTime {
    WrittenTime { instant, offset_seconds: SHANGHAI_OFFSET_SECONDS }
}

#[test]
fn every_case_is_judged_as_expected() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../cases/deadlines.json")).unwrap();
    let trusted = ["mx.ln.gov.cn", ".LN.gov.cn", "198.51.100.7", "10.9.9.9"].map(str::to_owned);
    let opens = "2024-02-28T00:00:00+08:00".parse().unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let closes = closes(case.deadline.as_deref().unwrap_or("deadline = 2024-03-13"));
        let parsed = case.header.as_ref().map(|lines| {
            let raw = lines.join("\r\n") + "\r\n\r\n建议。\r\n";
            parse(raw.as_bytes(), ParseLimits::default())
        });
        let sent = parsed.as_ref().map_or_else(|| case.date_header.map(written), |message| message.date);
        let lines: Vec<Received> = match (&case.received, case.trusted_received) {
            _ if parsed.is_some() => parsed.map(|message| message.received).unwrap_or_default(),
            (Some(lines), _) => lines.iter().map(Line::received).collect(),
            (None, Some(time)) => {
                let (from, parentheses) =
                    ("smtp.example.com".to_owned(), "smtp.example.com [192.0.2.1]".to_owned());
                let boundary = Line {
                    from: Some(from),
                    parentheses: Some(parentheses),
                    by: "mx.ln.gov.cn".to_owned(),
                    time: Some(time),
                };
                vec![boundary.received()]
            }
            (None, None) => Vec::new(),
        };
        let entry_time = case
            .internaldate
            .map(|time| EntryTime::InternalDate(written(time)))
            .or(case.file_time.map(EntryTime::File));
        let found = arrival(&lines, &trusted, entry_time);
        let timeliness = found.as_ref().map(|found| judge(found, sent, Some(opens), closes).as_str());
        let basis = found.as_ref().map(|found| found.basis.as_str());
        let fits = timeliness == case.expect.as_deref()
            && basis == case.basis.as_deref()
            && case.arrives.is_none_or(|at| found.as_ref().is_some_and(|found| found.at == at));
        if !fits {
            wrong.push(format!("{} ({}): {timeliness:?} by {found:?}", case.id, case.note));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn junk_in_received_lines_is_read_without_a_panic() {
    let words = [
        "from ",
        " by ",
        "(",
        ")",
        "[",
        "]",
        "helo",
        "mx.ln.gov.cn",
        "unknown",
        "10.0.0.1",
        "::1",
        "；",
        "甲",
        "",
    ];
    let trusted = ["", ".", ".ln.gov.cn", "mx.ln.gov.cn"].map(str::to_owned);
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..2_000 {
        let mut pick = || random.choice(words.iter()).map(|word| (*word).to_owned());
        let line: String = (0..8).filter_map(|_| pick()).collect();
        let line = line_of(&line);
        assert_eq!(arrival(&[line], &trusted, None), None);
    }
}
