//! COMMIT seals what was touched: made from what was sealed before and the change that the transaction recorded.
//!
//! A row that is not what its last seal says is never sealed over. A command is refused then, with the number. The daemon goes on,
//! for a letter must not be lost for it: it leaves the seal as it is, so that `verify` goes on saying what it says, and tells.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use rusqlite::{Connection, MAIN_DB, OptionalExtension, params};
use serde_json::{Map, Value, json};

use super::baseline::Baseline;
use super::explanation::{Deeds, Happening, Kind};
use super::seal::{self, Digest, Sealable, TABLES};
use super::session::Session;
use crate::store::{Result, StoreError, Writing, awaiting, schema, search};

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

/// Whose rows are all sealed anew, and which rows of nobody's.
#[derive(Debug, Default)]
struct Whole {
    erased: BTreeSet<Option<i64>>,
    accepted: BTreeSet<Option<i64>>,
    rows: BTreeSet<Key>,
}

impl Whole {
    fn of(deeds: &Deeds) -> Self {
        let of = |action: &'static str| deeds.iter().filter(move |deed| deed.action == action);
        let erased = of("erased").filter_map(|deed| deed.submission).map(Some).collect();
        let rows = of("erased").filter_map(|deed| deed.detail.get("rows")?.as_object()).flatten();
        let rows = rows.filter_map(|(table, ids)| Some((seal::place_of(table)?, ids.as_array()?)));
        let rows = rows.flat_map(|(place, ids)| ids.iter().filter_map(move |id| Some((place, id.as_i64()?))));
        Self { erased, accepted: of("accepted").map(|deed| deed.submission).collect(), rows: rows.collect() }
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
        if !self.transaction.is_readonly(MAIN_DB)? {
            self.transaction.prepare_cached(&schema::items().count)?.execute([])?;
            if !self.is_scratch() {
                awaiting::settle(&self.transaction)?;
                search::index_due(&self.transaction, self.session.as_ref().map(|session| &session.before))?;
            }
        }
        let Some(session) = self.session else { return Ok(Vec::new()) };
        let whole = Whole::of(&session.deeds.borrow());
        // One snapshot for all rows; it ends before COMMIT.
        let before = session.before.unchecked_transaction()?;
        let touched = self.touched(session, &before, &whole)?;
        let Compared { leaving, groups, broken } = self.compare(&before, &touched, &whole)?;
        // Whose a row was gives it up before another gets it.
        for (owner, group) in leaving.iter().chain(&groups) {
            explained(session, *owner, group)?;
        }
        for (owner, group) in leaving.iter().chain(&groups) {
            self.log_seal(session, *owner, group)?;
        }
        let names: BTreeSet<String> =
            broken.into_iter().map(|row| self.name(&before, row)).collect::<Result<_>>()?;
        Ok(names.into_iter().collect())
    }

    /// The rows that were touched, and those that belong to somebody else since.
    fn touched(&self, session: &Session, before: &Connection, whole: &Whole) -> Result<BTreeSet<Key>> {
        let mut touched = std::mem::take(&mut *session.touched());
        touched.extend(&whole.rows);
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
        touched.extend(self.beside(before, &touched)?);
        Ok(touched)
    }

    /// The messages of submissions and supplements that were touched, with their attachments, where they are older: a message
    /// that was nobody's may have become a submission's.
    fn beside(&self, before: &Connection, touched: &BTreeSet<Key>) -> Result<Vec<Key>> {
        let mut beside = Vec::new();
        let place = |name| seal::place_of(name).unwrap_or_default();
        for table in ["submission", "supplement"] {
            let mut rows = rows_of(touched, place(table)).peekable();
            if rows.peek().is_none() {
                continue;
            }
            let newest: i64 = before
                .prepare_cached("SELECT coalesce(max(id), 0) FROM message")?
                .query_row([], |row| row.get(0))?;
            let mut message_of = self.transaction.prepare_cached(&format!(
                "SELECT message_id FROM {table} WHERE id = ?1 AND message_id <= ?2"
            ))?;
            let mut attached =
                self.transaction.prepare_cached("SELECT id FROM attachment WHERE message_id = ?1")?;
            for id in rows {
                let Some(message) = message_of.query_row([id, newest], |row| row.get(0)).optional()? else {
                    continue;
                };
                beside.push((place("message"), message));
                for id in attached.query_map([message], |row| row.get(0))? {
                    beside.push((place("attachment"), id?));
                }
            }
        }
        Ok(beside)
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
    fn compare(&self, before: &Connection, touched: &BTreeSet<Key>, whole: &Whole) -> Result<Compared> {
        let mut compared = Compared::default();
        let mut salts = HashMap::new();
        for (place, table) in TABLES.iter().enumerate() {
            let mut ids = rows_of(touched, place).peekable();
            if ids.peek().is_none() {
                continue;
            }
            let newest = table.newest(before)?;
            let (mut stood, mut stands) = (table.reader(before)?, table.reader(&self.transaction)?);
            for id in ids {
                match stands.salted(id, |owner| self.salt(&mut salts, owner))? {
                    // No row stood there.
                    Some(is) if id > newest => {
                        let group = compared.groups.entry(is.owner).or_default();
                        group.new.insert((place, id), is.digest(table.name));
                    }
                    is => self.compare_one((place, id), (stood.row(id)?, is), whole, &mut compared)?,
                }
            }
        }
        compared.groups.retain(|_, group| !group.is_empty());
        Ok(compared)
    }

    /// The same for a row that stood there before.
    fn compare_one(
        &self,
        row: Key,
        (was, is): (Option<Sealable>, Option<Sealable>),
        whole: &Whole,
        compared: &mut Compared,
    ) -> Result<()> {
        let Some(table) = TABLES.get(row.0) else { return Ok(()) };
        let digest = |row: &Option<Sealable>| row.as_ref().map(|row| row.digest(table.name));
        let (before, now) = (digest(&was), digest(&is));
        let owner = match is.as_ref().or(was.as_ref()) {
            Some(row) => row.owner,
            // Sealed, and taken away by somebody.
            None => whole.accepted.iter().next().copied().flatten(),
        };
        let accepted = whole.accepted.contains(&owner);
        let redrawn = accepted || whole.erased.contains(&owner) || whole.rows.contains(&row);
        let moved = was.as_ref().zip(is.as_ref()).is_some_and(|(was, is)| was.owner != is.owner);
        if before == now && !redrawn && !moved {
            return Ok(());
        }
        let sealed = self.sealed(table.name, row.1)?;
        if is.is_some() && sealed == now {
            // It is again what was sealed.
            return Ok(());
        }
        let known = sealed.is_some();
        if was.is_some()
            && sealed != before
            && !accepted
            && (known || !self.is_older(table.name, row.1, owner)?)
        {
            compared.broken.push(row);
            return Ok(());
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
        Ok(())
    }

    /// The random bytes of a submission; they are drawn for its first row.
    fn salt(&self, known: &mut HashMap<i64, Vec<u8>>, owner: Option<i64>) -> Result<Vec<u8>> {
        let Some(id) = owner else { return Ok(Vec::new()) };
        if let Some(salt) = known.get(&id) {
            return Ok(salt.clone());
        }
        let mut salt = seal::salt(&self.transaction, owner)?;
        if salt.is_empty() {
            self.transaction
                .prepare_cached(
                    "INSERT INTO seal (submission_id, salt) VALUES (?1, randomblob(16)) ON CONFLICT (submission_id) DO NOTHING",
                )?
                .execute([id])?;
            salt = seal::salt(&self.transaction, owner)?;
        }
        known.insert(id, salt.clone());
        Ok(salt)
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
        let deeds = session.deeds.borrow();
        let (at, actor) =
            deeds.last(owner).map_or((session.opened_at, "intake"), |deed| (deed.at, &deed.actor));
        self.append(at, actor, "sealed", owner, &json!(detail).to_string())
    }

    /// What a row is called: the number of its submission, else table and id.
    fn name(&self, before: &Connection, (place, id): Key) -> Result<String> {
        let Some(table) = TABLES.get(place) else { return Ok(String::new()) };
        let owner = match table.reader(before)?.row(id)? {
            Some(row) => row.owner,
            None => table.reader(&self.transaction)?.row(id)?.and_then(|row| row.owner),
        };
        // By the number that it has when nothing of the transaction is kept.
        for connection in [before, &self.transaction] {
            let number: Option<String> = connection
                .prepare_cached("SELECT number FROM submission WHERE id = ?1")?
                .query_row([owner], |row| row.get(0))
                .optional()?;
            if let Some(number) = number {
                return Ok(number);
            }
        }
        Ok(format!("{} {id}", table.name))
    }
}

/// The keys of the rows of one table.
fn rows_of(rows: &BTreeSet<Key>, place: usize) -> impl Iterator<Item = i64> {
    rows.range((place, i64::MIN)..=(place, i64::MAX)).map(|(_, id)| *id)
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
        if deeds.leading_to(&happening).is_none() {
            let what = format!("{} {id}: {:?}", table.name, happening.kind);
            return Err(StoreError::Unexplained { what });
        }
    }
    Ok(())
}
