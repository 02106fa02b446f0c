//! Figures as they are printed and drawn.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Value};
use serde_json::json;

use super::share::{rounded, tenths, written};
use crate::vocabulary::printable;

/// Cells of the longest bar.
const BAR: u64 = 340;
/// Where the days are drawn, from the left, and how wide and high.
const LEFT: f64 = 44.0;
const WIDTH: f64 = 632.0;
const BOTTOM: f64 = 210.0;
const HEIGHT: f64 = 186.0;
/// Characters in a line of what stands beside a bar.
const BESIDE: usize = 15;
/// Most days that have their date below.
const DATES: usize = 10;

/// Words in Chinese are numbered so.
const DIGITS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/report/digits.txt"));

/// Where letters stand: what it is called, letters, items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it is called.
    pub name: String,
    /// Letters.
    pub letters: u64,
    /// Their items.
    pub items: u64,
}

/// What a group says, and what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Point {
    /// The clause.
    pub clause: String,
    /// In the clerk's words.
    pub point: String,
    /// Items.
    pub items: u64,
    /// Letters.
    pub letters: u64,
    /// The decision; empty: none.
    pub adoption: String,
    /// Why.
    pub reason: String,
}

/// All that a report says.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The draft's title as printed.
    pub title: String,
    /// Who asked.
    pub office: String,
    /// First day, in words; empty where the notice names none.
    pub opens: String,
    /// The deadline in words.
    pub closes: String,
    /// As of when.
    pub as_of: String,
    /// What is said of figures that were closed; empty where they are not.
    pub closed: Vec<String>,
    /// On which ways letters came.
    pub channels: String,
    /// It has not closed yet.
    pub is_open: bool,
    /// All letters of the consultation, whatever became of them, by where they stand.
    pub standings: Vec<Standing>,
    /// Registered letters, and who stands behind them.
    pub letters: u64,
    /// 人次
    pub persons: u64,
    /// Items of registered letters that are no opinions.
    pub none: u64,
    /// Registered letters with all of their opinion in a file from which nobody entered it.
    pub unentered: u64,
    /// What stands for registered letters in `standings`.
    pub registered: String,
    /// Groups of those.
    pub groups: u64,
    /// Items by what was decided, in the order in which it is told; the last: nothing yet.
    pub outcomes: Vec<(String, u64)>,
    /// Of those that were adopted: the draft said so.
    pub embodied: u64,
    /// Of those under study: passed on.
    pub passed_on: u64,
    /// Items by clause.
    pub clauses: Vec<(String, u64)>,
    /// Letters by occupation.
    pub occupations: Vec<(String, u64)>,
    /// Letters by kind of sender.
    pub kinds: Vec<(String, u64)>,
    /// Letters by day, and whether the day is behind the deadline.
    pub days: Vec<(String, u64, bool)>,
    /// Units that were asked, how many answered, and who did not.
    pub invited: usize,
    /// Those that answered.
    pub answered: usize,
    /// Those that did not.
    pub silent: Vec<String>,
    /// What was said by many.
    pub points: Vec<Point>,
}

impl Figures {
    /// Items that count.
    pub fn items(&self) -> u64 {
        self.outcomes.iter().map(|(_, count)| count).sum()
    }

    /// Items on which nothing is decided.
    pub fn undecided(&self) -> u64 {
        self.outcomes.last().map_or(0, |(_, count)| *count)
    }
}

const PAGE: &str = "report.html";
const TEXT: &str = "report.txt";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(
        |name| {
            if name == PAGE { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the default ones"));
    let html = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/report/report.html"));
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/report/report.txt"));
    for (name, source) in [(PAGE, html), (TEXT, text)] {
        environment.add_template(name, source).expect("a constant template that the tests render");
    }
    environment
});

/// The report for an official document.
pub fn text(figures: &Figures) -> String {
    render(TEXT, figures)
}

/// The report as a page.
pub fn html(figures: &Figures) -> String {
    render(PAGE, figures)
}

fn render(name: &str, figures: &Figures) -> String {
    let template = TEMPLATES.get_template(name).expect("it was put there");
    template.render(value(context(figures))).expect("what a template names is in its context")
}

fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::from(()),
        Json::Bool(is) => Value::from(is),
        Json::Number(number) => {
            number.as_u64().map_or_else(|| Value::from(number.as_f64().unwrap_or(0.0)), Value::from)
        }
        // What is not seen turns no line round.
        Json::String(text) => Value::from(printable::text(&text).into_owned()),
        Json::Array(items) => Value::from(items.into_iter().map(value).collect::<Vec<_>>()),
        Json::Object(fields) => {
            Value::from_pairs(fields.into_iter().map(|(name, field)| (name, value(field))))
        }
    }
}

fn bars(rows: &[(String, u64)], shares: impl Fn(&[u64]) -> Vec<u64>) -> serde_json::Value {
    let shares = shares(&rows.iter().map(|(_, count)| *count).collect::<Vec<_>>());
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let rows = rows.iter().zip(shares).map(|((name, count), share)| {
        let signs: Vec<char> = name.chars().collect();
        let lines: Vec<String> = signs.chunks(BESIDE).map(|line| line.iter().collect()).collect();
        json!({ "name": name, "lines": lines, "count": count, "percent": written(share), "width": count * BAR / most })
    });
    rows.collect()
}

fn days(figures: &Figures) -> (serde_json::Value, String, Option<u64>) {
    let count = figures.days.len().max(1);
    let most = figures.days.iter().map(|day| day.1).max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "places in a picture")]
    let number = |value: u64| value as f64;
    let step = WIDTH / number(count as u64);
    let every = count.div_ceil(DATES);
    let (mut cumulative, mut line, mut deadline) = (0, Vec::new(), None);
    let mut drawn = Vec::new();
    for (at, (name, letters, is_late)) in figures.days.iter().enumerate() {
        cumulative += letters;
        let x = LEFT + step * number(at as u64);
        let height = HEIGHT * number(*letters) / number(most);
        let up = HEIGHT * number(cumulative) / number(figures.letters.max(1));
        line.push(format!("{:.1},{:.1}", x + step / 2.0, BOTTOM - up));
        if !is_late {
            deadline = Some(x + step);
        }
        let label = if at % every == 0 { name.get(5..).unwrap_or(name) } else { "" };
        drawn.push(json!({
            "name": name, "count": letters, "is_late": is_late, "x": format!("{:.1}", step.mul_add(0.12, x)), "width": format!("{:.1}", step * 0.76),
            "y": format!("{:.1}", BOTTOM - height), "height": format!("{height:.1}"), "middle": format!("{:.1}", x + step / 2.0), "label": label,
        }));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the picture")]
    let deadline = deadline.map(|x| x.round() as u64);
    (drawn.into(), line.join(" "), deadline)
}

/// 一, 二, …, 十, 十一, …
fn place(number: usize) -> String {
    let digits: Vec<char> = DIGITS.trim().chars().collect();
    let digit = |at: usize| digits.get(at).map(ToString::to_string).unwrap_or_default();
    match number {
        1..=10 => digit(number - 1),
        11..=19 => format!("{}{}", digit(9), digit(number - 11)),
        20..=99 if number.is_multiple_of(10) => format!("{}{}", digit(number / 10 - 1), digit(9)),
        20..=99 => format!("{}{}{}", digit(number / 10 - 1), digit(9), digit(number % 10 - 1)),
        _ => number.to_string(),
    }
}

fn context(figures: &Figures) -> serde_json::Value {
    let items = figures.items();
    let all_items: u64 = figures.standings.iter().map(|row| row.items).sum();
    let standing = |row: &Standing| json!({ "name": row.name, "letters": row.letters, "items": row.items });
    let others = figures.standings.iter().filter(|row| row.name != figures.registered && row.items > 0);
    let points = figures.points.iter().enumerate().map(|(at, point)| {
        json!({ "place": place(at + 1), "clause": point.clause, "point": point.point, "items": point.items, "letters": point.letters,
            "adoption": point.adoption, "reason": point.reason.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '\u{ff09}' && c != '\u{300b}' && c != '\u{201d}') })
    });
    let told: Vec<(String, u64)> = figures.outcomes.iter().filter(|row| row.1 > 0).cloned().collect();
    let (days, line, deadline_x) = days(figures);
    json!({
        "title": figures.title, "office": figures.office, "opens": figures.opens, "closes": figures.closes, "as_of": figures.as_of,
        "closed": figures.closed, "channels": figures.channels, "is_open": figures.is_open, "is_partial": figures.undecided() > 0 || figures.is_open,
        "letters": figures.letters, "persons": figures.persons, "items": items, "groups": figures.groups, "undecided": figures.undecided(),
        "received": figures.standings.iter().map(|row| row.letters).sum::<u64>(),
        "statuses": figures.standings.iter().map(standing).collect::<Vec<_>>(),
        "unentered": figures.unentered, "all_items": all_items, "no_opinions": figures.none, "other_items": all_items - items - figures.none,
        "other_rows": others.map(standing).collect::<Vec<_>>(),
        "outcomes": bars(&told, tenths), "embodied": figures.embodied, "passed_on": figures.passed_on,
        "clauses": bars(&figures.clauses, rounded), "occupations": bars(&figures.occupations, rounded), "kinds": bars(&figures.kinds, rounded),
        "days": days, "line": line, "deadline_x": deadline_x, "most_day": figures.days.iter().map(|day| day.1).max(),
        "has_late": figures.days.iter().any(|day| day.2 && day.1 > 0),
        "invited": figures.invited, "answered": figures.answered, "silent": figures.silent,
        "points": points.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_numbered_in_chinese() {
        let said: Vec<String> = [1, 10, 11, 20, 35, 100].into_iter().map(place).collect();
        assert_eq!(said, ["一", "十", "十一", "二十", "三十五", "100"]);
    }

    #[test]
    fn what_stands_beside_a_bar_is_never_cut() {
        let name = "附件6 企业上市合法合规信息核查和不动产登记一件事".to_owned();
        let rows = bars(&[(name.clone(), 3), ("短".to_owned(), 1)], |_| vec![750, 250]);
        let lines: Vec<&str> =
            rows[0]["lines"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
        assert_eq!((lines.concat(), lines.len()), (name, 2));
        assert_eq!(rows[1]["lines"], json!(["短"]));
    }

    #[test]
    fn nothing_is_a_finished_report_and_markup_stays_text() {
        let mut figures = Figures {
            title: "《甲》".to_owned(),
            closes: "2024年3月13日24时".to_owned(),
            ..Figures::default()
        };
        assert!(text(&figures).contains("未收到意见建议。"));
        let page = html(&figures);
        assert!(page.contains("未收到意见建议。") && page.ends_with("</html>"), "{page}");
        figures.points.push(Point { point: "<script>alert(1)</script>".to_owned(), ..Point::default() });
        let page = html(&figures);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    }
}
