//! How far the study of a consultation's opinions is: what `status` says of it.

use rusqlite::params;
use serde_json::json;

use crate::store::read::unsigned;
use crate::store::{Result, Store};
use crate::vocabulary::{Adoption, ReviewReason};

/// How far the study is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Study {
    /// Opinion items that count.
    pub items: u64,
    /// Those on which something is decided.
    pub studied: u64,
    /// Those in no group.
    pub ungrouped: u64,
    /// Groups that nobody was given.
    pub unassigned: u64,
    /// Letters of which a person is to say whether they count.
    pub to_check: u64,
    /// Letters that wait for nothing but an answer, or a change that they ask for.
    pub to_answer: u64,
}

impl Store {
    /// How far the study of a consultation is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn study(&self, consultation: &str) -> Result<Study> {
        let answerable: Vec<&str> = ReviewReason::ALL
            .iter()
            .filter(|reason| reason.is_answerable())
            .map(|reason| reason.as_str())
            .collect();
        let (items, studied, ungrouped) = self.connection.query_row(
            // The sums that are kept, then the few rows that somebody put in a group.
            "SELECT items, studied, items - grouped FROM
                (SELECT coalesce(sum(items), 0) AS items, coalesce(sum(items - undecided), 0) AS studied FROM sum_by_clause WHERE consultation = ?1 AND status = 'accepted'),
                (SELECT count(*) AS grouped FROM opinion_group_member AS m CROSS JOIN opinion AS o ON o.id = m.opinion_id CROSS JOIN submission AS s ON s.id = o.submission_id
                 WHERE s.consultation = ?1 AND s.status = 'accepted' AND o.adoption IS NOT ?2)",
            params![consultation, Adoption::NoOpinion.as_str()],
            |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?, unsigned(row, 2)?)),
        )?;
        let unassigned = self.connection.query_row(
            "SELECT count(*) FROM opinion_group AS g WHERE g.consultation = ?1 AND coalesce(g.handler, '') = '' AND EXISTS (
                 SELECT 1 FROM opinion_group_member AS m JOIN opinion AS o ON o.id = m.opinion_id JOIN submission AS s ON s.id = o.submission_id
                 WHERE m.group_id = g.id AND s.consultation = ?1 AND s.status = 'accepted' AND o.adoption IS NOT ?2)",
            params![consultation, Adoption::NoOpinion.as_str()],
            |row| unsigned(row, 0),
        )?;
        let (to_check, to_answer) = self.connection.query_row(
            "SELECT coalesce(sum(iif(asks, 0, letters)), 0), coalesce(sum(iif(asks, letters, 0)), 0) FROM (
                 SELECT s.letters, review_reasons <> '[]' AND NOT EXISTS (SELECT 1 FROM json_each(s.review_reasons) AS r
                     WHERE r.value NOT IN (SELECT value FROM json_each(?2))) AS asks
                 FROM sum_by_reasons AS s WHERE s.consultation = ?1)",
            params![consultation, json!(answerable).to_string()],
            |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)),
        )?;
        Ok(Study { items, studied, ungrouped, unassigned, to_check, to_answer })
    }
}
