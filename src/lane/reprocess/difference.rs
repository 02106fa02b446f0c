//! How what was filed once more differs from what stands in the record: what changes, what staff decided and stays, what
//! a person must settle.

use crate::ruling;
use crate::store::{Change, Columns, Correction, Item, Kept, KeptSubmission};
use crate::vocabulary::{CorrectionField, Flag, ReviewReason, Status, Timeliness};

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// `message.id`
    pub message_id: i64,
    /// The submission that it is or belongs to; `None`: it is in quarantine.
    pub number: Option<String>,
    /// Whether it is a supplement.
    pub is_supplement: bool,
    /// The writer's names as they stand in the store, for masking.
    pub names: Vec<String>,
    /// What changes.
    pub changes: Vec<Change>,
    /// What staff decided or corrected, and what the rules would have said instead.
    pub kept: Vec<Change>,
    /// What the rules may not change by themselves.
    pub left: Vec<Left>,
    /// It could not be read; nothing about it changes.
    pub unreadable: bool,
}

/// What the rules see otherwise and leave to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The opinion items would be cut otherwise, and staff worked on them.
    Recut,
    /// It repeats an earlier submission, and supplements or the work of staff hang on it.
    RepeatsWithAdditions,
    /// A repetition that would not be filed by itself.
    RepetitionRuledOtherwise,
    /// A supplement that would be filed elsewhere, or not at all.
    SupplementRuledOtherwise,
    /// Quarantined, readable now, and not meant for us or from a machine.
    QuarantinedNotOurs,
}

impl Finding {
    /// Which message it is.
    pub(super) fn about(kept: &Kept) -> Self {
        Self {
            message_id: kept.message_id,
            number: kept.submission.as_ref().map(|found| found.number.clone()),
            is_supplement: kept.submission.is_some() && !kept.is_submission(),
            ..Self::default()
        }
    }

    /// Whether there is nothing to say.
    pub fn is_quiet(&self) -> bool {
        self.changes.is_empty() && self.kept.is_empty() && self.left.is_empty() && !self.unreadable
    }
}

/// What differs in the rows of one message, and the rows as they are to be.
#[derive(Default)]
pub(super) struct Difference {
    pub(super) finding: Finding,
    pub(super) rows: Vec<(&'static str, i64, Columns)>,
    pub(super) attachments: Option<Vec<Columns>>,
    /// The submission and the items of the message in it: clause and text.
    pub(super) opinions: Option<(i64, Vec<Item>)>,
}

impl Difference {
    /// Compares a row; `None`: there is none by today's rules, or none to compare it with.
    pub(super) fn row(
        &mut self,
        table: &'static str,
        id: Option<i64>,
        expected: Option<Columns>,
        stored: Option<&Columns>,
    ) {
        let (Some(id), Some(expected), Some(stored)) = (id, expected, stored) else { return };
        let mut changes = expected.changes(stored, table);
        // The same reasons in another order are no difference.
        changes.retain(|change| {
            change.field != "review_reasons" || sorted(change.old.as_ref()) != sorted(change.new.as_ref())
        });
        self.finding.changes.extend(changes);
        self.rows.push((table, id, expected));
    }

    /// Compares the submission's own row. What staff corrected stays; where they decided, so does where it stands; and what
    /// supplements ask for is known when the last of them has been filed again.
    pub(super) fn submission(
        &mut self,
        own: &KeptSubmission,
        expected: &Columns,
        stored: &Columns,
        corrections: &[Correction],
    ) {
        let mut theirs: Vec<&str> = corrections
            .iter()
            .filter(|found| found.opinion.is_none() && found.field != CorrectionField::Status)
            .map(|found| found.field.as_str())
            .collect();
        self.finding.kept.extend(expected.only(&theirs, true).changes(stored, "submission"));
        if own.is_decided {
            if expected.get("status").as_deref() != Some(Status::Review.as_str()) {
                self.finding.kept.extend(expected.only(&["status"], true).changes(stored, "submission"));
            }
            theirs.extend(["status", "review_reasons", "duplicate_of"]);
        } else if own.last_supplement.is_some() {
            theirs.extend(["status", "review_reasons"]);
        }
        self.row("submission", Some(own.id), Some(expected.only(&theirs, false)), Some(stored));
    }

    /// Lists a message's attachments anew where they differ.
    pub(super) fn attachments(&mut self, expected: Vec<Columns>, stored: &[Columns]) {
        if expected == stored {
            return;
        }
        let names = |found: &[Columns]| {
            let names: Vec<String> =
                found.iter().map(|one| one.get("filename").unwrap_or_default()).collect();
            Some(names.join("、"))
        };
        let (old, new) = (names(stored), names(&expected));
        let field = "attachment".to_owned();
        self.finding.changes.push(Change { table: "attachment", field, old, new });
        self.attachments = Some(expected);
    }

    /// Compares the opinion items of one message. Items that staff worked on stay; where the text would be cut into
    /// other items, all stay as they are.
    pub(super) fn opinions(
        &mut self,
        message_id: i64,
        submission_id: i64,
        expected: &[Item],
        items: &[Item],
        corrections: &[Correction],
    ) {
        let of_message = |items: &[Item]| -> Vec<Item> {
            items.iter().filter(|item| item.message_id == message_id).cloned().collect()
        };
        let (old, mut new) = (of_message(items), of_message(expected));
        // The text as the rules had cut it, before anybody corrected it.
        let cut = |item: &Item| {
            corrections
                .iter()
                .find(|found| found.opinion == Some(item.ordinal) && found.field == CorrectionField::Text)
                .and_then(|found| found.old_value.clone())
                .unwrap_or_else(|| item.text.clone())
        };
        let same_cut =
            old.len() == new.len() && old.iter().zip(&new).all(|(item, new)| cut(item) == new.text);
        if !same_cut && items.iter().any(|item| is_touched(item, corrections)) {
            self.finding.left.push(Left::Recut);
            return;
        }
        let same = |one: &Item, other: &Item| one.clause == other.clause && one.text == other.text;
        if same_cut {
            for (item, new) in old.iter().zip(&mut new).filter(|(item, _)| is_touched(item, corrections)) {
                if !same(item, new) {
                    let (old, ruled) = (std::slice::from_ref(item), std::slice::from_ref(new));
                    self.finding.kept.push(opinions_change(old, ruled));
                    *new = item.clone();
                }
            }
        }
        if old.len() != new.len() || !old.iter().zip(&new).all(|(old, new)| same(old, new)) {
            self.finding.changes.push(opinions_change(&old, &new));
            self.opinions = Some((submission_id, new));
        }
    }
}

fn sorted(list: Option<&String>) -> Vec<String> {
    let mut words = words(list.map(String::as_str));
    words.sort_unstable();
    words
}

fn words(list: Option<&str>) -> Vec<String> {
    list.and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
}

/// Whether staff decided on an item or corrected it.
pub(super) fn is_touched(item: &Item, corrections: &[Correction]) -> bool {
    item.decided || corrections.iter().any(|correction| correction.opinion == Some(item.ordinal))
}

fn opinions_change(old: &[Item], new: &[Item]) -> Change {
    let lines = |items: &[Item]| {
        let line = |item: &Item| match &item.clause {
            Some(clause) => format!("〔{clause}〕{}", item.text),
            None => item.text.clone(),
        };
        Some(items.iter().map(line).collect::<Vec<_>>().join("\n"))
    };
    Change { table: "opinion", field: "opinion".to_owned(), old: lines(old), new: lines(new) }
}

/// What a supplement with these flags asks of a person.
pub(super) fn asks(flags: &[String]) -> Vec<ReviewReason> {
    let asks =
        [(Flag::Withdraw, ReviewReason::Withdraw), (Flag::InfoDisclosure, ReviewReason::InfoDisclosure)];
    asks.into_iter()
        .filter(|(flag, _)| flags.iter().any(|found| found == flag.as_str()))
        .map(|(_, reason)| reason)
        .collect()
}

/// The flags of a row.
pub(super) fn flags(row: &Columns) -> Vec<String> {
    words(row.get("flags").as_deref())
}

/// Where a submission of the record stood by itself, before supplements asked for something and people decided.
pub(super) fn alone(row: &Columns, flags_of_supplements: &[String]) -> (Status, Vec<ReviewReason>) {
    let own = asks(&flags(row));
    let asked = asks(flags_of_supplements);
    let reasons: Vec<ReviewReason> = words(row.get("review_reasons").as_deref())
        .iter()
        .filter_map(|word| ReviewReason::from_word(word))
        .filter(|reason| !asked.contains(reason) || own.contains(reason))
        .collect();
    let timeliness = row.get("timeliness").and_then(|word| Timeliness::from_word(&word));
    let status = match () {
        () if row.get("status").as_deref() == Some(Status::Erased.as_str()) => Status::Erased,
        () if row.get("duplicate_of").is_some() => Status::Duplicate,
        () if !reasons.is_empty() => Status::Review,
        () => ruling::confirmed(timeliness.unwrap_or(Timeliness::OnTime)),
    };
    (status, reasons)
}
