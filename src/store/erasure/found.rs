//! What stands of a letter that is to be erased, what tells of its writer, who else holds that, and which files left with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, ToSql, params};
use serde_json::{Value, json};

use super::OWN;
use crate::details::surname_length;
use crate::mask::{ERASED, occupations};
use crate::store::filing::number::TYPED;
use crate::store::read::{instant, unsigned};
use crate::store::{Result, Store};
use crate::vocabulary::{CorrectionField, typed};

/// Fewer characters are a trade of many: what opinions speak of.
const LEAST_OF_A_TRADE: usize = 3;

/// What tells who wrote a letter and how to reach him, now and before it was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces(BTreeMap<CorrectionField, BTreeSet<String>>);

/// A letter, and what of it an erasure takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasable {
    /// `submission.id`
    pub id: i64,
    /// The number that it has.
    pub number: String,
    /// `submission.consultation`
    pub consultation: String,
    /// `submission.status`
    pub status: String,
    /// When it was filed.
    pub filed_at: Option<Timestamp>,
    /// Mails whose bytes are kept, its own and those that were added to it.
    pub mails: u64,
    /// Their attachments.
    pub attachments: u64,
    /// Opinion items.
    pub items: u64,
    /// Corrections.
    pub corrections: u64,
    /// Answers, and those of them that wait to leave.
    pub answers: (u64, u64),
    /// What tells of its writer.
    pub traces: Traces,
}

/// A letter that goes on holding what is erased of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlsoHeld {
    /// Its number.
    pub number: String,
    /// In which field; `comment`: somewhere in its words.
    pub fields: BTreeSet<CorrectionField>,
}

/// A file that left the office since the letter was filed, or came back from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// When.
    pub at: Option<Timestamp>,
    /// Who.
    pub actor: String,
    /// `exported` or `adopted`.
    pub action: String,
    /// What kind of file; empty where the log does not say.
    pub format: String,
    /// Digests of the files.
    pub sha256: Vec<String>,
    /// Whether only some letters were asked for: it need not hold this one.
    pub is_selection: bool,
}

impl Traces {
    /// Those of a field.
    pub fn of(&self, field: CorrectionField) -> Vec<String> {
        self.0.get(&field).into_iter().flatten().cloned().collect()
    }

    /// What tells of whoever has an address.
    #[must_use]
    pub fn of_address(address: &str) -> Self {
        let mut traces = Self::default();
        traces.add(CorrectionField::Emails, address);
        traces
    }

    /// Those of these fields alone.
    #[must_use]
    pub fn only(&self, fields: &[CorrectionField]) -> Self {
        Self(
            self.0.iter().filter(|(field, _)| fields.contains(field)).map(|(f, w)| (*f, w.clone())).collect(),
        )
    }

    /// What it is looked for in texts by: telephone numbers, and everything else but occupations, which stand in opinions too.
    pub(super) fn words(&self) -> (Vec<String>, Vec<String>) {
        let named = [CorrectionField::Name, CorrectionField::Emails, CorrectionField::Organization];
        (self.of(CorrectionField::Phones), named.into_iter().flat_map(|field| self.of(field)).collect())
    }

    /// Words for what the writer does that no opinion is likely to speak of: neither one of these classes, nor as short
    /// as one.
    pub(super) fn own_trades(&self, classes: &[String]) -> Vec<String> {
        let mut words = self.of(CorrectionField::Occupation);
        words.retain(|word| word.chars().count() >= LEAST_OF_A_TRADE && !classes.contains(word));
        words
    }

    fn add(&mut self, field: CorrectionField, word: &str) {
        let word = word.trim();
        if !word.is_empty() {
            self.0.entry(field).or_default().insert(word.to_owned());
        }
    }

    /// A value as a column or a correction has it: a text, or a JSON list.
    fn add_value(&mut self, field: CorrectionField, value: &str) {
        match serde_json::from_str::<Value>(value) {
            Ok(Value::Array(list)) => {
                list.iter().filter_map(Value::as_str).for_each(|word| self.add(field, word));
            }
            _ => self.add(field, value),
        }
    }
}

/// What stands in the place of what was erased.
pub(super) fn mark() -> String {
    ERASED.clone()
}

/// Whether a display name is somebody's name: with a surname, or in several words.
fn is_name(hint: &str) -> bool {
    surname_length(hint) > 0 || hint.trim().contains(' ')
}

/// Every value that tells of the writer of the submission `?1`: field and value. Of what he says he is a column holds the shorter
/// words, and its evidence the whole phrase: 镜湖街道的一名教师.
const TRACES: &str = "SELECT 'name', name FROM submission WHERE id = ?1 UNION SELECT 'name_hint', name_hint FROM submission WHERE id = ?1
    UNION SELECT 'organization', organization FROM submission WHERE id = ?1
    UNION SELECT 'occupation', occupation FROM submission WHERE id = ?1
    UNION SELECT 'occupation', occupation_as_written FROM submission WHERE id = ?1
    UNION SELECT 'phones', phones FROM submission WHERE id = ?1 UNION SELECT 'emails', emails FROM submission WHERE id = ?1
    UNION SELECT 'emails', from_address FROM submission WHERE id = ?1
    UNION SELECT 'emails', from_address FROM supplement WHERE submission_id = ?1
    UNION SELECT 'emails', recipient FROM acknowledgement WHERE submission_id = ?1
    UNION SELECT d.key, d.value FROM supplement AS p, json_each(p.details) AS d
        WHERE p.submission_id = ?1 AND d.key IN ('name', 'name_hint', 'organization', 'phones', 'emails')
    UNION SELECT 'occupation', d.value FROM supplement AS p, json_each(p.details) AS d
        WHERE p.submission_id = ?1 AND d.key IN ('occupation', 'occupation_as_written')
    UNION SELECT 'occupation', d.value ->> '$.as_written' FROM message AS m, json_each(m.evidence, '$.details') AS d
        WHERE m.id IN {own} AND d.value ->> '$.field' = 'occupation'
    UNION SELECT field, old_value FROM correction WHERE submission_id = ?1 AND field IN ('name', 'organization', 'occupation', 'phones', 'emails')
    UNION SELECT field, new_value FROM correction WHERE submission_id = ?1 AND field IN ('name', 'organization', 'occupation', 'phones', 'emails')";

impl Store {
    /// The letter of a number, as an erasure finds it; `None`: there is no such number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn erasable(&self, number: &str) -> Result<Option<Erasable>> {
        let found: Option<(i64, String, String, String, Option<String>)> = self
            .connection
            .prepare_cached(&format!(
                "SELECT id, number, consultation, status, filed_at FROM submission WHERE id = {TYPED}"
            ))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .optional()?;
        let Some((id, number, consultation, status, filed_at)) = found else { return Ok(None) };
        let count = |sql: &str| -> Result<u64> {
            Ok(self.connection.prepare_cached(sql)?.query_row([id], |row| unsigned(row, 0))?)
        };
        let answers = "SELECT count(*) FROM acknowledgement WHERE submission_id = ?1";
        Ok(Some(Erasable {
            id,
            number,
            consultation,
            status,
            filed_at: instant(filed_at),
            mails: count(&format!("SELECT count(*) FROM message WHERE raw IS NOT NULL AND id IN {OWN}"))?,
            attachments: count(&format!("SELECT count(*) FROM attachment WHERE message_id IN {OWN}"))?,
            items: count("SELECT count(*) FROM opinion WHERE submission_id = ?1")?,
            corrections: count("SELECT count(*) FROM correction WHERE submission_id = ?1")?,
            answers: (count(answers)?, count(&format!("{answers} AND state IN ('queued', 'deferred')"))?),
            traces: self.traces(id)?,
        }))
    }

    fn traces(&self, id: i64) -> Result<Traces> {
        let mut statement = self.connection.prepare_cached(&TRACES.replace("{own}", OWN))?;
        let rows = statement
            .query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))?;
        let mut traces = Traces::default();
        for row in rows {
            let (field, Some(value)) = row? else { continue };
            match CorrectionField::from_word(&field) {
                Some(field) => traces.add_value(field, &value),
                // How a program calls its user may be any word.
                None if is_name(&value) => traces.add(CorrectionField::Name, &value),
                None => {}
            }
        }
        self.add_occupations(id, &mut traces)?;
        Ok(traces)
    }

    /// What stands behind the label of an occupation, registered or not, and what staff typed for a class.
    fn add_occupations(&self, id: i64, traces: &mut Traces) -> Result<()> {
        let read = |sql: &str| -> Result<Vec<String>> { self.rows(sql, id, |row| row.get(0)) };
        let texts = read(
            "SELECT full_text FROM submission WHERE id = ?1 UNION SELECT comment FROM submission WHERE id = ?1
             UNION SELECT full_text FROM supplement WHERE submission_id = ?1 UNION SELECT comment FROM supplement WHERE submission_id = ?1",
        )?;
        let erased = mark();
        for word in texts.iter().flat_map(|text| occupations(text)).filter(|word| !word.contains(&erased)) {
            traces.add(CorrectionField::Occupation, &word);
        }
        let notes = read(
            "SELECT note FROM correction WHERE submission_id = ?1 AND field = 'occupation' AND note IS NOT NULL",
        )?;
        for typed in notes.iter().filter_map(|note| typed::of_note(note)) {
            traces.add(CorrectionField::Occupation, typed);
        }
        Ok(())
    }

    /// The letters that hold the same and are not erased: by the fields that were read, and by their words.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn also_held(&self, id: i64, traces: &Traces) -> Result<Vec<AlsoHeld>> {
        let list = |field| json!(traces.of(field)).to_string();
        let lower = |words: Vec<String>| {
            json!(words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>()).to_string()
        };
        let emails = lower(traces.of(CorrectionField::Emails));
        let (phones, names) = (list(CorrectionField::Phones), list(CorrectionField::Name));
        let (numbers, words) = traces.words();
        let told: Vec<String> =
            numbers.into_iter().chain(words).filter(|word| word.chars().count() > 1).collect();
        let texts = lower(told);
        let mut statement = self.connection.prepare(
            "WITH other AS (SELECT id, number, from_address AS sender, emails, phones, name, lower(comment || ' ' || full_text) AS words
                FROM submission WHERE id <> ?1 AND status <> 'erased'
                UNION ALL SELECT s.id, s.number, p.from_address, '[]', '[]', NULL, lower(p.comment || ' ' || p.full_text)
                FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id WHERE s.id <> ?1 AND s.status <> 'erased'
                UNION ALL SELECT s.id, s.number, '', '[]', '[]', NULL, lower(concat_ws(' ', c.old_value, c.new_value, c.note))
                FROM correction AS c JOIN submission AS s ON s.id = c.submission_id WHERE s.id <> ?1 AND s.status <> 'erased'
                UNION ALL SELECT s.id, s.number, '', '[]', '[]', NULL, lower(concat_ws(' ', o.text, o.adoption_reason))
                FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id WHERE s.id <> ?1 AND s.status <> 'erased'
                UNION ALL SELECT s.id, s.number, '', '[]', '[]', NULL, lower(g.remark)
                FROM opinion_group_member AS g JOIN opinion AS o ON o.id = g.opinion_id JOIN submission AS s ON s.id = o.submission_id
                WHERE g.remark IS NOT NULL AND s.id <> ?1 AND s.status <> 'erased'
                UNION ALL SELECT s.id, s.number, '', '[]', '[]', NULL, lower(concat_ws(' ', c.old_value, c.new_value))
                FROM opinion_group_change AS c JOIN submission AS s ON s.id = c.submission_id WHERE s.id <> ?1 AND s.status <> 'erased'
                UNION ALL SELECT s.id, s.number, a.recipient, '[]', '[]', NULL, ''
                FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
                WHERE s.id <> ?1 AND s.status <> 'erased' AND a.recipient IS NOT NULL
                UNION ALL SELECT s.id, s.number, '', '[]', '[]', NULL, lower(concat_ws(' ', m.subject, f.filename))
                FROM submission AS s JOIN message AS m ON m.id = s.message_id LEFT JOIN attachment AS f ON f.message_id = m.id
                WHERE s.id <> ?1 AND s.status <> 'erased')
             SELECT number, lower(sender) IN (SELECT value FROM json_each(?2))
                    OR EXISTS (SELECT 1 FROM json_each(emails) AS e WHERE lower(e.value) IN (SELECT value FROM json_each(?2))),
                EXISTS (SELECT 1 FROM json_each(phones) AS p WHERE p.value IN (SELECT value FROM json_each(?3))),
                coalesce(name IN (SELECT value FROM json_each(?4)), 0),
                EXISTS (SELECT 1 FROM json_each(?5) AS w WHERE instr(words, w.value) > 0)
             FROM other ORDER BY id",
        )?;
        let mut rows = statement.query(params![id, emails, phones, names, texts])?;
        let mut held: Vec<AlsoHeld> = Vec::new();
        while let Some(row) = rows.next()? {
            let number: String = row.get(0)?;
            let fields = [
                CorrectionField::Emails,
                CorrectionField::Phones,
                CorrectionField::Name,
                CorrectionField::Comment,
            ];
            let mut found = BTreeSet::new();
            for (column, field) in (1..).zip(fields) {
                if row.get::<_, bool>(column)? {
                    found.insert(field);
                }
            }
            if found.is_empty() {
                continue;
            }
            match held.last_mut().filter(|one| one.number == number) {
                Some(same) => same.fields.extend(found),
                None => held.push(AlsoHeld { number, fields: found }),
            }
        }
        Ok(held)
    }

    /// The files that left, or came back, since a letter was filed and that hold its consultation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn departures(&self, of: &Erasable) -> Result<Vec<Departure>> {
        self.departed(
            "action IN ('exported', 'adopted') AND id > coalesce((SELECT min(id) FROM event WHERE submission_id = ?1 AND action = 'filed'), 0)
                AND coalesce(detail ->> '$.consultation', ?2) = ?2
                AND detail ->> '$.format' IS NOT 'terminal'
                AND (detail ->> '$.format' IS NOT 'about' OR EXISTS (SELECT 1 FROM json_each(detail, '$.submissions') WHERE value = ?1))",
            params![of.id, of.consultation],
        )
    }

    /// The files of which these events tell.
    pub(super) fn departed(&self, which: &str, parameters: &[&dyn ToSql]) -> Result<Vec<Departure>> {
        let sql = format!("SELECT at, actor, action, detail FROM event WHERE {which} ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(parameters, |row| {
            let detail: String = row.get(3)?;
            let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
            let text = |key: &str| detail.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
            let sha256 = match detail.get("sha256") {
                Some(Value::Array(all)) => {
                    all.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
                }
                _ => text("sha256").into_iter().collect(),
            };
            Ok(Departure {
                at: instant(row.get(0)?),
                actor: row.get(1)?,
                action: row.get(2)?,
                format: text("format").unwrap_or_default(),
                sha256,
                is_selection: text("handler").is_some() || detail.get("filtered") == Some(&Value::Bool(true)),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The numbers of the letters that came from an address or name it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn numbers_about(&self, address: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM submission AS s WHERE from_address = ?1 COLLATE NOCASE
                OR EXISTS (SELECT 1 FROM json_each(s.emails) AS e WHERE e.value = ?1 COLLATE NOCASE)
                OR EXISTS (SELECT 1 FROM supplement AS p WHERE p.submission_id = s.id AND p.from_address = ?1 COLLATE NOCASE)
                OR EXISTS (SELECT 1 FROM acknowledgement AS a WHERE a.submission_id = s.id AND a.recipient = ?1 COLLATE NOCASE) ORDER BY id",
        )?;
        let rows = statement.query_map([address], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Where the mails of a letter lie in the mailbox, or came from: folder and UID or file name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn places_of(&self, id: i64) -> Result<Vec<(String, String)>> {
        self.rows(
            &format!(
                "SELECT folder, CAST(uid AS TEXT) FROM mailbox_entry WHERE message_id IN {OWN} ORDER BY id"
            ),
            id,
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }
}
