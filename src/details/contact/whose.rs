//! Whose a telephone number is. It counts behind a phone label, behind the writer's name on the same line, in the
//! signature, or in a self-introduction; a number in a sentence about somebody else does not.

use crate::details::contact::identifiers::NUMBERS;
use crate::details::contact::phone::{Phone, is_same_as_messenger};
use crate::details::lexicon::name_words::TITLES;
use crate::details::person::name::{Proof, Reading, read_han};
use crate::details::text::fold::{is_han, last_bytes};
use crate::details::text::numeral::digit;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

pattern!(
    /// A speaker's own number: 我的电话是…, 本人…，手机…
    INTRODUCED,
    r"(?P<who>我|本人|俺|咱|笔者|联系人)(?P<between>[^。!?;]{0,120}?)(?:电话|手机|联系方式|号码|座机|固话)[^。!?;]{0,8}$"
);

pattern!(
    /// `打138…找我`: what stands on both sides of the writer's own number.
    TO_CALL, r"(?:打|拨|拨打|致电|来电|电联|打电话(?:到|给)?|拨通|联系)[:,]?\s?$"
);
pattern!(
    FIND_ME,
    r"^\s?(?:这个)?(?:号码?|电话|手机)?[,]?(?:来|直接|就)?(?:可以?|能|就能)?(?:找|联系|联络|通知|告诉|告知|回复|问|喊|叫|和|跟|与|联系到|找到)(?:到)?(?:我|本人|俺|咱)"
);

word_list!(
    /// Who somebody else is, between 我 and a number: 我儿子, 帮忙的小孙.
    ANOTHER, NUMBERS, "another person"
);
pattern!(
    /// 小孙, 老王, 王师傅: somebody who is named by the writer.
    NAMED_BY_WRITER, NUMBERS,
    r"(?:^|[^大最从很较太越减缩变古])(?:小|老)(?:⟨surname of another⟩)(?:$|[^\p{Han}]|的|电话|手机|说)"
);

pattern!(
    /// `请回电13800138000`, `可联系我：`, directly before a number.
    CALL_ME,
    r"(?:回电|联系我|联系本人|致电我|致电本人|(?:打|拨|致电|联系)(?:我的?|本人的?)(?:手机|电话|联系电话|号码|座机)(?:号码?)?)[:,是为]?\s?$"
);

pattern!(
    /// `欢迎致电13800138000与我沟通`.
    INVITED,
    r"(?:欢迎|敬请|可以?|请|烦请)(?:随时)?(?:致电|来电|电联|拨打)[:,]?\s?$"
);

word_list!(
    /// `有事打`, `都是我的`: what only somebody says of a number of his own.
    OF_ONES_OWN, NUMBERS, "of one's own number"
);

pattern!(
    /// `她给我的号码是…`
    GIVEN_TO_ME, r"(?:[他她人们员]|窗口|大厅|客服)(?:给|留|告诉|发)(?:了)?我"
);

word_list!(
    /// How the writer turned to somebody: `找了刘姐`.
    TURNS_TO, NUMBERS, "turns to somebody"
);
word_list!(SERVICES, NUMBERS, "service");

word_list!(
    /// Words that make a sentence one about somebody or something else.
    ABOUT_OTHERS, NUMBERS, "about somebody else"
);

/// Whether words speak of somebody or something else; 其他 is an occupation of the notice.
pub(crate) fn is_about_others(text: &str) -> bool {
    if text.contains("其他") || text.contains("其它") {
        return ABOUT_OTHERS.inside(&text.replace("其他", "").replace("其它", ""));
    }
    ABOUT_OTHERS.inside(text)
}

word_list!(NOBODY_ANSWERS, NUMBERS, "nobody answers");

/// Whether words say that nobody answers a number.
pub(crate) fn says_nobody_answers(words: &str) -> bool {
    NOBODY_ANSWERS.inside(words)
}

/// Whether nobody answers the number at the beginning of the text.
pub(crate) fn is_unanswered(text: &str) -> bool {
    UNANSWERED.is_match(text)
}

pattern!(
    /// What people say behind a number that nobody answers.
    UNANSWERED, NUMBERS,
    r"^[0-9\s()+.-]{7,24}[^。!?;]{0,12}⟨nobody answers⟩"
);

/// Whether the text before a number, on its line, introduces it as the writer's own.
pub(crate) fn is_introduced(text: &str, at: usize) -> bool {
    if text.get(at..).is_some_and(|number| UNANSWERED.is_match(number)) {
        return false;
    }
    let before = last_bytes(text, at, 480);
    let sentence = before.rsplit(['。', '!', '?', ';']).next().unwrap_or(before);
    let near = last_bytes(sentence, sentence.len(), 180);
    let behind = || {
        let number = text.get(at..).unwrap_or_default();
        number.trim_start_matches(|c: char| digit(c).is_some() || matches!(c, '-' | ' ' | '(' | ')' | '+'))
    };
    let introduced = || {
        INTRODUCED.captures(sentence).is_some_and(|found| {
            let between = found.name("between").map_or("", |between| between.as_str());
            let is_contact = found.name("who").is_some_and(|who| who.as_str() == "联系人");
            // Who stands right before the number: a relative further off is only spoken of.
            let clauses: Vec<&str> = between.rsplit(',').take(2).collect();
            !is_about_others(sentence)
                && (is_contact || !clauses.iter().any(|clause| is_another(clause) || is_turned_to(clause)))
        })
    };
    CALL_ME.is_match(near)
        || TO_CALL.is_match(near) && FIND_ME.is_match(behind())
        || INVITED.is_match(near) && text.contains(['我', '本'])
        || is_same_as_messenger(near) && !is_about_others(near) && !is_another(near)
        || introduced()
}

/// Whether the sentence of a number says that it is the writer's: `13800138000，有种给我打电话`, `靠岸时打138…，都是我的`.
pub(crate) fn is_called_ones_own(text: &str, at: usize) -> bool {
    const REACH_BYTES: usize = 300;
    let before = last_bytes(text, at, REACH_BYTES);
    let behind = text.get(at..).unwrap_or_default();
    let behind = behind.get(..behind.floor_char_boundary(REACH_BYTES)).unwrap_or_default();
    let stops = ['。', '!', '?', ';'];
    let before = before.rsplit(stops).next().unwrap_or(before);
    let behind = behind.split(stops).next().unwrap_or(behind);
    !UNANSWERED.is_match(behind)
        && !is_another(before)
        && !GIVEN_TO_ME.is_match(before)
        && SERVICES.at_end(before.trim_end_matches([' ', ':', '是'])).is_none()
        && (OF_ONES_OWN.inside(before) || OF_ONES_OWN.inside(behind))
}

/// Whether the words end with the writer himself: `本人（电话：…）`.
pub(crate) fn is_oneself(words: &str) -> bool {
    ["我", "本人", "俺", "咱", "笔者"].iter().any(|own| words.ends_with(own))
}

/// Whether the text begins as somebody does who says who he is: `我是广州市民`.
pub(crate) fn begins_with_oneself(text: &str) -> bool {
    let text = text.trim_start();
    ["我是", "我叫", "我系", "本人", "俺是", "俺叫", "笔者"].iter().any(|own| text.starts_with(own))
}

/// Whether the words end with an office or a service, whose number follows: `大厅`, `热线`.
pub(crate) fn is_of_a_service(words: &str) -> bool {
    SERVICES.at_end(words).is_some()
}

/// Whether the clause names somebody to whom the writer turned: `找了刘姐`, `问过网格员王小芳`.
fn is_turned_to(clause: &str) -> bool {
    let behind = |verb: &&str| clause.rfind(*verb).map(|at| at + verb.len());
    let Some(who) = TURNS_TO.all().iter().filter_map(behind).max().and_then(|at| clause.get(at..)) else {
        return false;
    };
    let who = who.trim_start_matches(['了', '过', '到', '着']);
    let ends_with_name = || {
        who.char_indices().rev().skip(1).take(3).any(|(at, _)| {
            who.get(at..).is_some_and(|word| matches!(read_han(word, Proof::Form), Reading::Name(_)))
        })
    };
    TITLES.behind_something(who).is_some() || ends_with_name()
}

/// Whether the words name somebody else, whose number follows.
pub(crate) fn is_another(words: &str) -> bool {
    ANOTHER.inside(words) || NAMED_BY_WRITER.is_match(words)
}

/// Whether a label in brackets stands behind somebody who is not the writer: `村里的会计（手机139…）`.
pub(crate) fn is_in_anothers_brackets(text: &str, label: usize, name: Option<&str>) -> bool {
    let before = last_bytes(text, label, 120);
    let Some(before) = before.trim_end().strip_suffix('(').or(Some(before)).filter(|_| {
        text.get(label..).is_some_and(|text| text.starts_with('(')) || before.trim_end().ends_with('(')
    }) else {
        return false;
    };
    let words = before.trim_end();
    let clause = words.rsplit([',', '。', ';', ':', '!', '?', ' ', '\t']).next().unwrap_or(words);
    clause.ends_with(is_han)
        && !name.is_some_and(|name| clause.ends_with(name))
        && (clause.chars().count() > 4 || is_another(clause) || clause.len() < words.trim_start().len())
        && !clause.ends_with("联系方式")
        && !is_oneself(clause)
}

pattern!(
    /// `王女士，` or `李师傅 电话：` directly before a number that ends its line.
    TITLED,
    r"(?:^|[,。!?;\s])(?P<who>\p{Han}{1,2}(?:先生|女士|小姐|师傅))[,\s:]*(?:联系电话|电话|手机)?[:\s]*$"
);

/// Who signs with surname and title before a number at the end of a line: `…，王女士，13800138000`.
pub(crate) fn titled_signer<'a>(text: &'a str, phone: &Phone) -> Option<&'a str> {
    let behind = text.get(phone.range.end..)?;
    let before = last_bytes(text, phone.range.start, 120);
    let ends_line = behind.chars().all(|c| c.is_whitespace() || matches!(c, '。' | '.' | ')' | '!'));
    TITLED.captures(before).filter(|_| ends_line)?.name("who").map(|who| who.as_str())
}

/// `139…（请勿在上班前来电）`: the text without when to call.
pub(crate) fn without_remark(text: &str) -> &str {
    let asks = |remark: &str| remark.starts_with(['请', '勿', '别', '不']);
    let parted = text.split_once('(');
    let parted =
        parted.filter(|(front, remark)| asks(remark) && front.contains(|c: char| c.is_ascii_digit()));
    parted.map_or(text, |(front, _)| front)
}

/// Whether a line of the signature zone is a signature's and not a sentence.
pub(crate) fn is_signature_line(text: &str, numbers: &[Phone]) -> bool {
    let plain = without_remark(text);
    if text.len() > 240 || is_about_others(plain) {
        return false;
    }
    let mut rest = String::new();
    let mut at = 0;
    for phone in numbers {
        rest.push_str(plain.get(at..phone.range.start).unwrap_or_default());
        at = phone.range.end;
    }
    rest.push_str(plain.get(at..).unwrap_or_default());
    let rest = rest.trim().trim_end_matches(['。', '.', '!']);
    let words = rest.chars().filter(|c| is_han(*c)).count();
    words <= 12 && !rest.contains(['。', '!', '?', ';'])
}
