//! What the citizen wrote now: without quoted mail, client footers and `-- ` signatures.
//!
//! One pass over the lines. A line is the citizen's own, quoted (`>`), or the beginning of a quote
//! ([`headers`]); behind a header everything is quoted, unless the quote marks its lines, in which case
//! text among and below the marked lines is an answer and stays. Cutting proposes a comment; the whole
//! text is kept beside it, and a body is never cut to nothing (mailgun/talon#149).

mod attribution;
mod cover;
mod footers;
mod headers;
mod marks;
mod notices;
mod ours;
mod signs;
mod tidy;

use headers::{Header, header_at};
use marks::{announces, is_angle, is_bbs, is_bbs_sentence, is_comparison, is_rare};
use tidy::{Tidied, join_tidied, probe};

/// A body divided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cut {
    /// What was written now. LF line ends, trailing blanks cut, three or more empty lines become one.
    pub comment: String,
    /// The first line that was recognised as the beginning of quoted text; `None` when nothing was cut.
    pub quote_header: Option<String>,
    /// The quoted text that was cut.
    pub quoted: String,
    /// Client footers, signature block, and the notices of gateways, companies and lists that were cut.
    pub footers: Vec<String>,
    /// The `-- ` signature block that was cut, without its first line: it says who wrote.
    pub signature: String,
    /// Everything that is there is quoted or forwarded: `comment` then holds it all (flag `only_quoted`).
    pub only_quoted: bool,
    /// All of it is a receipt of ours.
    pub only_ours: bool,
    /// What was written says no more than that it agrees with what was cut: a person decides whether that is the opinion.
    pub refers_to_quoted: bool,
}

/// How many lines behind a header are looked at for the first quoted line.
const LOOK_AHEAD_LINES: usize = 5;

/// How many lines behind an attribution are looked at for a quoted line: `[...]` or an answer may come first.
const ANSWER_LINES: usize = 40;

/// Divides a body. `forwarded`: the subject carries a forward prefix.
pub fn cut(text: &str, forwarded: bool) -> Cut {
    let text = tidy::line_ends(text);
    let lines = lines_of(&text);
    let Divided { own, quoted: Tidied { text: quoted, .. }, mut header } = divide(&lines);
    let (rest, ours) = ours::without(&own).unzip();
    let own = rest.as_deref().map_or(own, |rest| rest.split('\n').collect());
    let ours = ours.unwrap_or_default();
    if let Some(first) = ours.lines().next() {
        header.get_or_insert_with(|| probe(first).trim().to_owned());
    }
    let (own, mut footers) = footers::strip(own);
    let own = notices::strip(own, &mut footers.client);
    let comment = join_tidied(own);

    let forwarded = forwarded || header.as_deref().is_some_and(signs::passes_on);
    let says_nothing =
        !has_content(&comment) || forwarded && only_passes_on(&comment) || cover::sends_for_another(&comment);
    if says_nothing && (has_content(&quoted) || !ours.is_empty()) {
        // Nothing of one's own: a person must look, so everything stays in sight.
        let only_ours = !has_content(&quoted);
        drop(quoted);
        return Cut { comment: join_tidied(lines), only_quoted: true, only_ours, ..Cut::default() };
    }
    if has_content(&comment) || footers.signature.is_empty() {
        let signature = footers.signature.clone();
        let footers = footers.all();
        let refers_to_quoted = has_content(&quoted) && cover::refers(&comment, false);
        let quoted = ours + &quoted;
        return Cut {
            comment,
            quote_header: header,
            quoted,
            footers,
            signature,
            only_quoted: false,
            only_ours: false,
            refers_to_quoted,
        };
    }
    // A body that is a signature block and nothing else: the block is what was written.
    Cut {
        comment: join_tidied(footers.signature.split('\n')),
        quote_header: header,
        quoted,
        footers: footers.client,
        ..Cut::default()
    }
}

/// Divides a body to which a whole message is attached: where the body says nothing of its own, the attached
/// message is all there is.
pub fn cut_above(text: &str, forwarded: bool, attached: &str) -> Cut {
    let own = cut(text, forwarded);
    let says_nothing = !has_content(&own.comment) || forwarded && only_passes_on(&own.comment);
    if !own.only_quoted && has_content(attached) && cover::refers(&own.comment, true) {
        return Cut { quoted: format!("{}\n{attached}", own.quoted), refers_to_quoted: true, ..own };
    }
    if own.only_quoted || !says_nothing || !has_content(attached) {
        return own;
    }
    only_quoted(&format!("{text}\n\n{attached}"))
}

/// Whether what stands above a letter says no more than that it is passed on.
fn only_passes_on(comment: &str) -> bool {
    footers::is_forwarding_phrase(comment) || cover::is_cover(comment)
}

/// A text that is somebody else's from end to end: the message attached to an empty one.
pub fn only_quoted(text: &str) -> Cut {
    let comment = join_tidied(tidy::line_ends(text).split('\n'));
    Cut { comment, only_quoted: true, ..Cut::default() }
}

/// A letter that was passed on, below the head that says whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// What the head says of its sender: `"王晓明" <a@example.com>`.
    pub sender: String,
    /// The letter, with empty lines in the place of what stands above it.
    pub letter: String,
}

/// Takes a text apart that is nothing but a letter passed on. `None` where no head that says so stands above it, or a second one
/// below, or it is longer than letters are.
pub fn passed_on(text: &str) -> Option<PassedOn> {
    below_head(text, false)
}

/// The letter below the words of somebody who agrees with it, whatever head stands above it.
pub fn agreed_with(text: &str) -> Option<PassedOn> {
    below_head(text, true)
}

fn below_head(text: &str, any_head: bool) -> Option<PassedOn> {
    const LETTER_BYTES: usize = 64 << 10;
    if text.len() > LETTER_BYTES {
        return None;
    }
    // Some programs mark the lines of what they pass on.
    let unmarked = |line: &str| {
        line.strip_prefix('>').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest)).to_owned()
    };
    let text = text.split('\n').map(unmarked).collect::<Vec<_>>().join("\n");
    let lines = lines_of(&text);
    let at = (0..lines.len()).find(|at| headers::sender_at(&lines, *at).is_some())?;
    // 原始邮件 stands above what is answered.
    let passed_on = lines.get(..at)?.iter().any(|line| signs::passes_on(&probe(line)));
    if !any_head && !passed_on {
        return None;
    }
    let (sender, end) = headers::sender_at(&lines, at)?;
    let further = (end..lines.len()).any(|at| header_at(&lines, at).is_some());
    let letter = lines.get(end..).filter(|_| !further)?.join("\n");
    Some(PassedOn { sender, letter: "\n".repeat(end) + &letter })
}

/// The lines of a text, in a list made in one piece: one that grows would for a moment hold them twice.
fn lines_of(text: &str) -> Vec<&str> {
    let mut lines = Vec::with_capacity(text.bytes().filter(|byte| *byte == b'\n').count() + 1);
    lines.extend(text.split('\n'));
    lines
}

/// Lines by whose they are.
#[derive(Default)]
struct Divided<'a> {
    own: Vec<&'a str>,
    quoted: Tidied,
    header: Option<String>,
}

fn divide<'a>(lines: &[&'a str]) -> Divided<'a> {
    let mut divided = Divided { own: Vec::with_capacity(lines.len()), ..Divided::default() };
    let mut marks = Marks::of(lines);
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        if divided.header.is_none() && is_angle(line) && announces(&divided.own) {
            // A list of one's own, with `>` for its bullets.
            let is_item = |line: &&&str| is_angle(line) || line.trim().is_empty();
            let items = lines.iter().skip(index).take_while(is_item).count();
            divided.own.extend(lines.iter().skip(index).take(items));
            index += items;
            continue;
        }
        if marks.is_quoted(line, divided.header.is_some()) {
            divided.header.get_or_insert_with(|| probe(line).trim().to_owned());
            divided.quoted.push(line);
            index += 1;
            continue;
        }
        if let Some(Header { lines: length, lines_before, is_attribution }) = header_at(lines, index) {
            // A wrapped attribution begins on lines that were taken for the citizen's.
            let before = divided.own.split_off(divided.own.len().saturating_sub(lines_before));
            let first = before.first().copied().unwrap_or(line);
            divided.header.get_or_insert_with(|| probe(first).trim().to_owned());
            let end = index.saturating_add(length).min(lines.len());
            let first_mark = first_marked(lines, end, is_attribution);
            marks.rare |= first_mark.is_some_and(is_rare);
            // Behind a quote without marks everything is quoted.
            let quoted = if first_mark.is_some() { end } else { lines.len() };
            divided.quoted.extend(before.into_iter().chain(lines.iter().take(quoted).skip(index).copied()));
            index = quoted;
            continue;
        }
        divided.own.push(line);
        index += 1;
    }
    divided
}

/// The first marked line of a quote that marks its lines, so that unmarked text is an answer. Behind an attribution
/// something else may come first; behind a header block, which marks nothing, marked lines are an older quote's.
fn first_marked<'a>(lines: &[&'a str], from: usize, behind_attribution: bool) -> Option<&'a str> {
    let is_marked = |line: &&str| is_angle(line) || is_bbs(line) || is_rare(line);
    let first = lines.iter().skip(from).take(LOOK_AHEAD_LINES).find(|line| !probe(line).trim().is_empty());
    if let Some(line) = first.filter(|line| is_marked(line)) {
        return Some(line);
    }
    if !behind_attribution {
        return None;
    }
    let (at, line) =
        lines.iter().enumerate().skip(from).take(ANSWER_LINES).find(|(_, line)| is_angle(line))?;
    (from..at).all(|at| header_at(lines, at).is_none()).then_some(*line)
}

/// Which marks this body quotes with.
struct Marks {
    angle: bool,
    bbs: bool,
    /// Marks that only an attribution makes marks.
    rare: bool,
}

impl Marks {
    fn of(lines: &[&str]) -> Self {
        let angles = lines.iter().filter(|line| is_angle(line)).count();
        // One line alone that begins with `>60` is a comparison, not a quote.
        let has_mark = |line: &str| line.contains(['>', '＞']) || line.contains("&gt;");
        let is_spaced = |line: &str| {
            let line = probe(line);
            let line = line.trim_start();
            (line.starts_with("> ") || line.starts_with("&gt; ")) && !is_comparison(line)
        };
        let spaced = lines.iter().any(|line| has_mark(line) && is_spaced(line));
        // One line alone quotes at an end of the letter; behind a colon it goes on.
        let said: Vec<usize> = (0..lines.len())
            .filter(|at| lines.get(*at).is_some_and(|line| !line.trim().is_empty()))
            .collect();
        let at_an_end = |place: Option<&usize>, above: Option<&usize>| {
            let above = above.and_then(|at| lines.get(*at)).map(|line| probe(line));
            let goes_on = above.is_some_and(|above| above.trim_end().ends_with(':'));
            !goes_on && place.and_then(|at| lines.get(*at)).is_some_and(|line| is_bbs_sentence(line))
        };
        let bbs = lines.windows(2).any(|pair| pair.iter().all(|line| is_bbs(line)))
            || at_an_end(said.first(), None)
            || at_an_end(said.last(), said.len().checked_sub(2).and_then(|at| said.get(at)));
        // Comparisons one below the other are a list: `> 50人的单位`.
        let comparisons =
            || lines.iter().filter(|line| is_angle(line)).all(|line| is_comparison(&probe(line)));
        Self { angle: spaced || angles > 1 && !comparisons(), bbs, rare: false }
    }

    fn is_quoted(&self, line: &str, behind_header: bool) -> bool {
        (self.angle || behind_header) && is_angle(line)
            || (self.bbs || behind_header) && is_bbs(line)
            || self.rare && is_rare(line)
    }
}

fn has_content(text: &str) -> bool {
    text.chars().any(|c| c.is_alphanumeric() || is_symbol_with_meaning(c))
}

/// A thumbs-up is an answer, a row of dashes is not.
fn is_symbol_with_meaning(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

#[cfg(test)]
mod tests;
