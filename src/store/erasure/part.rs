//! Single details of a writer erased: the letter counts on, with its opinion; what is erased leaves every text of it, and with it the
//! raw mail, which holds it in some encoding or other.

use std::collections::HashMap;

use rusqlite::params;
use serde_json::json;

use super::found::mark;
use super::shared::Blotted;
use super::{Erasable, Erased, Eraser, OWN, Traces};
use crate::mask::Blot;
use crate::store::{NewCorrection, Result, Writing};
use crate::vocabulary::CorrectionField;

/// What can be erased by itself. `emails`: the sender's address too.
pub const ERASABLE: &[CorrectionField] = &[
    CorrectionField::Name,
    CorrectionField::Phones,
    CorrectionField::Emails,
    CorrectionField::Organization,
    CorrectionField::Occupation,
];

/// Columns of text in which a detail may stand: table, which rows, columns.
const TEXTS: &[(&str, &str, &[&str])] = &[
    (
        "submission",
        "id = ?1",
        &["comment", "full_text", "name", "name_hint", "organization", "occupation_as_written"],
    ),
    ("supplement", "submission_id = ?1", &["comment", "full_text"]),
    ("opinion", "submission_id = ?1", &["text", "adoption_reason"]),
    ("message", "id IN {own}", &["subject", "rfc822_message_id"]),
    ("attachment", "message_id IN {own}", &["filename"]),
];

/// The wordings that letters have, by letter.
#[derive(Debug, Default)]
pub struct Wordings(HashMap<i64, Vec<i64>>);

/// What goes whatever is erased: it holds all of it, encoded or taken apart.
const WHOLE: &[&str] = &[
    "UPDATE message SET raw = NULL, evidence = NULL, received_evidence_detail = NULL WHERE id IN {own}",
    "UPDATE acknowledgement SET octets = NULL, reason_detail = NULL WHERE submission_id = ?1",
    // A text that is known but for a number tells the number by its digest.
    "UPDATE submission SET content_sha256 = NULL WHERE id = ?1",
    "UPDATE supplement SET content_sha256 = NULL WHERE submission_id = ?1",
    "UPDATE likeness SET opinion_sha256 = NULL WHERE submission_id = ?1",
];

/// The columns of a detail.
fn columns_of(field: CorrectionField) -> &'static [&'static str] {
    match field {
        CorrectionField::Name => &["UPDATE submission SET name = NULL, name_hint = NULL WHERE id = ?1"],
        CorrectionField::Phones => &["UPDATE submission SET phones = '[]' WHERE id = ?1"],
        CorrectionField::Emails => &[
            "UPDATE submission SET emails = '[]', from_address = '' WHERE id = ?1",
            "UPDATE supplement SET from_address = '' WHERE submission_id = ?1",
            "UPDATE acknowledgement SET recipient = NULL, mailbox_key = NULL, house = NULL WHERE submission_id = ?1",
            "UPDATE likeness SET sender = 'erased ' || ?1 WHERE submission_id = ?1",
        ],
        CorrectionField::Organization => &["UPDATE submission SET organization = NULL WHERE id = ?1"],
        CorrectionField::Occupation => {
            &["UPDATE submission SET occupation = NULL, occupation_as_written = NULL WHERE id = ?1"]
        }
        _ => &[],
    }
}

impl Writing<'_> {
    /// Erases details of the writer of a submission.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn erase_only(
        &self,
        found: &Erasable,
        only: &[CorrectionField],
        wordings: &Wordings,
        by: &Eraser<'_>,
    ) -> Result<Erased> {
        let &Eraser { actor, note, now } = by;
        let id = found.id;
        // It is composed of the letter that goes.
        let (held, _) = self.hold(id, actor, now)?;
        let traces = found.traces.only(only);
        let blot = self.blot_of(id, &traces)?;
        let Blotted { groups, rows } = self.blot_shared(id, &traces, false)?;
        for (table, condition, columns) in TEXTS {
            for column in *columns {
                self.blot_column((*table, *column), condition, id, &blot)?;
            }
        }
        self.blot_details(id, only, &blot)?;
        self.blot_remarks(id, only, &blot)?;
        self.blot_wordings(wordings.0.get(&id).map_or(&[], Vec::as_slice), &blot)?;
        let of_fields = only.iter().flat_map(|field| columns_of(*field));
        for sql in WHOLE.iter().chain(of_fields) {
            self.transaction.prepare_cached(&sql.replace("{own}", OWN))?.execute([id])?;
        }
        let said = self.said_of_trades(id, &blot)?;
        let fields: Vec<&str> = only.iter().map(|field| field.as_str()).collect();
        for field in only {
            let blank =
                NewCorrection { number: "", item: None, field: *field, value: None, note: Some(note) };
            self.write_down(&blank, id, None, actor, now)?;
        }
        let detail = json!({
            "only": fields, "mails": found.mails, "attachments": found.attachments, "groups": groups, "rows": rows,
        });
        self.log(now, actor, "erased", Some(id), &detail)?;
        Ok(Erased { held, released: None, groups, said })
    }

    /// What leaves the texts of a letter. What its writer does leaves wherever it stands, or, where opinions speak of such people too,
    /// where he says it of himself.
    fn blot_of(&self, id: i64, traces: &Traces) -> Result<Blot> {
        let (numbers, mut words) = traces.words();
        let occupations = traces.of(CorrectionField::Occupation);
        let lines = if occupations.is_empty() { Vec::new() } else { self.lines_of_trades(id)? };
        words.extend(traces.own_trades(&self.classes(id)?));
        Ok(Blot::new(&mark(), &numbers, &words).with_trades(&occupations, &lines))
    }

    /// The classes that are and were registered.
    fn classes(&self, id: i64) -> Result<Vec<String>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT occupation FROM submission WHERE id = ?1 AND occupation IS NOT NULL
             UNION SELECT details ->> '$.occupation' FROM supplement WHERE submission_id = ?1 AND details ->> '$.occupation' IS NOT NULL
             UNION SELECT old_value FROM correction WHERE submission_id = ?1 AND field = 'occupation' AND old_value IS NOT NULL
             UNION SELECT new_value FROM correction WHERE submission_id = ?1 AND field = 'occupation' AND new_value IS NOT NULL",
        )?;
        let rows = statement.query_map([id], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The lines in which the occupation was read, as long as the letter's evidence stands.
    fn lines_of_trades(&self, id: i64) -> Result<Vec<String>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT t.comment, d.value ->> '$.line' FROM (SELECT message_id, comment FROM submission WHERE id = ?1
                UNION ALL SELECT message_id, comment FROM supplement WHERE submission_id = ?1) AS t
             JOIN message AS m ON m.id = t.message_id, json_each(m.evidence, '$.details') AS d
             WHERE d.value ->> '$.field' = 'occupation' AND d.value ->> '$.line' > 0",
        )?;
        let rows = statement.query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))?;
        let mut lines = Vec::new();
        for row in rows {
            let (comment, line) = row?;
            let before = usize::try_from(line.saturating_sub(1)).unwrap_or_default();
            lines.extend(comment.lines().nth(before).map(ToOwned::to_owned));
        }
        Ok(lines)
    }

    /// How often a word for what the writer did goes on standing in the texts.
    fn said_of_trades(&self, id: i64, blot: &Blot) -> Result<usize> {
        let mut said = 0;
        for table in [("submission", "id = ?1"), ("supplement", "submission_id = ?1")] {
            for (_, text) in self.texts_of(table.0, "full_text", table.1, id)? {
                said += blot.trades_in(&text);
            }
        }
        Ok(said)
    }

    fn blot_column(
        &self,
        (table, column): (&str, &str),
        condition: &str,
        id: i64,
        blot: &Blot,
    ) -> Result<()> {
        let condition = condition.replace("{own}", OWN);
        for (row, text) in self.texts_of(table, column, &condition, id)? {
            if let Some(left) = blot.out_of(&text) {
                self.transaction
                    .prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1"))?
                    .execute(params![row, left])?;
            }
        }
        Ok(())
    }

    fn texts_of(&self, table: &str, column: &str, condition: &str, id: i64) -> Result<Vec<(i64, String)>> {
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND ({condition})"
        ))?;
        let rows = statement.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What supplements give of the writer.
    fn blot_details(&self, id: i64, only: &[CorrectionField], blot: &Blot) -> Result<()> {
        for (row, details) in self.texts_of("supplement", "details", "submission_id = ?1", id)? {
            let mut details: serde_json::Value = serde_json::from_str(&details).unwrap_or_else(|_| json!({}));
            for (key, value) in details.as_object_mut().into_iter().flatten() {
                let field = match key.as_str() {
                    "name_hint" => Some(CorrectionField::Name),
                    "occupation_as_written" => Some(CorrectionField::Occupation),
                    key => CorrectionField::from_word(key),
                };
                if field.is_some_and(|field| only.contains(&field)) {
                    *value = if value.is_array() { json!([]) } else { json!(null) };
                } else if let Some(left) = value.as_str().and_then(|text| blot.out_of(text)) {
                    *value = left.into();
                }
            }
            self.transaction
                .prepare_cached("UPDATE supplement SET details = ?2 WHERE id = ?1")?
                .execute(params![row, details.to_string()])?;
        }
        Ok(())
    }

    /// What was corrected, why, and what was remarked: a correction goes with both its values, for nothing else of it may be changed.
    fn blot_remarks(&self, id: i64, only: &[CorrectionField], blot: &Blot) -> Result<()> {
        for column in ["old_value", "new_value"] {
            for (row, text) in self.texts_of("correction", column, "submission_id = ?1", id)? {
                if self.corrects(row, only)? || blot.out_of(&text).is_some() {
                    self.transaction
                        .prepare_cached(
                            "UPDATE correction SET old_value = NULL, new_value = NULL WHERE id = ?1",
                        )?
                        .execute([row])?;
                }
            }
        }
        for (row, note) in self.texts_of("correction", "note", "submission_id = ?1", id)? {
            if blot.out_of(&note).is_some() {
                self.transaction
                    .prepare_cached("UPDATE correction SET note = NULL WHERE id = ?1")?
                    .execute([row])?;
            }
        }
        for (row, text) in self.texts_of(
            "(SELECT opinion_id AS id, remark FROM opinion_group_member)",
            "remark",
            "id IN (SELECT id FROM opinion WHERE submission_id = ?1)",
            id,
        )? {
            if let Some(left) = blot.out_of(&text) {
                self.transaction
                    .prepare_cached("UPDATE opinion_group_member SET remark = ?2 WHERE opinion_id = ?1")?
                    .execute(params![row, left])?;
            }
        }
        Ok(())
    }

    fn corrects(&self, correction: i64, only: &[CorrectionField]) -> Result<bool> {
        let field: String = self
            .transaction
            .prepare_cached("SELECT field FROM correction WHERE id = ?1")?
            .query_row([correction], |row| row.get(0))?;
        Ok(CorrectionField::from_word(&field).is_some_and(|field| only.contains(&field)))
    }

    /// The wordings of letters that are to be erased: all are looked through once, not once for each letter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wordings(&self, letters: &[i64]) -> Result<Wordings> {
        let ids = json!(letters).to_string();
        let mut statement = self.transaction.prepare_cached(
            "SELECT submission_id, id FROM wording
             WHERE compared IS NOT NULL AND submission_id IN (SELECT value FROM json_each(?1))",
        )?;
        let mut rows = statement.query([ids])?;
        let mut wordings = Wordings::default();
        while let Some(row) = rows.next()? {
            wordings.0.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(wordings)
    }

    /// What later mail is measured against: near copies are found by it no more.
    fn blot_wordings(&self, wordings: &[i64], blot: &Blot) -> Result<()> {
        for wording in wordings {
            let texts = self.texts_of("wording", "compared", "id = ?1", *wording)?;
            if texts.iter().any(|(_, text)| blot.trades_in(text) > 0 || blot.out_of(text).is_some()) {
                self.take_bands(*wording)?;
                let sql =
                    "UPDATE wording SET compared = NULL, sha256 = lower(hex(randomblob(32))) WHERE id = ?1";
                self.transaction.prepare_cached(sql)?.execute([wording])?;
            }
        }
        Ok(())
    }
}
