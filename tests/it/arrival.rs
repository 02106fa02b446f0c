//! Evidence of arrival and sender: what a sender writes moves neither, and who writes honestly is filed and answered.

use jiff::Timestamp;
use serde::Deserialize;
use zwfw_intake::parse::{ParseLimits, parse};
use zwfw_intake::respond::{RespondContext, Response, respond};
use zwfw_intake::ruling::{Filing, Precedents, Reading, Rules, read, rule};
use zwfw_intake::vocabulary::{
    EntryTime, EntryUid, FetchedMessage, FolderKey, ReviewReason, Status, WrittenTime,
};

use crate::imap::imap_server::{Fake, Message, Setup, say};
use crate::invariants;
use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::{Random, liaoning, long};

/// A mailbox's clock that says the letter came after the close.
const FILE_TIME: &str = "2024-03-20T02:00:00Z";

fn rules() -> Rules {
    Rules::new(&[liaoning::consultation()], &["mx.ln.gov.cn".to_owned(), ".ln.gov.cn".to_owned()])
}

/// A whole letter with these lines at the top.
fn letter_with(header: &[String]) -> Vec<u8> {
    let from =
        if header.iter().any(|line| line.starts_with("From:")) { "" } else { "From: <victim@qq.com>\r\n" };
    format!(
        "{}\r\n{from}To: <zwfw@ln.gov.cn>\r\nSubject: 《{}》意见建议\r\nDate: Wed, 20 Mar 2024 09:59:00 +0800\r\n\
         Message-ID: <m1@client.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         姓名：王小明\r\n职业：教师\r\n电话：13800138000\r\n\r\n建议延长办事窗口的办理时间。\r\n",
        header.join("\r\n"),
        liaoning::TITLE
    )
    .into_bytes()
}

fn judged(raw: Vec<u8>, time: Option<EntryTime>, rules: &Rules) -> (Reading, Option<Filing>, Response) {
    let entry = FolderKey::imap("INBOX", 1).entry(EntryUid::Imap(1));
    let announced_size_bytes = raw.len() as u64;
    let fetched = FetchedMessage { entry, raw, time, announced_size_bytes, truncated: false };
    let message = parse(&fetched.raw, ParseLimits::default());
    let reading = read(&message, &fetched, rules, "2024-03-05T04:00:00Z".parse().unwrap());
    let ruling = rule(&message, &fetched, &reading, Precedents::default(), rules).ruling;
    let context = RespondContext {
        enabled: true,
        first_contact: None,
        restored: None,
        arrived_at: Some(reading.arrival.at),
        not_before: None,
        own_addresses: &["zwfw@ln.gov.cn".to_owned()],
        recent_to_address: 0,
        recent_to_domain: 0,
        per_address_per_day: 5,
        per_domain_per_day: 50,
        answered_again: false,
        answer_agencies: true,
    };
    let response = respond(&message, &ruling, &context);
    (reading, ruling.filing().cloned(), response)
}

#[expect(clippy::unnecessary_wraps, reason = "every message here has a time, not every message does")]
fn internal_date(time: &str) -> Option<EntryTime> {
    Some(EntryTime::InternalDate(WrittenTime { instant: time.parse().unwrap(), offset_seconds: 0 }))
}

#[test]
fn citizens_with_any_provider_and_any_verdict_are_filed_and_answered() {
    #[derive(Deserialize)]
    struct Citizen {
        note: String,
        header: Vec<String>,
        answer: String,
    }
    let citizens: Vec<Citizen> = serde_json::from_str(include_str!("../cases/citizens.json")).unwrap();
    assert!(citizens.len() >= 20);
    let wrong: Vec<String> = citizens
        .iter()
        .filter_map(|case| {
            let time = internal_date("2024-03-05T02:20:05Z");
            let (_, filing, response) = judged(letter_with(&case.header), time, &rules());
            let fits = filing.as_ref().is_some_and(|filing| {
                filing.status == Status::Accepted
                    && filing.review_reasons.is_empty()
                    && filing.reading.arrival.at == "2024-03-05T02:00:02Z".parse::<Timestamp>().unwrap()
            }) && matches!(&response, Response::Answer { recipient, .. } if *recipient == case.answer);
            (!fits).then(|| {
                format!("{}: {response:?}, {:?}", case.note, filing.map(|filing| filing.review_reasons))
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_sender_writes_moves_neither_arrival_nor_verdict() {
    #[derive(Deserialize)]
    struct Forgery {
        note: String,
        header: Vec<String>,
        /// `None`: by no line at all, but by the mailbox's clock.
        arrives: Option<Timestamp>,
        verdict: String,
    }
    let forgeries: Vec<Forgery> = serde_json::from_str(include_str!("../cases/forgeries.json")).unwrap();
    let time = Some(EntryTime::File(FILE_TIME.parse().unwrap()));
    let wrong: Vec<String> = forgeries
        .iter()
        .filter_map(|case| {
            let (reading, ..) = judged(letter_with(&case.header), time, &rules());
            let arrives = case.arrives.unwrap_or(FILE_TIME.parse().unwrap());
            let fits = reading.arrival.at == arrives && reading.sender.verdict.as_str() == case.verdict;
            (!fits).then(|| {
                format!("{}: {:?} {:?}\n  {:?}", case.note, reading.arrival, reading.sender, case.header)
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), forgeries.len(), wrong.join("\n"));
}

/// Pieces that mean something to a reader of trace fields, and junk between them.
#[test]
fn random_bytes_in_the_senders_part_move_neither() {
    const WORDS: &[&str] = &[
        "=?utf-8?Q?mx.ln.gov.cn_=28mx.ln.gov.cn_[10.0.0.1]=29?=",
        "=?utf-8?Q?x=3B_dmarc=3Dpass_header.from=3Dqq.com?=",
        "=?utf-8?Q?x=22=3B_dmarc=3Dpass?=",
        "; dmarc=pass header.from=qq.com",
        " by mx.ln.gov.cn",
        "from ",
        "[10.0.0.1]",
        "(",
        ")",
        "\"",
        "\\",
        "@",
        "<",
        ">",
        ";",
        "=",
        "王",
    ];
    const LINES: &[&str] = &[
        "Received: from a (a [10.0.0.1]) by mx.ln.gov.cn; Tue, 5 Mar 2024 10:00:00 +0800",
        "Authentication-Results: mx.ln.gov.cn; dmarc=pass header.from=qq.com",
        "Authentication-Results: mx.ln.gov.cn; dmarc=fail",
        "Return-Path: <victim@qq.com>",
        "Received-SPF: fail envelope-from=victim@qq.com",
        "From: x <victim@qq.com>",
        "From: <a@evil.example>",
        "From: <a@evil.example> <victim@qq.com>",
        "",
    ];
    let mut random = Random::new(11);
    let some_words = |random: &mut Random, data: &mut Vec<u8>| {
        for _ in 0..random.below(4) {
            data.extend(random.choose(WORDS).bytes());
        }
    };
    for _ in 0..if long() { 200_000 } else { 4_000 } {
        let mut data = Vec::new();
        some_words(&mut random, &mut data);
        data.push(0);
        some_words(&mut random, &mut data);
        data.push(0);
        for _ in 0..random.below(6) {
            data.extend(random.choose(LINES).bytes());
            if random.below(4) == 0 {
                some_words(&mut random, &mut data);
                data.extend((0..random.below(6)).map(|_| u8::try_from(random.below(256)).unwrap()));
            }
            data.extend(b"\r\n");
        }
        invariants::sender_part::holds(&data);
    }
}

#[test]
fn where_the_clocks_of_the_office_disagree_a_person_decides() {
    let boundary = |time: &str| {
        vec![format!(
            "Received: from mail.qq.com (mail.qq.com [203.0.113.9]) by mx.ln.gov.cn (Postfix) with ESMTP; {time}"
        )]
    };
    let early = boundary("Tue, 5 Mar 2024 10:00:00 +0800");
    let late = boundary("Wed, 20 Mar 2024 10:00:00 +0800");
    let (on, off) = (rules(), rules().with_internaldate_as_arrival(false));
    let file = |time: &str| Some(EntryTime::File(time.parse().unwrap()));
    for (what, header, time, rules, disputed) in [
        ("both in time", &early, internal_date("2024-03-13T15:59:59Z"), &on, false),
        ("the mailbox's clock says late", &early, internal_date("2024-03-13T16:00:00Z"), &on, true),
        ("it says so by far", &early, internal_date("2026-11-28T09:00:00Z"), &on, true),
        ("a file's time is no clock of ours", &early, file("2026-11-28T09:00:00Z"), &on, false),
        ("after a migration it says nothing", &early, internal_date("2026-11-28T09:00:00Z"), &off, false),
        ("both late", &late, internal_date("2024-03-20T02:00:05Z"), &on, false),
        (
            "in time by the mailbox, by more than a day",
            &late,
            internal_date("2024-03-13T15:00:00Z"),
            &on,
            true,
        ),
        ("nor that", &late, internal_date("2024-03-13T15:00:00Z"), &off, false),
        ("nothing but the mailbox's clock", &Vec::new(), internal_date("2024-03-20T02:00:00Z"), &on, false),
    ] {
        let (_, filing, _) = judged(letter_with(header), time, rules);
        let filing = filing.unwrap();
        let found = filing.review_reasons.contains(&ReviewReason::ArrivalDisputed);
        assert_eq!(found, disputed, "{what}: {:?}", filing.review_reasons);
        assert!(!disputed || filing.status == Status::Review, "{what}");
    }
    let almost = boundary("Thu, 14 Mar 2024 20:00:00 +0800");
    let (_, filing, _) = judged(letter_with(&almost), internal_date("2024-03-13T15:00:00Z"), &on);
    let reasons = filing.unwrap().review_reasons;
    assert!(!reasons.contains(&ReviewReason::ArrivalDisputed), "less than a day: {reasons:?}");

    // Without either clock nobody knows when it came.
    let (reading, filing, _) = judged(letter_with(&[]), internal_date("2024-03-05T02:00:00Z"), &off);
    assert!(reading.arrival_unknown);
    assert!(filing.unwrap().review_reasons.contains(&ReviewReason::NoArrivalTime));
}

#[test]
fn where_a_line_of_the_office_contradicts_the_boundarys_a_person_decides() {
    let inside = |time: &str| {
        format!("Received: from gw.ln.gov.cn (gw.ln.gov.cn [10.1.1.1]) by store.ln.gov.cn with ESMTP; {time}")
    };
    let lmtp = |time: &str| format!("Received: by store.ln.gov.cn with LMTP id 1; {time}");
    let filter = |time: &str| format!("Received: (qmail 12 invoked from network); {time}");
    // Where the gateway writes no line, this one is the sender's.
    let outside = |time: &str| {
        format!(
            "Received: from evil.example (evil.example [203.0.113.66]) by mx.ln.gov.cn with SMTP id F; {time}"
        )
    };
    let (early, late) = ("Tue, 5 Mar 2024 10:00:00 +0800", "Wed, 20 Mar 2024 10:00:00 +0800");
    let (evening, morning) = ("Wed, 13 Mar 2024 23:20:00 +0800", "Thu, 14 Mar 2024 22:20:00 +0800");
    for (what, header, disputed) in [
        ("a gateway without a line", vec![inside(late), outside(early)], true),
        ("a store that took it by LMTP", vec![lmtp(late), outside(early)], true),
        ("a line of a filter between", vec![inside(late), filter(late), outside(early)], true),
        (
            "a line of a filter with the time of the sender",
            vec![inside(late), filter(early), outside(early)],
            true,
        ),
        ("mail that never left the house", vec![inside(late), inside(early)], true),
        ("the letter went on at once", vec![inside(early), outside(early)], false),
        ("held for less than a day over the close", vec![inside(morning), outside(evening)], false),
        (
            "held for a week, and the close is not yet",
            vec![inside("Tue, 12 Mar 2024 10:00:00 +0800"), outside(early)],
            false,
        ),
        ("late by every line", vec![inside("Fri, 22 Mar 2024 10:00:00 +0800"), outside(late)], false),
        ("a later line of the sender", vec![outside(early), outside(late)], false),
    ] {
        // A file's time decides nothing here.
        let time = Some(EntryTime::File(FILE_TIME.parse().unwrap()));
        let filing = judged(letter_with(&header), time, &rules()).1.unwrap();
        let found = filing.review_reasons.contains(&ReviewReason::ArrivalDisputed);
        assert_eq!(found, disputed, "{what}: {:?}", filing.review_reasons);
        assert!(!disputed || filing.status == Status::Review, "{what}");
    }

    let office = Office::at_maildir();
    let path = office.path().join("held.eml");
    std::fs::write(&path, letter_with(&[inside(late), outside(early)])).unwrap();
    office.run_ok(&["import", path.to_str().unwrap()]);
    let said = office.run_ok(&["explain", "LNZX-2024-0001"]).stdout;
    assert!(
        said.contains("2024-03-05 10:00") && said.contains("2024-03-20T10:00:00+08:00"),
        "both times: {said}"
    );
    office.run_ok(&["review", "confirm", "LNZX-2024-0001"]);
    let row = office.rows().rows("SELECT status, timeliness, received_at FROM submission");
    assert_eq!((&*row[0]["status"], &*row[0]["received_at"]), ("accepted", "2024-03-05T02:00:00Z"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_disputed_arrival_shows_both_times_and_counts_as_a_person_says() {
    let boundary = "Received: from mail.example.com (mail.example.com [203.0.113.9])\r\n by mx.ln.gov.cn (Postfix) with ESMTP id 1;\r\n \
                    Tue, 12 Mar 2024 10:00:02 +0800\r\n";
    let message = |n: usize, date| Message {
        uid: u32::try_from(n * 10).unwrap(),
        date,
        raw: [boundary.as_bytes(), &letter(n).raw()].concat(),
    };
    let mut setup = Setup::default();
    setup.messages = vec![
        message(1, "12-Mar-2024 10:00:05 +0800"),
        message(2, "20-Mar-2024 10:00:05 +0800"),
        message(3, "20-Mar-2024 10:00:06 +0800"),
    ];
    let server = Fake::start(setup.clone()).await;
    let mut office = Office::over_imap(server.port());
    tokio::task::block_in_place(|| office.run_ok(&["run", "--once"]));
    let status = |office: &Office, number: &str| {
        office.rows().rows(&format!(
            "SELECT status, timeliness, review_reasons FROM submission WHERE number = '{number}'"
        ))[0]
            .clone()
    };
    assert_eq!(status(&office, "LNZX-2024-0001")["status"], "accepted");
    for number in ["LNZX-2024-0002", "LNZX-2024-0003"] {
        let row = status(&office, number);
        assert_eq!(
            (&*row["status"], &*row["review_reasons"]),
            ("review", "[\"arrival_disputed\"]"),
            "{row:?}"
        );
    }
    let said = tokio::task::block_in_place(|| office.run_ok(&["explain", "LNZX-2024-0002"])).stdout;
    assert!(said.contains("2024-03-12 10:00") && said.contains("2024-03-20 10:00"), "both times: {said}");
    tokio::task::block_in_place(|| {
        office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
        office.run_ok(&["review", "deny", "LNZX-2024-0003", "--note", "来信人要求"]);
    });
    assert_eq!(status(&office, "LNZX-2024-0002")["status"], "accepted");
    assert_eq!(status(&office, "LNZX-2024-0003")["status"], "late");

    // Where most letters differ the mailbox was moved, and `check --live` says which key tells us.
    let trace = |n: u32, date: &str| {
        let literal = format!("{boundary}\r\n");
        format!(
            "* {n} FETCH (INTERNALDATE \"{date}\" BODY[HEADER.FIELDS (RECEIVED AUTHENTICATION-RESULTS)] {{{}}}\r\n{literal})\r\n",
            literal.len()
        )
    };
    let dates = ["12-Mar-2024 10:00:05 +0800", "20-Mar-2024 10:00:05 +0800", "20-Mar-2024 10:00:06 +0800"];
    let traces: String = (1..).zip(dates).map(|(n, date)| trace(n, date)).collect();
    let server = Fake::start(setup.on("FETCH 1:", vec![say(traces + "$T OK done\r\n")])).await;
    office.set("mailbox", "port", server.port());
    office.set("acknowledgement", "enabled", false);
    let said = tokio::task::block_in_place(|| office.run_ok(&["check", "--live"])).stdout;
    assert!(said.contains("internaldate_is_arrival = false"), "{said}");
}

/// A time that only the sender's side wrote may make a late letter one to look at: the line is shown, and whose word it is.
#[test]
fn a_line_below_the_boundary_is_shown_where_a_letter_waits_for_it() {
    let late = "Received: from mail.example.com (mail.example.com [203.0.113.9]) by mx.ln.gov.cn with SMTP id A1;\r\n Fri, 15 Mar 2024 10:00:02 +0800";
    let hop = |time: &str| format!("Received: from pc by relay.example.com with SMTP id B7; {time}");
    for (time, waits) in
        [("Tue, 12 Mar 2024 23:00:00 +0800", true), ("Fri, 15 Mar 2024 09:59:00 +0800", false)]
    {
        let office = Office::at_maildir();
        let raw = letter_with(&[late.to_owned(), hop(time)]);
        std::fs::write(office.path().join("1.eml"), raw).unwrap();
        office.run_ok(&["import", "1.eml"]);
        let status = office.rows().rows("SELECT status, timeliness FROM submission").remove(0);
        let expected = if waits { ("review", "late_sent_in_time") } else { ("late", "late") };
        assert_eq!((&*status["status"], &*status["timeliness"]), expected);
        let explained = office.run_ok(&["explain", "LNZX-2024-0001"]).stdout;
        assert_eq!(explained.contains("relay.example.com"), waits, "{explained}");
        assert_eq!(explained.contains("发件人自己也能写上"), waits, "{explained}");
        assert_eq!(explained.contains("2024-03-12T23:00:00+08:00"), waits, "{explained}");
        office.run_ok(&["verify", "--replay"]);
    }
}
