//! Who signs a letter: one mailbox may write for several people, and each of them counts.

use crate::charset::skeleton;
use crate::details::Details;
use crate::details::lexicon::name_words::TITLES;

/// Who wrote a letter, as far as its text says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signer {
    /// The name.
    pub name: Option<String>,
    /// Surname and title, or the sender's display name.
    pub name_hint: Option<String>,
    /// The organisation.
    pub organization: Option<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// The occupation.
    pub occupation: Option<String>,
    /// The address that the letter came from.
    pub address: String,
}

impl Signer {
    /// Whether another person or organisation signs now. Who is not named is nobody else.
    pub(super) fn is_another(&self, now: &Details) -> bool {
        let differ = |earlier: &Option<String>, now: &Option<String>| match (earlier, now) {
            (Some(earlier), Some(now)) => skeleton(earlier) != skeleton(now),
            _ => false,
        };
        let other_title = || match (&self.name, &now.name, &self.name_hint, &now.name_hint) {
            (None, None, Some(earlier), Some(now)) => {
                titled(earlier).is_some() && titled(now).is_some() && earlier != now
            }
            _ => false,
        };
        differ(&self.name, &now.name)
            || differ(&self.organization, &now.organization)
            || self.has_other_surname(now)
            || other_title()
    }

    /// Whether who signs now has another surname: 我姓赵, and later 姓名：钱….
    pub(super) fn has_other_surname(&self, now: &Details) -> bool {
        let surname = |name: &Option<String>, hint: &Option<String>| match (name, hint) {
            (Some(name), _) => name.chars().next(),
            (None, Some(hint)) => titled(hint)?.chars().next(),
            (None, None) => None,
        };
        let earlier = surname(&self.name, &self.name_hint);
        earlier.zip(surname(&now.name, &now.name_hint)).is_some_and(|(earlier, now)| earlier != now)
    }

    /// The same, by the telephone numbers: both give some, and none of them is the same. Who signs with the same name only
    /// corrects his number.
    pub(super) fn has_other_phones(&self, now: &Details) -> bool {
        let same_name = self.name.is_some() && now.name.is_some();
        !same_name
            && !self.phones.is_empty()
            && !now.phones.is_empty()
            && !self.phones.iter().any(|phone| now.phones.contains(phone))
    }
}

/// What stands before the title of a hint; a nickname has none and tells nobody apart.
fn titled(hint: &str) -> Option<&str> {
    hint.strip_suffix(TITLES.behind_something(hint)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_titles_and_telephones_tell_people_apart() {
        let signer = |name: Option<&str>, hint: Option<&str>| Signer {
            name: name.map(str::to_owned),
            name_hint: hint.map(str::to_owned),
            ..Signer::default()
        };
        let now = |name: Option<&str>, hint: Option<&str>| Details {
            name: name.map(str::to_owned),
            name_hint: hint.map(str::to_owned),
            ..Details::default()
        };
        assert!(signer(None, Some("钱先生")).is_another(&now(None, Some("孙女士"))));
        assert!(signer(Some("钱某某"), None).is_another(&now(None, Some("孙女士"))));
        assert!(!signer(Some("钱某某"), None).is_another(&now(None, Some("钱先生"))));
        assert!(!signer(Some("钱某某"), None).is_another(&now(None, Some("快乐的小鱼儿"))));
        assert!(!signer(Some("钱某某"), Some("甲")).is_another(&now(Some("钱 某某"), Some("乙"))));
        assert!(!signer(None, None).is_another(&now(Some("钱某某"), None)));
        let phones = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect();
        let signer = Signer { phones: phones(&["1", "2"]), ..Signer::default() };
        let now = |numbers| Details { phones: phones(numbers), ..Details::default() };
        assert!(signer.has_other_phones(&now(&["3"])));
        assert!(!signer.has_other_phones(&now(&["2", "3"])) && !signer.has_other_phones(&now(&[])));
    }
}
