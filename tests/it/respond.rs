//! Answer or withhold, as a table: a plain letter from a citizen, and what each change to it comes to.

use jiff::Timestamp;

use zwfw_intake::automatic::Origin;
use zwfw_intake::deadline::Arrival;
use zwfw_intake::details::{Details, Opinion};
use zwfw_intake::parse::{Message, ReturnPath};
use zwfw_intake::quote::Cut;
use zwfw_intake::respond::{RespondContext, Response, respond};
use zwfw_intake::ruling::{Earlier, Filing, Likeness, Reading, Reply, Ruling, Signer};
use zwfw_intake::sender::{Sender, judge};
use zwfw_intake::subject::{Carries, SubjectOutcome, SubjectVerdict};
use zwfw_intake::vocabulary::{
    AcknowledgementKind, Address, ArrivalEvidence, Flag, Machine, Mark, ReceivedBasis, ReviewReason,
    SenderKind, Status, SubjectEvidence, SubjectReason, Timeliness, Unreadable, WithheldReason, Word,
};

const CITIZEN: &str = "citizen@example.com";

/// A message, its ruling and the context; each test changes what it is about.
struct Case {
    message: Message,
    ruling: Ruling,
    arrived_at: Option<Timestamp>,
    own: Vec<String>,
    trusted: Vec<String>,
    enabled: bool,
    answer_agencies: bool,
    not_before: Option<Timestamp>,
    first_contact: Option<Timestamp>,
    restored: Option<Timestamp>,
    recent: u32,
    recent_to_domain: u32,
    answered_again: bool,
}

fn earlier() -> Earlier {
    Earlier {
        submission_id: 1,
        number: "LNZX-2024-0001".into(),
        consultation: "liaoning-2024".into(),
        received_at: None,
        status: Status::Accepted,
        is_forged: false,
        is_agency: false,
        signer: Signer::default(),
    }
}

fn address(address: &str) -> Address {
    Address { display: None, address: address.into() }
}

impl Case {
    fn new() -> Self {
        let message = Message {
            from: vec![address(CITIZEN)],
            from_fields: 1,
            return_path: Some(ReturnPath::Address(CITIZEN.into())),
            headers: vec![("received".into(), "from mail.example.com by mx.ln.gov.cn".into())],
            ..Message::default()
        };
        let at = "2024-03-12T02:00:00Z".parse().unwrap();
        let reading = Reading {
            origin: Origin::Person,
            consultation: 0,
            subject: SubjectVerdict {
                outcome: SubjectOutcome::Match,
                reason: SubjectReason::ExactTitle,
                carries: Carries::Exact(10),
                evidence: SubjectEvidence::Tag,
                stripped: vec![],
            },
            subject_line: None,
            arrival: Arrival {
                at,
                basis: ReceivedBasis::Received,
                evidence: ArrivalEvidence::NoReceivedLine,
                first_foreign_hop: None,
                latest_own_hop: None,
            },
            arrival_unknown: false,
            sender: Sender::default(),
            cut: Cut::default(),
            details: Details::default(),
            reply: Reply::default(),
            likeness: Likeness::default(),
            numbers: vec![],
            unreadable: None,
        };
        let filing = Filing {
            reading,
            consultation: 0,
            threaded: false,
            by_number: false,
            status: Status::Accepted,
            timeliness: Timeliness::OnTime,
            review_reasons: vec![],
            flags: vec![],
            from_address: CITIZEN.into(),
            no_answer: None,
        };
        Self {
            message,
            ruling: Ruling::File { filing, repeats: None, doubted: Vec::new() },
            arrived_at: Some(at),
            own: vec!["zwfw@ln.gov.cn".into()],
            trusted: vec!["mx.ln.gov.cn".into(), ".mail.ln.gov.cn".into()],
            enabled: true,
            answer_agencies: false,
            not_before: Some("2024-02-27T16:00:00Z".parse().unwrap()),
            first_contact: None,
            restored: None,
            recent: 0,
            recent_to_domain: 0,
            answered_again: false,
        }
    }

    fn filing(&mut self) -> &mut Filing {
        match &mut self.ruling {
            Ruling::File { filing, .. }
            | Ruling::Supplement { filing, .. }
            | Ruling::Duplicate { filing, .. } => filing,
            _ => panic!("nothing is filed"),
        }
    }

    fn supplements(&mut self) {
        let (of, filing) = (earlier(), self.filing().clone());
        self.ruling = Ruling::Supplement { of, filing, adds_opinions: true };
    }

    fn proposes(&mut self) {
        let opinion = Opinion { clause: None, text: "建议延长服务时间。".to_owned() };
        self.filing().reading.details.opinions = vec![opinion];
    }

    fn repeats(&mut self) {
        let (of, filing) = (earlier(), self.filing().clone());
        self.ruling = Ruling::Duplicate { of, filing };
    }

    fn from(&mut self, from: &str) {
        self.message.from = vec![address(from)];
        self.filing().from_address = from.into();
    }

    fn header(&mut self, name: &str, value: &str) {
        // As a server of ours writes: above the line with which it took the message over.
        self.message.headers.insert(0, (name.into(), value.into()));
    }

    fn results(&mut self, value: &str) {
        self.header("authentication-results", value);
    }

    fn response(&mut self) -> Response {
        if self.ruling.filing().is_some() {
            self.filing().reading.sender = judge(&self.message, 1, &self.trusted);
        }
        respond(
            &self.message,
            &self.ruling,
            &RespondContext {
                enabled: self.enabled,
                arrived_at: self.arrived_at,
                not_before: self.not_before,
                first_contact: self.first_contact,
                restored: self.restored,
                own_addresses: &self.own,
                recent_to_address: self.recent,
                per_address_per_day: 20,
                recent_to_domain: self.recent_to_domain,
                per_domain_per_day: 1000,
                answered_again: self.answered_again,
                answer_agencies: self.answer_agencies,
            },
        )
    }
}

/// `accepted citizen@example.com`, `nothing`, or the reason of a withheld one.
fn word(response: &Response) -> String {
    match response {
        Response::Answer { kind, recipient } => format!("{kind} {recipient}"),
        Response::Withhold { reason: WithheldReason::MarkedNoAnswer { mark }, .. } => {
            format!("marked_no_answer: {mark}")
        }
        Response::Withhold { reason, .. } => reason.word().to_owned(),
        Response::Nothing => "nothing".into(),
    }
}

type Change = fn(&mut Case);

fn check(rows: &[(&str, &str, Change)]) {
    let failures: Vec<String> = rows
        .iter()
        .filter_map(|(name, expected, change)| {
            let mut case = Case::new();
            change(&mut case);
            let actual = word(&case.response());
            (actual != *expected).then(|| format!("{name}: {actual}, not {expected}"))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn kinds() {
    check(&[
        ("a plain one", "accepted citizen@example.com", |_| {}),
        ("near miss", "near_miss citizen@example.com", |case| {
            case.filing().reading.subject.outcome = SubjectOutcome::NearMiss;
            case.filing().status = Status::Review;
            case.filing().review_reasons = vec![ReviewReason::NearMiss];
        }),
        ("late", "late citizen@example.com", |case| {
            case.filing().timeliness = Timeliness::Late;
            case.filing().status = Status::Late;
        }),
        ("late, sent in time", "late_sent_in_time citizen@example.com", |case| {
            case.filing().timeliness = Timeliness::LateSentInTime;
            case.filing().status = Status::Review;
        }),
        ("a late near miss", "near_miss citizen@example.com", |case| {
            case.filing().timeliness = Timeliness::Late;
            case.filing().reading.subject.outcome = SubjectOutcome::NearMiss;
            case.filing().status = Status::Review;
        }),
        ("before the opening", "review citizen@example.com", |case| {
            case.filing().timeliness = Timeliness::BeforeOpen;
            case.filing().status = Status::Review;
        }),
        ("empty body", "review citizen@example.com", |case| {
            case.filing().status = Status::Review;
            case.filing().review_reasons = vec![ReviewReason::EmptyBody];
        }),
        ("the same again", "duplicate citizen@example.com", |case| {
            case.repeats();
            case.filing().status = Status::Duplicate;
            case.filing().timeliness = Timeliness::Late;
        }),
        ("a supplement", "supplement citizen@example.com", |case| {
            case.supplements();
        }),
        ("a request beside an opinion, whatever its subject", "review citizen@example.com", |case| {
            case.proposes();
            case.filing().flags = vec![Flag::Withdraw];
            case.filing().reading.subject.outcome = SubjectOutcome::NearMiss;
        }),
        ("a request beside an opinion that came late", "review citizen@example.com", |case| {
            case.proposes();
            case.filing().flags = vec![Flag::PersonalData];
            case.filing().timeliness = Timeliness::Late;
        }),
        ("a request beside an opinion in answer to us", "supplement citizen@example.com", |case| {
            case.proposes();
            case.supplements();
            case.filing().flags = vec![Flag::CorrectionRequest];
        }),
        ("not ours", "nothing", |case| case.ruling = Ruling::NotOurs(SubjectReason::NoTag)),
        ("automatic", "nothing", |case| {
            let mark = Mark::Field { field: "auto-submitted".into() };
            case.ruling = Ruling::Automatic { kind: Machine::AutoReply, mark, delivery: None };
        }),
        ("quarantined", "nothing", |case| case.ruling = Ruling::Quarantined(Unreadable::Empty)),
    ]);
}

/// Who only asks is answered by a person.
#[test]
fn requests() {
    check(&[
        ("a withdrawal", "withdraw", |case| case.filing().flags = vec![Flag::Withdraw]),
        ("data to be erased", "personal_data", |case| case.filing().flags = vec![Flag::PersonalData]),
        ("a correction", "correction_request", |case| case.filing().flags = vec![Flag::CorrectionRequest]),
        ("a wish", "publication_request", |case| case.filing().flags = vec![Flag::PublicationRequest]),
        ("its sender did not write it", "disowned", |case| {
            case.filing().reading.reply = Reply::Disowns { in_words: "不是我写的".into() };
        }),
    ]);
}

#[test]
fn what_withholds() {
    check(&[
        ("off", "disabled", |case| case.enabled = false),
        ("an old mailbox", "before_not_before", |case| {
            case.not_before = Some("2024-03-12T02:00:01Z".parse().unwrap());
        }),
        ("at that instant", "accepted citizen@example.com", |case| {
            case.not_before = Some("2024-03-12T02:00:00Z".parse().unwrap());
        }),
        ("nobody knows when", "no_arrival_time", |case| case.arrived_at = None),
        ("our own", "own_address", |case| case.from("ZWFW@LN.gov.cn")),
        ("pointing back at us", "own_address", |case| {
            case.from("someone@ln.gov.cn");
            case.message.return_path = None;
            case.message.reply_to = vec![address("zwfw@ln.gov.cn")];
        }),
        ("perhaps a machine", "machine_suspected", |case| {
            case.filing().review_reasons = vec![ReviewReason::MachineSuspected];
            case.filing().status = Status::Review;
        }),
        ("null return path", "machine_suspected", |case| {
            case.message.return_path = Some(ReturnPath::Null);
        }),
        ("a mark", "marked_no_answer: x-auto-response-suppress", |case| {
            case.filing().no_answer = Some(Mark::Field { field: "x-auto-response-suppress".into() });
        }),
        ("no-reply", "robot_address", |case| case.from("No-Reply@example.com")),
        ("postmaster", "robot_address", |case| case.from("postmaster@example.com")),
        ("mailer-daemon", "robot_address", |case| case.from("MAILER-DAEMON@example.com")),
        ("only quoted", "only_quoted", |case| case.filing().flags = vec![Flag::OnlyQuoted]),
        ("disclosure", "info_disclosure", |case| case.filing().flags = vec![Flag::InfoDisclosure]),
        ("an agency without opinion", "agency_no_objection", |case| {
            case.filing().flags = vec![Flag::NoObjection];
            case.filing().reading.details.organization = Some("某市某局".into());
        }),
        ("a citizen without opinion", "accepted citizen@example.com", |case| {
            case.filing().flags = vec![Flag::NoObjection];
        }),
        ("two From fields", "several_from", |case| case.message.from_fields = 2),
        ("no address", "no_reply_address", |case| case.from("")),
        ("no domain", "no_reply_address", |case| case.from("citizen")),
        ("no dot", "no_reply_address", |case| case.from("citizen@localhost")),
        ("a blank", "no_reply_address", |case| case.from("ci tizen@example.com")),
        ("injection", "no_reply_address", |case| case.from("a@example.com>\r\nRCPT TO:<b@example.com")),
        ("two at signs", "no_reply_address", |case| case.from("a@b@example.com")),
        ("invisible", "no_reply_address", |case| case.from("a\u{200b}b@example.com")),
        ("a pipe", "no_reply_address", |case| case.from("|id@example.com")),
        ("an option", "no_reply_address", |case| case.from("-oQ/var/x@example.com")),
        ("a file", "no_reply_address", |case| case.from("/etc/passwd@example.com")),
        ("a route by percent", "no_reply_address", |case| case.from("victim%qq.com@example.com")),
        ("a route by bang", "no_reply_address", |case| case.from("qq.com!victim@example.com")),
        ("an encoded-word", "no_reply_address", |case| case.from("=?utf-8?q?a?=@example.com")),
        ("the machine itself", "no_reply_address", |case| case.from("li@localhost.localdomain")),
        ("a name of nobody", "no_reply_address", |case| case.from("li@mail.invalid")),
        ("an address as domain", "no_reply_address", |case| case.from("li@192.0.2.1")),
        ("a tag character", "no_reply_address", |case| case.from("li\u{e0041}@example.com")),
        ("text behind it", "no_reply_address", |case| case.from("li@example.com body")),
        ("a stranger in full width", "no_reply_address", |case| case.from("ｌｉ@example.com")),
        ("a Cyrillic letter in our domain", "no_reply_address", |case| case.from("zwfw@ln.g\u{43e}v.cn")),
        ("our own in full width", "own_address", |case| case.from("ｚｗｆｗ@ｌｎ.ｇｏｖ.ｃｎ")),
        ("our own with a tag", "own_address", |case| case.from("zwfw+1@ln.gov.cn")),
        ("our own with the root's dot", "own_address", |case| case.from("zwfw@ln.gov.cn.")),
        ("a list's command", "robot_address", |case| case.from("liebiao-subscribe@example.com")),
        ("another, with its token", "robot_address", |case| case.from("liebiao-confirm+ab12@example.com")),
        ("list software", "robot_address", |case| case.from("sympa@example.com")),
        ("an apostrophe and a tag", "accepted o'li+zw@example.com", |case| case.from("o'li+zw@example.com")),
        ("a Chinese address", "accepted 李四@例子.中国", |case| {
            case.from("李四@例子.中国");
            case.message.return_path = None;
        }),
        ("spam", "spam_flagged", |case| case.header("x-spam-flag", "YES")),
        ("not spam", "accepted citizen@example.com", |case| case.header("x-spam-flag", "NO")),
        ("a second supplement", "answered_again", |case| {
            case.supplements();
            case.answered_again = true;
        }),
        ("one mail over two ways", "delivered_twice", |case| {
            case.repeats();
            case.filing().flags = vec![Flag::MessageIdReused];
        }),
        ("another mail under the same id", "accepted citizen@example.com", |case| {
            case.filing().flags = vec![Flag::MessageIdReused];
        }),
        ("the last of the day", "accepted citizen@example.com", |case| case.recent = 19),
        ("one too many", "address_cap", |case| case.recent = 20),
        ("the domain's last of the day", "accepted citizen@example.com", |case| case.recent_to_domain = 999),
        ("one too many for the domain", "domain_cap", |case| case.recent_to_domain = 1000),
        ("older than a store that no person made", "first_contact", |case| {
            case.first_contact = Some("2024-03-12T02:00:01Z".parse().unwrap());
        }),
        ("as old as that store", "accepted citizen@example.com", |case| {
            case.first_contact = Some("2024-03-12T02:00:00Z".parse().unwrap());
        }),
        ("older than that store, and a machine's", "robot_address", |case| {
            case.first_contact = Some("2024-03-12T02:00:01Z".parse().unwrap());
            case.from("noreply@example.com");
        }),
    ]);
}

#[test]
fn whether_an_office_is_answered() {
    check(&[
        ("an agency", "agency", |case| {
            case.filing().reading.details.organization = Some("某市某局".into());
            case.filing().reading.details.sender_kind = SenderKind::Agency;
        }),
        ("an agency's domain", "agency", |case| {
            case.from("office@rsj.sy.gov.cn");
            case.message.return_path = None;
        }),
        // Who came by another road is doubted first: staff see that it may be forged.
        ("an agency's domain, by another road", "sender_mismatch", |case| case.from("office@rsj.sy.gov.cn")),
        ("a firm", "accepted citizen@example.com", |case| {
            case.filing().reading.details.organization = Some("某某有限公司".into());
            case.filing().reading.details.sender_kind = SenderKind::Enterprise;
        }),
        ("a school's account", "accepted teacher@school.edu.cn", |case| {
            case.from("teacher@school.edu.cn");
            case.message.return_path = None;
        }),
        ("agencies are answered", "accepted office@rsj.sy.gov.cn", |case| {
            case.from("office@rsj.sy.gov.cn");
            case.message.return_path = None;
            case.answer_agencies = true;
        }),
    ]);
}

#[test]
fn whom() {
    check(&[
        ("one Reply-To at home", "accepted office@example.com", |case| {
            case.message.reply_to = vec![address("office@example.com")];
        }),
        ("one Reply-To elsewhere", "accepted citizen@example.com", |case| {
            case.message.reply_to = vec![address("victim@example.org")];
        }),
        ("two Reply-To", "accepted citizen@example.com", |case| {
            case.message.reply_to = vec![address("a@example.com"), address("b@example.com")];
        }),
        ("a broken Reply-To", "accepted citizen@example.com", |case| {
            case.message.reply_to = vec![address("a b@example.com")];
        }),
        ("a robot's Reply-To", "robot_address", |case| {
            case.message.reply_to = vec![address("noreply@example.com")];
        }),
    ]);
}

#[test]
fn forged_senders() {
    fn elsewhere(case: &mut Case) {
        case.message.return_path = Some(ReturnPath::Address("bounce@bulk.example.org".into()));
    }
    check(&[
        ("no Return-Path", "accepted citizen@example.com", |case| case.message.return_path = None),
        ("another name, same house", "accepted citizen@example.com", |case| {
            case.message.return_path = Some(ReturnPath::Address("uin+x=1@EXAMPLE.com".into()));
        }),
        ("a subdomain", "accepted citizen@example.com", |case| {
            case.message.return_path = Some(ReturnPath::Address("b@mail.example.com".into()));
        }),
        ("a longer name is no subdomain", "sender_mismatch", |case| {
            case.message.return_path = Some(ReturnPath::Address("b@badexample.com".into()));
        }),
        ("a top-level domain is no house", "sender_mismatch", |case| {
            case.message.return_path = Some(ReturnPath::Address("b@com".into()));
        }),
        ("elsewhere", "sender_mismatch", elsewhere),
        ("elsewhere, DMARC passed", "accepted citizen@example.com", |case| {
            elsewhere(case);
            case.results("mx.ln.gov.cn; spf=none; dmarc=pass (p=none) header.from=example.com");
        }),
        ("elsewhere, DKIM of the author's house", "accepted citizen@example.com", |case| {
            elsewhere(case);
            case.results("a.mail.ln.gov.cn 1; dkim=pass reason=\"ok\" header.d=example.com header.s=s1");
        }),
        ("elsewhere, DKIM of another house", "sender_mismatch", |case| {
            elsewhere(case);
            case.results(
                "mx.ln.gov.cn; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=b@example.org",
            );
        }),
        ("elsewhere, DMARC passed for another house", "sender_mismatch", |case| {
            elsewhere(case);
            case.results("mx.ln.gov.cn; dmarc=pass header.from=bulk.example.org");
        }),
        ("elsewhere, DMARC passed below the boundary", "sender_mismatch", |case| {
            elsewhere(case);
            let pass = "mx.ln.gov.cn; dmarc=pass header.from=example.com";
            case.message.headers.push(("authentication-results".into(), pass.into()));
        }),
        ("elsewhere, the sender's own word", "sender_mismatch", |case| {
            elsewhere(case);
            case.results("mx.example.org; dmarc=pass header.from=example.com");
        }),
        ("elsewhere, a pass in a comment", "sender_mismatch", |case| {
            elsewhere(case);
            case.results("mx.ln.gov.cn; spf=none (see; dmarc=pass header.from=example.com)");
        }),
        ("a name that ends like ours", "sender_mismatch", |case| {
            elsewhere(case);
            case.results("evilmail.ln.gov.cn; dmarc=pass");
        }),
        ("DMARC failed", "authentication_failed", |case| {
            case.results(
                "mx.ln.gov.cn; spf=pass smtp.mailfrom=example.com; dmarc=fail header.from=example.com",
            );
        }),
        ("SPF failed", "authentication_failed", |case| {
            case.results("mx.ln.gov.cn; spf=fail smtp.mailfrom=citizen@example.com");
        }),
        ("SPF softfail", "accepted citizen@example.com", |case| {
            case.results("mx.ln.gov.cn; spf=softfail smtp.mailfrom=citizen@example.com");
        }),
        ("SPF failed at a forwarder", "accepted citizen@example.com", |case| {
            case.results("mx.ln.gov.cn; spf=fail smtp.mailfrom=example.com; dkim=pass header.d=example.com");
        }),
        ("SPF failed for a third house", "accepted citizen@example.com", |case| {
            case.results("mx.ln.gov.cn; spf=fail smtp.mailfrom=example.org");
        }),
        ("DMARC failed, says a stranger", "accepted citizen@example.com", |case| {
            case.results("mx.example.org; dmarc=fail");
        }),
        ("one good, one bad", "authentication_failed", |case| {
            case.results("mx.ln.gov.cn; dmarc=pass");
            case.results("mx.ln.gov.cn; DMARC=FAIL");
        }),
        ("garbage", "accepted citizen@example.com", |case| {
            case.results(";;;===((((\\\"");
            case.results("");
        }),
    ]);
}

#[test]
fn a_withheld_answer_keeps_kind_and_recipient() {
    let mut case = Case::new();
    case.enabled = false;
    assert_eq!(
        case.response(),
        Response::Withhold {
            kind: AcknowledgementKind::Accepted,
            recipient: Some(CITIZEN.into()),
            reason: WithheldReason::Disabled
        }
    );
}
