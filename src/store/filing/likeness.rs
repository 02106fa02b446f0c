//! Same letters: what a filed message is compared by, and the group that it joins.
//!
//! Which group that is, [`campaign`] says.

use rusqlite::{Connection, OptionalExtension, params};

use super::precedents::IS_FORGED;
use crate::ruling::{Likeness, campaign};
use crate::similarity::{Sketch, Wording, sketch};
use crate::store::facts::Fact;
use crate::store::read::unsigned;
use crate::store::{Result, Store, Writing};
use crate::vocabulary::sender_key;

/// A filed message of which it is not recorded yet what it is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// `message.id`
    pub message_id: i64,
    /// `submission.id`: its own, or of the submission that it supplements.
    pub submission_id: i64,
    /// It became a submission of its own.
    pub is_submission: bool,
    /// It repeats an earlier one.
    pub is_duplicate: bool,
    /// `submission.consultation`
    pub consultation: String,
    /// `from_address`
    pub from_address: String,
    /// `comment`
    pub comment: String,
    /// `message.subject`
    pub subject: Option<String>,
    /// File name and digest of each attachment.
    pub attachments: Vec<(Option<String>, String)>,
}

/// Where a filed message belongs.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// `message.id`
    pub message_id: i64,
    /// `submission.id`: its own, or of the submission that it supplements.
    pub submission_id: i64,
    /// It became a submission of its own; a supplement is part of one and joins no group.
    pub is_submission: bool,
    /// It repeats an earlier one, which is the one that later repetitions find.
    pub is_duplicate: bool,
    /// `submission.consultation`
    pub consultation: &'a str,
    /// `from_address`
    pub from_address: &'a str,
}

impl Writing<'_> {
    /// Records what a filed message is compared by, and the group that it joins.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn place(&self, place: &Place<'_>, likeness: &Likeness) -> Result<()> {
        let sender = sender_key(place.from_address);
        let wording = likeness.wording.as_ref().filter(|_| place.is_submission);
        let (wording_id, leader_id) = match wording {
            Some(wording) => {
                let (id, leader) = self.wording(wording, place)?;
                (Some(id), wording.groupable.then_some(leader))
            }
            None => (None, None),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO likeness (message_id, submission_id, sender, opinion_sha256, wording_id, leader_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                place.message_id,
                place.submission_id,
                sender,
                likeness.opinion_sha256.as_ref().filter(|_| !place.is_duplicate),
                wording_id,
                leader_id
            ])?;
        if let Some(leader) = leader_id {
            self.number_group(leader, place.consultation, &sender, place.submission_id)?;
        }
        Ok(())
    }

    /// The same once more, where a message is read otherwise than before. A wording that nobody has any more goes, unless a
    /// group is measured by it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn place_again(&self, place: &Place<'_>, likeness: &Likeness) -> Result<()> {
        let before: Option<i64> = self
            .transaction
            .prepare_cached("DELETE FROM likeness WHERE message_id = ?1 RETURNING wording_id")?
            .query_row([place.message_id], |row| row.get(0))
            .optional()?
            .flatten();
        self.place(place, likeness)?;
        let Some(before) = before else { return Ok(()) };
        // Where it was moved away from, the first of those that only come near it stands for the group.
        let heir: Option<i64> = self
            .transaction
            .prepare_cached(
                "SELECT coalesce((SELECT min(submission_id) FROM likeness WHERE wording_id = ?1),
                    (SELECT min(l.submission_id) FROM likeness AS l JOIN wording AS w ON w.id = ?1
                     WHERE l.leader_id = ?1 AND w.consultation <> ?2))",
            )?
            .query_row(params![before, place.consultation], |row| row.get(0))?;
        if let Some(heir) = heir {
            self.transaction
                .prepare_cached("UPDATE wording SET submission_id = ?2 WHERE id = ?1")?
                .execute([before, heir])?;
        } else if !self
            .transaction
            .prepare_cached("SELECT 1 FROM likeness WHERE leader_id = ?1")?
            .exists([before])?
        {
            self.take_bands(before)?;
            self.transaction.prepare_cached("DELETE FROM wording WHERE id = ?1")?.execute([before])?;
        }
        Ok(())
    }

    /// The row of a wording and of its leader; a new wording looks for a leader first.
    fn wording(&self, wording: &Wording, place: &Place<'_>) -> Result<(i64, i64)> {
        let known = self
            .transaction
            .prepare_cached(
                "SELECT id, coalesce(leader_id, id) FROM wording WHERE consultation = ?1 AND sha256 = ?2",
            )?
            .query_row([place.consultation, &wording.sha256], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        let leader = match &wording.sketch {
            Some(sketch) => self.leader(sketch, place.consultation)?,
            None => None,
        };
        // A text that has a leader is never measured against again.
        let leads = wording.sketch.as_ref().filter(|_| leader.is_none());
        let id = self
            .transaction
            .prepare_cached(
                "INSERT INTO wording (consultation, sha256, submission_id, leader_id, similarity, compared)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .insert(params![
                place.consultation,
                wording.sha256,
                place.submission_id,
                leader.map(|(id, _)| id),
                leader.map_or(1.0, |(_, similarity)| similarity),
                leads.map(|sketch| sketch.text.as_str()),
            ])?;
        for band in leads.iter().flat_map(|sketch| sketch.bands(place.consultation)) {
            self.transaction
                .prepare_cached(
                    "INSERT INTO wording_band (band, wording_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute([band, id])?;
        }
        Ok((id, leader.map_or(id, |(leader, _)| leader)))
    }

    /// Near copies find this wording no more. Its bands follow from its text: the table is in the order of the bands, and to
    /// look for a wording in it is to read all of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(in crate::store) fn take_bands(&self, wording: i64) -> Result<()> {
        let known: Option<(String, String)> = self
            .transaction
            .prepare_cached(
                "SELECT compared, consultation FROM wording WHERE id = ?1 AND compared IS NOT NULL",
            )?
            .query_row([wording], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((compared, consultation)) = known else { return Ok(()) };
        for band in sketch(compared).iter().flat_map(|sketch| sketch.bands(&consultation)) {
            self.transaction
                .prepare_cached("DELETE FROM wording_band WHERE band = ?1 AND wording_id = ?2")?
                .execute([band, wording])?;
        }
        Ok(())
    }

    /// The leader that a text is most like, with how much of both is the same.
    fn leader(&self, sketch: &Sketch, consultation: &str) -> Result<Option<(i64, f64)>> {
        let mut in_bands: Vec<i64> = Vec::new();
        let mut in_band = self.transaction.prepare_cached(&format!(
            "SELECT wording_id FROM wording_band WHERE band = ?1 ORDER BY wording_id LIMIT {}",
            campaign::MOST_IN_BAND
        ))?;
        for band in sketch.bands(consultation) {
            for id in in_band.query_map([band], |row| row.get(0))? {
                in_bands.push(id?);
            }
        }
        let mut texts: Vec<(i64, String)> = Vec::new();
        for id in campaign::nominees(in_bands) {
            let compared: Option<String> = self
                .transaction
                .prepare_cached("SELECT compared FROM wording WHERE id = ?1 AND consultation = ?2")?
                .query_row(params![id, consultation], |row| row.get(0))
                .optional()?
                .flatten();
            texts.extend(compared.map(|compared| (id, compared)));
        }
        Ok(campaign::leader(&sketch.text, texts.iter().map(|(id, text)| (*id, text.as_str()))))
    }

    /// Gives a group its number, when it is time.
    fn number_group(&self, leader: i64, consultation: &str, sender: &str, submission_id: i64) -> Result<()> {
        let has_number: bool = self
            .transaction
            .prepare_cached("SELECT group_number IS NOT NULL FROM wording WHERE id = ?1")?
            .query_row([leader], |row| row.get(0))?;
        // A letter that our own mail server calls forged is nobody's twin.
        let another_sender = !has_number
            && self
                .transaction
                .prepare_cached(&format!(
                    "SELECT 1 FROM submission AS s WHERE s.id = ?3 AND NOT {IS_FORGED} AND (EXISTS ({0} <  ?2) OR EXISTS ({0} > ?2))",
                    format_args!(
                        "SELECT 1 FROM likeness AS l JOIN submission AS s ON s.id = l.submission_id
                         WHERE l.leader_id = ?1 AND NOT {IS_FORGED} AND l.sender"
                    )
                ))?
                .exists(params![leader, sender, submission_id])?;
        if campaign::begins(has_number, another_sender) {
            self.transaction
                .prepare_cached(&format!(
                    "UPDATE wording SET submission_id = (SELECT min(s.id) FROM likeness AS l JOIN submission AS s ON s.id = l.submission_id
                            WHERE l.leader_id = ?1 AND NOT {IS_FORGED}),
                        group_number = (SELECT coalesce(max(group_number), 0) + 1 FROM wording
                            WHERE consultation = ?2 AND group_number IS NOT NULL)
                     WHERE id = ?1"
                ))?
                .execute(params![leader, consultation])?;
        }
        Ok(())
    }
}

impl Store {
    /// Messages filed by a version that did not compare them yet, in the order of filing, at most `most`, behind the message
    /// `after`. Erased ones are left out: there is nothing to compare any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unplaced(&self, after: i64, most: usize) -> Result<Vec<Unplaced>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT f.message_id, f.submission_id, f.own, s.consultation, f.from_address, f.comment, m.subject,
                (SELECT json_group_array(json_array(filename, sha256)) FROM attachment WHERE message_id = f.message_id),
                f.repeats
             FROM (SELECT message_id, id AS submission_id, 1 AS own, duplicate_of IS NOT NULL AS repeats, from_address, comment FROM submission
                   UNION ALL SELECT message_id, submission_id, 0, 0, from_address, comment FROM supplement) AS f
                  JOIN submission AS s ON s.id = f.submission_id JOIN message AS m ON m.id = f.message_id
             WHERE f.message_id > ?2 AND s.status <> 'erased' AND NOT EXISTS (SELECT 1 FROM likeness AS l WHERE l.message_id = f.message_id)
             ORDER BY f.message_id LIMIT ?1",
        )?;
        let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX), after], |row| {
            let attachments: String = row.get(7)?;
            Ok(Unplaced {
                message_id: row.get(0)?,
                submission_id: row.get(1)?,
                is_submission: row.get(2)?,
                is_duplicate: row.get(8)?,
                consultation: row.get(3)?,
                from_address: row.get(4)?,
                comment: row.get(5)?,
                subject: row.get(6)?,
                attachments: serde_json::from_str(&attachments).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Store {
    /// Up to which message everything filed is placed, as far as that was noted, and the last message there is: `message.id`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn placed(&self) -> Result<(i64, i64)> {
        let noted = self.fact(Fact::PlacedUpTo)?.and_then(|told| told.parse().ok()).unwrap_or_default();
        let last = "SELECT coalesce(max(id), 0) FROM message";
        Ok((noted, self.connection.query_row(last, [], |row| row.get(0))?))
    }
}

/// The group that a submission belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// 组号 within the consultation.
    pub number: u64,
    /// Number of the group's first submission.
    pub leader: String,
    /// Number of the first that counts, where that one does not.
    pub counts_first: Option<String>,
    /// 件 in the group, without what the same senders repeated and what was found not to belong here.
    pub submissions: u64,
    /// Different sending addresses of these.
    pub senders: u64,
    /// The same wording as the leader's.
    pub exact: bool,
    /// Share of the shingles of both that stand in both; below 1 unless `exact`.
    pub similarity: f64,
}

impl Store {
    /// The group of the submission that a message became; `None` when nobody else wrote the same.
    pub(in crate::store) fn membership(&self, message_id: i64) -> Result<Option<Membership>> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "WITH likeness AS NOT MATERIALIZED (SELECT l.*, s.status FROM main.likeness AS l JOIN submission AS s ON s.message_id = l.message_id
                    WHERE NOT {IS_FORGED})
                 SELECT w.group_number, first.number, l.wording_id = w.id, own.similarity,
                    coalesce(g.letters, 0), coalesce(g.senders, 0),
                    CASE WHEN first.status IN ('duplicate', 'handled', 'denied', 'erased') THEN
                        (SELECT f.number FROM likeness AS o JOIN submission AS f ON f.message_id = o.message_id
                         WHERE o.leader_id = w.id AND o.status NOT IN ('duplicate', 'handled', 'denied', 'erased') ORDER BY f.id LIMIT 1) END
                 FROM likeness AS l JOIN wording AS w ON w.id = l.leader_id JOIN wording AS own ON own.id = l.wording_id
                      JOIN submission AS first ON first.id = w.submission_id LEFT JOIN sum_of_group AS g ON g.wording_id = w.id
                 WHERE l.message_id = ?1 AND w.group_number IS NOT NULL"
            ))?
            .query_row([message_id], |row| {
                Ok(Membership {
                    number: unsigned(row, 0)?,
                    leader: row.get(1)?,
                    exact: row.get(2)?,
                    similarity: row.get(3)?,
                    submissions: unsigned(row, 4)?,
                    senders: unsigned(row, 5)?,
                    counts_first: row.get(6)?,
                })
            })
            .optional()?)
    }
}

/// Numbers of other letters of the same sender with the same opinion that count, so many at most.
pub(in crate::store) fn counted_copies(
    connection: &Connection,
    submission_id: i64,
    most: usize,
) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT s.number FROM submission AS own JOIN likeness AS l ON l.message_id = own.message_id
            JOIN likeness AS o ON o.sender = l.sender AND o.opinion_sha256 = l.opinion_sha256
            JOIN submission AS s ON s.id = o.submission_id
         WHERE own.id = ?1 AND s.id <> own.id AND s.consultation = own.consultation AND s.status IN ('accepted', 'late')
            AND s.duplicate_of IS NULL ORDER BY s.id LIMIT ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![submission_id, most], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
