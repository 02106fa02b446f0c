//! HTML cut into text and tags, in one pass whatever the input.

/// One piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities.
    Text(&'a str),
    /// A start tag: its name as written and the text of its attributes.
    Open(&'a str, &'a str),
    /// An end tag.
    Close(&'a str),
}

/// Elements whose content is no markup and is not shown.
const RAW: [&str; 5] = ["script", "style", "title", "noembed", "xml"];

/// How much of a tag's name is looked at, in bytes.
const NAME_BYTES: usize = 64;

/// How much of a list is looked at for its number of items, in bytes.
const LIST_BYTES: usize = 16_384;

/// Cuts HTML into tokens; comments, declarations and the content of scripts and styles are dropped.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Positions of the last quotes: one that opens behind them is never closed.
    last_double: Option<usize>,
    last_single: Option<usize>,
    /// The end of the last comment; a comment that opens behind it is never closed.
    last_comment_end: Option<usize>,
    /// Raw elements that have no end tag ahead, so that none is searched for twice.
    unclosed: [bool; RAW.len()],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            html,
            at: 0,
            last_double: html.rfind('"'),
            last_single: html.rfind('\''),
            last_comment_end: html.rfind("-->"),
            unclosed: [false; RAW.len()],
        }
    }

    /// How many items the list holds that was just opened; the beginning of a long one is enough.
    pub(super) fn items_ahead(&self) -> i32 {
        let head = self.rest();
        let head = head.get(..head.floor_char_boundary(LIST_BYTES)).unwrap_or(head).to_ascii_lowercase();
        let list = head.split("</ol").next().unwrap_or_default();
        i32::try_from(list.matches("<li").count()).unwrap_or(i32::MAX)
    }

    /// Whether a tag's name opens here, and not an address in brackets or a comparison.
    fn opens_tag(&self) -> bool {
        let name = self.rest().get(1..).unwrap_or_default();
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        name.bytes()
            .take(NAME_BYTES)
            .enumerate()
            .take_while(|(at, byte)| !is_end(byte) || *at == 0 && *byte == b'/')
            .all(|(_, byte)| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'_' | b'.' | b'/'))
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// The position of the `>` that ends the tag; quotes hide it.
    fn tag_end(&self) -> Option<usize> {
        let mut quote = None;
        for (offset, byte) in self.rest().bytes().enumerate() {
            let at = self.at + offset;
            match (byte, quote) {
                (b'>', None) => return Some(at),
                (b'"', None) if self.last_double.is_some_and(|last| last > at) => quote = Some(b'"'),
                (b'\'', None) if self.last_single.is_some_and(|last| last > at) => quote = Some(b'\''),
                (byte, Some(open)) if byte == open => quote = None,
                _ => {}
            }
        }
        None
    }

    /// Passes a comment, a declaration or a processing instruction.
    fn skip_markup(&mut self) {
        let rest = self.rest();
        let end = if rest.starts_with("<!--") {
            // `<!-->` is a whole comment, as browsers have it.
            if rest.starts_with("<!-->") {
                Some(5)
            } else if self.last_comment_end.is_some_and(|last| last >= self.at + 4) {
                rest.find("-->").map(|at| at + 3)
            } else {
                Some(4)
            }
        } else {
            rest.find('>').map(|at| at + 1)
        };
        self.at += end.unwrap_or(rest.len());
    }

    /// Passes the content of a raw element up to its end tag. Without an end tag the content is text: what a
    /// browser would hide to the end of the message is not thrown away.
    fn skip_raw(&mut self, name: &str) {
        let Some(index) = RAW.iter().position(|raw| raw.eq_ignore_ascii_case(name)) else {
            return;
        };
        let Some(unclosed) = self.unclosed.get_mut(index) else {
            return;
        };
        if *unclosed {
            return;
        }
        let rest = self.html.get(self.at..).unwrap_or_default();
        let end = rest.match_indices("</").find_map(|(at, _)| {
            let candidate = rest.get(at + 2..at + 2 + name.len())?;
            candidate.eq_ignore_ascii_case(name).then_some(at)
        });
        match end {
            Some(end) => self.at += end,
            None => *unclosed = true,
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let mut bytes = rest.bytes();
            match (bytes.next()?, bytes.next()) {
                (b'<', Some(b'!' | b'?')) => self.skip_markup(),
                (b'<', Some(b'/' | b'a'..=b'z' | b'A'..=b'Z')) if self.opens_tag() => {
                    let Some(end) = self.tag_end() else {
                        // No tag after all.
                        self.at = self.html.len();
                        return Some(Token::Text(rest));
                    };
                    let inside = self.html.get(self.at + 1..end).unwrap_or_default();
                    self.at = end + 1;
                    if let Some(name) = inside.strip_prefix('/') {
                        return Some(Token::Close(name.trim()));
                    }
                    let cut =
                        inside.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inside.len());
                    let (name, attributes) = inside.split_at_checked(cut).unwrap_or((inside, ""));
                    if !inside.ends_with('/') {
                        self.skip_raw(name);
                    }
                    return Some(Token::Open(name, attributes));
                }
                _ => {
                    // At least one character: a `<` that opens nothing is text.
                    let skip = rest.chars().next().map_or(1, char::len_utf8);
                    let end =
                        rest.get(skip..).and_then(|tail| tail.find('<')).map_or(rest.len(), |at| at + skip);
                    self.at += end;
                    return Some(Token::Text(rest.get(..end).unwrap_or_default()));
                }
            }
        }
    }
}

/// Whether a paragraph ends where this element begins.
pub(super) fn ends_paragraph(name: &str) -> bool {
    ["p", "div", "table", "ul", "ol", "blockquote"].iter().any(|block| name.eq_ignore_ascii_case(block))
}

/// The value of an attribute, quotes undone.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let (found, tail) = rest.split_at_checked(end)?;
        let tail = tail.trim_ascii_start();
        let Some(value) = tail.strip_prefix('=') else {
            rest = if tail.len() < rest.len() { tail } else { tail.get(1..)? };
            continue;
        };
        let value = value.trim_ascii_start();
        let (value, tail) = if let Some(quoted) = value.strip_prefix(['"', '\'']) {
            let quote = value.chars().next()?;
            quoted.split_once(quote).unwrap_or((quoted, ""))
        } else {
            let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
            value.split_at_checked(end)?
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = tail;
    }
}
