//! Particulars of somebody else: whom a letter complains of, a hall, a property manager, a form as a sample.

use crate::details::form::label::{Field, Label};
use crate::details::form::label_words::longest_word;
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(STRANGERS, "language/strangers.tsv");

pattern!(
    /// The head of such particulars: `被投诉人：`, `窗口工作人员：`, `办事大厅地址：`, `客户经理姓名：`, `紧急联系人：`.
    HEAD, STRANGERS,
    r"(?x) ^ [\s\p{So}(\[【●•·*>-]{0,8} (?: [0-9一二三四五六七八九十]{1,2} [.、)] \s* )?
          (?: (?: 被⟨accused⟩ ⟨accused one⟩? | (?:投诉|举报) 对象
              | ⟨place of service⟩ (?:工作)? ⟨staff⟩
              | 工作人员 | ⟨manager⟩ 经理 | (?:房产|房屋|黑)? 中介 | 紧急联系人 )
              (?:的)? (?: 姓名 | 名称 | 名字 | 工号 | 联系方式 | (?:联系)?电话 (?:号码)? | 手机 (?:号码?)? | 地址 )?
            | \p{Han}{0,6} ⟨institution⟩ (?:的)? (?: 联系方式 | (?:联系|咨询|值班|办公)?电话 | 地址 | 负责人 | 联系人 ) )
          \s? (?: \( [^()]{1,20} \) )? \s? :"
);

pattern!(
    /// `模板如下：`, `表格式样如下：`: what follows is filled in for nobody.
    SAMPLE, STRANGERS,
    r"⟨sample⟩[^,。;:]{0,6}:\s*$|⟨for example⟩:\s*$"
);

pattern!(
    /// `例：姓名：张三 电话：…`, up to its first label.
    SAMPLE_LINE, STRANGERS, r"^\s*⟨sample line⟩\s?[:,]?\s?"
);
word_list!(
    /// What stands beside the author of a cited work.
    CITED, STRANGERS, "cited work"
);
word_list!(
    /// What stands in an advertisement of a job, which is nobody's occupation.
    ADVERTISED, STRANGERS, "job advertisement"
);
word_list!(FIRMS, STRANGERS, "firm");
word_list!(CLERKS, STRANGERS, "clerk");
word_list!(OWN, STRANGERS, "own");

/// What the lines below belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Somebody,
    Sample,
}

/// The lines that hold somebody else's particulars, in order; their fields are taken out of `fields`.
pub(crate) fn take(lines: &[Line<'_>], fields: &mut Vec<Field>) -> Vec<usize> {
    let mut strangers = Vec::new();
    let mut open = Open::Nothing;
    let mut at = 0;
    for (index, line) in lines.iter().enumerate() {
        while fields.get(at).is_some_and(|field| field.label_line < index) {
            at += 1;
        }
        let field = fields.get(at).filter(|field| field.label_line == index);
        if is_head(line.text) || is_sample_line(line.text) {
            open = Open::Somebody;
            strangers.push(index);
        } else if is_sample_heading(line.text) {
            open = Open::Sample;
        } else if is_firm_spoken_of(lines, fields, index) {
            open = Open::Somebody;
        } else if field.is_some_and(|field| {
            belongs(open, field, line.text) || is_author(lines, field) || is_advertised(lines, field)
        }) {
            strangers.push(index);
            // What an author is called may stand below.
            strangers.extend(field.map(|field| field.line).filter(|line| *line != index));
        } else {
            open = Open::Nothing;
        }
    }
    strangers.sort_unstable();
    strangers.dedup();
    if !strangers.is_empty() {
        let is_theirs = |line: usize| strangers.binary_search(&line).is_ok();
        fields.retain(|field| !is_theirs(field.label_line) && !is_theirs(field.line));
    }
    strangers
}

const HEAD_BYTES: usize = 400;

fn is_head(text: &str) -> bool {
    text.len() <= HEAD_BYTES && text.contains(':') && HEAD.is_match(text)
}

fn is_sample_line(text: &str) -> bool {
    let first = || {
        let rest = text.get(SAMPLE_LINE.find(text)?.end()..)?;
        let (label, length) = longest_word(rest)?;
        let is_one = matches!(label, Label::Name | Label::Phone | Label::Occupation);
        (is_one && rest.get(length..)?.trim_start().starts_with(':')).then_some(())
    };
    text.len() <= HEAD_BYTES && text.contains(':') && first().is_some()
}

fn is_sample_heading(text: &str) -> bool {
    text.len() <= HEAD_BYTES && text.trim_end().ends_with(':') && SAMPLE.is_match(text) && !OWN.inside(text)
}

/// Whether the label on the line below goes on with the same particulars.
fn belongs(open: Open, field: &Field, text: &str) -> bool {
    let begins = text.get(..field.label_start).is_some_and(|before| before.trim().is_empty());
    let is_own = text.contains("本人") || text.contains("我的");
    begins
        && !is_own
        && match open {
            Open::Nothing => false,
            Open::Somebody => {
                let is_clerk = CLERKS.at_start(text.trim_start()).is_some();
                match field.label {
                    Label::Phone
                    | Label::Fax
                    | Label::Messenger
                    | Label::Email
                    | Label::Position
                    | Label::Other => true,
                    Label::Contact => is_clerk,
                    _ => false,
                }
            }
            Open::Sample => field.label != Label::Opinion,
        }
}

/// The lines around one, itself included.
fn around<'l, 'a>(lines: &'l [Line<'a>], index: usize) -> impl Iterator<Item = &'l Line<'a>> {
    const REACH: usize = 2;
    lines.iter().skip(index.saturating_sub(REACH)).take(2 * REACH + 1)
}

/// `作者` in what a letter cites: without a value of its own beside it, or near the title of a work.
fn is_author(lines: &[Line<'_>], field: &Field) -> bool {
    let Some(line) = lines.get(field.label_line) else { return false };
    let is_label =
        line.text.get(field.label_start..).is_some_and(|label| label.trim_start().starts_with("作者"));
    let is_alone = || field.line != field.label_line || field.value.is_empty();
    let cites = || {
        line.text.contains('《')
            || around(lines, field.label_line)
                .any(|line| line.text.len() <= HEAD_BYTES && CITED.inside(line.text))
    };
    is_label && field.label == Label::Name && (is_alone() || cites())
}

/// `职位：司机` beside pay or an invitation to apply.
fn is_advertised(lines: &[Line<'_>], field: &Field) -> bool {
    matches!(field.label, Label::Position | Label::Occupation)
        && around(lines, field.label_line).any(|line| ADVERTISED.inside(line.text))
}

/// `某某物业公司`, its number, and then a sentence: the firm is spoken of. One that writes signs at the end.
fn is_firm_spoken_of(lines: &[Line<'_>], fields: &[Field], index: usize) -> bool {
    const FIRM_BYTES: usize = 75;
    let is_firm = |line: &Line<'_>| {
        let text = line.text.trim();
        text.len() <= FIRM_BYTES && FIRMS.at_end(text).is_some()
    };
    let has_phone = |index: usize| {
        let place = fields.partition_point(|field| field.label_line < index);
        fields.get(place).is_some_and(|field| field.label_line == index && field.label == Label::Phone)
    };
    lines.get(index).is_some_and(is_firm)
        && has_phone(index + 1)
        && lines.get(index + 2).is_some_and(|line| {
            line.text.chars().filter(|c| is_han(*c)).take(4).count() == 4
                && !line.text.trim_start().starts_with(|c: char| c.is_ascii_digit())
                && line.text.contains([',', '。', '!', '?'])
        })
}
