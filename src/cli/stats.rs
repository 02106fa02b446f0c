//! `stats`: the figures that reports are made of, with their cut-off time and what each of them counts.

use std::cmp::Reverse;
use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::agencies::agencies;
use super::days::{self, days, hours};
use super::frozen::Closed;
use super::masking::Names;
use super::opening::{open_for_reading, unknown_consultation};
use super::outcome::{Exit, Outcome, print, print_json};
use super::submissions::when;
use super::table;
use crate::compose;
use crate::config::Settings;
use crate::store::{Completeness, Counts, Figures, GroupFigures};
use crate::vocabulary::{
    Consultation, Disposition, Proposer, SenderKind, Status, Timeliness, Word, rfc3339_utc,
};
use crate::words::Chinese;
use crate::world::World;

/// Cells of a group's text in the table.
const COMMENT_CELLS: usize = 40;

/// What each figure counts; printed with every report.
pub(super) const UNITS: [(&str, &str); 9] = [
    (
        "件",
        "一封邮件登记为一件；每件有自己的编号和回执，相同来信也各算一件；同一单位再次来函（补充意见、再次反馈无意见）也各算一件，单位数见 stats --agencies，只应计一件的用 review deny",
    ),
    (
        "收到",
        "有编号的每一件，不论状态：已登记、待核、逾期、重复、不计入、已办理、已删除之和；每日、分时、时限各数都按收到计",
    ),
    (
        "不同内容",
        "不含不计入和已办理的（删除以前就不计入的，删除以后也不计），其余来信中意见部分（不计称谓、落款、联系方式）文字不同的种数；归并相同来信后，近似的算一种",
    ),
    ("发件地址", "不含不计入和已办理的（删除以前就不计入的，删除以后也不计），其余来信中不同的发件邮箱数"),
    (
        "计入",
        "状态为已登记或逾期的件，即“意见汇总”所列（逾期的注明）；情况说明和工作簿的各数只计其中已登记的，逾期的另行列明；待核、重复、不计入、已办理、已删除的不在内",
    ),
    ("不计入", "经核对不计入的件（不属于本次征集、已撤回等）；已办理（只有请求或询问，已经办理）的另列"),
    ("人次", "计入件的提出人数，联名信按署名人数计"),
    ("条", "计入件及其补充来信中的意见条数；无意见、意见在附件中的为零条"),
    (
        "尚未录入",
        "计入件中意见全在附件或者网盘链接里、一条也没有录入的件数，计件不计条；list --unentered 列出，用 item add 录入以后才计条",
    ),
];

/// Most groups of like letters in the text; of a large consultation there are thousands.
const MOST_GROUPS: usize = 50;

#[derive(Debug, Args)]
pub(super) struct StatsArguments {
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
    /// Which of the units that were asked (`invited`) have answered, when, with what, and which have not
    #[arg(long)]
    agencies: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The figures of one consultation with what the configuration says of it.
struct Report<'a> {
    figures: Figures,
    consultation: Option<&'a Consultation>,
    /// Its figures were closed.
    closed: Option<Closed>,
}

impl Report<'_> {
    fn deadline_day(&self) -> Option<String> {
        self.consultation.map(|found| days::deadline_day(found).to_string())
    }

    fn today(&self, now: Timestamp) -> Option<String> {
        self.consultation.and_then(|found| days::today(found, now)).map(|day| day.to_string())
    }
}

/// What came on the last day with mail, by the hour.
fn last_day_by_hour(figures: &Figures) -> Counts {
    let last = figures.by_day.last().map(|(day, _)| day);
    let of_last = figures.by_hour.iter().filter(|(day, ..)| Some(day) == last);
    of_last.map(|(_, hour, count)| (hour.clone(), *count)).collect()
}

pub(super) fn stats(settings: &Settings, arguments: &StatsArguments) -> Outcome {
    if arguments.agencies {
        return agencies(settings, arguments.consultation.as_deref(), arguments.json);
    }
    let store = open_for_reading(settings)?;
    let configured: Vec<String> = settings.consultations.iter().map(|found| found.id.clone()).collect();
    let (figures, completeness) = store.statistics(&configured)?;
    let last_pass = store.last_good_pass()?;
    let wanted = |id: &str| arguments.consultation.as_deref().is_none_or(|wanted| wanted == id);
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut reports: Vec<Report<'_>> = Vec::new();
    for figures in figures.into_iter().filter(|figures| wanted(&figures.consultation)) {
        let consultation = settings.consultations.iter().find(|found| found.id == figures.consultation);
        let closed = match consultation {
            Some(consultation) => Closed::of(&store, consultation, now)?,
            None => None,
        };
        reports.push(Report { figures, consultation, closed });
    }
    if let (Some(id), true) = (&arguments.consultation, reports.is_empty()) {
        return Err(unknown_consultation(&settings.consultations, id));
    }
    if arguments.json {
        print_json(&to_json(&reports, &completeness, last_pass, now))?;
    } else {
        print(&to_text(&reports, &completeness, last_pass, now))?;
    }
    Ok(if completeness.holds() { Exit::Ok } else { Exit::Difference })
}

fn count(counts: &Counts, word: &str) -> u64 {
    counts.iter().filter(|(found, _)| found == word).map(|(_, count)| count).sum()
}

/// Every value of a kind with its count, by what it is called.
fn by_word<W: Chinese>(all: &[W], counts: &Counts) -> Counts {
    all.iter().map(|value| (value.short().to_owned(), count(counts, value.word()))).collect()
}

/// Every configured occupation in the notice's order, then 未填写, then whatever else stands in the store.
fn occupations(report: &Report<'_>) -> Counts {
    let mut words: Vec<String> = report
        .consultation
        .map(Consultation::occupation_names)
        .unwrap_or_default()
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    words.push("未填写".to_owned());
    for (word, _) in &report.figures.by_occupation {
        if !words.contains(word) {
            words.push(word.clone());
        }
    }
    words.into_iter().map(|word| (word.clone(), count(&report.figures.by_occupation, &word))).collect()
}

/// Every kind of sender, and those of which it is not known.
fn sender_kinds(figures: &Figures) -> Counts {
    let mut counts = by_word(SenderKind::ALL, &figures.by_sender_kind);
    let unknown = count(&figures.by_sender_kind, "");
    counts.extend((unknown > 0).then(|| ("未判定".to_owned(), unknown)));
    counts
}

fn object(counts: Counts) -> Value {
    Value::Object(counts.into_iter().map(|(word, count)| (word, json!(count))).collect())
}

/// Every word of a kind, with zero where nothing has it.
fn all(words: &[&str], counts: &Counts) -> Value {
    object(words.iter().map(|word| ((*word).to_owned(), count(counts, word))).collect())
}

fn to_json(
    reports: &[Report<'_>],
    completeness: &Completeness,
    last_pass: Option<Timestamp>,
    now: Timestamp,
) -> Value {
    json!({
        "as_of": rfc3339_utc(now),
        "last_good_pass": last_pass.map(rfc3339_utc),
        "units": UNITS.iter().map(|(unit, meaning)| ((*unit).to_owned(), json!(meaning))).collect::<serde_json::Map<_, _>>(),
        "consultations": reports.iter().map(|report| report_json(report, now)).collect::<Vec<_>>(),
        "completeness": {
            "entries": completeness.entries,
            "by_disposition": all(Disposition::WORDS, &completeness.by_disposition),
            "owed": completeness.gaps,
            "equation": equation(completeness),
            "entries_that_became_submissions": completeness.submissions.0,
            "submissions": completeness.submissions.1,
            "entries_that_became_supplements": completeness.supplements.0,
            "supplements": completeness.supplements.1,
            "holds": completeness.holds(),
        },
    })
}

fn report_json(report: &Report<'_>, now: Timestamp) -> Value {
    let figures = &report.figures;
    let mut total = 0;
    let found = days(&figures.by_day, report.consultation, now);
    let all = found.in_time.iter().map(|day| (day, false)).chain(found.late.iter().map(|day| (day, true)));
    let days = all.map(|((day, count), late)| {
        total += count;
        json!({ "day": day, "received": count, "cumulative": total, "late": late })
    });
    json!({
        "id": figures.consultation,
        "title": report.consultation.map(|found| &found.title),
        "closes": report.consultation.map(|found| rfc3339_utc(found.closes)),
        "closed": report.closed.as_ref().map(Closed::json),
        "received": figures.received,
        "distinct_texts": { "exact": figures.texts, "grouped": figures.texts_grouped },
        "without_text": figures.without_text,
        "distinct_senders": figures.senders,
        "counted": figures.counted,
        "persons": figures.persons,
        "items": figures.items,
        "unentered": figures.unentered,
        "by_status": self::all(Status::WORDS, &figures.by_status),
        "by_timeliness": self::all(Timeliness::WORDS, &figures.by_timeliness),
        "counted_in_time": figures.counted_in_time,
        "by_day": days.collect::<Vec<_>>(),
        "last_day_by_hour": object(last_day_by_hour(figures)),
        "deadline_day_by_hour": report.deadline_day().map(|day| object(hours(&figures.by_hour, &day))),
        "today_by_hour": report.today(now).map(|day| object(hours(&figures.by_hour, &day))),
        "by_occupation": object(occupations(report)),
        "by_proposer": object(by_word(Proposer::ALL, &figures.by_proposer)),
        "by_sender_kind": object(sender_kinds(figures)),
        "by_clause": figures.by_clause.iter()
            .map(|(clause, items, submissions)| json!({ "clause": clause, "items": items, "submissions": submissions }))
            .collect::<Vec<_>>(),
        "groups": figures.groups.iter().map(|group| json!({
            "number": group.number,
            "representative": group.leader,
            "submissions": group.submissions,
            "senders": group.senders,
            "exact": group.exact,
            "repeated_by_same_sender": group.repeated,
            "first_received_at": group.first,
            "last_received_at": group.last,
            "comment": comment(group),
        })).collect::<Vec<_>>(),
    })
}

fn comment(group: &GroupFigures) -> String {
    Names::new(group.leader_names.iter().map(String::as_str), [group.comment.as_str()]).mask(&group.comment)
}

/// `收到 40 封 = 登记 25 + 补充 1 + …`
fn equation(completeness: &Completeness) -> String {
    let parts: Vec<String> = by_word(Disposition::ALL, &completeness.by_disposition)
        .into_iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    format!("收到 {} 封 = {}", completeness.entries, parts.join(" + "))
}

fn to_text(
    reports: &[Report<'_>],
    completeness: &Completeness,
    last_pass: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let pass = last_pass.map_or_else(|| "从未".to_owned(), |at| when(Some(at)));
    let mut text = format!("统计截止：{}（北京时间）；邮箱最近一次收信：{pass}\n", when(Some(now)));
    for report in reports {
        text.push_str(&one(report, now));
    }
    let _ = writeln!(text, "\n■ 收件完整性（全部征集合计）");
    let _ = writeln!(text, "{}", equation(completeness));
    let _ = writeln!(
        text,
        "登记和内容重复的 {} 封 = 登记件 {} 件；补充来信 {} 封 = 补充 {} 份；待重新收取 {} 封",
        completeness.submissions.0,
        completeness.submissions.1,
        completeness.supplements.0,
        completeness.supplements.1,
        completeness.gaps
    );
    let verdict = if completeness.holds() {
        "核对相符。"
    } else {
        "核对不符！请保存数据库副本并报告。"
    };
    let _ = writeln!(text, "{verdict}");
    let _ = writeln!(text, "\n■ 统计口径");
    for (unit, meaning) in UNITS {
        let _ = writeln!(text, "{unit}：{meaning}。");
    }
    text
}

/// One consultation. One without any mail is a finished report too.
fn one(report: &Report<'_>, now: Timestamp) -> String {
    let figures = &report.figures;
    let mut text = format!("\n■ 征求意见〔{}〕", figures.consultation);
    match report.consultation {
        Some(consultation) => {
            let _ = writeln!(text, "{}", compose::printed(&consultation.title));
            let _ = writeln!(text, "截止：{}（北京时间）", consultation.closes_in_words);
        }
        None => text.push_str("（配置中已没有）\n"),
    }
    for line in report.closed.iter().flat_map(Closed::lines) {
        let _ = writeln!(text, "{line}");
    }
    if figures.received == 0 {
        text.push_str("未收到社会公众的意见反馈。\n");
    }
    let _ = writeln!(
        text,
        "收到 {} 件；不同内容 {} 种（归并相同来信后 {} 种），没有文字和附件的 {} 件；发件地址 {} 个",
        figures.received, figures.texts, figures.texts_grouped, figures.without_text, figures.senders
    );
    let _ = writeln!(
        text,
        "计入 {} 件（已登记 {}，逾期 {}），{} 人次，意见 {} 条",
        figures.counted,
        count(&figures.by_status, Status::Accepted.as_str()),
        count(&figures.by_status, Status::Late.as_str()),
        figures.persons,
        figures.items
    );
    if figures.unentered > 0 {
        let _ = writeln!(
            text,
            "其中意见全在附件中、尚未录入的 {} 件，计件不计条：list --unentered",
            figures.unentered
        );
    }
    let row = |counts: Counts| {
        counts.into_iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join("，")
    };
    let _ = writeln!(text, "状态：{}", row(by_word(Status::ALL, &figures.by_status)));
    let counted = match figures.counted_in_time {
        0 => String::new(),
        count => format!("；其中逾期到达、经人工核对计入按时的 {count}"),
    };
    let _ = writeln!(text, "时限：{}{counted}", row(by_word(Timeliness::ALL, &figures.by_timeliness)));
    let _ = writeln!(text, "提出人（计入件）：{}", row(by_word(Proposer::ALL, &figures.by_proposer)));
    let _ = writeln!(text, "来信人类别（计入件）：{}", row(sender_kinds(figures)));
    let _ = writeln!(text, "职业（计入件）：{}", row(occupations(report)));
    text.push_str(&by_time(report, now));
    let clauses = figures.by_clause.iter().map(|(clause, items, submissions)| {
        let name =
            report.consultation.and_then(|found| found.clauses.iter().find(|known| known.code == *clause));
        let name = name.map(|clause| clause.name.clone()).unwrap_or_default();
        vec![clause.clone(), name, items.to_string(), submissions.to_string()]
    });
    section(&mut text, "条款（计入件）", ["条款", "名称", "条数", "件数"], clauses.collect());
    let groups = largest(&figures.groups);
    let further = &groups.get(MOST_GROUPS..).unwrap_or_default();
    let rows = groups.iter().take(MOST_GROUPS).map(|group| {
        vec![
            group.number.to_string(),
            group.leader.clone(),
            group.submissions.to_string(),
            group.senders.to_string(),
            group.exact.to_string(),
            when(group.first.parse().ok()),
            when(group.last.parse().ok()),
            table::cut(&comment(group), COMMENT_CELLS),
        ]
    });
    let head = ["组号", "代表编号", "件数", "发件地址数", "完全相同件数", "首封", "末封", "代表内容"];
    section(&mut text, "相同来信", head, rows.collect());
    if !further.is_empty() {
        let submissions: u64 = further.iter().map(|group| group.submissions).sum();
        let count = further.len();
        let _ = writeln!(text, "  另有 {count} 组，共 {submissions} 件，见 view 相同来信");
    }
    text
}

/// The groups, the largest first.
fn largest(groups: &[GroupFigures]) -> Vec<&GroupFigures> {
    let mut groups: Vec<&GroupFigures> = groups.iter().collect();
    groups.sort_by_key(|group| (Reverse(group.submissions), group.number));
    groups
}

/// What came on which day, what after the close, and by the hour what came on the day of the close and today.
fn by_time(report: &Report<'_>, now: Timestamp) -> String {
    let figures = &report.figures;
    let mut text = String::new();
    let mut total = 0;
    let mut rows = |days: &Counts| -> Vec<Vec<String>> {
        let row = |(day, count): &(String, u64)| {
            total += count;
            vec![day.clone(), count.to_string(), total.to_string()]
        };
        days.iter().map(row).collect()
    };
    let found = days(&figures.by_day, report.consultation, now);
    let (in_time, late) = (rows(&found.in_time), rows(&found.late));
    section(&mut text, "每日收件", ["日期", "件数", "累计"], in_time);
    section(&mut text, "截止日之后收件", ["日期", "件数", "累计"], late);
    let of_days = [("截止日", report.deadline_day()), ("今日", report.today(now))];
    for (title, day) in of_days.into_iter().filter_map(|(title, day)| Some((title, day?))) {
        let hours = hours(&figures.by_hour, &day);
        if hours.is_empty() && figures.received > 0 {
            let _ = writeln!(text, "{title} {day} 分时：没有收件");
        }
        let rows = hours.into_iter().map(|(hour, count)| vec![format!("{hour} 时"), count.to_string()]);
        section(&mut text, &format!("{title} {day} 分时"), ["时", "件数"], rows.collect());
    }
    text
}

/// A table under its title; nothing when it has no rows.
fn section<const N: usize>(text: &mut String, title: &str, head: [&str; N], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}：");
    let head = head.map(ToOwned::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    for line in table::columns(&rows).lines() {
        let _ = writeln!(text, "  {line}");
    }
}
