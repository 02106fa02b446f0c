//! Joint letters: how many people sign.

use std::ops::Range;

use crate::details::form::label::{Field, Label};
use crate::details::lexicon::surnames::surname_length;
use crate::details::lexicon::{occupations, roles};
use crate::details::person::name::{self, Reading, read_labelled};
use crate::details::person::signature::Signature;
use crate::details::person::signers::without_contacts;
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::details::text::numeral::number;
use crate::details::text::topics::Topic;
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;

language_table!(JOINT, "language/joint.tsv");

pattern!(
    /// A number of people, in a sentence that speaks of signing together.
    COUNT,
    r"(?:等|共计?|合计|我们)?\s?(?P<count>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?(?:人|名|位|户|家(?:都|均|企业|公司|商户|店|单位|小厂|,))"
);

pattern!(
    /// 联名 as an act of writers, not as in 联名卡 or 各部门联名推动.
    TOGETHER, JOINT,
    r"联名(?:⟨act of the writers⟩|信(?:[^用]|$)|\s*[,:(]|\s*$)|(?:我们|咱们|本)[^。]{0,24}全体⟨who acts⟩|全体⟨who acts⟩(?:\([^)]{1,12}\))?,?\s?(?:⟨together⟩)?(?:⟨asks together⟩|敬上|谨上|敬启)|(?:我们|咱们)[^。,]{0,24}(?:\([^)]{1,12}\))?,?⟨together⟩⟨asks together⟩|⟨sign together⟩|等[0-9一二三四五六七八九十百]+(?:人|名|位|户)[^。]{0,8}(?:签名|联名|敬上|谨上|代表)|我们[0-9一二三四五六七八九十百]+(?:名|位|户|个)|(?:我们|咱们)[^。;]{0,24}⟨who acts⟩,\s?(?:一共|总共|共计|共|合计)\s?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:人|名|位)(?:,|\s*$)|(?:附|附有|附上|后附)(?:了|有)?\s?[0-9一二三四五六七八九十百两]{1,5}\s?(?:户|名|位|人)[^。,]{0,6}(?:签名|签字|联名)|(?:以上|上述|本|此|该|这些|这份)(?:[几0-9一二三四五六七八九十]{0,3}[条点项])?⟨opinion⟩[^。,]{0,12}[0-9一二三四五六七八九十百两]\s?(?:户|名|位|人)[^。,]{0,10}⟨together⟩(?:提出|反映|建议|要求|请求|签)|[0-9一二三四五六七八九十百两]\s?(?:户|名|位|人)[^。,]{0,8}(?:签名|签字)(?:名单|表|册)?(?:附后|见附|在后|附上)"
);

pattern!(
    /// A proposal about signing is not a joint letter.
    PROPOSAL,
    r"(?:建议|希望|允许|支持|鼓励|要求|需要?|须|必须)[^,。;]{0,20}(?:联名|联署|签名|全体)"
);

pattern!(
    /// `联名人：张伟、李娜、王强` and `张伟、李娜、王强 联名`.
    LISTED, JOINT,
    r"(?:联名|联署|签名|签字|署名)(?:建议|提议)?⟨who⟩?(?:签字|签名)?(?:\([^)]{1,12}\))?\s?:\s?(?P<names>.{2,})$|^\s*(?P<before>.{2,}?)\s?(?:联名|联署|共同签名)[。.!]?\s*$|^\s*⟨who⟩?代表\s?:\s?(?P<delegates>.{2,}等.{1,6}[人名位户])\s*$"
);

pattern!(
    /// `共同署名：`, above a list.
    HEADED, r"^\s*(?:以下|下列|共同|联合)?(?:署名|签名|签字|联名|联署)(?:人|者|居民|业主|村民)?(?:如下|名单)?\s?:\s*$");

pattern!(
    /// `1. `
    NUMBERED, r"^\s*\(?[0-9]{1,3}\s?[.、)]\s*");

pattern!(
    /// `附议人：王芳、李明`: who joins the writer.
    SECONDED,
    r"附议[人者]\s?:\s?(?P<names>.{2,})$"
);

pattern!(
    /// `李明等三人`
    ETC,
    r"等\s?(?P<count>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?[余多]?(?:人|名|位|户)"
);

pattern!(
    /// `20名货车司机联名`, `我们三位大学生`: what those are who sign together.
    OF_A_TRADE,
    r"(?:(?:[0-9]{1,4}|[一二三四五六七八九十百两]{1,4})[余多]?[名位个]|全体)(?P<what>\p{Han}{2,8}?)的?(?:联名|联署|联合|共同|集体)|(?:我们|咱们)(?:[0-9]{1,4}|[一二三四五六七八九十百两]{1,4})[余多]?[名位个](?P<own>\p{Han}{2,10}?)(?:[,、在一都从]|共同|联名|联合)|(?:我们|咱们)这[些群帮](?P<these>\p{Han}{2,8}?)(?:[,、一都]|共同|联名|联合|集体)"
);

/// Where a line says what those are who sign together.
pub(super) fn trade_of_all(text: &str) -> Option<Range<usize>> {
    let found = OF_A_TRADE.captures(text)?;
    let what = found.name("what").or_else(|| found.name("own")).or_else(|| found.name("these"))?;
    (occupations::is_whole(what.as_str()) && !PROPOSAL.is_match(text)).then(|| what.range())
}

/// What makes a letter joint.
pub(crate) fn evidence(lines: &[Line<'_>]) -> Option<(usize, String)> {
    lines.iter().filter(|line| line.topics.has(Topic::Joint)).find_map(|line| {
        let sentence = line
            .text
            .split(['。', '!', '?', ';'])
            .find(|part| TOGETHER.is_match(part) && !PROPOSAL.is_match(part))?;
        Some((line.number, sentence.trim().chars().take(60).collect()))
    })
}

pattern!(
    /// `以上共28户居民签名`, `（计算机学院在读学生钟意等23人）`, `周正（代表全楼36户）`: below what was said, how many sign.
    AT_THE_END,
    r"(?x)^\(? (?: (?: 以上 )? (?: 共有? | 一共 | 总共 | 共计 | 合计 | 总计 | 后附 )? \s? (?P<count>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5}) \s? [余多]? [人名位户] \p{Han}{0,4} (?: 签名 | 签字 | 联名 | 联署 | 按手印 )
      | [^,。:;]{0,24}? (?P<name>\p{Han}{2,4}) 等 \s? (?P<etc>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5}) \s? [余多]? [人名位户] (?: 村民 | 居民 | 业主 | 学生 | 职工 | 敬上 | 谨上 | 联名 | 签名 )?
      | [^。;]{0,24}? (?: 业主 | 居民 | 村民 | 学生 | 商户 )? 代表 人? \s? : \s? \p{Han}{2,4} \s? \( 代表? (?: 全 | 本 )? \p{Han}{0,6} (?P<for>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5}) \s? [余多]? [人名位户] \p{Han}{0,2} \) ) \)? [。.]? $"
);

/// How many sign, as the last lines say.
fn stated_at_the_end(lines: &[Line<'_>]) -> Option<u32> {
    const LINES: usize = 6;
    let said = lines.iter().rev().filter(|line| !line.text.trim().is_empty()).take(LINES);
    let counts = said.filter(|line| line.text.len() <= VALUE_BYTES).filter_map(|line| {
        let found = AT_THE_END.captures(line.text.trim())?;
        // 教师等三人: a name stands before it, or the end of one.
        let name = found.name("name").map(|name| name.as_str());
        let is_name = |name: &str| name.char_indices().any(|(at, _)| name.get(at..).is_some_and(is_a_name));
        let count = found.name("count").or_else(|| found.name("etc")).or_else(|| found.name("for"))?;
        name.is_none_or(is_name).then(|| number(count.as_str())).flatten()
    });
    counts.max()
}

/// How many sign: the larger of a number in words and of the names listed.
pub(crate) fn signatories(lines: &[Line<'_>], fields: &[Field], signature: &Signature) -> u32 {
    let labelled = fields.iter().filter(|field| field.label == Label::Name).map(|field| field.text(lines));
    let named = lines.iter().enumerate().filter_map(|(index, line)| {
        let found = LISTED.captures(line.text)?;
        let behind = found.name("names").map(|names| names_in(names.as_str()));
        let below = || names_below(lines.get(index + 1..).unwrap_or_default());
        behind
            .map(|names| if names == 1 { names + below() } else { names })
            .or_else(|| found.name("before").map(|names| names_in(names.as_str())))
    });
    let headed = lines.iter().enumerate().filter(|(_, line)| HEADED.is_match(line.text));
    let headed = headed.map(|(index, _)| listed_below(lines.get(index + 1..).unwrap_or_default()));
    let in_table = fields
        .iter()
        .filter(|field| field.label == Label::Name && field.rule == "table_column")
        .filter(|field| matches!(read_labelled(field.text(lines)), Reading::Name(_)))
        .count();
    let seconded = lines
        .iter()
        .filter(|line| line.topics.has(Topic::Joint))
        .filter_map(|line| SECONDED.captures(line.text)?.name("names").map(|names| names_in(names.as_str())))
        .max()
        .map_or(0, |names| names + 1);
    let more = fields.iter().filter(|field| field.label == Label::Name).filter_map(|field| {
        let value = field.text(lines);
        let value = value.get(..value.floor_char_boundary(VALUE_BYTES))?;
        number(ETC.captures(value)?.name("count")?.as_str())
    });
    let listed = labelled
        .map(names_in)
        .chain(named)
        .chain(headed)
        .max()
        .unwrap_or(0)
        .max(signature.names.len())
        .max(in_table)
        .max(lines.iter().map(|line| roster(line.text).len()).max().unwrap_or(0))
        .max(seconded);
    let stated = lines
        .iter()
        .filter(|line| line.topics.has(Topic::Joint))
        .flat_map(|line| line.text.split(['。', '!', '?', ';']))
        .filter(|sentence| TOGETHER.is_match(sentence) && !PROPOSAL.is_match(sentence))
        .flat_map(|sentence| {
            COUNT.captures_iter(sentence).take(10).filter_map(|found| number(found.name("count")?.as_str()))
        })
        .chain(signature.stated)
        .chain(stated_at_the_end(lines))
        .chain(more)
        .max()
        .unwrap_or(1);
    u32::try_from(listed).unwrap_or(u32::MAX).max(stated).max(1)
}

/// `甲（博士生）、乙（硕士生）`: the names of a line that holds several people, each with what he is, and nothing else.
fn roster(text: &str) -> Vec<&str> {
    let person = |part: &'_ str| {
        let (name, what) = part.trim().split_once('(')?;
        let what = what.trim_end().strip_suffix(')')?;
        (is_a_name(name.trim()) && roles::read(what.trim()).is_some()).then_some(name.len())
    };
    let parts = text.trim().trim_end_matches(['。', ':', ',']).split(['、', ',', ';']);
    let may_be = text.len() <= VALUE_BYTES && text.contains('(') && text.contains(['、', ',', ';']);
    let names =
        may_be.then(|| parts.map(|part| part.trim().get(..person(part)?)).collect::<Option<Vec<_>>>());
    names.flatten().filter(|names| names.len() > 1).unwrap_or_default()
}

/// Who stands first behind `联名人：`, with the index of the line.
pub(crate) fn first_listed(lines: &[Line<'_>]) -> Option<(usize, String)> {
    let leads = |(index, line): (usize, &Line<'_>)| Some((index, (*roster(line.text).first()?).to_owned()));
    let behind_label = || {
        lines.iter().enumerate().find_map(|(index, line)| {
            let found = LISTED.captures(line.text)?;
            let first = found
                .name("names")
                .or_else(|| found.name("delegates"))?
                .as_str()
                .split(['、', ',', '/', ' ', '('])
                .find(|word| !word.is_empty())?;
            is_a_name(first).then(|| (index, first.to_owned()))
        })
    };
    lines.iter().enumerate().find_map(leads).or_else(behind_label)
}

/// Whether text among names is one of them, and nothing else.
fn is_a_name(text: &str) -> bool {
    matches!(read_labelled(text), Reading::Name(name) if name == text)
}

/// How many sign below `联名人：张三 138…`, one on each line, with their numbers or without.
fn names_below(lines: &[Line<'_>]) -> usize {
    let is_one =
        |line: &&Line<'_>| line.text.len() <= VALUE_BYTES && is_a_name(without_contacts(line.text).trim());
    lines.iter().take_while(is_one).count()
}

/// How many sign in a list below its heading, one on each line, numbered or not.
fn listed_below(lines: &[Line<'_>]) -> usize {
    let is_one = |line: &&Line<'_>| listed_signer(line.text).is_some();
    lines.iter().skip_while(|line| line.text.trim().is_empty()).take_while(is_one).count()
}

/// Whether a folded line is the heading of a list of those who sign.
pub(crate) fn heads_signers(line: &str) -> bool {
    HEADED.is_match(line)
}

/// Who signs in a folded line of such a list: `1. 张三`.
pub(crate) fn listed_signer(line: &str) -> Option<String> {
    if line.len() > VALUE_BYTES {
        return None;
    }
    let number = NUMBERED.find(line).map_or(0, |number| number.end());
    let name = without_contacts(line.get(number..)?);
    is_a_name(name.trim()).then(|| name.trim().to_owned())
}

/// The longest value that is looked at for the number of those who sign, in bytes.
const VALUE_BYTES: usize = 600;

/// How many people stand at the beginning of a list. A name of several words is one person: `David Chen`, `阿依古丽 买买提`.
fn names_in(list: &str) -> usize {
    let mut people = 0;
    for part in list.split(['、', ',', '/']) {
        let part = part.trim().trim_end_matches([')', '。']);
        let mut words: Vec<&str> = part.split_whitespace().collect();
        // 裁缝铺 王小红
        if words.len() > 1 && words.first().is_some_and(|word| roles::is_shop(word)) {
            words.remove(0);
        }
        // `Chen, David`: a family name before a comma is not counted.
        if words.is_empty() || part.is_ascii() && words.len() == 1 {
            continue;
        }
        // 童年 among names is one.
        let among_names = people > 0
            && words.len() == 1
            && part.chars().all(is_han)
            && (2..=3).contains(&part.chars().count());
        if among_names && surname_length(part) > 0 {
            people += 1;
            continue;
        }
        let several = words.iter().take_while(|word| name::is_certain(word)).count();
        if several > 1 {
            people += several;
            if several < words.len() {
                break;
            }
        } else if matches!(read_labelled(&words.join(" ")), Reading::Name(_)) {
            people += 1;
        } else {
            break;
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_people_each_with_what_he_is() {
        assert_eq!(roster("韩小雪(博士生)、韩小山(博士生)、费小清(硕士生)"), ["韩小雪", "韩小山", "费小清"]);
        assert!(roster("韩小雪(博士生)").is_empty());
        assert!(roster("窗口(综合)、大厅(二楼)太远").is_empty());
    }
    use crate::details::text::topics::assert_complete;

    #[test]
    fn names_of_a_list() {
        for (list, people) in [
            ("曲波、安志刚、夏雨荷、童年、钱多多", 5),
            ("裁缝铺 王小红、理发店 李大明、修鞋铺 赵四海)", 3),
            ("王小红、方便群众", 1),
            ("David Chen、阿依古丽 买买提", 2),
        ] {
            assert_eq!(names_in(list), people, "{list}");
        }
    }

    #[test]
    fn whatever_the_expression_matches_has_its_topic() {
        assert_complete(Topic::Joint, &TOGETHER);
    }
}
