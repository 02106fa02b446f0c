//! `correct`: what staff know better than the rules, and what the office decided on an opinion item; and back.

mod arguments;
mod beside;
mod erased;
mod lost;
mod marks;
mod value;

use std::fmt::Write;

use super::actor::actor;
use super::masking::{Names, mask_shown};
use super::number::{self, no_submission};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::{corrections, letter, replied, sentences, table, whom};
use crate::config::Settings;
use crate::store::{Corrected, Erasable, NewCorrection, Shown, Store, Undone, Writing};
use crate::vocabulary::{CorrectionField, typed};
use crate::words::Chinese;
use crate::world::World;
pub(super) use arguments::CorrectArguments;
pub(super) use beside::REASON_OWED;
use value::written;
pub(super) use value::{Place, clause, normal};

/// Cells of what would be lost, as it is shown.
const LOST_CELLS: usize = 120;

/// One submission that is corrected.
struct Meant {
    shown: Shown,
    names: Names,
    whom: String,
    /// Where something of it was erased, what an erasure would take.
    erasable: Option<Erasable>,
    /// What is to stand in each field.
    wanted: Vec<(CorrectionField, New)>,
}

/// What is to stand in a field.
#[derive(Debug, Clone)]
enum New {
    /// What was typed.
    Typed(String),
    /// What a later mail gives, which nobody saw whole.
    Given(String),
    /// What stood there before.
    Before,
}

pub(super) fn correct(settings: &Settings, arguments: &CorrectArguments) -> Outcome {
    let wanted = wanted(arguments)?;
    for (field, _) in &wanted {
        of_item_or_not(*field, arguments.item)?;
    }
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let typed = std::slice::from_ref(&arguments.number);
    let mut meant = Vec::new();
    for number in number::numbers(&settings.consultations, typed, &arguments.of)? {
        let Some(shown) = store.show(&number)? else { return Err(no_submission(&number)) };
        let mut masked = shown.clone();
        let names = mask_shown(&mut masked);
        let whom = whom::masked(&masked);
        let wanted =
            if arguments.from_reply { of_reply(&store, &shown, &whom, &wanted)? } else { wanted.clone() };
        let erasable = erased::erasable(&store, &shown)?;
        meant.push(Meant { shown, names, whom, erasable, wanted });
    }
    let note = arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let actor = actor();
    let sets_people = wanted.iter().any(|(field, _)| *field == CorrectionField::Signatories);
    let act = Act {
        settings,
        item: arguments.item,
        sets_people,
        sets_joint: wanted.iter().any(|(field, _)| *field == CorrectionField::Flags),
        may_replace: arguments.replace,
        note,
        actor: &actor,
        now,
    };
    // All or none: what was typed wrong for the last is typed wrong for all.
    let writing = store.begin()?;
    let mut text = String::new();
    for one in &meant {
        for (field, new) in &one.wanted {
            match new {
                New::Before => act.undo(&writing, one, *field, &mut text)?,
                new => act.correct(&writing, one, (*field, new), &mut text)?,
            }
        }
    }
    several(arguments, &meant, &text)?;
    writing.commit()?;
    print(&text)?;
    erased::swept(settings, &mut store, &meant, arguments.undo)
}

/// Refuses to change the letters of a range unless so many are meant: a hyphen that was meant for another sign makes a range. Whoever types
/// each number means each, and what comes from a pipe was chosen by a command.
fn several(arguments: &CorrectArguments, meant: &[Meant], text: &str) -> Result<(), Failure> {
    let count = meant.len();
    let numbers = arguments.number.split([',', '，', '、']).count();
    let each_is_meant = arguments.number == "-" || numbers >= count;
    if arguments.yes.map_or(each_is_meant, |said| said == count) {
        return Ok(());
    }
    let typed = arguments.yes.map_or_else(String::new, |typed| format!("所写的 --yes {typed} 与此不符；"));
    let message = format!(
        "所写的是 {count} 件；{typed}确要一并更正这 {count} 件的，加 --yes {count}；没有改动任何一件。照所写的执行，将是：\n{}",
        text.trim_end()
    );
    Err(Failure::new(Exit::Usage, message))
}

/// What a later mail gives of the field in place of what is registered.
fn of_reply(
    store: &Store,
    shown: &Shown,
    whom: &str,
    wanted: &[(CorrectionField, New)],
) -> Result<Vec<(CorrectionField, New)>, Failure> {
    let of = |(field, _): &(CorrectionField, New)| {
        if !replied::FIELDS.contains(field) {
            let known = replied::FIELDS.map(|field| field.short()).join("、");
            let message = format!("{} 不能照来信所写更正；可以的有：{known}", field.short());
            return Err(Failure::new(Exit::Usage, message));
        }
        let found = replied::given(store, shown, *field)?.ok_or_else(|| {
            let number = &shown.row.number;
            let message = format!(
                "{whom}：补充来信和要求更正的来信没有写另外的{field}，没有改动；要自己写的，执行 correct {number} {field} 新{field}",
                field = field.short()
            );
            Failure::new(Exit::Data, message)
        })?;
        Ok((*field, New::Given(found)))
    };
    wanted.iter().map(of).collect()
}

/// The fields with their values; without one, the last correction is taken back.
fn wanted(arguments: &CorrectArguments) -> Result<Vec<(CorrectionField, New)>, Failure> {
    let of_item = arguments.item.is_some();
    let Some(value) = &arguments.value else {
        return Ok(vec![(field(&arguments.field, arguments.undo, of_item)?, New::Before)]);
    };
    if arguments.number == "-" && (value == "-" || arguments.more.iter().any(|more| more == "-")) {
        return Err(Failure::new(Exit::Usage, "编号和内容不能都从标准输入读取"));
    }
    let mut wanted = vec![(field(&arguments.field, false, of_item)?, New::Typed(written(value)?))];
    beside::marks_apart(&arguments.number, value, &arguments.more)?;
    for pair in arguments.more.chunks(2) {
        let [name, value] = pair else {
            let message = format!(
                "{} 后面缺新值：项目和新值成对写，correct 编号 项目 新值 项目 新值；没有更正",
                pair.concat()
            );
            return Err(Failure::new(Exit::Usage, message));
        };
        let (named, value) = (field(name, false, of_item)?, written(value)?);
        match wanted.iter_mut().find(|(found, _)| *found == named) {
            None => wanted.push((named, New::Typed(value))),
            // `标记 +甲 标记 +乙`: both.
            Some((CorrectionField::Flags, New::Typed(first))) => *first = format!("{first}、{value}"),
            Some(_) => {
                let message = format!("{name} 写了两次：一条命令里一个项目只能写一个新值，没有更正");
                return Err(Failure::new(Exit::Usage, message));
            }
        }
    }
    Ok(wanted)
}

fn of_item_or_not(field: CorrectionField, item: Option<i64>) -> Result<(), Failure> {
    match item {
        None if field.is_of_item() => Err(Failure::new(
            Exit::Usage,
            format!("{}（{field}）是意见条目的项目，请用 --item 写明第几条（按 show 的次序）", field.short()),
        )),
        Some(_) if !field.is_of_item() => Err(Failure::new(
            Exit::Usage,
            format!("{}（{field}）是整件来信的项目，请去掉 --item", field.short()),
        )),
        _ => Ok(()),
    }
}

/// What is the same for every value of one command.
struct Act<'a> {
    settings: &'a Settings,
    item: Option<i64>,
    /// The command says too how many people sign.
    sets_people: bool,
    /// The command says too what marks there are, the joint letter's perhaps.
    sets_joint: bool,
    /// The command says that most of a text may go.
    may_replace: bool,
    note: Option<&'a str>,
    actor: &'a str,
    now: jiff::Timestamp,
}

impl Act<'_> {
    fn correct(
        &self,
        writing: &Writing<'_>,
        meant: &Meant,
        (field, new): (CorrectionField, &New),
        text: &mut String,
    ) -> Result<(), Failure> {
        let Meant { shown, whom, .. } = meant;
        let place = Place {
            id: &shown.consultation,
            consultation: self.settings.consultations.iter().find(|found| found.id == shown.consultation),
            flags: &shown.row.flags,
        };
        let (New::Typed(written) | New::Given(written)) = new else { return Ok(()) };
        let value = normal(field, written, &place)?;
        let number = shown.row.number.as_str();
        if !self.may_replace {
            self.keeps(meant, field, value.as_deref())?;
        }
        self.may_stand_again(meant, field, value.as_deref())?;
        if let Some(why) = beside::too_many(field, value.as_deref()).filter(|_| self.note.is_none()) {
            return Err(Failure::new(Exit::Usage, format!("{whom}：{why}")));
        }
        let typed = beside::typed_for_class(field, written, value.as_deref());
        let note = beside::note(self.note, typed);
        let made =
            NewCorrection { number, item: self.item, field, value: value.as_deref(), note: note.as_deref() };
        let name = self.name(field);
        if let Some(all) = marks::with_later(field, written, &place, shown) {
            let _ = writing.correct(&NewCorrection { value: Some(&all), ..made }, self.actor, self.now)?;
        }
        match writing.correct(&made, self.actor, self.now)? {
            Corrected::Done(old) => {
                let both = (old.as_deref(), value.as_deref());
                let change = match new {
                    New::Given(_) => meant.change(field, both.0, both.1),
                    _ => meant.typed(field, both.0, both.1),
                };
                let change = erased::change(meant, field, both.0, change);
                let title = value.as_deref().filter(|_| field == CorrectionField::Clause);
                let title = title.and_then(|code| letter::title(code, place.consultation));
                let title = title.map_or_else(String::new, |title| format!("（{title}）"));
                let undo = self.undo_of(number, field);
                let _ = writeln!(
                    text,
                    "{whom}：{name} {change}{title}，已更正；原值另存，重新判定（reprocess）时以更正为准{undo}。"
                );
                if let Some(typed) = typed {
                    let class = value.as_deref().unwrap_or_default();
                    let _ = writeln!(
                        text,
                        "  按公告所列记为“{class}”；所写的“{typed}”留在更正说明中（show {number} --corrections）"
                    );
                }
                let flags = (old.as_deref(), value.as_deref());
                let people = beside::people(field, flags, (number, shown.signatories));
                if let Some(more) = self.more_to_do(meant, field, flags) {
                    let _ = writeln!(text, "  {more}");
                }
                if let Some(people) = people.filter(|_| !self.sets_people) {
                    let _ = writeln!(text, "  {people}");
                }
                let jump = beside::jump(field, value.as_deref(), shown);
                if let Some(jump) = jump.filter(|_| !self.sets_joint) {
                    let _ = writeln!(text, "  {jump}");
                }
                if field == CorrectionField::Adoption
                    && let Some(old) = old.filter(|old| !old.is_empty())
                {
                    let item = self.item.unwrap_or(1);
                    let _ = writeln!(
                        text,
                        "  原值“{old}”已被覆盖；如系误改，撤销：correct --undo {number} --item {item} {}",
                        field.short()
                    );
                }
                Ok(())
            }
            Corrected::Same => {
                let _ = writeln!(text, "{whom}：{name}本来就是这个值，没有改动。");
                Ok(())
            }
            Corrected::NoSubmission => Err(no_submission(number)),
            Corrected::Erased => {
                Err(Failure::new(Exit::Data, format!("{number} 的个人信息和原件已删除，没有可更正的内容")))
            }
            Corrected::NoItem => Err(no_item(whom, shown.opinions.len())),
        }
    }

    fn undo(
        &self,
        writing: &Writing<'_>,
        meant: &Meant,
        field: CorrectionField,
        text: &mut String,
    ) -> Result<(), Failure> {
        let Meant { shown, whom, .. } = meant;
        let number = shown.row.number.as_str();
        let name = self.name(field);
        if self.erase_again(writing, meant, field, text)? {
            return Ok(());
        }
        let refuse = |why: String| Err(Failure::new(Exit::Data, format!("{whom}：{name}{why}")));
        match writing.undo(number, (field, self.item), self.note, self.actor, self.now)? {
            Undone::Done(old, new) => {
                let change = meant.change(field, old.as_deref(), new.as_deref());
                let back = if corrections::was_dropped(field.as_str(), old.as_deref()) {
                    "，恢复为意见条目，重新计条"
                } else {
                    ""
                };
                let _ =
                    writeln!(text, "{whom}：{name} {change}{back}，已撤销最近一次更正；撤销本身也记录在案。");
                Ok(())
            }
            Undone::NoSubmission => Err(no_submission(number)),
            Undone::Nothing => refuse(format!(
                "没有可以撤销的更正；{}show --corrections 列出全部更正",
                beside::dropped(field, shown)
            )),
            Undone::ArrangedSince => refuse(format!(
                "更正之后，意见条目拆分、合并或增加过，序号已变；先撤销条目调整：correct --undo {number} {}",
                CorrectionField::Items.short()
            )),
            Undone::ItemSince(item, later) => refuse(format!(
                "调整之后又更正过第 {item} 条的{later}；先撤销：correct --undo {number} --item {item} {later}",
                later = sentences::column(&later)
            )),
            Undone::Otherwise => {
                refuse("的现值已不是更正时写入的值，没有改动；show --corrections 列出全部更正".to_owned())
            }
        }
    }

    /// How a text is put back that was written over.
    fn undo_of(&self, number: &str, field: CorrectionField) -> String {
        if !lost::FIELDS.contains(&field) {
            return String::new();
        }
        let item = self.item.map_or_else(String::new, |item| format!(" --item {item}"));
        format!("；撤销：correct --undo {number}{item} {}", field.short())
    }

    /// Refuses a text that loses most of what stood there: one word, typed for the word that is to be put right.
    fn keeps(&self, meant: &Meant, field: CorrectionField, new: Option<&str>) -> Result<(), Failure> {
        let Meant { shown, names, whom, .. } = meant;
        let at = self.item.and_then(|item| usize::try_from(item).ok()).and_then(|item| item.checked_sub(1));
        let item = at.and_then(|at| shown.opinions.get(at));
        let old = match field {
            CorrectionField::Comment => Some(shown.row.comment.as_str()),
            CorrectionField::Text => item.map(|item| item.text.as_str()),
            _ => None,
        };
        let Some(lost) = old.and_then(|old| lost::most_of(old, new.unwrap_or_default())) else {
            return Ok(());
        };
        let number = shown.row.number.as_str();
        Err(Failure::new(
            Exit::Usage,
            format!(
                "{whom}：{name}是整段替换，不是只改几个字：原来 {} 字，这样写会失去 {} 字：“{}”。没有更正。只改几个字的，照 show {number} 列出的全文写出改好以后的整段；\
                 确要整段替换的，加 --replace（原值另存，可以撤销{}）",
                lost.whole,
                lost.gone,
                table::cut(&names.mask(&lost.words), LOST_CELLS),
                self.undo_of(number, field),
                name = self.name(field)
            ),
        ))
    }

    fn name(&self, field: CorrectionField) -> String {
        let what = if field == CorrectionField::Text { "" } else { "意见" };
        let item = self.item.map_or_else(String::new, |item| format!("第 {item} 条{what}"));
        format!("{item}{}", field.short())
    }
}

impl Meant {
    /// What stood there, masked, and what was typed as it was read: a slip is seen at once.
    fn typed(&self, field: CorrectionField, old: Option<&str>, new: Option<&str>) -> String {
        let old = old.map(|value| self.names.mask_field(field.as_str(), value));
        let new = new.map(|value| sentences::list_in_words(field.as_str(), value));
        corrections::change(field.as_str(), (old.as_deref(), new.as_deref()))
    }

    /// `教师 → 学生`, masked.
    fn change(&self, field: CorrectionField, old: Option<&str>, new: Option<&str>) -> String {
        let masked = |value: Option<&str>| value.map(|value| self.names.mask_field(field.as_str(), value));
        let (old, new) = (masked(old), masked(new));
        corrections::change(field.as_str(), (old.as_deref(), new.as_deref()))
    }
}

/// `--item` names one that is not there.
pub(super) fn no_item(whom: &str, items: usize) -> Failure {
    Failure::new(Exit::Data, format!("{whom} 有 {items} 条意见；条目序号从 1 起，按 show 的次序"))
}

/// The field that a word means, by its own name or by what staff call it. A word that is said of a letter and of an item means the
/// one that is corrected.
fn field(word: &str, to_undo: bool, of_item: bool) -> Result<CorrectionField, Failure> {
    let may = |field: &CorrectionField| !field.is_decided() && (to_undo || field.is_column());
    let known = || CorrectionField::ALL.iter().copied().filter(may);
    let meant = typed::folded(word);
    let is = |field: &CorrectionField| {
        [field.as_str(), field.short(), field.long()].into_iter().any(|word| typed::folded(word) == meant)
    };
    let called = known().find(is);
    let meanings = || typed::meanings(word).filter_map(CorrectionField::from_word).filter(may);
    let called = called
        .or_else(|| meanings().find(|field| field.is_of_item() == of_item))
        .or_else(|| meanings().next());
    called.ok_or_else(|| {
        let message = match word {
            "status" => "状态由 review confirm 和 review deny 决定".to_owned(),
            _ => {
                let names: Vec<String> =
                    known().map(|field| format!("{}（{field}）", field.short())).collect();
                format!("{word} 不能更正；可更正：{}", names.join("、"))
            }
        };
        Failure::new(Exit::Usage, message)
    })
}
