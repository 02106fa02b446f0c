//! Who is in a piece of a signature: names, what people write beside them, numbers and dates.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::charset::is_beyond_gb2312;
use crate::details::contact::{email, phone};
use crate::details::lexicon::name_words::{NO_NAMES, is_word};
use crate::details::lexicon::roles::{self, ROLE_WORDS, Role};
use crate::details::lexicon::surnames::{begins_as_signed, begins_riskily, surname_length};
use crate::details::person::glued::split_glued;
use crate::details::person::name::{Proof, Reading, dotted_by_itself, join_spread, latin, read_han};
use crate::details::person::{dated, posts};
use crate::details::text::fold::{is_han, is_symbol};
use crate::details::text::letters::{is_closing, with_dates};
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::{Regex, pattern};

language_table!(pub(crate) SIGNATURES, "language/signatures.tsv");
word_list!(
    /// For whom delegates sign.
    GROUPS, SIGNATURES, "group with delegates"
);
word_list!(CONTACT_LABELS, SIGNATURES, "beside a number");
word_list!(
    /// How somebody is addressed before his name in other languages.
    HONORIFICS, SIGNATURES, "honorific abroad"
);

/// The characters of a line that is a date or a number to call and nothing else.
static OF_DATES: LazyLock<HashSet<char>> = LazyLock::new(|| SIGNATURES.characters("date or number"));

pub(crate) static DATE: LazyLock<Regex> = LazyLock::new(|| {
    with_dates(
        r"⟨date⟩(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?(?:于.{2,6}$)?|[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日",
    )
});

pattern!(
    /// What may stand before a name in a signature: `此致敬礼！`, `市民：`, `一名普通教师 `, `——`.
    BEFORE, SIGNATURES,
    r"(?x)^ (?: \s | - | — | 此致 | 敬礼 | ! | 。
          | (?: 一名 | 一位 | 一个 )? (?: ⟨before a signer⟩ | \p{Han}{2,3} )? (?: 的 )?
            ⟨signer⟩
            (?: 代表 )? [:\s]
          | ⟨humble signer⟩ \s+
          | [\p{Han}()]{2,24} ⟨organisation beside a signer⟩ \s+ )+"
);

pattern!(
    /// What may stand behind it.
    BEHIND, SIGNATURES,
    r"[\s(\[]*⟨behind a signer⟩[)\]\s。.]*$"
);

pattern!(
    /// More who sign than are named.
    pub(crate) ETC, SIGNATURES,
    r"等\s?([0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?(?:人|名|位|户)⟨group with delegates⟩?(?:联名|签名|敬上)?\s*$"
);

pattern!(
    /// `，女，35岁`; `2021级`
    PARTICULARS,
    r"[,、\s(](?:男|女)性?(?:[,、\s)]|$)|(?:今年|现年)?[0-9]{1,2}\s?周?岁|(?:^|\s)(?:19|20)?[0-9]{2}级|\p{Han}{1,4}\(?[0-9]{1,2}\)?班|\((?:学号|工号|警号)[:\s]*[A-Za-z0-9]+\)|\s[0-9]{1,2}[./][0-9]{1,2}\s*$|\s写?于\p{Han}{2,8}\s*$"
);

pattern!(
    /// Behind each of several names: `张三（签名） 李四（签名）`.
    SIGNED,
    r"\((?:签名|签字|手印|签章)\)"
);

pattern!(
    /// Who the signers are to each other, or their people: `林木森、阮玉（夫妻）`, `金某某（朝鲜族）`.
    KIN, ROLE_WORDS,
    r"\s*\((?:⟨relation⟩|⟨people⟩)\)|\s*⟨couple⟩\s*$"
);

pattern!(
    /// A number in a writing that no rule of telephones knows: `1 5 6 - 4023 - 7718`.
    LOOSE_NUMBER,
    r"[+(]?[0-9](?:[\s().+-]{0,3}[0-9]){6,19}\)?"
);

pattern!(
    /// What is left of `王小明（13800138000）` without the number.
    EMPTY_BRACKETS,
    r"\(\s*\)|\s\)"
);

pattern!(
    /// `费小清（不是歌手）`, `费小清（孙子代笔）`: what somebody says of his name, or who wrote for him.
    REMARK, SIGNATURES,
    r"\s*\((?:⟨says of a name⟩[^()。!?]{0,10}|[^()。!?:]{0,8}⟨written for him⟩)\)"
);

/// Whether a line is a date or a number to call and nothing else.
pub(crate) fn is_appendix(text: &str) -> bool {
    // A sentence is told by its first word, without looking for numbers.
    if text.chars().any(|c| is_han(c) && !OF_DATES.contains(&c)) {
        return dated::is_dated(text);
    }
    let plain = without_contacts(text);
    DATE.replace_all(&plain, "").chars().all(|c| !c.is_alphanumeric()) || dated::is_dated(text)
}

/// `Dr. Hans Müller`, `김영수 드림`: the name without how he is addressed, and without how he signs.
pub(super) fn without_frame(text: &str) -> &str {
    let titled = HONORIFICS.at_start(text).and_then(|title| text.strip_prefix(title));
    let text = titled.filter(|rest| rest.starts_with(' ')).map_or(text, str::trim_start);
    BEHIND.find(text).and_then(|behind| text.get(..behind.start())).map_or(text, str::trim_end)
}

/// `（王强等23人）`: the line without the brackets around those who sign.
pub(super) fn of_several(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.filter(|inner| ETC.is_match(inner)).unwrap_or(text)
}

/// What a piece of a signature holds.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) readings: Vec<Reading>,
    pub(crate) occupation: Option<String>,
}

/// Reads text that should hold nothing but names, what is written beside them, numbers and dates.
pub(crate) fn read_words(text: &str) -> Words {
    read_placed(text, false)
}

/// As [`read_words`]; `placed`: the text stands where letters are signed.
pub(crate) fn read_placed(text: &str, placed: bool) -> Words {
    read_proved(text, false, placed)
}

/// As [`read_words`]; the number of who signs stands on the line below.
pub(super) fn read_beside_number(text: &str) -> Words {
    read_proved(text, true, true)
}

fn read_proved(text: &str, number_below: bool, placed: bool) -> Words {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let written = digits(text);
    let text = without_contacts(text);
    let beside_number = digits(&text) + 7 <= written;
    let text = DATE.replace_all(&text, " ");
    let beside_number = number_below || beside_number || LOOSE_NUMBER.is_match(&text);
    let text = LOOSE_NUMBER.replace_all(&text, " ");
    let text = ETC.replace(&text, " ");
    let text = PARTICULARS.replace_all(&text, " ");
    let text = SIGNED.replace_all(&text, " ");
    let text = KIN.replace_all(&text, " ");
    let text = EMPTY_BRACKETS.replace_all(&text, " ");
    let text = REMARK.replace_all(&text, " ");
    // 王小明😊
    let text: String = text.chars().map(|c| if is_symbol(c) { ' ' } else { c }).collect();
    let text = text.trim().trim_start_matches('~').trim_start();
    let text = behind_delegates(text);
    let before = BEFORE.find(text).map_or("", |before| before.as_str());
    let text = text.get(before.len()..).unwrap_or(text);
    let signs = placed && before.contains(is_han);
    let text = BEHIND.find(text).and_then(|behind| text.get(..behind.start())).unwrap_or(text);
    let text = text.trim_end_matches(['。', '.', ',', '、', ' ', '/']).trim();
    if text.is_empty() {
        return Words::default();
    }
    if let Some(name) = dotted_by_itself(roles::without_role(text)) {
        return Words { readings: vec![Reading::Name(name)], occupation: None };
    }
    let is_bracket = |c: char| matches!(c, '(' | ')' | '【' | '】' | '[' | ']');
    let pieces: Vec<&str> = text
        .split(|c: char| matches!(c, ' ' | '、' | ',' | ';' | '\t' | '/' | '|') || is_bracket(c))
        .filter(|piece| !piece.is_empty())
        .collect();
    let pieces = without_latin_form(pieces);
    let listed_in_dots = |piece: &str| dotted_by_itself(piece).is_some();
    if pieces.len() > 100
        || !pieces
            .iter()
            .all(|piece| piece.chars().all(|c| is_han(c) || is_bracket(c)) || listed_in_dots(piece))
    {
        return Words::default();
    }
    let joined = join_spread(&pieces);
    if let [word] = joined.as_slice()
        && (signs && is_name_with_odd_word(word) || beside_number && is_tripled(word))
    {
        return Words { readings: vec![Reading::Name(word.clone())], occupation: None };
    }
    // 屠某 小学老师: behind a name that is no second person.
    let is_trade = |word: &str| word.chars().count() > 2 && roles::read(word) == Some(Role::Occupation);
    let reading = |(at, word): (usize, &String)| {
        if at > 0 && is_trade(word) { Reading::Nothing } else { read_name(word) }
    };
    let readings: Vec<Reading> = joined.iter().enumerate().map(reading).collect();
    let bracketed = text.contains(is_bracket);
    if !readings.contains(&Reading::Nothing) && (!bracketed || joined.len() == 1) {
        // 贺小兰律师: what a full name is addressed by is what he does.
        let occupation = joined.first().zip(readings.first()).and_then(|(word, reading)| match reading {
            Reading::Name(name) => word
                .strip_prefix(name.as_str())
                .filter(|title| roles::read(title) == Some(Role::Occupation) && *title != "老师"),
            _ => None,
        });
        return Words { occupation: occupation.map(str::to_owned), readings };
    }
    // 辽东大学 学生 李想: behind what only stands before a signer, beside what he is, even a word is a name.
    if signs && joined.len() > 1 && !readings.iter().any(|reading| *reading != Reading::Nothing) {
        let found = doubtful_name(&joined, true);
        if !found.readings.is_empty() {
            return found;
        }
    }
    with_roles(&joined, &readings, (beside_number, placed))
}

/// `王小明 Wang Xiaoming`: one name in two spellings; nothing where a text stands beside it.
fn without_latin_form(pieces: Vec<&str>) -> Vec<&str> {
    const LATIN_WORDS: usize = 3;
    let is_latin = |piece: &&str| latin(piece).is_some_and(|name| name == **piece);
    let (latin_form, rest): (Vec<&str>, Vec<&str>) = pieces.iter().partition(|piece| is_latin(piece));
    let fits = (1..=LATIN_WORDS).contains(&latin_form.len())
        && rest.iter().any(|piece| read_name(piece) != Reading::Nothing);
    if fits { rest } else { pieces }
}

/// `某小区业主代表：张伟、李娜`: the names behind whom they speak for.
fn behind_delegates(text: &str) -> &str {
    const LIMIT_BYTES: usize = 60;
    let Some((before, names)) = text.split_once("代表") else { return text };
    let speaks = GROUPS.at_end(before).is_some();
    if speaks && before.len() <= LIMIT_BYTES && names.starts_with([' ', ':']) {
        names.trim_start_matches([' ', ':'])
    } else {
        text
    }
}

fn read_name(word: &str) -> Reading {
    dotted_by_itself(word).map_or_else(|| read_han(word, Proof::Form), Reading::Name)
}

/// One name with what people write beside it: `贺小兰 教师`, `广州市民张伟`, `广州 贺小兰`.
fn with_roles(words: &[String], readings: &[Reading], (beside_number, placed): (bool, bool)) -> Words {
    let named = readings.iter().filter(|reading| **reading != Reading::Nothing).count();
    // Where no word is a name by itself, one may be glued to its role.
    let glued = (named == 0)
        .then(|| {
            words.iter().enumerate().find_map(|(at, word)| Some((at, split_glued(word, beside_number)?)))
        })
        .flatten();
    let stands_so = beside_number
        || placed
        || words.iter().any(|word| posts::is_post(word) || is_written_as_names_are(word));
    if named == 0 && glued.is_none() && stands_so {
        return doubtful_name(words, beside_number);
    }
    if named > 1 || named == 0 && glued.is_none() {
        return Words::default();
    }
    let mut found = Words::default();
    for (at, (word, reading)) in words.iter().zip(readings).enumerate() {
        if let Some((_, (front, role, name))) = glued.filter(|(place, _)| *place == at) {
            found.readings.push(Reading::Name(name.to_owned()));
            if role == Role::Occupation {
                found.occupation.get_or_insert_with(|| front.to_owned());
            }
        } else if *reading != Reading::Nothing {
            found.readings.push(reading.clone());
        } else {
            match posts::read(word) {
                // 宝妈 谭丽娜，小学老师: a trade says more than whose mother one is.
                Some(Role::Occupation) if found.occupation.as_deref().is_none_or(roles::is_parent) => {
                    found.occupation = Some(word.clone());
                }
                Some(_) => {}
                None if roles::is_parent(word) => {}
                None => return Words::default(),
            }
        }
    }
    found
}

/// `教师 万里 138…`, `秘书长：查子敬`, `读者 吕不群`: beside a role even a word is a name.
fn doubtful_name(words: &[String], beside_number: bool) -> Words {
    let roles: Vec<(&String, Option<Role>)> = words.iter().map(|word| (word, posts::read(word))).collect();
    let mut others = roles.iter().filter(|(_, role)| role.is_none());
    let (Some((word, _)), None) = (others.next(), others.next()) else { return Words::default() };
    let is_doubtful = !beside_number && (is_word(word) || word.chars().count() != 3);
    let mut reading = if is_doubtful { Reading::Nothing } else { read_han(word, Proof::Said) };
    if reading == Reading::Nothing && (is_name_with_odd_word(word) || is_written_as_names_are(word)) {
        reading = Reading::Name((*word).clone());
    }
    if roles.len() < 2 || reading != Reading::Name((*word).clone()) {
        return Words::default();
    }
    let occupation = roles.iter().find(|(_, role)| *role == Some(Role::Occupation));
    Words { readings: vec![reading], occupation: occupation.map(|(word, _)| (*word).clone()) }
}

/// 吕不群: a surname that is no other word, and two characters of which one is rare in names.
fn is_name_with_odd_word(word: &str) -> bool {
    const NAME_CHARS: usize = 3;
    word.chars().count() == NAME_CHARS
        && surname_length(word) == 1
        && !begins_riskily(word)
        && !is_word(word)
        && matches!(read_han(word, Proof::Label), Reading::Name(_))
}

/// 苗苗苗: a surname before a pet name of the same character; 谢谢谢 is none.
fn is_tripled(word: &str) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return false };
    let doubled = word.get(first.len_utf8()..).unwrap_or_default();
    doubled.chars().count() == 2
        && chars.all(|c| c == first)
        && surname_length(word) == 1
        && !NO_NAMES.contains(doubled)
        && !is_closing(doubled)
}

/// 喆龑: characters that everyday words do not need.
fn is_written_as_names_are(word: &str) -> bool {
    (2..=4).contains(&word.chars().count()) && word.chars().all(is_han) && word.chars().any(is_beyond_gb2312)
}

/// The line without phone numbers, addresses and their labels.
pub(crate) fn without_contacts(text: &str) -> String {
    let mut ranges: Vec<std::ops::Range<usize>> =
        phone::find(text).into_iter().map(|phone| phone.range).collect();
    ranges.extend(phone::find_spelled(text).into_iter().map(|phone| phone.range));
    ranges.extend(email::find(text).into_iter().map(|(_, range)| range));
    ranges.sort_by_key(|range| range.start);
    let mut rest = String::new();
    let mut at = 0;
    for range in ranges {
        rest.push_str(text.get(at..range.start).unwrap_or_default());
        rest.push(' ');
        at = at.max(range.end);
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    for label in CONTACT_LABELS.all() {
        if rest.contains(label) {
            rest = rest.replace(label, " ");
        }
    }
    rest.replace(':', " ")
}

/// `那宝库 18600316866`: a surname that begins sentences too, told by the number that stands behind the name and nothing else.
pub(super) fn before_number(text: &str) -> Option<&str> {
    let (name, number) = text.split_once(char::is_whitespace)?;
    let is_number = number.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+'));
    let is_name = || matches!(read_han(name, Proof::Closing), Reading::Name(read) if read == name);
    (is_number && !phone::find(number).is_empty() && begins_as_signed(name) && is_name()).then_some(name)
}
