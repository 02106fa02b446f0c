//! `correct`: what staff know better than the rules, and what the office decided on an opinion item.

use std::io::Read;

use clap::Args;
use unicode_normalization::UnicodeNormalization;

use super::{Exit, Failure, Outcome, actor, open_for_writing, print, words};
use crate::config::Settings;
use crate::details;
use crate::mail::{Adoption, Consultation, CorrectionField, Flag};
use crate::store::{Corrected, NewCorrection, rows};
use crate::world::World;

/// Longest name of a person or an organisation, in characters.
const LONGEST_NAME: usize = 100;

#[derive(Debug, Args)]
pub(super) struct CorrectArguments {
    /// The registration number, like LNZX-2024-0001
    number: String,
    /// name, organization, occupation, phones, emails, comment, flags; of an item: clause, text, adoption, `adoption_reason`
    field: String,
    /// The new value; '' empties it; - reads it from standard input, where the list of processes does not show it.
    /// Several phones, emails or flags stand behind one another with 、 or a comma between them
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Which opinion item, counted from 1 as `show` does
    #[arg(long, value_name = "N")]
    item: Option<i64>,
    /// Why; kept beside the old value
    #[arg(long)]
    note: Option<String>,
}

pub(super) fn correct(settings: &Settings, arguments: &CorrectArguments) -> Outcome {
    let field = field(&arguments.field)?;
    match arguments.item {
        None if field.is_of_item() => {
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "{field} belongs to an opinion item; say which one with --item, as `show` counts them"
                ),
            ));
        }
        Some(_) if !field.is_of_item() => {
            return Err(Failure::new(
                Exit::Usage,
                format!("{field} belongs to the whole submission; leave out --item"),
            ));
        }
        _ => {}
    }
    let number = arguments.number.trim();
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let shown = store.show(number).map_err(|error| Failure::from(&error))?;
    let Some(shown) = shown else { return Err(no_submission(number)) };
    let consultation = settings.consultations.iter().find(|found| found.id == shown.consultation);
    let value = normal(field, &written(&arguments.value)?, consultation)?;
    let new = NewCorrection {
        number,
        item: arguments.item,
        field,
        value: value.as_deref(),
        note: arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty()),
    };
    let corrected = store.begin().and_then(|writing| {
        let corrected = writing.correct(&new, &actor(), now)?;
        writing.commit()?;
        Ok(corrected)
    });
    let number = &shown.row.number;
    let name = words::column(if field.is_of_item() { "opinion" } else { "submission" }, field.as_str());
    let item = arguments.item.map_or_else(String::new, |item| format!("第 {item} 条意见"));
    match corrected.map_err(|error| Failure::from(&error))? {
        Corrected::Done => {
            print(&format!("{number} {item}{name}已更正；原值另存，重新判定（reprocess）时以更正为准。\n"))?;
        }
        Corrected::Same => print(&format!("{number} {item}{name}本来就是这个值，没有改动。\n"))?,
        Corrected::NoSubmission => return Err(no_submission(number)),
        Corrected::Erased => {
            return Err(Failure::new(
                Exit::Data,
                format!("{number} was erased; there is nothing to correct"),
            ));
        }
        Corrected::NoItem => {
            let items = shown.opinions.len();
            let message =
                format!("{number} has {items} opinion items; --item counts them from 1, as `show` does");
            return Err(Failure::new(Exit::Data, message));
        }
    }
    Ok(Exit::Ok)
}

pub(super) fn no_submission(number: &str) -> Failure {
    Failure::new(Exit::Data, format!("there is no submission {number}; `list` shows the numbers"))
}

fn field(word: &str) -> Result<CorrectionField, Failure> {
    let known = || CorrectionField::ALL.iter().filter(|field| **field != CorrectionField::Status);
    known().find(|field| field.as_str() == word).copied().ok_or_else(|| {
        let known: Vec<&str> = known().map(|field| field.as_str()).collect();
        let message = match word {
            "status" => {
                "the status of a case that waits is decided by `review confirm` and `review deny`".to_owned()
            }
            _ => format!("{word} cannot be corrected; write one of {}", known.join(", ")),
        };
        Failure::new(Exit::Usage, message)
    })
}

fn written(value: &str) -> Result<String, Failure> {
    if value != "-" {
        return Ok(value.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| {
        Failure::new(Exit::Data, format!("standard input cannot be read as UTF-8 text: {error}"))
    })?;
    Ok(text)
}

/// The value as it stands in the store; `None`: empty.
fn normal(
    field: CorrectionField,
    written: &str,
    consultation: Option<&Consultation>,
) -> Result<Option<String>, Failure> {
    let refuse = |why: String| Failure::new(Exit::Data, format!("{field}: {why}"));
    let value = written.replace("\r\n", "\n");
    let value = value.trim();
    let some = (!value.is_empty()).then(|| value.to_owned());
    match field {
        CorrectionField::Name | CorrectionField::Organization => {
            if value.chars().any(char::is_control) || value.chars().count() > LONGEST_NAME {
                return Err(refuse(format!("write one line of at most {LONGEST_NAME} characters")));
            }
            Ok(some)
        }
        CorrectionField::Occupation if some.is_none() => Ok(None),
        CorrectionField::Occupation => {
            let known = consultation.map(|found| found.occupations.as_slice()).unwrap_or_default();
            one_of(value, known)
                .map(Some)
                .ok_or_else(|| refuse(format!("{value} is not in the notice; write one of {}", known.join("、"))))
        }
        CorrectionField::Phones => list(value, |piece| match details::phones_in(piece).as_slice() {
            [phone] => Ok(phone.clone()),
            _ => Err(refuse(format!(
                "{piece} is not one telephone number; write 11 digits, or area code and number like 024-25550101"
            ))),
        })
        .map(Some),
        CorrectionField::Emails => list(value, |piece| match details::emails_in(piece).as_slice() {
            [address] => Ok(address.clone()),
            _ => Err(refuse(format!("{piece} is not one e-mail address"))),
        })
        .map(Some),
        CorrectionField::Flags => {
            let known: Vec<String> = Flag::ALL.iter().map(|flag| flag.as_str().to_owned()).collect();
            list(value, |piece| {
                one_of(piece, &known)
                    .ok_or_else(|| refuse(format!("{piece} is no flag; write some of {}", known.join(", "))))
            })
            .map(|flags| Some(in_order(&flags)))
        }
        CorrectionField::Comment => Ok(Some(value.to_owned())),
        CorrectionField::Text if some.is_none() => {
            Err(refuse("an opinion item has a text; if it is none, say so in adoption_reason".to_owned()))
        }
        CorrectionField::Clause if some.is_some() => {
            let known: Vec<String> = consultation
                .map(|found| found.clauses.iter().map(|clause| clause.code.clone()).collect())
                .unwrap_or_default();
            if known.is_empty() {
                return Ok(some);
            }
            one_of(value, &known)
                .map(Some)
                .ok_or_else(|| refuse(format!("{value} is no clause; write one of {}", known.join("、"))))
        }
        CorrectionField::Adoption if some.is_some() => {
            let known: Vec<String> = Adoption::ALL.iter().map(|word| word.as_str().to_owned()).collect();
            one_of(value, &known)
                .map(Some)
                .ok_or_else(|| refuse(format!("write one of {}, not {value}", known.join("、"))))
        }
        CorrectionField::Text
        | CorrectionField::Clause
        | CorrectionField::Adoption
        | CorrectionField::AdoptionReason
        | CorrectionField::Status => Ok(some),
    }
}

/// The known value that is meant: brackets and letters may have another width.
fn one_of(value: &str, known: &[String]) -> Option<String> {
    let folded = |text: &str| text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>();
    known.iter().find(|known| folded(known) == folded(value)).cloned()
}

/// A list as JSON, without repeats.
fn list(value: &str, mut read: impl FnMut(&str) -> Result<String, Failure>) -> Result<String, Failure> {
    let mut found: Vec<String> = Vec::new();
    for piece in
        value.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|piece| !piece.is_empty())
    {
        let one = read(piece)?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(rows::words(found.iter().map(String::as_str)))
}

/// Flags in the order in which they always stand.
fn in_order(flags: &str) -> String {
    let found: Vec<String> = serde_json::from_str(flags).unwrap_or_default();
    rows::words(Flag::ALL.iter().map(|flag| flag.as_str()).filter(|flag| found.iter().any(|one| one == flag)))
}
