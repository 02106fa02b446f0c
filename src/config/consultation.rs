//! The consultations: one table each, checked on their own and against each other.

use std::path::{Path, PathBuf};

use config::{Map, Value, ValueKind};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::problem::Problems;
use super::regular::read_text;
use super::section::{Moment, Section, beijing_midnight, beside};
use crate::compose::template_names;
use crate::subject::without_marker;
use crate::vocabulary::{
    Clause, Consultation, Invited, Occupation, Part, Templates, chinese_date, chinese_minute,
    invited::spelling, occupations as known, shanghai,
};

/// Reads all consultations.
pub(super) fn all(
    main_file: &Path,
    tables: Vec<(PathBuf, Map<String, Value>)>,
    problems: &mut Problems,
) -> Vec<Consultation> {
    if tables.is_empty() {
        problems.add(
            main_file.display().to_string(),
            "consultation",
            "there is none; write a [[consultation]], or one file per consultation in consultations/*.toml beside this file",
        );
    }
    let mut found: Vec<(PathBuf, Consultation)> = Vec::new();
    for (file, table) in tables {
        let before = problems.0.len();
        let Some(consultation) = one(&file, table, problems) else { continue };
        for (elsewhere, other) in &found {
            for (key, mine, theirs) in [
                ("id", &consultation.id, &other.id),
                ("number_prefix", &consultation.number_prefix, &other.number_prefix),
                ("title", &consultation.title, &other.title),
            ] {
                if mine == theirs {
                    problems.add(
                        file.display().to_string(),
                        format!("consultation.{key}"),
                        format!(
                            "\"{mine}\" is already another consultation's, in {}; each needs its own",
                            elsewhere.display()
                        ),
                    );
                }
            }
        }
        if problems.0.len() == before {
            found.push((file, consultation));
        }
    }
    found.into_iter().map(|(_, consultation)| consultation).collect()
}

/// The files that a consultation's table names for its answers.
pub(super) fn template_files(file: &Path, table: &Map<String, Value>) -> Vec<PathBuf> {
    let templates = table.get("templates").and_then(|value| value.clone().into_table().ok());
    let values = templates.into_iter().flatten().map(|(_, value)| value);
    values.filter_map(|value| Some(beside(file, &value.into_string().ok()?))).collect()
}

fn one(file: &Path, table: Map<String, Value>, problems: &mut Problems) -> Option<Consultation> {
    let mut section = Section::new("consultation.", file, table, problems);
    let id = section.required_text("id", "liaoning-2024");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if let Some(id) = id.as_deref().filter(|id| !id.chars().all(is_plain)) {
        // It is written in commands and stands in every table.
        section.problem(
            "id",
            format!("\"{id}\" must be Latin letters, digits, hyphens, dots and underscores, like \"liaoning-2024\""),
        );
    }
    let title = section.required_text("title", "某省关于某事的工作方案(征求意见稿)");
    let short_title = section.text("short_title").filter(|text| !text.is_empty());
    let demands_no_tag = section.is_blank_text("subject_tag");
    let tag = section.text("subject_tag").or_else(|| demands_no_tag.then(String::new));
    let issuer = section.text("issuer");
    let office_name = section.text("office_name");
    let opens = section.moment("opens").map(Moment::start);
    let inclusive = section.boolean("inclusive", true);
    let missing = !section.is_present("deadline");
    let deadline = section.moment("deadline");
    if missing {
        section.problem(
            "deadline",
            "is missing; write the notice's last day, for example deadline = \"2024-03-13\"",
        );
    }
    let closing = deadline.and_then(|deadline| closing(deadline, inclusive));
    if let (Some(opens), Some((closes, _))) = (opens, &closing)
        && opens >= *closes
    {
        section.problem("deadline", "lies before opens");
    }
    let feedback_due = feedback_due(&mut section, closing.as_ref().map(|(closes, _)| *closes));
    let prefix = section.text("number_prefix").map(|prefix| prefix.trim_end_matches('-').to_owned());
    let office_phones = section.list("office_phones").unwrap_or_default();
    let office_addresses = section.list("office_addresses").unwrap_or_default();
    for phone in office_phones.iter().filter(|phone| phone.chars().filter(char::is_ascii_digit).count() < 5) {
        section.problem("office_phones", format!("\"{phone}\" is not a telephone number"));
    }
    for address in office_addresses.iter().filter(|address| !address.contains('@')) {
        section.problem("office_addresses", format!("\"{address}\" is not a mail address"));
    }
    let anchors = section.list("anchors").unwrap_or_default();
    let occupations = occupations(&mut section);
    let parts = parts(&mut section);
    let clauses = clauses(&mut section);
    let invited = invited(&mut section);
    let templates = templates(section.section("templates"), file);
    if let Some(prefix) = prefix.as_deref().filter(|prefix| !is_prefix(prefix)) {
        section.problem(
            "number_prefix",
            format!("\"{prefix}\" must be Latin letters, digits and single hyphens, like \"LNZX-2024\""),
        );
    }
    section.finish();
    let (id, title, (closes, closes_in_words)) = (id?, title?, closing?);
    let issuer = issuer.unwrap_or_else(|| issuer_of(&title));
    Some(Consultation {
        subject_tag: tag.unwrap_or_else(|| format!("《{title}》意见建议")),
        office_name: office_name.unwrap_or_else(|| "征求意见工作人员".to_owned()),
        number_prefix: prefix.unwrap_or_else(|| prefix_of(&id)),
        id,
        short_title: short_title.unwrap_or_else(|| without_marker(&title).to_owned()),
        title,
        issuer,
        opens,
        closes,
        closes_in_words,
        feedback_due,
        office_phones,
        office_addresses,
        anchors,
        occupations,
        parts,
        clauses,
        invited,
        templates,
    })
}

/// The first late instant, and the deadline in words.
///
/// A day counts whole: the last day of a period ends at 24:00 (民法典 art. 203). `inclusive = false` is the strict
/// reading of 前, under which the named day is late already.
fn closing(deadline: Moment, inclusive: bool) -> Option<(Timestamp, String)> {
    match deadline {
        Moment::Instant(instant) => Some((instant, chinese_minute(instant))),
        Moment::Day(day) => {
            let last: Date = if inclusive { day } else { day.yesterday().ok()? };
            let words = format!("{}24时", chinese_date(beijing_midnight(last)));
            Some((beijing_midnight(last.tomorrow().ok()?), words))
        }
    }
}

/// The day by which the office answers for the opinions.
fn feedback_due(section: &mut Section<'_>, closes: Option<Timestamp>) -> Option<Date> {
    const KEY: &str = "feedback_due";
    let day = shanghai(section.moment(KEY)?.start()).date();
    if closes.is_some_and(|closes| beijing_midnight(day) < closes - SignedDuration::from_hours(24)) {
        section.problem(KEY, "lies before the deadline");
    }
    Some(day)
}

/// The place a title begins with: up to the first 省, 市 or 自治区, without that word.
fn issuer_of(title: &str) -> String {
    let title = title.trim_start_matches(['《', '“', '"', ' ']);
    ["自治区", "省", "市"]
        .iter()
        .filter_map(|unit| title.split_once(unit).map(|(place, _)| place))
        .filter(|place| !place.is_empty() && place.chars().count() <= 8)
        .min_by_key(|place| place.len())
        .unwrap_or_default()
        .to_owned()
}

fn prefix_of(id: &str) -> String {
    let mut prefix = String::new();
    for c in id.to_uppercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => prefix.push(c),
            _ if prefix.ends_with('-') || prefix.is_empty() => {}
            _ => prefix.push('-'),
        }
    }
    let prefix = prefix.trim_matches('-');
    if prefix.is_empty() { "ZWFW".to_owned() } else { prefix.to_owned() }
}

fn is_prefix(prefix: &str) -> bool {
    prefix.len() <= 40
        && prefix.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Occupations are texts, or tables `{ name, kinds, also }` where the name alone does not say what is meant.
fn occupations(section: &mut Section<'_>) -> Vec<Occupation> {
    let mut occupations = Vec::new();
    for item in section.array("occupations") {
        let Some(occupation) = occupation(item) else {
            section.problem(
                "occupations",
                "each must be \"教师\" or { name = \"教师\", kinds = [\"teacher\"], also = [\"园长\"] }",
            );
            continue;
        };
        let is_known = |kind: &&String| known::kinds().any(|known| known == kind.as_str());
        if let Some(unknown) = occupation.kinds.iter().find(|kind| !is_known(kind)) {
            let kinds: Vec<&str> = known::kinds().collect();
            section.problem(
                "occupations",
                format!("\"{unknown}\" is no kind of occupation; known are: {}", kinds.join(", ")),
            );
        }
        occupations.push(occupation);
    }
    occupations
}

fn occupation(item: Value) -> Option<Occupation> {
    match item.kind {
        ValueKind::String(name) => {
            Some(Occupation::named(name.trim())).filter(|value| !value.name.is_empty())
        }
        ValueKind::Table(mut table) => {
            let name = table.remove("name")?.into_string().ok()?.trim().to_owned();
            let occupation =
                Occupation { name, kinds: texts(&mut table, "kinds")?, also: texts(&mut table, "also")? };
            (table.is_empty() && !occupation.name.is_empty()).then_some(occupation)
        }
        _ => None,
    }
}

/// The items of a list, each as `read` takes it, no two with one name (`name` says what it is called and what it is).
fn once_each<T>(
    section: &mut Section<'_>,
    key: &'static str,
    form: &str,
    read: fn(Value) -> Option<T>,
    name: fn(&T) -> (&str, &String),
) -> Vec<T> {
    let mut items: Vec<T> = Vec::new();
    for item in section.array(key) {
        match read(item) {
            None => section.problem(key, format!("each must be {form}")),
            Some(item) if items.iter().any(|known| name(known) == name(&item)) => {
                let (called, name) = name(&item);
                section.problem(key, format!("the {called} \"{name}\" stands twice"));
            }
            Some(item) => items.push(item),
        }
    }
    items
}

/// Parts are tables `{ number, names }`.
fn parts(section: &mut Section<'_>) -> Vec<Part> {
    let form = "{ number = \"二\", names = [\"工作任务\"] }";
    once_each(section, "parts", form, part, |part| ("number", &part.number))
}

fn part(item: Value) -> Option<Part> {
    let mut table = item.into_table().ok()?;
    let number = table.remove("number")?.into_string().ok()?.trim().to_owned();
    let names = texts(&mut table, "names")?;
    (table.is_empty() && !number.is_empty() && !names.is_empty()).then_some(Part { number, names })
}

/// The texts of a list inside a table; none when it is not there, `None` when it is no list of texts.
fn texts(table: &mut Map<String, Value>, key: &str) -> Option<Vec<String>> {
    let Some(list) = table.remove(key) else { return Some(Vec::new()) };
    list.into_array().ok()?.into_iter().map(|word| word.into_string().ok()).collect()
}

/// Clauses are tables `{ code, name, also }`, or texts `"二(一)1 只进一门"`.
fn clauses(section: &mut Section<'_>) -> Vec<Clause> {
    let form = "{ code = \"二(一)1\", name = \"只进一门\" } or \"二(一)1 只进一门\"";
    once_each(section, "clauses", form, clause, |clause| ("code", &clause.code))
}

fn clause(item: Value) -> Option<Clause> {
    match item.kind {
        ValueKind::String(text) => {
            let (code, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
            (!code.is_empty()).then(|| Clause {
                code: code.to_owned(),
                name: name.trim().to_owned(),
                ..Clause::default()
            })
        }
        ValueKind::Table(mut table) => {
            let code = table.remove("code")?.into_string().ok()?;
            let name = table.remove("name").and_then(|name| name.into_string().ok()).unwrap_or_default();
            let also = texts(&mut table, "also")?;
            table.is_empty().then(|| Clause { code, name, also, ..Clause::default() })
        }
        _ => None,
    }
}

/// The office's own texts for all consultations: of `folder` the files that are called as a text of the product is, `late.txt`.
pub(super) fn shared_templates(folder: &Path, section: &mut Section<'_>) -> Templates {
    const KEY: &str = "templates";
    let known: Vec<String> = template_names().map(|name| format!("{name}.txt")).collect();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            section.problem(KEY, format!("{} cannot be read: {error}", folder.display()));
            return Templates::default();
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with(['.', '#']) && !name.ends_with('~'))
        .collect();
    names.sort();
    let mut templates = Templates::default();
    for name in names {
        let path = folder.join(&name);
        let Some(kind) = name.strip_suffix(".txt").filter(|_| known.contains(&name)) else {
            let known = known.join(", ");
            section.problem(KEY, format!("{} is no text of an answer; known are: {known}", path.display()));
            continue;
        };
        match read_text(&path) {
            Ok(text) => templates.push(kind, text, path),
            Err(error) => section.problem(KEY, format!("{} cannot be read: {error}", path.display())),
        }
    }
    templates
}

/// Units are texts, or lists of texts: what the unit is called, and what it signs as besides. A spelling belongs to one unit.
fn invited(section: &mut Section<'_>) -> Vec<Invited> {
    const KEY: &str = "invited";
    let mut units: Vec<Invited> = Vec::new();
    for item in section.array(KEY) {
        let Some(unit) = unit(item) else {
            let form = "each must be \"省财政厅\" or [\"江右省财政厅\", \"省财政厅\"]";
            section.problem(KEY, form);
            continue;
        };
        let is_known = |known: &&str| unit.spellings().any(|name| spelling(name) == spelling(known));
        let twice = units.iter().flat_map(Invited::spellings).find(is_known).map(ToOwned::to_owned);
        match twice {
            Some(twice) => section.problem(KEY, format!("\"{twice}\" stands twice")),
            None => units.push(unit),
        }
    }
    units
}

fn unit(item: Value) -> Option<Invited> {
    let names: Vec<String> = match item.kind {
        ValueKind::String(name) => vec![name],
        ValueKind::Array(names) => {
            names.into_iter().map(|name| name.into_string().ok()).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let (name, also) = names.split_first()?;
    let unit = Invited { name: name.clone(), also: also.to_vec() };
    names.iter().all(|name| !name.is_empty()).then_some(unit)
}

fn templates(mut section: Section<'_>, file: &Path) -> Templates {
    let kinds: Vec<&str> = template_names().collect();
    let mut templates = Templates::default();
    for (kind, origin, path) in section.rest() {
        if !kinds.contains(&kind.as_str()) {
            section.problem(&kind, format!("is no text of an answer; known are: {}", kinds.join(", ")));
            continue;
        }
        let path = beside(origin.as_deref().map_or(file, Path::new), &path);
        match read_text(&path) {
            Ok(text) => templates.push(&kind, text, path),
            Err(error) => section.problem(&kind, format!("{} cannot be read: {error}", path.display())),
        }
    }
    templates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_day_counts_whole_unless_read_strictly() {
        let day = Moment::Day("2024-03-13".parse().unwrap());
        let (closes, words) = closing(day, true).unwrap();
        assert_eq!(closes.to_string(), "2024-03-13T16:00:00Z");
        assert_eq!(words, "2024年3月13日24时");
        let (closes, words) = closing(day, false).unwrap();
        assert_eq!(closes.to_string(), "2024-03-12T16:00:00Z");
        assert_eq!(words, "2024年3月12日24时");
    }

    #[test]
    fn the_issuer_is_the_place_that_a_title_begins_with() {
        for (title, issuer) in [
            ("江右省关于进一步优化政务服务的工作方案", "江右"),
            ("《临江市养犬管理条例》", "临江"),
            ("内蒙古自治区城市供热条例", "内蒙古"),
            ("关于进一步加强管理的通知", ""),
        ] {
            assert_eq!(issuer_of(title), issuer, "{title}");
        }
    }

    #[test]
    fn a_number_prefix_is_made_from_the_id() {
        assert_eq!(prefix_of("liaoning-2024"), "LIAONING-2024");
        assert_eq!(prefix_of("意见2024"), "2024");
        assert_eq!(prefix_of("意见"), "ZWFW");
    }
}
