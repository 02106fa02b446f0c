//! Sentences in which somebody says who he is and nothing else: `我叫…，是一名教师，电话…，欢迎联系我。`

use crate::details::contact::{email, phone, whose};
use crate::details::form::label_words::OWNERS;
use crate::details::lexicon::places::place_at_start;
use crate::details::lexicon::roles;
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::glued::{presents, split_glued};
use crate::details::person::name::{Proof, Reading, dotted, latin, read_han};
use crate::details::text::fold::is_han;
use crate::details::text::numeral::digit;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(CALLED, SELF_DESCRIPTIONS, "I am called");
word_list!(ONESELF, SELF_DESCRIPTIONS, "oneself");
word_list!(
    /// What invites to call: 欢迎联系我.
    INVITES, SELF_DESCRIPTIONS, "invites"
);
word_list!(
    /// What stands before where somebody lives: 家住.
    LIVES, SELF_DESCRIPTIONS, "lives in"
);

word_list!(
    /// How an introduction ends: 谢谢.
    THANKS, SELF_DESCRIPTIONS, "thanks"
);

word_list!(
    /// What stands before a name in a clause of its own: 名字叫.
    NAMED, SELF_DESCRIPTIONS, "named"
);
pattern!(
    /// `我姓赵叫赵福林`
    SURNAME_AND_NAME, r"^(?:我|本人|俺)姓\p{Han}{1,2}名?叫(?P<name>\p{Han}{2,4})$");
pattern!(
    /// `我姓赵`
    SURNAME_ALONE, r"^(?:我|本人|俺|免贵)姓(?P<surname>\p{Han}{1,2})$");
pattern!(
    /// `在镇上开饭店`, `在厂里上班`: where somebody works, and nothing of how it is there.
    WORKS, SELF_DESCRIPTIONS, r"^(?:现|目前|一直)?(?:在|于)\p{Han}{1,10}?(?:⟨works⟩|(?:开|经营)\p{Han}{1,6}(?:店|馆|铺|摊|厂))$");

/// The longest clause that says who somebody is, in characters.
const CLAUSE_CHARS: usize = 24;

/// The longest clause that invites to call, in characters.
const INVITATION_CHARS: usize = 14;

/// What a clause says of the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Name,
    Contact,
    Particular,
}

/// Whether a clause says who the writer is, and nothing else: `我叫王芳`, `我是广州市民王芳`.
pub(crate) fn is_about_writer(clause: &str) -> bool {
    introduces(clause.trim()).is_some()
}

/// Whether a text begins as somebody does who says who he is: 我叫, 本人.
pub(crate) fn begins(text: &str) -> bool {
    CALLED.at_start(text).is_some() || ONESELF.at_start(text).is_some()
}

/// The name that a clause says: 我叫王芳, 我是湛江的出租车司机王芳, 叫王芳.
pub(super) fn name_of(clause: &str) -> Option<String> {
    let clause = clause.trim();
    if let Some(found) = SURNAME_AND_NAME.captures(clause) {
        return found.name("name").map(|name| name.as_str().to_owned());
    }
    let own =
        CALLED.at_start(clause).or_else(|| ONESELF.at_start(clause)).or_else(|| NAMED.at_start(clause))?;
    let who = clause.get(own.len()..)?.trim_start_matches([':', ' ', '叫', '是', '系']).trim();
    let last = who.rsplit_once('的').map_or(who, |(_, last)| last);
    let is_whole = |name: &str| matches!(read_han(name, Proof::Said), Reading::Name(read) if read == name);
    if is_whole(last) {
        return Some(last.to_owned());
    }
    split_glued(last, true).map(|(_, _, name)| name.to_owned())
}

/// How long the introduction is with which a sentence begins, in bytes: the whole sentence, or, where a way to reach the
/// writer stands in it, what precedes the first clause that proposes something; 0 where there is none.
pub(crate) fn introduction_length(sentence: &str, proposes: impl Fn(&str) -> bool) -> usize {
    let sentence_begins = sentence.trim_start();
    if !begins(sentence_begins) && OWNERS.at_start(sentence_begins).is_none() {
        return 0;
    }
    let (mut at, mut named, mut reached) = (0, false, false);
    for clause in sentence.split(',') {
        let says = match (contact(clause), at) {
            (true, _) => Some(Says::Contact),
            (false, 0) => introduces(clause.trim()),
            (false, _) => goes_on(clause.trim()),
        };
        match says {
            Some(says) => {
                named |= says == Says::Name;
                reached |= says == Says::Contact;
            }
            None if reached && proposes(clause.trim()) => return at,
            // 我是退休教师龙国庆，…: nothing of what follows leans on who says it.
            None if named
                && sentence.get(..at.saturating_sub(1)).is_some_and(|said| presents(said).is_some()) =>
            {
                return at;
            }
            None => return 0,
        }
        at = (at + clause.len() + 1).min(sentence.len());
    }
    if named || reached { sentence.len() } else { 0 }
}

/// Where in a sentence the introduction begins with which it ends, in bytes: `…，我叫张三，手机138…`. A way to reach the writer must
/// stand in it.
pub(crate) fn introduction_start(sentence: &str) -> Option<usize> {
    // Each clause is looked at once: the last one that says how to reach the writer tells for all before it.
    let (last_reaching, _) = sentence.rmatch_indices(',').find(|(at, comma)| {
        let behind = sentence.get(at + comma.len()..).unwrap_or_default();
        contact(behind.split(',').next().unwrap_or_default())
    })?;
    let commas = sentence.match_indices(',').take_while(|(at, _)| *at <= last_reaching);
    commas.map(|(at, comma)| at + comma.len()).take(40).find(|at| {
        let end = sentence.get(*at..).unwrap_or_default();
        introduction_length(end, |_| false) == end.len()
    })
}

/// How long the sentence is that goes on about the writer behind his labelled data (`电话：…，在镇上开饭店。`), in bytes; 0 where it
/// says anything else.
pub(crate) fn particulars_length(behind: &str) -> usize {
    let stop = behind.find(['。', '!', ';']);
    let sentence = behind.get(..stop.unwrap_or(behind.len())).unwrap_or_default();
    let clauses = || sentence.split([',', ' ']).map(str::trim).filter(|clause| !clause.is_empty());
    if clauses().next().is_none() || !clauses().all(|clause| goes_on(clause).is_some()) {
        return 0;
    }
    sentence.len() + stop.and_then(|at| behind.get(at..)?.chars().next()).map_or(0, char::len_utf8)
}

/// 欢迎致电, 请随时联系: a sentence that invites to call and says no more.
pub(crate) fn is_invitation(sentence: &str) -> bool {
    let invites = sentence.trim_start_matches(['请', '可', '敬']);
    INVITES.at_start(invites).is_some()
        && sentence.chars().take(INVITATION_CHARS + 1).count() <= INVITATION_CHARS
}

/// The surname that a clause says, and no name: 我姓赵.
pub(super) fn surname_of(clause: &str) -> Option<&str> {
    let surname = SURNAME_ALONE.captures(clause)?.name("surname")?.as_str();
    (surname_length(surname) == surname.chars().count()).then_some(surname)
}

/// What the first clause says of the writer, when it is nothing but who he is.
pub(crate) fn introduces(clause: &str) -> Option<Says> {
    if clause.chars().take(CLAUSE_CHARS + 1).count() > CLAUSE_CHARS {
        return None;
    }
    if let Some(found) = SURNAME_AND_NAME.captures(clause) {
        return found.name("name").is_some_and(|name| is_name(name.as_str())).then_some(Says::Name);
    }
    let own = CALLED.at_start(clause).or_else(|| ONESELF.at_start(clause))?;
    let who = clause.get(own.len()..)?.trim_start_matches([':', ' ', '叫', '是', '系']).trim();
    if is_name(who) || who.rsplit_once('的').is_some_and(|(_, who)| is_name(who)) {
        return Some(Says::Name);
    }
    is_what_one_is(who).then_some(Says::Particular)
}

fn is_name(who: &str) -> bool {
    matches!(read_han(who, Proof::Said), Reading::Name(name) if name == who)
        || dotted(who).is_some()
        || latin(who).is_some_and(|name| name.len() == who.len())
        || split_glued(who, true).is_some()
}

/// `一名小学教师`, `广州市民`, `个程序员`; nobody is what his father's friends are.
fn is_what_one_is(words: &str) -> bool {
    let (front, last) = words.rsplit_once('的').unwrap_or(("", words));
    // 个程序员, and 个体户.
    let counted = last.strip_prefix('个').unwrap_or(last);
    let is_role = || [last, counted].iter().any(|word| roles::read(word).is_some());
    !front.contains(['我', '他', '她']) && (is_role() || is_people(last))
}

/// 朝鲜族
fn is_people(word: &str) -> bool {
    const CHARS: usize = 5;
    word.ends_with('族') && (2..=CHARS).contains(&word.chars().count())
}

/// Whether a clause behind the first says the writer's name: `叫赵福林`.
pub(super) fn names(clause: &str) -> bool {
    goes_on(clause) == Some(Says::Name)
}

/// What a clause behind the first says of the writer: `叫赵福林`, `姓赵`, `女`, `35岁`.
pub(crate) fn goes_on(clause: &str) -> Option<Says> {
    let named = NAMED.at_start(clause).and_then(|word| clause.get(word.len()..));
    if named.is_some_and(|who| is_name(who.trim_start_matches([':', ' ']))) {
        return Some(Says::Name);
    }
    is_particular(clause).then_some(Says::Particular)
}

/// An age, a sex, a people, an occupation, where one lives, or the wish to be called.
fn is_particular(clause: &str) -> bool {
    if clause.is_empty() {
        return true;
    }
    if clause.chars().take(CLAUSE_CHARS + 1).count() > CLAUSE_CHARS {
        return false;
    }
    let what = ["也是", "现是", "现为", "是", "系", "为"].iter().find_map(|verb| clause.strip_prefix(verb));
    let short = clause.chars().count() <= 8;
    is_what_one_is(what.unwrap_or(clause).trim())
        || short && clause.ends_with(['岁', '族'])
        || matches!(clause, "男" | "女" | "男性" | "女性")
        || clause.strip_prefix('姓').is_some_and(|surname| (1..=2).contains(&surname.chars().count()))
        || LIVES.at_start(clause).is_some()
        || clause.ends_with('人') && place_at_start(clause).is_some() && short
        || is_resident(what.unwrap_or(clause).trim())
        || WORKS.is_match(clause)
        || THANKS.contains(clause)
        || INVITES.inside(clause) && clause.chars().count() <= INVITATION_CHARS
}

/// `某某市某某区居民`, `某某区居民`: where one lives, behind one's name.
fn is_resident(clause: &str) -> bool {
    const RESIDENTS: [&str; 5] = ["居民", "市民", "村民", "业主", "住户"];
    let place = RESIDENTS.iter().find_map(|word| clause.strip_suffix(word));
    place.is_some_and(|place| {
        place_at_start(place).is_some() || place.ends_with(['区', '县', '镇', '乡', '村', '旗'])
    })
}

/// Whether a clause gives a number or an address of the writer's and says hardly anything else.
fn contact(clause: &str) -> bool {
    const WORDS: usize = 10;
    let digits = clause.bytes().filter(u8::is_ascii_digit).take(7).count() == 7;
    let spelled = || !phone::find_spelled(clause).is_empty();
    let has_one = digits && !phone::find(clause).is_empty()
        || clause.contains(['@', '＠']) && !email::find(clause).is_empty()
        || spelled();
    let words = clause.chars().filter(|c| is_han(*c) && digit(*c).is_none()).count();
    has_one && words <= WORDS && !whose::is_another(clause) && !whose::is_about_others(clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_one_is_and_nothing_else() {
        let length = |sentence: &str| introduction_length(sentence, |clause| clause.starts_with("建议"));
        for whole in [
            "我叫韩小雪",
            "我叫韩小雪,是一名中学教师,电话13900139011",
            "我的手机号是13900139011",
            "本人韩小雪,女,45岁,家住和平区,有问题请联系我",
        ] {
            assert_eq!(length(whole), whole.len(), "{whole}");
        }
        for none in ["我叫韩小雪,每天要接孩子", "我是一名教师", "我是第一次来,电话打不通", "建议增加窗口"]
        {
            assert_eq!(length(none), 0, "{none}");
        }
        assert_eq!(length("我是退休教师韩小雪,收费不公开"), "我是退休教师韩小雪,".len());
        assert_eq!(length("我叫韩小雪,电话13900139011,建议增设窗口"), "我叫韩小雪,电话13900139011,".len());
    }
}
