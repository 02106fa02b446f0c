//! What a view shows of people, masked: addresses and numbers whole, names where the submission of the row has them, and
//! whatever texts quote. `views.toml` says which column is which.

use rusqlite::{Connection, OptionalExtension};

use super::cell::Cell;
use crate::mask;
use crate::store::read::{names, texts};
use crate::store::schema::{self, Person};
use crate::vocabulary::CorrectionField;
use crate::words::Chinese as _;

/// Masks the rows of one view.
pub(super) struct Masker<'s> {
    store: &'s Connection,
    persons: Vec<Person>,
    /// Which column says whose row it is.
    number_at: Option<usize>,
    /// Which column names the field of a value.
    field_at: Option<usize>,
    /// Whose row the last one was: most views have a submission's rows one behind the other.
    last: Option<(String, Names)>,
}

/// What a submission says of its people.
#[derive(Default)]
struct Names {
    name: Option<String>,
    known: mask::Known,
}

impl<'s> Masker<'s> {
    pub(super) fn new(store: &'s Connection, columns: &[String]) -> Self {
        let page = schema::reading_copy();
        Self {
            store,
            persons: columns.iter().map(|column| schema::person(column)).collect(),
            number_at: columns.iter().position(|column| column.ends_with(&page.numbered)),
            field_at: columns.iter().position(|column| *column == page.field),
            last: None,
        }
    }

    pub(super) fn mask(&mut self, cells: &mut [Cell]) -> rusqlite::Result<()> {
        let number = text_at(cells, self.number_at);
        if number != self.last.as_ref().map(|(number, _)| number.as_str()) {
            let number = number.unwrap_or_default().to_owned();
            let names = self.names(&number)?;
            self.last = Some((number, names));
        }
        let field = text_at(cells, self.field_at).map(ToOwned::to_owned);
        let nobody = Names::default();
        let names = self.last.as_ref().map_or(&nobody, |(_, names)| names);
        let own = &schema::reading_copy().own;
        let mut digits = String::new();
        for (person, cell) in self.persons.iter().zip(cells) {
            let Cell::Text(text) = cell else { continue };
            let person = if *person == Person::Value { field_is(field.as_deref()) } else { *person };
            *text = match person {
                Person::None => continue,
                _ if text.is_empty() || own.contains(text) => continue,
                Person::Digits => digits.clone(),
                Person::Name => mask::name(text),
                Person::Phone => each(text, mask::phone),
                Person::Address => each(text, mask::email),
                Person::Text | Person::Value => match &names.name {
                    Some(name) if name == text => mask::name(text),
                    _ => names.known.mask(text),
                },
            };
            if person == Person::Phone {
                digits = text.replace('-', "");
            }
        }
        Ok(())
    }

    fn names(&self, number: &str) -> rusqlite::Result<Names> {
        let sql =
            concat!("SELECT s.name, s.comment, ", names!("s"), " FROM submission AS s WHERE s.number = ?1");
        let found = self.store.prepare_cached(sql)?.query_row([number], |row| {
            let (name, comment): (Option<String>, String) = (row.get(0)?, row.get(1)?);
            let names = texts(row, 2)?;
            let known = mask::Known::of(names.iter().map(String::as_str), [comment.as_str()]);
            Ok(Names { name, known })
        });
        Ok(found.optional()?.unwrap_or_default())
    }
}

fn text_at(cells: &[Cell], at: Option<usize>) -> Option<&str> {
    match cells.get(at?)? {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

/// What the value of a field tells of a person.
fn field_is(field: Option<&str>) -> Person {
    let is = |of: CorrectionField| field == Some(of.short());
    if is(CorrectionField::Name) {
        Person::Name
    } else if is(CorrectionField::Phones) {
        Person::Phone
    } else if is(CorrectionField::Emails) {
        Person::Address
    } else {
        Person::Text
    }
}

/// Each of a list by itself.
fn each(text: &str, mask: fn(&str) -> String) -> String {
    text.split('、').map(mask).collect::<Vec<_>>().join("、")
}
