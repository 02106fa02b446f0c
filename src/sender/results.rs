//! The grammar of result fields (RFC 8601 section 2.2): quoted strings, comments, blanks around every sign.

use std::fmt;

/// Most results read of one field.
const MOST_RESULTS: usize = 100;

/// Stands for a sign of the grammar that is quoted, and so is none.
const QUOTED_SIGN: char = char::REPLACEMENT_CHARACTER;

/// One `Authentication-Results:` field.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The authserv-id, lower case.
    pub(super) id: String,
    pub(super) results: Vec<MethodResult>,
    /// Every quote and comment is closed. Where one is not, the field was read as if there were none.
    pub(super) is_whole: bool,
}

/// `method=outcome property=value …`, lower case.
#[derive(Debug, Default)]
pub(super) struct MethodResult {
    pub(super) method: String,
    pub(super) outcome: String,
    properties: Vec<(String, String)>,
}

impl MethodResult {
    /// The domain that the first of these properties names.
    pub(super) fn domain(&self, names: &[&str]) -> Option<String> {
        let (_, value) = self.properties.iter().find(|(name, _)| names.contains(&name.as_str()))?;
        // A quoted sign parts nothing, lest a local part vouch for a domain: `"x@example.com"@example.net`.
        let signs: &[char] = if self.outcome == "pass" { &['@'] } else { &['@', QUOTED_SIGN] };
        let domain = value.rsplit(signs).next().unwrap_or_default();
        (!domain.is_empty()).then(|| domain.to_owned())
    }

    /// Whether it judges the name of a greeting, which says nothing of an author.
    pub(super) fn is_about_helo(&self) -> bool {
        self.properties.iter().any(|(name, value)| {
            name.starts_with("smtp.helo") || name == "identity" && value.starts_with("helo")
        })
    }

    /// From pairs, the first of which is the result.
    fn of(pairs: Vec<(String, String)>) -> Option<Self> {
        let mut pairs = pairs.into_iter();
        let (method, outcome) = pairs.next()?;
        // `method/version`
        let method = method.split('/').next().unwrap_or_default().to_owned();
        Some(Self { method, outcome, properties: pairs.collect() })
    }
}

impl fmt::Display for MethodResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.method, self.outcome)?;
        self.properties.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

/// Reads one field.
pub(super) fn read(value: &str) -> Line {
    let (tokens, is_whole) = tokens(value);
    let mut segments = tokens.split(|token| *token == Token::Semicolon);
    let id = segments.next().and_then(|segment| {
        segment.iter().find_map(|token| if let Token::Text(text) = token { Some(text.clone()) } else { None })
    });
    let results =
        segments.filter_map(|segment| MethodResult::of(pairs(segment))).take(MOST_RESULTS).collect();
    Line { id: id.unwrap_or_default(), results, is_whole }
}

/// Reads `Received-SPF: outcome (comment) name=value; …` (RFC 7208 section 9.1) as a result of SPF.
pub(super) fn received_spf(value: &str) -> MethodResult {
    let (tokens, _) = tokens(value);
    let outcome = tokens.iter().find_map(|token| match token {
        Token::Text(text) => Some(text.clone()),
        _ => None,
    });
    let properties =
        tokens.split(|token| *token == Token::Semicolon).flat_map(pairs).take(MOST_RESULTS).collect();
    MethodResult { method: "spf".to_owned(), outcome: outcome.unwrap_or_default(), properties }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    Equals,
    Semicolon,
    Blank,
}

/// The tokens in lower case, and whether every quote and comment is closed.
fn tokens(value: &str) -> (Vec<Token>, bool) {
    let lower = value.to_lowercase();
    match tokens_of(&lower) {
        Some(tokens) => (tokens, true),
        None => (tokens_of(&lower.replace(['"', '(', ')', '\\'], " ")).unwrap_or_default(), false),
    }
}

/// `None`: a quote or a comment is open at the end.
fn tokens_of(value: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if depth > 0 {
            match c {
                '\\' => drop(chars.next()),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
        } else if quoted {
            match c {
                '"' => quoted = false,
                '\\' => push(&mut tokens, chars.next().map_or(QUOTED_SIGN, inert)),
                c => push(&mut tokens, inert(c)),
            }
        } else {
            match c {
                '"' => quoted = true,
                '(' => {
                    depth = 1;
                    tokens.push(Token::Blank);
                }
                ';' => tokens.push(Token::Semicolon),
                '=' => tokens.push(Token::Equals),
                c if c.is_whitespace() => tokens.push(Token::Blank),
                c => push(&mut tokens, c),
            }
        }
    }
    (depth == 0 && !quoted).then_some(tokens)
}

fn inert(c: char) -> char {
    if matches!(c, '@' | '=' | ';' | '/') { QUOTED_SIGN } else { c }
}

fn push(tokens: &mut Vec<Token>, c: char) {
    if let Some(Token::Text(text)) = tokens.last_mut() {
        text.push(c);
    } else {
        tokens.push(Token::Text(c.to_string()));
    }
}

/// The `name = value` of a segment. Blanks may stand around `=`, and in a name around `.` and `/`.
fn pairs(segment: &[Token]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut tokens = segment.iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => words.push(text),
            Token::Equals => {
                while tokens.next_if(|token| **token == Token::Blank).is_some() {}
                // A value may hold the sign itself: `smtp.mailfrom=bounce=1=x@example.com`.
                let mut value = String::new();
                while let Some(part) = tokens.next_if(|token| **token != Token::Blank) {
                    value.push_str(if let Token::Text(text) = part { text } else { "=" });
                }
                let name = joined_name(&words);
                if !name.is_empty() {
                    pairs.push((name, value));
                }
                words.clear();
            }
            Token::Semicolon | Token::Blank => {}
        }
    }
    pairs
}

/// The last word, with those before it that a `.` or `/` joins to it.
fn joined_name(words: &[&str]) -> String {
    let joins = |c: char| matches!(c, '.' | '/');
    let mut name = String::new();
    for word in words.iter().rev() {
        if !name.is_empty() && !word.ends_with(joins) && !name.starts_with(joins) {
            break;
        }
        name.insert_str(0, word);
    }
    name
}
