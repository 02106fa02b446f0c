//! `group`: the groups (类) of opinion items at the terminal, for those who do not take the workbook: the same changes, the same event.

mod board;

use std::collections::BTreeSet;
use std::fmt::Write;

use clap::{Args, Subcommand};

use self::board::{Board, changed};
use super::actor::actor;
use super::adopt::{Adoption, apply};
use super::correct::REASON_OWED;
use super::export::{group as propose, which};
use super::filter::known_handler;
use super::meant::meant;
use super::opening::{open_for_reading, open_for_writing};
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::Settings;
use crate::store::Store;
use crate::vocabulary::{Adoption as Word, Consultation, Status, sha256_hex};
use crate::workbook::{Changed, Compared};
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct GroupArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Of {
    /// Which consultation; needed where several are configured
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the items that have no group yet into one, as `export` does
    Propose {
        #[command(flatten)]
        of: Of,
    },
    /// List the groups of registered letters
    List {
        #[command(flatten)]
        of: Of,
        /// Only groups on which nothing is decided
        #[arg(long)]
        undecided: bool,
        /// Only the groups of this 承办处室
        #[arg(long, value_name = "WHO")]
        handler: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a group with its items; personal data is masked
    Show {
        /// The number of the group
        group: i64,
        #[command(flatten)]
        of: Of,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say in a few words what the group says (意见要点)
    Rename {
        /// The number of the group
        group: i64,
        /// The words; '' empties them
        #[arg(allow_hyphen_values = true)]
        point: String,
        #[command(flatten)]
        of: Of,
    },
    /// Decide on a group, and so on each of its items that has no decision of its own
    Decide {
        /// The number of the group
        group: i64,
        /// 采纳, 部分采纳, 不采纳, 研究中, 已体现 or 转有关部门研究; '' takes the decision away
        adoption: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Set who works on a group, whether it is published, and what is remarked
    Set {
        /// The number of the group
        group: i64,
        /// 承办处室; '' empties it
        #[arg(long, value_name = "WHO")]
        handler: Option<String>,
        /// 公开: 是 or 否
        #[arg(long, value_name = "YES")]
        published: Option<String>,
        /// 备注; '' empties it
        #[arg(long)]
        remark: Option<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Move items to another group
    Move {
        /// The number of the group they go to
        group: i64,
        /// Items: NUMBER:ITEM, or NUMBER for all of a letter's
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Make a new group of some items of a group
    Split {
        /// The number of the group they leave
        group: i64,
        /// Items: NUMBER:ITEM, or NUMBER for all that the letter has in the group
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Put all items of other groups into a group
    Join {
        /// The number of the group that stays
        group: i64,
        /// The numbers of the others
        #[arg(required = true, value_name = "OTHER")]
        others: Vec<i64>,
        #[command(flatten)]
        of: Of,
    },
}

impl Command {
    const fn of(&self) -> &Of {
        match self {
            Self::Propose { of }
            | Self::List { of, .. }
            | Self::Show { of, .. }
            | Self::Rename { of, .. }
            | Self::Decide { of, .. }
            | Self::Set { of, .. }
            | Self::Move { of, .. }
            | Self::Split { of, .. }
            | Self::Join { of, .. } => of,
        }
    }
}

pub(super) fn group(settings: &Settings, arguments: &GroupArguments) -> Outcome {
    let command = &arguments.command;
    let consultation = which(settings, command.of().consultation.as_deref())?;
    match command {
        Command::List { undecided, handler, json, .. } => {
            let store = open_for_reading(settings)?;
            let board = Board::read(&store, &consultation.id, &[Status::Accepted])?;
            let handler = handler
                .as_deref()
                .map(|typed| known_handler(&store, Some(&consultation.id), typed))
                .transpose()?;
            board.list(*undecided, handler.as_deref(), *json)?;
            return Ok(Exit::Ok);
        }
        Command::Show { group, json, .. } => {
            let store = open_for_reading(settings)?;
            let board = Board::read(&store, &consultation.id, Status::ALL)?;
            board.show(&store, *group, *json)?;
            return Ok(Exit::Ok);
        }
        _ => {}
    }
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    if let Command::Propose { .. } = command {
        let accepted = [Status::Accepted.as_str().to_owned()];
        let placed = propose(&mut store, &consultation.id, &accepted, now)?;
        print(&format!("归类 {placed} 条；group list 列出各类\n"))?;
        return Ok(Exit::Ok);
    }
    let mut board = Board::read(&store, &consultation.id, Status::ALL)?;
    let wanted = wanted(settings, consultation, &board, command)?;
    let said = change(&mut store, consultation, &mut board, wanted, now)?;
    print(&said)?;
    Ok(Exit::Ok)
}

/// What is to be changed, and of which group it is said.
struct Wanted {
    group: i64,
    changes: Vec<Changed>,
    said: String,
}

fn wanted(
    settings: &Settings,
    consultation: &Consultation,
    board: &Board,
    command: &Command,
) -> Result<Wanted, Failure> {
    let field = |group: &i64, fields: &[(&'static str, Option<String>)]| -> Result<Vec<Changed>, Failure> {
        let found = board.group(*group)?;
        let set = fields.iter().filter_map(|(name, value)| Some((*name, value.clone()?)));
        Ok(set.map(|(name, new)| changed("groups", found.id, name, found.get(name), new)).collect())
    };
    let (group, changes, said) = match command {
        Command::Rename { group, point, .. } => {
            (*group, field(group, &[("point", Some(line(point)))])?, String::new())
        }
        Command::Decide { group, adoption, reason, .. } => {
            let decided = match adoption.trim() {
                "" => String::new(),
                written => match meant("采纳情况", Word::ALL, written)? {
                    Word::NoOpinion => {
                        let message = "整类不能列为非意见；逐条用 item drop 编号 条";
                        return Err(Failure::new(Exit::Usage, message));
                    }
                    word => word.as_str().to_owned(),
                },
            };
            let reason = reason.as_deref().map(line).or_else(|| decided.is_empty().then(String::new));
            let found = board.group(*group)?;
            let is_said = |reason: &str| !reason.trim().is_empty();
            let is_owed = decided == Word::Rejected.as_str()
                && !reason.as_deref().map_or_else(|| is_said(found.get("adoption_reason")), is_said);
            let owed = if is_owed {
                format!("{REASON_OWED}：group decide {group} {decided} --reason 理由；")
            } else {
                String::new()
            };
            (*group, field(group, &[("adoption", Some(decided)), ("adoption_reason", reason)])?, owed)
        }
        Command::Set { group, handler, published, remark, .. } => {
            if let Some(written) = published.as_deref()
                && !["是", "否", ""].contains(&written.trim())
            {
                return Err(Failure::new(Exit::Usage, format!("公开“{written}”：只能填 是、否，或者留空")));
            }
            let fields = [("handler", handler), ("published", published), ("remark", remark)];
            let fields = fields.map(|(name, value)| (name, value.as_deref().map(line)));
            if fields.iter().all(|(_, value)| value.is_none()) {
                return Err(Failure::new(Exit::Usage, "请写明 --handler、--published 或 --remark"));
            }
            (*group, field(group, &fields)?, String::new())
        }
        Command::Move { group, items, .. } => {
            board.group(*group)?;
            let moved = board.items(settings, consultation, items, None)?;
            let said = format!("移入 {} 条；", moved.len());
            (*group, board.moved(&moved, &group.to_string()), said)
        }
        Command::Split { group, items, .. } => {
            let moved = board.items(settings, consultation, items, Some(*group))?;
            if moved.len() == board.members(*group) {
                let message = format!("第 {group} 类只有这 {} 条，没有可拆分的", moved.len());
                return Err(Failure::new(Exit::Data, message));
            }
            let new = board.last + 1;
            let said = format!("拆出 {} 条，另立第 {new} 类；", moved.len());
            (*group, board.moved(&moved, &new.to_string()), said)
        }
        Command::Join { group, others, .. } => {
            board.group(*group)?;
            let mut moved = BTreeSet::new();
            for other in others.iter().filter(|other| *other != group) {
                board.group(*other)?;
                moved.extend(board.of_group(*other));
            }
            let said = format!("并入 {} 条；", moved.len());
            (*group, board.moved(&moved.into_iter().collect::<Vec<_>>(), &group.to_string()), said)
        }
        Command::Propose { .. } | Command::List { .. } | Command::Show { .. } => {
            return Err(Failure::new(Exit::Usage, ""));
        }
    };
    Ok(Wanted { group, changes, said })
}

/// On one line: it stands in one cell.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn change(
    store: &mut Store,
    consultation: &Consultation,
    board: &mut Board,
    wanted: Wanted,
    now: jiff::Timestamp,
) -> Result<String, Failure> {
    let Wanted { group, mut changes, said } = wanted;
    changes.retain(|change| change.old != change.new);
    let items: BTreeSet<i64> =
        changes.iter().filter(|change| change.sheet == "items").map(|change| change.id).collect();
    let groups: BTreeSet<i64> =
        changes.iter().filter(|change| change.sheet == "groups").map(|change| change.id).collect();
    let standing = std::mem::take(&mut board.standing);
    let settled = standing.settle(&changes, &items, &groups);
    let of = board.called(group);
    if changes.is_empty() {
        return Ok(format!("{of}：本来如此，没有改动。\n"));
    }
    let token = sha256_hex(format!("{now} {changes:?}").as_bytes());
    let mut text = format!("{of}：{said}");
    for change in changes.iter().filter(|change| change.sheet == "groups") {
        let old = if change.old.is_empty() { "空" } else { &change.old };
        let new = if change.new.is_empty() { "空" } else { &change.new };
        let _ = write!(text, "{} {old} → {new}；", board::heading(change.field));
    }
    if !settled.is_empty() {
        let _ = write!(text, "其中 {} 条的采纳情况或理由随之改动；", settled.len());
    }
    let _ = writeln!(text, "撤销：adopt --undo {}", token.chars().take(12).collect::<String>());
    let compared = Compared { changes, ..Compared::default() };
    let adoption = Adoption {
        consultation,
        sha256: vec![token],
        is_file: false,
        compared,
        added: Vec::new(),
        settled,
        standing,
    };
    apply(store, &adoption, &actor(), now)?;
    Ok(text)
}
