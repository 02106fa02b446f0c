//! What somebody wrote of himself after his letter, otherwise than it is registered: in a supplement, or in a letter of its own that
//! asks for a correction.

use super::outcome::Failure;
use crate::store::{Shown, Store};
use crate::vocabulary::language::language_table;
use crate::vocabulary::{CorrectionField, Flag, RelationBasis, RelationKind};

language_table!(
    /// Words for a field, and words behind which the right value stands.
    PUT_RIGHT, "language/put_right.tsv");

/// Where a clause of a correction ends, and where more is said.
const SENTENCES: [char; 6] = ['。', '；', ';', '！', '!', '\n'];
const STOPS: [char; 6] = ['，', ',', '（', '(', '、', ' '];
/// Signs that stand around a value or behind it.
const AROUND: [char; 10] = ['“', '”', '"', '‘', '’', '：', ':', '「', '」', '.'];
/// The longest name and the longest occupation that a sentence gives, in characters.
const LONGEST: [(CorrectionField, usize); 2] =
    [(CorrectionField::Name, 6), (CorrectionField::Occupation, 12)];

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
            // The class that stands there is no other one for being written otherwise; what he wrote is kept with the class.
            occupation: given
                .occupation
                .as_deref()
                .filter(|class| registered.contains(class))
                .or(given.occupation_as_written.as_deref())
                .or(given.occupation.as_deref()),
            phones: &given.phones,
            emails: &given.emails,
        };
        let asks = supplement.flags.iter().any(|flag| flag == Flag::CorrectionRequest.as_str());
        let given = given.of(field);
        let given = if given.is_empty() && asks {
            said(&supplement.comment, field).into_iter().collect()
        } else {
            given
        };
        Some(given).filter(|given| !given.is_empty())
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
        let found = later.and_then(|later| {
            let given = own(&later).of(field);
            others(&given)
                .or_else(|| others(&said(&later.row.comment, field).into_iter().collect::<Vec<_>>()))
        });
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// What a sentence of a correction says that a field should be: 姓名有误，应该是….
fn said(comment: &str, field: CorrectionField) -> Option<&str> {
    let (_, longest) = LONGEST.iter().find(|(of, _)| *of == field)?;
    let sentences = comment.split(SENTENCES);
    let names = |text: &str| PUT_RIGHT.words(field.as_str()).any(|word| text.contains(word));
    let mut found = sentences.filter(|sentence| names(sentence)).filter_map(|sentence| {
        let leads = PUT_RIGHT.words("then").filter_map(|word| Some(sentence.rfind(word)? + word.len()));
        let rest = sentence.get(leads.max()?..)?.trim().trim_start_matches(AROUND);
        let value = rest.split(STOPS).next()?.trim_matches(AROUND);
        let is_one = value.chars().all(|c| c.is_alphabetic() || c == '·');
        (is_one && (2..=*longest).contains(&value.chars().count()) && !names(value)).then_some(value)
    });
    found.next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_says_what_should_stand_there() {
        let name = |text| said(text, CorrectionField::Name);
        for text in
            ["姓名有误，应该是沈青禾", "我的名字写错了，应为“沈青禾”。", "姓名由沈青和更正为：沈青禾，谢谢"]
        {
            assert_eq!(name(text), Some("沈青禾"), "{text}");
        }
        for text in
            ["姓名写错了，请更正", "第一条应为十个工作日", "姓名应为登记表上所写的那一个才对", "职业应为教师"]
        {
            assert_eq!(name(text), None, "{text}");
        }
        assert_eq!(said("职业应为教师。", CorrectionField::Occupation), Some("教师"));
        assert_eq!(said("电话应为13900001111", CorrectionField::Phones), None);
    }
}
