//! The organisation that speaks: from a label, the letterhead or signature, or the subject's end.

use std::sync::LazyLock;

use crate::details::lexicon::places::place_at_start;
use crate::details::lexicon::roles::{self, ROLE_WORDS, is_department};
use crate::details::person::units_abroad;
use crate::details::text::fold::{fold, is_han};
use crate::details::text::letters::with_dates;
use crate::details::text::line::Line;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::markers::read_front;
use crate::vocabulary::{Regex, pattern};

language_table!(pub(super) ORGANIZATIONS, "language/organizations.tsv");
word_list!(
    /// How organisations' names end. 局 and 厅 alone are too short to be one; the length is checked apart.
    ENDINGS, ORGANIZATIONS, "ending"
);
word_list!(
    /// Beginnings of sentences that happen to end like an organisation.
    SENTENCE_BEGINNINGS, ORGANIZATIONS, "begins a sentence"
);
word_list!(
    /// Beginnings of proposals, which are none behind a label either.
    PROPOSALS, ORGANIZATIONS, "begins a proposal"
);
word_list!(
    /// Names that begin like such a sentence: places, brands, schools.
    BEGINNINGS, ORGANIZATIONS, "begins a name too"
);
word_list!(
    /// Kinds of places that name none.
    KINDS_OF_PLACES, ORGANIZATIONS, "kind of place"
);
word_list!(
    /// What sentences hold and names of organisations do not: 书面材料请交某某学院.
    IN_SENTENCES, ORGANIZATIONS, "within a sentence"
);
word_list!(
    /// What somebody is with the organisation, glued to its name.
    POSTS, ROLE_WORDS, "post"
);
word_list!(
    /// What ends the name of a firm, behind which its departments stand.
    FIRMS, ORGANIZATIONS, "firm ending"
);
word_list!(
    /// A department behind a firm's name: 某某公司财务部.
    DEPARTMENTS, ORGANIZATIONS, "department"
);
word_list!(
    /// How somebody hands his letter in, behind his name.
    PRESENTED, ORGANIZATIONS, "presents"
);
word_list!(
    /// 某某会计师事务所（特殊普通合伙）
    PARTNERSHIPS, ORGANIZATIONS, "partnership"
);
word_list!(
    /// How names of three or four characters end.
    SHORT_ENDINGS, ORGANIZATIONS, "ends a short name"
);
word_list!(
    /// Whose such a name is.
    OF_PLACES, ORGANIZATIONS, "begins a short name"
);
word_list!(
    /// What stands behind a name at the end of a subject or of a file's name: 反馈意见, 复函, 反馈意见表.
    ASKS, ORGANIZATIONS, "asks behind a name"
);
word_list!(
    /// 不代表公司: whatever firm stands below, it does not speak.
    pub(super) FOR_HIMSELF, ORGANIZATIONS, "speaks for himself"
);
word_list!(
    /// A form's own words in the place of an organisation.
    NOT_FILLED, ORGANIZATIONS, "not filled in"
);

pattern!(NAME, r"^[\p{Han}A-Za-z0-9()·&. 、-]{4,80}$");

pattern!(
    /// The seal: `（盖章）`, `(公章)`, `（章）` at the end or between.
    SEAL,
    r"\s*[(\[【<]?\s*(?:加盖公章|单位盖章|盖单位公章|盖公章|已盖章|电子签章|电子公章|代\s*盖?\s*章|(?:业务|合同|财务|部门)?专用章|盖\s*章|公\s*章|签\s*章|印\s*章|章略|(?:[(\[【]\s*章))\s*(?:处)?\s*[)\]】>]?\s*:?\s*$"
);

pattern!(
    /// The head of an official letter: `某某市发改委关于《…》的复函`.
    LETTER_TITLE,
    r"^(?P<name>.{4,90}?)(?:关于|对)(?:《|“|征求|印发|报送|反馈|对|.{0,10}工作方案).{0,200}$"
);

/// The text without its seal.
fn without_seal(text: &str) -> &str {
    let text = text.trim();
    SEAL.find(text).and_then(|seal| text.get(..seal.start())).unwrap_or(text).trim()
}

/// Whether a line holds the word for a seal and nothing else: `（盖章）`.
pub(crate) fn is_seal(text: &str) -> bool {
    const LINE_BYTES: usize = 60;
    let text = text.trim();
    text.len() <= LINE_BYTES && text.starts_with(['(', '[', '【', '<']) && without_seal(text).is_empty()
}

/// `…有限公司/财务部 呈`, `…有限公司法务部`: the firm without its department and without how it hands in its letter.
fn without_department(text: &str) -> &str {
    let whole = PRESENTED.at_end(text).and_then(|word| text.strip_suffix(word)).unwrap_or(text);
    let whole = whole.trim_end_matches([' ', '/', '-']);
    let Some(department) = DEPARTMENTS.at_end(whole) else {
        return if whole.len() < text.len() && is_name(whole) { whole } else { text };
    };
    let firm = whole.strip_suffix(department).unwrap_or(whole).trim_end_matches([' ', '/', '-', '、']);
    if FIRMS.at_end(firm).is_some() && is_name(firm) { firm } else { text }
}

/// 省残联, 市科协: one character for whose it is, and what it is.
fn is_short_name(text: &str) -> bool {
    OF_PLACES
        .at_start(text)
        .and_then(|of| text.strip_prefix(of))
        .is_some_and(|rest| SHORT_ENDINGS.contains(rest))
}

/// Reads a folded value as an organisation; its length in bytes from the start of the trimmed value.
fn is_name(text: &str) -> bool {
    if KINDS_OF_PLACES.contains(text) {
        return false;
    }
    if is_short_name(text) {
        return true;
    }
    // 某某省数据局(某某省政务服务管理局)
    if let Some((name, other)) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('))
        && (is_name(other) || roles::is_place(other))
    {
        return is_name(name);
    }
    let whole = text;
    let text = PARTNERSHIPS.at_end(text).and_then(|form| text.strip_suffix(form)).unwrap_or(text);
    let length = text.chars().count();
    // 某某医院医务部: behind the end of a firm's name no list need know the department.
    let splits = || text.char_indices().rev().skip(1).take(5).filter_map(|(at, _)| text.split_at_checked(at));
    let is_of_firm = |(firm, rest): (&str, &str)| FIRMS.at_end(firm).is_some() && is_department(rest);
    let ends = || ENDINGS.behind_something(text).is_some() || splits().any(is_of_firm);
    let begins = || {
        SENTENCE_BEGINNINGS.at_start(text).is_none()
            || BEGINNINGS.at_start(text).is_some() && KINDS_OF_PLACES.at_end(text).is_none()
            || place_at_start(text).is_some()
    };
    // The dear question last: hardly a line ends like an organisation.
    (4..=45).contains(&length)
        && ends()
        && !text.contains('的')
        && NAME.is_match(text)
        && !IN_SENTENCES.inside(text)
        && whole.matches('(').count() == whole.matches(')').count()
        && text.chars().filter(|c| is_han(*c)).count() >= 4
        && begins()
}

/// Whether a word says only which kind of firm or office is meant: 证券公司.
pub(crate) fn is_kind(word: &str) -> bool {
    KINDS_OF_PLACES.contains(word)
}

/// Whether this is the office that holds the consultation, in full or shortened (省营商局).
fn is_office(text: &str, office: &str) -> bool {
    let mut rest = office.chars();
    let mut all = text.chars().filter(|c| !c.is_whitespace());
    all.all(|wanted| rest.any(|c| c == wanted))
}

/// Whether a line holds nothing but the office, as letters begin: `省营商环境建设局`.
pub(crate) fn is_addressee(text: &str, office: &str) -> bool {
    let text = text.trim().trim_end_matches([':', ',']).trim_start_matches("尊敬的").trim();
    (3..=30).contains(&text.chars().count()) && is_office(text, office)
}

/// Reads an organisation from text as written. `strict`: only a form that cannot be anything else.
pub(crate) fn read(raw: &str, office: &str, strict: bool) -> Option<String> {
    let folded = fold(raw);
    let raw = raw.trim();
    let text = folded.trim();
    if text.is_empty() || text.len() > 400 {
        return None;
    }
    let unsealed = without_seal(text);
    if units_abroad::is_one(unsealed) {
        return Some(unsealed.to_owned());
    }
    let cut = unsealed.find([',', ';', '。', '!', '?', '\t', '|', ':']).unwrap_or(unsealed.len());
    let candidate = unsealed.get(..cut)?.trim_end().trim_end_matches(['(', '[']).trim_end();
    let candidate = without_department(candidate);
    if strict && cut != unsealed.len() {
        return None;
    }
    // The name is spread over the line in old letterheads: 沈 阳 某 某 公 司.
    let spread =
        candidate.split_whitespace().all(|piece| piece.chars().count() == 1 && piece.chars().all(is_han));
    let compact: String = if spread { candidate.split_whitespace().collect() } else { candidate.to_owned() };
    let fits = is_name(&compact) || !strict && is_labelled_name(&compact);
    if !fits || is_office(&compact, office) {
        return None;
    }
    // 单位及职务：某某医院护士长
    if !strict
        && let Some(firm) = POSTS.at_end(&compact).and_then(|post| compact.strip_suffix(post))
        && is_name(firm)
    {
        return Some(raw.chars().take(firm.chars().count()).collect());
    }
    if spread {
        return Some(compact);
    }
    let length = candidate.chars().count();
    Some(raw.chars().take(length).collect::<String>().trim().to_owned())
}

/// Behind a label less proof is needed, but a form's own words are not an organisation.
fn is_labelled_name(text: &str) -> bool {
    let length = text.chars().count();
    (3..=45).contains(&length)
        && NOT_FILLED.at_start(text.trim_start_matches(['(', '（', '[', '【', ' '])).is_none()
        && NAME.is_match(text)
        && text.chars().any(|c| is_han(c) || c.is_ascii_alphabetic())
        && !text.contains(['的', '、'])
        && !text.starts_with('由')
        && !text.ends_with("填写")
        && PROPOSALS.at_start(text).is_none()
}

/// An organisation that stands alone on a line of the letterhead or the signature.
pub(crate) fn on_line(line: &Line<'_>, office: &str) -> Option<String> {
    let text = line.text.trim();
    let is_point = text.starts_with(|c: char| c.is_ascii_digit())
        && text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['、', '.', ')'])
        && !text.contains('年');
    if text.len() > 300 || text.ends_with(':') || is_point && behind_date(text, office).is_none() {
        return None;
    }
    let skipped = line.text.len() - line.text.trim_start().len();
    let raw = line.raw_of(skipped..line.text.len());
    let raw = raw.trim_start_matches(['—', '-', '–', ' ']);
    before_department(raw, office)
        .or_else(|| behind_date(raw, office))
        .or_else(|| read(raw, office, true))
        .or_else(|| before_date(raw, office))
        .or_else(|| read(raw.split_once(['|', '｜'])?.0, office, true))
}

/// The units that seal one letter, each on a line of its own, the last at `last`: their first line, and how many they are.
pub(crate) fn sealed_together(lines: &[Line<'_>], last: usize, office: &str) -> (usize, u32) {
    const MOST: usize = 200;
    let is_sealed = |line: &Line<'_>| {
        without_seal(line.text).len() < line.text.trim().len() && on_line(line, office).is_some()
    };
    let upwards = (0..=last).rev().take(MOST).filter_map(|index| Some((index, lines.get(index)?)));
    let mut said = upwards.filter(|(_, line)| !line.text.trim().is_empty());
    let mut found = (last, 0);
    while let Some((index, _)) = said.next().filter(|(_, line)| is_sealed(line)) {
        found = (index, found.1 + 1);
    }
    found
}

/// An organisation behind the last sentence of a line, with or without a date.
pub(crate) fn signing(raw: &str, office: &str) -> Option<String> {
    read(raw, office, true).or_else(|| before_date(raw, office))
}

/// The organisation on a line with its department or with who signs for it: `广州某某公司 段磊`, `某某公司 综合部`.
pub(crate) fn beside_name(line: &Line<'_>, office: &str) -> Option<String> {
    let skipped = line.text.len() - line.text.trim_start().len();
    let raw = line.raw_of(skipped..line.text.len());
    let raw = raw.trim_start_matches(['—', '-', '–', ' ']);
    let end = raw.find([' ', '\u{3000}', '\t', '、', '，', ',', '：', ':', '　'])?;
    read(raw.get(..end)?, office, true).or_else(|| before_post(raw, office))
}

/// `广州某某合作社（清新）理事长 韩小雪`: the organisation before the post of who signs for it.
pub(super) fn before_post(raw: &str, office: &str) -> Option<String> {
    let folded = fold(raw.split_whitespace().next()?);
    let unit = folded.strip_suffix(POSTS.at_end(&folded)?)?;
    read(&raw.trim().chars().take(unit.chars().count()).collect::<String>(), office, true)
}

/// `2024年3月8日 广州某某公司`
fn behind_date(raw: &str, office: &str) -> Option<String> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| with_dates(r"^\s*⟨date⟩\s*"));
    let begins = raw.trim_start().starts_with(['1', '2', '１', '２', '一', '二']);
    let date = begins.then(|| DATE.find(raw)).flatten()?;
    read(raw.get(date.end()..)?, office, true)
}

/// `广州某某公司 综合部`
fn before_department(raw: &str, office: &str) -> Option<String> {
    let (name, department) = raw.trim_end().rsplit_once([' ', '\u{3000}', '\t'])?;
    is_department(department).then(|| read(name, office, true)).flatten()
}

/// `广州某某公司 2024年3月11日`, `广州某某公司（盖章） 联系人…`.
fn before_date(raw: &str, office: &str) -> Option<String> {
    static DATE: LazyLock<Regex> =
        LazyLock::new(|| with_dates(r"\s*(?:⟨year⟩\s*[年./-]|[（(](?:盖章|公章|代章|章)[)）]).{0,30}$"));
    let may_be_dated = raw.contains(['年', '.', '/', '-', '章']);
    let date = may_be_dated.then(|| DATE.find(raw)).flatten()?;
    read(raw.get(..date.start())?, office, true)
}

/// The name at the head of an official letter's title line.
pub(crate) fn in_letter_title(line: &Line<'_>, office: &str) -> Option<String> {
    let text = line.text.trim();
    if text.len() > 500 {
        return None;
    }
    let found = LETTER_TITLE.captures(text)?;
    let name = found.name("name")?;
    let skipped = line.text.len() - line.text.trim_start().len();
    read(line.raw_of(skipped..skipped + name.end()), office, true)
}

/// The organisation behind the last dash or in the last brackets of a subject.
pub(crate) fn in_subject(subject: &str, office: &str) -> Option<String> {
    if subject.len() > 2000 {
        return None;
    }
    if let Some(found) = in_front(subject, office) {
        return Some(found);
    }
    if !subject.contains('《')
        && let Some(found) = before_ask(subject, office)
    {
        return Some(found);
    }
    let folded_end = subject.trim_end().trim_end_matches([')', '）', ']', '】', '〕']);
    let (_, last) = folded_end.rsplit_once([
        '—', '–', '-', '－', '_', '(', '（', '【', '[', '〔', '》', '：', ':', '|', ' ', '\u{3000}',
    ])?;
    // 广州某某（集团）有限公司 holds brackets of its own.
    let with_brackets =
        folded_end.rsplit_once(['—', '–', '-', '－', '_', '》', '|', ' ']).map(|(_, last)| last);
    with_brackets.and_then(|last| read(last, office, true)).or_else(|| read(last, office, true)).or_else(
        || {
            // …意见建议-某某公司-段磊
            let behind = folded_end.rsplit_once('》')?.1;
            if !behind.contains(['—', '–', '-', '－', '_', '|']) {
                return None;
            }
            behind.split(['—', '–', '-', '－', '_', '|']).find_map(|piece| read(piece, office, true))
        },
    )
}

/// `某某局反馈意见`, `某某局反馈意见表`: the name before words of answering.
pub(crate) fn before_ask(text: &str, office: &str) -> Option<String> {
    const LONGEST_BYTES: usize = 300;
    if text.len() > LONGEST_BYTES {
        return None;
    }
    let is_edge = |c: char| c.is_whitespace() || c.is_ascii_digit() || "()（）[]【】-—_·、.".contains(c);
    let mut rest = text.trim_matches(is_edge);
    let whole = rest.len();
    while let Some(word) = ASKS.at_end(rest) {
        rest = rest.strip_suffix(word).unwrap_or(rest).trim_end_matches(is_edge);
    }
    (rest.len() < whole).then(|| read(rest, office, true)).flatten()
}

/// `某某公司关于《…》的意见`, `【某某公司】《…》意见`, `某某公司：《…》`: who speaks before the title.
fn in_front(subject: &str, office: &str) -> Option<String> {
    // The bare tag, as most write it, names nobody.
    let (written, _) = subject.split_once('《')?;
    if written.trim().chars().filter(|c| is_han(*c)).count() < 4 && written.len() < 12 {
        return None;
    }
    let front = read_front(subject);
    if front.is_forward() {
        return None;
    }
    let (before, _) = front.rest.split_once('《')?;
    let before = before.trim().trim_start_matches(['【', '[', '(', '（']);
    let before = before.trim_end_matches([':', '：', '—', '-', '】', ']', ')', '）', ' ']);
    let before =
        ["关于对", "关于", "对于", "对"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    read(before, office, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str = "江右省营商环境建设局";

    #[test]
    fn organisations_alone_on_a_line() {
        for (written, expected) in [
            ("广州某某装备制造有限公司（盖章）", Some("广州某某装备制造有限公司")),
            ("某某市营商环境建设局", Some("某某市营商环境建设局")),
            ("广州某某（集团）有限公司", Some("广州某某（集团）有限公司")),
            ("深圳某某商会  （公章）", Some("深圳某某商会")),
            ("广州某某有限公司 2024年3月11日", Some("广州某某有限公司")),
            ("江右省营商环境建设局", None),
            ("省营商局", None),
            ("临江市某某区财政局", Some("临江市某某区财政局")),
            ("和平区人民政府办公室", Some("和平区人民政府办公室")),
            ("建设银行广州某某支行", Some("建设银行广州某某支行")),
            ("贵州某某酒业有限公司", Some("贵州某某酒业有限公司")),
            ("一汽某某柴油机有限公司", Some("一汽某某柴油机有限公司")),
            ("某某网吧", Some("某某网吧")),
            ("某某县纪委监委", Some("某某县纪委监委")),
            ("建议增设便民服务中心", None),
            ("建设更多便民服务中心", None),
            ("和其他部门一样去社区", None),
            ("各级人民政府", None),
            ("全市推广到乡镇政府", None),
            ("谢谢贵局", None),
            ("寄自广州市图书馆", None),
            ("由窗口填写", None),
            ("希望多去社区", None),
        ] {
            assert_eq!(
                read(written, OFFICE, true).or_else(|| before_date(written, OFFICE)).as_deref(),
                expected,
                "{written}"
            );
        }
    }

    #[test]
    fn organisation_at_the_end_of_a_subject() {
        let tag = "《某方案（征求意见稿）》意见建议";
        assert_eq!(
            in_subject(&format!("{tag}——广州市某某科技有限公司"), OFFICE).as_deref(),
            Some("广州市某某科技有限公司")
        );
        assert_eq!(
            in_subject(&format!("{tag}（广州市某某科技有限公司）"), OFFICE).as_deref(),
            Some("广州市某某科技有限公司")
        );
        assert_eq!(
            in_subject(&format!("{tag}-广州某某（集团）有限公司"), OFFICE).as_deref(),
            Some("广州某某（集团）有限公司")
        );
        assert_eq!(in_subject(tag, OFFICE), None);
        assert_eq!(in_subject(&format!("{tag}——张三"), OFFICE), None);
    }
}
