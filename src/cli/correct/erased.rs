//! A column that was erased, mostly because its writer wished it: nothing is written there again unsaid, and what was written by mistake
//! does not stay to be read.

use std::fmt::Write as _;

use super::{Act, Meant};
use crate::cli::corrections;
use crate::cli::erase::sweep;
use crate::cli::outcome::{Exit, Failure, Outcome};
use crate::config::Settings;
use crate::store::{CorrectionRow, ERASABLE, Erasable, Eraser, NewCorrection, Shown, Store, Writing};
use crate::vocabulary::CorrectionField;
use crate::words::Chinese;

/// Whether nothing stands in a column because it was erased.
fn is_erased(meant: &Meant, field: CorrectionField, stands: Option<&str>) -> bool {
    ERASABLE.contains(&field) && is_nothing(stands) && corrections::was_erased(&meant.shown, field)
}

fn is_nothing(value: Option<&str>) -> bool {
    value.is_none_or(|value| matches!(value, "" | "[]"))
}

/// What stood there, as it is told: where it was erased that is no empty column.
pub(super) fn change(meant: &Meant, field: CorrectionField, old: Option<&str>, change: String) -> String {
    if !is_erased(meant, field, old) {
        return change;
    }
    match change.split_once(" → ") {
        Some((_, new)) => format!("{} → {new}", corrections::ERASED),
        None => change,
    }
}

impl Act<'_> {
    /// Refuses to write again, without a reason, what somebody wished to have erased.
    pub(super) fn may_stand_again(
        &self,
        meant: &Meant,
        field: CorrectionField,
        new: Option<&str>,
    ) -> Result<(), Failure> {
        let Meant { shown, whom, .. } = meant;
        let stands = stands(meant, field);
        let erasure = corrections::erasure(shown, field).filter(|_| {
            self.note.is_none() && !is_nothing(new) && is_erased(meant, field, stands.as_deref())
        });
        let Some(erasure) = erasure else { return Ok(()) };
        let message = format!(
            "{whom}：{}此前已删除{}；删除通常是本人要求，确要重新登记的，加 --note 写明原因（例如本人来信同意）；没有更正",
            field.short(),
            corrections::when_and_why(erasure)
        );
        Err(Failure::new(Exit::Data, message))
    }

    /// Takes back what was written into an erased column, by erasing it: undone and kept beside, it would stay to be read. Whether
    /// that is what there was to take back.
    pub(super) fn erase_again(
        &self,
        writing: &Writing<'_>,
        meant: &Meant,
        field: CorrectionField,
        text: &mut String,
    ) -> Result<bool, Failure> {
        let Meant { shown, whom, .. } = meant;
        let of_field = |row: &&CorrectionRow| row.field == field.as_str() && row.undoes.is_none();
        let stands = |row: &&CorrectionRow| {
            row.new_value.is_some() && !shown.corrections.iter().any(|later| later.undoes == Some(row.id))
        };
        let since = corrections::erasure(shown, field).map_or(i64::MAX, |erasure| erasure.id);
        let standing: Vec<&CorrectionRow> =
            shown.corrections.iter().filter(of_field).filter(|row| row.id > since).filter(stands).collect();
        let is_first = standing.first().is_some_and(|row| is_erased(meant, field, row.old_value.as_deref()));
        let (Some((last, before)), Some(found), true) =
            (standing.split_last(), meant.erasable.as_ref(), is_first)
        else {
            return Ok(false);
        };
        // Its writer's wish, as it was written down then.
        let wish = corrections::erasure(shown, field).and_then(|row| row.note.clone());
        let note = wish.as_deref().or(self.note).unwrap_or_default();
        let wordings = writing.wordings(&[found.id])?;
        let by = Eraser { actor: self.actor, note, now: self.now };
        let _ = writing.erase_only(found, &[field], &wordings, &by)?;
        if let Some(before) = before.last() {
            // What was written before it stands, as it was, with its reason.
            let made = NewCorrection {
                number: &shown.row.number,
                item: None,
                field,
                value: before.new_value.as_deref(),
                note: before.note.as_deref(),
            };
            let _ = writing.correct(&made, self.actor, self.now)?;
            let masked = |row: &CorrectionRow| {
                meant.names.mask_field(field.as_str(), row.new_value.as_deref().unwrap_or_default())
            };
            let _ = writeln!(
                text,
                "{whom}：{} {} → {}，已撤销最近一次更正；该项此前是按要求删除的，撤销的值也已从更正记录中删除。",
                field.short(),
                masked(last),
                masked(before)
            );
            return Ok(true);
        }
        let _ = writeln!(
            text,
            "{whom}：{} {} → {}，已撤销最近一次更正；此前是按要求删除的，写入过的值也已从更正记录中删除。",
            field.short(),
            meant.names.mask_field(field.as_str(), last.new_value.as_deref().unwrap_or_default()),
            corrections::ERASED
        );
        Ok(true)
    }
}

/// The letter with all its traces, where something of it was erased before.
pub(super) fn erasable(store: &Store, shown: &Shown) -> Result<Option<Erasable>, Failure> {
    let was_erased = ERASABLE.iter().any(|field| corrections::was_erased(shown, *field));
    Ok(if was_erased { store.erasable(&shown.row.number)? } else { None })
}

/// Takes what an undo erased out of the free pages of the file and the log too, as `erase` does.
pub(super) fn swept(settings: &Settings, store: &mut Store, meant: &[Meant], is_undo: bool) -> Outcome {
    if is_undo && meant.iter().any(|one| one.erasable.is_some()) {
        return sweep(settings, store);
    }
    Ok(Exit::Ok)
}

/// What stands in a column that can be erased.
fn stands(meant: &Meant, field: CorrectionField) -> Option<String> {
    let row = &meant.shown.row;
    match field {
        CorrectionField::Name => row.name.clone(),
        CorrectionField::Organization => row.organization.clone(),
        CorrectionField::Occupation => row.occupation.clone(),
        CorrectionField::Phones => Some(meant.shown.phones.concat()),
        CorrectionField::Emails => Some(meant.shown.emails.concat()),
        _ => None,
    }
}
