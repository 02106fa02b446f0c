//! Rows that the program writes in passing and that no seal covers: what cannot be is named. What can be and is not so (a pass
//! that did not take place, an attempt that was not made) nobody can tell from the file.

use jiff::{SignedDuration, Timestamp};
use rusqlite::OptionalExtension;
use serde_json::Value;

use super::{Difference, Verifier, text};
use crate::schedule;
use crate::similarity::sketch;
use crate::store::facts::Fact;
use crate::store::{Result, schema};
use crate::vocabulary::{BreakerReason, Word, rfc3339_utc};
use crate::words;
use crate::world::Home;

/// No pause of ours is longer, however often something failed.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(40 * 24);
/// How far a sequence may be ahead of the numbers in the record: whoever restores a backup skips some.
const MOST_SKIPPED: i64 = 100_000;

/// How far a clock may be set back before what was written is impossible.
const CLOCK_SET_BACK: SignedDuration = SignedDuration::from_hours(24);

/// What cannot be: the table, the column, and the keys of the rows where it is so. `:next` is the latest time that another
/// attempt to send may have, `:latest` that of any other, `:soon` the latest that something may have happened.
const IMPOSSIBLE: &[(&str, &str, &str)] = &[
    (
        "acknowledgement",
        "next_attempt_at",
        "SELECT id, submission_id FROM acknowledgement WHERE CASE WHEN state IN ('queued', 'deferred')
            THEN next_attempt_at IS NULL OR next_attempt_at > :next ELSE next_attempt_at IS NOT NULL END",
    ),
    (
        "acknowledgement",
        "attempts",
        "SELECT id, submission_id FROM acknowledgement WHERE attempts < 0 OR attempts > 10000",
    ),
    (
        "acknowledgement",
        "reason",
        "SELECT id, submission_id FROM acknowledgement AS a WHERE CASE WHEN state = 'sent' THEN reason IS NOT NULL
            ELSE reason IS NOT NULL AND reason NOT IN (SELECT word FROM word WHERE kind IN ('withheld_reason', 'send_reason')) END",
    ),
    (
        "acknowledgement",
        "reason_detail",
        "SELECT id, submission_id FROM acknowledgement WHERE reason_detail IS NOT NULL AND (reason IS NULL OR NOT json_valid(reason_detail))",
    ),
    (
        "folder_pass",
        "read_at",
        "SELECT rowid, NULL FROM folder_pass WHERE read_at > :soon OR failing_at > :soon OR (problem IS NULL) <> (failing_at IS NULL)",
    ),
    (
        "gap",
        "attempts",
        "SELECT rowid, NULL FROM gap WHERE attempts < 1 OR reason NOT IN (SELECT word FROM word WHERE kind = 'entry_reason')
            OR next_attempt_at > :latest OR first_seen_at > :soon",
    ),
    (
        "pending_mark",
        "uid",
        "SELECT m.rowid, NULL FROM pending_mark AS m WHERE attempts < 0 OR next_attempt_at > :latest
            OR NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.folder = m.folder AND e.uid_validity = m.uid_validity AND e.uid = m.uid
                AND e.disposition IN ('filed', 'supplement', 'duplicate'))",
    ),
    (
        "likeness",
        "message_id",
        "SELECT m.message_id, m.id FROM (SELECT message_id, id FROM submission UNION ALL SELECT message_id, submission_id FROM supplement) AS m
            WHERE NOT EXISTS (SELECT 1 FROM likeness AS l WHERE l.message_id = m.message_id)
              AND EXISTS (SELECT 1 FROM seal_in_force AS s WHERE s.name = 'likeness' AND s.row_id = m.message_id)",
    ),
];

impl Verifier<'_> {
    pub(super) fn operative_rows(&mut self) -> Result<()> {
        let after = |from: Timestamp, rest| from.saturating_add(rest).unwrap_or(Timestamp::MAX);
        let now = self.look.now;
        let times = [
            (":next", after(schedule::latest_attempt(now), CLOCK_SET_BACK)),
            (":latest", after(now, LONGEST_REST)),
            (":soon", after(now, CLOCK_SET_BACK)),
        ];
        for (table, column, sql) in IMPOSSIBLE {
            let found: Vec<(i64, Option<i64>)> = {
                let mut statement = self.connection.prepare(sql)?;
                for (name, time) in times {
                    if let Some(place) = statement.parameter_index(name)? {
                        statement.raw_bind_parameter(place, rfc3339_utc(time))?;
                    }
                }
                let rows = statement.raw_query().mapped(|row| Ok((row.get(0)?, row.get(1)?)));
                rows.collect::<rusqlite::Result<_>>()?
            };
            for (id, owner) in found {
                let number = self.number(owner)?;
                self.impossible(table, id, number, column);
            }
        }
        self.facts()?;
        self.words()?;
        self.sequences()?;
        self.bands()?;
        Ok(())
    }

    fn impossible(&mut self, table: &str, id: i64, number: Option<String>, column: &str) {
        self.found_in(table, id, number, Difference::Impossible(column.to_owned()));
    }

    fn fact(&self, key: &str) -> Result<Option<String>> {
        Ok(self
            .connection
            .prepare_cached("SELECT value FROM fact WHERE key = ?1")?
            .query_row([key], |row| text(row, 0))
            .optional()?
            .filter(|value| !value.is_empty()))
    }

    /// The store was made when the log says.
    pub(super) fn created(&mut self, detail: &Value) -> Result<()> {
        if self.fact("created_at")?.as_deref() != detail.get("created_at").and_then(Value::as_str) {
            self.impossible("fact", 0, None, "created_at");
        }
        Ok(())
    }

    /// The breaker is open or closed as the log says, for a reason that there is.
    pub(super) fn breaker(&mut self, open: bool) -> Result<()> {
        let reason = self.fact("breaker")?;
        let known = reason.as_ref().is_none_or(|word| words::row(BreakerReason::KIND, word).is_some());
        if reason.is_some() != open || !known {
            self.impossible("fact", 0, None, "breaker");
        }
        Ok(())
    }

    /// Of a store that a program made by itself: a person released its first answers, if anybody did. And when somebody closed
    /// the breaker, the log says too.
    pub(super) fn releases(&mut self, first_contact: bool, breaker: Option<Timestamp>) -> Result<()> {
        let by_itself = self.fact(Fact::MadeBy.key())?.is_some();
        if by_itself && self.fact(Fact::FirstContactReleasedAt.key())?.is_some() && !first_contact {
            self.impossible("fact", 0, None, Fact::FirstContactReleasedAt.key());
        }
        let key = Fact::BreakerReleasedAt.key();
        let released = self.fact(key)?;
        if released.is_some() && released.and_then(|text| text.parse().ok()) != breaker {
            self.impossible("fact", 0, None, key);
        }
        Ok(())
    }

    /// The views call each word what this program calls it: whoever opens the store for writing puts them there.
    fn words(&mut self) -> Result<()> {
        if schema::are_of_another_version(self.connection)? {
            self.done.has_other_words = true;
        } else if !schema::has_our_words(self.connection)? {
            self.impossible("word", 0, None, "short");
        }
        Ok(())
    }

    /// Passes end after they began, and none ends in the future. A fact of another name is none of ours.
    fn facts(&mut self) -> Result<()> {
        let strangers: Vec<String> = {
            let mut statement = self.connection.prepare("SELECT key FROM fact")?;
            let keys = statement.query_map([], |row| text(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
            keys.into_iter().filter(|key| Fact::ALL.iter().all(|fact| fact.key() != key)).collect()
        };
        for key in strangers {
            self.impossible("fact", 0, None, &key);
        }
        let home = self.fact(Fact::Home.key())?;
        if home.is_some_and(|home| serde_json::from_str::<Home>(&home).is_err()) {
            self.impossible("fact", 0, None, Fact::Home.key());
        }
        let instant = |found: Option<String>| found.and_then(|text| text.parse::<Timestamp>().ok());
        let (began, ended) = (self.fact("last_pass_started_at")?, self.fact("last_pass_finished_at")?);
        let readable = [&began, &ended]
            .iter()
            .all(|text| text.as_ref().is_none_or(|text| text.parse::<Timestamp>().is_ok()));
        let (began, ended) = (instant(began), instant(ended));
        if !readable || ended < began || ended.is_some_and(|ended| ended > self.look.now + CLOCK_SET_BACK) {
            self.impossible("fact", 0, None, "last_pass_finished_at");
        }
        Ok(())
    }

    /// The last number given out under a prefix is not below one in the record, nor far above all.
    fn sequences(&mut self) -> Result<()> {
        let found: Vec<(i64, i64, i64)> = {
            let mut statement = self.connection.prepare(
                "SELECT q.rowid, q.last, (SELECT coalesce(max(CAST(substr(number, length(q.prefix) + 2) AS INTEGER)), 0)
                    FROM (SELECT number FROM submission UNION ALL SELECT old_value FROM correction WHERE field = 'number') WHERE number > q.prefix || '-' AND number < q.prefix || '.') FROM number_sequence AS q",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        // Whose sequence is not there begins at 1 again.
        let without: Vec<String> = {
            let mut statement = self.connection.prepare(
                "SELECT DISTINCT rtrim(rtrim(number, '0123456789'), '-') AS prefix FROM submission
                 WHERE prefix NOT IN (SELECT prefix FROM number_sequence)",
            )?;
            statement.query_map([], |row| text(row, 0))?.collect::<rusqlite::Result<_>>()?
        };
        for _ in without {
            self.impossible("number_sequence", 0, None, "prefix");
        }
        for (id, last, highest) in found {
            if last < highest || last - highest > MOST_SKIPPED {
                self.impossible("number_sequence", id, None, "last");
            }
        }
        Ok(())
    }

    /// Where near copies meet follows from the texts that they are measured against.
    fn bands(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare(
            // The key begins with the band: sorted once, for to look for each wording's would read the table for each.
            "SELECT w.id, w.consultation, w.compared, w.submission_id, b.bands FROM wording AS w LEFT JOIN
                (SELECT wording_id, group_concat(band) AS bands FROM wording_band GROUP BY wording_id) AS b ON b.wording_id = w.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, consultation): (i64, String) = (row.get(0)?, text(row, 1)?);
            let compared: Option<String> = row.get(2)?;
            let mut bands: Vec<i64> = compared
                .and_then(sketch)
                .map(|sketch| sketch.bands(&consultation).collect())
                .unwrap_or_default();
            bands.sort_unstable();
            bands.dedup();
            let stored: Option<String> = row.get(4)?;
            let mut stored: Vec<i64> = stored
                .iter()
                .flat_map(|bands| bands.split(','))
                .filter_map(|band| band.parse().ok())
                .collect();
            stored.sort_unstable();
            if stored != bands {
                let owner = row.get(3)?;
                let number = self.number(owner)?;
                self.impossible("wording_band", id, number, "band");
            }
        }
        Ok(())
    }
}
