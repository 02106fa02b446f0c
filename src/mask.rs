//! Personal data as it is shown to people: enough to tell cases apart, not enough to reach anybody.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::details::contact::email as addresses;
use crate::details::contact::identifiers::{self, Identifier, NUMBERS};
use crate::details::contact::phone as phones;
use crate::details::form::label::Label;
use crate::details::form::{label_words, labels};
use crate::details::lexicon::surnames;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::signature;
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::{Text, pieces};
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::{Regex, pattern};

/// `张*`, `张**`, `欧阳**`, `D**** C***`.
pub fn name(name: &str) -> String {
    let name = name.trim();
    let kept = if name.chars().next().is_some_and(is_han) {
        surnames::surname_length(name).clamp(1, name.chars().count().saturating_sub(1).max(1))
    } else {
        1
    };
    let mut kept_of_word = 0;
    let is_latin = !name.chars().any(is_han);
    name.chars()
        .map(|c| {
            if is_latin && (c == ' ' || c == '.') {
                kept_of_word = 0;
                return c;
            }
            if c == '·' {
                return c;
            }
            kept_of_word += 1;
            if kept_of_word <= kept { c } else { '*' }
        })
        .collect()
}

/// `138****8000`, `024-8398****`; an extension is left out.
pub fn phone(phone: &str) -> String {
    let mut parts = phone.split('-');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        Some(number) => format!("{first}-{}****", head(number, number.chars().count().saturating_sub(4))),
        None if phone.chars().count() == 11 => format!("{}****{}", head(phone, 3), tail(phone, 4)),
        None => format!("{}****", head(phone, phone.chars().count().saturating_sub(4).min(4))),
    }
}

/// `z***@example.com`.
pub fn email(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", head(local, 1)),
        None => format!("{}***", head(address, 1)),
    }
}

/// Running text with identity and card numbers, telephone numbers, addresses and labelled document numbers masked, and
/// what stands behind the label of a name, an address or a messenger's number. Other names stay: what is a name in a
/// sentence cannot be told for certain.
pub fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            masked.push('\n');
        }
        for piece in pieces(line) {
            mask_line(piece, &mut masked);
        }
    }
    masked
}

pattern!(
    /// Numbers that only their label tells: passports, service cards, hospital numbers, plates, doors.
    LABELLED, NUMBERS,
    r"(?ix) (?: ⟨document⟩ | ⟨document, not sensitive⟩ )
          (?:证)? \s? (?:号码?|编号)? \s? [:是为]? \s? (?P<number> [\p{Han}]?[a-z]{0,3}[·.-]?[a-z0-9]{4,20} )
        | (?P<plate> ⟨plate⟩[a-hj-np-z] \s? [·•]? \s? [a-hj-np-z0-9]{5,6} )
        | (?P<door> [0-9]{1,4} (?: 号楼 | 栋 | 幢 ) \s? (?: [0-9]{1,3} 单元 )? \s? [0-9]{1,5} (?: 室 | 号 | 户 )? )"
);

/// Names to mask, made ready once for any number of texts.
#[derive(Debug, Default)]
pub struct Known(HashMap<char, Vec<Vec<char>>>);

impl Known {
    /// Takes these names. Where several begin at one place, the first of the list is taken: the longest should stand first.
    /// A single character is no name.
    pub fn new(names: &[String]) -> Self {
        let mut known: HashMap<char, Vec<Vec<char>>> = HashMap::new();
        for name in names {
            let name: Vec<char> =
                fold(name).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
            if let (Some(first), true) = (name.first(), name.len() > 1) {
                known.entry(*first).or_default().push(name);
            }
        }
        Self(known)
    }

    /// [`text`] with these names masked too, whatever blanks stand within them.
    pub fn mask(&self, text: &str) -> String {
        let text = self::text(text);
        if self.0.is_empty() { text } else { with_names(&text, &self.0) }
    }
}

fn with_names(text: &str, wanted: &HashMap<char, Vec<Vec<char>>>) -> String {
    let raw: Vec<char> = text.chars().collect();
    let folded: Vec<char> = fold(text).chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while let (Some(c), Some(first)) = (raw.get(at), folded.get(at)) {
        let names = wanted.get(first).map(Vec::as_slice).unwrap_or_default();
        if let Some(end) = names.iter().find_map(|name| end_of(&folded, at, name)) {
            let written: String = raw.get(at..end).unwrap_or_default().iter().collect();
            masked.push_str(&name(&joined(&written)));
            at = end;
        } else {
            masked.push(*c);
            at += 1;
        }
    }
    masked
}

/// Where a name ends that begins at `start`, if it stands there.
fn end_of(text: &[char], start: usize, name: &[char]) -> Option<usize> {
    let in_word = |at: usize| text.get(at).is_some_and(char::is_ascii_alphanumeric);
    let mut at = start;
    for (index, c) in name.iter().enumerate() {
        while index > 0 && matches!(text.get(at), Some(' ' | '\t')) {
            at += 1;
        }
        if text.get(at)? != c {
            return None;
        }
        at += 1;
    }
    // `Li` is no part of `Limited`.
    let cut = start > 0 && in_word(start) && in_word(start - 1) || in_word(at) && in_word(at - 1);
    (!cut).then_some(at)
}

/// The names that a text is signed with or gives behind a label: what is masked there is masked elsewhere too.
pub fn names(text: &str) -> Vec<String> {
    let text = Text::new(text);
    let lines = text.lines();
    let fields = labels::find(&lines);
    let signature = signature::read(&lines, &fields, &[]);
    let labelled = fields.iter().filter(|field| matches!(field.label, Label::Name | Label::Contact));
    let labelled = labelled.filter_map(|field| match read_labelled(field.text(&lines)) {
        Reading::Name(name) | Reading::Hint(name) => Some(name),
        Reading::Nothing => None,
    });
    let signers = signature.names.into_iter().chain(signature.hint).map(|signer| signer.name);
    signers.chain(labelled).collect()
}

/// `张 伟` is `张伟`; between Latin words the blank stays.
fn joined(name: &str) -> String {
    let is_han = name.contains(is_han);
    name.chars().filter(|c| !is_han || !c.is_whitespace()).collect()
}

language_table!(MASKING, "language/masking.tsv");
word_list!(
    /// Labels behind which something else than a name may stand: 申请人：应当提交材料.
    MAY_BE_NO_NAME, MASKING, "may be no name"
);
word_list!(
    /// Labels of a list of people.
    SIGNERS, MASKING, "signers"
);
word_list!(
    /// What only an address holds.
    OF_ADDRESSES, MASKING, "of an address"
);

/// Behind these stands who somebody is or where he lives. A label stands where no word goes before it.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    let is_somebody =
        |word: &str| !MAY_BE_NO_NAME.contains(word) && !SIGNERS.contains(word) && !is_signing(word);
    let names = label_words::alternatives(&["name", "contact"], is_somebody);
    let addresses = label_words::alternatives(&["address"], |_| true);
    MASKING.pattern(&format!(
        r"(?ix) (?: ^ | [^\p{{Han}}a-z0-9] | [0-9][.、)] ) \s*
          (?: (?P<list> ⟨signers⟩ (?: 签[名字] | 名单 )? | ⟨together⟩? 签[名字] (?: 人 | 者 | 如下 )? )
            | (?P<name> ⟨whose name⟩? (?: 姓 \s* 名 | 名 \s* 字 ) | {names} | ⟨other person⟩ )
            | (?P<weak> ⟨may be no name⟩ )
            | (?P<address> ⟨kind of address⟩? ⟨address⟩ | ⟨home⟩ | {addresses} )
          ) (?: \s? \( [^)]{{0,12}} \) )? \s* [:\t|│] \s*"
    ))
});

/// 签名, 签字: behind these stand all who sign.
fn is_signing(word: &str) -> bool {
    word.starts_with('签')
}

pattern!(
    /// Where the value before a label ends.
    NEXT_LABEL, MASKING,
    r"(?i)[。;!?\t|│]|\s\s|⟨ends a value⟩|[意见建议内容]{2}\s*:"
);

/// Numbers by which a messenger finds somebody.
static MESSENGER: LazyLock<Regex> = LazyLock::new(|| {
    let latin = label_words::alternatives(&["messenger"], |word| word.starts_with(|c: char| c.is_ascii()));
    let han = label_words::alternatives(&["messenger"], |word| word.starts_with(is_han));
    Regex::new(&format!(
        r"(?ix) (?: {han} | \b (?: {latin} ) ) \s? (?: 号码? | 账号 | 帐号 )? \s? (?: \( [^)]{{0,8}} \) )? \s? [:是为] \s? (?P<id> [a-z0-9_-]{{5,24}} )
          | (?: \bqq | 微信号 ) \s? (?: 号码? )? \s? (?P<number> [0-9]{{5,12}} )"
    ))
    .expect("words of a table and a constant pattern")
});

/// Behind these labels the first word is somebody, whatever it looks like; behind others only what reads as a name.
const ANY_WORD: usize = 8;

/// Longest value looked at, in bytes: a list of signers, and anything else. Many labels on a long line must not make
/// the whole line be read for each of them.
const VALUE_BYTES: (usize, usize) = (4096, 600);

fn find_labelled(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    let mut at = 0;
    while let Some(captures) = PERSONAL.captures_at(folded, at) {
        let start = captures.get_match().end();
        let rest = folded.get(start..).unwrap_or_default();
        let each = captures.name("list").is_some();
        let most = rest.floor_char_boundary(if each { VALUE_BYTES.0 } else { VALUE_BYTES.1 });
        let value = rest.get(..most).unwrap_or_default();
        let end = NEXT_LABEL.find(value).map_or(value.len(), |next| next.start());
        let value = value.get(..end).unwrap_or_default().trim_end();
        if captures.name("address").is_some() {
            if OF_ADDRESSES.inside(value) {
                found.push((start..start + value.len(), "***".to_owned()));
            }
        } else {
            find_names(value, start, each, captures.name("weak").is_none(), found);
        }
        // The label behind may need the mark before it.
        at = folded.floor_char_boundary((start + end).saturating_sub(1)).max(at + 1);
        at = folded.ceil_char_boundary(at);
    }
    for captures in MESSENGER.captures_iter(folded) {
        if let Some(id) = captures.name("id").or_else(|| captures.name("number"))
            && id.as_str().bytes().any(|byte| byte.is_ascii_digit() || byte == b'_')
        {
            found.push((id.range(), "***".to_owned()));
        }
    }
}

/// The names in the value of a label that begins at `start`: every word (`each`), the first (`first`), and whatever
/// reads as a name.
fn find_names(value: &str, start: usize, each: bool, first: bool, found: &mut Vec<(Range<usize>, String)>) {
    let is_part = |c: char| is_han(c) || c == '·';
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in value.char_indices() {
        let end = at + c.len_utf8();
        match words.last_mut() {
            _ if !is_part(c) => {}
            Some(word) if word.end == at => word.end = end,
            // 张 伟
            Some(word)
                if value.get(word.clone()).is_some_and(|word| word.chars().count() == 1)
                    && value.get(word.end..at).is_some_and(|gap| gap.trim().is_empty()) =>
            {
                word.end = end;
            }
            _ => words.push(at..end),
        }
    }
    if words.is_empty() && first && value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let end = value.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'')));
        let latin = value.get(..end.unwrap_or(value.len())).unwrap_or_default().trim_end();
        found.push((start..start + latin.len(), name(latin)));
    }
    for (index, word) in words.into_iter().enumerate() {
        let text = value.get(word.clone()).unwrap_or_default();
        let length = text.chars().filter(|c| is_han(*c)).count();
        let certain = (each || first && index == 0) && (2..=ANY_WORD).contains(&length);
        if certain || length >= 2 && read_labelled(text) != Reading::Nothing {
            found.push((start + word.start..start + word.end, name(&joined(text))));
        }
    }
}

fn mask_line(raw: &str, masked: &mut String) {
    let has_numbers = raw.chars().any(|c| c.is_numeric() || matches!(c, '@' | '＠' | '#' | '＃' | '特'))
        || ["at)", "at]", "at）", "AT)"].iter().any(|at| raw.contains(at));
    // Every label has one of these, and something that parts it from its value.
    let has_labels = raw.contains([
        '人', '名', '字', '址', '所', '地', '信', '款', '者', '员', '钉', 'n', 'N', 'x', 'X', 'q', 'Q', 'd',
        'D',
    ]) && raw
        .contains([':', '：', '∶', '﹕', '︰', '\u{fe13}', '\t', '|', '│', '是', '为', 'q', 'Q', '号']);
    if !has_numbers && !has_labels {
        masked.push_str(raw);
        return;
    }
    let folded = fold(raw);
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    if has_labels {
        find_labelled(&folded, &mut found);
    }
    if has_numbers {
        find_numbers(&folded, &mut found);
    }
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));

    // Folding keeps the number of characters, not of bytes: walk both texts together.
    let mut ranges = found.into_iter().peekable();
    let mut skipping_to = 0;
    for ((at, _), c) in folded.char_indices().zip(raw.chars()) {
        while ranges.peek().is_some_and(|(range, _)| range.start < at.min(skipping_to)) {
            ranges.next();
        }
        if at >= skipping_to
            && let Some((range, mask)) = ranges.next_if(|(range, _)| range.start == at)
        {
            masked.push_str(&mask);
            skipping_to = range.end;
        }
        if at >= skipping_to {
            masked.push(c);
        }
    }
}

fn find_numbers(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    for (kind, range) in identifiers::find(folded) {
        let number = folded.get(range.clone()).unwrap_or_default();
        if let Some(mask) = identifier(kind, number) {
            found.push((range, mask));
        }
    }
    found.extend(phones::find_all(folded).into_iter().map(|found| (found.range, phone(&found.normal))));
    found.extend(addresses::find(folded).into_iter().map(|(address, range)| (range, email(&address))));
    for captures in LABELLED.captures_iter(folded) {
        let place = ["number", "plate", "door"].iter().find_map(|name| captures.name(name));
        // 医保卡办理 is no number; every document's number holds digits.
        if let Some(place) =
            place.filter(|place| place.as_str().bytes().filter(u8::is_ascii_digit).count() >= 2)
        {
            found.push((place.range(), "***".to_owned()));
        }
    }
}

fn identifier(kind: Identifier, number: &str) -> Option<String> {
    match kind {
        Identifier::IdentityCard if number.len() == 15 => {
            Some(format!("{}*******{}", head(number, 6), tail(number, 2)))
        }
        Identifier::IdentityCard => Some(format!("{}********{}", head(number, 6), tail(number, 4))),
        Identifier::BankCard => Some(format!("{} **** **** {}", head(number, 4), tail(number, 4))),
        // A company's code is public (GB 32100).
        Identifier::CreditCode => None,
        Identifier::Other => Some(format!("{}****{}", head(number, 3), tail(number, 2))),
    }
}

fn head(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn tail(text: &str, characters: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(characters)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("张建国"), "张**");
        assert_eq!(name("欧阳娜娜"), "欧阳**");
        assert_eq!(name("阿依古丽·买买提"), "阿***·***");
        assert_eq!(name("David Chen"), "D**** C***");
        assert_eq!(name(""), "");
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(phone("024-83988812"), "024-8398****");
        assert_eq!(phone("024-25550101-8012"), "024-2555****");
        assert_eq!(phone("0410-7550105"), "0410-755****");
        assert_eq!(email("zhang@example.com"), "z***@example.com");
    }

    #[test]
    fn running_text() {
        for (plain, masked) in [
            ("身份证11010519491231002X。", "身份证110105********002X。"),
            ("身份证号：210102900307123", "身份证号：210102*******23"),
            ("卡6222020000000000000", "卡6222 **** **** 0000"),
            ("电话１３８００１３８０００，谢谢", "电话138****8000，谢谢"),
            ("拨打（024）83988812无人接听", "拨打024-8398****无人接听"),
            ("写信到z@example.com", "写信到z***@example.com"),
            ("住院号88213，护照E12345678", "住院号***，护照***"),
            ("车牌辽A12345", "车牌***"),
            ("统一社会信用代码91210100MA0XYZ1234", "统一社会信用代码91210100MA0XYZ1234"),
            ("传真024-25550101", "传真024-2555****"),
            ("2024年3月13日前，12345热线", "2024年3月13日前，12345热线"),
            ("姓名：顾某某　职业：教师", "姓名：顾**　职业：教师"),
            ("1.姓 名：张 伟", "1.姓 名：张*"),
            ("联名人：钱大海、冯涛、褚亮（三人）", "联名人：钱**、冯*、褚*（三*）"),
            ("联系人：阿依古丽，电话13800138000", "联系人：阿***，电话138****8000"),
            ("姓名：David Chen 电话：024-25550101", "姓名：D**** C*** 电话：024-2555****"),
            ("申请人：李建国", "申请人：李**"),
            ("申请人：应当提交材料", "申请人：应当提交材料"),
            ("作者：应当注明", "作者：应当注明"),
            ("建议者：李建国", "建议者：李**"),
            ("联络员：顾某某", "联络员：顾**"),
            ("Full name: David Chen", "Full name: D**** C***"),
            ("钉钉号：zhang_wei8", "钉钉号：***"),
            ("姓名\t张建国\t电话\t13800138000", "姓名\t张**\t电话\t138****8000"),
            ("家庭住址：广州市和平区幸福路12号3栋。建议延长", "家庭住址：***。建议延长"),
            ("地址：应在网上公布", "地址：应在网上公布"),
            ("微信：zhang_wei8，QQ：123456789", "微信：***，QQ：***"),
            ("建议微信小程序也能办，QQ群公布", "建议微信小程序也能办，QQ群公布"),
            ("表单中的姓名：自动带出", "表单中的姓名：自动带出"),
        ] {
            assert_eq!(text(plain), masked, "{plain}");
        }
    }

    #[test]
    fn known_names() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let known = names(&["欧阳娜娜", "Li Na", "王明", "李"]);
        for (plain, masked) in [
            ("本人欧阳娜娜，李家人", "本人欧阳**，李家人"),
            ("欧 阳 娜 娜写", "欧阳**写"),
            ("li na and Limited", "l* n* and Limited"),
            ("王　明", "王*"),
        ] {
            assert_eq!(Known::new(&known).mask(plain), masked, "{plain}");
        }
        let letter = "建议延长办理时间。\n联系人：钱大海\n\n孙建国\n周小红\n";
        let mut found = super::names(letter);
        found.sort();
        assert_eq!(found, ["周小红", "孙建国", "钱大海"]);
    }
}
