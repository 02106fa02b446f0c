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
        let (items, studied) = self.connection.query_row(
            "SELECT coalesce(sum(items), 0), coalesce(sum(items - undecided), 0) FROM sum_by_clause WHERE consultation = ?1 AND status = 'accepted'",
            [consultation],
            |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)),
        )?;
        let (grouped, unassigned) = self.grouped(consultation)?;
        let ungrouped = items.saturating_sub(grouped);
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

    /// How many items that count are in a group, and in how many groups that nobody was given they are.
    fn grouped(&self, consultation: &str) -> Result<(u64, u64)> {
        // So many rows are looked up one by one; of more, indexes that hold no text are read from end to end.
        const FEW: i64 = 2_000;
        let members: i64 = self.connection.query_row(
            "SELECT count(*) FROM (SELECT 1 FROM opinion_group_member LIMIT ?1)",
            [FEW + 1],
            |row| row.get(0),
        )?;
        let from = if members <= FEW {
            "opinion_group_member AS m CROSS JOIN opinion AS o ON o.id = m.opinion_id CROSS JOIN submission AS s ON s.id = o.submission_id"
        } else {
            "submission AS s CROSS JOIN opinion AS o ON o.submission_id = s.id CROSS JOIN opinion_group_member AS m ON m.opinion_id = o.id"
        };
        let query = format!(
            "SELECT count(*), count(DISTINCT iif(g.consultation = ?1 AND coalesce(g.handler, '') = '', g.id, NULL))
             FROM {from} CROSS JOIN opinion_group AS g ON g.id = m.group_id
             WHERE s.consultation = ?1 AND s.status = 'accepted' AND o.adoption IS NOT ?2"
        );
        let row = self.connection.query_row(
            &query,
            params![consultation, Adoption::NoOpinion.as_str()],
            |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)),
        )?;
        Ok(row)
    }
}
