//! What staff correct: the new value, the old one beside it, and an event without either.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::ruling;
use crate::store::filing::number::TYPED;
use crate::store::{Result, Writing};
use crate::vocabulary::{CorrectionField, Flag, Status, rfc3339_utc};

/// A correction to make.
#[derive(Debug, Clone, Copy)]
pub struct NewCorrection<'a> {
    /// The submission's number.
    pub number: &'a str,
    /// The opinion item's ordinal, for a field of an item.
    pub item: Option<i64>,
    /// Which column.
    pub field: CorrectionField,
    /// The value as it is to stand there; `None` empties it.
    pub value: Option<&'a str>,
    /// Why.
    pub note: Option<&'a str>,
}

/// What became of a correction.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Corrected {
    /// Done and written down; the value that stood there.
    Done(Option<String>),
    /// That value stood there already; nothing was written.
    Same,
    /// There is no such submission.
    NoSubmission,
    /// It was erased: there is nothing left to correct.
    Erased,
    /// It has no such item.
    NoItem,
}

impl Writing<'_> {
    /// Corrects one value.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn correct(&self, new: &NewCorrection<'_>, actor: &str, now: Timestamp) -> Result<Corrected> {
        self.correct_if(new, (|_| true, 0), actor, now)
    }

    /// The same where what stands there now may be written over; `Same`: it may not. `undoes`: the correction that it takes back; 0:
    /// none.
    pub(super) fn correct_if(
        &self,
        new: &NewCorrection<'_>,
        (may, undoes): (impl Fn(Option<&str>) -> bool, i64),
        actor: &str,
        now: Timestamp,
    ) -> Result<Corrected> {
        let found: Option<(i64, String)> = self
            .transaction
            .prepare_cached(&format!("SELECT id, status FROM submission WHERE id = {TYPED}"))?
            .query_row([new.number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (submission_id, row) = match found {
            None => return Ok(Corrected::NoSubmission),
            Some((_, status)) if status == Status::Erased.as_str() => return Ok(Corrected::Erased),
            Some((id, _)) => match new.item {
                None => (id, Some(id)),
                Some(ordinal) => (id, self.item_id(id, ordinal)?),
            },
        };
        let Some(row) = row else { return Ok(Corrected::NoItem) };
        let table = if new.item.is_some() { "opinion" } else { "submission" };
        let column = new.field.as_str();
        let old: Option<String> = self
            .transaction
            .prepare_cached(&format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE id = ?1"))?
            .query_row([row], |row| row.get(0))?;
        if old.as_deref() == new.value || !may(old.as_deref()) {
            return Ok(Corrected::Same);
        }
        self.transaction
            .prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1"))?
            .execute(params![row, new.value])?;
        let correction = self.write_down(new, submission_id, old.as_deref(), actor, now)?;
        let length = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
        let detail = json!({
            "correction": correction,
            "field": new.field.as_str(),
            "item": new.item,
            "old_characters": length(old.as_deref()),
            "new_characters": length(new.value),
            "undoes": undoes,
        });
        self.log(now, actor, "corrected", Some(submission_id), &detail)?;
        if new.field.is_of_writer() {
            self.flag_details(submission_id, new, actor, now)?;
        }
        Ok(Corrected::Done(old))
    }

    /// Whose details a person wrote in has left some, as if he had written them afterwards; where all are taken out again, none.
    fn flag_details(
        &self,
        submission_id: i64,
        new: &NewCorrection<'_>,
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        let missing = Flag::DetailsMissing.as_str();
        let (flags, is_bare, had_none): (String, bool, bool) = self
            .transaction
            .prepare_cached(
                "SELECT flags, name IS NULL AND occupation IS NULL AND phones = '[]', EXISTS (SELECT 1 FROM correction AS c
                    WHERE c.submission_id = s.id AND c.field = 'flags' AND instr(c.old_value, '\"' || ?2 || '\"') > 0)
                 FROM submission AS s WHERE id = ?1",
            )?
            .query_row(params![submission_id, missing], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let stood: Vec<String> = serde_json::from_str(&flags).unwrap_or_default();
        let mut flags: Vec<Flag> = stood.iter().filter_map(|word| Flag::from_word(word)).collect();
        if !is_bare {
            flags = ruling::flags_with_details(&flags);
        } else if had_none && !flags.contains(&Flag::DetailsMissing) {
            flags.push(Flag::DetailsMissing);
            flags.sort_unstable();
        }
        let flags = json!(flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>()).to_string();
        let field = CorrectionField::Flags;
        let wanted = NewCorrection { field, value: Some(&flags), ..*new };
        self.correct(&wanted, actor, now).map(|_| ())
    }

    pub(super) fn item_id(&self, submission_id: i64, ordinal: i64) -> Result<Option<i64>> {
        Ok(self
            .transaction
            .prepare_cached("SELECT id FROM opinion WHERE submission_id = ?1 AND ordinal = ?2")?
            .query_row([submission_id, ordinal], |row| row.get(0))
            .optional()?)
    }

    /// Sets a column of a submission that follows from a decision, and writes it down.
    pub(in crate::store) fn change(
        &self,
        submission_id: i64,
        field: CorrectionField,
        old: Option<&str>,
        value: Option<&str>,
        (note, actor, now): (Option<&str>, &str, Timestamp),
    ) -> Result<i64> {
        self.transaction
            .prepare_cached(&format!("UPDATE submission SET {field} = ?2 WHERE id = ?1"))?
            .execute(params![submission_id, value])?;
        let correction = NewCorrection { number: "", item: None, field, value, note };
        self.write_down(&correction, submission_id, old, actor, now)
    }

    pub(in crate::store) fn write_down(
        &self,
        new: &NewCorrection<'_>,
        submission_id: i64,
        old: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<i64> {
        Ok(self
            .transaction
            .prepare_cached(
                "INSERT INTO correction (submission_id, opinion, field, old_value, new_value, actor, at, note, after_message)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT coalesce(max(id), 0) FROM message))",
            )?
            .insert(params![
                submission_id,
                new.item,
                new.field.as_str(),
                old,
                new.value,
                actor,
                rfc3339_utc(now),
                new.note
            ])?)
    }
}
