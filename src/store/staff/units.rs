//! Letters of organisations: who of those that were asked has answered.

use crate::store::read::texts;
use crate::store::{Result, Store};
use crate::vocabulary::Adoption;

/// A letter in which an organisation speaks, or an agency's without its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLetter {
    /// `submission.number`
    pub number: String,
    /// `submission.organization`
    pub organization: Option<String>,
    /// `submission.sender_kind`
    pub sender_kind: Option<String>,
    /// `submission.from_address`
    pub from_address: String,
    /// `submission.status`
    pub status: String,
    /// `submission.received_at`
    pub received_at: String,
    /// `submission.flags`
    pub flags: Vec<String>,
    /// How many opinion items it has, with those of its supplements.
    pub items: u64,
}

impl Store {
    /// The letters of organisations in one consultation, or of `everybody`, in the order of arrival; with `until`, up to this one.
    /// What repeats another one, what does not count and what was erased is left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unit_letters(
        &self,
        consultation: &str,
        until: Option<i64>,
        everybody: bool,
    ) -> Result<Vec<UnitLetter>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT s.number, s.organization, s.sender_kind, s.from_address, s.status, s.received_at, s.flags,
                (SELECT count(*) FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NOT ?3)
             FROM submission AS s
             WHERE s.consultation = ?1 AND s.status IN ('accepted', 'late', 'review')
                AND (?4 IS NULL OR s.id <= ?4) AND (?2 OR s.organization IS NOT NULL OR s.sender_kind = 'agency')
                AND (s.sender_kind IS NOT 'citizen' OR s.organization IS NULL) -- who works there and writes for himself
             ORDER BY s.received_at, s.id",
        )?;
        let rows = statement.query_map(
            rusqlite::params![consultation, everybody, Adoption::NoOpinion.as_str(), until],
            |row| {
                Ok(UnitLetter {
                    number: row.get(0)?,
                    organization: row.get(1)?,
                    sender_kind: row.get(2)?,
                    from_address: row.get(3)?,
                    status: row.get(4)?,
                    received_at: row.get(5)?,
                    flags: texts(row, 6)?,
                    items: crate::store::read::unsigned(row, 7)?,
                })
            },
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
