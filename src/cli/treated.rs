//! What a letter that waits can be listed as, in the words of the workbook.

use crate::store::{Decision, Outcomes, Store};
use crate::vocabulary::Status;
use crate::workbook::{self, Column};

/// Which decision leads to where the word says.
pub(super) fn decision(store: &Store, id: i64, word: &str) -> Result<Decision, String> {
    let outcomes = store.outcomes(id).map_err(|error| error.to_string())?;
    leads(&outcomes, word).ok_or_else(|| format!("本件不能列为“{word}”，可填：{}", listed(&outcomes)))
}

/// The words that a letter can be listed by.
pub(super) fn choices(store: &Store, id: i64) -> Result<String, crate::store::StoreError> {
    Ok(listed(&store.outcomes(id)?))
}

fn listed(outcomes: &Outcomes) -> String {
    let sheet = workbook::sheet("review");
    let column = sheet.and_then(|sheet| sheet.column.get(sheet.place("decision")?));
    let known = column.map(Column::words).unwrap_or_default();
    let words: Vec<&str> =
        known.iter().map(String::as_str).filter(|word| leads(outcomes, word).is_some()).collect();
    words.join("、")
}

fn leads(outcomes: &Outcomes, word: &str) -> Option<Decision> {
    let wanted = workbook::decision(word).and_then(Status::from_word)?;
    match wanted {
        _ if wanted == outcomes.confirmed => Some(Decision::Confirm),
        // What it asked beside its opinion was seen to: the opinion counts as before.
        Status::Handled if outcomes.is_answerable => Some(Decision::Confirm),
        _ if wanted == outcomes.denied => Some(Decision::Deny),
        _ => None,
    }
}
