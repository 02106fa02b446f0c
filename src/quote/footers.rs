//! Lines that a mail client adds below a text, and `-- ` signature blocks.

use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::language::language_table;

use super::headers::is_bare_rule;
use super::tidy::probe;

/// The longest line that can be a client's footer, in bytes.
const FOOTER_BYTES: usize = 200;

/// The longest block behind a bare `--` that still is a signature, in lines. RFC 3676 section 4.3 has
/// `-- ` with its blank; the bare form is also a rule that people draw through a text.
const BARE_SIGNATURE_LINES: usize = 8;

language_table!(
    /// What clients add below a text.
    pub(super) FOOTERS, "language/client_footers.tsv");

static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
    FOOTERS.pattern(
        r"(?ix) ^ [\[(<【|—–\-\s]* (?:
          (?: ⟨sent from⟩ | ⟨sent through⟩ ) \s* (?:我的|我)? \s* (?: [a-z0-9\s+.\-] | ⟨maker⟩ ){0,24}
            ⟨device⟩ (?: [a-z0-9\s+.\-()] | ⟨behind device⟩ ){0,16}
            ⟨sent⟩? (?: , \s* (?:适用于|適用於) .{1,20} | [,，] \s* ⟨slogan⟩ .{1,24} )?
        | (?:나의\s?)? [a-z\s]{0,20} ⟨device⟩ ⟨sent behind⟩
        | ⟨get⟩ \s* (?:适用于 .{1,20} 的)? \s* outlook .{0,60}
        | (?: sent \s (?: from | with | via ) | ⟨sent from abroad⟩ ) \s .{1,60}
        | ⟨advertiser⟩ \s* (?: [|·] [^】\]]{0,30} )? [】\]] .{0,120}
        | (?:本邮件)? (?:签名由)? \s* .{0,6} 网易邮箱大师 .{0,40}
        ) [\])>】|\s。.!]* $",
    )
});

/// `用手机`, which needs a verb at its end: the line may be about something else.
static UNSENT: LazyLock<Regex> = LazyLock::new(|| FOOTERS.pattern(r"(?i)^[\[(<【|—–\-\s]*⟨sent through⟩"));
static SENT: LazyLock<Regex> = LazyLock::new(|| FOOTERS.pattern(r"(?i)⟨sent⟩[\])>】|\s。.!]*$"));

/// What advertises a mail service below a client's footer: `手机邮箱，…，点击免费下载客户端`.
static ADVERTISES: LazyLock<Regex> =
    LazyLock::new(|| FOOTERS.pattern(r"⟨advertises⟩|^\s*<?https?://\S+>?\s*$"));

/// Where a word of the footer leads.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*<?https?://\S+$").expect("a constant pattern"));

static FORWARDING: LazyLock<Regex> =
    LazyLock::new(|| FOOTERS.pattern(r"(?i)^[\s,.!:，。！：]*⟨forwarding⟩[\s,.!:，。！：]*$"));

/// Most footers kept one by one; further ones stand together in the last.
const MAX_FOOTERS: usize = 50;

/// What was taken off.
#[derive(Default)]
pub(super) struct Footers {
    /// Footers of mail clients.
    pub(super) client: Vec<String>,
    /// The signature block without its `-- ` and its empty lines.
    pub(super) signature: String,
}

impl Footers {
    pub(super) fn all(self) -> Vec<String> {
        let mut all = self.client;
        if !self.signature.is_empty() {
            all.push(self.signature);
        }
        all
    }

    fn push_client(&mut self, line: &str) {
        let line = probe(line);
        let full = self.client.len() >= MAX_FOOTERS;
        match self.client.last_mut() {
            Some(last) if full => append(last, line.trim()),
            _ => self.client.push(line.trim().to_owned()),
        }
    }
}

fn append(lines: &mut String, line: &str) {
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines.push_str(line);
}

/// Takes client footers and the signature block off the citizen's own lines.
pub(super) fn strip(mut own: Vec<&str>) -> (Vec<&str>, Footers) {
    let mut footers = Footers::default();
    if let Some(last) = own.iter_mut().rev().find(|line| !line.trim().is_empty())
        && let Some((said, footer)) = glued(last)
    {
        footers.push_client(footer);
        *last = said;
    }
    let block = signature_start(&own).map(|start| own.split_off(start)).unwrap_or_default();
    // Where the last line that is not empty stands: looked for backwards, footers between empty lines would take
    // the square of their number.
    let mut said: Option<usize> = None;
    let mut kept = 0;
    let mut below_footer = false;
    for at in 0..own.len() {
        let Some(line) = own.get(at).copied() else { break };
        if below_footer && advertises(line) {
            footers.push_client(line);
            continue;
        }
        if is_client_footer(line) {
            footers.push_client(line);
            // Some clients rule their footer off, or show a picture above it.
            if let Some(above) = said
                .take()
                .and_then(|at| own.get_mut(at))
                .filter(|line| is_bare_rule(line) || is_picture(line))
            {
                *above = "";
            }
            let card = card_length(own.get(..kept).unwrap_or_default());
            for line in own.iter().take(kept).skip(kept - card).filter(|line| !is_bars(line)) {
                append(&mut footers.signature, line.trim());
            }
            kept -= card;
            below_footer = true;
            continue;
        }
        below_footer &= line.trim().is_empty();
        if !line.trim().is_empty() {
            said = Some(kept);
        }
        if let Some(place) = own.get_mut(kept) {
            *place = line;
        }
        kept += 1;
    }
    own.truncate(kept);
    for line in block.iter().skip(1) {
        if is_client_footer(line) {
            footers.push_client(line);
        } else if !line.trim().is_empty() {
            append(&mut footers.signature, line.trim_end());
        }
    }
    (own, footers)
}

fn is_client_footer(line: &str) -> bool {
    if line.len() > FOOTER_BYTES {
        return false;
    }
    let line = probe(line);
    let line = line.trim();
    let line = if line.contains("://") {
        ADDRESS.find(line).map_or(line, |it| line.get(..it.start()).unwrap_or(line))
    } else {
        line
    };
    !line.is_empty() && CLIENT.is_match(line) && (!UNSENT.is_match(line) || SENT.is_match(line))
}

/// A client's footer behind the last sentence, where the mail lost its line ends: `…谢谢！发自我的iPhone`.
fn glued(line: &str) -> Option<(&str, &str)> {
    const FOOTER_CHARS: usize = 40;
    let tail = line.char_indices().rev().take(FOOTER_CHARS).last().map_or(0, |(at, _)| at);
    let ends_sentence =
        |c: char| !c.is_alphanumeric() && !matches!(c, ',' | '，' | '、' | '“' | '《' | '(' | '（');
    let begins = line.char_indices().filter(|(at, c)| *at >= tail && ends_sentence(*c));
    let has_words = |said: &str| said.chars().any(char::is_alphanumeric);
    begins
        .filter_map(|(at, c)| line.split_at_checked(at + c.len_utf8()))
        .filter(|(said, _)| has_words(said))
        .find(|(_, footer)| {
            is_client_footer(footer)
                && (footer.trim_start().starts_with("发自") || SENT.is_match(footer.trim()))
        })
}

/// Whether a line below a client's footer goes on with it.
fn advertises(line: &str) -> bool {
    line.len() <= FOOTER_BYTES && ADVERTISES.is_match(&probe(line))
}

/// How many lines at the end are a card that a client draws above its footer, between lines of bars: who sends, and his
/// address.
fn card_length(above: &[&str]) -> usize {
    const CARD_LINES: usize = 12;
    const LINE_BYTES: usize = 90;
    let is_of_a_card =
        |line: &str| line.len() <= LINE_BYTES && !line.contains(['，', '。', '；', '！', '？']);
    let lines = above.iter().rev().take(CARD_LINES).take_while(|line| is_of_a_card(line));
    let bars: Vec<usize> =
        lines.enumerate().filter(|(_, line)| is_bars(line)).map(|(at, _)| at + 1).collect();
    if bars.len() >= 2 { bars.last().copied().unwrap_or(0) } else { 0 }
}

/// A line of a table that is drawn with bars and holds nothing.
fn is_bars(line: &str) -> bool {
    let line = probe(line);
    line.contains('|') && line.chars().all(|c| c == '|' || c.is_whitespace())
}

/// What a client leaves of a picture that it shows above its footer.
fn is_picture(line: &str) -> bool {
    FOOTERS.words("picture").any(|word| probe(line).trim() == word)
}

/// The line that begins the signature block.
fn signature_start(own: &[&str]) -> Option<usize> {
    let start = own.iter().enumerate().position(|(index, line)| match *line {
        "-- " | "--\u{a0}" => true,
        "--" => own.len() - index <= BARE_SIGNATURE_LINES + 1,
        _ => false,
    })?;
    let goes_on = own
        .iter()
        .skip(start + 1)
        .any(|line| line.len() <= PROPOSAL_BYTES && PROPOSAL.is_match(&probe(line)));
    (!goes_on).then_some(start)
}

/// The longest line that is looked at for a proposal, in bytes.
const PROPOSAL_BYTES: usize = 4000;

/// A numbered point or a proposal: whoever rules his text with `--` goes on below it.
static PROPOSAL: LazyLock<Regex> = LazyLock::new(|| {
    FOOTERS.pattern(r"^\s*(?:[0-9]{1,2}\s?[.、)]|\([0-9一二三四五六七八九十]{1,2}\)|[一二三四五六七八九十]{1,2}、|[①-⑳])\s?\p{Han}{4}|^\s*⟨goes on⟩\p{Han}{3}")
});

/// Whether somebody who forwards only says that he does.
pub(super) fn is_forwarding_phrase(comment: &str) -> bool {
    comment.len() <= FOOTER_BYTES && FORWARDING.is_match(comment)
}
