//! Which details of its writer a letter asks to have corrected or erased, and what stands registered of them.

use serde_json::{Map, Value};

use super::named::concerned;
use crate::cli::outcome::Failure;
use crate::cli::replied;
use crate::store::{ERASABLE, Outcomes, Shown, Store};
use crate::vocabulary::language::language_table;
use crate::vocabulary::{CorrectionField, Flag, Proposer, ReviewReason};
use crate::words::{self, Chinese};

language_table!(
    /// What words are in a sentence that asks for something.
    REQUESTS, "language/requests.tsv");

language_table!(
    /// Words with the field of a submission that they mean.
    DETAILS, "language/asked_details.tsv");

/// The meaning of words for everything that is known of a person, and of words in which another one stands that means nothing here.
const ALL: &str = "all";
const NONE: &str = "none of them";

/// The meaning of words for everything but what was written, whatever else is named beside them.
const REST: &str = "all but the letter";

/// The same where it says only what is to stay: what is named beside it may be all that is to go.
const KEPT: &str = "only the letter";

/// The meaning of words for a mobile telephone, beside that of a number.
const MOBILE: &str = "mobile";

/// The meaning of words for a file that came with a letter.
const FILE: &str = "file";

/// The meaning of words for what was written, and not for who wrote it.
const LETTER: &str = "letter";

/// Rows of `rules/words.toml` of what is advised, and marks between fields and between commands.
const KIND: &str = "asked";
const LIST: &str = "、";
const ALSO: &str = "；";

/// What is advised in place of the examples that stand in `rules/words.toml`.
#[derive(Debug, Default)]
pub(super) struct Asked {
    corrected: Option<String>,
    /// What a supplement says of its writer otherwise.
    differs: Option<String>,
    erased: Option<String>,
    marked: Option<String>,
    /// Of which letter it wants details erased or shown that are registered, and which.
    pub(super) registered: Option<(String, Vec<CorrectionField>)>,
    /// It only wants to be shown what is known of it.
    pub(super) only_looks: bool,
    /// It asks about a file.
    pub(super) is_about_a_file: bool,
    /// It asks about a telephone, which may be the office's.
    pub(super) is_about_a_phone: bool,
}

impl Asked {
    /// `shown` and `earlier` are masked where they are to be.
    pub(super) fn of(
        store: &Store,
        shown: &Shown,
        earlier: &[Shown],
        outcomes: &Outcomes,
    ) -> Result<Self, Failure> {
        let about = meant(&sentences(store, shown, Flag::Question)?);
        let (is_about_a_file, is_about_a_phone) =
            (about.contains(&FILE), about.contains(&CorrectionField::Phones.as_str()));
        let number = if outcomes.only_asks { concerned(shown) } else { Some(shown.row.number.as_str()) };
        let letters = std::iter::once(shown).chain(earlier);
        let Some(letter) = letters.into_iter().find(|letter| Some(letter.row.number.as_str()) == number)
        else {
            return Ok(Self {
                marked: to_mark(store, shown)?,
                is_about_a_file,
                is_about_a_phone,
                ..Self::default()
            });
        };
        let corrected = meant(&sentences(store, shown, Flag::CorrectionRequest)?);
        let said = sentences(store, shown, Flag::PersonalData)?;
        let says = |meaning| {
            let holds = |word: &str| said.iter().any(|sentence| sentence.contains(word));
            REQUESTS.words(meaning).any(holds)
        };
        let erased = meant(&said);
        let has: Vec<CorrectionField> = match store.erasable(&letter.row.number)? {
            Some(found) => {
                ERASABLE.iter().copied().filter(|field| !found.traces.of(*field).is_empty()).collect()
            }
            None => Vec::new(),
        };
        let is_wide = [ALL, REST].iter().any(|word| erased.contains(word)) || is_kept_alone(&erased);
        let wanted = if is_wide { ERASABLE.to_vec() } else { fields(&erased) };
        let known: Vec<_> = wanted.into_iter().filter(|field| has.contains(field)).collect();
        Ok(Self {
            registered: (!known.is_empty()).then(|| (letter.row.number.clone(), known)),
            only_looks: says("see") && !says("delete"),
            corrected: to_correct(store, letter, &corrected)?,
            differs: differs(store, shown)?,
            erased: to_erase(letter, &erased, &has, &shown.row.number),
            marked: to_mark(store, shown)?.or_else(|| unsure(shown)),
            is_about_a_file,
            is_about_a_phone,
        })
    }

    /// The advice with what was asked for in place of the examples.
    pub(super) fn put_into(&self, advice: &str) -> String {
        let put = |advice: String, example: &str, asked: &Option<String>| match asked {
            Some(asked) => advice.replace(words::short(KIND, example), asked),
            None => advice,
        };
        let advice = put(put(advice.to_owned(), "text", &self.corrected), "phone", &self.erased);
        put(put(advice, "differs", &self.differs), "mark", &self.marked)
    }
}

/// What its mails say that asks for one of these; empty where no step wrote it down.
pub(super) fn said(store: &Store, shown: &Shown, asked: &[ReviewReason]) -> Result<String, Failure> {
    let mut found = Vec::new();
    for flag in asked.iter().filter_map(|reason| reason.flag()) {
        found.extend(sentences(store, shown, flag)?);
    }
    Ok(found.join(ALSO))
}

/// The lines of its mails that ask for it.
fn sentences(store: &Store, shown: &Shown, flag: Flag) -> Result<Vec<String>, Failure> {
    if !shown.row.review_reasons.iter().any(|reason| reason == flag.as_str()) {
        return Ok(Vec::new());
    }
    flagged(store, shown, flag)
}

/// The lines of its mails that were read as a flag.
fn flagged(store: &Store, shown: &Shown, flag: Flag) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for id in store.entries_of_number(&shown.row.number)? {
        let Some(message) = store.explained(id)?.message else { continue };
        let details = message.evidence.pointer("/details").and_then(Value::as_array).into_iter().flatten();
        let asks = details.filter(|item| item.get("field").and_then(Value::as_str) == Some(flag.as_str()));
        found.extend(asks.filter_map(|item| Some(item.get("as_written")?.as_str()?.to_owned())));
    }
    Ok(found)
}

/// What the words mean, each word taken for the longest that it is.
fn meant(sentences: &[String]) -> Vec<&'static str> {
    let mut rows = DETAILS.rows().to_vec();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.word.len()), row.word));
    let mut found: Vec<&'static str> = Vec::new();
    for sentence in sentences {
        let mut rest = sentence.clone();
        let mut last = "";
        for row in &rows {
            // A word of two meanings stands twice, one row behind the other.
            if row.word != last && !rest.contains(row.word) {
                continue;
            }
            last = row.word;
            rest = rest.replace(row.word, "\n");
            if row.meaning != NONE && !found.contains(&row.meaning) {
                found.push(row.meaning);
            }
        }
    }
    found
}

fn tell(word: &str, parameters: &[(&str, String)]) -> String {
    let parameters: Map<String, Value> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
    words::fill(words::short(KIND, word), &parameters)
}

/// The fields in their order, of those that were meant.
fn fields(meant: &[&str]) -> Vec<CorrectionField> {
    ERASABLE.iter().copied().filter(|field| meant.contains(&field.as_str())).collect()
}

/// Whether it says only what is to stay, and names nothing that is to go.
fn is_kept_alone(meant: &[&str]) -> bool {
    meant.contains(&KEPT) && fields(meant).is_empty()
}

/// What is to be corrected; what a later mail gives of it need not be typed.
fn to_correct(store: &Store, letter: &Shown, meant: &[&str]) -> Result<Option<String>, Failure> {
    let fields = fields(meant);
    if fields.is_empty() {
        return Ok(None);
    }
    // What is masked looks alike where it is not.
    let Some(plain) = store.show(&letter.row.number)? else { return Ok(None) };
    let mut lines = Vec::new();
    for field in fields {
        let word = if replied::given(store, &plain, field)?.is_some() { "correct_given" } else { "correct" };
        lines.push(tell(word, &[("field", field.short().to_owned()), ("value", registered(letter, field))]));
    }
    Ok(Some(lines.join(ALSO)))
}

/// How what a supplement says of its writer otherwise is registered.
fn differs(store: &Store, shown: &Shown) -> Result<Option<String>, Failure> {
    let reason = ReviewReason::DetailsDiffer;
    if !shown.row.review_reasons.iter().any(|word| word == reason.as_str()) {
        return Ok(None);
    }
    let Some(plain) = store.show(&shown.row.number)? else { return Ok(None) };
    let mut lines = Vec::new();
    for field in replied::FIELDS {
        if replied::given(store, &plain, field)?.is_some() {
            lines.push(tell("given", &[("field", field.short().to_owned())]));
        }
    }
    let commands = [("commands", lines.join(ALSO))];
    Ok((!lines.is_empty()).then(|| tell("differs_given", &commands)))
}

/// Which flags a wish to be left unnamed or unpublished puts on a letter, by what the wish itself was read as. Who wants his name kept
/// from the public, and says nothing of what he wrote, need not lose his opinion there.
fn to_mark(store: &Store, shown: &Shown) -> Result<Option<String>, Failure> {
    let later = shown.supplements.iter().map(|later| &later.flags);
    let of = |flag: &Flag| {
        later.clone().chain([&shown.row.flags]).any(|flags| flags.iter().any(|word| word == flag.as_str()))
    };
    let mut wished: Vec<Flag> = [Flag::Anonymous, Flag::NoPublish].into_iter().filter(of).collect();
    let hides = |flags: &Vec<String>| {
        let has = |flag: Flag| flags.iter().any(|word| word == flag.as_str());
        has(Flag::NoPublish) && !has(Flag::NoPublishDetails)
    };
    if wished.contains(&Flag::NoPublish) && !later.clone().chain([&shown.row.flags]).any(hides) {
        // 对我的身份保密: who he is, in every mail that says so, and not what he wrote.
        wished = vec![Flag::Anonymous];
    } else if wished.contains(&Flag::NoPublish) {
        let about = meant(&flagged(store, shown, Flag::NoPublish)?);
        let (of_name, of_letter) = (about.contains(&CorrectionField::Name.as_str()), about.contains(&LETTER));
        if of_name && !of_letter {
            wished = vec![Flag::Anonymous];
        } else if of_name && wished.len() == 1 {
            return Ok(unsure(shown));
        }
    }
    let join = |say: fn(&Flag) -> String, mark: &str| wished.iter().map(say).collect::<Vec<_>>().join(mark);
    let both = || {
        let called = ("called", join(|flag| format!("“{}”", flag.short()), ""));
        tell("marks", &[called, ("typed", join(|flag| format!("+{}", flag.short()), LIST))])
    };
    Ok((!wished.is_empty()).then(both))
}

/// What the marks mean, where the wish was not read as one of them.
fn unsure(shown: &Shown) -> Option<String> {
    let reason = ReviewReason::PublicationRequest.as_str();
    let asks = shown.row.review_reasons.iter().any(|word| word == reason);
    asks.then(|| words::short(KIND, "marks_unsure").to_owned())
}

/// `asks`: the number of the letter that asks for it; where it is another one, it has the address too.
fn to_erase(letter: &Shown, meant: &[&str], has: &[CorrectionField], asks: &str) -> Option<String> {
    let all = meant.contains(&ALL);
    let asked = if all {
        ERASABLE.to_vec()
    } else if meant.contains(&REST) || is_kept_alone(meant) {
        // What it names that is not registered is said, and of the rest only what there is.
        let is_due = |field: &&CorrectionField| has.contains(field) || meant.contains(&field.as_str());
        ERASABLE.iter().filter(is_due).copied().collect()
    } else {
        fields(meant)
    };
    if asked.is_empty() {
        return None;
    }
    let name = |fields: &[CorrectionField], mark: &str| {
        fields.iter().map(Chinese::short).collect::<Vec<_>>().join(mark)
    };
    let (known, unknown): (Vec<_>, Vec<_>) = asked.into_iter().partition(|field| has.contains(field));
    let value = |field: &CorrectionField| format!("{} {}", field.short(), registered(letter, *field));
    let values = known.iter().map(value).collect::<Vec<_>>().join(LIST);
    let mut lines = Vec::new();
    let rest = || ERASABLE.iter().filter(|field| has.contains(field)).copied().collect::<Vec<_>>();
    let wider = Some(rest())
        .filter(|rest| !all && meant.contains(&KEPT) && rest.iter().any(|field| !known.contains(field)));
    if !known.is_empty() {
        let word = if all { "erase_all" } else { "erase" };
        lines.push(tell(word, &[("fields", name(&known, ",")), ("values", values)]));
    }
    let is_mobile = |phone: &String| phone.starts_with('1') && !phone.contains('-');
    if meant.contains(&MOBILE)
        && known.contains(&CorrectionField::Phones)
        && !letter.phones.iter().any(is_mobile)
    {
        lines.push(words::short(KIND, "no_mobile").to_owned());
    }
    if asks != letter.row.number && known.contains(&CorrectionField::Emails) {
        lines.push(tell("erase_own", &[("own", asks.to_owned())]));
    }
    if !unknown.is_empty() {
        lines.push(tell("unknown", &[("fields", name(&unknown, LIST))]));
    }
    if let Some(wider) = wider {
        lines.push(tell("erase_kept", &[("fields", name(&wider, ","))]));
    }
    Some(lines.join(ALSO))
}

/// What is registered of it, as it is shown.
fn registered(letter: &Shown, field: CorrectionField) -> String {
    let row = &letter.row;
    let value = match field {
        // How his mail program calls him, or a surname with a courtesy title, is no name: it can be erased all the same.
        CorrectionField::Name => row.name.clone().or_else(|| {
            letter.name_hint.as_ref().map(|hint| format!("{}（称呼 {hint}）", Proposer::Unnamed.short()))
        }),
        CorrectionField::Organization => row.organization.clone(),
        CorrectionField::Occupation => row.occupation.clone(),
        CorrectionField::Phones => Some(letter.phones.join(LIST)),
        CorrectionField::Emails if letter.emails.is_empty() => Some(row.from_address.clone()),
        CorrectionField::Emails => Some(letter.emails.join(LIST)),
        _ => None,
    };
    value.filter(|value| !value.is_empty()).unwrap_or_else(|| words::short(KIND, "none").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_details_that_are_meant_are_told_from_words_that_hold_others() {
        for (text, due) in [
            ("请删去我的姓名、电话，只留意见", &["name", "only the letter", "phones"][..]),
            ("请删去我的电话，其他都删，只留意见", &["all but the letter", "only the letter", "phones"]),
            ("请删去我的电话，意见保留", &["letter", "phones"]),
            ("把我的手机号码从你们系统里删除吧", &["mobile", "phones"]),
            ("我的邮箱地址和电话请删掉", &["emails", "phones"]),
            ("我不希望你们保存我的联系方式", &["emails", "phones"]),
            ("请注销我登记的个人信息", &["all"]),
            ("本单位的电话写错了", &["phones"]),
            ("我的手机号写错了", &["mobile", "phones"]),
            ("“十日”应为“十个工作日”", &[]),
            ("公布采纳情况时请隐去我的名字和单位", &["name", "organization"]),
            ("请勿公开来信人姓名", &["name"]),
        ] {
            let mut found = meant(&[text.to_owned()]);
            found.sort_unstable();
            assert_eq!(found, due, "{text}");
        }
    }

    #[test]
    fn the_examples_stand_in_what_is_advised() {
        let advised = |word: &str| {
            let to_do = words::row("review_reason", word).and_then(|row| row.to_do()).unwrap_or_default();
            [to_do.to_owned(), words::short("only_asks", word).to_owned()]
        };
        let examples =
            [("correction_request", "text"), ("personal_data", "phone"), ("publication_request", "mark")];
        let to_do = words::row("review_reason", "details_differ").and_then(words::Row::to_do);
        assert!(to_do.is_some_and(|to_do| to_do.contains(words::short(KIND, "differs"))));
        for (reason, example) in examples {
            for advice in advised(reason) {
                assert!(advice.contains(words::short(KIND, example)), "{advice}");
            }
        }
    }
}
