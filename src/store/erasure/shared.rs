//! What stands in rows that belong to no letter alone: the words of groups, and what a server said of a mail.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;
use serde_json::json;

use super::found::mark;
use super::{OWN, Traces};
use crate::mask::Blot;
use crate::store::{Result, Writing};
use crate::vocabulary::CorrectionField;

/// Fewer characters in a row say nothing of the letter that they stand in.
const LEAST_QUOTED: usize = 4;

/// The columns of a group that a person writes.
const WRITTEN: [&str; 3] = ["point", "adoption_reason", "remark"];

/// `opinion_group.id`, its number (类号), and its columns of [`WRITTEN`].
type GroupWords = (i64, i64, [Option<String>; 3]);

/// `opinion_group_change.id`, its group, and the value before and after.
type GroupChange = (i64, i64, Option<String>, Option<String>);

/// What stands of an entry: `mailbox_entry.id`, the reason's detail, the file's name, and the path that it was imported from.
type EntryWords = (i64, Option<String>, Option<String>, Option<String>);

/// Whether an entry came from files that somebody named, not from a folder that is read in each pass.
const IMPORTED: &str = "uid_validity = 0 AND folder NOT IN (SELECT folder FROM folder_pass)";

/// What was left with less.
#[derive(Debug, Default)]
pub(super) struct Blotted {
    /// The numbers (类号) of groups.
    pub(super) groups: Vec<i64>,
    /// Rows of nobody's alone, by table: COMMIT seals them anew, so that no digest of a single value is left to be guessed at.
    pub(super) rows: BTreeMap<&'static str, BTreeSet<i64>>,
}

impl Writing<'_> {
    /// Takes what tells of the writer out of them; and where the whole letter goes, what was quoted from it and nobody else wrote.
    pub(super) fn blot_shared(&self, id: i64, traces: &Traces, is_whole: bool) -> Result<Blotted> {
        // How a program calls its user may be any word: in texts of others only what is certain.
        let certain = traces.only(&[CorrectionField::Name, CorrectionField::Phones, CorrectionField::Emails]);
        let (numbers, words) = certain.words();
        let blot = Blot::new(&mark(), &numbers, &words);
        let own = if is_whole { self.said_by(id)? } else { Vec::new() };
        let is_quoted = |group: i64, text: &str| -> Result<bool> {
            let from_him = text.chars().count() >= LEAST_QUOTED && own.iter().any(|own| own.contains(text));
            Ok(from_him && !self.others_say(group, id, text)?)
        };
        let mut blotted = Blotted::default();
        for (group, number, texts) in self.groups_with_words()? {
            for (column, text) in WRITTEN.iter().zip(texts) {
                let Some(text) = text else { continue };
                let (left, quoted) = (blot.out_of(&text), is_quoted(group, &text)?);
                if left.is_none() && !quoted {
                    continue;
                }
                let left = left.filter(|_| !quoted);
                self.transaction
                    .prepare_cached(&format!("UPDATE opinion_group SET {column} = ?2 WHERE id = ?1"))?
                    .execute(params![group, left])?;
                blotted.groups.push(number);
                blotted.rows.entry("opinion_group").or_default().insert(group);
            }
        }
        for (change, group, old, new) in self.changes_of_groups(id)? {
            let tells = |text: &Option<String>| -> Result<bool> {
                let Some(text) = text else { return Ok(false) };
                Ok(blot.out_of(text).is_some() || is_quoted(group, text)?)
            };
            if tells(&old)? || tells(&new)? {
                self.transaction
                    .prepare_cached(
                        "UPDATE opinion_group_change SET old_value = NULL, new_value = NULL WHERE id = ?1",
                    )?
                    .execute([change])?;
                blotted.rows.entry("opinion_group_change").or_default().insert(change);
            }
        }
        let entries = self.blot_entries(id, &blot, &numbers, &words)?;
        blotted.rows.entry("mailbox_entry").or_default().extend(entries);
        blotted.groups.dedup();
        Ok(blotted)
    }

    /// The texts of a letter.
    fn said_by(&self, id: i64) -> Result<Vec<String>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT text FROM opinion WHERE submission_id = ?1 UNION SELECT full_text FROM submission WHERE id = ?1
             UNION SELECT full_text FROM supplement WHERE submission_id = ?1",
        )?;
        let rows = statement.query_map([id], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether somebody else whose item is in the group wrote these words: then they are not the letter's alone, whether or not one of
    /// its items is in the group.
    fn others_say(&self, group: i64, id: i64, text: &str) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM opinion_group_member AS m JOIN opinion AS o ON o.id = m.opinion_id
                    WHERE m.group_id = ?1 AND o.submission_id <> ?2 AND instr(o.text, ?3))",
            )?
            .query_row(params![group, id, text], |row| row.get(0))?)
    }

    fn groups_with_words(&self) -> Result<Vec<GroupWords>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT id, number, point, adoption_reason, remark FROM opinion_group
             WHERE coalesce(point, adoption_reason, remark) IS NOT NULL ORDER BY id",
        )?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, [row.get(2)?, row.get(3)?, row.get(4)?])))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Of the groups themselves, and of the letter's own items: what was remarked on somebody else's is a matter of that letter.
    fn changes_of_groups(&self, id: i64) -> Result<Vec<GroupChange>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT id, group_id, old_value, new_value FROM opinion_group_change
             WHERE coalesce(old_value, new_value) IS NOT NULL AND field IN ('point', 'adoption_reason', 'remark')
                AND coalesce(submission_id, ?1) = ?1",
        )?;
        let rows =
            statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a server or a machine said of any mail and tells of the writer; and what people called files and folders after him.
    fn blot_entries(&self, id: i64, blot: &Blot, numbers: &[String], words: &[String]) -> Result<Vec<i64>> {
        let all: Vec<String> = numbers.iter().chain(words).map(|word| word.to_lowercase()).collect();
        let found: Vec<EntryWords> = {
            let mut statement = self.transaction.prepare(&format!(
                "SELECT id, reason_detail, iif(typeof(uid) = 'text', uid, NULL), iif(typeof(uid) = 'text' AND {IMPORTED}, folder, NULL)
                 FROM mailbox_entry WHERE message_id IN {OWN}
                    OR reason_detail IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(?2) AS w WHERE instr(lower(reason_detail), w.value) > 0)
                    OR typeof(uid) = 'text' AND EXISTS (SELECT 1 FROM json_each(?2) AS w WHERE instr(lower(folder || ' ' || uid), w.value) > 0)"
            ))?;
            let rows = statement.query_map(params![id, json!(all).to_string()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        let mut blotted = Vec::new();
        for (entry, detail, name, folder) in found {
            if let Some(left) = detail.as_deref().and_then(|detail| blot.out_of(detail)) {
                // What is no JSON any more says nothing.
                let left = Some(left).filter(|left| serde_json::from_str::<serde_json::Value>(left).is_ok());
                self.transaction
                    .prepare_cached("UPDATE mailbox_entry SET reason_detail = ?2 WHERE id = ?1")?
                    .execute(params![entry, left])?;
                blotted.push(entry);
            }
            let path = folder.as_deref().and_then(|folder| blot.out_of(folder));
            if path.is_some() || name.as_deref().and_then(|name| blot.out_of(name)).is_some() {
                self.transaction
                    .prepare_cached(
                        "UPDATE mailbox_entry SET uid = 'erased ' || id, folder = coalesce(?2, folder) WHERE id = ?1",
                    )?
                    .execute(params![entry, path])?;
                blotted.push(entry);
            }
        }
        Ok(blotted)
    }
}
