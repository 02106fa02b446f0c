//! Mail that belongs to no letter: set aside because it could not be read, or not for us. It is erased by its place in the mailbox, and
//! named where the same person's data are erased, shown to him or past their time.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::edges::{confirm_by, sweep};
use super::told;
use crate::cli::actor::actor;
use crate::cli::outcome::{Exit, Failure, Outcome, print};
use crate::cli::sentences;
use crate::cli::submissions::when;
use crate::config::Settings;
use crate::mask::Blot;
use crate::parse::{self, ParseLimits};
use crate::store::{Aside, Eraser, Store, Traces};
use crate::vocabulary::{CorrectionField, Disposition, typed};
use crate::words::Chinese;

/// Bytes of a mail that are looked through as they stand; behind them what was read of it.
const MOST_RAW_BYTES: usize = 256 << 10;
/// Most mails that are listed.
const MOST: usize = 20;
/// What parts a folder from a UID or a file's name.
const BETWEEN: char = '/';

/// Fewest digits of a digest that name a mail.
const SHORTEST_DIGEST: usize = 8;

/// Whether an argument is a place in the mailbox, or the beginning of a digest, and no number.
pub(super) fn is_place(argument: &str) -> bool {
    let is_digest = argument.len() >= SHORTEST_DIGEST
        && argument.bytes().all(|byte| byte.is_ascii_hexdigit())
        && argument.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_digest || argument.contains(BETWEEN)
}

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) places: &'a [String],
    pub(super) only: &'a [String],
    pub(super) note: &'a str,
    pub(super) yes: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// Erases them, all or none.
pub(super) fn erase(settings: &Settings, asked: &Asked<'_>, store: &mut Store) -> Outcome {
    if !asked.places.iter().all(|argument| is_place(argument)) {
        return Err(Failure::new(Exit::Usage, "登记编号和邮箱中的位置（文件夹/标识）请分两次删除；没有改动"));
    }
    if !asked.only.is_empty() {
        let message = "没有登记的邮件只有原件，不能只删其中几项：去掉 --only，整封删除；没有改动";
        return Err(Failure::new(Exit::Usage, message));
    }
    let mut found: Vec<Aside> = Vec::new();
    for place in asked.places {
        let one = of_place(store, place.trim())?;
        if found.iter().all(|other| other.entry != one.entry) {
            found.push(one);
        }
    }
    found.retain(|one| one.is_kept);
    if found.is_empty() {
        print("没有存着所列邮件的任何内容，没有再改动；以下只是把数据库文件重写一遍。\n")?;
        return sweep(settings, store);
    }
    for one in &found {
        not_in_note(store, one, asked.note, limits(settings))?;
        print(&preview(store, one)?)?;
    }
    print(told::BEYOND)?;
    let wanted: Vec<String> = found.iter().map(place).collect();
    confirm_by(asked.yes, &wanted.join(","), |answer| {
        let typed: Vec<String> = answer.split([',', '，', '、']).map(typed::folded).collect();
        let given: Vec<String> = asked.places.iter().map(|place| typed::folded(place.trim())).collect();
        let wanted: Vec<String> = wanted.iter().map(|place| typed::folded(place)).collect();
        typed == wanted || typed == given
    })?;
    let by = Eraser { actor: &actor(), note: asked.note, now: asked.now };
    let writing = store.begin()?;
    for one in &found {
        writing.erase_aside(one, &by)?;
    }
    writing.commit()?;
    print(&format!("已删除 {}，事件记录在案。\n", wanted.join("、")))?;
    sweep(settings, store)
}

/// The mail that lies there.
fn of_place(store: &Store, typed: &str) -> Result<Aside, Failure> {
    let mut found: Vec<Aside> = Vec::new();
    for entry in store.entries_at(typed)? {
        let Some(one) = store.aside(entry)? else { continue };
        if let Some(number) = &one.number {
            let message = format!("{typed} 已登记为 {number}：用 erase {number} 删除；没有改动");
            return Err(Failure::new(Exit::Data, message));
        }
        if one.message.is_none() || found.iter().all(|other| other.message != one.message) {
            found.push(one);
        }
    }
    // One that lies under the same UID of an earlier mailbox may hold nothing any more.
    if found.len() > 1 {
        found.retain(|one| one.is_kept);
    }
    if found.len() > 1 {
        let message =
            format!("{typed} 有 {} 封，不知道是哪一封：请改用摘要（explain 列出）；没有改动", found.len());
        return Err(Failure::new(Exit::Data, message));
    }
    found.pop().ok_or_else(|| {
        let message =
            format!("没有关于 {typed} 的记录：位置写作 文件夹/标识，两者在 view 其他邮件 中；没有改动");
        Failure::new(Exit::Data, message)
    })
}

/// Folder and UID, as they are typed.
pub(in crate::cli) fn place(aside: &Aside) -> String {
    let of = |(folder, uid): &(String, String)| format!("{}{BETWEEN}{uid}", folder.trim_end_matches(BETWEEN));
    aside.places.first().map(of).unwrap_or_default()
}

fn preview(store: &Store, aside: &Aside) -> Result<String, Failure> {
    let mut text = String::new();
    let kind = aside.disposition.map_or("", |disposition| disposition.short());
    let what = match aside.message {
        Some(_) => format!("原件 1 封、附件 {} 个，主题和读出的内容", aside.attachments),
        None => "文件名和邮件服务器说明中的内容（原件没有保存）".to_owned(),
    };
    let _ = writeln!(
        text,
        "将删除 {}（{kind}：{}；{} 到达，{} 字节）：{what}\n  \
         保留：文件夹、标识、时间、大小、摘要和事件记录；同一封邮件再读到时不再保存",
        place(aside),
        sentences::entry(&aside.reason),
        when(aside.arrived_at),
        aside.size_bytes,
    );
    if aside.places.len() > 1 {
        let also: Vec<String> = aside
            .places
            .iter()
            .skip(1)
            .take(MOST)
            .map(|(folder, uid)| format!("{folder}{BETWEEN}{uid}"))
            .collect();
        let _ = writeln!(text, "  同一封邮件还在：{}", also.join("、"));
    }
    if let Some(message) = aside.message {
        for line in told::departures(&store.departures_of_aside(message)?) {
            let _ = writeln!(text, "  {line}");
        }
    }
    Ok(text)
}

/// The note stays: nothing of what is erased may stand in it.
fn not_in_note(store: &Store, aside: &Aside, note: &str, limits: ParseLimits) -> Result<(), Failure> {
    let words = [said(store, aside, limits)?.from, vec![place(aside)]].concat();
    let words: Vec<String> = words.into_iter().filter(|word| word.chars().count() > 1).collect();
    if Blot::new("***", &[], &words).out_of(note).is_some() {
        let message = "--note 会保留，其中不要写要删除的姓名、地址或者文件名；没有改动";
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// How far a mail is read for what it says.
pub(in crate::cli) fn limits(settings: &Settings) -> ParseLimits {
    ParseLimits {
        text_bytes: settings.limits.text_bytes,
        header_bytes: settings.limits.header_bytes,
        attachments: settings.limits.attachments,
        keep_files: false,
    }
}

/// What a mail that was set aside says, as far as it can be read.
#[derive(Debug, Default)]
pub(in crate::cli) struct Said {
    /// Addresses and names of whoever wrote it.
    from: Vec<String>,
    /// Its text; where reading it fails, its bytes.
    pub(in crate::cli) text: String,
    /// Everything in which somebody's data may stand.
    all: String,
}

/// Reads it; it may be of those that the program fails at.
pub(in crate::cli) fn said(store: &Store, aside: &Aside, limits: ParseLimits) -> Result<Said, Failure> {
    let raw = aside.message.map(|id| store.raw_aside(id)).transpose()?.flatten();
    let Some(raw) = raw else { return Ok(Said::default()) };
    let bare = String::from_utf8_lossy(raw.get(..MOST_RAW_BYTES).unwrap_or(&raw)).into_owned();
    let read = catch_unwind(AssertUnwindSafe(|| parse::parse(&raw, limits)));
    let Ok(message) = read else {
        return Ok(Said { text: bare.clone(), all: bare, from: Vec::new() });
    };
    let names = message.from.iter().flat_map(|from| [Some(from.address.clone()), from.display.clone()]);
    let from: Vec<String> = names.flatten().collect();
    let files = message.attachments.iter().filter_map(|file| file.filename.as_deref());
    let text = format!("{}\n{}", message.whole_text(), message.hidden);
    let pieces = [message.subject.as_deref().unwrap_or_default(), &text, &bare];
    let all: Vec<&str> = pieces.into_iter().chain(files).chain(from.iter().map(String::as_str)).collect();
    let all = all.join("\n");
    Ok(Said { from, text, all })
}

impl Said {
    /// Whether the person of this address wrote it.
    pub(in crate::cli) fn is_from(&self, address: &str) -> bool {
        self.from.iter().any(|from| from.eq_ignore_ascii_case(address))
    }

    /// Which of these fields of somebody stand in it.
    fn holds(&self, traces: &Traces) -> Vec<CorrectionField> {
        const CERTAIN: [CorrectionField; 3] =
            [CorrectionField::Name, CorrectionField::Phones, CorrectionField::Emails];
        let stands = |field: &CorrectionField| {
            let words = traces.of(*field);
            let blot = match field {
                CorrectionField::Phones => Blot::new("", &words, &[]),
                _ => Blot::new("", &[], &words),
            };
            blot.out_of(&self.all).is_some()
        };
        CERTAIN.into_iter().filter(stands).collect()
    }
}

/// What was set aside and holds something of these persons.
pub(in crate::cli) fn holding(
    store: &Store,
    traces: &[&Traces],
    limits: ParseLimits,
) -> Result<Vec<(Aside, Vec<CorrectionField>)>, Failure> {
    let mut found = Vec::new();
    for aside in store.set_aside()? {
        let said = said(store, &aside, limits)?;
        let mut fields: Vec<CorrectionField> = Vec::new();
        for field in traces.iter().flat_map(|traces| said.holds(traces)) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        if !fields.is_empty() {
            found.push((aside, fields));
        }
    }
    Ok(found)
}

/// They are named, and how they are erased; empty where there are none.
pub(super) fn also(found: &[(Aside, Vec<CorrectionField>)]) -> String {
    let Some((first, _)) = found.first() else { return String::new() };
    let one = |(aside, fields): &(Aside, Vec<CorrectionField>)| {
        let fields: Vec<&str> = fields.iter().map(Chinese::short).collect();
        format!("{}（{}）", place(aside), fields.join("、"))
    };
    let shown: Vec<String> = found.iter().take(MOST).map(one).collect();
    let more = if found.len() > MOST { " 等" } else { "" };
    format!(
        "另有 {} 封{}的邮件中有其信息，不在这次删除之内：{}{more}；核对后整封删除：erase {} --note 原因\n",
        found.len(),
        Disposition::Quarantined.short(),
        shown.join("、"),
        place(first)
    )
}
