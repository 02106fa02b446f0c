//! The list of opinion items as a person arranges it: one more, one for several, several for one; and what was corrected is taken
//! back. Each is a row of `correction` with the list before and after.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use super::correction::{Corrected, NewCorrection};
use crate::store::corrections::{self, Item, Made};
use crate::store::filing::number::TYPED;
use crate::store::{Columns, Result, Writing};
use crate::vocabulary::{CorrectionField, Status};

/// What to do with the list of items; items are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrangement<'a> {
    /// One more, behind all others.
    Add {
        /// Its text.
        text: &'a str,
        /// Its clause.
        clause: Option<&'a str>,
        /// What is decided on it, and why.
        decided: (Option<&'a str>, Option<&'a str>),
    },
    /// Several in the place of one; each gets what was decided on it, and its clause where it names none of its own.
    Split {
        /// Which.
        item: usize,
        /// Their texts, with the clauses that they name.
        texts: &'a [(String, Option<String>)],
    },
    /// One in the place of two, where the first of them stands.
    Join {
        /// Which.
        items: (usize, usize),
        /// The clause that both texts together name; without one the first's stays, else the other's.
        clause: Option<&'a str>,
    },
}

/// What became of it.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arranged {
    /// Done: so many items before and after.
    Done(usize, usize),
    /// There is no such submission.
    NoSubmission,
    /// It was erased.
    Erased,
    /// There is no such item; so many there are.
    NoItem(usize),
    /// What was decided on the two items differs.
    DecidedOtherwise,
}

/// What became of taking a correction back.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// Done: the value that stood there, and the one that stands there again.
    Done(Option<String>, Option<String>),
    /// There is no such submission.
    NoSubmission,
    /// Nothing that stands was corrected there.
    Nothing,
    /// The items were arranged since: that is to be taken back first.
    ArrangedSince,
    /// Items of the list were corrected since: item and field of the last.
    ItemSince(i64, String),
    /// Another value stands there than the correction had written.
    Otherwise,
}

impl Writing<'_> {
    /// Arranges the items of a submission.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn arrange(
        &self,
        number: &str,
        wanted: &Arrangement<'_>,
        note: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Arranged> {
        let Some((id, own, status)) = self.standing_of(number)? else { return Ok(Arranged::NoSubmission) };
        if status == Status::Erased.as_str() {
            return Ok(Arranged::Erased);
        }
        let old: Vec<Item> = self.items_of(id)?.iter().map(Item::of).collect();
        let mut new = old.clone();
        let at = |item: usize| item.checked_sub(1).filter(|at| *at < old.len());
        match wanted {
            Arrangement::Add { text, clause, decided: (adoption, reason) } => new.push(Item {
                message: own,
                clause: clause.map(ToOwned::to_owned),
                text: (*text).to_owned(),
                adoption: adoption.map(ToOwned::to_owned),
                adoption_reason: reason.map(ToOwned::to_owned),
            }),
            Arrangement::Split { item, texts } => {
                let Some(at) = at(*item) else { return Ok(Arranged::NoItem(old.len())) };
                let one = new.remove(at);
                let pieces = texts.iter().map(|(text, clause)| Item {
                    text: text.clone(),
                    clause: clause.clone().or_else(|| one.clause.clone()),
                    ..one.clone()
                });
                new.splice(at..at, pieces);
            }
            Arrangement::Join { items: (one, other), clause } => {
                let (Some(first), Some(second)) = (at(*one.min(other)), at(*one.max(other))) else {
                    return Ok(Arranged::NoItem(old.len()));
                };
                let taken = new.remove(second);
                let Some(into) = new.get_mut(first) else { return Ok(Arranged::NoItem(old.len())) };
                if (&into.adoption, &into.adoption_reason) != (&taken.adoption, &taken.adoption_reason) {
                    return Ok(Arranged::DecidedOtherwise);
                }
                into.text = format!("{}\n{}", into.text, taken.text);
                let named = clause.map(ToOwned::to_owned);
                into.clause = named.or_else(|| into.clause.take()).or(taken.clause);
            }
        }
        self.write_list(id, (&old, &new), (own, 0), (note, actor, now))?;
        Ok(Arranged::Done(old.len(), new.len()))
    }

    /// Takes back what was corrected last of a field, and writes that down.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn undo(
        &self,
        number: &str,
        (field, item): (CorrectionField, Option<i64>),
        note: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Undone> {
        let Some((id, own, status)) = self.standing_of(number)? else { return Ok(Undone::NoSubmission) };
        if status == Status::Erased.as_str() {
            return Ok(Undone::Nothing);
        }
        let all = corrections::of_submission(&self.transaction, id)?;
        let standing = corrections::standing(all.iter().map(Made::of));
        let Some(at) = corrections::last(&standing, item, field.as_str()) else {
            let before = item.is_some()
                && standing.iter().any(|made| made.item == item && made.field == field.as_str());
            return Ok(if before { Undone::ArrangedSince } else { Undone::Nothing });
        };
        let Some((made, since)) = standing.get(at..).and_then(<[Made]>::split_first) else {
            return Ok(Undone::Nothing);
        };
        if field == CorrectionField::ReviewNote {
            self.write_note(id, (made.new.as_deref(), made.old.as_deref()), made.id, (note, actor, now))?;
            return Ok(Undone::Done(made.new.clone(), made.old.clone()));
        }
        if field != CorrectionField::Items {
            let back = NewCorrection { number, item, field, value: made.old.as_deref(), note };
            return Ok(
                match self.correct_if(
                    &back,
                    (|stands: Option<&str>| stands == made.new.as_deref(), made.id),
                    actor,
                    now,
                )? {
                    Corrected::Done(old) => Undone::Done(old, made.old.clone()),
                    Corrected::NoSubmission => Undone::NoSubmission,
                    Corrected::Same | Corrected::Erased | Corrected::NoItem => Undone::Otherwise,
                },
            );
        }
        if let Some((item, field)) =
            since.iter().rev().find_map(|made| Some((made.item?, made.field.clone())))
        {
            return Ok(Undone::ItemSince(item, field));
        }
        let (was, back) =
            (corrections::list_of(made.new.as_deref()), corrections::list_of(made.old.as_deref()));
        let items: Vec<Item> = self.items_of(id)?.iter().map(Item::of).collect();
        let (stands, _): (Vec<Item>, Vec<Item>) =
            items.into_iter().partition(|item| made.arranged(item.message, own));
        if stands != was {
            return Ok(Undone::Otherwise);
        }
        self.write_list(id, (&was, &back), (own, made.id), (note, actor, now))?;
        Ok(Undone::Done(made.new.clone(), made.old.clone()))
    }

    /// Takes this arrangement of the list back, where it is the last one that stands.
    pub(super) fn undo_list(
        &self,
        (number, correction): (&str, i64),
        actor: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let Some((id, ..)) = self.standing_of(number)? else { return Ok(false) };
        let all = corrections::of_submission(&self.transaction, id)?;
        let standing = corrections::standing(all.iter().map(Made::of));
        let field = CorrectionField::Items;
        let last = corrections::last(&standing, None, field.as_str()).and_then(|at| standing.get(at));
        Ok(last.is_some_and(|made| made.id == correction)
            && matches!(self.undo(number, (field, None), None, actor, now)?, Undone::Done(..)))
    }

    /// The row of an item, by its number and ordinal.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn item_numbered(&self, number: &str, ordinal: usize) -> Result<Option<i64>> {
        let Some((id, ..)) = self.standing_of(number)? else { return Ok(None) };
        self.item_id(id, i64::try_from(ordinal).unwrap_or(i64::MAX))
    }

    fn standing_of(&self, number: &str) -> Result<Option<(i64, i64, String)>> {
        use rusqlite::OptionalExtension;
        Ok(self
            .transaction
            .prepare_cached(&format!("SELECT id, message_id, status FROM submission WHERE id = {TYPED}"))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?)
    }

    fn items_of(&self, submission_id: i64) -> Result<Vec<Columns>> {
        Columns::read(&self.transaction, "opinion", "submission_id = ?1 ORDER BY ordinal", submission_id)
    }

    /// Puts a list of items in the place of another; those of letters that neither speaks of stay behind it.
    fn write_list(
        &self,
        submission_id: i64,
        (old, new): (&[Item], &[Item]),
        (own, undoes): (i64, i64),
        (note, actor, now): (Option<&str>, &str, Timestamp),
    ) -> Result<()> {
        let value = |list: &[Item]| Some(json!(list).to_string());
        let made = Made {
            id: 0,
            item: None,
            field: CorrectionField::Items.as_str().to_owned(),
            old: value(old),
            new: value(new),
            undoes: None,
        };
        let (arranged, behind): (Vec<Columns>, Vec<Columns>) = self
            .items_of(submission_id)?
            .into_iter()
            .partition(|row| made.arranged(row.number("message_id").unwrap_or_default(), own));
        let id_of = |row: &Columns| row.number("id");
        // Each item keeps its row; what is new takes the rows of those that go.
        let mut free: Vec<(i64, Item)> =
            arranged.iter().filter_map(|row| Some((id_of(row)?, Item::of(row)))).collect();
        let mut ids: Vec<Option<i64>> = new
            .iter()
            .map(|item| {
                let at = free.iter().position(|(_, stands)| stands == item)?;
                Some(free.remove(at).0)
            })
            .collect();
        for id in ids.iter_mut().filter(|id| id.is_none()) {
            *id = (!free.is_empty()).then(|| free.remove(0).0);
        }
        // Out of the way first: ordinals are unique at every moment.
        self.transaction
            .execute("UPDATE opinion SET ordinal = -ordinal WHERE submission_id = ?1", [submission_id])?;
        for (id, _) in free {
            self.transaction.execute("DELETE FROM opinion WHERE id = ?1", [id])?;
        }
        for ((ordinal, item), id) in (1_i64..).zip(new).zip(ids) {
            self.transaction
                .prepare_cached(
                    "INSERT INTO opinion (id, submission_id, message_id, ordinal, clause, text, adoption, adoption_reason)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (id) DO UPDATE SET message_id = ?3, ordinal = ?4, clause = ?5, text = ?6, adoption = ?7, adoption_reason = ?8",
                )?
                .execute(params![
                    id,
                    submission_id,
                    item.message,
                    ordinal,
                    item.clause,
                    item.text,
                    item.adoption,
                    item.adoption_reason
                ])?;
        }
        for (ordinal, row) in (1_i64..).skip(new.len()).zip(&behind) {
            self.transaction
                .execute("UPDATE opinion SET ordinal = ?2 WHERE id = ?1", params![id_of(row), ordinal])?;
        }
        let correction = self.note_list(submission_id, &made, note, actor, now)?;
        let detail = json!({
            "correction": correction, "field": made.field, "items_before": old.len(), "items_after": new.len(),
            "undoes": undoes,
        });
        self.log(now, actor, "corrected", Some(submission_id), &detail)
    }

    fn note_list(
        &self,
        submission_id: i64,
        made: &Made,
        note: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<i64> {
        let new = NewCorrection {
            number: "",
            item: None,
            field: CorrectionField::Items,
            value: made.new.as_deref(),
            note,
        };
        self.write_down(&new, submission_id, made.old.as_deref(), actor, now)
    }
}
