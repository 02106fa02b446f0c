//! The text that HTML becomes: lines, cells, quote marks.

/// Quote marks written at most before a line; deeper quotes look like this depth.
const MAX_QUOTE_MARKS: usize = 8;

/// Collects text as a browser would lay it out in lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    out: String,
    /// The line being written, without its quote marks.
    line: String,
    /// White space was met that counts only between words.
    blank: Option<Blank>,
    /// A block ended: the next text starts a line.
    break_pending: bool,
    /// Cells ended since the last text of this row.
    tabs_pending: usize,
    /// The line holds a list mark and nothing yet behind it.
    mark_only: bool,
    /// Depth of quotation.
    quotes: usize,
}

/// White space between words of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Space,
    /// With a line break in it: nothing between Chinese characters, a blank between words.
    SourceBreak,
}

impl Lines {
    /// Adds text; `preformatted` keeps its white space.
    pub(super) fn text(&mut self, text: &str, preformatted: bool) {
        for c in text.chars() {
            match c {
                '\n' if preformatted => self.line_break(),
                '\n' | '\r' if !preformatted => self.blank = Some(Blank::SourceBreak),
                ' ' | '\t' | '\u{c}' if !preformatted => {
                    self.blank = self.blank.or(Some(Blank::Space));
                }
                c => self.character(c),
            }
        }
    }

    /// Adds a character that no white-space rule applies to.
    pub(super) fn character(&mut self, c: char) {
        let c = if c == '\u{a0}' { ' ' } else { c };
        if c.is_control() && c != '\t' {
            return;
        }
        if self.tabs_pending > 0 {
            let kept = self.line.trim_end_matches(' ').len();
            self.line.truncate(kept);
            self.line.extend(std::iter::repeat_n('\t', self.tabs_pending));
            self.tabs_pending = 0;
            self.break_pending = false;
            self.blank = None;
        } else if self.break_pending {
            self.end_line();
        }
        if let Some(blank) = self.blank.take() {
            let previous = self.line.chars().last();
            let joins = blank == Blank::SourceBreak && previous.is_some_and(is_wide) && is_wide(c);
            if previous.is_some_and(|previous| !matches!(previous, '\t' | ' ')) && !joins && c != ' ' {
                self.line.push(' ');
            }
        }
        self.mark_only = false;
        self.line.push(c);
    }

    /// Adds to the line that is being written, before what is pending.
    pub(super) fn append(&mut self, text: &str) {
        self.line.push_str(text);
    }

    /// The last character of the line being written, unless something parts it from the next.
    pub(super) fn last(&self) -> Option<char> {
        let parted = self.break_pending || self.blank.is_some() || self.tabs_pending > 0;
        self.line.chars().last().filter(|_| !parted)
    }

    /// `<br>`: the line ends here, an empty one too.
    pub(super) fn line_break(&mut self) {
        if self.tabs_pending > 0 {
            return;
        }
        if self.break_pending {
            self.end_line();
        }
        self.break_pending = false;
        self.push_line();
    }

    /// A block begins or ends: what follows starts a line.
    pub(super) fn block(&mut self) {
        self.blank = None;
        // The paragraph inside a list item stands beside the item's mark.
        if !self.line.is_empty() && !self.mark_only {
            self.break_pending = true;
        }
    }

    /// The mark of a list item, on a line of its own until the item says something.
    pub(super) fn mark(&mut self, mark: &str) {
        self.mark_only = false;
        self.block();
        for c in mark.chars() {
            self.character(c);
        }
        self.mark_only = true;
    }

    /// A cell begins behind another one of its row.
    pub(super) fn cell(&mut self) {
        self.blank = None;
        self.tabs_pending += 1;
    }

    /// A row ends, and with it what its last cells left open.
    pub(super) fn row_end(&mut self) {
        self.tabs_pending = 0;
        self.block();
    }

    /// The depth of quotation changes here.
    pub(super) fn set_quotes(&mut self, depth: usize) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.break_pending = false;
        self.blank = None;
        self.tabs_pending = 0;
        self.quotes = depth;
    }

    fn end_line(&mut self) {
        self.break_pending = false;
        if !self.line.is_empty() {
            self.push_line();
        }
    }

    fn push_line(&mut self) {
        self.blank = None;
        // `-- ` separates a signature only with its blank (RFC 3676 section 4.3).
        let line = if self.line == "-- " { self.line.as_str() } else { self.line.trim_end() };
        for _ in 0..self.quotes.min(MAX_QUOTE_MARKS) {
            self.out.push_str("> ");
        }
        self.out.push_str(line);
        self.out.push('\n');
        self.mark_only = false;
        self.line.clear();
    }

    /// Nothing yet, with room for so many bytes: a text that grows is for a moment held twice, room that is not written to
    /// costs nothing.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), ..Self::default() }
    }

    /// How much text there is, in bytes.
    pub(super) const fn len(&self) -> usize {
        self.out.len() + self.line.len()
    }

    /// The whole text, outer blank lines cut.
    pub(super) fn finish(mut self) -> String {
        if !self.line.is_empty() {
            self.push_line();
        }
        let mut text = self.out;
        text.truncate(text.trim_end().len());
        text.drain(..text.len() - text.trim_start_matches('\n').len());
        text
    }
}

/// Whether a character is set without blanks around it: Han, kana, full-width and Chinese punctuation.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}'
        | '\u{2018}'..='\u{201d}' | '\u{2014}' | '\u{2026}')
}
