//! The chain of events, and the seals in it: each follows from the one before by a change that an event leads to. The seals
//! in force are left in the temporary table `seal_in_force`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::super::baseline::Baseline;
use super::super::event::chain;
use super::super::explanation::{Deed, Deeds, Happening, Kind, Led, reads_anew, redraws};
use super::super::fate::Fates;
use super::super::seal::{self, Cells, Digest, place_of, read_digest, row_digest};
use super::{Difference, Verifier, text};
use crate::store::corrections::{Made, leads};
use crate::store::{Columns, Result};

/// Most events that one transaction logs before its seals; a longer run is nobody's transaction.
const MOST_DEEDS: usize = 100_000;

/// What was read of the log so far.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether the log has come to it")]
struct Log {
    /// The events since the last seals but these: what the next seals may follow from.
    deeds: Deeds,
    /// The last event was a seal: the transaction's events stand before it.
    sealed: bool,
    /// Rows are sealed one by one from here on; before it stand the seals of older versions, which the step to this form held
    /// against the rows.
    by_rows: bool,
    any_seal: bool,
    /// The submissions that were erased whole.
    erased: BTreeSet<i64>,
    /// The last erasure of each submission: the random bytes of older seals are gone, and so are values that they speak of.
    erasures: BTreeMap<i64, i64>,
    /// The event that is looked at.
    at: i64,
    fates: Fates,
    /// Whether the breaker is open by the last event about it.
    breaker: bool,
    /// When a person closed it last.
    breaker_released: Option<Timestamp>,
    /// A person released the answers of a store that a program had made by itself.
    first_contact_released: bool,
}

impl Verifier<'_> {
    pub(super) fn events(&mut self) -> Result<()> {
        self.connection.execute_batch(
            "CREATE TEMP TABLE seal_in_force (name TEXT NOT NULL, row_id INTEGER NOT NULL, owner INTEGER, digest BLOB NOT NULL,
                PRIMARY KEY (name, row_id)) STRICT, WITHOUT ROWID",
        )?;
        let mut statement = self
            .connection
            .prepare("SELECT id, at, actor, action, submission_id, detail, hash FROM event ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut log = Log { erasures: self.erasures()?, ..Log::default() };
        let (mut previous, mut whole) = (String::new(), true);
        let mut head_seen = self.look.head.is_none();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let (at, actor, action) = (text(row, 1)?, text(row, 2)?, text(row, 3)?);
            let (submission, detail, hash) = (row.get(4)?, text(row, 5)?, text(row, 6)?);
            self.done.events += 1;
            if whole && chain(&previous, &at, &actor, &action, submission, &detail) != hash {
                whole = false;
                self.found("event", id, Difference::ChainBroken);
            }
            head_seen |= self.look.head == Some(hash.as_str());
            previous = hash;
            let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
            log.fates.note(&at, &action, &detail);
            let at = at.parse().unwrap_or_default();
            self.event(&mut log, id, Deed { at, actor, action, submission, detail })?;
        }
        for (id, number) in log.fates.contradicted(self.connection)? {
            self.found_in("acknowledgement", id, number, Difference::FateChanged);
        }
        self.breaker(log.breaker)?;
        self.releases(log.first_contact_released, log.breaker_released)?;
        for submission in &log.erased {
            let stands = self
                .connection
                .prepare_cached("SELECT 1 FROM submission WHERE id = ?1 AND status <> 'erased'")?
                .exists([submission])?;
            if stands {
                let number = self.number(Some(*submission))?;
                self.found_in("submission", *submission, number, Difference::Unexplained);
            }
        }
        if !head_seen {
            self.found("event", 0, Difference::HeadMissing);
        }
        self.done.head = previous;
        Ok(())
    }

    /// The last event of each submission that says something of it was erased.
    fn erasures(&self) -> Result<BTreeMap<i64, i64>> {
        let mut statement = self.connection.prepare(
            "SELECT submission_id, max(id) FROM event WHERE action = 'erased' AND submission_id IS NOT NULL GROUP BY submission_id",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn event(&mut self, log: &mut Log, id: i64, deed: Deed) -> Result<()> {
        log.at = id;
        let is_of_rows =
            ["new", "changed", "gone"].iter().any(|kind| deed.detail.get(kind).is_some_and(Value::is_object));
        match deed.action.as_str() {
            "sealed" if is_of_rows => {
                (log.sealed, log.any_seal, log.by_rows) = (true, true, true);
                return self.seal(log, id, &deed);
            }
            // The form of older versions.
            "sealed" | "entries_sealed" | "entry_sealed" | "message_sealed" => {
                if log.by_rows {
                    self.found("event", id, Difference::SealMisplaced);
                }
                log.any_seal = true;
                return Ok(());
            }
            "sealing_by_row" if log.by_rows => self.found("event", id, Difference::SealMisplaced),
            "sealing_by_row" => log.by_rows = true,
            "accepted" => self.done.accepted += 1,
            "found_broken" => self.found_broken(&deed.detail)?,
            "sealing_begins" if log.any_seal || self.baseline.entry != 0 => {
                self.found("event", id, Difference::SealMisplaced);
            }
            "sealing_begins" => self.baseline = Baseline::read(&deed.detail),
            "created" => self.created(&deed.detail)?,
            "breaker_opened" => log.breaker = true,
            "breaker_closed" => log.breaker = false,
            "breaker_released" => (log.breaker, log.breaker_released) = (false, Some(deed.at)),
            "first_contact_released" if deed.detail.get("made_by_itself") == Some(&Value::Bool(true)) => {
                log.first_contact_released = true;
            }
            "erased" if deed.detail.get("only").is_none() => log.erased.extend(deed.submission),
            _ => {}
        }
        if std::mem::take(&mut log.sealed) || log.deeds.len() >= MOST_DEEDS {
            log.deeds.clear();
        }
        log.deeds.push(deed);
        Ok(())
    }

    /// Rows that were broken already when rows began to be sealed one by one.
    fn found_broken(&mut self, detail: &Value) -> Result<()> {
        for (table, ids) in detail.as_object().into_iter().flatten() {
            for id in ids.as_array().into_iter().flatten().filter_map(Value::as_i64) {
                self.connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO seal_in_force (name, row_id, digest) VALUES (?1, ?2, x'')",
                    )?
                    .execute(params![table, id])?;
            }
        }
        Ok(())
    }

    fn seal(&mut self, log: &Log, event: i64, seal: &Deed) -> Result<()> {
        for kind in ["gone", "changed", "new"] {
            for (table, rows) in seal.detail.get(kind).and_then(Value::as_object).into_iter().flatten() {
                for (id, value) in rows.as_object().into_iter().flatten() {
                    let (Ok(id), Some(_)) = (id.parse::<i64>(), place_of(table)) else {
                        self.found("event", event, Difference::SealMisplaced);
                        continue;
                    };
                    match kind {
                        "gone" => self.gone(log, seal, (table, id))?,
                        "changed" => self.changed(log, seal, (table, id), value)?,
                        _ => self.first(log, seal, (table, id), value)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn gone(&mut self, log: &Log, seal: &Deed, (table, id): (&str, i64)) -> Result<()> {
        let was = self.in_force(table, id)?;
        self.connection
            .prepare_cached("DELETE FROM seal_in_force WHERE name = ?1 AND row_id = ?2")?
            .execute(params![table, id])?;
        self.judge(was.is_some() && led_to(log, seal, table, Kind::Gone).is_some(), seal, (table, id))
    }

    fn first(&mut self, log: &Log, seal: &Deed, (table, id): (&str, i64), value: &Value) -> Result<()> {
        let led_to = led_to(log, seal, table, Kind::New);
        let anew =
            matches!(led_to, Some(Led::By(deed)) if matches!(deed.action.as_str(), "erased" | "accepted"));
        let anew = anew || log.deeds.iter().any(|deed| redraws(deed, table, id));
        let holds = led_to.is_some() && (anew || self.in_force(table, id)?.is_none());
        self.put((table, id), seal.submission, value.as_str().and_then(read_digest))?;
        self.judge(holds, seal, (table, id))
    }

    fn changed(&mut self, log: &Log, seal: &Deed, (table, id): (&str, i64), value: &Value) -> Result<()> {
        let is = cells(value.get("is").unwrap_or(&Value::Null));
        let was: BTreeMap<String, Option<Digest>> = value
            .get("was")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, digest)| (name.clone(), digest.as_str().and_then(read_digest)))
            .collect();
        let mut before = is.clone();
        for (name, digest) in &was {
            match digest {
                Some(digest) => before.insert(name.clone(), *digest),
                None => before.remove(name),
            };
        }
        let follows = self.in_force(table, id)? == Some(row_digest(table, &before));
        let kind = Kind::Changed(was.keys().cloned().collect());
        let holds = match led_to(log, seal, table, kind) {
            Some(Led::By(deed)) if follows => self.says((log, deed), seal, (table, id), &was, &is)?,
            Some(Led::ByItself) if follows => true,
            _ => false,
        };
        self.put((table, id), seal.submission, Some(row_digest(table, &is)))?;
        self.judge(holds, seal, (table, id))
    }

    /// Whether what was written down leads from the values as they were sealed to those that are sealed now.
    fn says(
        &self,
        (log, deed): (&Log, &Deed),
        seal: &Deed,
        (table, id): (&str, i64),
        was: &BTreeMap<String, Option<Digest>>,
        is: &Cells,
    ) -> Result<bool> {
        // In the order in which they were written: the names in an object stand as text does, 100 before 99.
        let corrections: BTreeSet<i64> = seal
            .detail
            .pointer("/new/correction")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        let salt = seal::salt(self.connection, seal.submission)?;
        let agrees = |field: &str, value: Option<&str>, sealed: Option<Digest>| match value {
            None => sealed.is_none(),
            Some(text) => {
                let number = text.parse().ok().map(ValueRef::Integer);
                let values = [Some(ValueRef::Text(text.as_bytes())), number];
                sealed.is_some()
                    && values
                        .into_iter()
                        .flatten()
                        .any(|value| seal::cell(&salt, table, field, value) == sealed)
            }
        };
        if deed.action == "grew" && was.contains_key("sha256") {
            let of = if table == "message" { "message" } else { "entry" };
            let grew = |name: &str, sealed: Option<Digest>| {
                log.deeds.iter().any(|deed| {
                    deed.action == "grew"
                        && deed.detail.get(of).and_then(Value::as_i64) == Some(id)
                        && agrees("sha256", deed.detail.get(name).and_then(Value::as_str), sealed)
                })
            };
            return Ok(self.is_erased(log, seal.submission)?
                || grew("was", was["sha256"]) && grew("sha256", is.get("sha256").copied()));
        }
        if corrections.is_empty() || !matches!(table, "submission" | "opinion") {
            let stood = deed.detail.get("from").and_then(Value::as_str);
            let stands = deed.detail.get("to").and_then(Value::as_str);
            return Ok(deed.action != "reopened"
                || self.is_erased(log, seal.submission)?
                || !was.contains_key("status")
                || stood.is_none()
                || agrees("status", stood, was["status"])
                    && agrees("status", stands, is.get("status").copied()));
        }
        if self.is_erased(log, seal.submission)? {
            // The values are gone, and so are the random bytes that their digests began with.
            return Ok(true);
        }
        if table == "opinion" {
            let made = self.made(&corrections)?;
            return Ok(was.iter().all(|(field, was)| {
                let (was, is) = (*was, is.get(field).copied());
                // What was moved is read anew in the same transaction.
                leads(&made, field, |value| agrees(field, value, was), |value| agrees(field, value, is))
                    || log.deeds.iter().any(|deed| reads_anew(deed, seal.submission, table, field))
            }));
        }
        for (field, was) in was {
            let (mut first, mut last) = (None, None);
            for correction in &corrections {
                let found: Option<(Option<String>, Option<String>)> = self
                    .connection
                    .prepare_cached(
                        "SELECT old_value, new_value FROM correction WHERE id = ?1 AND field = ?2",
                    )?
                    .query_row(params![correction, field], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                if let Some((old, new)) = found {
                    first.get_or_insert(old);
                    last = Some(new);
                }
            }
            let (Some(old), Some(new)) = (first, last) else {
                // What was moved is read anew in the same transaction.
                if log.deeds.iter().any(|deed| reads_anew(deed, seal.submission, table, field)) {
                    continue;
                }
                // Another letter of the transaction put it in question.
                let reopened = |deed: &Deed| {
                    deed.action == "reopened" && deed.submission == seal.submission && deed.actor == "intake"
                };
                if table == "submission"
                    && matches!(field.as_str(), "status" | "review_reasons")
                    && log.deeds.iter().any(reopened)
                    && (field != "status" || agrees(field, Some("review"), is.get(field).copied()))
                {
                    continue;
                }
                return Ok(false);
            };
            if !agrees(field, old.as_deref(), *was) || !agrees(field, new.as_deref(), is.get(field).copied())
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Corrections by their ids.
    fn made(&self, corrections: &BTreeSet<i64>) -> Result<Vec<Made>> {
        let mut made = Vec::with_capacity(corrections.len());
        for id in corrections {
            let row = Columns::read(self.connection, "correction", "id = ?1", *id)?.pop();
            made.extend(row.as_ref().map(Made::of));
        }
        Ok(made)
    }

    /// Whether what a seal speaks of was erased since.
    fn is_erased(&self, log: &Log, submission: Option<i64>) -> Result<bool> {
        if submission.and_then(|id| log.erasures.get(&id)).is_some_and(|last| *last > log.at) {
            return Ok(true);
        }
        Ok(self
            .connection
            .prepare_cached("SELECT 1 FROM submission WHERE id = ?1 AND status = 'erased'")?
            .exists([submission])?)
    }

    fn in_force(&self, table: &str, id: i64) -> Result<Option<Digest>> {
        Ok(self
            .connection
            .prepare_cached("SELECT digest FROM seal_in_force WHERE name = ?1 AND row_id = ?2")?
            .query_row(params![table, id], |row| row.get::<_, Vec<u8>>(0))
            .optional()?
            .map(|digest| digest.try_into().unwrap_or_default()))
    }

    fn put(&self, (table, id): (&str, i64), owner: Option<i64>, digest: Option<Digest>) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO seal_in_force (name, row_id, owner, digest) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![table, id, owner, digest.as_ref().map_or(&[][..], |digest| digest)])?;
        Ok(())
    }

    fn judge(&mut self, holds: bool, seal: &Deed, (table, id): (&str, i64)) -> Result<()> {
        if !holds {
            let number = self.number(seal.submission)?;
            self.found_in(table, id, number, Difference::Unexplained);
        }
        Ok(())
    }
}

fn led_to<'a>(log: &'a Log, seal: &Deed, table: &str, kind: Kind) -> Option<Led<'a>> {
    let beside = |table: &str, id: Option<i64>| {
        let rows = seal.detail.get("new").and_then(|new| new.get(table)).and_then(Value::as_object);
        rows.is_some_and(|rows| id.map_or(!rows.is_empty(), |id| rows.contains_key(&id.to_string())))
    };
    log.deeds.leading_to(&Happening { table, owner: seal.submission, kind, beside: &beside })
}

fn cells(value: &Value) -> Cells {
    let cells = value.as_object().into_iter().flatten();
    cells.filter_map(|(name, digest)| Some((name.clone(), read_digest(digest.as_str()?)?))).collect()
}
