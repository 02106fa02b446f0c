//! What the writer does, by the first rule that finds it: a label, a sentence about himself, what stands beside his name.

use crate::details::contact::whose;
use crate::details::form::label::{Certainty, Label};
use crate::details::found::Details;
use crate::details::lexicon::name_words::NO_OCCUPATIONS;
use crate::details::lexicon::occupations::{self, Occupations};
use crate::details::person::announced::{Announced, announced};
use crate::details::person::card::Card;
use crate::details::person::labelled::{labelled, name_in};
use crate::details::person::name::Reading;
use crate::details::person::part::Part;
use crate::details::person::{beside_label, described, represented, run_on};
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::Line;
use crate::details::text::topics::Topic;

/// Words of a form that stand where an occupation should.
fn is_occupation_text(value: &str) -> bool {
    value.chars().any(char::is_alphanumeric)
        && value.chars().count() <= 40
        && !(NO_OCCUPATIONS.contains(fold(value).trim_matches(|c: char| !c.is_alphanumeric()))
            || value.starts_with("自动"))
}

/// In so many lines somebody says what he is, if he says it at all.
const MAX_DESCRIPTIONS: usize = 400;

/// Fills the occupation by the first rule that finds one.
pub(super) fn fill(details: &mut Details, occupations: &Occupations, part: &Part<'_, '_>) {
    let lines = part.lines;
    if let Some(found) = represented::find(lines)
        && let Some(line) = lines.get(found.line)
        && let Some(said) = line.text.get(found.about.clone())
        && let Some(words) =
            said.split([',', '、', ';']).map(represented::what).find(|words| occupations::is_whole(words))
        && let Some(mapped) = occupations.map(words)
    {
        let words = line.spelled(words);
        details.note("occupation", "self_introduction", line.number, &words);
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(words);
        return;
    }
    for field in labelled(&part.fields, &[Label::Occupation, Label::Position]) {
        let Some(raw) = occupations.chosen(field.raw(lines)) else { continue };
        let raw = first_word(first_clause(raw), occupations);
        let mapped = occupations.map(raw);
        let must_map = field.label == Label::Position || field.certainty == Certainty::Bare;
        if !is_occupation_text(raw) || must_map && mapped.is_none() {
            continue;
        }
        details.note("occupation", field.rule, part.number(field.line), raw);
        details.occupation = mapped;
        details.occupation_as_written = Some(raw.to_owned());
        return;
    }
    for found in &part.presentations {
        let Some(line) = lines.get(found.line) else { continue };
        let words = found.told.what.iter().map(|what| what.start + found.start..what.end + found.start);
        let said = words.filter_map(|range| line.text.get(range.clone()).map(|text| (range, text)));
        let mut said = said.filter_map(|(range, text)| Some((range, occupations.map(text)?)));
        if let Some((range, mapped)) = said.next() {
            let raw = line.raw_of(range);
            details.note("occupation", "self_introduction", line.number, raw);
            details.occupation = Some(mapped);
            details.occupation_as_written = Some(raw.to_owned());
            return;
        }
    }
    let tells =
        |line: &&Line<'_>| line.topics.has(Topic::Description) || line.topics.has(Topic::Introduction);
    for line in lines.iter().filter(tells).take(MAX_DESCRIPTIONS) {
        if let Some((said, mapped)) =
            run_on::read(line.text).and_then(|found| found.occupation(line.text, occupations))
        {
            let said = line.spelled(&said);
            details.note("occupation", "self_introduction", line.number, &said);
            details.occupation = Some(mapped);
            details.occupation_as_written = Some(said);
            return;
        }
        for range in described::self_descriptions(line.text) {
            let raw = line.raw_of(range).trim();
            if let Some(mapped) = described::map_described(raw, occupations, details.name.as_deref()) {
                details.note("occupation", "self_introduction", line.number, raw);
                details.occupation = Some(mapped);
                details.occupation_as_written = Some(raw.to_owned());
                return;
            }
        }
    }
    for line in lines.iter().filter(|line| line.topics.has(Topic::Introduction)).take(MAX_DESCRIPTIONS) {
        let mut said = described::in_other_tongues(line.text).into_iter().map(|range| line.raw_of(range));
        if let Some((raw, mapped)) = said.find_map(|raw| Some((raw, occupations.map(raw)?))) {
            details.note("occupation", "self_introduction", line.number, raw);
            details.occupation = Some(mapped);
            details.occupation_as_written = Some(raw.to_owned());
            return;
        }
    }
    for field in labelled(&part.fields, &[Label::Name, Label::Contact]) {
        if field.certainty == Certainty::Marked
            && matches!(name_in(field, lines), Reading::Name(_))
            && let Some((raw, mapped)) = beside_label::occupation(field.raw(lines), occupations)
        {
            details.note("occupation", "behind_name", part.number(field.line), raw);
            details.occupation = Some(mapped);
            details.occupation_as_written = Some(raw.to_owned());
            return;
        }
    }
    let is_own = |card: &&Card| details.name.as_ref() == Some(&part.spelled(card.line, &card.name));
    let of_cards =
        part.cards.iter().filter(is_own).flat_map(|card| card.what.iter().map(|what| (card.line, what)));
    let mut raw = of_cards.filter_map(|(index, what)| Some((index, lines.get(index)?.raw_of(what.clone()))));
    if let Some((index, raw, mapped)) = raw.find_map(|(index, raw)| Some((index, raw, occupations.map(raw)?)))
    {
        details.note("occupation", "self_introduction", part.number(index), raw);
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(raw.to_owned());
        return;
    }
    if let Some((line, Announced { what: Some(what), .. })) = announced(part)
        && let Some(mapped) = described::map_described(line.raw_of(what.clone()), occupations, None)
    {
        details.note("occupation", "behind_name", line.number, line.raw_of(what.clone()));
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(line.raw_of(what).to_owned());
        return;
    }
    if let Some((index, raw, mapped)) = behind_name(details, occupations, part) {
        details.note("occupation", "behind_name", part.number(index), &raw);
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(raw);
        return;
    }
    // 村书记电话：… below a unit's letter is whom to call there.
    let is_units = details.organization.is_some() && details.name.is_none();
    if let Some((index, words)) =
        part.signature.occupation.as_ref().map(|(index, words)| (*index, words)).filter(|_| !is_units)
        && !is_another_signers(details, part, index)
        && let Some(mapped) = occupations.map(words)
    {
        let words = part.spelled(index, words);
        details.note("occupation", "signature_line", part.number(index), &words);
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(words);
    }
}

/// What stands in brackets behind the writer's name: `公孙长贵（种地的）口述`. With the line and what it maps to.
fn behind_name(
    details: &Details,
    occupations: &Occupations,
    part: &Part<'_, '_>,
) -> Option<(usize, String, String)> {
    const LINES: usize = 40;
    let name = fold(details.name.as_deref()?);
    part.lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty()).take(LINES).find_map(
        |(index, line)| {
            let start = line.text.find(&name)? + name.len();
            let inside = line.text.get(start..)?.strip_prefix('(')?;
            let end = inside.find([')', ',', '、', ' '])?;
            let words = inside.get(..end).filter(|words| occupations::is_whole(words))?;
            // （儿子是军人）, （不是歌手）
            if words.contains(['是', '不']) || whose::is_another(words) && words.ends_with(['人', '子', '女'])
            {
                return None;
            }
            let raw = line.raw_of(start + 1..start + 1 + words.len()).to_owned();
            let mapped = occupations.map(&raw)?;
            Some((index, raw, mapped))
        },
    )
}

/// Whether a line of the signature names somebody else than the writer: `法定代表人：…` above `联系人：…`.
fn is_another_signers(details: &Details, part: &Part<'_, '_>, index: usize) -> bool {
    let names: Vec<String> = part
        .signature
        .names
        .iter()
        .filter(|signer| signer.line == index)
        .map(|signer| part.spelled(index, &signer.name))
        .collect();
    !names.is_empty() && details.name.as_ref().is_some_and(|name| !names.contains(name))
}

/// The value up to its first blank, where that says what somebody is: 教师 我建议…
fn first_word<'a>(value: &'a str, list: &Occupations) -> &'a str {
    let first = value.split([' ', '\u{3000}']).next().unwrap_or(value);
    let says = first.len() < value.len() && first.chars().any(is_han) && list.map(first).is_some();
    // 退休 教师, 大学 老师: the second word says more of the same.
    let whole: String = value.split_whitespace().collect();
    if says && !occupations::is_whole(&fold(&whole)) { first } else { value }
}

/// A value up to where its sentence ends; an occupation may hold commas (教师、作家).
fn first_clause(raw: &str) -> &str {
    let raw = raw.trim();
    let end = raw.find(['。', '；', ';', '！', '!', '？', '?', '\t', '|']).unwrap_or(raw.len());
    let value =
        raw.get(..end).unwrap_or(raw).trim().trim_end_matches([',', '，', '、', '/', '】']).trim_end();
    // 文职干部（军） keeps its bracket; that of a label list （姓名：…，职业：教师） goes.
    let value = if value.contains(['(', '（']) { value } else { value.trim_end_matches([')', '）']) };
    value.trim_end_matches(['(', '（']).trim()
}
