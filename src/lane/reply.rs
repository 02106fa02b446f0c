//! What an answer says, and its octets: the same whether the lane answers or a person lets an answer go.

use jiff::Timestamp;

use crate::compose::{self, ComposeError, Content, Letter};
use crate::config::AcknowledgementSettings;
use crate::parse::{Attachment, Message};
use crate::vocabulary::{AcknowledgementKind, Consultation, Flag, OutboundMessage, domain_of};

/// What an answer says that does not stand in the message itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplyFacts<'a> {
    pub(super) kind: AcknowledgementKind,
    pub(super) recipient: &'a str,
    pub(super) number: &'a str,
    pub(super) earlier_number: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) organization: Option<&'a str>,
    /// Which of name, occupation and telephone number are there, when it is to be said that some are missing.
    pub(super) has_details: Option<[bool; 3]>,
    pub(super) flags: &'a [Flag],
    /// Our own mail server vouches for the sender.
    pub(super) vouched: bool,
    pub(super) received_at: Timestamp,
    pub(super) now: Timestamp,
    /// Makes the reply's Message-ID one that only its recipient knows.
    pub(super) token: u64,
}

/// Whether there is something to read in a message.
fn content(message: &Message, flags: &[Flag]) -> Content {
    let has_file = message.attachments.iter().any(Attachment::is_file);
    match message.illegible {
        Some(_) => Content::Unreadable,
        None if flags.contains(&Flag::AttachmentMissing) => Content::AttachmentMissing,
        None if message.text.trim().is_empty() && !has_file => Content::Empty,
        None => Content::Readable,
    }
}

/// Composes an answer to a message.
pub(super) fn compose_reply(
    facts: &ReplyFacts<'_>,
    message: &Message,
    consultation: &Consultation,
    settings: &AcknowledgementSettings,
) -> Result<OutboundMessage, ComposeError> {
    let from = settings.from.as_str();
    let flagged = |flag| facts.flags.contains(&flag);
    let there = facts.has_details.unwrap_or([true; 3]);
    let missing: Vec<&str> = there
        .into_iter()
        .zip(["姓名", "职业", "联系电话"])
        .filter_map(|(there, label)| (!there).then_some(label))
        .filter(|label| *label != "职业" || !consultation.occupations.is_empty())
        // Who asked for silence is not asked for a name, and what is missing may stand in the file.
        .filter(|_| ![Flag::Anonymous, Flag::NoPublish, Flag::AttachmentOnly].into_iter().any(flagged))
        .collect();
    let attachments: Vec<String> = if flagged(Flag::AttachmentOnly) {
        message.attachments.iter().filter_map(|attachment| attachment.filename.clone()).collect()
    } else {
        Vec::new()
    };
    let requests: Vec<&str> = [
        (Flag::Disowned, "核实此前来信是否为本人所写"),
        (Flag::Withdraw, "撤回或者替换此前的意见建议"),
        (Flag::PersonalData, "处理个人信息"),
        (Flag::CorrectionRequest, "更正登记的内容"),
        (Flag::PublicationRequest, "不公开有关信息"),
        (Flag::LateDisputed, "核实来信是否在截止前发出"),
        (Flag::NotLate, compose::ASKS_WHETHER_LATE),
        (Flag::Question, "询问有关事项"),
    ]
    .into_iter()
    .filter_map(|(flag, words)| flagged(flag).then_some(words))
    .collect();
    let wishes: Vec<&str> = [(Flag::Anonymous, "不署名"), (Flag::NoPublish, "不公开个人信息")]
        .into_iter()
        .filter_map(|(flag, words)| flagged(flag).then_some(words))
        .collect();
    // `thread` begins with In-Reply-To; References go from the oldest to the newest.
    let mut references = message.thread.clone();
    if message.header("in-reply-to").is_some() && !references.is_empty() {
        references.rotate_left(1);
    }
    compose::compose(
        &Letter {
            kind: facts.kind,
            recipient: facts.recipient,
            from,
            envelope_from: (!settings.envelope_null).then_some(from),
            number: facts.number,
            earlier_number: facts.earlier_number,
            name: facts.name,
            organization: facts.organization,
            writes_for_unit: facts.organization.is_some(),
            wishes: &wishes,
            received_at: facts.received_at,
            in_reply_to: message.message_id.as_deref(),
            references: &references,
            missing_details: &missing,
            attachments: &attachments,
            vouched: facts.vouched,
            cloud_attachment: flagged(Flag::CloudAttachment),
            requests: &requests,
            content: content(message, facts.flags),
            now: facts.now,
            message_id: &compose::message_id(
                facts.number,
                facts.kind,
                &domain_of(from),
                &format!("{:016x}", facts.token),
            ),
        },
        consultation,
    )
}
