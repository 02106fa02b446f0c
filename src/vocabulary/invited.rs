//! Whom the office asked by letter, and which of them an organisation is.
//!
//! A name is one of the list when it is written so there, whatever its brackets and blanks; what a short form stands for only the
//! list says: 省人社厅 is a department of every province.

use unicode_normalization::UnicodeNormalization;

use super::address::domain_of;
use super::house::domain_key;
use super::language::{language_table, word_list};

language_table!(ORGANIZATIONS, "language/organizations.tsv");
word_list!(
    /// 某某厅办公室 writes for 某某厅.
    DEPARTMENTS, ORGANIZATIONS, "department"
);
word_list!(
    /// The same in agencies: 某某厅政策法规处.
    OF_AGENCIES, ORGANIZATIONS, "department of an agency"
);

/// One unit that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Invited {
    /// What lists and reminders call it.
    pub name: String,
    /// What it signs as besides; one with a dot in it is a domain or an address that it writes from.
    pub also: Vec<String>,
}

impl Invited {
    /// Whether a letter without an organisation may be its.
    pub fn is_known_by_address(&self) -> bool {
        self.also.iter().any(|listed| listed.is_ascii() && listed.contains('.'))
    }

    /// Every spelling by which it is known.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.also).map(String::as_str)
    }
}

/// A spelling as it is compared.
pub fn spelling(name: &str) -> String {
    name.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
}

/// Which of the list wrote, if one did: by the organisation's name as it stands, without its brackets or the name in them, without
/// its department; where there is no organisation, by the address.
pub fn which(list: &[Invited], organization: Option<&str>, address: &str) -> Option<usize> {
    let known =
        |wanted: &str| list.iter().position(|unit| unit.spellings().any(|name| spelling(name) == wanted));
    let Some(organization) = organization else { return by_address(list, address) };
    let whole = spelling(organization);
    let parts = whole.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    known(&whole)
        .or_else(|| known(parts?.0))
        .or_else(|| known(parts?.1))
        .or_else(|| {
            let department =
                [&*DEPARTMENTS, &*OF_AGENCIES].into_iter().filter_map(|words| words.at_end(&whole));
            known(whole.strip_suffix(department.max_by_key(|word| word.len())?)?)
        })
        .or_else(|| by_address(list, address))
}

fn by_address(list: &[Invited], address: &str) -> Option<usize> {
    let (address, domain) = (spelling(address), domain_key(&domain_of(address)));
    let is_its = |listed: &str| {
        let listed = listed.to_lowercase();
        let is_below = || {
            domain.strip_suffix(listed.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        listed.is_ascii()
            && if listed.contains('@') { listed == address } else { listed.contains('.') && is_below() }
    };
    list.iter().position(|unit| unit.also.iter().any(|listed| is_its(listed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_known_by_its_spellings_and_by_nothing_else() {
        let unit = |name: &str, also: &[&str]| Invited {
            name: name.to_owned(),
            also: also.iter().map(|&name| name.to_owned()).collect(),
        };
        let list = [
            unit("江右省人力资源和社会保障厅", &["省人社厅"]),
            unit("江右省数据局(政务服务管理局)", &[]),
            unit("临江市人民政府", &["lj.gov.cn"]),
            unit("临江市人民政府办公室", &[]),
            unit("江右省公安厅", &["zfb@ga.jy.gov.cn"]),
        ];
        for (organization, address, expected) in [
            (Some("江右省人力资源和社会保障厅"), "", Some(0)),
            (Some("省人社厅"), "", Some(0)),
            (Some("江右省人力资源和社会保障厅（省人社厅）"), "", Some(0)),
            (Some("江右省 人力资源和社会保障厅办公室"), "", Some(0)),
            (Some("临江市人力资源和社会保障局"), "", None),
            (Some("市人社厅"), "", None),
            (Some("江右省数据局（政务服务管理局）"), "", Some(1)),
            (Some("江右省数据局"), "", None),
            (Some("临江市人民政府"), "", Some(2)),
            (Some("临江市人民政府办公室"), "", Some(3)),
            (Some("临江市人民政府驻江右办事处"), "", None),
            (Some("江右省公安厅交通管理局"), "", None),
            (Some("江右省公安厅法规处"), "", Some(4)),
            (None, "a@sjj.lj.gov.cn", Some(2)),
            (None, "a@xlj.gov.cn", None),
            (None, "zfb@GA.jy.gov.cn", Some(4)),
            (None, "abc@ga.jy.gov.cn", None),
        ] {
            assert_eq!(which(&list, organization, address), expected, "{organization:?} {address}");
        }
    }
}
