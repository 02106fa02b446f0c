//! Opinion items (条): the top-level numbered points, or the unnumbered text as one.

use crate::details::found::Opinion;
use crate::details::opinion::clause::Catalogue;
use crate::details::opinion::point::Point;
use crate::details::opinion::{departments, headings, numbering};
use crate::details::text::fold::fold;
use crate::details::text::letters::is_closing;
use crate::details::text::line::Line;

/// The longest item that may be a closing, in bytes.
const CLOSING_BYTES: usize = 200;

/// Fewer characters below a heading say nothing without it.
const FEWEST_WORDS: usize = 4;

/// The items of the body that [`crate::details::opinion::frame::body`] left.
/// `rows`: the numbers of lines that are cells of a table's column for opinions; several are an item each.
pub(crate) fn items(body: &[Line<'_>], rows: &[usize], catalogue: &Catalogue) -> Vec<Opinion> {
    let mut points = of_rows(body, rows);
    if points.is_empty() {
        points = numbering::points(body);
    }
    if points.is_empty() {
        let is_kept =
            |line: &&Line<'_>| !departments::has_none(line.text) && !departments::is_lead(line.text);
        let body: Vec<Line<'_>> = body.iter().filter(is_kept).copied().collect();
        let body = body.as_slice();
        let last = body.last().map_or(0, |line| line.text.len());
        let whole = between(body, (0, 0), (body.len().saturating_sub(1), last));
        return item(whole, None, catalogue).into_iter().collect();
    }
    let end = (body.len().saturating_sub(1), body.last().map_or(0, |line| line.text.len()));
    points
        .iter()
        .filter_map(|point| {
            let heading = point.heading.map(|(from, to)| between(body, from, to));
            item(between(body, point.from, point.to.unwrap_or(end)), heading, catalogue)
        })
        .collect()
}

/// The points of a table, one for each of its rows, where all that follows the first is rows.
fn of_rows(body: &[Line<'_>], rows: &[usize]) -> Vec<Point> {
    let is_row = |line: &Line<'_>| rows.contains(&line.number);
    let first = body.iter().position(is_row).unwrap_or(body.len());
    let said = body.get(first..).unwrap_or_default();
    // A row that has more than its opinion is read by its number.
    let once = said.iter().zip(said.iter().skip(1)).all(|(one, next)| one.number != next.number);
    if rows.len() < 2 || said.len() < 2 || !once || !said.iter().all(is_row) {
        return Vec::new();
    }
    let last = body.len();
    let end = |line: usize| (line + 1 < last).then_some((line + 1, 0));
    (first..last).map(|line| Point { from: (line, 0), to: end(line), heading: None }).collect()
}

/// An item; the clause is the one that its text names, else the one that its heading does.
fn item(mut text: String, heading: Option<String>, catalogue: &Catalogue) -> Option<Opinion> {
    let kept = text.trim_end().trim_end_matches('|').trim_end().len();
    text.truncate(kept);
    text.drain(..text.len() - text.trim_start().len());
    text.shrink_to_fit();
    let says_something = text.chars().any(|c| c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace());
    // The expressions read folded text: a full-width comma ends a closing too.
    let is_frame = || {
        let folded = fold(&text);
        is_closing(&folded) || departments::has_none(&folded)
    };
    if !says_something || text.len() <= CLOSING_BYTES && is_frame() {
        return None;
    }
    let above = without_headings(&mut text)?;
    let clause = catalogue.suggest(&text).or_else(|| catalogue.suggest(&above));
    let clause = clause.or_else(|| catalogue.suggest(&heading?));
    Some(Opinion { clause, text })
}

/// Takes the lines that only head an item from its beginning, and those that head nothing from its end; what stood at its beginning.
/// `None`: there is nothing else. The comment keeps them.
fn without_headings(text: &mut String) -> Option<String> {
    let is_heading = |line: &str| line.len() <= CLOSING_BYTES && headings::is_heading(fold(line).trim());
    let mut above = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.trim().is_empty() || is_heading(line)) {
        above += line.len();
    }
    if above == text.len() {
        return None;
    }
    // 附则 / 太笼统: so few words may lean on what stands above them.
    if text.get(above..)?.chars().filter(|c| c.is_alphanumeric()).nth(FEWEST_WORDS - 1).is_none() {
        above = 0;
    }
    while let Some((rest, last)) = text.rsplit_once('\n')
        && is_heading(last)
    {
        let end = rest.trim_end().len();
        text.truncate(end);
    }
    let rest = text.split_off(above.min(text.len()));
    Some(std::mem::replace(text, rest))
}

/// The text as written between two places.
fn between(body: &[Line<'_>], from: (usize, usize), to: (usize, usize)) -> String {
    let lines = || body.iter().enumerate().skip(from.0).take(to.0.saturating_sub(from.0) + 1);
    // Made in one piece: a text that grows is for a moment held twice.
    let whole_lines = lines().map(|(_, line)| line.raw.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(if to.0 > from.0 { whole_lines } else { 0 });
    for (index, line) in lines() {
        let start = if index == from.0 { from.1 } else { 0 };
        let end = if index == to.0 { to.1 } else { line.text.len() };
        if start >= end {
            continue;
        }
        let piece = line.raw_of(start..end).trim();
        if !piece.is_empty() {
            if !text.is_empty() && !line.continues {
                text.push('\n');
            }
            text.push_str(piece);
        }
    }
    text
}
