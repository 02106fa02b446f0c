//! How what was filed once more differs from what stands in the record: what changes, what staff decided and stays, what
//! a person must settle.

use serde_json::json;

use super::context::Result;
use crate::ruling;
use crate::store::corrections::{self, standing};
use crate::store::{Change, Columns, Kept, KeptSubmission};
use crate::vocabulary::{Flag, ReviewReason, Status, Timeliness};

/// What became of one message.
#[derive(Debug, Default)]
pub(crate) struct Finding {
    pub(crate) message_id: i64,
    /// The submission that it is or belongs to; `None`: it is in quarantine.
    pub(crate) number: Option<String>,
    pub(crate) is_supplement: bool,
    /// The writer's names as they stand in the store, for masking.
    pub(crate) names: Vec<String>,
    pub(crate) changes: Vec<Change>,
    /// What staff decided or corrected, and what the rules would have said instead.
    pub(crate) kept: Vec<Change>,
    /// What the rules may not change by themselves.
    pub(crate) left: Vec<Left>,
    /// It could not be read; nothing about it changes.
    pub(crate) unreadable: bool,
}

/// What the rules see otherwise and leave to a person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Left {
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
    pub(super) fn about(kept: &Kept) -> Self {
        let number = kept.submission.as_ref().map(|found| found.number.clone());
        let is_supplement = number.is_some() && !kept.is_submission;
        Self { message_id: kept.message_id, number, is_supplement, ..Self::default() }
    }

    pub(crate) const fn is_quiet(&self) -> bool {
        self.changes.is_empty() && self.kept.is_empty() && self.left.is_empty() && !self.unreadable
    }
}

/// A row with its id.
pub(super) type Made = (i64, Columns);

/// The opinion items of a submission as they stand, and what staff corrected.
pub(super) struct Items<'a> {
    /// All of the submission, in order.
    pub(super) all: &'a [Columns],
    pub(super) corrections: &'a [Columns],
    /// The message that is ruled on, and the submission's own.
    pub(super) message: i64,
    pub(super) own: i64,
}

/// What differs in the rows of one message, and the rows as they are to be.
#[derive(Default)]
pub(super) struct Difference {
    pub(super) finding: Finding,
    pub(super) rows: Vec<(&'static str, i64, Columns)>,
    pub(super) attachments: Option<Vec<Columns>>,
    pub(super) opinions: Option<Vec<Columns>>,
}

impl Difference {
    /// Compares a row with the one that stands in the record, if there are both.
    pub(super) fn row(&mut self, table: &'static str, expected: Option<Columns>, stored: Option<&Made>) {
        let (Some(expected), Some((id, stored))) = (expected, stored) else { return };
        let mut changes = expected.changes(stored, table);
        // The same reasons in another order are no difference.
        changes.retain(|change| {
            change.field != "review_reasons" || sorted(change.old.as_deref()) != sorted(change.new.as_deref())
        });
        self.finding.changes.extend(changes);
        self.rows.push((table, *id, expected));
    }

    /// Compares the submission's own row. What staff corrected stays; where they decided, so does where it stands; and what
    /// supplements ask for is known when the last of them has been filed again.
    pub(super) fn submission(
        &mut self,
        own: &KeptSubmission,
        expected: &Columns,
        stored: &Made,
        corrections: &[Columns],
    ) {
        let expected = &questioned(expected, &stored.1);
        let mut corrected = standing(corrections.iter().map(corrections::Made::of));
        corrected.retain(|found| {
            found.item.is_none() && !["status", "review_reasons"].contains(&found.field.as_str())
        });
        let mut theirs: Vec<&str> = corrected.iter().map(|found| found.field.as_str()).collect();
        // What a supplement filled in stays, too; but no person wrote it, and there is nothing to tell of it.
        let filled = corrections.iter().filter(|row| row.get("actor").as_deref() == Some("intake"));
        let filled: Vec<i64> = filled.filter_map(|row| row.number("id")).collect();
        let by_hand = corrected.iter().filter(|found| !filled.contains(&found.id));
        let by_hand: Vec<&str> = by_hand.map(|found| found.field.as_str()).collect();
        self.finding.kept.extend(expected.only(&by_hand, true).changes(&stored.1, "submission"));
        if own.is_decided {
            // Where it was moved to, it stands as it did or as a person said then.
            if !own.is_moved && expected.get("status").as_deref() != Some(Status::Review.as_str()) {
                self.finding.kept.extend(expected.only(&["status"], true).changes(&stored.1, "submission"));
            }
            theirs.extend(["status", "review_reasons", "duplicate_of"]);
        } else if own.last_supplement.is_some() {
            theirs.extend(["status", "review_reasons"]);
        }
        self.row("submission", Some(expected.only(&theirs, false)), Some(stored));
    }

    /// Lists a message's attachments anew where they differ.
    pub(super) fn attachments(&mut self, expected: Vec<Made>, stored: Vec<Made>) {
        let columns = |found: Vec<Made>| found.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
        let (new, old) = (columns(expected), columns(stored));
        if new != old {
            let name = |row: &Columns| row.get("filename").unwrap_or_default();
            self.listed("attachment", (&old, &new), "、", name);
            self.attachments = Some(new);
        }
    }

    /// Compares the opinion items of one message. Items that staff
    /// worked on stay; where the text would be cut into other items and any of the submission is `worked_on`, all stay.
    pub(super) fn opinions(
        &mut self,
        (expected, stored): (Vec<Made>, Vec<Made>),
        theirs: &Items<'_>,
        worked_on: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let standing = standing(theirs.corrections.iter().map(corrections::Made::of));
        let touched = |id: i64| {
            let item = theirs.all.iter().find(|item| item.number("id") == Some(id));
            item.is_some_and(|item| is_touched(item, &standing))
        };
        // As the rules had cut it, before anybody corrected it.
        let all = theirs.all.iter().map(corrections::Item::of).collect();
        let mut filed = corrections::as_filed(all, &standing, theirs.own);
        filed.retain(|item| item.message == theirs.message);
        let mut new: Vec<Columns> = expected.into_iter().map(|(_, item)| item).collect();
        let same_cut = filed.len() == new.len()
            && filed.iter().zip(&new).all(|(item, new)| new.get("text").as_ref() == Some(&item.text));
        if !same_cut && worked_on()? {
            self.finding.left.push(Left::Recut);
            return Ok(());
        }
        let line = |item: &Columns| match (item.get("clause"), item.get("text").unwrap_or_default()) {
            (Some(clause), text) => format!("〔{clause}〕{text}"),
            (None, text) => text,
        };
        if standing.iter().any(|made| made.is_of_list() && made.arranged(theirs.message, theirs.own)) {
            // A person arranged them: they stay whatever the rules say, and what these say otherwise is told.
            if filed.iter().zip(&new).any(|(item, new)| item.clause != new.get("clause")) {
                let list = |rows: &[Columns]| Some(rows.iter().map(line).collect::<Vec<_>>().join("\n"));
                let old: Vec<Columns> = stored.into_iter().map(|(_, item)| item).collect();
                let field = "opinion".to_owned();
                self.finding.kept.push(Change { table: "opinion", field, old: list(&old), new: list(&new) });
            }
            return Ok(());
        }
        if same_cut {
            for ((_, item), new) in stored.iter().zip(&mut new).filter(|((id, _), _)| touched(*id)) {
                if item != new {
                    let (old, ruled) = (Some(line(item)), Some(line(new)));
                    self.finding.kept.push(Change {
                        table: "opinion",
                        field: "opinion".to_owned(),
                        old,
                        new: ruled,
                    });
                    *new = item.clone();
                }
            }
        }
        let old: Vec<Columns> = stored.into_iter().map(|(_, item)| item).collect();
        if old != new {
            self.listed("opinion", (&old, &new), "\n", line);
            self.opinions = Some(new);
        }
        Ok(())
    }

    fn listed(
        &mut self,
        table: &'static str,
        (old, new): (&[Columns], &[Columns]),
        between: &str,
        one: impl Fn(&Columns) -> String,
    ) {
        let list = |rows: &[Columns]| Some(rows.iter().map(&one).collect::<Vec<_>>().join(between));
        self.finding.changes.push(Change { table, field: table.to_owned(), old: list(old), new: list(new) });
    }
}

fn sorted(list: Option<&str>) -> Vec<String> {
    let mut words = words(list);
    words.sort_unstable();
    words
}

fn words(list: Option<&str>) -> Vec<String> {
    list.and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
}

/// Whether staff decided on an item or corrected it.
fn is_touched(item: &Columns, standing: &[corrections::Made]) -> bool {
    let ordinal = item.number("ordinal");
    item.get("adoption").or_else(|| item.get("adoption_reason")).is_some()
        || standing.iter().any(|made| made.item.is_some() && made.item == ordinal)
}

/// The flags of a row.
pub(super) fn flags(row: &Columns) -> Vec<Flag> {
    words(row.get("flags").as_deref()).iter().filter_map(|word| Flag::from_word(word)).collect()
}

/// What a supplement with the flags of this row asks of a person.
pub(super) fn asks(row: &Columns) -> Vec<ReviewReason> {
    let flags = flags(row);
    ReviewReason::ASKED
        .into_iter()
        .filter(|reason| reason.flag().is_some_and(|flag| flags.contains(&flag)))
        .collect()
}

/// Where a submission is expected to stand, with what later mail put in question about it.
pub(super) fn questioned(expected: &Columns, stored: &Columns) -> Columns {
    let mut expected = expected.clone();
    let asked = ReviewReason::VouchedCopy;
    if !words(stored.get("review_reasons").as_deref()).iter().any(|word| word == asked.as_str()) {
        return expected;
    }
    let status = expected.get("status").and_then(|word| Status::from_word(&word));
    if let Some(all) =
        status.and_then(|status| ruling::reopened(status, &reasons(&expected), &[asked], false))
    {
        expected.set_text("status", Status::Review.as_str());
        expected.set_text(
            "review_reasons",
            &json!(all.iter().map(|reason| reason.as_str()).collect::<Vec<_>>()).to_string(),
        );
    }
    expected
}

fn reasons(row: &Columns) -> Vec<ReviewReason> {
    let words = words(row.get("review_reasons").as_deref());
    words.iter().filter_map(|word| ReviewReason::from_word(word)).collect()
}

/// Where a submission of the record stood by itself, before supplements asked for something and people decided.
pub(super) fn alone(row: &Columns, supplements: &[Columns]) -> (Status, Vec<ReviewReason>) {
    let (own, asked) = (asks(row), supplements.iter().flat_map(asks).collect::<Vec<_>>());
    let reasons: Vec<ReviewReason> = reasons(row)
        .into_iter()
        .filter(|reason| !asked.contains(reason) || own.contains(reason))
        .filter(|reason| *reason != ReviewReason::VouchedCopy)
        .collect();
    let timeliness = row.get("timeliness").and_then(|word| Timeliness::from_word(&word));
    let status = match () {
        () if row.get("status").as_deref() == Some(Status::Erased.as_str()) => Status::Erased,
        () if row.get("duplicate_of").is_some() => Status::Duplicate,
        () if !reasons.is_empty() => Status::Review,
        () => ruling::confirmed(&reasons, timeliness.unwrap_or(Timeliness::OnTime), false),
    };
    (status, reasons)
}
