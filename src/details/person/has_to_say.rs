//! Who says in his first words that he has something to say: `婚礼司仪刘子杰有话说。`, `电梯维保工卓立辉来信`, `修鞋的老冀说一句：…`,
//! `我是韶关的乡村兽医计福来，说个简单的：…`, `锡伯族老人关世源，七十有九，…`.

use std::ops::Range;

use crate::details::lexicon::roles;
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::glued::says_something;
use crate::details::person::name::is_certain;
use crate::details::person::taken_apart::skipped;
use crate::details::person::{posts, presentation, trades};
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

pattern!(
    /// What somebody says behind his name who has something to say.
    HAS_TO_SAY, SELF_DESCRIPTIONS,
    r"(?:⟨heads a letter⟩|有(?:几句)?话(?:要|想)?(?:说|讲)|(?:想)?(?:说|讲|谈)(?:一句|几句|两句|个事儿?|点事儿?|两点|几点|一点|个简单的)|(?:来)?提(?:一?点|个|几|两|一|三)\p{Han}{0,6}|进言|上书)$"
);

/// Who has something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HasToSay {
    /// Index of the line.
    pub(crate) line: usize,
    pub(crate) name: Option<String>,
    /// What he is, in the folded line.
    pub(crate) what: Option<Range<usize>>,
    /// The line says nothing else.
    pub(crate) is_whole: bool,
}

/// The first of the head's lines in which somebody says so.
pub(super) fn find(lines: &[Line<'_>]) -> Option<HasToSay> {
    const HEAD_LINES: usize = 3;
    let said = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty());
    said.take(HEAD_LINES).find_map(|(index, line)| read(line.text, index))
}

fn read(text: &str, line: usize) -> Option<HasToSay> {
    const CLAUSE_CHARS: usize = 30;
    // 【短信写信】修鞋的老冀说一句
    let headed =
        text.find('】').filter(|_| text.trim_start().starts_with('【')).map_or(0, |at| at + '】'.len_utf8());
    let start = headed + skipped(text.get(headed..)?);
    let rest = text.get(start..)?;
    let is_mark = |c: char| matches!(c, ',' | '。' | ':' | '!' | ';' | '~' | '?');
    let clause = rest.split(is_mark).next()?.trim_end();
    let behind = rest.get(clause.len()..)?.trim_start_matches(|c| is_mark(c) || c == ' ');
    if clause.is_empty()
        || clause.chars().take(CLAUSE_CHARS + 1).count() > CLAUSE_CHARS
        || clause.contains(' ')
    {
        return None;
    }
    let own =
        ["我是", "俺是", "本人是"].iter().find(|own| clause.starts_with(**own)).map_or(0, |own| own.len());
    let says = HAS_TO_SAY.find(clause).map(|found| found.start());
    let words = clause.get(own..says.unwrap_or(clause.len()))?;
    let mut further = behind.split(is_mark).map(str::trim).filter(|clause| !clause.is_empty()).peekable();
    let next = further.peek().copied().unwrap_or_default();
    let of_oneself = presentation::is_of_oneself(next);
    if says.is_none() && !of_oneself && !(own > 0 && HAS_TO_SAY.is_match(next)) {
        return None;
    }
    let from = start + own;
    let (front, name) = parted(words)?;
    let what = Some(front).filter(|front| {
        trades::is_one(front.rsplit_once('的').map_or(front, |(_, last)| last)) || trades::is_one(front)
    });
    let is_name = !is_nickname(name);
    let is_whole = further.all(presentation::is_of_oneself);
    Some(HasToSay {
        line,
        name: is_name.then(|| name.to_owned()),
        what: what.map(|what| from..from + what.trim_end_matches('的').len()),
        is_whole,
    })
}

/// What somebody is, and the name glued to it.
fn parted(words: &str) -> Option<(&str, &str)> {
    const NAME_CHARS: [usize; 3] = [3, 2, 4];
    let length = words.chars().count();
    NAME_CHARS.iter().filter(|chars| length > **chars + 1).find_map(|chars| {
        let at = words.char_indices().nth(length - chars).map(|(at, _)| at)?;
        let (front, name) = words.split_at_checked(at)?;
        let fits = is_certain(name) && !says_something(name) || *chars == 2 && is_nickname(name);
        (fits && is_role(front)).then_some((front, name))
    })
}

/// 老冀
fn is_nickname(word: &str) -> bool {
    let surname = word.strip_prefix(['老', '小']);
    surname.is_some_and(|surname| surname.chars().count() == 1 && surname_length(surname) == 1)
}

/// Whether words say what somebody is: 开诊所的牙医, 锡伯族老人, 修鞋的.
fn is_role(words: &str) -> bool {
    let last = words.trim_end_matches('的').rsplit_once('的').map_or(words, |(_, last)| last);
    let plain = last.split_once('族').map_or(last, |(_, rest)| rest);
    !words.contains(['我', '你', '他', '她'])
        && [words, last, plain].iter().any(|word| {
            let is_place = roles::is_place(word);
            !word.is_empty() && !is_place && (trades::is_one(word) || posts::read(word).is_some())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    #[test]
    fn who_has_something_to_say() {
        let told = |text: &str| {
            let text = Text::new(text);
            let lines = text.lines();
            let found = find(&lines)?;
            let what = found.what.and_then(|what| lines.get(found.line)?.text.get(what)).unwrap_or_default();
            Some((found.name.unwrap_or_default(), what.to_owned()))
        };
        for (text, name, what) in [
            ("婚礼司仪韩小雪有话说。", "韩小雪", "婚礼司仪"),
            ("电梯维保工韩小雪来信\n1 维保单位可代办", "韩小雪", "电梯维保工"),
            ("开诊所的牙医韩小雪提点想法。", "韩小雪", "开诊所的牙医"),
            ("我是韶关的乡村兽医韩小雪，说个简单的：检疫证明要看纸的。", "韩小雪", "韶关的乡村兽医"),
            ("锡伯族老人韩小雪，七十有九，种了一辈子水稻。", "韩小雪", ""),
            ("修鞋的老韩说一句：备案找不着入口。", "", "修鞋的"),
        ] {
            let what = what.trim_end_matches('的');
            assert_eq!(told(text), Some((name.to_owned(), what.to_owned())), "{text}");
        }
        for text in [
            "窗口办事员韩小雪，态度恶劣。",
            "窗口主任韩小雪说不归他管。",
            "建议居民反映问题有渠道。",
            "居民反映强烈。",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
