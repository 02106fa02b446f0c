//! `item`: the opinion items as a person sees them: what is none leaves the count, one that was missed is added, one that holds
//! several is split, several that are one are joined. Each is written down with the list before and after, and can be taken back.

use std::fmt::Write;

use clap::{Args, Subcommand};

use super::actor::actor;
use super::correct::{clause, no_item};
use super::number::{self, Of, no_submission};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::whom;
use crate::config::Settings;
use crate::details;
use crate::store::{Arranged, Arrangement, Corrected, Membership, NewCorrection, Shown, Store};
use crate::vocabulary::{Adoption, CorrectionField, Status};
use crate::words::Chinese;
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct ItemArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Which {
    /// The registration number, whole (LNZX-2024-0001) or short (1)
    #[arg(value_name = "NUMBER")]
    number: String,
    #[command(flatten)]
    of: Of,
    /// Why; kept with the change
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// These items are no opinions: their text is kept, and they count no more
    Drop {
        #[command(flatten)]
        which: Which,
        /// Which items, counted from 1 as `show` does; also listed (1,3) or in a range (1-3)
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
    },
    /// An item that the rules missed, behind the others
    Add {
        #[command(flatten)]
        which: Which,
        /// Its text, in the writer's words
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// Its clause
        #[arg(long)]
        clause: Option<String>,
    },
    /// One item is several, in its words: each gets the clause that it names, else the item's, and what was decided on it
    Split {
        #[command(flatten)]
        which: Which,
        /// Which item, counted from 1 as `show` does
        #[arg(value_parser = number::ordinal::<usize>)]
        item: usize,
        /// The texts, two or more
        #[arg(required = true, value_name = "TEXT")]
        texts: Vec<String>,
    },
    /// Two items are one
    Join {
        #[command(flatten)]
        which: Which,
        /// The one, counted from 1 as `show` does
        #[arg(value_parser = number::ordinal::<usize>)]
        item: usize,
        /// The other
        #[arg(value_parser = number::ordinal::<usize>)]
        other: usize,
    },
}

impl Command {
    const fn which(&self) -> &Which {
        match self {
            Self::Drop { which, .. }
            | Self::Add { which, .. }
            | Self::Split { which, .. }
            | Self::Join { which, .. } => which,
        }
    }
}

/// A submission whose items are arranged.
struct Meant<'a> {
    shown: Shown,
    whom: String,
    note: Option<&'a str>,
    actor: String,
    now: jiff::Timestamp,
}

pub(super) fn item(settings: &Settings, arguments: &ItemArguments) -> Outcome {
    let command = &arguments.command;
    if let Command::Split { texts, .. } = command
        && texts.len() < 2
    {
        return Err(Failure::new(
            Exit::Usage,
            "拆分须写出两条以上的内容：item split NUMBER ITEM 'TEXT' 'TEXT'…",
        ));
    }
    if let Command::Join { item, other, .. } = command
        && item == other
    {
        return Err(Failure::new(Exit::Usage, "合并须写明两条不同的意见：item join NUMBER ITEM ITEM"));
    }
    let which = command.which();
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let number = number::one(&settings.consultations, &which.number, &which.of)?;
    let Some(shown) = store.show(&number)? else { return Err(no_submission(&number)) };
    let meant = Meant {
        whom: whom::whom(&mut shown.clone()),
        shown,
        note: which.note.as_deref().map(str::trim).filter(|note| !note.is_empty()),
        actor: actor(),
        now,
    };
    let consultation = settings.consultations.iter().find(|found| found.id == meant.shown.consultation);
    let said = match command {
        Command::Drop { items, .. } => meant.drop(&mut store, &number::ordinals(items)?)?,
        Command::Add { text, clause: written, .. } => {
            let written = written.as_deref().map(str::trim).filter(|written| !written.is_empty());
            let clause = written.map(|written| clause(written, consultation)).transpose()?;
            let text = content(text)?;
            meant.counts()?;
            let arranged = meant.arrange(
                &mut store,
                &Arrangement::Add { text: &text, clause: clause.as_deref(), decided: (None, None) },
            )?;
            arranged + meant.strange(&text)
        }
        Command::Split { item, texts, .. } => {
            let named = |text: String| {
                let clause = consultation.and_then(|found| details::clause_named(&text, found));
                (text, clause)
            };
            // What is typed with other marks than the letter has is the letter's own words all the same.
            let written = |text: String| {
                meant.text_of(*item).and_then(|whole| as_written(&text, whole)).unwrap_or(text)
            };
            let texts: Vec<(String, Option<String>)> =
                texts.iter().map(|text| content(text).map(written).map(named)).collect::<Result<_, _>>()?;
            meant.holds(*item, &texts)?;
            let said = meant.arrange(&mut store, &Arrangement::Split { item: *item, texts: &texts })?;
            said + &meant.left_out(*item, &texts)
        }
        Command::Join { item, other, .. } => {
            let items = (*item, *other);
            let clause = consultation
                .zip(meant.joined(items))
                .and_then(|(found, text)| details::clause_named(&text, found));
            meant.arrange(&mut store, &Arrangement::Join { items, clause: clause.as_deref() })?
        }
    };
    print(&said)?;
    Ok(Exit::Ok)
}

fn content(text: &str) -> Result<String, Failure> {
    let text = text.replace("\r\n", "\n");
    match text.trim() {
        "" => Err(Failure::new(Exit::Data, "意见条目须有内容")),
        text => Ok(text.to_owned()),
    }
}

impl Meant<'_> {
    /// All of them or none.
    fn drop(&self, store: &mut Store, items: &[usize]) -> Result<String, Failure> {
        let Self { shown, whom, note, actor, now } = self;
        let number = shown.row.number.as_str();
        let (no_opinion, field) = (Adoption::NoOpinion, CorrectionField::Adoption);
        let mut masked = shown.clone();
        super::masking::mask_shown(&mut masked);
        let mut text = String::new();
        let writing = store.begin()?;
        for item in items {
            let ordinal = i64::try_from(*item).unwrap_or(i64::MAX);
            let new = NewCorrection {
                number,
                item: Some(ordinal),
                field,
                value: Some(no_opinion.as_str()),
                note: *note,
            };
            let _ = match writing.correct(&new, actor, *now)? {
                Corrected::Done(old) => {
                    let said = item.checked_sub(1).and_then(|at| masked.opinions.get(at));
                    let said = said.map_or_else(String::new, |item| whom::beginning(&item.text));
                    let old = old.map_or_else(String::new, |old| format!("；原采纳情况“{old}”已被覆盖"));
                    writeln!(
                        text,
                        "{whom}：第 {item} 条“{said}”列为{}，文字保留{old}；撤销：correct --undo {number} --item {item} {}",
                        no_opinion.long(),
                        field.short()
                    )
                }
                Corrected::Same => {
                    writeln!(text, "{whom}：第 {item} 条本来就是{}，没有改动。", no_opinion.long())
                }
                Corrected::NoItem => return Err(no_item(whom, shown.opinions.len())),
                Corrected::NoSubmission => return Err(no_submission(number)),
                Corrected::Erased => return Err(erased(number)),
            };
        }
        writing.commit()?;
        Ok(text)
    }

    fn text_of(&self, item: usize) -> Option<&str> {
        Some(self.shown.opinions.get(item.checked_sub(1)?)?.text.as_str())
    }

    /// Two items as the one that they become.
    fn joined(&self, (one, other): (usize, usize)) -> Option<String> {
        Some(format!("{}\n{}", self.text_of(one.min(other))?, self.text_of(one.max(other))?))
    }

    /// Refuses pieces that are not of the item: nobody else's words become the writer's.
    fn holds(&self, item: usize, pieces: &[(String, Option<String>)]) -> Result<(), Failure> {
        let Some(whole) = self.text_of(item) else { return Ok(()) };
        let Some((foreign, _)) = pieces.iter().find(|(piece, _)| !is_of(piece, whole)) else { return Ok(()) };
        let mut masked = self.shown.clone();
        super::masking::mask_shown(&mut masked);
        let whole = masked.opinions.get(item.saturating_sub(1)).map_or("", |item| item.text.as_str());
        let message = format!(
            "{}：“{foreign}”不是第 {item} 条中的文字，没有拆分；该条原文：“{whole}”。只能用来信人的原话拆分，可以略去文字；要改文字用 correct --item {item} 内容",
            self.whom
        );
        Err(Failure::new(Exit::Data, message))
    }

    /// The words of the item that stand in none of its pieces: whoever leaves words out sees which.
    fn left_out(&self, item: usize, pieces: &[(String, Option<String>)]) -> String {
        let Some(whole) = self.text_of(item) else { return String::new() };
        let pieces: Vec<&str> = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
        let left = left_out(&pieces, whole);
        if left.is_empty() {
            return String::new();
        }
        let names = super::masking::mask_shown(&mut self.shown.clone());
        let said: Vec<String> = left.iter().map(|words| format!("“{}”", names.mask(words))).collect();
        format!("  原条目中有文字没有列入任何一条，不再计：{}；不该略去的，撤销后重新拆分\n", said.join("、"))
    }

    /// Refuses to add to a letter that does not count.
    fn counts(&self) -> Result<(), Failure> {
        let (whom, row) = (&self.whom, &self.shown.row);
        if row.status != Status::Denied.as_str() {
            return Ok(());
        }
        let message =
            format!("{whom} 经核对不计入，没有增加意见；应当计入的，先执行 review reopen {}", row.number);
        Err(Failure::new(Exit::Data, message))
    }

    /// What is added and stands in none of its mails: it may stand in a file, which is not read.
    fn strange(&self, text: &str) -> &'static str {
        let Shown { full_text, row, supplements, attachments, .. } = &self.shown;
        let is_said = is_of(text, full_text)
            || is_of(text, &row.comment)
            || supplements.iter().any(|later| is_of(text, &later.comment));
        match (is_said, attachments.is_empty()) {
            (true, _) => "",
            (false, true) => "  注意：来信中没有这句话；意见须用来信人的原话，写错的照上面的命令撤销\n",
            (false, false) => {
                "  注意：来信正文中没有这句话，请与附件核对；意见须用来信人的原话，写错的照上面的命令撤销\n"
            }
        }
    }

    fn arrange(&self, store: &mut Store, wanted: &Arrangement<'_>) -> Result<String, Failure> {
        let Self { shown, whom, note, actor, now } = self;
        let number = shown.row.number.as_str();
        let writing = store.begin()?;
        let arranged = writing.arrange(number, wanted, *note, actor, *now)?;
        writing.commit()?;
        match arranged {
            Arranged::Done(before, after) => {
                let mut text = format!(
                    "{whom}：意见 {before} 条 → {after} 条；原来的条目另存，撤销：correct --undo {number} {}\n",
                    CorrectionField::Items.short()
                );
                text.push_str(&items_now(store, number)?);
                if let (Arrangement::Split { .. }, Some(group)) = (wanted, &shown.membership) {
                    text.push_str(&others_of_group(group, number));
                }
                Ok(text)
            }
            Arranged::NoSubmission => Err(no_submission(number)),
            Arranged::Erased => Err(erased(number)),
            Arranged::NoItem(items) => Err(no_item(whom, items)),
            Arranged::DecidedOtherwise => Err(Failure::new(
                Exit::Data,
                format!("{whom}：两条意见的采纳情况或理由不同，没有合并；先用 correct 改为一致"),
            )),
        }
    }
}

/// What a split leaves as it is of the letters that say the same.
fn others_of_group(group: &Membership, number: &str) -> String {
    let others = group.submissions.saturating_sub(1);
    let place =
        if group.leader == number { "本件是代表件，仍是代表件" } else { "本件仍在组中" };
    format!(
        "  相同来信第 {} 组共 {} 件，按整封来信比对，不因拆分改变（{place}）。其余 {others} 件的意见没有随之拆分，仍各按原来的条目计条；\
         要同样拆分的，对各件执行 item split（list --status 已登记 列出组号）。新拆出的各条尚未归类，export 或者 group propose 时归类\n",
        group.number, group.submissions
    )
}

/// The items as they stand, each by its beginning, and its clause.
fn items_now(store: &Store, number: &str) -> Result<String, Failure> {
    let Some(mut shown) = store.show(number)? else { return Ok(String::new()) };
    super::masking::mask_shown(&mut shown);
    let mut text = String::new();
    for (at, item) in (1..).zip(&shown.opinions) {
        let clause = item.clause.as_deref().map_or_else(String::new, |clause| format!("〔{clause}〕"));
        let _ = writeln!(text, "  第 {at} 条{clause}：{}", whom::beginning(&item.text));
    }
    Ok(text)
}

/// Whether all that a piece says stands in the whole, in its order; words may be left out, marks and blanks may differ.
pub(super) fn is_of(piece: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    piece.chars().filter(|c| c.is_alphanumeric()).all(|wanted| rest.any(|c| c == wanted))
}

/// Words of a whole that no piece has, each run of them with the marks in it. A single sign only numbers what stands behind it.
fn left_out<'a>(pieces: &[&str], whole: &'a str) -> Vec<&'a str> {
    let signs: Vec<(usize, char)> = whole.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect();
    let mut is_said = vec![false; signs.len()];
    for piece in pieces {
        let wanted: Vec<char> = piece.chars().filter(|c| c.is_alphanumeric()).collect();
        let whole_piece = signs
            .windows(wanted.len().max(1))
            .enumerate()
            .filter(|(_, part)| part.iter().map(|(_, c)| c).eq(&wanted));
        // The same words may stand there twice: those that nobody took yet.
        let is_free =
            |at: &usize| is_said.get(*at..*at + wanted.len()).is_some_and(|part| !part.contains(&true));
        let places: Vec<usize> = whole_piece.map(|(at, _)| at).collect();
        if let Some(at) = places.iter().find(|at| is_free(at)).or(places.first()).copied() {
            is_said.iter_mut().skip(at).take(wanted.len()).for_each(|said| *said = true);
            continue;
        }
        let mut places = signs.iter().zip(&mut is_said);
        for wanted in wanted {
            if let Some((_, said)) = places.find(|((_, sign), _)| *sign == wanted) {
                *said = true;
            }
        }
    }
    let (mut runs, mut is_run) = (Vec::<(usize, usize, usize)>::new(), false);
    for ((at, sign), said) in signs.iter().zip(&is_said) {
        let end = at + sign.len_utf8();
        match runs.last_mut().filter(|_| is_run) {
            Some((_, until, count)) if !said => (*until, *count) = (end, *count + 1),
            _ if !said => runs.push((*at, end, 1)),
            _ => {}
        }
        is_run = !said;
    }
    let said = |run: &(usize, usize, usize)| whole.get(run.0..run.1).filter(|_| run.2 > 1);
    runs.iter().filter_map(said).map(without_next_number).collect()
}

/// 另外周末也要开。2: without the number of the point behind it.
fn without_next_number(text: &str) -> &str {
    let is_number = |rest: &str| !rest.chars().any(|c| c.is_alphanumeric() && !c.is_numeric());
    let parts = text.rsplit_once(['。', '！', '？', '；', '!', '?', ';', '\n']);
    parts.filter(|(_, behind)| is_number(behind)).map_or(text, |(said, _)| said)
}

/// A piece as the whole has it, where its letters and digits stand there one behind the other: with the writer's own marks between
/// them, and around them as far as the piece has any.
fn as_written(piece: &str, whole: &str) -> Option<String> {
    let wanted: Vec<char> = piece.chars().filter(|c| c.is_alphanumeric()).collect();
    let all: Vec<(usize, char)> = whole.char_indices().filter(|(_, c)| c.is_alphanumeric()).collect();
    let at = all.windows(wanted.len().max(1)).position(|part| part.iter().map(|(_, c)| c).eq(&wanted))?;
    let (first, (last, end)) = (all.get(at)?.0, *all.get(at + wanted.len() - 1)?);
    let is_mark = |c: &char| !c.is_alphanumeric() && !c.is_whitespace();
    let (before, behind) = (whole.get(..first)?, whole.get(last + end.len_utf8()..)?);
    let marks = |found: &mut dyn Iterator<Item = char>, most: usize| -> usize {
        found.take(most).take_while(|c| is_mark(c)).map(char::len_utf8).sum()
    };
    let most = |found: &mut dyn Iterator<Item = char>| found.take_while(|c| is_mark(c)).count();
    let from = first - marks(&mut before.chars().rev(), most(&mut piece.chars()));
    let until = last + end.len_utf8() + marks(&mut behind.chars(), most(&mut piece.chars().rev()));
    // 延长。 out of 延长办理时间: the stop is the clerk's, where the letter has none.
    let ends = piece.trim_end_matches(|c| is_mark(&c)).len();
    let stop = if until == last + end.len_utf8() { piece.get(ends..)? } else { "" };
    Some(format!("{}{stop}", whole.get(from..until)?))
}

fn erased(number: &str) -> Failure {
    Failure::new(Exit::Data, format!("{number} 的个人信息和原件已删除，没有可更正的内容"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_no_piece_is_named() {
        let whole = "1. 延长窗口时间，另外周末也要开。2. 减少材料，材料太多。";
        for (pieces, due) in [
            (&["延长窗口时间", "减少材料，材料太多。"][..], vec!["另外周末也要开"]),
            (&["延长窗口时间，另外周末也要开。", "减少材料，材料太多。"], vec![]),
            (&["延长时间", "周末也要开", "减少材料，材料太多"], vec!["窗口", "另外"]),
            (&["延长窗口时间，另外周末也要开", "减少材料"], vec!["材料太多"]),
        ] {
            // What numbers the points is no word.
            assert_eq!(left_out(pieces, whole), due, "{pieces:?}");
        }
        assert_eq!(left_out(&["减少材料", "减少材料"], "减少材料，减少材料"), [""; 0]);
    }

    #[test]
    fn a_piece_is_kept_with_the_marks_of_its_writer() {
        let whole = "跑了三个窗口，建议真正做到“只进一门”，别让人再去。";
        for (piece, due) in [
            ("建议真正做到\"只进一门\",别让人再去.", Some("建议真正做到“只进一门”，别让人再去。")),
            ("跑了三个窗口", Some("跑了三个窗口")),
            ("跑了三个窗口,", Some("跑了三个窗口，")),
            ("\"只进一门\"", Some("“只进一门”")),
            ("跑了三个。", Some("跑了三个。")),
            ("跑了窗口", None),
            ("，", None),
        ] {
            assert_eq!(as_written(piece, whole).as_deref(), due, "{piece}");
        }
    }
}
