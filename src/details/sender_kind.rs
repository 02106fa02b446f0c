//! Is the writer a citizen, an enterprise, an association or an agency?
//!
//! The organisation that speaks says it by how its name ends; the longest ending counts, for 村民委员会 is no 委员会 and 总工会
//! is no 工会. Where no organisation speaks, the sender's domain does, unless the writer says that he writes for himself.
//! Mass organisations that are run under the civil service act (总工会, 妇联, 残联 …) write to an office as other offices do and
//! are agencies. Schools, hospitals and bodies of residents take part as the public does: they are counted with associations, as
//! persons in law that are not for profit (民法典 art. 87, 97).

use std::sync::LazyLock;

use super::found::Details;
use super::text::fold::fold;
use crate::vocabulary::language::{Words, language_table, word_list};
use crate::vocabulary::{SenderKind, domain_key, domain_of};

language_table!(KINDS, "language/sender_kinds.tsv");
word_list!(
    /// What makes an enterprise of a name however it ends: 某某有限公司工会.
    ENTERPRISE_WITHIN, KINDS, "enterprise within"
);
word_list!(
    /// What makes an agency of a name however it ends: 中国人民银行某某分行.
    AGENCY_WITHIN, KINDS, "agency within"
);
word_list!(
    /// Domains below which only agencies have mailboxes.
    AGENCY_DOMAINS, KINDS, "agency domain"
);
word_list!(
    /// By these words somebody writes for himself.
    IN_PERSON, KINDS, "in person"
);
word_list!(
    /// One of these stands in the same sentence: 以个人名义申请的 alone is about somebody else.
    OF_HIMSELF, KINDS, "says so of himself"
);
word_list!(
    /// Labels of the place where somebody works.
    EMPLOYER, KINDS, "employer label"
);

/// The endings of each kind.
static ENDINGS: LazyLock<[(SenderKind, Words); 3]> = LazyLock::new(|| {
    [SenderKind::Agency, SenderKind::Association, SenderKind::Enterprise]
        .map(|kind| (kind, Words::new(&KINDS, kind.as_str())))
});

/// Rules by which a value stands behind a label.
const LABELLED: [&str; 4] = ["label", "table_column", "table_cell", "next_line"];

/// A kind, and what tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The kind.
    pub(crate) kind: SenderKind,
    /// The rule, a word of `detail_rule`; empty for a person from anywhere.
    pub(crate) rule: &'static str,
    /// What was seen: the ending, the domain, the words.
    pub(crate) seen: String,
}

/// Whether a mailbox is an agency's by its domain: which entry of the list says so.
pub fn agency_domain(address: &str) -> Option<&'static str> {
    let domain = domain_key(&domain_of(address));
    let below =
        |listed: &str| domain.strip_suffix(listed).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    AGENCY_DOMAINS.all().iter().find(|listed| below(listed)).copied()
}

/// The kind that a name of an organisation tells, and the part of it that does.
pub(crate) fn kind_of_name(name: &str) -> Option<(SenderKind, String)> {
    let folded: String = fold(name).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let inside = |words: &Words| words.all().iter().find(|word| folded.contains(*word)).copied();
    if let Some(found) = inside(&ENTERPRISE_WITHIN) {
        return Some((SenderKind::Enterprise, found.to_owned()));
    }
    if let Some(found) = inside(&AGENCY_WITHIN) {
        return Some((SenderKind::Agency, found.to_owned()));
    }
    let ending = |text: &str| {
        let found = ENDINGS.iter().filter_map(|(kind, words)| Some((*kind, words.at_end(text)?.to_owned())));
        found.max_by_key(|(_, ending)| ending.len())
    };
    let bare = folded.trim_end_matches('.');
    // 某某省人力资源和社会保障厅(省人社厅)
    let before_bracket =
        || bare.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).and_then(|(name, _)| ending(name));
    ending(bare).or_else(before_bracket)
}

/// What kind of sender wrote. `comment` is what was written now.
pub(crate) fn told(address: &str, details: &Details, comment: &str) -> Told {
    let citizen = |rule, seen: &str| Told { kind: SenderKind::Citizen, rule, seen: seen.to_owned() };
    let domain = agency_domain(address);
    let speaks = details.organization.as_deref().filter(|_| !is_employer(details, comment));
    if (speaks.is_some() || domain.is_some())
        && let Some(words) = in_person(comment)
    {
        return citizen("in_person", words);
    }
    if let Some(name) = speaks {
        return match kind_of_name(name) {
            Some((kind, seen)) => Told { kind, rule: "organization_name", seen },
            None if domain.is_some() => agency(domain),
            // A name that says nothing is most often a firm's.
            None => Told { kind: SenderKind::Enterprise, rule: "organization_name", seen: name.to_owned() },
        };
    }
    if domain.is_some() {
        // An office has no occupation.
        return match &details.occupation_as_written {
            Some(occupation) => citizen("says_occupation", occupation),
            None => agency(domain),
        };
    }
    match &details.organization {
        Some(name) => citizen("employer", name),
        None => citizen("", ""),
    }
}

fn agency(domain: Option<&str>) -> Told {
    Told { kind: SenderKind::Agency, rule: "sender_domain", seen: domain.unwrap_or_default().to_owned() }
}

/// Whether the organisation is where the writer works and not who speaks: it stands behind such a label, and he gives his
/// name.
fn is_employer(details: &Details, comment: &str) -> bool {
    let found = details.evidence.iter().find(|found| found.field == "organization");
    let Some(found) = found.filter(|found| LABELLED.contains(&found.rule) && details.name.is_some()) else {
        return false;
    };
    let line = comment.lines().nth(found.line.saturating_sub(1)).unwrap_or_default();
    EMPLOYER.inside(&fold(line).replace(' ', ""))
}

/// The words by which somebody says that he writes for himself.
fn in_person(comment: &str) -> Option<&'static str> {
    let found = IN_PERSON.all().iter().filter(|words| comment.contains(**words));
    found.copied().find(|words| {
        comment.split(['。', '！', '？', '；', '\n']).any(|sentence| {
            let begins = sentence.trim_start().starts_with(words);
            begins || sentence.contains(words) && OF_HIMSELF.inside(sentence)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_organisations_say_their_kind() {
        use SenderKind::{Agency, Association, Enterprise};
        for (name, kind) in [
            ("江右省人力资源和社会保障厅", Some(Agency)),
            ("江右省人力资源和社会保障厅（省人社厅）", Some(Agency)),
            ("某某市人民政府办公室", Some(Agency)),
            ("某某市中级人民法院", Some(Agency)),
            ("中国人民银行某某市分行", Some(Agency)),
            ("中国建设银行某某支行", Some(Enterprise)),
            ("某某市残疾人联合会", Some(Agency)),
            ("某某市总工会", Some(Agency)),
            ("共青团某某市委", Some(Agency)),
            ("中共某某市委组织部", Some(Agency)),
            ("某某市软件行业协会", Some(Association)),
            ("某某市机械工业联合会", Some(Association)),
            ("某某区某某街道某某村民委员会", Some(Association)),
            ("某某小区业主委员会", Some(Association)),
            ("某某市律师协会", Some(Association)),
            ("某某律师事务所", Some(Enterprise)),
            ("某某县供销合作社", Some(Agency)),
            ("某某农民专业合作社", Some(Enterprise)),
            ("某某装备制造有限公司工会委员会", Some(Enterprise)),
            ("中共某某集团有限公司委员会", Some(Enterprise)),
            ("某某大学", Some(Association)),
            ("某某市第六人民医院", Some(Association)),
            ("某某市政务服务中心", Some(Agency)),
            ("某某驾驶员培训学校", Some(Enterprise)),
            ("Example Trading Co., Ltd.", Some(Enterprise)),
            ("某某", None),
        ] {
            assert_eq!(kind_of_name(name).map(|(kind, _)| kind), kind, "{name}");
        }
    }

    #[test]
    fn domains_of_agencies() {
        for (address, expected) in [
            ("zwb@sy.gov.cn", true),
            ("a@GOV.CN.", true),
            ("a@rsj.ln.gov.cn", true),
            ("a@notgov.cn", false),
            ("a@gov.cn.example.com", false),
            ("t@school.edu.cn", false),
            ("a@moe.edu.cn", true),
            ("", false),
        ] {
            assert_eq!(agency_domain(address).is_some(), expected, "{address}");
        }
    }
}
