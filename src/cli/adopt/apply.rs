//! Writing what staff decided: all in one transaction, with the digests of the files in the event log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::added::Added;
use super::standing::Standing;
use crate::cli::correct::{Place, normal as in_store};
use crate::cli::outcome::{Exit, Failure};
use crate::cli::review::not_erased;
use crate::cli::treated;
use crate::store::{Arranged, Arrangement, Decided, Decision, NewCorrection, Store, Writing, group_field};
use crate::vocabulary::{Consultation, CorrectionField};
use crate::workbook::{Changed, Compared, Settled};

/// What is to be changed, by a workbook or by hand.
pub(in crate::cli) struct Adoption<'a> {
    pub(in crate::cli) consultation: &'a Consultation,
    /// The digests of the files; by hand, what it is taken back by.
    pub(in crate::cli) sha256: Vec<String>,
    /// It comes from files, not from the terminal.
    pub(in crate::cli) is_file: bool,
    pub(in crate::cli) compared: Compared,
    pub(in crate::cli) added: Vec<Added>,
    pub(in crate::cli) settled: Vec<Settled>,
    pub(in crate::cli) standing: Standing,
}

/// A decision on a letter that waits, with what is written beside it.
#[derive(Default)]
struct OnLetter<'a> {
    decision: Option<Decision>,
    note: Vec<&'a str>,
}

/// What is the same for every value.
struct Act<'a> {
    adoption: &'a Adoption<'a>,
    actor: &'a str,
    now: Timestamp,
}

/// Writes all of it, or nothing.
pub(in crate::cli) fn apply(
    store: &mut Store,
    adoption: &Adoption<'_>,
    actor: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let changes = &adoption.compared.changes;
    let mut letters: BTreeMap<i64, OnLetter<'_>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.sheet == "review" && !change.new.is_empty()) {
        let on = letters.entry(change.id).or_default();
        if change.field == "decision" {
            on.decision = Some(
                treated::decision(store, change.id, &change.new)
                    .map_err(|why| Failure::new(Exit::Data, why))?,
            );
        }
        on.note.push(&change.new);
    }
    let mut left = BTreeMap::new();
    for (id, _) in letters.iter().filter(|(_, on)| on.decision == Some(Decision::Confirm)) {
        if let Some(number) = adoption.standing.letters.get(id)
            && let Some(shown) = store.show(number)?
        {
            left.extend(not_erased(store, &shown)?.map(|left| (*id, left)));
        }
    }
    let act = Act { adoption, actor, now };
    let writing = store.begin()?;
    let before = writing.changes_so_far()?;
    let made = act.groups_and_items(&writing)?;
    for settled in &adoption.settled {
        let (adoption, reason) = &settled.decided;
        act.item(&writing, settled.id, CorrectionField::Adoption, adoption)?;
        act.item(&writing, settled.id, CorrectionField::AdoptionReason, reason)?;
    }
    for change in changes.iter().filter(|change| change.sheet == "letters") {
        act.letter(&writing, change)?;
    }
    for (id, on) in letters {
        let (Some(decision), Some(number)) = (on.decision, adoption.standing.letters.get(&id)) else {
            continue;
        };
        let note = on.note.join("；");
        match writing.decide(number, decision, Some(&note), actor, now)? {
            Decided::Done(_) => {
                if let Some((of, fields)) = left.get(&id) {
                    writing.leave_to_erase(number, (of, fields), actor, now)?;
                }
            }
            Decided::Already(_) => {}
            other => {
                let message = format!("{number}：没有办成（{other:?}）；没有改动任何一处");
                return Err(Failure::new(Exit::Data, message));
            }
        }
    }
    // The last of all, so that they are the first to be taken back.
    act.added(&writing, made)?;
    let after = writing.changes_so_far()?;
    // Where no file came back, an erasure has none to name.
    let format = (!adoption.is_file).then_some("terminal");
    let detail = json!({
        "format": format, "sha256": adoption.sha256, "consultation": adoption.consultation.id, "changes": changes.len(),
        "items": adoption.settled.len(), "added": adoption.added.len(), "refused": adoption.compared.refusals.len(),
        "corrections": [before.0, after.0], "groups": [before.1, after.1],
    });
    writing.log(now, actor, "adopted", None, &detail)?;
    Ok(writing.commit()?)
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl Adoption<'_> {
    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.compared.changes.is_empty() && self.added.is_empty() && self.settled.is_empty()
    }
}

impl<'a> Act<'a> {
    /// The groups that were made, by the word that asked for each.
    fn groups_and_items(&self, writing: &Writing<'_>) -> Result<BTreeMap<&'a str, i64>, Failure> {
        // One new group for each word.
        let mut made: BTreeMap<&str, i64> = BTreeMap::new();
        for change in &self.adoption.compared.changes {
            let value = some(&change.new);
            match (change.sheet, change.field) {
                ("groups", field) => {
                    let Some(field) = group_field(field) else { continue };
                    writing.change_group((change.id, field), value, self.actor, self.now)?;
                }
                ("items", "group") => {
                    let number = change.new.parse().ok().or_else(|| made.get(change.new.as_str()).copied());
                    let consultation = &self.adoption.consultation.id;
                    let moved = writing.move_item(consultation, (change.id, number), self.actor, self.now)?;
                    made.insert(&change.new, moved);
                }
                ("items", "remark") => writing.remark_item(change.id, value, self.actor, self.now)?,
                ("items", "clause") => self.item(writing, change.id, CorrectionField::Clause, &change.new)?,
                _ => {}
            }
        }
        Ok(made)
    }

    fn added(&self, writing: &Writing<'_>, mut made: BTreeMap<&'a str, i64>) -> Result<(), Failure> {
        let consultation = self.adoption.consultation;
        for added in &self.adoption.added {
            let (number, clause) = (added.number.as_str(), added.clause(consultation));
            let decided = (some(&added.decided.0), some(&added.decided.1));
            let add = Arrangement::Add { text: &added.text, clause: clause.as_deref(), decided };
            let Arranged::Done(_, ordinal) = writing.arrange(number, &add, None, self.actor, self.now)?
            else {
                let message = format!("{number}：没有增加意见；没有改动任何一处");
                return Err(Failure::new(Exit::Data, message));
            };
            let Some(item) = writing.item_numbered(number, ordinal)? else { continue };
            let (group, remark) = (added.cells.get("group"), added.cells.get("remark"));
            // A remark stands beside an item in its group: without one it would be lost.
            if group.is_some() || remark.is_some() {
                let meant =
                    group.and_then(|word| word.parse().ok().or_else(|| made.get(word.as_str()).copied()));
                let moved = writing.move_item(&consultation.id, (item, meant), self.actor, self.now)?;
                made.extend(group.map(|word| (word.as_str(), moved)));
            }
            if let Some(remark) = remark {
                writing.remark_item(item, Some(remark), self.actor, self.now)?;
            }
        }
        Ok(())
    }

    fn item(
        &self,
        writing: &Writing<'_>,
        id: i64,
        field: CorrectionField,
        value: &str,
    ) -> Result<(), Failure> {
        let Some((number, ordinal)) = self.adoption.standing.places.get(&id) else { return Ok(()) };
        let new = NewCorrection { number, item: Some(*ordinal), field, value: some(value), note: None };
        let _done = writing.correct(&new, self.actor, self.now)?;
        Ok(())
    }

    fn letter(&self, writing: &Writing<'_>, change: &Changed) -> Result<(), Failure> {
        let (Some(field), Some(number)) =
            (CorrectionField::from_word(change.field), self.adoption.standing.letters.get(&change.id))
        else {
            return Ok(());
        };
        let consultation = self.adoption.consultation;
        let place = Place { id: &consultation.id, consultation: Some(consultation), flags: &[] };
        let value = in_store(field, &change.new, &place)?;
        let new = NewCorrection { number, item: None, field, value: value.as_deref(), note: None };
        let _done = writing.correct(&new, self.actor, self.now)?;
        Ok(())
    }
}
