//! Back-off of the acknowledgement lane, as a table.

use jiff::{SignedDuration, Timestamp};
use zwfw_intake::schedule::{Next, RetryPolicy, counts, next};
use zwfw_intake::vocabulary::{Breakage, SendFailure, SendOutcome, SendReason, Silence, Word};

const NOW: &str = "2024-03-12T02:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn transient(code: u16, reply: &str) -> SendOutcome {
    SendOutcome::Transient { code, reply: reply.into() }
}

fn breakage(seen: Silence) -> Breakage {
    Breakage { server: "SMTP smtp.example.com:465".into(), step: "RCPT TO".into(), seen }
}

fn broken() -> SendOutcome {
    SendOutcome::Broken(breakage(Silence::Closed))
}

fn unavailable() -> SendOutcome {
    SendOutcome::Unavailable { reply: "SMTP smtp.example.com:465: connect: refused".into() }
}

fn unknown() -> SendOutcome {
    SendOutcome::Unknown(breakage(Silence::NoAnswer { limit_ms: 30_000 }))
}

/// Seconds from now, without jitter; `None`: no retry.
fn delay(outcome: &SendOutcome, attempts: u32, queued_hours_ago: i64) -> Option<i64> {
    let queued = now() - SignedDuration::from_hours(queued_hours_ago);
    match next(RetryPolicy::default(), queued, attempts, outcome, now(), 0.0) {
        Next::RetryAt { at, .. } => Some(at.duration_since(now()).as_secs()),
        Next::Sent | Next::GiveUp { .. } => None,
    }
}

#[test]
fn delays() {
    let accepted = SendOutcome::Accepted { reply: "250 ok".into() };
    let refused = SendOutcome::Permanent { code: 550, reply: "5.1.1 no such user".into() };
    let spam = SendOutcome::Permanent { code: 554, reply: "DT:SPM 163 smtp5".into() };
    let limited = SendOutcome::Permanent { code: 550, reply: "Domain frequency limited. http://…".into() };
    let rows = [
        // QQ's 550 that is none.
        (&limited, 1, 0, Some(3600)),
        (&limited, 9, 1, Some(14_400)),
        (&limited, 9, 121, None),
        // Done, one way or the other.
        (&accepted, 1, 0, None),
        (&refused, 1, 0, None),
        (&spam, 1, 0, None),
        // Doubling from a minute to four hours.
        (&transient(452, "4.3.1 disk full"), 1, 0, Some(60)),
        (&transient(452, "4.3.1 disk full"), 2, 0, Some(120)),
        (&transient(452, "4.3.1 disk full"), 3, 0, Some(240)),
        (&transient(452, "4.3.1 disk full"), 6, 1, Some(1920)),
        (&transient(452, "4.3.1 disk full"), 9, 9, Some(14_400)),
        (&transient(452, "4.3.1 disk full"), u32::MAX, 9, Some(14_400)),
        (&broken(), 1, 0, Some(60)),
        (&unknown(), 1, 0, Some(60)),
        (&unknown(), 4, 0, Some(480)),
        // No attempt was counted yet.
        (&broken(), 0, 0, Some(60)),
        // Greylisting: a short pause, at first.
        (&transient(450, "4.7.1 greylisted"), 1, 0, Some(180)),
        (&transient(451, "4.7.1 try later"), 2, 0, Some(180)),
        (&transient(450, "Greylisting in action"), 1, 0, Some(180)),
        (&transient(450, "4.7.1 greylisted"), 5, 0, Some(960)),
        // What NetEase means.
        (&transient(421, "HL:IFC 163 smtp10,1"), 1, 0, Some(900)),
        (&transient(421, "HL:ICC 163 smtp10,1"), 1, 0, Some(900)),
        (&transient(450, "MI:CEL 163 smtp10"), 2, 0, Some(900)),
        (&transient(451, "MI:SFQ 163 smtp10"), 1, 0, Some(900)),
        (&transient(451, "MI:SFQ 163 smtp10"), 6, 0, Some(1920)),
        (&transient(451, "DT:SPM, please try again"), 1, 0, Some(120)),
        // The server is not there: at most a quarter of an hour, however often.
        (&unavailable(), 1, 0, Some(60)),
        (&unavailable(), 4, 0, Some(480)),
        (&unavailable(), 40, 100, Some(900)),
        // Five days; thirty when no session can be opened.
        (&broken(), 30, 119, Some(14_400)),
        (&broken(), 30, 120, None),
        (&unknown(), 30, 120, None),
        (&unavailable(), 30, 8 * 24, Some(900)),
        (&unavailable(), 30, 30 * 24, None),
    ];
    for (outcome, attempts, hours, expected) in rows {
        assert_eq!(delay(outcome, attempts, hours), expected, "{outcome:?}, attempt {attempts}, {hours} h");
    }
}

#[test]
fn giving_up_says_why() {
    let policy = RetryPolicy::default();
    let refused = SendOutcome::Permanent { code: 550, reply: "5.1.1 no such user".into() };
    let failure = SendFailure::Refused { code: 550, reply: "5.1.1 no such user".into() };
    assert_eq!(
        next(policy, now(), 1, &refused, now(), 0.5),
        Next::GiveUp { reason: SendReason::Failed(failure) }
    );
    let queued = now() - SignedDuration::from_hours(121);
    assert_eq!(
        next(policy, queued, 40, &transient(452, "disk full"), now(), 0.5),
        Next::GiveUp {
            reason: SendReason::GivenUp {
                hours: 120,
                last: SendFailure::Refused { code: 452, reply: "disk full".into() }
            }
        }
    );
    for (outcome, word) in [(broken(), "broken"), (unknown(), "outcome_unknown")] {
        let Next::GiveUp { reason: SendReason::GivenUp { last, .. } } =
            next(policy, queued, 40, &outcome, now(), 0.5)
        else {
            panic!("{outcome:?} is not given up")
        };
        assert_eq!(last.word(), word);
        assert!(last.to_string().contains("SMTP smtp.example.com:465: RCPT TO: "), "{last}");
    }
    let accepted = SendOutcome::Accepted { reply: "250".into() };
    assert_eq!(next(policy, queued, 40, &accepted, now(), 0.5), Next::Sent, "late, but it left");
}

#[test]
fn jitter_only_lengthens() {
    let outcome = transient(451, "MI:SFQ 163");
    for jitter in [0.0, 0.3, 0.999, 1.0, -4.0, 17.0, f64::NAN, f64::INFINITY] {
        let Next::RetryAt { at, reason } = next(RetryPolicy::default(), now(), 1, &outcome, now(), jitter)
        else {
            panic!("no retry");
        };
        let seconds = at.duration_since(now()).as_secs();
        assert!((900..=1125).contains(&seconds), "{jitter}: {seconds}");
        assert_eq!(reason.to_string(), "451 MI:SFQ 163");
    }
}

#[test]
fn nonsense_policies_do_not_overflow() {
    let endless = RetryPolicy {
        first_delay_seconds: u64::MAX,
        longest_delay_seconds: u64::MAX,
        give_up_after_seconds: u64::MAX,
        unavailable_give_up_after_seconds: u64::MAX,
    };
    for attempts in [0, 1, 64, u32::MAX] {
        let next = next(endless, Timestamp::MIN, attempts, &broken(), Timestamp::MAX, 1.0);
        assert!(matches!(next, Next::RetryAt { .. } | Next::GiveUp { .. }));
    }
}

#[test]
fn only_what_concerns_the_message_counts() {
    assert!(!counts(&unavailable()));
    assert!(counts(&broken()) && counts(&unknown()));
}

#[test]
fn a_final_refusal_is_about_us_or_about_the_recipient() {
    use Concern::{Recipient, Unclear, Us};
    use zwfw_intake::schedule::{Concern, Trouble, concern};
    for (reply, about) in [
        ("5.4.5 Daily user sending quota exceeded. x - gsmtp", Us(Trouble::Limit)),
        ("Domain example.cn has exceeded the max emails per hour (150/100) allowed", Us(Trouble::Limit)),
        (
            "5.7.1 <citizen@example.org>: Recipient address rejected: Email Sending Quota Exceeded",
            Us(Trouble::Limit),
        ),
        ("5.1.8 Access denied, bad outbound sender AS(42004)", Us(Trouble::Account)),
        ("5.7.60 SMTP; Client does not have permissions to send as this sender", Us(Trouble::Sender)),
        ("Message rejected: Email address is not verified", Us(Trouble::Sender)),
        ("5.7.1 Client was not authenticated", Us(Trouble::Login)),
        ("5.7.1 Client host [203.0.113.9] blocked using a list", Us(Trouble::Reputation)),
        ("Access denied - Invalid HELO name", Us(Trouble::Reputation)),
        ("5.1.1 <citizen@example.org>: user unknown in relay recipient table", Recipient),
        ("5.2.2 the user has exceeded the max storage", Recipient),
        ("5.1.1 undeliverable address: host mx.example.org said: 550 Ip frequency limited", Recipient),
        ("邮箱不存在", Recipient),
        ("5.7.1 looks like spam", Unclear),
        ("", Unclear),
    ] {
        assert_eq!(concern(reply), about, "{reply}");
    }
}

#[test]
fn a_refused_login_is_told_by_its_words() {
    use LoginRefusal::{Busy, Credentials, Person};
    use zwfw_intake::schedule::{LoginRefusal, login_refusal};
    for (words, refusal) in [
        ("[UNAVAILABLE] please try again later", Some(Busy)),
        ("Too many simultaneous connections.", Some(Busy)),
        ("Login frequency limited", Some(Busy)),
        ("[EXPIRED] set a new one", Some(Person)),
        ("[CONTACTADMIN] suspended", Some(Person)),
        ("Please log in via your web browser", Some(Person)),
        ("account locked", Some(Person)),
        ("LOGIN failed.", Some(Credentials)),
        ("[AUTHENTICATIONFAILED] wrong, try again later", None),
        ("no", None),
    ] {
        assert_eq!(login_refusal(words).map(|(refusal, _)| refusal), refusal, "{words}");
    }
}
