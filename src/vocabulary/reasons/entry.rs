//! Why an entry of the mailbox was treated as it was.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Reason, parameters};
use crate::vocabulary::{Word, words};

words! {
    /// What the subject says about a consultation.
    SubjectReason: "entry_reason" {
        /// The whole title and an ask word.
        ExactTitle = "exact_title",
        /// The whole tag as the notice demands it.
        ExactTag = "exact_tag",
        /// The title with few edits, the right issuer and an ask word.
        TitleWithin5Percent = "title_within_5_percent",
        /// A call for opinions itself.
        Notice = "notice",
        /// The title without an ask word.
        TitleWithoutAskWord = "title_without_ask_word",
        /// The tag with slips, or a part of it.
        NearTag = "near_tag",
        /// A tag that fits every draft, in a mailbox that several share.
        GenericTag = "generic_tag",
        /// The title of another issuer's twin.
        OtherIssuer = "other_issuer",
        /// The title with more edits than a match may have.
        TitleWithin15Percent = "title_within_15_percent",
        /// A long run of characters of the title.
        SharedRun = "shared_run",
        /// An anchor that speaks for itself.
        Anchor = "anchor",
        /// A short anchor with an ask word.
        AnchorAndAskWord = "anchor_and_ask_word",
        /// Ask words and nothing else.
        BareAskWords = "bare_ask_words",
        /// No subject, or an empty form of one.
        EmptySubject = "empty_subject",
        /// The subject is garbled: what it said nobody knows.
        GarbledSubject = "garbled_subject",
        /// Not ours, but a number of ours stands in the message.
        MentionsNumber = "mentions_number",
        /// Not ours, but the body or an attachment's name holds title or anchor.
        MentionedInBody = "mentioned_in_body",
        /// Not ours by everything else, but the title stands inside an attached document.
        MentionedInAttachment = "mentioned_in_attachment",
        /// Not ours by its subject, but it asks something of an earlier letter.
        AsksOfEarlier = "asks_of_earlier",
        /// Ask words beside a name, a unit, a telephone number or words of the draft.
        AskWordsBeside = "ask_words_beside",
        /// An application for disclosure.
        InfoDisclosure = "info_disclosure",
        /// Nothing of any consultation.
        NoTag = "no_tag",
        /// There is no consultation to compare with.
        NoConsultation = "no_consultation",
        /// Begins like an automatic reply.
        LeadingAutoReplyMarker = "leading_auto_reply_marker",
        /// Begins like a bounce.
        LeadingBounceMarker = "leading_bounce_marker",
        /// Begins like a receipt.
        LeadingReceiptMarker = "leading_receipt_marker",
        /// Begins like a recall notice.
        LeadingRecallMarker = "leading_recall_marker",
    }
}

words! {
    /// Kinds of automatic mail.
    Machine: "entry_reason" {
        /// Out-of-office and other automatic answers.
        AutoReply = "auto_reply",
        /// A report that mail could not be delivered.
        Bounce = "bounce",
        /// A read receipt.
        Receipt = "receipt",
        /// A notice that a sender recalled a message.
        Recall = "recall",
        /// Other mail generated without a person.
        Generated = "generated",
    }
}

reasons! {
    /// By what a machine betrays itself, or forbids an answer.
    Mark: "mark" {
        /// A header field by its presence.
        Field {
            /// Its name, in lower case.
            field: String,
        } = "field",
        /// A header field by its value.
        FieldValue {
            /// Its name, in lower case.
            field: String,
            /// Its keyword, in lower case.
            value: String,
        } = "field_value",
        /// The body is a report (RFC 6522).
        Report {
            /// Its type.
            report_type: String,
        } = "report",
        /// The subject's leading marker.
        Subject {
            /// As written.
            marker: String,
        } = "subject",
        /// A calendar's answer to an invitation (RFC 6047).
        CalendarAnswer = "calendar_answer",
        /// The text says that it is an automatic answer, or that nobody is there.
        Text {
            /// In which word of the rules.
            says: String,
        } = "text",
        /// `Return-Path: <>`
        NullReturnPath = "null_return_path",
        /// An address of the mail system itself.
        Address {
            /// `from` or `return-path`.
            field: String,
            /// What of the local part says so.
            local: String,
        } = "address",
        /// An address that says that nobody reads what it gets.
        NoReplyAddress {
            /// `from` or `return-path`.
            field: String,
            /// The local part.
            local: String,
        } = "no_reply_address",
        /// There is no author.
        NoFrom = "no_from",
        /// The author has no address.
        NoFromAddress = "no_from_address",
    }
}

reasons! {
    /// What a report says became of a mail: whose, and with which status (RFC 3464, RFC 3463).
    Delivery: "delivery" {
        /// It was given up.
        Failed {
            /// Whom it did not reach.
            recipient: Option<String>,
            /// The status as the report has it.
            status: Option<String>,
            /// The server's reply code (RFC 5321), where the report has no status.
            reply: Option<String>,
            /// The status that the report's words amount to, where it has none.
            concluded: Option<String>,
        } = "failed",
        /// It takes longer; the server goes on trying.
        Delayed {
            /// Whom it has not reached yet.
            recipient: Option<String>,
            /// The status as the report has it.
            status: Option<String>,
            /// The server's reply code (RFC 5321), where the report has no status.
            reply: Option<String>,
            /// The status that the report's words amount to, where it has none.
            concluded: Option<String>,
        } = "delayed",
        /// It arrived, or went on to where nothing more is reported.
        Delivered {
            /// Whom it reached.
            recipient: Option<String>,
            /// The status as the report has it.
            status: Option<String>,
        } = "delivered",
        /// It arrived, and who got it complained (RFC 5965).
        Complained {
            /// Who.
            recipient: Option<String>,
        } = "complained",
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { field } => f.write_str(field),
            Self::FieldValue { field, value } => write!(f, "{field}: {value}"),
            Self::Report { report_type } => write!(f, "report: {report_type}"),
            Self::Subject { marker } => write!(f, "subject: {marker}"),
            Self::CalendarAnswer => f.write_str("calendar: method=reply"),
            Self::Text { says } => write!(f, "text: {says}"),
            Self::NullReturnPath => f.write_str("return-path: <>"),
            Self::Address { field, local } => write!(f, "{field}: {local}"),
            Self::NoReplyAddress { field, local } => write!(f, "no_reply_address: {field} {local}"),
            Self::NoFrom | Self::NoFromAddress => f.write_str(self.as_str()),
        }
    }
}

reasons! {
    /// Why an entry that was announced is not there (`gap.reason`).
    GapReason: "entry_reason" {
        /// The server answered and did not mention it.
        NotMentioned = "not_mentioned",
        /// No body, though a size was announced.
        EmptyBody = "empty_body",
        /// Fewer bytes than announced.
        ShortBody {
            /// The digest of what came.
            sha256: String,
        } = "short_body",
        /// The server handed over a message of its own instead.
        Placeholder = "placeholder",
        /// It is recorded, looks otherwise than it did, and its bytes have not come yet.
        Differs {
            /// Why not, as a word.
            problem: String,
        } = "differs",
        /// A person asked for it.
        AskedFor = "asked_for",
        /// The answer could not be read.
        UnreadableAnswer = "unreadable_answer",
        /// The server refused.
        Refused {
            /// Its words.
            words: String,
        } = "refused",
        /// The session ended at this very message.
        SessionEnded = "session_ended",
        /// The mailbox has it, and it had no row.
        NotRecorded = "not_recorded",
        /// The file could not be read.
        UnreadableFile {
            /// The system's words.
            problem: String,
        } = "unreadable_file",
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Refused { words } => write!(f, ": {words}"),
            Self::UnreadableFile { problem } => write!(f, ": {problem}"),
            _ => Ok(()),
        }
    }
}

words! {
    /// Why a message could not be read at all.
    Unreadable: "entry_reason" {
        /// There are no bytes.
        Empty = "empty",
        /// There is no header.
        NoHeader = "no_header",
        /// Reading it panicked.
        Panicked = "panicked",
        /// A message of the mail server, which could not hand over the letter itself.
        Placeholder = "placeholder",
    }
}

/// Why an entry got its disposition (`mailbox_entry.reason`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryReason {
    /// Filed, or not ours: what the subject says. The evidence stands with the message, if one is kept.
    Subject(SubjectReason),
    /// Automatic.
    Machine {
        /// What kind.
        kind: Machine,
        /// What proves it.
        mark: Mark,
        /// What it reports of a mail, where it reports of one.
        delivery: Option<Box<Delivery>>,
    },
    /// A supplement.
    Answers {
        /// The number of the submission that it belongs to.
        number: String,
    },
    /// A duplicate by its content.
    SameContent {
        /// The number of the submission that it repeats.
        number: String,
    },
    /// The same bytes came before.
    SameBytes,
    /// The same mail came before with other bytes: another server wrote it anew, or added to its header.
    SameMessage {
        /// The number of the submission that it is.
        number: String,
    },
    /// It stood in for a letter that has a row of its own by now.
    CameLater,
    /// The message was kept and its entry had lost its row.
    RowRestored,
    /// Quarantined: it could not be read.
    Unreadable(Unreadable),
    /// It was set aside, and a person erased it.
    Erased {
        /// Why, in his words.
        note: String,
    },
}

impl Word for EntryReason {
    const KIND: &'static str = "entry_reason";
    /// Those of the variants that have one of their own; the others are those of the enum inside.
    const WORDS: &'static [&'static str] =
        &["answers", "same_content", "same_bytes", "same_message", "came_later", "row_restored", "erased"];

    fn word(&self) -> &'static str {
        match self {
            Self::Subject(reason) => reason.as_str(),
            Self::Machine { kind, .. } => kind.as_str(),
            Self::Answers { .. } => "answers",
            Self::SameContent { .. } => "same_content",
            Self::SameBytes => "same_bytes",
            Self::SameMessage { .. } => "same_message",
            Self::CameLater => "came_later",
            Self::RowRestored => "row_restored",
            Self::Unreadable(reason) => reason.as_str(),
            Self::Erased { .. } => "erased",
        }
    }
}

impl Reason for EntryReason {
    fn detail(&self) -> Option<Value> {
        match self {
            Self::Machine { mark, delivery, .. } => {
                let mut detail = json!({ "mark": mark });
                let mut delivery = delivery.as_ref().map(|delivery| json!(delivery));
                if let Some(Value::Object(delivery)) = &mut delivery {
                    delivery.retain(|_, value| !value.is_null());
                }
                if let (Some(delivery), Value::Object(detail)) = (delivery, &mut detail) {
                    detail.insert("delivery".to_owned(), delivery);
                }
                Some(detail)
            }
            Self::Answers { number } | Self::SameContent { number } | Self::SameMessage { number } => {
                Some(json!({ "number": number }))
            }
            Self::Erased { note } => Some(json!({ "note": note })),
            Self::Subject(_)
            | Self::SameBytes
            | Self::CameLater
            | Self::RowRestored
            | Self::Unreadable(_) => None,
        }
    }
}
