//! What somebody wrote of himself after his letter, otherwise than it is registered: in a supplement, or in a letter of its own that
//! asks for a correction.

use super::outcome::Failure;
use crate::store::{Shown, Store};
use crate::vocabulary::{CorrectionField, RelationBasis, RelationKind};

/// What may be taken from there.
pub(super) const FIELDS: [CorrectionField; 5] = [
    CorrectionField::Name,
    CorrectionField::Organization,
    CorrectionField::Occupation,
    CorrectionField::Phones,
    CorrectionField::Emails,
];
/// Between several numbers or addresses.
const LIST: &str = "、";

/// The values of a field that a mail gives.
struct Given<'a> {
    name: Option<&'a str>,
    organization: Option<&'a str>,
    occupation: Option<&'a str>,
    phones: &'a [String],
    emails: &'a [String],
}

impl<'a> Given<'a> {
    fn of(&self, field: CorrectionField) -> Vec<&'a str> {
        let one = |value: Option<&'a str>| value.into_iter().collect();
        match field {
            CorrectionField::Name => one(self.name),
            CorrectionField::Organization => one(self.organization),
            CorrectionField::Occupation => one(self.occupation),
            CorrectionField::Phones => self.phones.iter().map(String::as_str).collect(),
            CorrectionField::Emails => self.emails.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// The values that a letter has, or gives.
fn own(shown: &Shown) -> Given<'_> {
    Given {
        name: shown.row.name.as_deref(),
        organization: shown.row.organization.as_deref(),
        occupation: shown.row.occupation.as_deref().or(shown.occupation_as_written.as_deref()),
        phones: &shown.phones,
        emails: &shown.emails,
    }
}

/// What the last mail that gives a field otherwise gives of it, whole; `shown` is not masked. `None`: none does.
pub(super) fn given(store: &Store, shown: &Shown, field: CorrectionField) -> Result<Option<String>, Failure> {
    let registered = own(shown).of(field);
    let others = |given: &[&str]| {
        let new: Vec<&str> = given.iter().copied().filter(|value| !registered.contains(value)).collect();
        (!new.is_empty()).then(|| new.join(LIST))
    };
    // What he wrote last holds: what he wrote before is not gone back to.
    let last = shown.supplements.iter().rev().find_map(|supplement| {
        let given = &supplement.given;
        let given = Given {
            name: given.name.as_deref(),
            organization: given.organization.as_deref(),
            occupation: given.occupation.as_deref().or(given.occupation_as_written.as_deref()),
            phones: &given.phones,
            emails: &given.emails,
        };
        Some(given.of(field)).filter(|given| !given.is_empty())
    });
    if let Some(last) = last {
        return Ok(others(&last));
    }
    let own_number = shown.row.number.as_str();
    let corrects = shown.relations.iter().rev().filter(|relation| {
        relation.earlier == own_number
            && relation.kind == RelationKind::Corrects.as_str()
            && relation.basis != RelationBasis::SameSender.as_str()
    });
    for number in corrects.filter_map(|relation| relation.later.as_deref()) {
        let later = store.show(number)?;
        // A number that somebody else's letter gives changes nothing of this one.
        let later = later.filter(|later| !later.numbers_of_others.holds(own_number));
        if let Some(found) = later.and_then(|later| others(&own(&later).of(field))) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
