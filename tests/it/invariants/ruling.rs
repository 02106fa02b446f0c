//! The way from raw bytes to a ruling: total, and what it says of a message agrees with the message and with itself.

use std::sync::LazyLock;

use zwfw_intake::automatic::{Origin, is_robot};
use zwfw_intake::charset::skeleton;
use zwfw_intake::details::Details;
use zwfw_intake::mask;
use zwfw_intake::parse::{Message, ParseLimits, ReturnPath, TextSource, parse};
use zwfw_intake::ruling::{
    Copied, Earlier, Filing, Precedents, Reading, Ruled, Rules, Ruling, Signer, read, rule,
};
use zwfw_intake::vocabulary::{
    Address, Disposition, EntryTime, EntryUid, FetchedMessage, Flag, FolderKey, Mark, Status, StoredReason,
    SubjectMatch, Timeliness,
};

use super::{assert_line, assert_text, weight};
use crate::support::liaoning;

/// The Liaoning consultation, compiled once.
pub(crate) static RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::new(&[liaoning::consultation()], &["mx.ln.gov.cn".to_owned()]));

const SEEN_AT: &str = "2024-03-05T04:00:00Z";

/// An entry as a mailbox hands it over. Some messages have a time of the mailbox, some have none.
pub(crate) fn fetched(raw: &[u8]) -> FetchedMessage {
    FetchedMessage {
        entry: FolderKey::imap("INBOX", 1).entry(EntryUid::Imap(1)),
        raw: raw.to_vec(),
        time: (!raw.len().is_multiple_of(3))
            .then(|| EntryTime::File("2024-03-12T02:00:02Z".parse().unwrap())),
        announced_size_bytes: raw.len() as u64,
        truncated: raw.len().is_multiple_of(5),
    }
}

/// The same message as a citizen's answer to the notice, so that the rules behind the subject are reached too.
pub(crate) fn as_submission(message: &Message) -> Message {
    let citizen = Address { display: None, address: "citizen@example.com".to_owned() };
    Message {
        subject: Some(format!("《{}》意见建议", liaoning::TITLE)),
        // A mail system's address and the text of a report are proof together.
        from: match message.from.as_slice() {
            [one] if !is_robot(&one.address) => vec![one.clone()],
            _ => vec![citizen],
        },
        from_fields: 1,
        headers: Vec::new(),
        return_path: None,
        report: None,
        signal: None,
        ..message.clone()
    }
}

pub(crate) fn holds(raw: &[u8]) {
    let fetched = fetched(raw);
    let message = parse(raw, ParseLimits::default());
    message_holds(&message);
    let ruling = ruled(&message, &fetched);
    if ruling.filing().is_none() {
        let ruling = ruled(&as_submission(&message), &fetched);
        // A text may call itself an automatic answer, or be that of a report.
        let is_machines = matches!(&ruling, Ruling::Automatic { mark: Mark::Text { .. }, .. });
        assert!(
            ruling.filing().is_some() || is_machines || matches!(ruling, Ruling::Quarantined(_)),
            "{ruling:?}"
        );
    }
    // Small limits cut, and cut cleanly.
    let small = ParseLimits { text_bytes: 300, header_bytes: 600, attachments: 2, keep_files: false };
    let cut = parse(raw, small);
    message_holds(&cut);
    assert!(cut.text.len() <= small.text_bytes);
    assert!(cut.attachments.len() <= message.attachments.len().max(small.attachments));
    if raw.len().is_multiple_of(8) {
        let again = parse(raw, ParseLimits::default());
        assert_eq!(format!("{again:?}"), format!("{message:?}"), "the same bytes read twice");
    }
}

/// What holds of every parsed message.
pub(crate) fn message_holds(message: &Message) {
    let lines = [
        ("subject", message.subject.as_deref()),
        ("message-id", message.message_id.as_deref()),
        ("attached id", message.attached_id.as_deref()),
    ];
    for (what, text) in lines {
        assert_line(what, text.unwrap_or_default());
    }
    for address in message.from.iter().chain(&message.reply_to).chain(&message.recipients) {
        assert_line("a display name", address.display.as_deref().unwrap_or_default());
        assert_line("an address", &address.address);
        assert!(
            !address.display.as_deref().is_some_and(|name| name.trim().is_empty()),
            "a blank name is none"
        );
    }
    for (name, value) in &message.headers {
        assert_line("a field name", name);
        assert_line("a field", value);
    }
    message.thread.iter().for_each(|id| assert_line("a thread's id", id));
    for received in &message.received {
        let parts =
            received.from.iter().chain(&received.recorded).chain(&received.by).chain(&received.software);
        for part in parts.chain([&received.line]) {
            assert_line("a hop", part);
        }
    }
    if let Some(ReturnPath::Address(path)) = &message.return_path {
        assert_line("the return path", path);
        assert!(!path.is_empty());
    }
    for attachment in &message.attachments {
        let name = attachment.filename.as_deref();
        assert_line("a file name", name.unwrap_or_default());
        assert!(name.is_none_or(|name| !name.is_empty() && !name.contains(['/', '\\'])), "{name:?}");
        assert_line("a media type", &attachment.media_type);
        assert_eq!(attachment.sha256.len(), 64);
    }
    if let Some(report) = &message.report {
        assert_line("the report's type", &report.report_type);
        for value in [&report.original_message_id, &report.action, &report.status] {
            assert_line("a field of the report", value.as_deref().unwrap_or_default());
        }
        assert_text("the diagnosis", report.diagnostic.as_deref().unwrap_or_default());
    }
    assert_text("the text", &message.text);
    assert_text("the attached text", message.forwarded.as_deref().unwrap_or_default());
    assert_eq!(message.text.is_empty(), message.text_source == TextSource::None);
}

/// Reads and rules, and checks both; the ruling without precedents is returned.
pub(crate) fn ruled(message: &Message, fetched: &FetchedMessage) -> Ruling {
    let reading = read(message, fetched, &RULES, SEEN_AT.parse().unwrap());
    reading_holds(message, &reading);
    let earlier = |status| Earlier {
        submission_id: 1,
        number: "LNZX-2024-0001".to_owned(),
        consultation: "liaoning-2024".to_owned(),
        received_at: None,
        status,
        is_forged: false,
        is_agency: false,
        signer: Signer::default(),
    };
    let answered = Precedents {
        answered: Some(earlier(Status::Accepted)),
        message_id_reused: true,
        ..Precedents::default()
    };
    let copied = |status| Copied { earlier: earlier(status), whole: true, vouched: false };
    let repeated = Precedents { same_content: vec![copied(Status::Late)], ..Precedents::default() };
    for precedents in [answered, repeated] {
        ruling_holds(message, &reading, &rule(message, fetched, &reading, precedents, &RULES));
    }
    let ruled = rule(message, fetched, &reading, Precedents::default(), &RULES);
    ruling_holds(message, &reading, &ruled);
    ruled.ruling
}

fn reading_holds(message: &Message, reading: &Reading) {
    assert!(reading.numbers.len() <= 8);
    assert!(reading.numbers.iter().all(|number| number.starts_with("LNZX-2024-")), "{:?}", reading.numbers);
    if let Origin::Machine { mark, .. } | Origin::Suspected { mark } = &reading.origin {
        assert!(!mark.to_string().is_empty());
        assert_line("a machine's mark", &mark.to_string());
    }
    let likeness = &reading.likeness;
    let digests = [&likeness.content_sha256, &likeness.opinion_sha256];
    assert!(digests.into_iter().flatten().all(|digest| digest.len() == 64));
    cut_holds(message, reading);
    details_hold(message, reading);
}

/// Nothing is thrown away, nothing is invented, and a body is never cut to nothing.
fn cut_holds(message: &Message, reading: &Reading) {
    let cut = &reading.cut;
    assert_text("the comment", &cut.comment);
    assert_text("the quote", &cut.quoted);
    cut.footers.iter().for_each(|footer| assert_text("a footer", footer));
    if reading.details == Details::default() && cut.comment.is_empty() && cut.quoted.is_empty() {
        // Mail that is not ours is not divided.
        return;
    }
    let parts = weight(&cut.comment)
        + weight(&cut.quoted)
        + cut.footers.iter().map(|footer| weight(footer)).sum::<usize>();
    let own = weight(&message.text);
    let attached = message.forwarded.as_deref().map_or(0, weight);
    assert!(
        parts == own
            || cut.only_quoted && parts == own + attached
            || cut.refers_to_quoted && parts == own + attached + weight(&cut.quoted),
        "of {own} letters and {attached} attached ones {parts} are left"
    );
    if cut.only_quoted {
        assert!(!cut.comment.is_empty());
    }
    if weight(&cut.comment) == 0 && weight(&cut.quoted) > 0 {
        let says = |c| matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}');
        assert!(cut.comment.chars().any(says), "cut to nothing: {:?}", cut.comment);
    }
}

fn details_hold(message: &Message, reading: &Reading) {
    let (details, comment) = (&reading.details, reading.cut.comment.as_str());
    let consultation = RULES.consultation(0).unwrap();
    for (what, value) in [
        ("name", &details.name),
        ("name hint", &details.name_hint),
        ("organization", &details.organization),
        ("occupation as written", &details.occupation_as_written),
    ] {
        let Some(value) = value else { continue };
        assert_line(what, value);
        assert!(!value.trim().is_empty(), "an empty {what}");
        assert!(value.chars().count() <= 200, "{what}: {value:?}");
    }
    assert!(
        details
            .occupation
            .as_ref()
            .is_none_or(|found| consultation.occupation_names().contains(&found.as_str()))
    );
    for phone in &details.phones {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        assert!(digits >= 7 && phone.chars().all(|c| c.is_ascii_digit() || c == '-'), "{phone:?}");
    }
    for email in &details.emails {
        assert!(email.matches('@').count() == 1 && !email.contains(char::is_whitespace), "{email:?}");
        assert_line("an address", email);
    }
    ascending("details", &details.flags);
    let bodies = skeleton(comment);
    for opinion in &details.opinions {
        assert!(!opinion.text.trim().is_empty());
        assert_text("an opinion", &opinion.text);
        let known = |code: &String| consultation.clauses.iter().any(|clause| clause.code == *code);
        assert!(opinion.clause.as_ref().is_none_or(known));
        assert!(weight(&opinion.text) <= weight(comment), "{:?}", opinion.text);
    }
    let opinions: usize = details.opinions.iter().map(|opinion| weight(&opinion.text)).sum();
    assert!(opinions <= weight(comment), "the items hold more than the comment: {:?}", details.opinions);
    let last = comment.split('\n').count();
    for evidence in &details.evidence {
        assert!(evidence.line <= last, "{evidence:?} of {last} lines");
        assert_text("evidence", &evidence.as_written);
    }
    // Mail that is not ours is not compared.
    if *details != Details::default() {
        let empty = bodies.is_empty() && message.attachments.is_empty();
        assert_eq!(empty, reading.likeness.content_sha256.is_none());
        assert_eq!(empty, reading.likeness.opinion_sha256.is_none());
    }
    mask_holds(details, comment);
}

/// What is shown to people in lists reaches nobody.
fn mask_holds(details: &Details, comment: &str) {
    let masked = mask::text(comment);
    assert_eq!(masked.split('\n').count(), comment.split('\n').count());
    for phone in details.phones.iter().filter(|phone| !phone.contains('-') && phone.len() == 11) {
        let shown = masked.match_indices(phone.as_str()).any(|(at, found)| {
            let joins = |c: char| c.is_alphanumeric() || ".@_+".contains(c);
            let (before, behind) = (masked.split_at(at).0, masked.split_at(at + found.len()).1);
            !before.ends_with(joins) && !behind.starts_with(joins)
        });
        assert!(!shown, "{phone} is shown in {masked:?}");
        assert!(!mask::phone(phone).contains(phone.as_str()));
    }
    for email in &details.emails {
        assert_ne!(mask::email(email), *email);
    }
    if let Some(name) = &details.name {
        let _ = mask::name(name);
    }
}

#[track_caller]
fn ascending(what: &str, flags: &[Flag]) {
    let places: Vec<_> =
        flags.iter().map(|flag| Flag::ALL.iter().position(|known| known == flag).unwrap()).collect();
    assert!(places.is_sorted_by(|left, right| left < right), "{what}: {flags:?}");
}

fn ruling_holds(message: &Message, reading: &Reading, ruled: &Ruled) {
    let ruling = &ruled.ruling;
    let reason = StoredReason::from(&ruling.reason());
    assert!(!reason.word.is_empty());
    assert_line("the reason", &reason.word);
    assert_line("what goes with it", &reason.detail.to_string());
    assert!(ruled.evidence.to_string().len() > 2);
    let disposition = ruling.disposition();
    let filed = matches!(disposition, Disposition::Filed | Disposition::Supplement | Disposition::Duplicate);
    assert_eq!(filed, ruling.filing().is_some(), "{disposition:?}");
    if let Some(filing) = ruling.filing() {
        filing_holds(message, reading, ruling, filing);
    }
}

fn filing_holds(message: &Message, reading: &Reading, ruling: &Ruling, filing: &Filing) {
    ascending("filing", &filing.flags);
    let has = |flag| filing.flags.contains(&flag);
    assert_eq!(has(Flag::CharsetLossy), message.defects.charset_lossy);
    assert_eq!(has(Flag::CharsetRepaired), message.defects.charset_repaired);
    assert!(!reading.cut.only_quoted || has(Flag::OnlyQuoted));
    assert_eq!(has(Flag::QuotedCut), filing.reading.cut.quote_header.is_some());
    match filing.status {
        Status::Review => assert!(!filing.review_reasons.is_empty()),
        Status::Duplicate => assert_eq!(ruling.disposition(), Disposition::Duplicate),
        _ => {
            assert!(
                filing.review_reasons.is_empty(),
                "{:?} under {:?}",
                filing.review_reasons,
                filing.status
            );
        }
    }
    if let Ruling::File { .. } = ruling {
        assert!(filing.subject_match() == SubjectMatch::Match || filing.status == Status::Review);
        assert!(
            filing.timeliness != Timeliness::Late || matches!(filing.status, Status::Late | Status::Review)
        );
        assert!(ruling.earlier().is_none());
    }
    assert!(matches!(reading.origin, Origin::Person | Origin::Suspected { .. }), "a machine is never filed");
    assert_line("the author's address", &filing.from_address);
}
