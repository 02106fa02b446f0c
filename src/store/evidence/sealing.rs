//! COMMIT seals what was touched: made from what was sealed before and the change that the transaction recorded.
//!
//! A row that is not what its last seal says is never sealed over. A command is refused then, with the number. The daemon goes on,
//! for a letter must not be lost for it: it leaves the seal as it is, so that `verify` goes on saying what it says, and tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use super::baseline::Baseline;
use super::explanation::{Deed, Happening, Kind, explains, explains_itself};
use super::seal::{self, Digest, Sealable, TABLES, Table};
use super::session::Session;
use crate::store::{Result, StoreError, Writing};

/// A row: the place of its table in [`TABLES`], and its id.
type Key = (usize, i64);

/// What is to be logged of one submission, or of what belongs to none.
#[derive(Debug, Default)]
struct Group {
    new: BTreeMap<Key, Digest>,
    /// As it was and as it is.
    changed: BTreeMap<Key, (Sealable, Sealable)>,
    gone: BTreeSet<Key>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }
}

/// Whose rows are all sealed anew.
#[derive(Debug, Default)]
struct Whole {
    erased: BTreeSet<Option<i64>>,
    accepted: BTreeSet<Option<i64>>,
}

impl Whole {
    fn of(deeds: &[Deed]) -> Self {
        let of = |action: &str| {
            deeds.iter().filter(|deed| deed.action == action).map(|deed| deed.submission).collect()
        };
        Self { erased: of("erased"), accepted: of("accepted") }
    }
}

/// What a transaction did to sealed rows, by submission.
#[derive(Debug, Default)]
struct Compared {
    /// Rows that belong to another submission since, by the one that they belonged to.
    leaving: BTreeMap<Option<i64>, Group>,
    groups: BTreeMap<Option<i64>, Group>,
    /// Rows that are not what they were when they were sealed last.
    broken: Vec<Key>,
}

impl Writing<'_> {
    /// Seals and commits. When this returns, what was written survives a power cut.
    ///
    /// # Errors
    /// [`StoreError::NotAsSealed`] when a row that was changed is not what its last seal says; and when the disk refuses. Then
    /// nothing of the transaction is kept.
    pub fn commit(self) -> Result<()> {
        if let Some(broken) = self.seal()?.into_iter().next() {
            return Err(StoreError::NotAsSealed { what: broken });
        }
        Ok(self.transaction.commit()?)
    }

    /// The same for what must not wait for a person: where a row is not what its last seal says, the seal stays as it is, and
    /// the row is named.
    ///
    /// # Errors
    /// When the disk refuses; then nothing of the transaction is kept.
    pub fn commit_beside_broken_seals(self) -> Result<Vec<String>> {
        let broken = self.seal()?;
        self.transaction.commit()?;
        Ok(broken)
    }

    /// Seals what belongs to a submission, or to none, as it stands: somebody looked at what was changed behind the program's
    /// back, and the office goes on from there. The event names him.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn accept(&self, submission: Option<i64>, actor: &str, now: Timestamp) -> Result<()> {
        self.log(now, actor, "accepted", submission, &json!({}))
    }

    /// Logs the seals of what was touched; what is not as it was sealed last, by number or table and id.
    fn seal(&self) -> Result<Vec<String>> {
        let Some(session) = self.session else { return Ok(Vec::new()) };
        let whole = Whole::of(&session.deeds.borrow());
        let touched = self.touched(session, &whole)?;
        let Compared { leaving, groups, broken } = self.compare(session, touched, &whole)?;
        // Whose a row was gives it up before another gets it.
        for (owner, group) in leaving.iter().chain(&groups) {
            explained(session, *owner, group)?;
        }
        for (owner, group) in leaving.iter().chain(&groups) {
            self.log_seal(session, *owner, group)?;
        }
        let names: BTreeSet<String> =
            broken.into_iter().map(|row| self.name(session, row)).collect::<Result<_>>()?;
        Ok(names.into_iter().collect())
    }

    /// The rows that were touched, and those that belong to somebody else since.
    fn touched(&self, session: &Session, whole: &Whole) -> Result<BTreeSet<Key>> {
        let mut touched = std::mem::take(&mut *session.touched());
        for owner in &whole.erased {
            self.transaction
                .execute("UPDATE seal SET salt = randomblob(16) WHERE submission_id = ?1", [owner])?;
        }
        for owner in whole.erased.union(&whole.accepted) {
            for (place, table) in TABLES.iter().enumerate() {
                touched.extend(table.owned(&self.transaction, *owner)?.into_iter().map(|id| (place, id)));
            }
            touched.extend(self.sealed_of(*owner)?);
        }
        // A message that was nobody's may have become a submission's.
        let mut beside = Vec::new();
        for (place, id) in &touched {
            let Some(name) = TABLES.get(*place).map(|table| table.name) else { continue };
            if !matches!(name, "submission" | "supplement") {
                continue;
            }
            for (table, sql) in [
                ("message", format!("SELECT message_id FROM {name} WHERE id = ?1")),
                (
                    "attachment",
                    format!(
                        "SELECT id FROM attachment WHERE message_id = (SELECT message_id FROM {name} WHERE id = ?1)"
                    ),
                ),
            ] {
                let mut statement = self.transaction.prepare_cached(&sql)?;
                let ids =
                    statement.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
                beside.extend(ids.into_iter().filter_map(|id| Some((seal::place_of(table)?, id))));
            }
        }
        touched.extend(beside);
        Ok(touched)
    }

    /// The rows that were sealed with a submission, whether they are still there or not.
    fn sealed_of(&self, owner: Option<i64>) -> Result<Vec<Key>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT t.key, CAST(r.key AS INTEGER) FROM event AS e, json_each(e.detail, '$.new') AS t, json_each(t.value) AS r
             WHERE e.submission_id IS ?1 AND e.action = 'sealed'",
        )?;
        let rows = statement.query_map([owner], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let rows: Vec<(String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(table, id)| Some((seal::place_of(&table)?, id))).collect())
    }

    /// What is new, changed or gone, and which rows are not what they were when they were sealed last.
    fn compare(&self, session: &Session, touched: BTreeSet<Key>, whole: &Whole) -> Result<Compared> {
        let mut compared = Compared::default();
        for row in touched {
            let Some(table) = TABLES.get(row.0) else { continue };
            let was = table.read(&session.before, row.1)?;
            let is = self.salted(table, row.1)?;
            let digest = |row: &Option<Sealable>| row.as_ref().map(|row| row.digest(table.name));
            let (before, now) = (digest(&was), digest(&is));
            let owner = match is.as_ref().or(was.as_ref()) {
                Some(row) => row.owner,
                // Sealed, and taken away by somebody.
                None => whole.accepted.iter().next().copied().flatten(),
            };
            let accepted = whole.accepted.contains(&owner);
            let redrawn = accepted || whole.erased.contains(&owner);
            let moved = was.as_ref().zip(is.as_ref()).is_some_and(|(was, is)| was.owner != is.owner);
            if before == now && !redrawn && !moved {
                continue;
            }
            let sealed = self.sealed(table.name, row.1)?;
            if is.is_some() && sealed == now {
                // It is again what was sealed.
                continue;
            }
            let known = sealed.is_some();
            if was.is_some()
                && sealed != before
                && !accepted
                && (known || !self.is_older(table.name, row.1, owner)?)
            {
                compared.broken.push(row);
                continue;
            }
            let group = compared.groups.entry(owner).or_default();
            match (was, is) {
                (Some(was), Some(is)) if known && !moved && !redrawn => {
                    group.changed.insert(row, (was, is));
                }
                (was, Some(is)) => {
                    group.new.insert(row, is.digest(table.name));
                    if let Some(was) = was.filter(|_| known && moved) {
                        compared.leaving.entry(was.owner).or_default().gone.insert(row);
                    }
                }
                (_, None) if known => {
                    group.gone.insert(row);
                }
                (_, None) => {}
            }
        }
        compared.groups.retain(|_, group| !group.is_empty());
        Ok(compared)
    }

    /// A row as it stands now; what it belongs to gets its random bytes with its first row.
    fn salted(&self, table: &Table, id: i64) -> Result<Option<Sealable>> {
        let found = table.read(&self.transaction, id)?;
        let Some(owner) = found.as_ref().and_then(|row| row.owner) else { return Ok(found) };
        let drawn = self
            .transaction
            .prepare_cached(
                "INSERT INTO seal (submission_id, salt) VALUES (?1, randomblob(16)) ON CONFLICT (submission_id) DO NOTHING",
            )?
            .execute([owner])?;
        if drawn == 0 { Ok(found) } else { table.read(&self.transaction, id) }
    }

    /// The digest of a row as it was sealed last.
    fn sealed(&self, table: &str, id: i64) -> Result<Option<Digest>> {
        Ok(self
            .transaction
            .prepare_cached("SELECT digest FROM sealed_row WHERE name = ?1 AND row_id = ?2")?
            .query_row(params![table, id], |row| row.get::<_, Vec<u8>>(0))
            .optional()?
            .map(|digest| digest.try_into().unwrap_or_default()))
    }

    /// Whether a row is older than seals.
    fn is_older(&self, table: &str, id: i64, owner: Option<i64>) -> Result<bool> {
        Ok(Baseline::of(&self.transaction)?.covers(table, id, owner))
    }

    fn log_seal(&self, session: &Session, owner: Option<i64>, group: &Group) -> Result<()> {
        let mut detail: BTreeMap<&str, BTreeMap<&str, Map<String, Value>>> = BTreeMap::new();
        let mut put = |kind: &'static str, (place, id): Key, value: Value| {
            if let Some(table) = TABLES.get(place) {
                let rows = detail.entry(kind).or_default().entry(table.name).or_default();
                rows.insert(id.to_string(), value);
            }
        };
        let mut digests: BTreeMap<Key, Option<Digest>> = BTreeMap::new();
        for (row, digest) in &group.new {
            put("new", *row, json!(seal::written(digest)));
            digests.insert(*row, Some(*digest));
        }
        for (row, (was, is)) in &group.changed {
            let changed = differing(was, is);
            let was: BTreeMap<&String, Option<String>> =
                changed.iter().map(|name| (name, was.cells.get(name).map(seal::written))).collect();
            let cells: BTreeMap<&String, String> =
                is.cells.iter().map(|(name, cell)| (name, seal::written(cell))).collect();
            put("changed", *row, json!({ "was": was, "is": cells }));
            digests.insert(*row, TABLES.get(row.0).map(|table| is.digest(table.name)));
        }
        for row in &group.gone {
            put("gone", *row, Value::Null);
            digests.entry(*row).or_insert(None);
        }
        for ((place, id), digest) in digests {
            let Some(table) = TABLES.get(place) else { continue };
            match digest {
                Some(digest) => self
                    .transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO sealed_row (name, row_id, digest) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![table.name, id, digest])?,
                None => self
                    .transaction
                    .prepare_cached("DELETE FROM sealed_row WHERE name = ?1 AND row_id = ?2")?
                    .execute(params![table.name, id])?,
            };
        }
        let (at, actor) = {
            let deeds = session.deeds.borrow();
            let own = deeds.iter().rev().find(|deed| deed.submission == owner).or(deeds.last());
            own.map_or((session.opened_at, "intake".to_owned()), |deed| (deed.at, deed.actor.clone()))
        };
        self.log(at, &actor, "sealed", owner, &json!(detail))
    }

    /// What a row is called: the number of its submission, else table and id.
    fn name(&self, session: &Session, (place, id): Key) -> Result<String> {
        let Some(table) = TABLES.get(place) else { return Ok(String::new()) };
        let owner = match table.read(&session.before, id)? {
            Some(row) => row.owner,
            None => table.read(&self.transaction, id)?.and_then(|row| row.owner),
        };
        let number: Option<String> = self
            .transaction
            .prepare_cached("SELECT number FROM submission WHERE id = ?1")?
            .query_row([owner], |row| row.get(0))
            .optional()?;
        Ok(number.unwrap_or_else(|| format!("{} {id}", table.name)))
    }
}

/// The columns in which two states of a row differ.
fn differing(was: &Sealable, is: &Sealable) -> BTreeSet<String> {
    let names = was.cells.keys().chain(is.cells.keys());
    names.filter(|name| was.cells.get(*name) != is.cells.get(*name)).cloned().collect()
}

/// A change that no event of the transaction leads to is a mistake of ours. It is met by the tests; in an office the letter
/// is filed, and `verify` says so.
fn explained(session: &Session, owner: Option<i64>, group: &Group) -> Result<()> {
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    let deeds = session.deeds.borrow();
    let beside = |table: &str, id: Option<i64>| {
        group.new.keys().any(|(place, new)| {
            TABLES.get(*place).is_some_and(|found| found.name == table) && id.is_none_or(|id| id == *new)
        })
    };
    let rows = group.new.keys().map(|row| (row, Kind::New));
    let rows = rows.chain(group.gone.iter().map(|row| (row, Kind::Gone)));
    let changed = |(was, is): &(Sealable, Sealable)| Kind::Changed(differing(was, is));
    for ((place, id), kind) in rows.chain(group.changed.iter().map(|(row, both)| (row, changed(both)))) {
        let Some(table) = TABLES.get(*place) else { continue };
        let happening = Happening { table: table.name, owner, kind, beside: &beside };
        if !explains_itself(&happening) && !deeds.iter().any(|deed| explains(deed, &happening)) {
            let what = format!("{} {id}: {:?}", table.name, happening.kind);
            return Err(StoreError::Unexplained { what });
        }
    }
    Ok(())
}
