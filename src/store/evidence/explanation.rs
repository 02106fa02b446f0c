//! Which event may lead to which change of a sealed row. COMMIT asks before it seals, `verify` asks again.
//!
//! Whoever writes a command that changes sealed rows logs an event for it and says here what that event may change.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

/// An event that may explain a change.
#[derive(Debug, Clone)]
pub(in crate::store) struct Deed {
    pub(in crate::store) at: Timestamp,
    pub(in crate::store) actor: String,
    pub(in crate::store) action: String,
    pub(in crate::store) submission: Option<i64>,
    pub(in crate::store) detail: Value,
}

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    New,
    /// These columns changed.
    Changed(BTreeSet<String>),
    Gone,
}

/// A row, and what happened to it.
pub(in crate::store) struct Happening<'a> {
    pub(in crate::store) table: &'a str,
    pub(in crate::store) owner: Option<i64>,
    pub(in crate::store) kind: Kind,
    /// Rows of the same submission that are new in the same event.
    pub(in crate::store) beside: &'a dyn Fn(&str, Option<i64>) -> bool,
}

/// What is made of a letter when it is filed.
const OF_A_LETTER: &[&str] = &["message", "attachment", "opinion", "acknowledgement"];
/// What a released answer gets.
const COMPOSED: &[&str] = &[
    "recipient",
    "queued_at",
    "rfc822_message_id",
    "envelope_from",
    "octets",
    "withheld_as",
    "withheld_detail",
    "mailbox_key",
    "house",
];
/// What people do to a submission: old and new values stand in `correction`.
const BY_HAND: &[&str] = &["corrected", "confirmed", "denied", "reopened", "repeats_otherwise", "moved"];
/// What a ruling says of an entry.
const OF_AN_ENTRY: &[&str] = &["disposition", "reason", "reason_detail", "message_id_sha256", "message_id"];

/// What follows the bytes of a message, and of an entry beside what a ruling says of it.
const OF_BYTES: &[&str] = &[
    "sha256",
    "size_bytes",
    "rfc822_message_id",
    "subject",
    "sent_at",
    "sent_as_written",
    "received_at",
    "received_basis",
    "received_evidence",
    "received_evidence_detail",
    "evidence",
];

/// Whether an event leads to what happened.
#[expect(clippy::match_same_arms, reason = "one line for each event and table, as in a table")]
pub(in crate::store) fn explains(deed: &Deed, happening: &Happening<'_>) -> bool {
    let Happening { table, owner, kind, beside } = happening;
    let new = *kind == Kind::New;
    let own = deed.submission.is_some() && deed.submission == *owner;
    let only = |columns: &[&str]| matches!(kind, Kind::Changed(found) if found.iter().all(|found| columns.contains(&found.as_str())));
    match (deed.action.as_str(), *table) {
        // What later mail is compared with is made of what was filed, whoever filed it: it changes nothing by itself.
        ("filed" | "supplemented" | "reprocessed" | "placed" | "moved" | "erased", "wording") => true,
        ("reprocessed" | "moved" | "erased", "likeness") => own,
        ("filed", "submission") => own && new,
        ("filed", table) if OF_A_LETTER.contains(&table) => own && new && beside("submission", *owner),
        ("supplemented", "supplement") => own && new,
        ("supplemented", table) if OF_A_LETTER.contains(&table) => own && new && beside("supplement", None),
        ("filed" | "supplemented" | "related" | "recalled" | "moved", "relation") => new,
        (action, "correction") if BY_HAND.contains(&action) => own && new,
        // From the old value to the new one: the row of `correction` says both, and `verify` compares.
        (action, "submission" | "opinion") if BY_HAND.contains(&action) && beside("correction", None) => {
            own && matches!(kind, Kind::Changed(_))
        }
        // A supplement asks for something.
        ("reopened", "submission") => own && only(&["status", "review_reasons"]),
        ("repeats_otherwise", "likeness") => own,
        ("released", "acknowledgement") => own && only(COMPOSED),
        ("released" | "came_later" | "judged_again", "mailbox_entry") => only(OF_AN_ENTRY),
        // The bytes of a letter of which the record had the beginning.
        ("grew", "message") => deed.submission == *owner && only(OF_BYTES),
        ("grew", "mailbox_entry") => only(&[OF_BYTES, OF_AN_ENTRY].concat()),
        // It leaves quarantine: what was nobody's is a submission's now.
        ("released", "message" | "attachment") => owner.is_none() && !new,
        ("reprocessed", "opinion" | "attachment") => (own || owner.is_none()) && lists(deed, table, table),
        ("reprocessed", "mailbox_entry") => changed(kind, |column| lists(deed, table, column)),
        ("reprocessed", _) => (own || owner.is_none()) && changed(kind, |column| lists(deed, table, column)),
        ("erased", _) => own,
        ("accepted", _) => deed.submission == *owner,
        ("sealing_by_row", _) => new,
        _ => false,
    }
}

/// Whether what happened needs no event: what a mailbox held and what it is compared by is written as it comes.
pub(in crate::store) fn explains_itself(happening: &Happening<'_>) -> bool {
    // How far a folder is recorded follows from its entries.
    if happening.table == "folder" {
        return true;
    }
    let loose =
        happening.owner.is_none() && matches!(happening.table, "mailbox_entry" | "message" | "attachment");
    happening.kind == Kind::New && (loose || matches!(happening.table, "likeness" | "wording"))
}

/// Whether an event says that this column of what belongs to a submission is read otherwise today.
pub(in crate::store) fn reads_anew(deed: &Deed, owner: Option<i64>, table: &str, column: &str) -> bool {
    deed.action == "reprocessed"
        && deed.submission == owner
        && (lists(deed, table, column) || lists(deed, table, table))
}

fn changed(kind: &Kind, may: impl Fn(&str) -> bool) -> bool {
    matches!(kind, Kind::Changed(columns) if columns.iter().all(|column| may(column)))
}

/// Whether `reprocessed` names a column among what it changed.
fn lists(deed: &Deed, table: &str, column: &str) -> bool {
    let fields = deed.detail.get("fields").and_then(Value::as_array);
    fields.is_some_and(|fields| {
        fields.iter().filter_map(Value::as_str).any(|field| field.split_once('.') == Some((table, column)))
    })
}
