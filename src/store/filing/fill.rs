//! What a letter did not say of its writer, or of what he wishes for it, filled in from a supplement of his.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

use super::new::words;
use crate::ruling::{self, Earlier, Filing};
use crate::store::{Result, Writing};
use crate::vocabulary::{CorrectionField, Flag};

impl Writing<'_> {
    /// Fills in what was missing; each change is written down as a correction of `intake`. A replay leaves it: what was filled in
    /// stands among the corrections, which it carries out at their places.
    pub(super) fn fill_in(
        &self,
        of: &Earlier,
        filing: &Filing,
        message_id: i64,
        now: Timestamp,
    ) -> Result<()> {
        let given = ruling::given(of, filing);
        let wishes = ruling::wishes(of, filing);
        if self.given.message_id.is_some() || !given.fills() && wishes.is_empty() {
            return Ok(());
        }
        let id = of.submission_id;
        let (phones, flags): (String, String) = self
            .transaction
            .prepare_cached("SELECT phones, flags FROM submission WHERE id = ?1")?
            .query_row(params![id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let stood: Vec<String> = serde_json::from_str(&flags).unwrap_or_default();
        let stood: Vec<Flag> = stood.iter().filter_map(|word| Flag::from_word(word)).collect();
        let remain = if given.fills() { ruling::flags_with_details(&stood) } else { stood };
        let remain = ruling::flags_with_wishes(&remain, &wishes);
        let remain = words(remain.iter().map(|flag| flag.as_str()));
        let numbers = (!given.phones.is_empty()).then(|| words(given.phones.iter().map(String::as_str)));
        let mut filled = Vec::new();
        for (field, old, new) in [
            (CorrectionField::Name, None, given.name),
            (CorrectionField::Occupation, None, given.occupation),
            (CorrectionField::Phones, Some(phones.as_str()), numbers),
            (CorrectionField::Flags, Some(flags.as_str()), Some(remain)),
        ] {
            let Some(new) = new.filter(|new| old != Some(new.as_str())) else { continue };
            self.change(id, field, old, Some(&new), (None, "intake", now))?;
            filled.push(field.as_str());
        }
        if filled.is_empty() {
            return Ok(());
        }
        self.log(now, "intake", "filled", Some(id), &json!({ "message": message_id, "fields": filled }))
    }
}
