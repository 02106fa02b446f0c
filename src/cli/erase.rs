//! `erase`: what somebody has a right to have erased: a whole letter, or single details of its writer. Shown first, confirmed by the
//! number typed once more, written in one transaction, and swept out of the store's files and the reading copy at once.

pub(super) mod aside;
mod edges;
pub(super) mod told;

use clap::Args;

use super::actor::actor;
use super::number::{self, Of, no_submission};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::whom;
use crate::config::Settings;
use crate::store::{CorrectionRow, ERASABLE, Erasable, Eraser, Store};
use crate::vocabulary::{CorrectionField, Status, typed};
use crate::words::Chinese;
use crate::world::World;

pub(super) use edges::{confirm_by, sweep};

#[derive(Debug, Args)]
pub(super) struct EraseArguments {
    /// Registration numbers, whole (LNZX-2024-0001) or short (1), listed (1,3), in ranges (1-3); - reads them from standard
    /// input. All of them or, when one cannot be erased, none. Mail that is no letter, such as what is in quarantine: FOLDER/UID
    #[arg(required = true, value_name = "NUMBER|FOLDER/UID")]
    numbers: Vec<String>,
    #[command(flatten)]
    of: Of,
    /// Only these details of the writer, with commas between them: name, phones, emails (the sender's address too), organization,
    /// occupation; the letter counts on, its raw mail goes
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    only: Vec<String>,
    /// Why; kept with the erasure, and to hold nothing of what is erased
    #[arg(long)]
    note: String,
    /// The same numbers once more: confirms where nobody is asked
    #[arg(long, value_name = "NUMBER")]
    yes: Option<String>,
}

/// One letter, as it stood before.
struct Meant {
    found: Erasable,
    whom: String,
    is_erased: bool,
}

pub(super) fn erase(settings: &Settings, arguments: &EraseArguments) -> Outcome {
    let note = arguments.note.trim();
    if note.is_empty() {
        return Err(Failure::new(Exit::Usage, "--note 须写明为什么删除"));
    }
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    if arguments.numbers.iter().any(|argument| aside::is_place(argument)) {
        let EraseArguments { numbers: places, only, yes, .. } = arguments;
        let asked = aside::Asked { places, only, note, yes: yes.as_deref(), now };
        return aside::erase(settings, &asked, &mut store);
    }
    let only = fields(&arguments.only)?;
    let numbers = number::numbers(&settings.consultations, &arguments.numbers, &arguments.of)?;
    let meant = meant(&store, &numbers, &only)?;
    let by = Eraser { actor: &actor(), note, now };
    let left: Vec<&Meant> = meant.iter().filter(|one| !one.is_erased).collect();
    if left.is_empty() {
        let what = if only.is_empty() { "来信" } else { "项目" };
        print(&format!("所列{what}此前都已删除，没有再改动；以下只是把数据库文件重写一遍。\n"))?;
        return sweep(settings, &mut store);
    }
    for one in &left {
        told_of_note(&one.found, note)?;
        print(&told::preview(&store, one.whom.as_str(), &one.found, &only)?)?;
    }
    let traces: Vec<_> = left.iter().map(|one| told::traces(&one.found, &only)).collect();
    let traces: Vec<_> = traces.iter().collect();
    print(&aside::also(&aside::holding(&store, &traces, aside::limits(settings))?))?;
    print(told::BEYOND)?;
    let wanted: Vec<&str> = left.iter().map(|one| one.found.number.as_str()).collect();
    confirm(settings, arguments, &wanted)?;
    write(&mut store, &left, &only, &by)?;
    sweep(settings, &mut store)
}

/// The letters, the last first: what repeats another one goes before it.
fn meant(store: &Store, numbers: &[String], only: &[CorrectionField]) -> Result<Vec<Meant>, Failure> {
    let mut meant = Vec::new();
    for number in numbers {
        let Some(found) = store.erasable(number)? else { return Err(no_submission(number)) };
        if meant.iter().any(|other: &Meant| other.found.id == found.id) {
            continue;
        }
        let whom = whom::of(store, &found.number)?;
        let gone = gone(store, number, &found, only)?;
        let is_whole = !only.is_empty() && gone.len() == only.len();
        let is_erased = found.status == Status::Erased.as_str() || is_whole;
        if let Some(field) = gone.first().filter(|_| !is_erased) {
            return Err(erased_before(&whom, *field, only));
        }
        let missing = only.iter().find(|field| found.traces.of(**field).is_empty());
        if let Some(field) = missing.filter(|_| !is_erased) {
            let name = field.short();
            let has = |field: &&CorrectionField| !found.traces.of(**field).is_empty();
            let known: Vec<&str> = ERASABLE.iter().filter(has).map(Chinese::short).collect();
            let known = if known.is_empty() {
                String::new()
            } else {
                format!("已登记的有：{}（--only {}）；", known.join("、"), known.join(","))
            };
            let apart =
                if numbers.len() > 1 { "各件要删的项目不同的，分几次执行；" } else { "" };
            let message = format!(
                "{whom} 没有登记{name}，无从知道要删的是什么；{known}文中如有{name}，先用 correct {number} {name} 登记，再删除；{apart}没有改动任何一件"
            );
            return Err(Failure::new(Exit::Data, message));
        }
        meant.push(Meant { found, whom, is_erased });
    }
    meant.sort_by_key(|one| std::cmp::Reverse(one.found.id));
    Ok(meant)
}

/// Which of the details were erased before, and are registered no more.
fn gone(
    store: &Store,
    number: &str,
    found: &Erasable,
    only: &[CorrectionField],
) -> Result<Vec<CorrectionField>, Failure> {
    let is_missing = |field: &&CorrectionField| found.traces.of(**field).is_empty();
    let missing: Vec<CorrectionField> = only.iter().filter(is_missing).copied().collect();
    if missing.is_empty() {
        return Ok(missing);
    }
    let made = store.show(number)?.map(|shown| shown.corrections).unwrap_or_default();
    let was_erased = |field: &CorrectionField| {
        let is_blank = |made: &&CorrectionRow| made.old_value.is_none() && made.new_value.is_none();
        made.iter().filter(is_blank).any(|made| made.field == field.as_str())
    };
    Ok(missing.into_iter().filter(was_erased).collect())
}

fn erased_before(whom: &str, field: CorrectionField, only: &[CorrectionField]) -> Failure {
    let rest: Vec<&str> = only.iter().filter(|other| **other != field).map(Chinese::short).collect();
    let message = format!(
        "{whom} 的{}此前已删除，不必再删；其余的另执行：--only {}；没有改动任何一件",
        field.short(),
        rest.join(",")
    );
    Failure::new(Exit::Data, message)
}

/// The fields that were typed, by their own names or by what staff call them.
fn fields(words: &[String]) -> Result<Vec<CorrectionField>, Failure> {
    let mut fields = Vec::new();
    for word in words.iter().flat_map(|words| words.split(['、', '，'])).map(str::trim) {
        let meant = typed::folded(word);
        let known = || ERASABLE.iter().copied();
        let field = known()
            .find(|field| field.as_str() == word || typed::folded(field.short()) == meant)
            .or_else(|| {
                typed::meanings(word)
                    .filter_map(CorrectionField::from_word)
                    .find(|field| ERASABLE.contains(field))
            });
        let Some(field) = field else {
            let names: Vec<String> = known().map(|field| format!("{}（{field}）", field.short())).collect();
            let message =
                format!("“{word}”不能单独删除；可单独删除：{}；整件删除不写 --only", names.join("、"));
            return Err(Failure::new(Exit::Usage, message));
        };
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// The note stays: what is erased must not stand in it.
fn told_of_note(found: &Erasable, note: &str) -> Result<(), Failure> {
    let of = |field| found.traces.of(field);
    let words = [CorrectionField::Name, CorrectionField::Emails].into_iter().flat_map(of).collect::<Vec<_>>();
    let blot = crate::mask::Blot::new("***", &of(CorrectionField::Phones), &words);
    if blot.out_of(note).is_some() {
        let message = "--note 会保留，其中不要写要删除的姓名、电话或者邮箱；没有改动";
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// The numbers once more.
fn confirm(settings: &Settings, arguments: &EraseArguments, wanted: &[&str]) -> Result<(), Failure> {
    confirm_by(arguments.yes.as_deref(), &wanted.join(","), |answer| {
        let typed = number::numbers(&settings.consultations, &[answer.to_owned()], &arguments.of);
        // Which consultation is meant stands above it already.
        let typed = typed.or_else(|_| among(answer, wanted)).unwrap_or_default();
        let is_same = |number: &&str| typed.iter().any(|typed| typed.eq_ignore_ascii_case(number));
        typed.len() == wanted.len() && wanted.iter().all(is_same)
    })
}

/// The numbers of a list that short ones name, each for one of them alone.
fn among(answer: &str, wanted: &[&str]) -> Result<Vec<String>, Failure> {
    let named =
        answer.split([',', '，', '、', ' ']).map(str::trim).filter(|word| !word.is_empty()).map(|word| {
            let number: Option<u64> = word.parse().ok();
            let last = |whole: &str| whole.rsplit('-').next().and_then(|digits| digits.parse::<u64>().ok());
            let mut fitting = wanted.iter().filter(|whole| number.is_some() && last(whole) == number);
            fitting.next().filter(|_| fitting.next().is_none()).map(|whole| (*whole).to_owned())
        });
    named.collect::<Option<_>>().ok_or_else(|| Failure::new(Exit::Usage, String::new()))
}

/// All in one transaction.
fn write(
    store: &mut Store,
    meant: &[&Meant],
    only: &[CorrectionField],
    by: &Eraser<'_>,
) -> Result<(), Failure> {
    // Somebody may have changed it while it was shown: what is erased is what stands there now.
    let mut text = String::new();
    let writing = store.begin()?;
    let wordings = writing.wordings(&meant.iter().map(|one| one.found.id).collect::<Vec<_>>())?;
    for one in meant {
        let erased = if only.is_empty() {
            writing.erase(&one.found, by)?
        } else {
            writing.erase_only(&one.found, only, &wordings, by)?
        };
        text.push_str(&told::done(&one.found.number, only, &erased));
    }
    writing.commit()?;
    print(&text)
}
