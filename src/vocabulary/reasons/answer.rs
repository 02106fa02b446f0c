//! Why an answer is withheld, waits or is given up.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entry::Mark;
use super::{Reason, parameters};
use crate::vocabulary::Word;

reasons! {
    /// Why an answer is withheld (`acknowledgement.reason` of `withheld`); `respond` says when each applies.
    WithheldReason: "withheld_reason" {
        /// Acknowledgements are switched off.
        Disabled = "disabled",
        /// It is not known when the message arrived.
        NoArrivalTime = "no_arrival_time",
        /// It arrived before answering began.
        BeforeNotBefore = "before_not_before",
        /// It is older than the store, which no person made.
        FirstContact = "first_contact",
        /// It is older than the moment at which a backup took the store's place.
        Restored = "restored",
        /// From one of the office's own addresses.
        OwnAddress = "own_address",
        /// A list, bulk mail or a null return path.
        MachineSuspected = "machine_suspected",
        /// A mark of the sender's system.
        MarkedNoAnswer {
            /// Which.
            mark: Mark,
        } = "marked_no_answer",
        /// An address that belongs to a program.
        RobotAddress = "robot_address",
        /// Nothing but quoted text.
        OnlyQuoted = "only_quoted",
        /// An application for disclosure.
        InfoDisclosure = "info_disclosure",
        /// Its sender says that he did not write what was filed.
        Disowned = "disowned",
        /// Only takes an earlier comment back.
        Withdraw = "withdraw",
        /// Only asks about the writer's data.
        PersonalData = "personal_data",
        /// Only asks that something be not published.
        PublicationRequest = "publication_request",
        /// Only asks for a correction.
        CorrectionRequest = "correction_request",
        /// Only disputes that a letter came late.
        LateDisputed = "late_disputed",
        /// Only calls a letter in time that nobody called late.
        NotLate = "not_late",
        /// Only asks about the consultation itself.
        Question = "question",
        /// An agency's 无意见.
        AgencyNoObjection = "agency_no_objection",
        /// An agency writes, and `acknowledgement.answer_agencies` is off.
        Agency = "agency",
        /// It is not certain who wrote.
        SeveralFrom = "several_from",
        /// There is no usable address.
        NoReplyAddress = "no_reply_address",
        /// Our own mail system could not verify the sender.
        AuthenticationFailed = "authentication_failed",
        /// Return-Path and From disagree and nothing vouches for From.
        SenderMismatch = "sender_mismatch",
        /// Our own mail system took it for spam.
        SpamFlagged = "spam_flagged",
        /// One mail that came over two ways.
        DeliveredTwice = "delivered_twice",
        /// One more reply to a submission that had many on that day.
        RepliesCapped = "replies_capped",
        /// Thanks, a reaction or a refusal: nothing to confirm.
        NothingSaid = "nothing_said",
        /// Supplements or repetitions of the submission were answered already.
        AnsweredAgain = "answered_again",
        /// The address has had its share of today.
        AddressCap = "address_cap",
        /// The domain has had its share of today.
        DomainCap = "domain_cap",
        /// A person took it back before it left.
        Held = "held",
        /// Its letter was imported, and none of those was to be answered.
        NoAnswer = "no_answer",
        /// The template failed on this message.
        NotComposed {
            /// The template engine's words.
            problem: String,
        } = "not_composed",
    }
}

reasons! {
    /// What was seen instead of a reply.
    Silence: "seen" {
        /// No reply in time.
        NoAnswer {
            /// How long it might have taken, in milliseconds.
            limit_ms: u64,
        } = "no_answer",
        /// The connection ended.
        Closed = "closed",
        /// Something else; it may quote the server.
        Unusable {
            /// What.
            problem: String,
        } = "unusable",
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer { limit_ms } => {
                write!(f, "no answer within {} s", std::time::Duration::from_millis(*limit_ms).as_secs_f32())
            }
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Unusable { problem } => f.write_str(problem),
        }
    }
}

reasons! {
    /// What became of an attempt to send that did not succeed.
    SendFailure: "send_reason" {
        /// The server refused.
        Refused {
            /// The three-digit reply code.
            code: u16,
            /// Its words.
            reply: String,
        } = "refused",
        /// The connection failed before the message was taken.
        Broken {
            /// The server, as it is configured.
            server: String,
            /// The step at which it failed: `RCPT TO`.
            step: String,
            /// What was seen.
            seen: Silence,
        } = "broken",
        /// The connection failed when the message may have been taken.
        OutcomeUnknown {
            /// The server, as it is configured.
            server: String,
            /// The step at which it failed.
            step: String,
            /// What was seen.
            seen: Silence,
        } = "outcome_unknown",
        /// No session could be opened.
        Unavailable {
            /// What went wrong, for people.
            problem: String,
        } = "unavailable",
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, reply } => write!(f, "{code} {reply}"),
            Self::Broken { server, step, seen } => write!(f, "{server}: {step}: {seen}"),
            Self::OutcomeUnknown { server, step, seen } => {
                write!(f, "outcome unknown: {server}: {step}: {seen}")
            }
            Self::Unavailable { problem } => f.write_str(problem),
        }
    }
}

/// Why an answer waits for another attempt or is given up (`acknowledgement.reason` of `deferred` and `failed`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendReason {
    /// What the last attempt came to.
    Failed(SendFailure),
    /// It was tried for too long.
    GivenUp {
        /// How long after queueing, in hours.
        hours: u64,
        /// What the last attempt came to.
        last: SendFailure,
    },
    /// It came back.
    Returned {
        /// What the report says.
        words: String,
        /// The number by which alone it was known beside the address: whoever knows both can write such a report.
        number: Option<String>,
    },
}

impl Word for SendReason {
    const KIND: &'static str = "send_reason";
    /// Those of the variants that have one of their own; the others are those of [`SendFailure`].
    const WORDS: &'static [&'static str] = &["given_up", "returned"];

    fn word(&self) -> &'static str {
        match self {
            Self::Failed(failure) => failure.as_str(),
            Self::GivenUp { .. } => "given_up",
            Self::Returned { .. } => "returned",
        }
    }
}

impl Reason for SendReason {
    fn detail(&self) -> Option<Value> {
        match self {
            Self::Failed(failure) => failure.detail(),
            Self::GivenUp { hours, last } => Some(json!({ "hours": hours, "last": last })),
            Self::Returned { words, number: None } => Some(json!({ "words": words })),
            Self::Returned { words, number } => Some(json!({ "words": words, "number": number })),
        }
    }
}

impl fmt::Display for SendReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => write!(f, "{failure}"),
            Self::GivenUp { hours, last } => write!(f, "given up {hours} h after queueing: {last}"),
            Self::Returned { words, .. } => f.write_str(words),
        }
    }
}

reasons! {
    /// Why the circuit breaker is open (fact `breaker`).
    BreakerReason: "breaker" {
        /// So many answers left within an hour.
        PerHour {
            /// The most that may.
            cap: u32,
            /// How many did.
            sent: u32,
        } = "caps.per_hour",
        /// So many answers left within a day.
        PerDay {
            /// The most that may.
            cap: u32,
            /// How many did.
            sent: u32,
        } = "caps.per_day",
    }
}

impl BreakerReason {
    /// The most that may leave.
    pub const fn cap(&self) -> u32 {
        match self {
            Self::PerHour { cap, .. } | Self::PerDay { cap, .. } => *cap,
        }
    }

    /// How many left.
    pub const fn sent(&self) -> u32 {
        match self {
            Self::PerHour { sent, .. } | Self::PerDay { sent, .. } => *sent,
        }
    }
}

impl fmt::Display for BreakerReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = match self {
            Self::PerHour { .. } => "hour",
            Self::PerDay { .. } => "24 hours",
        };
        let (word, cap, sent) = (self.as_str(), self.cap(), self.sent());
        write!(f, "{word} = {cap}: {sent} answers left within the last {window}")
    }
}

impl crate::vocabulary::AcknowledgementKind {
    /// Whether it says that a person is looking at the letter, which is not so any more once one decided.
    pub const fn says_it_is_looked_at(self) -> bool {
        matches!(self, Self::NearMiss | Self::Review | Self::LateSentInTime)
    }
}
