//! Who writes, told in parts at the head of a letter and without labels: `张三，女，35岁，教师，手机138…`, or one part below the other.

use std::ops::Range;

use crate::details::contact::phone;
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::form::label_words::longest_word;
use crate::details::form::labels::MAX_FIELDS;
use crate::details::lexicon::roles::{self, Role};
use crate::details::lexicon::{occupations, places};
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::{organization, portrait};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

pattern!(
    /// A sex, an age, a people, a schooling, a party.
    PARTICULAR,
    r"^(?:性别:?)?(?:男|女|男性|女性)$|^(?:年龄:?)?\d{1,3}(?:周?岁)?$|^\d{2,4}年?(?:\d{1,2}月)?(?:出?生|生人)$|^\d{2}后$|^\p{Han}{1,5}族$|^(?:小学|初中|高中|中专|大专|专科|本科|大学|硕士|博士)(?:文化|学历|毕业)?$|^(?:中共)?党员$|^(?:已|未)婚$"
);

/// Most lines of such a head.
const MOST_LINES: usize = 6;

/// The longest part, in characters.
const PART_CHARS: usize = 24;

/// What a part tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    Name,
    Occupation,
    Organization,
    Phone,
    Other,
}

struct Told {
    tells: Tells,
    line: usize,
    /// Where it begins, with its label.
    start: usize,
    range: Range<usize>,
}

/// Adds what the head tells as fields, in place of those that were found on its lines.
pub(crate) fn add(lines: &[Line<'_>], fields: &mut Vec<Field>) {
    let mut told: Vec<Told> = Vec::new();
    let said = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty());
    for (index, line) in said.take(MOST_LINES) {
        let Some((mut parts, ends)) = parts(line, index, told.is_empty()) else { break };
        told.append(&mut parts);
        if ends {
            break;
        }
    }
    let count = |tells| told.iter().filter(|part| part.tells == tells).count();
    let is_named = told.first().is_some_and(|part| part.tells == Tells::Name) && count(Tells::Name) == 1;
    let others = told.len().saturating_sub(1) - count(Tells::Phone);
    let is_proved = count(Tells::Phone) > 0 && others > 0 || others > 1;
    if !is_named || !is_proved || fields.len() + told.len() > MAX_FIELDS {
        return;
    }
    fields.retain(|field| !told.iter().any(|part| part.line == field.label_line && part.line == field.line));
    fields.extend(told.into_iter().map(|Told { tells, line, start, range }| Field {
        label: match tells {
            Tells::Name => Label::Name,
            Tells::Occupation => Label::Occupation,
            Tells::Organization => Label::Organization,
            Tells::Phone => Label::Phone,
            Tells::Other => Label::Other,
        },
        certainty: Certainty::Marked,
        rule: "head",
        label_line: line,
        label_start: start,
        line,
        value: range,
    }));
    fields.sort_by_key(|field| (field.label_line, field.label_start));
}

/// The parts of a line, and whether it goes on with something else behind a stop. `None`: it tells something else.
fn parts(line: &Line<'_>, index: usize, is_first: bool) -> Option<(Vec<Told>, bool)> {
    let stop = line.text.find(['。', '!', ';']).unwrap_or(line.text.len());
    let sentence = line.text.get(..stop)?;
    let mut told = Vec::new();
    let mut at = 0;
    for part in sentence.split_inclusive([',', '、', '\t', ' ', '/', '|']) {
        let plain = part.trim_end_matches([',', '、', '\t', ' ', '/', '|', '.']);
        let start = at + (plain.len() - plain.trim_start().len());
        let range = start..at + plain.len();
        at += part.len();
        if plain.trim().is_empty() {
            continue;
        }
        // 150 4203 7788: a number may hold blanks.
        if told.last().is_some_and(|last: &Told| last.tells == Tells::Phone && range.end <= last.range.end) {
            continue;
        }
        let (tells, range) = tells(sentence, range, is_first && told.is_empty())?;
        told.push(Told { tells, line: index, start, range });
    }
    let goes_on = line.text.get(stop..).is_some_and(|rest| rest.chars().any(char::is_alphanumeric));
    (!told.is_empty()).then_some((told, goes_on))
}

/// What the part at a place of a sentence tells of the writer, with the place of what it says.
fn tells(sentence: &str, range: Range<usize>, may_be_name: bool) -> Option<(Tells, Range<usize>)> {
    let part = sentence.get(range.clone())?;
    if part.chars().take(PART_CHARS + 1).count() > PART_CHARS {
        return None;
    }
    if may_be_name {
        // 我叫包布和 introduces: its name begins behind.
        let is_name = part.chars().all(is_han)
            && !part.starts_with(['我', '俺', '咱'])
            && matches!(read_labelled(part), Reading::Name(name) if name == part)
            && !occupations::is_whole(part)
            && !roles::is_place(part);
        return is_name.then_some((Tells::Name, range));
    }
    let label = longest_word(part).filter(|(label, _)| matches!(label, Label::Phone | Label::Contact));
    let from = range.start + label.map_or(0, |(_, length)| length);
    let number = sentence.get(from..)?;
    let lead = number.len() - number.trim_start_matches([':', ' ', '(', ')']).len();
    if let Some(numbers) = phone::at_start(sentence, from + lead)
        && let Some(last) = numbers.last()
    {
        return Some((Tells::Phone, from + lead..last.range.end));
    }
    // 职业（教师）
    if let Some((Label::Occupation, length)) = longest_word(part) {
        let value = part.get(length..)?.trim_matches([':', ' ', '(', ')', '为', '是']);
        let start = part.find(value).filter(|_| occupations::is_whole(value))?;
        return Some((Tells::Occupation, range.start + start..range.start + start + value.len()));
    }
    let is_place = || roles::is_place(part) || places::is_known(part) || portrait::is_particular(part);
    match () {
        () if PARTICULAR.is_match(part) => Some((Tells::Other, range)),
        () if occupations::is_whole(part) || roles::read(part) == Some(Role::Occupation) => {
            Some((Tells::Occupation, range))
        }
        () if roles::read(part).is_some() || is_place() => Some((Tells::Other, range)),
        () if organization::read(part, "", true).is_some() => Some((Tells::Organization, range)),
        () => None,
    }
}
