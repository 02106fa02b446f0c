//! A value as somebody types it, in the form in which the store has it; what can be no value is refused.

use std::io::Read;

use unicode_normalization::UnicodeNormalization;

use crate::cli::meant::meant;
use crate::cli::outcome::{Exit, Failure};
use crate::details;
use crate::store::words;
use crate::vocabulary::{Adoption, Clause, Consultation, CorrectionField, Flag, SenderKind, Word, typed};
use crate::words::{Chinese, short};

/// Longest name of a person or an organisation, in characters.
const LONGEST_NAME: usize = 100;
/// More people than any letter of ours was signed by.
const MOST_SIGNATORIES: u32 = 1_000_000;

/// What a value is written for.
pub(in crate::cli) struct Place<'a> {
    /// The consultation's id.
    pub(in crate::cli) id: &'a str,
    pub(in crate::cli) consultation: Option<&'a Consultation>,
    /// The flags that stand there.
    pub(in crate::cli) flags: &'a [String],
}

pub(super) fn written(value: &str) -> Result<String, Failure> {
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
pub(in crate::cli) fn normal(
    field: CorrectionField,
    written: &str,
    place: &Place<'_>,
) -> Result<Option<String>, Failure> {
    let refuse = |why: &str| refusal(field, why);
    let value = written.replace("\r\n", "\n");
    let value = value.trim();
    let some = (!value.is_empty()).then(|| value.to_owned());
    match field {
        CorrectionField::Name | CorrectionField::Organization => {
            if value.chars().any(char::is_control) || value.chars().count() > LONGEST_NAME {
                return Err(refuse(&format!("须是一行，不超过 {LONGEST_NAME} 字")));
            }
            if some.is_some() && !value.chars().any(char::is_alphabetic) {
                return Err(refuse("没有文字，不像姓名或单位名称；电话写在 phones（电话）里"));
            }
            Ok(some)
        }
        CorrectionField::Occupation => occupation(value, place),
        CorrectionField::Phones => list(value, |piece| match details::phones_in(piece).as_slice() {
            [phone] => Ok(phone.clone()),
            _ => Err(refuse(&format!(
                "“{piece}”不是一个电话号码；写 11 位手机号，或区号和号码，如 024-25550101"
            ))),
        })
        .map(Some),
        CorrectionField::Emails => list(value, |piece| match details::emails_in(piece).as_slice() {
            [address] => Ok(address.clone()),
            _ => Err(refuse(&format!("“{piece}”不是一个邮箱地址"))),
        })
        .map(Some),
        CorrectionField::Flags => flags(value, place.flags).map(Some),
        CorrectionField::Comment if some.is_none() => {
            Err(refuse("不能清空：来信内容是来信人的原话；如不计入，请用 review deny 并写明原因"))
        }
        CorrectionField::Text if some.is_none() => {
            Err(refuse("意见条目须有内容；如不是意见，请用 item drop（文字保留，不计条）"))
        }
        CorrectionField::Signatories => signatories(value)
            .map(Some)
            .ok_or_else(|| refuse(&format!("人次须是正整数，不超过 {MOST_SIGNATORIES}"))),
        CorrectionField::Clause if some.is_some() => clause(value, place.consultation).map(Some),
        CorrectionField::SenderKind => sender_kind(value).map(Some),
        CorrectionField::Adoption if some.is_some() => adoption(value),
        CorrectionField::Comment
        | CorrectionField::Text
        | CorrectionField::Clause
        | CorrectionField::Adoption
        | CorrectionField::AdoptionReason
        | CorrectionField::Items
        | CorrectionField::ReviewNote
        | CorrectionField::Status
        | CorrectionField::ReviewReasons
        | CorrectionField::DuplicateOf
        | CorrectionField::Number
        | CorrectionField::Consultation => Ok(some),
    }
}

/// One of the notice's values: as it stands there, or what a letter would mean by it.
fn occupation(value: &str, place: &Place<'_>) -> Result<Option<String>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    let field = CorrectionField::Occupation;
    let refuse = |why: String| refusal(field, &why);
    let known = place.consultation.map(Consultation::occupation_names).unwrap_or_default();
    // Nobody can be told to choose from nothing.
    if known.is_empty() {
        return Err(refuse(match place.consultation {
            Some(_) => format!("征求意见 {} 的公告没有列出职业", place.id),
            None => format!("征求意见 {} 已不在配置中，没有可选的职业", place.id),
        }));
    }
    let meant = || details::occupation_meant(value, place.consultation?);
    one_of(value, &known)
        .or_else(meant)
        .map(Some)
        .ok_or_else(|| refuse(format!("公告中没有“{value}”；可用：{}", known.join("、"))))
}

/// Why a value cannot stand in a field.
fn refusal(field: CorrectionField, why: &str) -> Failure {
    Failure::new(Exit::Data, format!("{}（{field}）：{why}", field.short()))
}

/// A clause's code as the configuration has it, by the code, the clause's name, or both.
pub(in crate::cli) fn clause(value: &str, consultation: Option<&Consultation>) -> Result<String, Failure> {
    let clauses = consultation.map(|found| found.clauses.as_slice()).unwrap_or_default();
    if clauses.is_empty() {
        return Ok(value.to_owned());
    }
    let refuse = |why: String| refusal(CorrectionField::Clause, &why);
    let known: Vec<&str> = clauses.iter().map(|clause| clause.code.as_str()).collect();
    if let Some(code) = one_of(value, &known) {
        return Ok(code);
    }
    let meant = typed::folded(value);
    let is_called = |clause: &&Clause| {
        [clause.name.clone(), format!("{}{}", clause.code, clause.name)]
            .into_iter()
            .chain(clause.also.iter().cloned())
            .any(|name| typed::folded(&name) == meant)
    };
    let called: Vec<&str> = clauses.iter().filter(is_called).map(|clause| clause.code.as_str()).collect();
    match called.as_slice() {
        [code] => Ok((*code).to_owned()),
        [] => {
            let known: Vec<String> = clauses
                .iter()
                .map(|clause| format!("{} {}", clause.code, clause.name).trim().to_owned())
                .collect();
            Err(refuse(format!("没有条款 {value}；可用：{}", known.join("、"))))
        }
        several => Err(refuse(format!("“{value}”不止一条：{}；请写条款编号", several.join("、")))),
    }
}

fn sender_kind(value: &str) -> Result<String, Failure> {
    let meant = meant("来信人类别", SenderKind::ALL, value);
    // What is typed for a field is data.
    let kind = meant.map_err(|failure| Failure { exit: Exit::Data, ..failure })?;
    Ok(kind.as_str().to_owned())
}

fn adoption(value: &str) -> Result<Option<String>, Failure> {
    let meant =
        || typed::meanings(value).find(|word| Adoption::from_word(word).is_some()).map(ToOwned::to_owned);
    let is_long = |word: &&Adoption| typed::folded(word.long()) == typed::folded(value);
    let long = || Adoption::ALL.iter().find(is_long).map(|word| word.as_str().to_owned());
    one_of(value, Adoption::WORDS).or_else(meant).or_else(long).map(Some).ok_or_else(|| {
        let known = Adoption::WORDS.join("、");
        refusal(CorrectionField::Adoption, &format!("只能写 {known}，不能写 {value}"))
    })
}

/// `27`, `27人`, `27 人次`.
fn signatories(value: &str) -> Option<String> {
    let folded = typed::folded(value);
    let digits = typed::people(&folded);
    let count: u32 = digits.parse().ok().filter(|_| !digits.starts_with('+'))?;
    (1..=MOST_SIGNATORIES).contains(&count).then(|| count.to_string())
}

/// The flags that stand there with those that are added, without those that are taken away. A list without signs may add:
/// nothing goes unless it is named.
fn flags(value: &str, stand: &[String]) -> Result<String, Failure> {
    let field = CorrectionField::Flags;
    let called = |word: &str| {
        let meant = typed::folded(word);
        let is = |flag: &&Flag| {
            [flag.as_str(), flag.short(), flag.long()].into_iter().any(|word| typed::folded(word) == meant)
        };
        let found = Flag::ALL.iter().find(is);
        let meant = || typed::meanings(word).find(|word| Flag::from_word(word).is_some());
        found.map(|flag| flag.as_str()).or_else(meant).ok_or_else(|| {
            let known: Vec<String> =
                Flag::ALL.iter().map(|flag| format!("{}（{flag}）", flag.short())).collect();
            refusal(field, &format!("没有标记 {word}；可用：{}", known.join("、")))
        })
    };
    let (mut add, mut take, mut set) = (Vec::new(), Vec::new(), Vec::new());
    for piece in named_pieces(value) {
        let folded: String = piece.nfkc().collect();
        match (folded.strip_prefix('+'), folded.strip_prefix(['-', '−', '–', '—'])) {
            (Some(flag), _) => add.push(called(flag)?),
            (_, Some(flag)) => take.push(called(flag)?),
            _ => set.push(called(piece)?),
        }
    }
    let is_bare = add.is_empty() && take.is_empty();
    let lost: Vec<&str> =
        stand.iter().map(String::as_str).filter(|flag| is_bare && !set.contains(flag)).collect();
    if !lost.is_empty() {
        // As it can be typed: a name of several words would be read as several flags.
        let typed = |flag: &&str| match short(Flag::KIND, flag) {
            called if pieces(called).nth(1).is_some() => (*flag).to_owned(),
            called => called.to_owned(),
        };
        let signed = |sign: char, flags: &[&str]| {
            flags.iter().map(|flag| format!("{sign}{}", typed(flag))).collect::<Vec<_>>().join("、")
        };
        let remedy =
            if set.is_empty() { String::new() } else { format!("增加请写 {}；", signed('+', &set)) };
        let message = format!(
            "{}（{field}）：这样写会去掉原有的标记 {}；{remedy}去掉请写 {}",
            field.short(),
            lost.iter().map(typed).collect::<Vec<_>>().join("、"),
            signed('-', &lost)
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    let (all, details) = (Flag::NoPublish.as_str(), Flag::NoPublishDetails.as_str());
    // The one says of the other that it is meant of who wrote it alone.
    if add.contains(&details) || set.contains(&details) {
        add.push(all);
    } else if add.contains(&all) || set.contains(&all) || take.contains(&all) {
        take.push(details);
    }
    let stays = |flag: &&str| {
        (stand.iter().any(|found| found == flag) || add.contains(flag) || set.contains(flag))
            && !take.contains(flag)
    };
    Ok(words(Flag::ALL.iter().map(|flag| flag.as_str()).filter(stays)))
}

/// The known value that is meant: brackets and letters may have another width.
fn one_of(value: &str, known: &[impl AsRef<str>]) -> Option<String> {
    let meant = typed::folded(value);
    known.iter().map(AsRef::as_ref).find(|known| typed::folded(known) == meant).map(ToOwned::to_owned)
}

fn pieces(value: &str) -> impl Iterator<Item = &str> {
    value.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|piece| !piece.is_empty())
}

/// The same of flags, where what the lists call one may hold such a sign: 未留姓名、职业、电话.
fn named_pieces(value: &str) -> Vec<&str> {
    let bare = typed::folded(value.trim().trim_start_matches(['+', '＋', '-', '−', '–', '—']));
    let is_one = Flag::ALL.iter().any(|flag| [flag.short(), flag.long()].map(typed::folded).contains(&bare));
    if is_one { vec![value.trim()] } else { pieces(value).collect() }
}

/// A list as JSON, without repeats.
fn list(value: &str, mut read: impl FnMut(&str) -> Result<String, Failure>) -> Result<String, Failure> {
    let mut found: Vec<String> = Vec::new();
    for piece in pieces(value) {
        let one = read(piece)?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(words(found.iter().map(String::as_str)))
}
