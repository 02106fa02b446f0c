//! Points that no number counts: bullets (`– `, `•`), and what somebody goes on to in so many words (`还有就是…`).

use crate::details::opinion::framing;
use crate::details::opinion::point::Point;
use crate::details::person::oneself;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(
    /// What begins the next matter on a line of its own: 还有就是, 再一个.
    FURTHER, LETTERS, "further matter"
);
word_list!(
    /// What begins the first: 就想讲一个事.
    FIRST, LETTERS, "first matter"
);

/// Most points of either kind.
const MOST: usize = 300;

/// Fewest letters that say something behind a bullet where what stands above them announces opinions, or nothing stands there;
/// elsewhere a list of things holds few (`- 打印机`).
const SAID: usize = 5;

/// Fewest letters of a line that goes on with the one above it, and of a point whose heading is in doubt.
const SAID_MORE: usize = 8;

/// Lines that begin with one kind of bullet, two at least. What stands above the first announces them, or nothing does; a line
/// without a bullet goes on with the one above it.
pub(super) fn by_bullet(body: &[Line<'_>]) -> Vec<Point> {
    let bulleted: Vec<Option<(char, usize)>> = body.iter().map(|line| bullet(line.text)).collect();
    let Some(first) = bulleted.iter().position(Option::is_some) else { return Vec::new() };
    let kind = bulleted.get(first).and_then(|found| found.map(|(kind, _)| kind));
    let starts: Vec<(usize, usize)> = bulleted
        .iter()
        .enumerate()
        .filter_map(|(line, found)| found.map(|(_, length)| (line, length)))
        .collect();
    let says_so = |line: &Line<'_>, letters: usize| {
        line.text.chars().filter(|c| c.is_alphanumeric()).nth(letters - 1).is_some()
    };
    let says = |line: &Line<'_>| says_so(line, SAID);
    let of_one_kind = bulleted.iter().flatten().all(|(found, _)| Some(*found) == kind);
    let all_say = starts.iter().all(|(line, _)| body.get(*line).is_some_and(says));
    // A heading between them would be taken for the end of the point above it.
    let goes_on = |line: &Line<'_>| says_so(line, SAID_MORE) && !line.text.trim_end().ends_with(':');
    let plain = body.iter().zip(&bulleted).skip(first).all(|(line, found)| found.is_some() || goes_on(line));
    let lead = body.get(..first).unwrap_or_default();
    let all_say_more =
        || starts.iter().all(|(line, _)| body.get(*line).is_some_and(|line| says_so(line, SAID_MORE)));
    let announced = lead.len() <= 2
        && lead.last().is_none_or(|line| {
            framing::announces_below(line.text) || framing::introduces_opinions(line.text) && all_say_more()
        });
    if !(2..=MOST).contains(&starts.len()) || !of_one_kind || !all_say || !plain || !announced {
        return Vec::new();
    }
    let heading = (first > 0).then_some(((0, 0), (first, 0)));
    let ends = starts.iter().skip(1).map(|(line, _)| Some((*line, 0))).chain([None]);
    starts.iter().zip(ends).map(|((line, from), to)| Point { from: (*line, *from), to, heading }).collect()
}

/// The bullet that a line begins with, and where its words begin, in bytes.
fn bullet(text: &str) -> Option<(char, usize)> {
    const BULLETS: &str = "•·●▪■◆◇▶►➢➤✓✔★☆※*-+○◦‣→⇒☞▲△▼□❖✦✧❀☑✅⭐\u{1f539}\u{1f538}\u{1f4cc}\u{1f449}\u{1f4a1}\u{1f534}\u{1f535}";
    let start = text.trim_start();
    let mark = start.chars().next().filter(|c| BULLETS.contains(*c))?;
    let behind = start.get(mark.len_utf8()..)?;
    let words = behind.trim_start_matches('\u{fe0f}').trim_start();
    // -5, --, *** and a+b are none.
    let fits = words.starts_with(char::is_alphabetic) || words.starts_with(['“', '《', '\u{feff}']);
    fits.then_some((mark, text.len() - words.len()))
}

/// Lines of which each but the first begins with words that go on to another matter. Above the first somebody may say who he is.
pub(super) fn by_turn(body: &[Line<'_>]) -> Vec<Point> {
    const SAID_CHARS: usize = 10;
    let begins = |line: &Line<'_>| FURTHER.at_start(line.text.trim_start()).is_some();
    let says =
        |line: &Line<'_>| line.text.chars().filter(|c| c.is_alphanumeric()).nth(SAID_CHARS - 1).is_some();
    let turns: Vec<usize> = body
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| begins(line) && says(line))
        .map(|(at, _)| at)
        .take(MOST)
        .collect();
    let Some(turn) = turns.first() else { return Vec::new() };
    let before = body.get(..*turn).unwrap_or_default();
    let named = before.iter().position(|line| FIRST.at_start(line.text.trim_start()).is_some());
    let of_himself = |line: &Line<'_>| {
        let text = line.text.trim_start();
        (oneself::begins(text) || text.starts_with(['我', '俺', '咱'])) && !framing::is_of_the_matter(text)
    };
    let first = named.filter(|at| before.iter().take(*at).all(of_himself)).unwrap_or(0);
    if !before.iter().skip(first).any(says) {
        return Vec::new();
    }
    let starts = std::iter::once(first).chain(turns.iter().copied());
    let ends = turns.iter().map(|at| Some((*at, 0))).chain([None]);
    starts.zip(ends).map(|(from, to)| Point { from: (from, 0), to, heading: None }).collect()
}
