//! Who wrote: name, organisation, occupation, phones, e-mails, each by the first rule that finds it.

use crate::details::contact::{email, phone};
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::found::{Details, DetailsInput, Evidence};
use crate::details::lexicon::name_words::NO_OCCUPATIONS;
use crate::details::lexicon::occupations::Occupations;
use crate::details::person::introduction::introduced;
use crate::details::person::name::{Reading, read_labelled, read_marked};
use crate::details::person::signature::Signature;
use crate::details::person::{described, joint, organization};
use crate::details::text::fold::is_han;
use crate::details::text::line::{Line, tail_start};
use crate::details::text::topics::Topic;

/// The longest display name that may be one, in characters; the longest names of organisations have about fifty.
const MAX_DISPLAY_CHARS: usize = 100;

/// No comment has more of these than a list of something else would.
const MAX_CONTACTS: usize = 50;

/// The line number as evidence states it.
fn number(lines: &[Line<'_>], index: usize) -> usize {
    lines.get(index).map_or(0, |line| line.number)
}

/// Fills everything about the person into `details`.
pub(crate) fn fill(
    details: &mut Details,
    (input, occupations): (&DetailsInput<'_>, &Occupations),
    lines: &[Line<'_>],
    fields: &[Field],
    signature: &Signature,
    strangers: &[usize],
) {
    fill_organization(details, input, lines, fields, signature);
    fill_name(details, lines, fields, signature);
    fill_occupation(details, occupations, lines, fields, signature);
    fill_emails(details, input, lines, strangers);
    fill_phones(details, input, lines, fields, strangers);
    fill_hint(details, input, lines, fields, signature);
    details.signatories = joint::signatories(lines, fields, signature);
}

fn note(details: &mut Details, field: &'static str, rule: &'static str, line: usize, as_written: &str) {
    details.evidence.push(Evidence { field, rule, line, as_written: as_written.trim().to_owned() });
}

/// The name in a field: behind 姓名 and its mark even a word that elsewhere is none.
fn name_in(field: &Field, lines: &[Line<'_>]) -> Reading {
    let value = field.text(lines);
    if field.label == Label::Name && field.certainty == Certainty::Marked {
        read_marked(value)
    } else {
        read_labelled(value)
    }
}

fn labelled<'f>(fields: &'f [Field], labels: &'f [Label]) -> impl Iterator<Item = &'f Field> {
    labels.iter().flat_map(move |label| fields.iter().filter(move |field| field.label == *label))
}

fn fill_name(details: &mut Details, lines: &[Line<'_>], fields: &[Field], signature: &Signature) {
    for field in labelled(fields, &[Label::Name, Label::Contact]) {
        if let Reading::Name(name) = name_in(field, lines) {
            note(details, "name", field.rule, number(lines, field.line), field.raw(lines));
            details.name = Some(name);
            return;
        }
    }
    for line in lines.iter().filter(|line| line.topics.has(Topic::Introduction)) {
        if let Some((name, written)) = introduced(line) {
            note(details, "name", "self_introduction", line.number, &written);
            details.name = Some(name);
            return;
        }
    }
    if let Some(signer) = signature.names.first() {
        note(details, "name", "signature_line", number(lines, signer.line), &signer.as_written);
        details.name = Some(signer.name.clone());
    }
}

fn fill_hint(
    details: &mut Details,
    input: &DetailsInput<'_>,
    lines: &[Line<'_>],
    fields: &[Field],
    signature: &Signature,
) {
    if details.name.is_some() {
        return;
    }
    for field in labelled(fields, &[Label::Name, Label::Contact]) {
        if field.certainty == Certainty::Bare {
            continue;
        }
        if let Reading::Hint(hint) = name_in(field, lines) {
            note(details, "name_hint", field.rule, number(lines, field.line), field.raw(lines));
            details.name_hint = Some(hint);
            return;
        }
    }
    if let Some(signer) = &signature.hint {
        note(details, "name_hint", "signature_line", number(lines, signer.line), &signer.as_written);
        details.name_hint = Some(signer.name.clone());
        return;
    }
    for line in lines.iter().skip(tail_start(lines)) {
        let numbers = phone::find(line.text);
        let Some(who) = numbers.iter().find_map(|number| phone::titled_signer(line.text, number)) else {
            continue;
        };
        note(details, "name_hint", "behind_name", line.number, who);
        details.name_hint = Some(who.to_owned());
        return;
    }
    let display = input.display.map(str::trim).filter(|display| {
        !display.is_empty() && !display.contains('@') && display.chars().count() <= MAX_DISPLAY_CHARS
    });
    if let Some(display) = display {
        note(details, "name_hint", "display_name", 0, display);
        details.name_hint = Some(display.to_owned());
    }
}

fn fill_organization(
    details: &mut Details,
    input: &DetailsInput<'_>,
    lines: &[Line<'_>],
    fields: &[Field],
    signature: &Signature,
) {
    let office = input.consultation.office_name.as_str();
    for field in labelled(fields, &[Label::Organization]) {
        if let Some(name) = organization::read(field.raw(lines), office, field.certainty == Certainty::Bare) {
            note(details, "organization", field.rule, number(lines, field.line), field.raw(lines));
            details.organization = Some(name);
            return;
        }
    }
    // 反馈人：广州某某公司; a contact person's field names a person.
    for field in labelled(fields, &[Label::Name]) {
        if let Some(name) = organization::read(field.raw(lines), office, true) {
            note(details, "organization", field.rule, number(lines, field.line), field.raw(lines));
            details.organization = Some(name);
            return;
        }
    }
    let labelled_lines: Vec<usize> = fields.iter().map(|field| field.line).collect();
    let tail = tail_start(lines);
    // 建议把牵头单位改为：/某某局; 抄送：/某某厅: whom the line before names is spoken of.
    let is_spoken_of = |index: usize| {
        let before = lines.get(..index).unwrap_or_default().iter().rev();
        before
            .map(|line| line.text.trim())
            .find(|text| !text.is_empty())
            .is_some_and(|text| text.ends_with(':'))
    };
    let is_free = |index: &usize| labelled_lines.binary_search(index).is_err() && !is_spoken_of(*index);
    for index in (tail..lines.len()).rev().filter(is_free) {
        let Some(line) = lines.get(index) else { continue };
        let beside =
            signature.lines.contains(&index).then(|| organization::beside_name(line, office)).flatten();
        if let Some(name) = beside.or_else(|| organization::on_line(line, office)) {
            note(details, "organization", "signature_line", number(lines, index), &name);
            details.organization = Some(name);
            return;
        }
    }
    let head = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty()).take(3);
    for (_, line) in head.filter(|(index, _)| is_free(index)) {
        let found =
            organization::on_line(line, office).or_else(|| organization::in_letter_title(line, office));
        if let Some(name) = found {
            note(details, "organization", "letterhead", line.number, &name);
            details.organization = Some(name);
            return;
        }
    }
    if let Some(name) = organization::in_subject(input.subject, office) {
        note(details, "organization", "subject", 0, &name);
        details.organization = Some(name);
    }
}

/// Words of a form that stand where an occupation should.
fn is_occupation_text(value: &str) -> bool {
    value.chars().any(char::is_alphanumeric)
        && value.chars().count() <= 40
        && !(NO_OCCUPATIONS.contains(value) || value.starts_with("自动"))
}

fn fill_occupation(
    details: &mut Details,
    occupations: &Occupations,
    lines: &[Line<'_>],
    fields: &[Field],
    signature: &Signature,
) {
    for field in labelled(fields, &[Label::Occupation, Label::Position]) {
        let Some(raw) = occupations.chosen(field.raw(lines)) else { continue };
        let raw = first_clause(raw);
        let mapped = occupations.map(raw);
        let must_map = field.label == Label::Position || field.certainty == Certainty::Bare;
        if !is_occupation_text(raw) || must_map && mapped.is_none() {
            continue;
        }
        note(details, "occupation", field.rule, number(lines, field.line), raw);
        details.occupation = mapped;
        details.occupation_as_written = Some(raw.to_owned());
        return;
    }
    for line in lines.iter().filter(|line| line.topics.has(Topic::Description)) {
        for range in described::self_descriptions(line.text) {
            let raw = line.raw_of(range).trim();
            if let Some(mapped) = described::map_described(raw, occupations) {
                note(details, "occupation", "self_introduction", line.number, raw);
                details.occupation = Some(mapped);
                details.occupation_as_written = Some(raw.to_owned());
                return;
            }
        }
    }
    if let Some((index, words)) = &signature.occupation
        && let Some(mapped) = occupations.map(words)
    {
        note(details, "occupation", "signature_line", number(lines, *index), words);
        details.occupation = Some(mapped);
        details.occupation_as_written = Some(words.clone());
    }
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

fn fill_emails(details: &mut Details, input: &DetailsInput<'_>, lines: &[Line<'_>], strangers: &[usize]) {
    let own = lines.iter().enumerate().filter(|(index, _)| strangers.binary_search(index).is_err());
    for (_, line) in own.filter(|(_, line)| line.topics.has(Topic::Address)) {
        for (address, range) in email::find(line.text) {
            let known = details.emails.iter().any(|other| crate::vocabulary::same_address(other, &address));
            if known || email::is_office(&address, &input.consultation.office_addresses) {
                continue;
            }
            if details.emails.len() >= MAX_CONTACTS {
                return;
            }
            note(details, "emails", "address", line.number, line.raw_of(range));
            details.emails.push(address);
        }
    }
}

fn fill_phones(
    details: &mut Details,
    input: &DetailsInput<'_>,
    lines: &[Line<'_>],
    fields: &[Field],
    strangers: &[usize],
) {
    let tail = tail_start(lines);
    let own = lines.iter().enumerate().filter(|(index, _)| strangers.binary_search(index).is_err());
    for (index, line) in own {
        let found = phone::find_all(line.text);
        if found.is_empty() {
            continue;
        }
        let in_signature = index >= tail && phone::is_signature_line(line.text, &found);
        let mine: Vec<&Field> = fields.iter().filter(|field| field.line == index).collect();
        let name_end =
            details.name.as_deref().and_then(|name| line.text.find(name).map(|at| at + name.len()));
        for phone in found {
            let field = mine.iter().find(|field| field.value.contains(&phone.range.start));
            // `电话/传真：` is a phone's label, whatever its last word says.
            let from = field.filter(|field| field.label == Label::Phone).map_or(0, |field| field.value.start);
            if phone::is_other_number(line.text, from, phone.range.start) {
                continue;
            }
            let behind_name = name_end.is_some_and(|end| is_behind_name(line.text, end, phone.range.start));
            let rule = match field {
                Some(field) if field.label == Label::Phone => {
                    is_in_first_clause(line.text, field, phone.range.start)
                        .then_some(field.rule)
                        .or_else(|| in_signature.then_some("signature_line"))
                }
                Some(field) if matches!(field.label, Label::Fax | Label::Messenger) => None,
                // 联系人：人事部小魏 13800138000
                Some(field)
                    if matches!(field.label, Label::Name | Label::Contact)
                        && field.certainty == Certainty::Marked
                        && is_in_first_clause(line.text, field, phone.range.start) =>
                {
                    Some("behind_name")
                }
                _ if behind_name => Some("behind_name"),
                _ if in_signature => Some("signature_line"),
                _ if index >= tail && phone::titled_signer(line.text, &phone).is_some() => {
                    Some("behind_name")
                }
                _ if phone::is_introduced(line.text, phone.range.start) => Some("self_introduction"),
                _ => None,
            };
            let Some(rule) = rule else { continue };
            if details.phones.contains(&phone.normal)
                || phone::is_office(&phone.normal, &input.consultation.office_phones)
            {
                continue;
            }
            if details.phones.len() >= MAX_CONTACTS {
                return;
            }
            note(details, "phones", rule, line.number, line.raw_of(phone.range.clone()));
            details.phones.push(phone.normal);
        }
    }
}

/// Whether a number still belongs to its label: no sentence ends between them.
fn is_in_first_clause(text: &str, field: &Field, at: usize) -> bool {
    text.get(field.value.start..at).is_some_and(|between| {
        let words = between.chars().filter(|c| is_han(*c)).count();
        between.len() <= 150 && (!between.contains(['。', '!', '?', ';']) || words <= 4)
    })
}

/// Whether a number stands close behind the writer's name.
fn is_behind_name(text: &str, name_end: usize, at: usize) -> bool {
    text.get(name_end..at).is_some_and(|between| {
        between.len() <= 60
            && !between.contains(['。', '!', '?', ';'])
            && !between.contains(['打', '拨'])
            && !phone::is_about_others(between)
    }) && !text.get(at..).is_some_and(phone::is_unanswered)
}
