//! How somebody introduces himself: `我叫张三`, `My name is David Chen`.

use crate::details::contact::{phone, whose};
use crate::details::lexicon::name_words::NATIONS;
use crate::details::lexicon::roles;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::glued::{self, split_glued};
use crate::details::person::name::{self, Proof, Reading};
use crate::details::person::signers::SIGNATURES;
use crate::details::person::transliterated::transliterated;
use crate::details::person::{abroad, presentation, run_on};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

pattern!(
    /// `我叫张三`, `本人李丽，`: a surname alone is no proof behind 本人 (本人于昨日…), so the name must end
    /// where a name in apposition ends.
    INTRODUCTION, SELF_DESCRIPTIONS,
    r"(?x) (?:^|[^\p{Han}A-Za-z0-9]|(?:别|不要|不想|请勿|勿|莫|不)(?:公布|公开|透露|登出|写出))
          (?: (?: ⟨I am called⟩ | (?:我|本人)姓\p{Han}{1,2},?名?叫 | 本人(?:姓名|名叫|叫) :? | (?:我|本人|俺|咱|贫[僧道])[是系][^。!?;:]{1,40}?,(?:名叫|叫|名字叫|法[名号]|道号|姓名[是为:]?) ) \s? (?P<sure> [\p{Han}·]{2,8}? | \p{Lu}[\p{Latin}.'’-]{1,20}(?:\x20\p{Lu}[\p{Latin}.'’-]{0,20}){0,3} )
            | ⟨oneself⟩ :? \s? (?P<apposed> [\p{Han}·]{2,8}? ) )
          (?: [,。!?;、(\t] | \s | $ | 是 | 系 | 今年 | 现年 | 来自 | 家住 | ,?(?:男|女)[,。] )"
);

word_list!(
    /// Beginnings behind 本人 that hold a surname and are words: 本人于昨日, 本人曾任, 本人常住.
    NOT_APPOSED, SELF_DESCRIPTIONS, "behind 本人"
);

pattern!(
    /// `My name is David Chen`, `I am David Chen, a teacher`: two words with capitals that name no nation.
    ENGLISH_INTRODUCTION,
    r"(?:(?i:my name is) (?P<named>[A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+){0,2})|(?:^|[.!,] ?)(?:I am|I'm|I’m|This is) (?P<said>[A-Z][a-z'-]+ [A-Z][a-z'-]+)|(?i:my name)[a-z ]{0,40}: ?(?P<kept>[A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+){1,2}))(?:[,.!;)]| from|$)"
);

pattern!(
    /// `我叫迪丽达尔·阿合买提，`: names with a middle dot may be long.
    DOTTED_INTRODUCTION, SELF_DESCRIPTIONS,
    r"(?:⟨I am called⟩|本人|在下|笔者)(?:叫|姓名)?:?\s?(?P<name>[\p{Han}·]{5,20}?)(?:[,。!?;、(\s]|$)"
);

word_list!(SAYS_OF_A_NAME, SIGNATURES, "says of a name");

/// How somebody says that a name follows, and nothing else can.
const SPOKEN_LABELS: [&str; 7] = ["名字叫", "名字是", "姓名", "中文名", "法名", "法号", "道号"];

/// The name with which the writer of this line introduces himself.
pub(crate) fn introduced(line: &Line<'_>) -> Option<(String, String)> {
    let in_english = ["my name", "name is", "Name is", "I am", "I'm", "I’m", "This is"];
    if in_english.iter().any(|words| line.text.contains(words))
        && let Some(found) = ENGLISH_INTRODUCTION.captures(line.text)
        && let Some(name) = found.name("named").or_else(|| found.name("said")).or_else(|| found.name("kept"))
        && !name.as_str().split(' ').any(|word| NATIONS.contains(word))
    {
        return Some((name.as_str().to_owned(), found.get(0)?.as_str().trim().to_owned()));
    }
    if line.text.contains('·')
        && let Some(found) = DOTTED_INTRODUCTION.captures(line.text)
        && let Some(name) = found.name("name").and_then(|name| name::dotted(name.as_str()))
    {
        return Some((name, found.get(0)?.as_str().trim().to_owned()));
    }
    if let Some(name) = abroad::introduced(line.text) {
        return Some((name, line.text.trim().chars().take(80).collect()));
    }
    if let Some(found) = run_on::read(line.text)
        && let Some((name, said)) = found.name(line.text)
    {
        return Some((name, said.to_owned()));
    }
    // 我是小学生，我叫…: the mark that ends one may begin the next.
    let mut at = 0;
    let next = std::iter::from_fn(|| {
        let found = INTRODUCTION.captures_at(line.text, at)?;
        at = found.name("sure").or_else(|| found.name("apposed"))?.end();
        Some(found)
    });
    let found = next.take(20).collect::<Vec<_>>().into_iter().find_map(|found| {
        let whole = found.get(0)?.as_str().trim();
        let (candidate, sure) = match (found.name("sure"), found.name("apposed")) {
            (Some(sure), _) => (sure.as_str(), true),
            (None, Some(apposed)) => (apposed.as_str(), false),
            (None, None) => return None,
        };
        if let Some(name) = name::dotted(candidate).or_else(|| sure.then(|| name::latin(candidate)).flatten())
        {
            return Some((name, whole.to_owned()));
        }
        // 请勿公布本人姓名和联系方式: what is joined to the word is no name.
        if candidate.starts_with(['和', '与', '及'])
            && whole.split_once(candidate).is_some_and(|(before, _)| before.ends_with("姓名"))
        {
            return None;
        }
        let is_apposed = !sure;
        // 我叫阿依古丽 买买提，: the whole name or nothing.
        if let Some(second) = behind_blank(line.text, found.get(0)?.end()).filter(|_| sure)
            && !name::is_certain(candidate)
        {
            return Some((
                transliterated(&[candidate, second], name::is_certain)?,
                format!("{whole} {second}"),
            ));
        }
        // 我是王芳 says no more than 我是农民; only a full stop of the phrase behind 本人 counts, or a number of one's own
        // behind it: 我是王芳，电话….
        if is_apposed && NOT_APPOSED.at_start(candidate).is_some() {
            return None;
        }
        if is_apposed && whole.contains("我是") {
            let behind = line.text.get(found.get(0)?.end()..).unwrap_or_default();
            let reached = gives_a_number(behind) || tells_of_oneself(behind);
            let (candidate, is_role) = match split_glued(candidate, true) {
                Some((_, _, name)) => (name, false),
                None => (candidate, roles::read(candidate).is_some()),
            };
            let name = Some(candidate).filter(|_| reached && !is_role);
            return match name::read_han(name?, Proof::Form) {
                Reading::Name(name) => Some((name, whole.to_owned())),
                _ => None,
            };
        }
        // 名字叫坎蓬, 我叫蒲公英（真名…）: as good as a label.
        let behind = line.text.get(found.get(0)?.end()..).unwrap_or_default();
        let remarked = whole.ends_with('(') && SAYS_OF_A_NAME.at_start(behind).is_some();
        let spoken = sure && (remarked || SPOKEN_LABELS.iter().any(|label| whole.contains(label)));
        let proof = match (is_apposed, spoken) {
            (true, _) => Proof::Form,
            (false, true) => Proof::Label,
            (false, false) => Proof::Said,
        };
        match name::read_han(candidate, proof) {
            Reading::Name(name) => Some((name, whole.to_owned())),
            _ => None,
        }
    });
    found.or_else(|| behind_role(line.text))
}

/// Whether the writer of this line says that he is who his mail program calls him: `我是一名在读研究生沙小杰，…`.
pub(crate) fn introduced_as(line: &Line<'_>, display: &str) -> bool {
    const CLAUSE_BYTES: usize = 90;
    const OWN: [&str; 4] = ["我是", "我叫", "本人", "我系"];
    OWN.iter().flat_map(|own| line.text.match_indices(own)).take(20).any(|(at, own)| {
        let rest = line.text.get(at + own.len()..).unwrap_or_default();
        let clause = rest.split([',', '。', '!', ';', ':', '(']).next().unwrap_or_default().trim_end();
        clause.len() <= CLAUSE_BYTES && clause.ends_with(display)
    })
}

/// The name behind what somebody is, in one clause: a sentence of its own: `我是某大学大三学生邱小溪。`
fn behind_role(text: &str) -> Option<(String, String)> {
    const OWN: [&str; 2] = ["我是", "本人是"];
    OWN.iter().flat_map(|own| text.match_indices(own)).take(20).find_map(|(at, own)| {
        let rest = text.get(at + own.len()..)?;
        let clause = rest.split([',', '。', '!', ';', '(']).next()?;
        let whole = text.get(at..at + own.len() + clause.len())?;
        if rest.get(clause.len()..).is_some_and(|rest| rest.starts_with(','))
            && let Some(name) = glued::presents(whole)
        {
            return Some((name.to_owned(), whole.to_owned()));
        }
        // Only a whole sentence says nothing but that, where a surname may be another word.
        rest.get(clause.len()..).filter(|rest| !rest.starts_with([',', '(']))?;
        let clause = glued::without_oneself(clause);
        let last = clause.rsplit_once('的').map_or(clause, |(_, last)| last);
        let (_, _, name) = split_glued(last, true)?;
        Some((name.to_owned(), whole.trim_end().to_owned()))
    })
}

/// Whether the next clause says where the writer lives or what he does: `我是王芳，在海城开了一家裁缝铺，…`.
fn tells_of_oneself(behind: &str) -> bool {
    let clause = behind.split([',', '。', '!', ';', ':']).next().unwrap_or_default().trim();
    !clause.is_empty() && presentation::is_of_oneself(clause)
}

/// Whether a telephone number of the writer's follows soon, whatever he says of himself before it.
fn gives_a_number(behind: &str) -> bool {
    const NEAR_BYTES: usize = 90;
    let near = behind.get(..behind.floor_char_boundary(NEAR_BYTES)).unwrap_or_default();
    let near = near.split(['。', '!', '?', ';']).next().unwrap_or_default();
    phone::find(near)
        .first()
        .is_some_and(|first| near.get(..first.range.start).is_some_and(|before| !whose::is_another(before)))
}

/// The second word of a name, when a blank ends the first and a comma or a stop the second.
fn behind_blank(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(..at)?.ends_with(' ').then(|| text.get(at..))??;
    let end = rest.find(|c| !is_han(c)).unwrap_or(rest.len());
    let word = rest.get(..end).filter(|word| (2..=6).contains(&word.chars().count()))?;
    let ends =
        rest.get(end..)?.chars().next().is_none_or(|c| matches!(c, ',' | '。' | '!' | ';' | '、' | '('));
    ends.then_some(word)
}
