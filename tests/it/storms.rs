//! Storms: programs that answer programs, forged senders, old mailboxes. The daemon itself, between a mailbox and an SMTP
//! server; what counts is what leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags};

use crate::smtp::smtp_server::{Protection, SmtpServer, Taken};
use crate::support::daemon::{Office, Running};
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;
use crate::support::{field, holds_for, wait_for};

const HANG: Duration = Duration::from_mins(3);

async fn server() -> SmtpServer {
    SmtpServer::start(Protection::Plain, Vec::new()).await
}

fn office(server: &SmtpServer) -> Office {
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    office.text("mailbox", "poll_interval", "1s");
    office
}

fn deliver_raw(office: &Office, name: &str, raw: &[u8]) {
    let path = office.path().join("mailbox/new").join(format!("{ARRIVAL}.{name}"));
    fs::write(&path, raw).unwrap();
    set_modified(&path, UNIX_EPOCH + Duration::from_secs(ARRIVAL));
}

fn count(store: &Path, sql: &str) -> i64 {
    let Ok(store) = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY) else { return -1 };
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    store.query_row(sql, [], |row| row.get(0)).unwrap_or(-1)
}

/// Whether everything in the mailbox is recorded and nothing waits in the outbox.
fn is_at_rest(office: &Office) -> bool {
    let files = i64::try_from(fs::read_dir(office.path().join("mailbox/new")).unwrap().count()).unwrap();
    let store = office.store_path();
    count(&store, "SELECT count(*) FROM mailbox_entry") == files
        && count(&store, "SELECT count(*) FROM acknowledgement WHERE state IN ('queued', 'deferred')") == 0
}

fn stop(running: Running) {
    running.terminate();
    let finished = running.finish(HANG);
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

fn id(taken: &Taken) -> String {
    field(&taken.octets, "Message-ID").trim_matches(['<', '>']).to_owned()
}

/// The text of an answer of ours.
fn text(taken: &Taken) -> String {
    use base64::Engine as _;
    let octets = String::from_utf8_lossy(&taken.octets).into_owned();
    let (_, body) = octets.split_once("\r\n\r\n").unwrap();
    let body = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
    String::from_utf8(body).unwrap()
}

fn recipient(taken: &Taken) -> String {
    taken.to.split(['<', '>']).nth(1).unwrap().to_owned()
}

/// How a program without any mark of one answers our answer: its round, the letter that began it, and what it answers.
type Robot = fn(usize, &Letter, &Taken) -> Letter;

fn threaded(first: &Letter, answer: &Taken, text: String) -> Letter {
    Letter {
        in_reply_to: Some(id(answer)),
        subject: "Re: 您的意见建议已收到".to_owned(),
        text,
        ..first.clone()
    }
}

fn number(answer: &Taken) -> String {
    id(answer).split('.').next().unwrap().to_owned()
}

/// Robots, and how many answers each gets at most: one to the letter itself, one to what is added to it, one to a
/// repetition of it; where it writes a new submission each time, what the caps allow (two an address, four a domain).
const ROBOTS: [(&str, usize, Robot); 10] = [
    // Nothing but thanks gets no answer at all.
    ("the same words in a thread", 1, |_, first, answer| {
        threaded(first, answer, "已收到，谢谢！\r\n".to_owned())
    }),
    ("other words in a thread", 2, |round, first, answer| {
        threaded(first, answer, format!("第{round}封已收到。\r\n"))
    }),
    ("the first words again in a thread", 1, |_, first, answer| threaded(first, answer, first.text.clone())),
    ("our words quoted in a thread", 2, |round, first, answer| {
        let quoted = format!("> {}\r\n", text(answer).lines().collect::<Vec<_>>().join("\r\n> "));
        threaded(first, answer, format!("收悉{round}\r\n\r\n在 2024-03-12 写道：\r\n{quoted}"))
    }),
    ("no thread, our subject", 2, |round, first, answer| Letter {
        subject: format!("Re: 自动回执〔{}〕您的意见建议已收到", number(answer)),
        text: format!("第{round}封已收到。\r\n"),
        ..first.clone()
    }),
    ("no thread, our number in the text", 2, |round, first, answer| Letter {
        subject: format!("收到 {round}"),
        text: format!("关于{}，第{round}封已收到。\r\n", number(answer)),
        ..first.clone()
    }),
    // It says itself that it is an answer.
    ("no thread, our whole text", 2, |round, first, answer| Letter {
        subject: format!("收到 {round}"),
        text: format!("第{round}封\r\n{}", text(answer)),
        ..first.clone()
    }),
    ("the first letter again and again", 2, |_, first, _| first.clone()),
    ("a new comment under the right subject each time", 2, |round, first, _| Letter {
        text: format!("建议第{round}条：延长办理时间到晚上{round}点。\r\n"),
        ..first.clone()
    }),
    ("another address of its domain each time", 4, |round, first, answer| Letter {
        from: format!("desk{round}@{}", first.from.split('@').nth(1).unwrap()),
        text: format!("关于{}，第{round}封已收到。\r\n", number(answer)),
        ..first.clone()
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn unmarked_robots_that_answer_every_answer_come_to_an_end() {
    let server = server().await;
    let mut office = office(&server);
    office.set("acknowledgement", "caps", "{ per_address = 2, per_domain = 4 }");
    let mut firsts = BTreeMap::new();
    for (index, _) in ROBOTS.iter().enumerate() {
        // Each a registered domain of its own, which the cap counts.
        let domain = format!("robot{index}.example");
        let first = Letter { from: format!("office@{domain}"), ..letter(index + 1) };
        first.deliver(&office.path().join("mailbox"));
        firsts.insert(domain, (index, first));
    }
    let running = office.start(&["run"]);
    let mut rounds = vec![0; ROBOTS.len()];
    let mut answered = 0;
    tokio::task::block_in_place(|| {
        wait_for("the robots' end", HANG, || {
            let taken = server.taken();
            assert!(taken.len() < 100, "a storm: {rounds:?}");
            for answer in &taken[answered..] {
                let to = recipient(answer);
                let (index, first) = &firsts[to.split('@').nth(1).unwrap()];
                rounds[*index] += 1;
                let mut reply = ROBOTS[*index].2(rounds[*index], first, answer);
                reply.message_id = format!("reply-{index}-{}@example.com", rounds[*index]);
                reply.deliver(&office.path().join("mailbox"));
            }
            let quiet = taken.len() == answered && !taken.is_empty();
            answered = taken.len();
            (quiet && is_at_rest(&office) && server.taken().len() == answered).then_some(())
        });
    });
    stop(running);
    for ((what, most, _), got) in ROBOTS.iter().zip(&rounds) {
        assert_eq!(got, most, "{what}: {rounds:?}");
    }
    let ids: std::collections::BTreeSet<String> = server.taken().iter().map(id).collect();
    assert_eq!(ids.len(), answered, "no answer left twice");
    office.run_ok(&["verify"]);
    office.run_ok(&["reconcile"]);
}

/// A gateway that takes off every mark of a program, as some do.
fn without_marks(octets: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(octets.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let marks = ["auto-submitted:", "x-auto-response-suppress:", "x-zwfw-intake:"];
    let kept: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !marks.iter().any(|mark| line.to_lowercase().starts_with(mark)))
        .collect();
    format!("{}\r\n\r\n{body}", kept.join("\r\n")).into_bytes()
}

/// Gives an office addresses, numbers and words of its own: none that another office's rules know.
fn make_another(office: &mut Office, domain: &str, prefix: &str) {
    office.text("acknowledgement", "from", &format!("yjzj@{domain}"));
    fs::write(office.path().join("words.txt"), "来信收悉\n《{{ title }}》的来信收悉，编号{{ number }}。\n")
        .unwrap();
    let path = office.path().join("consultations/liaoning.toml");
    let mut consultation = fs::read_to_string(&path).unwrap();
    consultation = consultation.replace("ln.gov.cn", domain).replace("LNZX", prefix);
    consultation.push_str("[templates]\n");
    for kind in ["accepted", "near_miss", "late", "duplicate", "supplement", "review"] {
        consultation.push_str(kind);
        consultation.push_str(" = \"../words.txt\"\n");
    }
    fs::write(path, consultation).unwrap();
}

/// Two offices that answer each other: how many answers each sends in all, and what became of each other's.
async fn two_offices(stripped: bool) -> (usize, usize, Vec<String>) {
    let (one, two) = (server().await, server().await);
    let (mut first_office, mut second_office) = (office(&one), office(&two));
    make_another(&mut first_office, "one.example.cn", "YIZX");
    make_another(&mut second_office, "two.example.cn", "ERZX");
    Letter { from: "yjzj@two.example.cn".to_owned(), ..letter(1) }
        .deliver(&first_office.path().join("mailbox"));
    let running = [first_office.start(&["run"]), second_office.start(&["run"])];
    let mut carried = [0, 0];
    tokio::task::block_in_place(|| {
        wait_for("silence", HANG, || {
            let mut quiet = !one.taken().is_empty();
            for (index, (from, to)) in [(&one, &second_office), (&two, &first_office)].into_iter().enumerate()
            {
                let taken = from.taken();
                assert!(taken.len() < 20, "a storm");
                for answer in &taken[carried[index]..] {
                    let raw = if stripped { without_marks(&answer.octets) } else { answer.octets.clone() };
                    deliver_raw(to, &id(answer), &raw);
                    quiet = false;
                }
                carried[index] = taken.len();
            }
            let rest = quiet && is_at_rest(&first_office) && (carried[0] == 0 || is_at_rest(&second_office));
            (rest && [one.taken().len(), two.taken().len()] == carried).then_some(())
        });
    });
    running.into_iter().for_each(stop);
    let became = |office: &Office| {
        let sql = "SELECT e.disposition || coalesce(' ' || a.state, '') || coalesce(' ' || a.reason, '') AS became
                   FROM mailbox_entry AS e LEFT JOIN acknowledgement AS a ON a.message_id = e.message_id ORDER BY e.id";
        office.rows().rows(sql).into_iter().map(|row| row["became"].clone()).collect::<Vec<_>>()
    };
    (one.taken().len(), two.taken().len(), [became(&first_office), became(&second_office)].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_offices_that_answer_each_other_fall_silent() {
    let (one, two, became) = two_offices(false).await;
    assert_eq!(became, ["filed sent", "automatic"]);
    assert_eq!((one, two), (1, 0), "an answer that is marked is not answered");
    // Without the marks each takes the other's answers for a citizen's: one to the letter, one to what is added to it.
    let (one, two, became) = two_offices(true).await;
    let first = ["filed sent", "supplement sent", "duplicate withheld answered_again"];
    assert_eq!(became, [&first[..], &["filed sent", "supplement sent"]].concat());
    assert_eq!((one, two), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_answer_that_comes_back_is_not_answered() {
    let server = server().await;
    let office = office(&server);
    letter(1).deliver(&office.path().join("mailbox"));
    let pass = || tokio::task::block_in_place(|| assert_eq!(office.run(&["run", "--once"]).code, Some(0)));
    pass();
    let [answer] = &server.taken()[..] else { panic!("{:?}", server.taken()) };
    deliver_raw(&office, "as-it-is", &answer.octets);
    deliver_raw(&office, "without-marks", &without_marks(&answer.octets));
    // Forwarded back by a program under its own address, our text and subject in it, once more with the title.
    for (name, subject) in [("bare", "Fwd: 自动回执"), ("title", letter(1).subject.as_str())] {
        let back = Letter {
            from: "zwfw@ln.gov.cn".to_owned(),
            message_id: format!("{name}@ln.gov.cn"),
            subject: subject.to_owned(),
            text: text(answer),
            in_reply_to: Some(id(answer)),
        };
        back.deliver(&office.path().join("mailbox"));
    }
    pass();
    pass();
    assert!(is_at_rest(&office));
    assert_eq!(server.taken().len(), 1);
}

/// Header lines before a letter, its sender, and the recorded reason for which no answer leaves; `""`: it is answered,
/// `"automatic"`: there is nothing to answer.
const SENDERS: [(&str, &str, &str); 20] = [
    ("", "citizen@example.com", ""),
    ("Return-Path: <citizen@example.com>", "citizen@example.com", ""),
    ("Auto-Submitted: no", "citizen@example.com", ""),
    ("Authentication-Results: mx.evil.example; dmarc=fail", "citizen@example.com", ""),
    ("Authentication-Results: mx.ln.gov.cn; dmarc=pass", "citizen@example.com", ""),
    ("Return-Path: <citizen@mail.example.com>", "citizen@example.com", ""),
    ("Authentication-Results: mx.ln.gov.cn; dmarc=fail", "citizen@example.com", "authentication_failed"),
    (
        "Authentication-Results: mx.evil.example; dmarc=pass\r\nAuthentication-Results: mx.ln.gov.cn; dmarc=fail",
        "citizen@example.com",
        "authentication_failed",
    ),
    (
        "Authentication-Results: mx.ln.gov.cn; spf=fail smtp.mailfrom=example.com",
        "citizen@example.com",
        "authentication_failed",
    ),
    (
        "Authentication-Results: mx.evil.example; dmarc=pass\r\nReturn-Path: <spammer@example.net>",
        "citizen@example.com",
        "sender_mismatch",
    ),
    ("Return-Path: <spammer@example.net>", "citizen@example.com", "sender_mismatch"),
    ("Return-Path: <spammer@example.net>", "director@ln.gov.cn", "sender_mismatch"),
    ("Return-Path: <>", "citizen@example.com", "machine_suspected"),
    ("", "zwfw@ln.gov.cn", "own_address"),
    ("", "MHWZ@ln.gov.cn", "own_address"),
    ("List-Id: <talk.example.com>", "citizen@example.com", "machine_suspected"),
    ("Precedence: bulk", "citizen@example.com", "machine_suspected"),
    ("", "no-reply@example.com", "marked_no_answer"),
    ("X-Auto-Response-Suppress: All", "citizen@example.com", "marked_no_answer"),
    ("Auto-Submitted: auto-replied", "citizen@example.com", "automatic"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_senders_lists_and_programs_are_filed_and_not_answered() {
    let server = server().await;
    let office = office(&server);
    let mut expected = Vec::new();
    for (index, (header, from, reason)) in SENDERS.iter().enumerate() {
        let letter = Letter { from: (*from).to_owned(), ..letter(index + 1) };
        let mut raw = if header.is_empty() { Vec::new() } else { format!("{header}\r\n").into_bytes() };
        raw.extend(letter.raw());
        deliver_raw(&office, &format!("{index:02}"), &raw);
        if reason.is_empty() {
            expected.push(format!("<{}>", letter.message_id));
        }
    }
    tokio::task::block_in_place(|| assert_eq!(office.run(&["run", "--once"]).code, Some(0)));
    let mut answered: Vec<String> =
        server.taken().iter().map(|taken| field(&taken.octets, "In-Reply-To")).collect();
    answered.sort();
    expected.sort();
    let rows = office.rows();
    for (index, (header, from, reason)) in SENDERS.iter().enumerate() {
        let found = rows.rows(&format!(
            "SELECT e.disposition, coalesce(a.reason, '') AS reason FROM mailbox_entry AS e
             LEFT JOIN acknowledgement AS a ON a.message_id = e.message_id WHERE e.uid = '{ARRIVAL}.{index:02}'"
        ));
        let found = match found[0]["disposition"].as_str() {
            "automatic" => "automatic".to_owned(),
            _ => found[0]["reason"].split(':').next().unwrap().to_owned(),
        };
        assert_eq!(found, *reason, "{index}: {header:?} from {from}");
    }
    assert_eq!(answered, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_old_messages_at_first_contact_send_nothing() {
    let server = server().await;
    let mut office = office(&server);
    office.unset("acknowledgement", "not_before");
    office.open_until("2099-12-31");
    for n in 1..=10_000 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    let pass = |office: &Office| {
        tokio::task::block_in_place(|| {
            let finished = office.start(&["run", "--once"]).finish(HANG);
            assert_eq!(finished.code, Some(0), "{finished:?}");
        });
    };
    pass(&office);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission"), 10_000);
    assert_eq!(
        rows.count(
            "SELECT count(*) FROM acknowledgement WHERE state = 'withheld' AND reason = 'before_not_before'"
        ),
        10_000
    );
    assert_eq!(server.connections(), 0);
    // The first one that comes afterwards is answered.
    fs::write(office.path().join("mailbox/new/later"), letter(10_001).raw()).unwrap();
    pass(&office);
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(field(&taken[0].octets, "In-Reply-To"), "<letter-10001@example.com>");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn restarts_repeat_no_answer() {
    let server = server().await;
    let office = office(&server);
    let letters = 120;
    for n in 1..=letters {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    tokio::task::block_in_place(|| {
        for restart in 1..=4 {
            let running = office.start(&["run"]);
            wait_for("some more answers", HANG, || (server.taken().len() >= restart * 25).then_some(()));
            running.terminate();
            // Where there were enough answers already it is asked to stop before it listens, and merely ends.
            let finished = running.finish(HANG);
            assert!(matches!(finished.code, Some(0) | None), "{finished:?}");
        }
        let running = office.start(&["run"]);
        wait_for("all answers", HANG, || {
            (is_at_rest(&office) && server.taken().len() >= letters).then_some(())
        });
        running.terminate();
        let finished = running.finish(HANG);
        assert!(matches!(finished.code, Some(0) | None), "{finished:?}");
    });
    let ids: std::collections::BTreeSet<String> =
        server.taken().iter().map(|taken| field(&taken.octets, "In-Reply-To")).collect();
    assert_eq!((ids.len(), server.taken().len()), (letters, letters), "one answer for each submission");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daemon_holds_a_storm_says_so_once_and_goes_on_when_it_may() {
    let server = server().await;
    let mut office = office(&server);
    office.set("acknowledgement", "caps", "{ per_hour = 4 }");
    for n in 1..=7 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    tokio::task::block_in_place(|| {
        let running = office.start(&["run"]);
        wait_for("the breaker", HANG, || running.said().contains("circuit breaker open").then_some(()));
        wait_for("four answers", HANG, || (server.taken().len() == 4).then_some(()));
        holds_for("four answers and no more", Duration::from_secs(4), || server.taken().len() == 4);
        // Nor does it say at every look into the outbox that nothing has changed.
        for (words, most) in [("circuit breaker open", 1), ("circuit breaker still open", 1)] {
            assert!(running.said().matches(words).count() <= most, "{}", running.said());
        }
        let status = office.json(&["status", "--json"]);
        assert!(status["breaker"].as_str().unwrap().contains("per_hour"), "{status}");
        office.run_ok(&["outbox", "release", "--breaker"]);
        wait_for("the rest", HANG, || (server.taken().len() == 7).then_some(()));
        wait_for("the settling", HANG, || is_at_rest(&office).then_some(()));
        stop(running);
    });
}
