//! The vocabulary: values that more than one room speaks of. Imports nothing of ours.
//!
//! A type stands here only if two rooms that do not know each other both need it; everything else is
//! declared by the stage that produces it (`parse::Message`, `ruling::Ruling`, …).

mod address;
pub(crate) mod by_character;
mod consultation;
mod corrected;
mod digest;
pub mod disclosure;
mod edge;
mod enums;
mod fetched;
pub mod formula;
mod house;
pub mod invisible;
pub mod invited;
pub mod language;
mod live_fault;
pub mod markers;
mod necessary;
pub mod occupations;
mod outbound;
mod pattern;
pub mod printable;
pub mod providers;
mod reasons;
pub mod receipts;
mod senders;
mod store_fault;
mod time;
pub mod traditional;
pub mod typed;
mod watched;

pub use address::{Address, domain_of, same_address, sender_key};
pub use consultation::{Clause, Consultation, Occupation, Part, Templates};
pub use corrected::{Adoption, CorrectionField};
pub use digest::{TextDigest, hex, sha256_hex};
pub(crate) use enums::words;
pub use enums::{
    AcknowledgementKind, AcknowledgementState, Disposition, FileFault, Flag, Illegible, LaneFault,
    ReceivedBasis, RelationBasis, RelationKind, ReviewReason, Status, SubjectMatch, Timeliness, Verdict,
    Word,
};
pub use fetched::{
    EntryKey, EntryTime, EntryUid, FetchedMessage, FolderKey, file_name_text, maildir_base_name,
};
pub use house::{domain_key, mailbox_key, registered_domain, same_organisation};
pub use invited::Invited;
pub use live_fault::LiveFault;
pub use outbound::{Breakage, OutboundMessage, SendOutcome};
pub use pattern::Regex;
pub(crate) use pattern::pattern;
pub use reasons::{
    ArrivalEvidence, BreakerReason, Delivery, EntryReason, GapReason, Machine, Mark, Reason, SendFailure,
    SendReason, Silence, StoredReason, SubjectEvidence, SubjectReason, Unreadable, WithheldReason,
};
pub use senders::{Proposer, SenderKind};
pub use store_fault::StoreFault;
pub use time::{
    SHANGHAI_OFFSET_SECONDS, WrittenTime, chinese_date, chinese_minute, rfc3339_utc, shanghai, start_of_day,
};
pub use watched::Watched;
