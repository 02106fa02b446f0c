//! Points: the top-level numbered ones, and those below a heading.

use std::collections::HashMap;

use crate::details::opinion::marks::{Mark, find};
use crate::details::opinion::number_at::Kind;
use crate::details::opinion::point::{Place, Point};
use crate::details::opinion::{clause_abroad, headings, unnumbered};
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

const MAX_ITEMS: usize = 300;

/// The longest heading, in characters.
const HEADING_CHARS: usize = 20;

/// How deep headings stand within headings.
const MAX_DEPTH: usize = 4;

/// How points are told that no number counts.
type Way = fn(&[Line<'_>]) -> Vec<Point>;

/// The points; empty when the text is not numbered. A heading with points below it becomes those; other points of a lower
/// level stay inside theirs.
pub(crate) fn points(body: &[Line<'_>]) -> Vec<Point> {
    let marks = settled(find(body));
    let Some(top) = top_kind(&marks) else {
        let ways: [Way; 6] =
            [rows, headings::points, by_clause, unnumbered::by_bullet, unnumbered::by_turn, amendments];
        return ways.iter().map(|way| way(body)).find(|points| !points.is_empty()).unwrap_or_default();
    };
    let mut points = Vec::new();
    add(&mut points, body, &marks, &Level { kind: top, after: 0, end: None, heading: None }, 0);
    points
}

/// What is known of points of one kind before they are looked for.
struct Level {
    kind: Kind,
    /// The number that stands before the first of them: numbers may run on through headings.
    after: u32,
    end: Option<Place>,
    heading: Option<(Place, Place)>,
}

/// Adds the points of one level among `marks`.
fn add(
    points: &mut Vec<Point>,
    body: &[Line<'_>],
    marks: &[Mark],
    &Level { kind, after, end, heading }: &Level,
    depth: usize,
) {
    let accepted = sequence(marks, kind, after);
    // （一）1. 2. （二）3. 4.: the kind and the last number below the headings before.
    let mut ran: Option<(Kind, u32)> = None;
    for (at, index) in accepted.iter().enumerate() {
        let Some(mark) = marks.get(*index) else { continue };
        let next = accepted.get(at + 1);
        let to = next.and_then(|next| marks.get(*next)).map(|next| (next.line, next.start)).or(end);
        let inner = marks.get(index + 1..next.copied().unwrap_or(marks.len())).unwrap_or_default();
        if points.len() >= MAX_ITEMS {
            return;
        }
        let runs_on = |mark: &&Mark| {
            mark.at_line_start && ran.is_some_and(|(kind, last)| mark.kind == kind && mark.number == last + 1)
        };
        let further = || inner.iter().find(runs_on).map(|mark| mark.kind);
        let below = top_kind(inner).or_else(further).filter(|below| *below != kind && depth < MAX_DEPTH);
        let begins = |mark: &&Mark| Some(mark.kind) == below && (mark.number == 1 || runs_on(mark));
        match (below, inner.iter().find(begins)) {
            (Some(below), Some(first)) if is_heading(body, mark, first) => {
                let heading = Some(((mark.line, mark.end), (first.line, first.start)));
                let after = first.number.saturating_sub(1);
                add(points, body, inner, &Level { kind: below, after, end: to, heading }, depth + 1);
                let last = inner.iter().rfind(|mark| mark.kind == below && mark.at_line_start);
                ran = last.map(|mark| (below, mark.number));
            }
            _ => points.push(Point { from: (mark.line, mark.end), to, heading }),
        }
    }
}

/// Whether what stands between a number and the first one below it is a heading: short, no sentence, and it ends with its
/// line or a colon.
fn is_heading(body: &[Line<'_>], mark: &Mark, first: &Mark) -> bool {
    let lines = body.iter().enumerate().skip(mark.line).take((first.line - mark.line) + 1);
    let (mut length, mut last) = (0, ' ');
    for (index, line) in lines {
        let from = if index == mark.line { mark.end } else { 0 };
        let to = if index == first.line { first.start } else { line.text.len() };
        for c in line.text.get(from..to).unwrap_or_default().chars().filter(|c| !c.is_whitespace()) {
            length += 1;
            if length > HEADING_CHARS || matches!(c, '。' | '!' | '?' | ';') {
                return false;
            }
            last = c;
        }
    }
    first.line > mark.line || last == ':'
}

/// The indices of the marks of one kind that follow one another, the first of them the number `after`.
fn sequence(marks: &[Mark], kind: Kind, after: u32) -> Vec<usize> {
    let mut last = after;
    let mut accepted = Vec::new();
    for (index, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.kind == kind) {
        // Numbers within a line must follow one another; at a line's start people misnumber or begin anew.
        let follows = mark.number == last + 1;
        let restarts =
            mark.at_line_start && (mark.number == 1 || mark.number >= last && mark.number <= last + 3);
        if (follows || restarts) && accepted.len() < MAX_ITEMS {
            accepted.push(index);
            last = mark.number;
        }
    }
    accepted
}

/// Without the doubtful marks that no neighbour of their kind bears out: 2.24小时 stands behind a 1 or before a 3.
fn settled(mut marks: Vec<Mark>) -> Vec<Mark> {
    if !marks.iter().any(|mark| mark.doubtful) {
        return marks;
    }
    settle(marks.iter_mut(), |before, number| before + 1 == number);
    settle(marks.iter_mut().rev(), |behind, number| number + 1 == behind);
    marks.retain(|mark| !mark.doubtful);
    marks
}

/// Takes the doubt from marks whose last sure neighbour goes on to them.
fn settle<'a>(marks: impl Iterator<Item = &'a mut Mark>, goes_on: fn(u32, u32) -> bool) {
    let mut sure: HashMap<Kind, u32> = HashMap::new();
    for mark in marks {
        mark.doubtful &= !sure.get(&mark.kind).is_some_and(|sure| goes_on(*sure, mark.number));
        if !mark.doubtful {
            sure.insert(mark.kind, mark.number);
        }
    }
}

/// The rows of a table without numbers: lines with the same number of cells, three at least; or two, of which the first says
/// in a few words what the second is about.
fn rows(body: &[Line<'_>]) -> Vec<Point> {
    let cells = |line: &Line<'_>| line.text.matches('\t').count() + 1;
    let Some(first) = body.iter().position(|line| cells(line) >= 3 || is_row_of_two(line.text)) else {
        return Vec::new();
    };
    let wanted = body.get(first).map_or(0, cells);
    let is_row = |line: &&Line<'_>| cells(line) == wanted && (wanted > 2 || is_row_of_two(line.text));
    let count = body.iter().skip(first).take_while(is_row).count();
    let fewest = if wanted > 2 { 2 } else { 3 };
    if !(fewest..=MAX_ITEMS).contains(&count) {
        return Vec::new();
    }
    let last = body.get(first + count).is_none();
    (first..first + count)
        .map(|line| Point {
            from: (line, 0),
            heading: None,
            to: (!last || line + 1 < first + count).then_some((line + 1, 0)),
        })
        .collect()
}

/// `第九条 | 清单要贴到乡镇`
fn is_row_of_two(text: &str) -> bool {
    const ABOUT_CHARS: usize = 12;
    const SAID_CHARS: usize = 5;
    let Some((about, said)) = text.split_once('\t') else { return false };
    let about = about.trim();
    (1..=ABOUT_CHARS).contains(&about.chars().count())
        && !about.contains([',', '。', ':', '!', '?', ';'])
        && !said.contains('\t')
        && said.chars().filter(|c| c.is_alphanumeric()).take(SAID_CHARS).count() == SAID_CHARS
}

pattern!(
    /// `第（二）条 “鼓励”改为“应当”`, `第九条  建议并联`: a line about one clause.
    OF_A_CLAUSE,
    r"^\s*第\s?\(?[0-9一二三四五六七八九十百]{1,4}\)?\s?[条款项](?:第?\(?[0-9一二三四五六七八九十]{1,3}\)?[条款项])?(?:\s|:|“|中?的?“|建议|删|改|增|应)"
);

pattern!(
    /// `第四条经费一项，应写明…`: a line that begins with a clause.
    BEGINS_WITH_CLAUSE, r"^\s*(?P<clause>第\s?[0-9一二三四五六七八九十百]{1,5}\s?条)"
);

pattern!(
    /// What asks pardon for how somebody writes, above his lines: `本人用的是老电脑，见谅。`
    ASKS_PARDON, LETTERS, r"^[^,。;:]{0,16}[,。]?\s?[^,。;:]{0,8}(?:⟨asks pardon⟩)[^,。;:]{0,6}[。!]?\s*$"
);

/// Whether lines that begin so are each about a clause of its own: they are sentences, and no clause comes twice.
fn are_of_clauses(lines: &[&str]) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    lines.iter().all(|text| {
        let clause = BEGINS_WITH_CLAUSE.captures(text).and_then(|found| found.name("clause"));
        let whole = text.trim_end().ends_with(['。', '!', '?', ';', '.', '”', ')']);
        let new = clause.is_some_and(|clause| !seen.contains(&clause.as_str()));
        seen.extend(clause.map(|clause| clause.as_str()));
        whole && new
    })
}

/// Lines of which each is about one clause, two at least; what stands above the first leads to them.
fn by_clause(body: &[Line<'_>]) -> Vec<Point> {
    let said: Vec<usize> =
        (0..body.len()).filter(|at| body.get(*at).is_some_and(|line| !line.text.trim().is_empty())).collect();
    let begins = |at: &usize| body.get(*at).is_some_and(|line| BEGINS_WITH_CLAUSE.is_match(line.text));
    let from = said.iter().position(begins).unwrap_or(said.len());
    let texts: Vec<&str> =
        said.iter().skip(from).take(MAX_ITEMS).filter_map(|at| Some(body.get(*at)?.text)).collect();
    let loosely = are_of_clauses(&texts);
    let is_one = |at: &usize| {
        body.get(*at).is_some_and(|line| {
            OF_A_CLAUSE.is_match(line.text) || clause_abroad::begins(line.text) || loosely && begins(at)
        })
    };
    let Some(first) = said.iter().position(is_one) else { return Vec::new() };
    let lines = said.get(first..).unwrap_or_default();
    let leads = said.get(..first).unwrap_or_default();
    let announced = leads
        .last()
        .is_none_or(|at| body.get(*at).is_some_and(|line| line.text.trim_end().ends_with([':', ','])))
        || leads.iter().all(|at| body.get(*at).is_some_and(|line| ASKS_PARDON.is_match(line.text)));
    if !announced || lines.len() < 2 || lines.len() > MAX_ITEMS || !lines.iter().all(is_one) {
        return Vec::new();
    }
    let ends = lines.iter().skip(1).map(|next| Some((*next, 0))).chain([None]);
    lines.iter().zip(ends).map(|(from, to)| Point { from: (*from, 0), to, heading: None }).collect()
}

pattern!(
    /// `原文：…`: what the draft says, above what it should say.
    AS_IT_STANDS, r"^\s*(?:原文|原条文|原条款|原内容|原表述|现表述|现文)(?:内容|为)?\s?:");

pattern!(
    /// `修改为：…`
    AMENDED, r"^\s*(?:建议|拟)?(?:修改|改|调整|完善|更正)(?:建议|意见|为|成|后)(?:为|内容)?\s?:");

/// Amendments without numbers, two at least: each begins with what the draft says. What stands above the first is a point too,
/// unless it announces them.
fn amendments(body: &[Line<'_>]) -> Vec<Point> {
    let begins = |line: &Line<'_>| AS_IT_STANDS.is_match(line.text);
    let mut starts: Vec<usize> =
        (0..body.len()).filter(|index| body.get(*index).is_some_and(begins)).take(MAX_ITEMS).collect();
    let amended = body.iter().filter(|line| AMENDED.is_match(line.text)).count();
    if starts.len() < 2 || amended < starts.len() {
        return Vec::new();
    }
    let lead = starts.first().and_then(|first| body.get(..*first)).unwrap_or_default();
    let lead = lead.iter().rev().find(|line| !line.text.trim().is_empty());
    if lead.is_some_and(|line| !line.text.trim_end().ends_with([':', ','])) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).map(|next| Some((*next, 0))).chain([None]);
    let points = starts.iter().zip(ends);
    points.map(|(from, to)| Point { from: (*from, 0), to, heading: None }).collect()
}

/// The kind whose 1 comes first among those that go on to 2, or that number every point 1.
fn top_kind(marks: &[Mark]) -> Option<Kind> {
    let goes_on = |kind: Kind, from: usize| {
        let mut rest = marks.iter().skip(from).filter(|mark| mark.kind == kind);
        rest.any(|mark| mark.number == 2)
    };
    let always_one = |kind: Kind| {
        let mut same = marks.iter().filter(|mark| mark.kind == kind);
        matches!(kind, Kind::Digit | Kind::DigitBrackets | Kind::Han | Kind::HanBrackets)
            && same.clone().nth(1).is_some()
            && same.all(|mark| mark.number == 1 && mark.at_line_start)
    };
    let first = |fits: &dyn Fn(Kind, usize) -> bool| {
        let mut ones = marks.iter().enumerate().filter(|(_, mark)| mark.number == 1);
        ones.find(|(index, mark)| fits(mark.kind, index + 1)).map(|(_, mark)| mark.kind)
    };
    first(&goes_on).or_else(|| first(&|kind, _| always_one(kind)))
}
