//! `correct`: what staff know better than the rules, and what the office decided on an opinion item.

use std::io::Read;

use clap::Args;
use unicode_normalization::UnicodeNormalization;

use super::actor::actor;
use super::number::number;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::sentences;
use crate::config::Settings;
use crate::details;
use crate::store::{Corrected, NewCorrection, words};
use crate::vocabulary::{Adoption, Consultation, CorrectionField, Flag, SenderKind, Word};
use crate::words::Chinese;
use crate::world::World;

/// Longest name of a person or an organisation, in characters.
const LONGEST_NAME: usize = 100;

#[derive(Debug, Args)]
pub(super) struct CorrectArguments {
    /// The registration number, like LNZX-2024-0001
    #[arg(value_parser = number)]
    number: String,
    /// name, organization, `sender_kind`, occupation, phones, emails, comment, flags; of an item: clause, text, adoption, `adoption_reason`
    field: String,
    /// The new value; '' empties it; - reads it from standard input, where the list of processes does not show it.
    /// Several phones, emails or flags stand behind one another with 、 or a comma between them
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Which opinion item, counted from 1 as `show` does
    #[arg(long, value_name = "N")]
    item: Option<i64>,
    /// Why; kept beside the old value
    #[arg(long)]
    note: Option<String>,
}

pub(super) fn correct(settings: &Settings, arguments: &CorrectArguments) -> Outcome {
    let field = field(&arguments.field)?;
    match arguments.item {
        None if field.is_of_item() => {
            return Err(Failure::new(
                Exit::Usage,
                format!("{field} 是意见条目的项目，请用 --item 写明第几条（按 show 的次序）"),
            ));
        }
        Some(_) if !field.is_of_item() => {
            return Err(Failure::new(Exit::Usage, format!("{field} 是整件来信的项目，请去掉 --item")));
        }
        _ => {}
    }
    let number = arguments.number.as_str();
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let shown = store.show(number)?;
    let Some(shown) = shown else { return Err(no_submission(number)) };
    let consultation = settings.consultations.iter().find(|found| found.id == shown.consultation);
    let value = normal(field, &written(&arguments.value)?, (&shown.consultation, consultation))?;
    let new = NewCorrection {
        number,
        item: arguments.item,
        field,
        value: value.as_deref(),
        note: arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty()),
    };
    let corrected = store.begin().and_then(|writing| {
        let corrected = writing.correct(&new, &actor(), now)?;
        writing.commit()?;
        Ok(corrected)
    });
    let number = &shown.row.number;
    let name = sentences::column(field.as_str());
    let item = arguments.item.map_or_else(String::new, |item| format!("第 {item} 条意见"));
    match corrected? {
        Corrected::Done => {
            print(&format!("{number} {item}{name}已更正；原值另存，重新判定（reprocess）时以更正为准。\n"))?;
        }
        Corrected::Same => print(&format!("{number} {item}{name}本来就是这个值，没有改动。\n"))?,
        Corrected::NoSubmission => return Err(no_submission(number)),
        Corrected::Erased => {
            return Err(Failure::new(
                Exit::Data,
                format!("{number} 的个人信息和原件已删除，没有可更正的内容"),
            ));
        }
        Corrected::NoItem => {
            let items = shown.opinions.len();
            let message = format!("{number} 有 {items} 条意见；--item 从 1 起，按 show 的次序");
            return Err(Failure::new(Exit::Data, message));
        }
    }
    Ok(Exit::Ok)
}

pub(super) fn no_submission(number: &str) -> Failure {
    Failure::new(Exit::Data, format!("没有编号 {number}；list 列出全部编号"))
}

fn field(word: &str) -> Result<CorrectionField, Failure> {
    let known = || CorrectionField::ALL.iter().filter(|field| !field.is_decided());
    known().find(|field| field.as_str() == word).copied().ok_or_else(|| {
        let known: Vec<&str> = known().map(|field| field.as_str()).collect();
        let message = match word {
            "status" => "状态由 review confirm 和 review deny 决定".to_owned(),
            _ => format!("{word} 不能更正；可更正：{}", known.join(", ")),
        };
        Failure::new(Exit::Usage, message)
    })
}

fn written(value: &str) -> Result<String, Failure> {
    if value != "-" {
        return Ok(value.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::new(Exit::Data, format!("标准输入不是 UTF-8 文本：{error}")))?;
    Ok(text)
}

/// The value as it stands in the store; `None`: empty.
fn normal(
    field: CorrectionField,
    written: &str,
    (id, consultation): (&str, Option<&Consultation>),
) -> Result<Option<String>, Failure> {
    let refuse = |why: String| Failure::new(Exit::Data, format!("{field}: {why}"));
    let value = written.replace("\r\n", "\n");
    let value = value.trim();
    let some = (!value.is_empty()).then(|| value.to_owned());
    match field {
        CorrectionField::Name | CorrectionField::Organization => {
            if value.chars().any(char::is_control) || value.chars().count() > LONGEST_NAME {
                return Err(refuse(format!("须是一行，不超过 {LONGEST_NAME} 字")));
            }
            Ok(some)
        }
        CorrectionField::Occupation if some.is_none() => Ok(None),
        CorrectionField::Occupation => {
            let known = consultation.map(Consultation::occupation_names).unwrap_or_default();
            // Nobody can be told to choose from nothing.
            if known.is_empty() {
                return Err(refuse(no_occupations(id, consultation)));
            }
            chosen(value, &known, |known| refuse(format!("公告中没有“{value}”；可用：{known}")))
        }
        CorrectionField::Phones => list(value, |piece| match details::phones_in(piece).as_slice() {
            [phone] => Ok(phone.clone()),
            _ => Err(refuse(format!(
                "“{piece}”不是一个电话号码；写 11 位手机号，或区号和号码，如 024-25550101"
            ))),
        })
        .map(Some),
        CorrectionField::Emails => list(value, |piece| match details::emails_in(piece).as_slice() {
            [address] => Ok(address.clone()),
            _ => Err(refuse(format!("“{piece}”不是一个邮箱地址"))),
        })
        .map(Some),
        CorrectionField::Flags => {
            let known: Vec<String> = Flag::WORDS.iter().map(ToString::to_string).collect();
            let flags = list(value, |piece| {
                one_of(piece, &known)
                    .ok_or_else(|| refuse(format!("没有标记 {piece}；可用：{}", known.join(", "))))
            })?;
            Ok(Some(in_order(&flags)))
        }
        CorrectionField::Comment => Ok(Some(value.to_owned())),
        CorrectionField::Text if some.is_none() => {
            Err(refuse("意见条目须有内容；如不是意见，请在 adoption_reason 中说明".to_owned()))
        }
        CorrectionField::Clause if some.is_some() => {
            let clauses = consultation.map(|found| found.clauses.as_slice()).unwrap_or_default();
            if clauses.is_empty() {
                return Ok(some);
            }
            let known: Vec<String> = clauses.iter().map(|clause| clause.code.clone()).collect();
            chosen(value, &known, |known| refuse(format!("没有条款 {value}；可用：{known}")))
        }
        CorrectionField::SenderKind => {
            let known = || SenderKind::ALL.iter().copied();
            let meant = known().find(|kind| [kind.as_str(), kind.short()].contains(&value));
            let all =
                || known().map(|kind| format!("{kind}（{}）", kind.short())).collect::<Vec<_>>().join("、");
            meant
                .map(|kind| Some(kind.as_str().to_owned()))
                .ok_or_else(|| refuse(format!("只能写 {}", all())))
        }
        CorrectionField::Adoption if some.is_some() => {
            let known: Vec<String> = Adoption::WORDS.iter().map(ToString::to_string).collect();
            chosen(value, &known, |known| refuse(format!("只能写 {known}，不能写 {value}")))
        }
        CorrectionField::Text
        | CorrectionField::Clause
        | CorrectionField::Adoption
        | CorrectionField::AdoptionReason
        | CorrectionField::Status
        | CorrectionField::ReviewReasons
        | CorrectionField::DuplicateOf
        | CorrectionField::Number
        | CorrectionField::Consultation => Ok(some),
    }
}

/// One of the known values; `refused` is told of all of them.
fn chosen(
    value: &str,
    known: &[impl AsRef<str>],
    refused: impl FnOnce(&str) -> Failure,
) -> Result<Option<String>, Failure> {
    let all = || known.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("、");
    one_of(value, known).map(Some).ok_or_else(|| refused(&all()))
}

fn no_occupations(id: &str, consultation: Option<&Consultation>) -> String {
    match consultation {
        Some(_) => format!("征求意见 {id} 的公告没有列出职业"),
        None => format!("征求意见 {id} 已不在配置中，没有可选的职业"),
    }
}

/// The known value that is meant: brackets and letters may have another width.
fn one_of(value: &str, known: &[impl AsRef<str>]) -> Option<String> {
    let folded = |text: &str| text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>();
    known.iter().map(AsRef::as_ref).find(|known| folded(known) == folded(value)).map(ToOwned::to_owned)
}

/// A list as JSON, without repeats.
fn list(value: &str, mut read: impl FnMut(&str) -> Result<String, Failure>) -> Result<String, Failure> {
    let mut found: Vec<String> = Vec::new();
    for piece in
        value.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|piece| !piece.is_empty())
    {
        let one = read(piece)?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(words(found.iter().map(String::as_str)))
}

/// Flags in the order in which they always stand.
fn in_order(flags: &str) -> String {
    let found: Vec<String> = serde_json::from_str(flags).unwrap_or_default();
    words(Flag::ALL.iter().map(|flag| flag.as_str()).filter(|flag| found.iter().any(|one| one == flag)))
}
