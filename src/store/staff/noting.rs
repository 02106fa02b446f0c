//! What staff write down beside a letter: how far they are with it, and that its writer was answered.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::correction::NewCorrection;
use crate::store::filing::number::TYPED;
use crate::store::{Result, Writing};
use crate::vocabulary::{CorrectionField, Status};

/// What became of a note.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// It is written down; what stood there before.
    Done(Option<String>),
    /// That stood there already.
    Same,
    /// There is no such submission.
    NoSubmission,
    /// It was erased.
    Erased,
}

impl Writing<'_> {
    /// Writes something down beside a letter, in place of what stood there; where it stands in the record stays as it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note(&self, number: &str, text: Option<&str>, actor: &str, now: Timestamp) -> Result<Noted> {
        let found: Option<(i64, String)> = self
            .transaction
            .prepare_cached(&format!("SELECT id, status FROM submission WHERE id = {TYPED}"))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, status)) = found else { return Ok(Noted::NoSubmission) };
        if status == Status::Erased.as_str() {
            return Ok(Noted::Erased);
        }
        let old = self.noted(id)?;
        if old.as_deref() == text {
            return Ok(Noted::Same);
        }
        self.write_note(id, (old.as_deref(), text), 0, (None, actor, now))?;
        Ok(Noted::Done(old))
    }

    /// What staff wrote down last beside a letter.
    fn noted(&self, submission_id: i64) -> Result<Option<String>> {
        let found: Option<Option<String>> = self
            .transaction
            .prepare_cached("SELECT new_value FROM correction WHERE submission_id = ?1 AND field = ?2 ORDER BY id DESC LIMIT 1")?
            .query_row(params![submission_id, CorrectionField::ReviewNote.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// `undoes`: the note that it takes back; 0: none.
    pub(super) fn write_note(
        &self,
        submission_id: i64,
        (old, new): (Option<&str>, Option<&str>),
        undoes: i64,
        (note, actor, now): (Option<&str>, &str, Timestamp),
    ) -> Result<()> {
        let field = CorrectionField::ReviewNote;
        let written = NewCorrection { number: "", item: None, field, value: new, note };
        let correction = self.write_down(&written, submission_id, old, actor, now)?;
        let length = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
        let detail = json!({
            "correction": correction, "field": field.as_str(), "old_characters": length(old), "new_characters": length(new),
            "undoes": undoes,
        });
        self.log(now, actor, "corrected", Some(submission_id), &detail)
    }
}
