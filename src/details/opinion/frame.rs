//! The letter around the opinion: salutation, labelled lines, closing, signature. What is left is what
//! the opinion items are made of.

use crate::details::form::label::{Certainty, Field, Label};
use crate::details::lexicon::{occupations, roles};
use crate::details::opinion::beside_signer::{is_below_its_office, is_contact_line, is_where_signer_works};
use crate::details::opinion::number_at::{Kind, mark_at};
use crate::details::opinion::{
    behalf, courtesy, departments, framing, interview, lists, notice, passed_on, pictures,
};
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::part::Part;
use crate::details::person::{abroad, announced, dated, oneself, opening, organization, run_on};
use crate::details::text::cloud;
use crate::details::text::fold::{is_han, is_symbol};
use crate::details::text::letters::{LETTERS, is_closing};
use crate::details::text::line::{Line, tail_start};
use crate::details::text::numeral::digit;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// The headings of a table of amendments, but for the opinion's.
    OTHER_COLUMNS, LETTERS, "column of others"
);
word_list!(OUR_COLUMNS, LETTERS, "column of the opinion");
word_list!(
    /// Labels of no use elsewhere whose remarks belong to the opinion: `备注：`.
    REMARKS, LETTERS, "remark"
);
word_list!(
    /// 征求意见 in the name of who reads it.
    NAMES_THE_MATTER, LETTERS, "names the matter"
);
word_list!(
    /// 建议政务服务中心：… addresses nobody.
    PROPOSES, LETTERS, "proposes"
);

pattern!(
    /// `尊敬的营商局领导：`, `省营商环境建设局：`, `您好！`, `Dear Sir or Madam,` at the start of a line.
    SALUTATION, LETTERS,
    r"(?xi)^\s*(?:
            (?: 尊敬的 | 敬爱的 | 致 | 贵局 )? [^,。!?;:]{0,28} ⟨addressee⟩ (?:们|同志|您好|你好|好)? \s* [:]
          | 尊敬的 [^,。!?;:]{1,28} [:,!]
          | [^,。!?;:]{0,20} ⟨addressee⟩ (?:们|同志)? , \s* ⟨greeting⟩ \s* [!,。:~]+
          | [^,。!?;:]{1,30} \s (?: 御中 | 殿 ) \s* $
          | (?: 各位 | 尊敬的 )? (?:领导|同志|老师|大家) (?:们)? (?:好|您好|你们好) \s* [!,。:~]*
          | \p{Han}{1,10} [你您]们?好 (?: [!,。:~]+ | \s*$ )
          | ⟨greeting⟩ \s* (?: [!,。:~]+ | $ )
          | dear \s [^,:!]{1,40} [,:!]
          | (?: hello | hi ) (?: \s [a-z]{1,20} )? \s* (?: [,:!]+ | $ )
          )\s*"
);

pattern!(
    /// `共27人`, below who signs; `本村18名村民联名，代表：苏清，电话…`.
    HEADCOUNT,
    r"^[^,。;:]{0,10}[^0-9,。;:](?:[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?[余多]?(?:人|名|位|户)\p{Han}{0,4}(?:联名|联署|签名),?\s?\p{Han}{0,4}代表人?\s?:[^。;]{2,60}$|^\s*\(?(?:以上|一共|总共|共|共有|共计|合计|总计)\s?(?:[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?(?:人|名|位|户)(?:签名|签字|联名)?\)?[。.]?\s*$"
);
pattern!(
    /// A letter's own title: `关于《…》的修改意见`.
    TITLE,
    r"^\s*(?:[\p{Han}()]{2,30})?(?:关于|对)[^。!?;]{0,160}(?:意见|建议|复函|回函|的函|反馈|意见书|建议书)\s*:?\s*$|^\s*《[^》]{4,160}》\s*(?:的)?(?:意见建议|意见和建议|修改意见|反馈意见|意见|建议)\s*$"
);

/// The pieces of the comment that are neither form nor frame, in order.
pub(crate) fn body<'a>(part: &Part<'_, 'a>, office: &str) -> Vec<Line<'a>> {
    let Part { lines, fields, signature, .. } = part;
    let tail = tail_start(lines);
    let mut in_list = false;
    let mut wishes = false;
    let mut body = Vec::new();
    let mut said = 0;
    let mut fields_from = 0;
    let mut headings = Vec::new();
    let mut numbered = false;
    let asked = interview::read(lines);
    let headers = passed_on::header_lines(lines);
    let mut values: Vec<&Field> = fields.iter().filter(|field| field.line != field.label_line).collect();
    values.sort_by_key(|field| field.line);
    for (index, line) in lines.iter().enumerate() {
        if line.text.trim().is_empty() {
            continue;
        }
        numbered |= body.last().is_some_and(|line: &Line<'_>| begins_point(line.text).is_some());
        // 顺颂⏎时祺
        let alone = courtesy::is_wish(line.text);
        let wish = courtesy::wish_at_end(line.text);
        let goes_on = std::mem::replace(&mut wishes, alone || wish.is_some());
        if alone || goes_on && is_wished(line.text) {
            continue;
        }
        let answer = asked.get(&index).copied();
        in_list = lists::begins(line.text) || in_list && lists::goes_on(line.text);
        if in_list || answer == Some(interview::Part::Question) || headers.contains(&index) {
            continue;
        }
        while fields.get(fields_from).is_some_and(|field| field.label_line < index) {
            fields_from += 1;
        }
        let mine: Vec<&Field> =
            fields.iter().skip(fields_from).take_while(|field| field.label_line == index).collect();
        if is_value(&values, index, lines) || stands_around(part, (line, index), office) {
            continue;
        }
        // Who writes may stand above the salutation.
        said += usize::from(!mine.iter().any(|field| field.rule == "head"));
        if let Some(ranges) = around_who(part, (line, index), &mine) {
            for range in ranges {
                push(&mut body, line, behind_marks(line, range), said <= 3);
            }
            continue;
        }
        if mine.is_empty() || is_heading_row(line.text) {
            let in_tail = index >= tail;
            let beside_signer = in_tail
                && (signature.names.iter().any(|signer| signer.name == line.text.trim())
                    || is_where_signer_works(part, index, office)
                    || is_below_its_office(lines, index, office))
                || said <= 3 && framing::leads(line.text) && has_more(lines, index);
            let placed = (in_tail, said <= 3);
            if is_frame((lines, index), placed, office) || signature.holds(index) || beside_signer {
                continue;
            }
            let end = signature.glued.filter(|(line, _)| *line == index).map(|(_, at)| at);
            let end = end.or(wish).unwrap_or(line.text.len());
            let opened = || (said <= 3).then(|| opening::read(line, office)).flatten();
            let start = answer.map(interview::Part::length).or_else(|| Some(opened()?.1)).unwrap_or(0);
            push(&mut body, line, start.min(end)..end, said <= 3);
            continue;
        }
        let mut at = 0;
        for field in mine {
            if !is_proved(field, lines)
                && (field.certainty == Certainty::Bare || says_otherwise(field, lines))
            {
                continue;
            }
            let before = at..field.label_start.max(at);
            let is_signer = at == 0
                && (signature.holds(index)
                    || says_who(line, before.clone())
                    || index >= tail
                        && organization::read(line.raw_of(before.clone()), office, true).is_some());
            if !is_signer && says_something(line, before.clone()) {
                push(&mut body, line, behind_marks(line, before), said <= 3);
            }
            at = at.max(end_of(field, lines));
            if field.label == Label::Opinion {
                if let Some(heading) = Heading::behind(line, field.label_start, at, body.len()) {
                    headings.push(heading);
                } else if numbered {
                    // `建议：` within a point: what the point says of it, beside `现状：`.
                    at = field.label_start;
                }
            }
        }
        if at > 0 {
            at += line.text.get(at..).map_or(0, oneself::particulars_length);
        }
        if at == 0 || says_something(line, at..line.text.len()) && !is_contact(line, at) {
            push(&mut body, line, behind_marks(line, at..line.text.len()), said <= 3);
        }
    }
    for heading in headings.into_iter().rev() {
        if heading.is_of_list(&body) {
            body.insert(heading.at, heading.line);
        }
    }
    body
}

/// Whether an opinion may stand below a line.
fn has_more(lines: &[Line<'_>], index: usize) -> bool {
    const CHARS: usize = 8;
    let says = |line: &Line<'_>| line.text.chars().filter(|c| c.is_alphanumeric()).nth(CHARS).is_some();
    lines.iter().skip(index + 1).any(says)
}

/// Whether a line is the value of a label on another. `values`: such fields, by their line.
fn is_value(values: &[&Field], index: usize, lines: &[Line<'_>]) -> bool {
    values.binary_search_by_key(&index, |field| field.line).is_ok_and(|at| {
        values.get(at).is_some_and(|field| field.certainty == Certainty::Marked || is_proved(field, lines))
    })
}

/// Whether a line is none of the citizen's opinion wherever it stands: the notice, who sends for whom, brackets below the name.
fn stands_around(part: &Part<'_, '_>, (line, index): (&Line<'_>, usize), office: &str) -> bool {
    cloud::is_cloud_line(line)
        || notice::is_quoted(line.text)
        || notice::is_pasted(line.text)
        || behalf::is_note(line.text)
        || announced::read(line).is_some()
        || part.tells_of_somebody(index)
        || line.text.trim_start().starts_with('(')
            && index >= tail_start(part.lines)
            && is_where_signer_works(part, index, office)
}

/// `二、具体意见`, which is an opinion's label too, and its place in the body.
struct Heading<'a> {
    at: usize,
    point: (Kind, u32),
    line: Line<'a>,
}

impl<'a> Heading<'a> {
    /// The numbered label that begins at byte `from` of a line and has nothing behind byte `to`.
    fn behind(line: &Line<'a>, from: usize, to: usize, at: usize) -> Option<Self> {
        let is_empty = line.text.get(to..).is_some_and(|rest| rest.trim().is_empty());
        let text = line.text.get(from..).filter(|_| is_empty)?;
        let point = begins_point(text)?;
        Some(Heading { at, point, line: Line { raw: line.raw_of(from..line.text.len()), text, ..*line } })
    }

    /// A list of its kind comes to it and goes on behind it: in `一、姓名：… 二、意见：…` it is a label as any other.
    fn is_of_list(&self, body: &[Line<'_>]) -> bool {
        let (kind, number) = self.point;
        let (before, behind) = body.split_at_checked(self.at).unwrap_or((body, &[]));
        let has = |lines: &[Line<'_>], number| {
            lines.iter().any(|line| begins_point(line.text) == Some((kind, number)))
        };
        (number == 1 || has(before, number - 1)) && has(behind, number + 1)
    }
}

/// The number that a line begins with.
fn begins_point(text: &str) -> Option<(Kind, u32)> {
    mark_at(text.trim_start()).map(|(kind, number, _)| (kind, number))
}

/// What of a line stands around the sentences in which its writer says who he is, where it has such, and no field elsewhere.
fn around_who(
    part: &Part<'_, '_>,
    (line, index): (&Line<'_>, usize),
    mine: &[&Field],
) -> Option<Vec<std::ops::Range<usize>>> {
    let presented: Vec<_> = part.presented(index).collect();
    let is_within = |field: &&Field| presented.iter().any(|range| range.contains(&field.label_start));
    if presented.is_empty() || !mine.iter().all(is_within) || part.signature.holds(index) {
        return None;
    }
    let mut at = 0;
    let mut found = Vec::new();
    for place in presented {
        found.push(at..place.start.max(at));
        at = place.end.max(at);
    }
    found.push(at..line.text.len());
    found.retain(|range| says_something(line, range.clone()));
    Some(found)
}

/// Whether a piece before a label says who the writer is: `我是广州市民，姓名：…`.
fn says_who(line: &Line<'_>, range: std::ops::Range<usize>) -> bool {
    let piece = line.text.get(range).unwrap_or_default();
    oneself::is_about_writer(piece.trim_matches([',', '、', ' ']))
}

/// A piece behind a label without the marks that parted them.
fn behind_marks(line: &Line<'_>, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let piece = line.text.get(range.clone()).unwrap_or_default();
    if range.start == 0 {
        return range;
    }
    let marks = piece.len() - piece.trim_start_matches([',', '、', ';', ' ', '。', '!']).len();
    range.start + marks..range.end
}

/// Whether a piece beside labels holds more than marks and pictures.
fn says_something(line: &Line<'_>, range: std::ops::Range<usize>) -> bool {
    line.text.get(range).is_some_and(|piece| piece.chars().any(char::is_alphanumeric))
}

/// `手机：138…；家里：0416-…`: whether what stands behind a label's value is another number of the writer's.
fn is_contact(line: &Line<'_>, from: usize) -> bool {
    line.text.get(from..).is_some_and(is_contact_line)
}

/// What may be wished on a line of its own: 时祺, 身体健康.
fn is_wished(text: &str) -> bool {
    const WORDS: usize = 12;
    let text = text.trim();
    text.chars().take(WORDS + 1).count() <= WORDS && !text.contains([':', ';']) && !PROPOSES.inside(text)
}

/// The body as one text, with the remarks that stand behind labels of no use elsewhere (`备注：`): two letters that
/// differ in those are not the same.
pub(crate) fn opinion_text(body: &[Line<'_>], lines: &[Line<'_>], fields: &[Field]) -> String {
    let remarks = fields.iter().filter(|field| field.label == Label::Other).filter_map(|field| {
        let label = lines.get(field.label_line)?.text.get(field.label_start..)?;
        let is_remark = REMARKS.at_start(label.trim_start()).is_some();
        is_remark.then(|| field.raw(lines))
    });
    body.iter().map(|line| line.raw).chain(remarks).collect::<Vec<_>>().join("\n")
}

/// Whether what looks like a salutation addresses somebody: 建议政务服务中心：… does not, 征求意见组： does.
fn addresses(salutation: &str) -> bool {
    let matter = NAMES_THE_MATTER.all().iter().find(|matter| salutation.contains(**matter));
    match matter {
        Some(matter) => !PROPOSES.inside(&salutation.replace(matter, "")),
        None => !PROPOSES.inside(salutation),
    }
}

/// Keeps a piece of a line, without a salutation in front of it.
fn push<'a>(body: &mut Vec<Line<'a>>, line: &Line<'a>, range: std::ops::Range<usize>, at_head: bool) {
    let Some(mut text) = line.text.get(range.clone()) else { return };
    let mut start = range.start;
    // 2.办公室：… and 办公室：无意见 address nobody.
    let at_head = at_head && begins_point(text).is_none() && !departments::has_none(text);
    for _ in 0..4 {
        let salutation = at_head.then(|| SALUTATION.find(text)).flatten();
        let salutation = salutation.filter(|found| addresses(found.as_str()));
        let run_on = || run_on::read(text).map(|found| found.number.end);
        let length = salutation.map(|found| found.end()).or_else(run_on);
        let length = length.unwrap_or_else(|| abroad::frame_length(text, at_head));
        if length == 0 {
            break;
        }
        start += length;
        text = text.get(length..).unwrap_or_default();
    }
    // 👍 alone is an opinion, and behind a greeting none.
    let greeted = start > range.start;
    let has_words = text.chars().any(|c| {
        c.is_alphanumeric() || !(c.is_ascii() || c.is_whitespace() || is_mark(c) || greeted && is_symbol(c))
    });
    if !has_words || is_closing(text) {
        return;
    }
    for kept in framing::opinions(text) {
        let raw = line.raw_of(start + kept.start..start + kept.end);
        if let Some(text) = text.get(kept).filter(|text| !text.trim().is_empty()) {
            body.push(Line { raw, text, ..*line });
        }
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '。' | '、' | '“' | '”' | '《' | '》' | '【' | '】' | '…' | '·' | '●' | '■' | '「' | '」')
}

fn is_frame((lines, index): (&[Line<'_>], usize), (in_tail, at_head): (bool, bool), office: &str) -> bool {
    let Some(line) = lines.get(index) else { return false };
    if line.text.len() > 500 {
        return false;
    }
    is_heading_row(line.text)
        || pictures::stand_in(line.text)
        || is_closing(line.text)
        || passed_on::is_rule(line.text)
        || dated::is_date_line(lines, index, in_tail || at_head)
        || organization::is_seal(line.text)
        || at_head && (is_title(line.text) || organization::is_addressee(line.text, office))
        || (in_tail || at_head) && organization::on_line(line, office).is_some()
        || in_tail && roles::is_department(line.text.trim())
        || in_tail && is_contact_line(line.text)
        || in_tail && HEADCOUNT.is_match(line.text)
}

/// The heading of a table of amendments: `序号 | 条款 | 原文 | 修改建议 | 理由`.
fn is_heading_row(text: &str) -> bool {
    if text.len() > 200 || !text.contains(['\t', '|']) {
        return false;
    }
    let cells = || {
        text.split(['\t', '|']).map(|cell| cell.trim().trim_end_matches(':')).filter(|cell| !cell.is_empty())
    };
    cells().count() >= 2
        && cells().all(|cell| cell.chars().count() <= 8)
        && cells().any(|cell| OUR_COLUMNS.contains(cell))
        && cells().any(|cell| OTHER_COLUMNS.contains(cell))
}

/// A letter's title names the draft or begins with 关于; what denies or proposes something is no title.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    TITLE.is_match(text)
        && (text.contains('《')
            || !text.ends_with(':') && (text.contains("方案") || text.starts_with("关于")))
        && !text.contains(['无', '没'])
        && !["建议", "希望", "我"].iter().any(|word| text.starts_with(word))
}

/// Whether a label without a mark is proved by its value.
fn is_proved(field: &Field, lines: &[Line<'_>]) -> bool {
    let value = field.text(lines);
    match field.label {
        Label::Phone | Label::Fax | Label::Messenger => value.chars().any(|c| c.is_ascii_digit()),
        Label::Name | Label::Contact => read_labelled(value) != Reading::Nothing,
        Label::Email => value.contains('@'),
        Label::Organization => organization::read(value, "", true).is_some(),
        Label::Occupation | Label::Position => occupations::is_whole(value),
        Label::Opinion | Label::Other => false,
    }
}

/// `手机：老人不会用，…`: a sentence behind a label that asks for a number or an address.
fn says_otherwise(field: &Field, lines: &[Line<'_>]) -> bool {
    const WORDS: usize = 8;
    matches!(field.label, Label::Phone | Label::Email)
        && field.line == field.label_line
        && field.text(lines).chars().filter(|c| is_han(*c) && digit(*c).is_none()).take(WORDS).count()
            == WORDS
}

/// Where a field ends for good: what follows its value in a new sentence is the citizen's text again.
fn end_of(field: &Field, lines: &[Line<'_>]) -> usize {
    if field.line != field.label_line {
        return lines.get(field.label_line).map_or(0, |line| line.text.len());
    }
    if field.label == Label::Opinion {
        return field.value.start;
    }
    let value = field.text(lines);
    let ends = |c: char| matches!(c, '。' | '!' | '?' | ';');
    let mut end =
        value.char_indices().find(|(_, c)| ends(*c)).map_or(value.len(), |(at, c)| at + c.len_utf8());
    let says_more = |from: usize| {
        let clause = value.get(from..end).unwrap_or_default();
        clause.chars().filter(|c| is_han(*c)).take(6).count() == 6
    };
    if field.label == Label::Phone
        && let Some(digit) = value.get(..end).and_then(|clause| clause.rfind(|c: char| c.is_ascii_digit()))
        && says_more(digit + 1)
    {
        end = digit + 1;
    } else if (matches!(field.label, Label::Name | Label::Phone | Label::Email) || is_spoken(field, lines))
        && let Some(comma) = value.get(..end).and_then(|clause| clause.find(','))
        && says_more(comma + 1)
    {
        end = comma + 1;
    }
    field.value.start + end
}

/// `我的职业是药师，…`: a sentence in the place of a label.
fn is_spoken(field: &Field, lines: &[Line<'_>]) -> bool {
    let before =
        lines.get(field.line).and_then(|line| line.text.get(..field.value.start)).unwrap_or_default();
    before.trim_end().ends_with(['是', '为'])
}
