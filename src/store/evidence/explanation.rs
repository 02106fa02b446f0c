//! Which event may lead to which change of a sealed row. COMMIT asks before it seals, `verify` asks again.
//!
//! Whoever writes a command that changes sealed rows logs an event for it and says here what that event may change.

use std::collections::{BTreeSet, HashMap};

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

/// The events of one transaction, at hand by the submission that they are about.
#[derive(Debug, Default)]
pub(in crate::store) struct Deeds {
    all: Vec<Deed>,
    of: HashMap<Option<i64>, Vec<usize>>,
}

impl Deeds {
    pub(in crate::store) fn push(&mut self, deed: Deed) {
        self.of.entry(deed.submission).or_default().push(self.all.len());
        self.all.push(deed);
    }

    pub(in crate::store) fn clear(&mut self) {
        self.all.clear();
        self.of.clear();
    }

    pub(in crate::store) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = &Deed> {
        self.all.iter()
    }

    fn about(&self, submission: Option<i64>) -> impl DoubleEndedIterator<Item = &Deed> {
        self.of.get(&submission).into_iter().flatten().filter_map(|place| self.all.get(*place))
    }

    /// The last event about a submission, or about none; else the last of all.
    pub(in crate::store) fn last(&self, submission: Option<i64>) -> Option<&Deed> {
        self.about(submission).next_back().or(self.all.last())
    }

    /// What leads to what happened: an event about the same submission, if there is one.
    pub(in crate::store) fn leading_to(&self, happening: &Happening<'_>) -> Option<Led<'_>> {
        let leads = |deed: &&Deed| explains(deed, happening);
        let own = self.about(happening.owner).find(leads).map(Led::By);
        own.or_else(|| explains_itself(happening).then_some(Led::ByItself))
            .or_else(|| self.all.iter().find(leads).map(Led::By))
    }
}

/// What led to what happened to a row.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Led<'a> {
    By(&'a Deed),
    /// It needs no event.
    ByItself,
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
/// What people do to a submission, and what a supplement fills in: old and new values stand in `correction`.
const BY_HAND: &[&str] =
    &["corrected", "confirmed", "denied", "reopened", "repeats_otherwise", "moved", "filled"];
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
fn explains(deed: &Deed, happening: &Happening<'_>) -> bool {
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
        // The list of items was arranged anew: `correction` has it before and after.
        ("corrected", "opinion") if deed.detail.get("field").is_some_and(|field| field == "items") => {
            own && beside("correction", None)
        }
        // From the old value to the new one: the row of `correction` says both, and `verify` compares.
        (action, "submission" | "opinion") if BY_HAND.contains(&action) && beside("correction", None) => {
            own && matches!(kind, Kind::Changed(_))
        }
        // A supplement asks for something.
        ("reopened", "submission") => own && only(&["status", "review_reasons"]),
        ("repeats_otherwise", "likeness") => own,
        // With the text that is true now; or that text beside one that left.
        ("released", "acknowledgement") => own && (new || only(&[COMPOSED, &["kind"]].concat())),
        // Taken back; and sent all the same, where that came too late.
        ("held" | "sent", "acknowledgement") => own && only(&["withheld_as", "withheld_detail"]),
        ("answered_anew", "acknowledgement") => own && only(&[COMPOSED, &["kind"]].concat()),
        ("released" | "came_later" | "judged_again", "mailbox_entry") => only(OF_AN_ENTRY),
        // The bytes of a letter of which the record had the beginning.
        ("grew", "message") => deed.submission == *owner && only(OF_BYTES),
        ("grew", "mailbox_entry") => only(&[OF_BYTES, OF_AN_ENTRY].concat()),
        // It leaves quarantine: what was nobody's is a submission's now.
        ("released", "message" | "attachment") => owner.is_none() && !new,
        // An item that is there no more has no place.
        ("corrected" | "reprocessed" | "moved", "opinion_group_member") => *kind == Kind::Gone,
        ("reprocessed", "opinion" | "attachment") => (own || owner.is_none()) && lists(deed, table, table),
        ("reprocessed", "mailbox_entry") => changed(kind, |column| lists(deed, table, column)),
        ("reprocessed", _) => (own || owner.is_none()) && changed(kind, |column| lists(deed, table, column)),
        ("grouped", "opinion_group" | "opinion_group_member") => true,
        ("adopted" | "adoption_undone", "opinion_group" | "opinion_group_member") => true,
        ("adopted" | "adoption_undone", "opinion_group_change") => new,
        // Without a remark it is nobody's.
        ("erased", "opinion_group_member") => true,
        // Of what is nobody's alone, what told of somebody.
        ("erased", "opinion_group") => new || only(&["point", "adoption_reason", "remark"]),
        ("erased", "opinion_group_change") if owner.is_none() => new || only(&["old_value", "new_value"]),
        ("erased", "mailbox_entry") => new || only(&["uid", "reason_detail"]),
        // Mail of no letter.
        ("erased", "message" | "attachment") if deed.submission.is_none() => owner.is_none() && new,
        ("sealing_groups", "opinion_group" | "opinion_group_member" | "opinion_group_change") => new,
        ("erased", _) => own,
        ("accepted", _) => deed.submission == *owner,
        ("sealing_by_row", _) => new,
        _ => false,
    }
}

/// Whether what happened needs no event: what a mailbox held and what it is compared by is written as it comes.
fn explains_itself(happening: &Happening<'_>) -> bool {
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

/// Whether an erasure names a row of nobody's that it sealed anew, whole.
pub(in crate::store) fn redraws(deed: &Deed, table: &str, id: i64) -> bool {
    let listed = || deed.detail.get("rows")?.get(table)?.as_array();
    deed.action == "erased"
        && listed().is_some_and(|ids| ids.iter().any(|listed| listed.as_i64() == Some(id)))
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
