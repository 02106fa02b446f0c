//! Which letters are meant, as it is typed: the same options for every command that lists, searches, shows or writes letters.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::correct::{Place, clause, normal};
use super::meant::meant;
use super::opening::known_consultation;
use super::outcome::{Exit, Failure};
use crate::config::Settings;
use crate::store::{Filter, Store};
use crate::vocabulary::{Consultation, CorrectionField, Flag, SenderKind, Status, shanghai, typed};

/// What stands for a column without a value.
const NONE: [&str; 4] = ["无", "空", "未填写", "未标注"];
/// What letters are that count, in time or late.
const COUNTED: &str = "计入";
/// The one way on which letters come.
const CHANNEL: &str = "邮件";

#[derive(Debug, Args, Default)]
pub(super) struct FilterArguments {
    /// Only this status: accepted, review, late, duplicate, handled, denied or erased; several are written with a comma between them
    #[arg(long, value_delimiter = ',')]
    pub(super) status: Vec<String>,
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    pub(super) consultation: Option<String>,
    /// Only this kind of sender: citizen, enterprise, association or agency
    #[arg(long, value_name = "KIND")]
    sender_kind: Option<String>,
    /// Only what arrived on this day (2024-03-11, 3.11) or from one to another (3.11..3.13), Beijing time
    #[arg(long, value_name = "DAY")]
    pub(super) day: Option<String>,
    /// Only this occupation; 无 for none
    #[arg(long)]
    occupation: Option<String>,
    /// Only letters with an item on this clause; 无 for none
    #[arg(long)]
    clause: Option<String>,
    /// Only letters with this flag
    #[arg(long)]
    flag: Option<String>,
    /// Only letters with an item in this group (类号)
    #[arg(long, value_name = "N")]
    group: Option<i64>,
    /// Only letters with an item in a group of this 承办处室
    #[arg(long, value_name = "WHO")]
    pub(super) handler: Option<String>,
    /// Only what came this way: 邮件
    #[arg(long, value_name = "WAY")]
    channel: Option<String>,
    /// Only letters without the name of a person or a unit
    #[arg(long, conflicts_with = "of_name")]
    no_name: bool,
    /// Only letters with this in the name of the writer or of the unit; `search` looks into what they say too
    #[arg(long = "name", value_name = "NAME")]
    of_name: Option<String>,
    /// Only what was decided on and still owes its writer an answer, until `review answered` says that he had one
    #[arg(long)]
    unanswered: bool,
    /// Only what counts and has all of its opinion in a file or behind a link, until its items are entered (`item add`)
    #[arg(long)]
    unentered: bool,
}

impl FilterArguments {
    /// From when to when what is meant arrived.
    pub(super) fn arrived(&self, settings: &Settings) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
        let all = &settings.consultations;
        let named = self.consultation.as_deref().and_then(|id| all.iter().find(|found| found.id == id));
        self.day.as_deref().map(|day| arrived(day, named.or(all.last()))).transpose()
    }

    pub(super) fn filter(&self, settings: &Settings, store: &Store) -> Result<Filter, Failure> {
        known_consultation(settings, store, self.consultation.as_deref())?;
        let all = &settings.consultations;
        let named = self.consultation.as_deref();
        let consultation = match (named, all.as_slice()) {
            (Some(id), _) => all.iter().find(|found| found.id == id),
            (None, [one]) => Some(one),
            (None, _) => None,
        };
        let status = |written: &String| {
            // What counts, in time or late.
            if typed::folded(written) == COUNTED {
                return Ok(vec![Status::Accepted, Status::Late]);
            }
            meant("状态", Status::ALL, written).map(|found| vec![found])
        };
        let statuses = self.status.iter().map(status).collect::<Result<Vec<_>, _>>()?.concat();
        if let Some(written) = self.channel.as_deref().filter(|written| typed::folded(written) != CHANNEL) {
            return Err(Failure::new(Exit::Usage, format!("没有“{written}”这种渠道；可写：{CHANNEL}")));
        }
        let kind =
            self.sender_kind.as_deref().map(|kind| meant("来信人类别", SenderKind::ALL, kind)).transpose()?;
        let flag = self.flag.as_deref().map(|flag| meant("标记", Flag::ALL, flag)).transpose()?;
        Ok(Filter {
            statuses: statuses.iter().map(|status| status.as_str().to_owned()).collect(),
            consultation: self.consultation.clone(),
            sender_kind: kind.map(|kind| kind.as_str().to_owned()),
            arrived: self.arrived(settings)?,
            occupation: self
                .occupation
                .as_deref()
                .map(|written| occupation(written, consultation, all))
                .transpose()?,
            clause: match self.clause.as_deref() {
                Some(written) if is_none(written) => Some(None),
                Some(written) => Some(Some(one_clause(written, consultation, all)?)),
                None => None,
            },
            flag: flag.map(|flag| flag.as_str().to_owned()),
            group: self.group.map(|number| one_group(store, named, number)).transpose()?,
            handler: self.handler.as_deref().map(|typed| known_handler(store, named, typed)).transpose()?,
            is_unnamed: self.no_name,
            name: self.of_name.as_deref().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
            is_unanswered: self.unanswered,
            is_unentered: self.unentered,
            words: Vec::new(),
            among: None,
            reason: None,
        })
    }
}

/// A group of one consultation: each numbers its own.
fn one_group(store: &Store, consultation: Option<&str>, number: i64) -> Result<i64, Failure> {
    let found = store.consultations_with_group(number)?;
    let is_there = |id: &str| found.iter().any(|found| found == id);
    match (consultation, found.as_slice()) {
        (Some(id), _) if is_there(id) => Ok(number),
        (None, [_]) => Ok(number),
        (None, [_, _, ..]) => {
            let ids = found.join("、");
            let message =
                format!("第 {number} 类在几次征求意见中都有（{ids}）；请用 --consultation 指明是哪一次的");
            Err(Failure::new(Exit::Usage, message))
        }
        _ => Err(Failure::new(Exit::Usage, format!("没有第 {number} 类；group list 列出各类"))),
    }
}

/// A 承办处室 that some group has, as it is written there.
pub(super) fn known_handler(
    store: &Store,
    consultation: Option<&str>,
    typed: &str,
) -> Result<String, Failure> {
    let wanted = typed::folded(typed);
    let mut known = store.handlers(consultation)?;
    if let Some(at) = known.iter().position(|known| typed::folded(known) == wanted) {
        return Ok(known.swap_remove(at));
    }
    let message = if known.is_empty() {
        format!("没有“{typed}”这个承办处室：还没有一类写明承办处室，用 group set 类号 --handler 处室 写明")
    } else {
        format!("没有“{typed}”这个承办处室；已写明的有：{}", known.join("、"))
    };
    Err(Failure::new(Exit::Usage, message))
}

fn is_none(written: &str) -> bool {
    NONE.contains(&typed::folded(written).as_str())
}

fn occupation(
    written: &str,
    consultation: Option<&Consultation>,
    all: &[Consultation],
) -> Result<Option<String>, Failure> {
    if is_none(written) {
        return Ok(None);
    }
    let read = |found: &Consultation| {
        let place = Place { id: &found.id, consultation: Some(found), flags: &[] };
        normal(CorrectionField::Occupation, written, &place)
    };
    if let Some(found) = consultation {
        return read(found);
    }
    // With several consultations each has its own list: what stands in none is nobody's.
    let mut refused = None;
    for found in all.iter().filter(|found| !found.occupation_names().is_empty()) {
        match read(found) {
            Ok(occupation) => return Ok(occupation),
            Err(failure) => refused = refused.or(Some(failure)),
        }
    }
    refused.map_or_else(|| Ok(Some(written.trim().to_owned())), Err)
}

/// The code of a clause as it is typed; with several consultations, of whichever has it.
fn one_clause(
    written: &str,
    consultation: Option<&Consultation>,
    all: &[Consultation],
) -> Result<String, Failure> {
    if consultation.is_some() || all.iter().any(|found| found.clauses.is_empty()) {
        return clause(written, consultation);
    }
    let mut codes: Vec<String> = all.iter().filter_map(|found| clause(written, Some(found)).ok()).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.len() == 1 {
        return Ok(codes.remove(0));
    }
    let what = if codes.is_empty() { "没有条款" } else { "不止一条叫作" };
    let message = format!("{what}“{written}”；请用 --consultation 指明征求意见，再写条款的编号或者名称");
    Err(Failure::new(Exit::Data, message))
}

/// `3.11..3.13`: from the beginning of the one to the end of the other, in Beijing; a day without its year is of the deadline's.
fn arrived(written: &str, consultation: Option<&Consultation>) -> Result<(Timestamp, Timestamp), Failure> {
    let wrong = || {
        Failure::new(
            Exit::Usage,
            format!("“{written}”不是日期；可写 2024-03-11、3.11、3月11日，或者从一天到另一天 3.11..3.13"),
        )
    };
    let year = consultation.map(|found| shanghai(found.closes).year());
    let folded = typed::folded(written);
    let between = ["..", "至", "~"].iter().find_map(|mark| folded.split_once(mark));
    let (first, last) = between.unwrap_or((&folded, &folded));
    let first = day(first, year).ok_or_else(wrong)?;
    let last = day(last, year).ok_or_else(wrong)?;
    if first > last {
        return Err(Failure::new(Exit::Usage, format!("“{written}”：起止日期颠倒")));
    }
    let start = |day: Date| super::days::start(day).ok_or_else(wrong);
    Ok((start(first)?, start(last.tomorrow().map_err(|_| wrong())?)?))
}

fn day(written: &str, year: Option<i16>) -> Option<Date> {
    let numbers: Vec<i16> = written
        .split(['.', '-', '/', '年', '月', '日'])
        .filter(|part| !part.is_empty())
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()?;
    let (year, month, day) = match numbers.as_slice() {
        [year, month, day] => (*year, *month, *day),
        [month, day] => (year?, *month, *day),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_typed_in_several_ways() {
        let consultation =
            Consultation { closes: "2024-03-13T16:00:00Z".parse().unwrap(), ..Consultation::default() };
        let said = |written: &str| {
            let found = arrived(written, Some(&consultation)).ok()?;
            Some(format!("{} {}", found.0, found.1))
        };
        let one = Some("2024-03-10T16:00:00Z 2024-03-11T16:00:00Z".to_owned());
        for written in ["2024-03-11", "3.11", "3月11日", "2024年3月11日", "03-11", "3.11..3.11", "３.11"]
        {
            assert_eq!(said(written), one, "{written}");
        }
        assert_eq!(said("3.11..3.13"), Some("2024-03-10T16:00:00Z 2024-03-13T16:00:00Z".to_owned()));
        assert_eq!(said("3.11至3.13"), said("3.11..3.13"));
        for written in ["", "3", "3.32", "3.13..3.11", "昨天", "2023-02-29"] {
            assert_eq!(said(written), None, "{written}");
        }
    }
}
