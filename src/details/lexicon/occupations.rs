//! Occupations: free words to the consultation's closed list.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::details::text::fold::{fold_case, is_han};
use crate::details::text::numeral::is_numeral;
use crate::vocabulary::language::language_table;
use crate::vocabulary::occupations::{RETIRED, nothing, rank, words};
use crate::vocabulary::{Occupation, Regex, pattern};

/// The longest text that is mapped, in bytes.
const MAPPED_BYTES: usize = 600;

/// A consultation's occupations with the words that mean them, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Occupations {
    names: Vec<String>,
    /// What is exactly one of the values, as it is compared.
    exact: HashMap<String, usize>,
    lexicon: Lexicon,
}

/// An occupation that is known as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The value of the consultation's list that it means, where the list has one.
    pub(crate) value: Option<String>,
}

/// Words for occupations.
#[derive(Debug)]
struct Lexicon {
    words: Vec<Word>,
    /// The words, by their index in `words`.
    searcher: Option<AhoCorasick>,
    /// The words that say somebody has retired, by their index in `words`.
    retired: Vec<usize>,
    /// Whether a text holds one of those.
    says_retired: Option<AhoCorasick>,
    /// Words that hold an occupation's and mean something else.
    nothing: Vec<String>,
}

/// One word as it is compared.
#[derive(Debug)]
struct Word {
    key: String,
    kind: &'static str,
    /// Decides between words of one length: the consultation's own words come first.
    rank: &'static str,
    /// The value of the list that it means.
    value: Option<usize>,
}

language_table!(SELF_DESCRIPTIONS, "language/self_descriptions.tsv");
pattern!(
    /// `在西街开冷面店的`, `卖海鲜的`: whoever keeps a shop or sells, of whatever kind, is in business for himself.
    KEEPS_A_SHOP, SELF_DESCRIPTIONS,
    r"(?:开|经营)(?:着|了)?(?:一?[家个间])?\p{Han}{0,5}?(?:⟨shop of one's own⟩)的?$|(?:^|在\p{Han}{1,8}?|[场上里口边头])(?:⟨sells⟩)\p{Han}{1,4}的$|做\p{Han}{1,6}(?:生意|买卖)的?$");

/// The kind of those who are in business for themselves.
const SELF_EMPLOYED: &str = "self-employed";

/// The words of the language, whatever a consultation lists.
static GENERAL: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(general(), &[]));

/// Behind an occupation, these make it somebody else's: 医生的病人, 军人的妻子.
static SOMEBODY_ELSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^.{0,4}?(?:的[^,。;、]|家属|家长|家人|子女|爱人|妻子|丈夫|儿子|女儿|父亲|母亲|爸爸|妈妈|亲属|朋友|考生|家庭$)")
        .expect("a constant pattern")
});

impl Occupations {
    /// Compiles a consultation's list.
    pub(crate) fn new(list: &[Occupation]) -> Self {
        let mut words = general();
        let by_kind = by_kind(list);
        for word in &mut words {
            word.value = by_kind.get(word.kind).copied();
        }
        let own: Vec<(String, usize)> = list
            .iter()
            .enumerate()
            .flat_map(|(index, value)| {
                std::iter::once(&value.name).chain(&value.also).map(move |word| (key(word), index))
            })
            .collect();
        for (own, index) in &own {
            match words.iter_mut().find(|word| word.key == *own) {
                Some(word) => word.value = Some(*index),
                None => {
                    let kind = GENERAL.best(own).map_or("", |found| found.kind);
                    let kind = if kind == RETIRED { RETIRED } else { "" };
                    words.push(Word { key: own.clone(), kind, rank: "", value: Some(*index) });
                }
            }
        }
        // Of two values with one name the first is meant.
        let exact = own.iter().rev().cloned().collect();
        let names = list.iter().map(|value| value.name.clone()).collect();
        let own: Vec<String> = own.into_iter().map(|(word, _)| word).collect();
        Self { names, exact, lexicon: Lexicon::new(words, &own) }
    }

    /// Maps free words to a value of the list; `None` when nothing fits or the list lacks it.
    pub(crate) fn map(&self, written: &str) -> Option<String> {
        self.known(written)?.value
    }

    /// What free words say that somebody is, whether the list has a value for it or not: many a consultation lists none.
    pub(crate) fn known(&self, written: &str) -> Option<Known> {
        let key = key(written);
        if key.is_empty() || key.len() > MAPPED_BYTES {
            return None;
        }
        // 开了一家裁缝铺: who keeps a shop is no tailor; who has retired is that before anything else.
        let best = || self.lexicon.best(&key);
        let retired = || best().filter(|word| word.kind == RETIRED);
        let known = || retired().or_else(|| self.lexicon.shop(&key)).or_else(best);
        let value = match self.exact.get(&key) {
            Some(value) => Some(*value),
            None => known()?.value,
        };
        Some(Known { value: value.and_then(|value| self.names.get(value).cloned()) })
    }

    /// The words as they are compared.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.lexicon.words.iter().map(|word| word.key.as_str())
    }

    /// The box that is ticked in a form's list (`□公务员 ☑医生`, `教师（√）`), or the value itself when it is no list;
    /// `None` for a list in which nothing is chosen.
    pub(crate) fn chosen<'a>(&self, raw: &'a str) -> Option<&'a str> {
        const TICKS: [char; 8] = ['☑', '■', '√', '✓', '✔', '✅', '●', '◉'];
        const BOXES: [char; 4] = ['□', '☐', '○', '◯'];
        let brackets = ["( )", "()", "（ ）", "（）", "（　）", "[ ]", "[]"];
        let has_box = raw.contains(BOXES) || brackets.iter().any(|empty| raw.contains(empty));
        let ticks = raw.matches(TICKS).count();
        if !has_box && ticks == 0 {
            // The notice's whole list, with nothing marked.
            let named = self.names.iter().filter(|value| raw.contains(value.as_str())).take(4).count();
            return (named < 4).then_some(raw);
        }
        let (at, tick) = raw.char_indices().find(|(_, c)| TICKS.contains(c)).filter(|_| ticks == 1)?;
        let is_end = |c: char| {
            c.is_whitespace()
                || BOXES.contains(&c)
                || TICKS.contains(&c)
                || matches!(c, '、' | ',' | '，' | ';' | '；' | ')' | '）' | ']')
        };
        let behind = raw.get(at + tick.len_utf8()..)?;
        let leads = raw
            .trim_start()
            .starts_with(|c| BOXES.contains(&c) || TICKS.contains(&c) || matches!(c, '(' | '（' | '['));
        if leads {
            let behind = behind.trim_start_matches([' ', '\u{3000}', ')', '）', ']']);
            return behind.split(is_end).next().filter(|word| !word.is_empty());
        }
        let before = raw.get(..at)?.trim_end_matches([' ', '\u{3000}', '(', '（', '[']);
        before.rsplit(is_end).next().filter(|word| !word.is_empty())
    }
}

impl Lexicon {
    fn new(words: Vec<Word>, own: &[String]) -> Self {
        let searcher = AhoCorasick::new(words.iter().map(|word| &word.key)).ok();
        // What the consultation lists is something: 教职工 may be one of its occupations.
        let nothing = nothing().map(ToOwned::to_owned).filter(|word| !own.contains(word)).collect();
        let retired = words.iter().enumerate().filter(|(_, word)| word.kind == RETIRED);
        let retired: Vec<usize> = retired.map(|(index, _)| index).collect();
        let keys = retired.iter().filter_map(|index| words.get(*index)).map(|word| &word.key);
        let says_retired = AhoCorasick::new(keys).ok();
        Self { words, searcher, retired, says_retired, nothing }
    }

    /// The word that says what somebody is: being retired before anything else, then a longer word before a shorter one,
    /// then by rank.
    fn best(&self, key: &str) -> Option<&Word> {
        if let Some(retired) = self.retired_from(key) {
            return Some(retired);
        }
        let mut rest = key.to_owned();
        for word in &self.nothing {
            if rest.contains(word) {
                rest = rest.replace(word, "|");
            }
        }
        let found = self.searcher.as_ref()?.find_overlapping_iter(&rest).filter_map(|found| {
            let word = self.words.get(found.pattern().as_usize())?;
            is_the_writers_own(&rest, found.range(), &word.key).then_some(word)
        });
        found.min_by_key(|word| {
            (word.kind != RETIRED, std::cmp::Reverse(word.key.chars().count()), word.rank, word.value)
        })
    }

    /// A word for somebody who keeps a shop, where the text says that he does.
    fn shop(&self, key: &str) -> Option<&Word> {
        let may = key.contains(['开', '营']) || key.ends_with(['的', '意', '卖']);
        let keeps = may && KEEPS_A_SHOP.is_match(key);
        self.words.iter().find(|word| keeps && word.kind == SELF_EMPLOYED)
    }

    /// 退休的教师 is retired, 办理退休的人员 may not be.
    fn retired_from(&self, key: &str) -> Option<&Word> {
        if !self.says_retired.as_ref()?.is_match(key) {
            return None;
        }
        self.retired.iter().filter_map(|index| self.words.get(*index)).find(|retired| {
            let behind = key
                .find(retired.key.as_str())
                .and_then(|at| key.get(at + retired.key.len()..))
                .map(without_duration);
            behind.is_some_and(|(since, behind)| {
                let Some(behind) = behind.strip_prefix('的') else { return since && behind.is_empty() };
                behind.ends_with("干部")
                    || self
                        .words
                        .iter()
                        .any(|word| word.kind != RETIRED && behind.ends_with(word.key.as_str()))
            })
        })
    }
}

/// Without 近十年, 了五年, 多年 at its beginning, and whether that stood there.
fn without_duration(behind: &str) -> (bool, &str) {
    let rest = behind.trim_start_matches(['了', '已', '近', '约', '快', '将', '有']);
    let number = rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || is_numeral(c) || matches!(c, '几' | '多' | '余' | '好')
    });
    let unit = ["年多", "年", "个月"].iter().find_map(|unit| number.strip_prefix(unit));
    unit.filter(|_| number.len() < rest.len()).map_or((false, behind), |rest| (true, rest))
}

/// The words of the language, for no list.
fn general() -> Vec<Word> {
    words().map(|(word, kind)| Word { key: key(word), kind, rank: rank(kind), value: None }).collect()
}

/// Under which value each kind of occupation is counted: the one that the configuration names, else the one that is
/// called like a word of the kind (教师), else the only one whose name holds such a word (离退休人员).
fn by_kind(list: &[Occupation]) -> HashMap<&str, usize> {
    let mut by_kind: HashMap<&str, usize> = HashMap::new();
    for (index, value) in list.iter().enumerate() {
        by_kind.extend(value.kinds.iter().map(|kind| (kind.as_str(), index)));
    }
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, value) in list.iter().enumerate().filter(|(_, value)| value.kinds.is_empty()) {
        let name = key(&value.name);
        match GENERAL.best(&name) {
            Some(word) if word.key == name => {
                by_kind.entry(word.kind).or_insert(index);
            }
            Some(word) => holders.entry(word.kind).or_default().push(index),
            None => {}
        }
    }
    for (kind, values) in holders {
        if let [only] = values[..] {
            by_kind.entry(kind).or_insert(only);
        }
    }
    by_kind
}

/// Whether a word is an occupation and nothing else: it ends with a synonym (中学教师), or begins with being retired.
pub(crate) fn is_whole(word: &str) -> bool {
    const LONGEST_CHARS: usize = 10;
    // With 的 behind it.
    if word.chars().filter(|c| is_han(*c)).count() > LONGEST_CHARS + 1 {
        return false;
    }
    let whole = key(word);
    let key = whole.strip_suffix('的').unwrap_or(&whole);
    let length = key.chars().count();
    if length <= LONGEST_CHARS && is_said_twice(key) {
        return true;
    }
    if !(2..=LONGEST_CHARS).contains(&length) || NOT_IN_A_WORD.iter().any(|part| key.contains(part)) {
        return false;
    }
    let Some(found) = GENERAL.best(key) else {
        return (key.len() < whole.len() || key.starts_with(['开', '经'])) && GENERAL.shop(&whole).is_some();
    };
    found.kind == RETIRED
        && ["休", "人员", "干部", "老人", "职工", "党员"].iter().any(|word| key.ends_with(word))
        || KEYS.ends(key)
        // 开了一家裁缝铺: the shop is what counts, whatever trade its name holds.
        || GENERAL.shop(&whole).is_some()
}

/// Whether somebody who says this of himself is in business for himself: 做二手车生意的, 开小饭店的个体户.
pub(crate) fn keeps_a_shop(text: &str) -> bool {
    let key = key(text);
    GENERAL.shop(&key).is_some() || is_said_twice(&key)
}

/// 开小饭店的个体户: what somebody does, and what that is called.
fn is_said_twice(key: &str) -> bool {
    key.rsplit_once('的').is_some_and(|(front, end)| GENERAL.shop(front).is_some() && is_whole(end))
}

/// The words of the language as they are compared.
static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys(words().map(|(word, _)| self::key(word)).collect()));

struct Keys(HashSet<String>);

impl Keys {
    /// Whether a text ends with one of them.
    fn ends(&self, text: &str) -> bool {
        text.char_indices().any(|(at, _)| text.get(at..).is_some_and(|end| self.0.contains(end)))
    }
}

/// Parts of sentences about occupations: 建议教师.
const NOT_IN_A_WORD: &[&str] = &[
    "建议", "希望", "不是", "表扬", "批评", "感谢", "投诉", "举报", "点赞", "处分", "撤换", "方便", "服务",
    "支持", "关注", "关爱", "保障", "帮助", "的", "和", "及", "与", "、", ",",
];

/// Folded, lower case, without blanks and brackets: 退（离）休人员 is 退离休人员. A blank between Latin words stays.
fn key(text: &str) -> String {
    let mut key = String::new();
    let mut apart = false;
    for c in fold_case(text).chars() {
        if c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '〔' | '〕') {
            apart = true;
            continue;
        }
        if apart && c.is_ascii_alphanumeric() && key.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            key.push(' ');
        }
        apart = false;
        key.push(c);
    }
    key
}

/// Whether a word in a text is the writer's own; Latin words match whole.
fn is_the_writers_own(text: &str, place: std::ops::Range<usize>, word: &str) -> bool {
    let before = text.get(..place.start).and_then(|text| text.chars().next_back());
    let behind = text.get(place.end..).unwrap_or_default();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let whole = !word.is_ascii() || !letter(before) && !letter(behind.chars().next());
    whole && !SOMEBODY_ELSE.is_match(behind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::occupations::kinds;

    fn list(names: &[&str]) -> Occupations {
        Occupations::new(&names.iter().copied().map(Occupation::named).collect::<Vec<_>>())
    }

    #[test]
    fn rulings() {
        let of_kind =
            |kind: &str| Occupation { name: kind.to_owned(), kinds: vec![kind.to_owned()], also: Vec::new() };
        let all = Occupations::new(&kinds().map(of_kind).collect::<Vec<_>>());
        for (written, expected) in [
            ("退休工人", Some("retired")),
            ("退休教师", Some("retired")),
            ("退休高级工程师", Some("retired")),
            ("退休（人员）", Some("retired")),
            ("企业职工", Some("worker")),
            ("企业负责人/总经理", Some("manager")),
            ("开饭店的个体户", Some("self-employed")),
            ("法务", Some("legal")),
            ("下岗工人", Some("unemployed")),
            ("退役军人", None),
            ("退役军人，现为个体户", Some("self-employed")),
            ("教职工", None),
            ("大学生村官", None),
            ("学生处辅导员", Some("teacher")),
            ("事业编教师", Some("public institution")),
            ("engineer 工程师", Some("technical")),
            ("IT", Some("technical")),
            ("digital nomad", None),
            ("title holder", None),
            ("公司HR", Some("manager")),
            ("网约车司机", Some("freelance")),
            ("军人家属", None),
            ("学生家长", None),
            ("其它", Some("other")),
            ("道士", None),
        ] {
            assert_eq!(all.map(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_value_that_the_list_lacks_is_not_returned() {
        assert_eq!(list(&["教师"]).map("个体户"), None);
        assert_eq!(list(&["离（退）休人员"]).map("退休教师").as_deref(), Some("离（退）休人员"));
        assert_eq!(list(&["小学教师", "高校教师"]).map("语文老师"), None);
        assert_eq!(list(&["退休（人员）"]).map("退休教师").as_deref(), Some("退休（人员）"));
        assert_eq!(Occupations::new(&[]).map("教师"), None);
        // It is known as an occupation all the same.
        assert_eq!(Occupations::new(&[]).known("社区卫生服务中心的护士"), Some(Known { value: None }));
        assert_eq!(list(&["教师"]).known("个体户"), Some(Known { value: None }));
        assert_eq!(Occupations::new(&[]).known("道士"), None);
    }

    #[test]
    fn a_consultation_has_values_and_words_of_its_own() {
        let own = Occupations::new(&[
            Occupation {
                name: "中小学教师".to_owned(),
                kinds: vec!["teacher".to_owned()],
                also: vec!["教职工".to_owned()],
            },
            Occupation {
                name: "高校教师".to_owned(), kinds: Vec::new(), also: vec!["教授".to_owned()]
            },
            Occupation {
                name: "老教育工作者".to_owned(), kinds: vec![RETIRED.to_owned()], also: Vec::new()
            },
            Occupation::named("学生家长"),
        ]);
        for (written, expected) in [
            ("语文老师", Some("中小学教师")),
            ("教职工", Some("中小学教师")),
            ("副教授", Some("高校教师")),
            ("退休教授", Some("老教育工作者")),
            ("一名学生家长", Some("学生家长")),
            ("学生", None),
        ] {
            assert_eq!(own.map(written).as_deref(), expected, "{written}");
        }
        assert_eq!(own.chosen("□中小学教师 ☑高校教师"), Some("高校教师"));
    }
}
