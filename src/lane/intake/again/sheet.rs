//! What is to be written about one message, and how its opinion items compare.

use super::{Finding, Left};
use crate::details::Opinion;
use crate::store::{Change, Columns, Correction, Item, Record, StoreError};
use crate::vocabulary::CorrectionField;

/// What is to be written about one message.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) finding: Finding,
    pub(super) rows: Vec<(&'static str, i64, Columns)>,
    pub(super) attachments: Option<Vec<Columns>>,
    pub(super) opinions: Option<(i64, Vec<Opinion>)>,
}

impl Sheet {
    pub(super) fn row(
        &mut self,
        record: Record<'_>,
        table: &'static str,
        id: i64,
        expected: Columns,
    ) -> Result<(), StoreError> {
        let stored = record.stored(table, &expected, id)?.unwrap_or_default();
        self.finding.changes.extend(expected.changes(&stored, table));
        self.rows.push((table, id, expected));
        Ok(())
    }

    /// Compares the opinion items of one message. Items that staff worked on stay; where the text would be cut into
    /// other items, all stay as they are.
    pub(super) fn opinions(
        &mut self,
        message_id: i64,
        submission_id: i64,
        expected: &[Opinion],
        items: &[Item],
        corrections: &[Correction],
    ) {
        let own: Vec<&Item> = items.iter().filter(|item| item.message_id == message_id).collect();
        // The text as the rules had cut it, before anybody corrected it.
        let cut = |item: &Item| {
            corrections
                .iter()
                .find(|found| found.opinion == Some(item.ordinal) && found.field == CorrectionField::Text)
                .and_then(|found| found.old_value.clone())
                .unwrap_or_else(|| item.text.clone())
        };
        let same_cut =
            own.len() == expected.len() && own.iter().zip(expected).all(|(item, new)| cut(item) == new.text);
        if !same_cut && items.iter().any(|item| is_touched(item, corrections)) {
            self.finding.left.push(Left::Recut);
            return;
        }
        let as_stored = |item: &Item| Opinion { clause: item.clause.clone(), text: item.text.clone() };
        let old: Vec<Opinion> = own.iter().map(|item| as_stored(item)).collect();
        let mut new = expected.to_vec();
        if same_cut {
            for (item, new) in own.iter().zip(&mut new).filter(|(item, _)| is_touched(item, corrections)) {
                if *new != as_stored(item) {
                    let (old, ruled) = (vec![as_stored(item)], vec![new.clone()]);
                    self.finding.kept.push(opinions_change(&old, &ruled));
                    *new = as_stored(item);
                }
            }
        }
        if old != new {
            self.finding.changes.push(opinions_change(&old, &new));
            self.opinions = Some((submission_id, new));
        }
    }
}

/// Whether staff decided on an item or corrected it.
pub(super) fn is_touched(item: &Item, corrections: &[Correction]) -> bool {
    item.decided || corrections.iter().any(|correction| correction.opinion == Some(item.ordinal))
}

fn opinions_change(old: &[Opinion], new: &[Opinion]) -> Change {
    let lines = |items: &[Opinion]| {
        let lines: Vec<String> = items
            .iter()
            .map(|item| match &item.clause {
                Some(clause) => format!("〔{clause}〕{}", item.text),
                None => item.text.clone(),
            })
            .collect();
        Some(lines.join("\n"))
    };
    Change { table: "opinion", field: "opinion", old: lines(old), new: lines(new) }
}
