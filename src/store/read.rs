//! Reading rows: what every room of the store needs for it.

use jiff::Timestamp;

use super::{Result, Store};

/// Rows by word.
pub type Counts = Vec<(String, u64)>;

/// Whether our own mail server calls the sender of a submission `s` forged, and no person has said otherwise.
macro_rules! is_forged {
    () => {
        "(s.status = 'review' AND EXISTS (SELECT 1 FROM json_each(s.review_reasons) WHERE value = 'authentication_failed'))"
    };
}

/// Every name that the submission of this alias has or had, as a JSON list: what is masked in its texts.
macro_rules! names {
    ($s:literal) => {
        concat!(
            "(SELECT json_group_array(n) FROM (SELECT ",
            $s,
            ".name AS n UNION SELECT ",
            $s,
            ".name_hint
              UNION SELECT old_value FROM correction WHERE submission_id = ",
            $s,
            ".id AND field = 'name'
              UNION SELECT new_value FROM correction WHERE submission_id = ",
            $s,
            ".id AND field = 'name') WHERE n <> '')"
        )
    };
}
pub(super) use {is_forged, names};

impl Store {
    pub(super) fn counts(&self, sql: &str) -> Result<Counts> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        id: i64,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([id], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A column that holds a JSON list of texts.
pub(super) fn texts(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

pub(super) fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    Ok(u64::try_from(value).unwrap_or(0))
}

/// An instant as the database holds it.
pub(super) fn instant(text: Option<String>) -> Option<Timestamp> {
    text.and_then(|text| text.parse().ok())
}
