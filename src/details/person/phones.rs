//! The writer's telephone numbers: behind a label, behind his name, in the signature, or as he introduces himself.

use crate::details::contact::phone::Phone;
use crate::details::contact::{labelled, phone, scattered, whose};
use crate::details::form::brackets;
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::found::{Details, DetailsInput, MAX_CONTACTS};
use crate::details::person::name::is_certain;
use crate::details::person::part::Part;
use crate::details::person::{organization, represented, run_on};
use crate::details::text::fold::{fold, is_han, last_bytes};
use crate::details::text::line::{Line, tail_start};
use crate::details::text::topics::Topic;

/// More numbers than this are a list of something else.
const MAX_NUMBERS: usize = 5_000;

/// Adds the numbers of this part.
pub(super) fn fill(details: &mut Details, input: &DetailsInput<'_>, part: &Part<'_, '_>) {
    let tail = tail_start(part.lines);
    let name = details.name.as_deref().map(fold);
    let mut seen = 0;
    for (index, line) in part.lines.iter().enumerate().filter(|(index, _)| !part.is_strangers(*index)) {
        let mine: Vec<&Field> = part.fields.iter().filter(|field| field.line == index).collect();
        let mut found = numbers(line, &mine);
        let shown =
            part.signature.lines.contains(&index) || mine.iter().any(|field| field.label == Label::Phone);
        if found.is_empty() && shown {
            found.extend(scattered::find(line.text));
        }
        // +81 80-0000-1234 below who signs
        if found.is_empty() && index >= tail && line.text.trim_start().starts_with('+') {
            found.extend(abroad(line.text));
        }
        seen += found.len();
        if found.is_empty() || seen > MAX_NUMBERS {
            continue;
        }
        let own = Own {
            line,
            name: name.as_deref(),
            in_tail: index >= tail,
            in_signature: index >= tail
                && (whose::is_signature_line(line.text, &found) || is_of_unit(line, &found))
                && !is_another_signers(part, index, name.as_deref()),
        };
        for phone in found {
            let in_card = |range: std::ops::Range<usize>| range.contains(&phone.range.start);
            let cards = || part.cards.iter().filter(|card| card.line == index).map(|card| card.range.clone());
            let presented = || part.presented(index).chain(cards()).any(in_card);
            let rule = own.rule(&mine, &phone).or_else(|| {
                let other = phone::is_other_number(line.text, 0, phone.range.start);
                let of_whom = || {
                    represented::is_number_of(last_bytes(line.text, phone.range.start, 60))
                        && part.represented.is_some()
                };
                (!other && (presented() || of_whom())).then_some("self_introduction")
            });
            let Some(rule) = rule else { continue };
            if details.phones.contains(&phone.normal)
                || phone::is_office(&phone.normal, &input.consultation.office_phones)
            {
                continue;
            }
            if details.phones.len() >= MAX_CONTACTS {
                return;
            }
            details.note("phones", rule, line.number, line.raw_of(phone.range.clone()));
            details.phones.push(phone.normal);
        }
    }
}

/// A number of another country that begins a line.
fn abroad(text: &str) -> Vec<Phone> {
    let lead = text.len() - text.trim_start().len();
    let mut found = labelled::find(text.get(lead..).unwrap_or_default());
    for number in &mut found {
        number.range = number.range.start + lead..number.range.end + lead;
    }
    found
}

/// Everything in a line that is a number: what looks like one, and what a label shows to be one.
fn numbers(line: &Line<'_>, fields: &[&Field]) -> Vec<Phone> {
    let mut found = phone::find_all(line.text);
    found.extend(phone::find_spelled(line.text));
    for field in fields.iter().filter(|field| field.label == Label::Phone) {
        let Some(value) = line.text.get(field.value.clone()) else { continue };
        let mut of_label = labelled::find(value);
        for number in &mut of_label {
            number.range = number.range.start + field.value.start..number.range.end + field.value.start;
        }
        // What the label shows is the whole of what its form shows.
        of_label.retain(|number| {
            !found.iter().any(|known| {
                known.range.start < number.range.end
                    && number.range.start < known.range.end
                    && known.range.len() >= number.range.len()
            })
        });
        found.retain(|known| {
            !of_label
                .iter()
                .any(|number| known.range.start < number.range.end && number.range.start < known.range.end)
        });
        found.extend(of_label);
    }
    found.sort_by_key(|number| number.range.start);
    found
}

/// `某某合作社 139…`: the unit that signs, and its number.
fn is_of_unit(line: &Line<'_>, found: &[Phone]) -> bool {
    let [only] = found else { return false };
    let before = line.text.get(..only.range.start).unwrap_or_default();
    let behind = line.text.get(only.range.end..).unwrap_or_default();
    !behind.contains(char::is_alphanumeric) && organization::read(before, "", true).is_some()
}

/// `小孙 139…` below the writer's own name: his colleague's.
fn is_another_signers(part: &Part<'_, '_>, index: usize, name: Option<&str>) -> bool {
    let Some(line) = part.lines.get(index) else { return false };
    let mentions = name.is_some_and(|name| line.text.contains(name));
    // (村会计，手机139…) below the name is what the signer is.
    let describes = part.signature.occupation.as_ref().is_some_and(|(at, _)| *at == index);
    let signs = describes || part.signature.lines.contains(&index);
    name.is_some() && !mentions && !signs && whose::is_another(whose::without_remark(line.text))
}

/// A line with numbers, and what tells whose they are.
struct Own<'l, 'a> {
    line: &'l Line<'a>,
    /// The writer's name, folded.
    name: Option<&'l str>,
    in_tail: bool,
    in_signature: bool,
}

impl Own<'_, '_> {
    /// The rule by which a number is the writer's.
    fn rule(&self, fields: &[&Field], phone: &Phone) -> Option<&'static str> {
        let (text, at) = (self.line.text, phone.range.start);
        let field = fields.iter().find(|field| field.value.contains(&at));
        // `电话/传真：` is a phone's label, whatever its last word says.
        let from = field.filter(|field| field.label == Label::Phone).map_or(0, |field| field.value.start);
        if phone::is_other_number(text, from, at) {
            return None;
        }
        let signed = self.in_signature.then_some("signature_line");
        match field {
            Some(field) if field.label == Label::Phone => {
                if whose::is_in_anothers_brackets(text, field.label_start, self.name)
                    && !brackets::are_writers_own(text, field.label_start)
                    && !self.has_name_before(fields, field)
                {
                    return None;
                }
                is_in_first_clause(text, field, at).then_some(field.rule).or(signed)
            }
            Some(field) if matches!(field.label, Label::Fax | Label::Messenger) => None,
            // 联系人：人事部小魏 13800138000
            Some(field)
                if matches!(field.label, Label::Name | Label::Contact)
                    && field.certainty == Certainty::Marked
                    && is_in_first_clause(text, field, at) =>
            {
                Some("behind_name")
            }
            _ if self.is_behind_name(at) => Some("behind_name"),
            _ if brackets::hold(text, at) => None,
            _ if self.in_signature => signed,
            _ if self.in_tail && whose::titled_signer(text, phone).is_some() => Some("behind_name"),
            _ if whose::is_introduced(text, at)
                || whose::is_called_ones_own(text, at)
                || self.is_run_on(at) =>
            {
                Some("self_introduction")
            }
            _ => None,
        }
    }

    /// `联系人：张三（电话：…）`: the brackets belong to whom the form names, or to the line of a signature.
    fn has_name_before(&self, fields: &[&Field], phone: &Field) -> bool {
        self.in_signature
            || fields.iter().any(|field| {
                matches!(field.label, Label::Name | Label::Contact | Label::Organization)
                    && field.label_start < phone.label_start
            })
    }

    /// Whether a number ends an introduction without marks: `我是司机王大海手机139…我想说…`.
    fn is_run_on(&self, at: usize) -> bool {
        self.line.topics.has(Topic::Introduction)
            && run_on::read(self.line.text).is_some_and(|found| found.number.start == at)
    }

    /// Whether a number stands close behind the writer's name.
    fn is_behind_name(&self, at: usize) -> bool {
        let text = self.line.text;
        let end = self.name.and_then(|name| text.find(name).map(|at| at + name.len()));
        end.and_then(|end| text.get(end..at)).is_some_and(|between| {
            between.len() <= 60
                && !between.contains(['。', '!', '?', ';'])
                && !between.contains(['打', '拨'])
                && !whose::is_about_others(between)
        }) && !text.get(at..).is_some_and(whose::is_unanswered)
    }
}

/// Whether a number still belongs to its label: no sentence ends between them.
fn is_in_first_clause(text: &str, field: &Field, at: usize) -> bool {
    text.get(field.value.start..at).is_some_and(|between| {
        let words = between.chars().filter(|c| is_han(*c)).count();
        // 联系电话：阮玉洁 138…；尚小飞 138…: a list of those who sign.
        let names = || between.split(|c| !is_han(c)).all(|word| word.is_empty() || is_certain(word));
        between.len() <= 150 && (!between.contains(['。', '!', '?', ';']) || words <= 4 || names())
    })
}
