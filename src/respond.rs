//! RFC 3834: answer or withhold, whom, with which template.
//!
//! An answer goes out only when nothing speaks against it; whatever speaks against it is recorded as the
//! reason, so that staff can release the answer by hand. The reasons, in the order in which they are looked for:
//!
//! | reason | because |
//! |---|---|
//! | `disabled` | acknowledgements are switched off |
//! | `no_arrival_time`, `before_not_before` | first contact with an old mailbox answers nobody |
//! | `own_address` | from one of the office's own addresses |
//! | `machine_suspected` | a list, bulk mail, a null return path |
//! | `marked_no_answer` | a mark of the sender's system, among them a `no-reply@` of its own |
//! | `robot_address` | `Reply-To:` names a `no-reply@`, `postmaster@`, `mailer-daemon@` … (RFC 3834 section 2) |
//! | `only_quoted`, `info_disclosure` | a person answers these |
//! | `disowned` | its sender says that he did not write what was filed: a person answers |
//! | `withdraw`, `personal_data`, `publication_request`, `correction_request`, `late_disputed`, `not_late`, `question` | it asks for this and says nothing else: a person answers |
//! | `agency_no_objection` | an agency's 无意见: correspondence between offices |
//! | `several_from` | it is not certain who wrote |
//! | `no_reply_address` | there is no usable address |
//! | `authentication_failed`, `spam_flagged` | our own mail system distrusts the sender |
//! | `sender_mismatch` | Return-Path and From are of different domains and nothing vouches for From: an answer to a forged address is backscatter |
//! | `agency` | an agency, by its name, its domain or the letter that this one belongs to: offices write to each other |
//! | `delivered_twice` | the same Message-ID and the same content as before: one mail that came over two ways |
//! | `nothing_said` | it only thanks, reacts or wants no mail: there is nothing to confirm |
//! | `answered_again` | one answer to all supplements and repetitions of a submission |
//! | `address_cap` | the address has had its share of today |
//! | `replies_capped` | its submission had many replies on that day: this one waits for a person |
//! | `domain_cap` | the domain has had its share of today |
//! | `first_contact` | it is older than a store that no person made: another store may have answered it. Here and below, the last reasons, so that what a person lets go with one word is what would have left |
//! | `restored` | it is older than the moment at which a backup took the store's place: the store before may have answered it |

mod beginning;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::automatic::is_robot;
use crate::details::agency_domain;
use crate::parse::{Message, ReturnPath};
use crate::ruling::{Filing, Reply, Ruling};
use crate::sender::Verdict;
use crate::vocabulary::{
    AcknowledgementKind, Address, Flag, ReviewReason, SenderKind, Status, SubjectMatch, Timeliness,
    WithheldReason, domain_of, same_organisation, sender_key,
};
pub use beginning::{Beginning, Origin, beginning};

/// What the decision needs to know besides the ruling.
#[derive(Debug, Clone, Copy)]
pub struct RespondContext<'a> {
    /// Acknowledgements are switched on.
    pub enabled: bool,
    /// When the message arrived; `None`: nobody knows.
    pub arrived_at: Option<Timestamp>,
    /// Nothing that arrived before this instant is answered (first contact with an old mailbox).
    pub not_before: Option<Timestamp>,
    /// What arrived before this instant waits for a person, when nothing else speaks against its answer.
    pub first_contact: Option<Timestamp>,
    /// The same: the store that a backup replaced may have answered it.
    pub restored: Option<Timestamp>,
    /// Our own addresses (mailbox, `From:`, the office's); never answered.
    pub own_addresses: &'a [String],
    /// Answers queued or sent to this address within the last 24 hours.
    pub recent_to_address: u32,
    /// The most answers an address gets within 24 hours.
    pub per_address_per_day: u32,
    /// Answers queued or sent to this address's domain within the last 24 hours; 0 where strangers share the domain.
    pub recent_to_domain: u32,
    /// The most answers a domain gets within 24 hours.
    pub per_domain_per_day: u32,
    /// Whether the submission that a supplement or repetition belongs to was answered a second time already: two
    /// programs that answer each other would go on for ever.
    pub answered_again: bool,
    /// Agencies are answered as citizens are.
    pub answer_agencies: bool,
}

/// The decision.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Queue an answer.
    Answer {
        /// Which text.
        kind: AcknowledgementKind,
        /// `To:` and `RCPT TO`.
        recipient: String,
    },
    /// Record that none is sent, and why.
    Withhold {
        /// Which text it would have been.
        kind: AcknowledgementKind,
        /// Whom it would have gone to, when known.
        recipient: Option<String>,
        /// Why (see the module).
        reason: WithheldReason,
    },
    /// Nothing to answer: not ours, automatic, quarantined.
    Nothing,
}

/// Decides whether and what to answer.
pub fn respond(message: &Message, ruling: &Ruling, context: &RespondContext<'_>) -> Response {
    let Some(filing) = ruling.filing() else { return Response::Nothing };
    let kind = kind(ruling, filing);
    let recipient = recipient(message, &filing.from_address);
    match (objection(message, ruling, filing, recipient.as_deref(), context), recipient) {
        (None, Some(recipient)) => Response::Answer { kind, recipient },
        (reason, recipient) => {
            Response::Withhold { kind, recipient, reason: reason.unwrap_or(WithheldReason::NoReplyAddress) }
        }
    }
}

/// Whether it asks the office to do something; neither its subject nor the deadline is what its sender wants to hear of.
fn asks(filing: &Filing) -> bool {
    let mut asked = ReviewReason::ASKED.into_iter().filter_map(ReviewReason::flag);
    asked.any(|flag| flag != Flag::InfoDisclosure && filing.flags.contains(&flag))
}

/// What it asks for, where it proposes nothing besides.
fn only_asks(filing: &Filing) -> Option<WithheldReason> {
    let proposes = !filing.reading.details.opinions.is_empty();
    let has = |flag| !proposes && filing.flags.contains(&flag);
    [
        (Flag::Withdraw, WithheldReason::Withdraw),
        (Flag::PersonalData, WithheldReason::PersonalData),
        (Flag::CorrectionRequest, WithheldReason::CorrectionRequest),
        (Flag::PublicationRequest, WithheldReason::PublicationRequest),
        (Flag::LateDisputed, WithheldReason::LateDisputed),
        (Flag::NotLate, WithheldReason::NotLate),
        (Flag::Question, WithheldReason::Question),
    ]
    .into_iter()
    .find_map(|(flag, reason)| has(flag).then_some(reason))
}

/// Which text fits. A near miss comes first: its text promises nothing, not even that it is late.
fn kind(ruling: &Ruling, filing: &Filing) -> AcknowledgementKind {
    match ruling {
        Ruling::Supplement { .. } => AcknowledgementKind::Supplement,
        Ruling::Duplicate { .. } => AcknowledgementKind::Duplicate,
        _ if asks(filing) => AcknowledgementKind::Review,
        _ if filing.subject_match() == SubjectMatch::NearMiss => AcknowledgementKind::NearMiss,
        _ if filing.timeliness == Timeliness::LateSentInTime => AcknowledgementKind::LateSentInTime,
        _ if filing.timeliness == Timeliness::Late => AcknowledgementKind::Late,
        _ if filing.status == Status::Accepted => AcknowledgementKind::Accepted,
        _ => AcknowledgementKind::Review,
    }
}

/// Which text is true now of a letter that was to get this one, or got it: what a person decided goes before what was in question.
/// `asks`: the answered mail asked for something, and its text says that staff see to it. `None`: it is told of nothing unasked.
pub fn kind_now(kind: AcknowledgementKind, status: Status, asks: bool) -> Option<AcknowledgementKind> {
    use AcknowledgementKind::{Accepted, Duplicate, Late, Supplement};
    match (kind, status) {
        (_, Status::Denied) => None,
        (Supplement, Status::Accepted | Status::Late | Status::Handled) if asks => None,
        (Supplement | Duplicate, _) | (_, Status::Review | Status::Duplicate | Status::Erased) => Some(kind),
        (_, Status::Handled) => None,
        (_, Status::Accepted) => Some(Accepted),
        (_, Status::Late) => Some(Late),
    }
}

/// The first thing that speaks against an answer, in the module's order.
fn objection(
    message: &Message,
    ruling: &Ruling,
    filing: &Filing,
    recipient: Option<&str>,
    context: &RespondContext<'_>,
) -> Option<WithheldReason> {
    let own = |address: &str| context.own_addresses.iter().any(|own| is_own(own, address));
    let has = |flag| filing.flags.contains(&flag);
    let machine_suspected = filing.review_reasons.contains(&ReviewReason::MachineSuspected);
    let several_from = filing.review_reasons.contains(&ReviewReason::SeveralFrom);
    let is_organization = filing.reading.details.organization.is_some();
    let is_duplicate = matches!(ruling, Ruling::Duplicate { .. });
    let is_early = |(not_before, arrived_at)| arrived_at < not_before;
    let verdict = filing.reading.sender.verdict;
    let mismatch = verdict == Verdict::Silent && paths_disagree(message, &domain_of(&filing.from_address));
    let spam = message.header("x-spam-flag").is_some_and(|value| value.trim().eq_ignore_ascii_case("yes"));
    let marked = filing.no_answer.clone().map(|mark| WithheldReason::MarkedNoAnswer { mark });
    let when = bool::then_some::<WithheldReason>;
    [
        when(!context.enabled, WithheldReason::Disabled),
        when(context.not_before.is_some() && context.arrived_at.is_none(), WithheldReason::NoArrivalTime),
        when(
            context.not_before.zip(context.arrived_at).is_some_and(is_early),
            WithheldReason::BeforeNotBefore,
        ),
        when(own(&filing.from_address) || recipient.is_some_and(own), WithheldReason::OwnAddress),
        when(
            machine_suspected || message.return_path == Some(ReturnPath::Null),
            WithheldReason::MachineSuspected,
        ),
        marked,
        when(is_robot(&filing.from_address) || recipient.is_some_and(is_robot), WithheldReason::RobotAddress),
        when(has(Flag::OnlyQuoted), WithheldReason::OnlyQuoted),
        when(has(Flag::InfoDisclosure), WithheldReason::InfoDisclosure),
        // Whoever used his address may read the answer too, or he is told of a letter that he never wrote.
        when(matches!(filing.reading.reply, Reply::Disowns { .. }), WithheldReason::Disowned),
        only_asks(filing),
        when(has(Flag::NoObjection) && is_organization, WithheldReason::AgencyNoObjection),
        when(several_from || message.from_fields > 1, WithheldReason::SeveralFrom),
        when(recipient.is_none(), WithheldReason::NoReplyAddress),
        when(verdict == Verdict::Fail, WithheldReason::AuthenticationFailed),
        when(mismatch, WithheldReason::SenderMismatch),
        when(filing.review_reasons.contains(&ReviewReason::RepliesCapped), WithheldReason::RepliesCapped),
        when(spam, WithheldReason::SpamFlagged),
        when(!context.answer_agencies && from_agency(ruling, filing, recipient), WithheldReason::Agency),
        when(is_duplicate && has(Flag::MessageIdReused), WithheldReason::DeliveredTwice),
        when(!is_duplicate && filing.reading.reply == Reply::Nothing, WithheldReason::NothingSaid),
        when(ruling.earlier().is_some() && context.answered_again, WithheldReason::AnsweredAgain),
        when(context.recent_to_address >= context.per_address_per_day, WithheldReason::AddressCap),
        when(context.recent_to_domain >= context.per_domain_per_day, WithheldReason::DomainCap),
        when(
            context.first_contact.zip(context.arrived_at).is_some_and(is_early),
            WithheldReason::FirstContact,
        ),
        when(context.restored.zip(context.arrived_at).is_some_and(is_early), WithheldReason::Restored),
    ]
    .into_iter()
    .flatten()
    .next()
}

/// Whether an agency wrote, or is written to: who works there and writes for himself is a citizen, but an answer to an
/// agency's mailbox is read by the agency.
fn from_agency(ruling: &Ruling, filing: &Filing, recipient: Option<&str>) -> bool {
    filing.reading.details.sender_kind == SenderKind::Agency
        || ruling.earlier().is_some_and(|earlier| earlier.is_agency)
        || agency_domain(&filing.from_address).is_some()
        || recipient.and_then(agency_domain).is_some()
}

/// Whom an answer would go to: the author, or a single `Reply-To:` within the same domain (an address elsewhere
/// would let anybody point our answers at a third person); `None` when neither is usable. It is the address
/// whose answers [`RespondContext::recent_to_address`] counts.
pub fn recipient(message: &Message, from: &str) -> Option<String> {
    let chosen = match message.reply_to.as_slice() {
        [Address { address, .. }] if same_domain(address, from) && is_usable(address) => address,
        _ => from,
    };
    is_usable(chosen).then(|| quoted(chosen.trim()))
}

/// An address as it stands in `RCPT TO`: a local part with a dot at an end, or with two in a row, as some providers gave to
/// their customers, is a quoted string (RFC 5321 section 4.1.2).
fn quoted(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if local.starts_with('.') || local.ends_with('.') || local.contains("..") => {
            format!("\"{local}\"@{domain}")
        }
        _ => address.to_owned(),
    }
}

fn same_domain(left: &str, right: &str) -> bool {
    let domain = domain_of(left.trim());
    !domain.is_empty() && domain == domain_of(right.trim())
}

/// Whether an address can stand in `RCPT TO` and reach a person: a local part of atoms and dots and a domain with a dot
/// (RFC 5321 section 4.1.2), non-ASCII letters allowed (RFC 6531). What mail systems take for a command, a file or a route,
/// and what two people would read as two addresses, is none.
fn is_usable(address: &str) -> bool {
    let address = address.trim();
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    // Full-width and other forms of the same letters: IDNA has no such domain (RFC 5892 section 2.2).
    address.nfkc().eq(address.chars()) && is_usable_local(local) && is_usable_domain(domain)
}

fn is_usable_local(local: &str) -> bool {
    // `%` and `!` are routes, `|`, `/` and `` ` `` deliver into programs and files, `-` begins an option; `=?` an encoded-word.
    const SIGNS: &str = "&'*+-/=?^_~.#$";
    !local.is_empty()
        && local.len() <= 64
        && !local.starts_with(['-', '/', '~'])
        && local.contains(|c: char| c != '.')
        && !local.contains("../")
        && !local.contains("=?")
        && local.chars().all(|c| c.is_alphanumeric() || SIGNS.contains(c))
}

fn is_usable_domain(domain: &str) -> bool {
    // Names that lead back to the machine, or nowhere (RFC 6761, RFC 7686).
    const NOWHERE: [&str; 6] = ["localhost", "localdomain", "invalid", "test", "onion", "arpa"];
    let is_label = |label: &str| {
        let is_cyrillic_or_greek = |c: char| matches!(c, '\u{370}'..='\u{52f}');
        // `gоv` with a Cyrillic letter is not `gov`.
        let is_mixed =
            label.contains(is_cyrillic_or_greek) && label.contains(|c: char| c.is_ascii_alphabetic());
        let has_hyphen_outside = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len())
            && !has_hyphen_outside
            && !is_mixed
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    domain.len() <= 255
        && domain.split('.').all(is_label)
        && !top.chars().all(|c| c.is_ascii_digit())
        && !NOWHERE.iter().any(|nowhere| top.eq_ignore_ascii_case(nowhere))
}

/// Whether mail to an address comes back to one of ours: in another width or case, or with a tag (RFC 5233).
fn is_own(own: &str, address: &str) -> bool {
    let untagged = |address: &str| {
        let key = sender_key(address);
        let Some((local, domain)) = key.rsplit_once('@') else { return key.clone() };
        format!("{}@{}", local.split('+').next().unwrap_or_default(), domain.trim_end_matches('.'))
    };
    !own.is_empty() && (sender_key(own) == sender_key(address) || untagged(own) == untagged(address))
}

/// The reverse-path and the author are of different houses. An absent Return-Path says nothing; a
/// subdomain is the same house.
fn paths_disagree(message: &Message, from_domain: &str) -> bool {
    message.envelope_sender().is_some_and(|path| !same_organisation(&domain_of(path), from_domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use AcknowledgementKind::{Accepted, Late, LateSentInTime, NearMiss, Review, Supplement};

    #[test]
    fn what_a_person_decided_is_what_is_told() {
        for (kind, status, asks, now) in [
            (NearMiss, Status::Review, false, Some(NearMiss)),
            (NearMiss, Status::Accepted, false, Some(Accepted)),
            (Review, Status::Late, false, Some(Late)),
            (LateSentInTime, Status::Accepted, false, Some(Accepted)),
            (Late, Status::Accepted, false, Some(Accepted)),
            (Accepted, Status::Late, false, Some(Late)),
            (Review, Status::Handled, true, None),
            (NearMiss, Status::Denied, false, None),
            (Supplement, Status::Accepted, false, Some(Supplement)),
            (Supplement, Status::Review, true, Some(Supplement)),
            (Supplement, Status::Accepted, true, None),
            (Supplement, Status::Denied, false, None),
        ] {
            assert_eq!(kind_now(kind, status, asks), now, "{kind} {status} {asks}");
        }
    }
}
