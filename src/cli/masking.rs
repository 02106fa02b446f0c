//! What staff get to see of a person unless they ask for more: one place for every command that shows a submission.

use serde_json::Value;

use super::sentences;
use crate::mask;
use crate::store::{Explained, ListRow, Shown, SupplementDetails};
use crate::vocabulary::CorrectionField;

/// The names that must not be shown of one submission: its writer's, now, before and as a hint, and its signers'.
#[derive(Debug, Default)]
pub(super) struct Names(mask::Known);

impl Names {
    /// Known names, and those that texts are signed with.
    pub(super) fn new<'a>(
        known: impl IntoIterator<Item = &'a str>,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self(mask::Known::of(known, texts))
    }

    fn of_row(row: &ListRow) -> Self {
        Self::new(row.names.iter().map(String::as_str), [row.comment.as_str()])
    }

    fn of(shown: &Shown) -> Self {
        let supplements = shown.supplements.iter().map(|supplement| supplement.comment.as_str());
        let corrected = shown.corrections.iter().filter(|correction| correction.field == "comment");
        let corrected = corrected.flat_map(|found| [found.old_value.as_deref(), found.new_value.as_deref()]);
        let texts = [shown.row.comment.as_str(), shown.full_text.as_str()];
        let texts = texts.into_iter().chain(supplements).chain(corrected.flatten());
        Self::new(shown.row.names.iter().map(String::as_str), texts)
    }

    /// A text without what tells who somebody is or how to reach him.
    pub(super) fn mask(&self, text: &str) -> String {
        self.0.mask(text)
    }

    /// The value of a column that was corrected; of a list of items each text by itself.
    pub(super) fn mask_field(&self, field: &str, value: &str) -> String {
        if field == CorrectionField::Items.as_str()
            && let Ok(mut items) = serde_json::from_str(value)
        {
            mask_values(&mut items, self);
            return items.to_string();
        }
        self.mask(&sentences::masked(field, value))
    }

    fn mask_all<'a>(&self, texts: impl IntoIterator<Item = Option<&'a mut String>>) {
        for text in texts.into_iter().flatten() {
            *text = self.mask(text);
        }
    }

    fn mask_row(&self, row: &mut ListRow) {
        row.from_address = mask::email(&row.from_address);
        row.name = row.name.as_deref().map(mask::name);
        self.mask_all([
            Some(&mut row.comment),
            row.opinion.as_mut(),
            row.organization.as_mut(),
            row.occupation.as_mut(),
        ]);
    }
}

pub(super) fn mask_row(row: &mut ListRow) {
    Names::of_row(row).mask_row(row);
}

/// Masks a submission; returns the names that are masked in whatever else belongs to it.
pub(super) fn mask_shown(shown: &mut Shown) -> Names {
    let names = Names::of(shown);
    names.mask_row(&mut shown.row);
    shown.name_hint = shown.name_hint.as_deref().map(mask::name);
    shown.phones.iter_mut().for_each(|phone| *phone = mask::phone(phone));
    shown.emails.iter_mut().for_each(|email| *email = mask::email(email));
    names.mask_all([
        shown.subject.as_mut(),
        shown.occupation_as_written.as_mut(),
        Some(&mut shown.full_text),
    ]);
    for opinion in &mut shown.opinions {
        names.mask_all([Some(&mut opinion.text), opinion.adoption_reason.as_mut()]);
    }
    for correction in &mut shown.corrections {
        for value in [&mut correction.old_value, &mut correction.new_value] {
            *value = value.as_deref().map(|value| names.mask_field(&correction.field, value));
        }
        names.mask_all([correction.note.as_mut()]);
    }
    names.mask_all(shown.attachments.iter_mut().map(|file| file.filename.as_mut()));
    for supplement in &mut shown.supplements {
        supplement.from_address = mask::email(&supplement.from_address);
        supplement.given = SupplementDetails::default();
        let files = supplement.files.iter_mut();
        names.mask_all(files.chain([&mut supplement.comment]).map(Some));
    }
    for acknowledgement in &mut shown.acknowledgements {
        acknowledgement.recipient = acknowledgement.recipient.as_deref().map(mask::email);
        // A server quotes the recipient in its words.
        mask_values(&mut acknowledgement.reason.detail, &names);
    }
    names
}

pub(super) fn mask_explained(explained: &mut Explained, names: &Names) {
    mask_values(&mut explained.reason.detail, names);
    let Some(message) = &mut explained.message else { return };
    names.mask_all([message.subject.as_mut()]);
    mask_values(&mut message.received_evidence.detail, names);
    mask_values(&mut message.evidence, names);
    names.mask_all(message.attachments.iter_mut().map(|file| file.filename.as_mut()));
    names.mask_all(message.opinions.iter_mut().map(|(_, _, text)| Some(text)));
    for acknowledgement in &mut message.acknowledgements {
        acknowledgement.recipient = acknowledgement.recipient.as_deref().map(mask::email);
        mask_values(&mut acknowledgement.reason.detail, names);
    }
}

/// Masks every value that quotes the mail. What a name or a telephone number was read from is masked as one, unless it
/// holds it among other words: without its label no text shows that 23456781 is a number.
pub(super) fn mask_values(value: &mut Value, names: &Names) {
    match value {
        Value::String(text) => *text = names.mask(text),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_values(item, names)),
        Value::Object(map) => {
            let as_one: Option<fn(&str) -> String> = match map.get("field").and_then(Value::as_str) {
                Some("phones") => Some(mask::phone),
                Some(field) if field.starts_with("name") => Some(mask::name),
                _ => None,
            };
            for (key, value) in map.iter_mut() {
                match (value, as_one) {
                    (Value::String(text), Some(as_one)) if key == "as_written" => {
                        let masked = names.mask(text);
                        *text = if masked == *text { as_one(text) } else { masked };
                    }
                    (other, _) => mask_values(other, names),
                }
            }
        }
        _ => {}
    }
}
