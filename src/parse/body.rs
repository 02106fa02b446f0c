//! Which part of a message is its text.

use std::borrow::Cow;
use std::collections::HashMap;

use mail_parser::{MessagePart, MessageRef, PartKind};

use super::engine::ENGINE;
use super::found::{Found, is_blank};
use super::params::Params;
use super::{
    Defects, Message, ParseLimits, TextSource, attachments, embedded, fields, flowed, html, legibility,
    plain, transfer,
};
use crate::charset;
use crate::vocabulary::language::word_list;

word_list!(
    /// Subtypes of text/ that are known not to be text.
    DATA_SUBTYPES, html::MARKUP, "data subtype");

/// Messages inside messages that are looked into for a text.
const MAX_FORWARDS: usize = 8;

/// HTML parts that are compared with the text before them; ten thousand small ones below a long text would take minutes.
const MAX_COMPARED: usize = 4;

/// HTML read for one byte of text at most: markup is several times its text.
const HTML_BYTES_PER_TEXT_BYTE: usize = 2;

/// Fills in the text, where it comes from, and the attachments.
pub(super) fn read(root: MessageRef<'_>, limits: ParseLimits, message: &mut Message) {
    message.thread = fields::thread(&message.headers);
    let mut found = text_of(root, limits, &mut message.defects);
    let mut hidden = std::mem::take(&mut found.hidden);
    message.links = std::mem::take(&mut found.links);
    let mut opened = attachments::list(root, &found, limits, message);
    if is_blank(&found.text)
        && let Some(text) = opened.take()
    {
        found = Found { text, source: TextSource::Tnef, ..Found::default() };
    }
    message.forwarded = attached_text(root, limits, message).filter(|_| !is_blank(&found.text));
    let mut inner = root;
    for _ in 0..MAX_FORWARDS {
        if !is_blank(&found.text) || message.report.is_some() {
            break;
        }
        let Some(nested) = inner.parts().find_map(|part| part.nested()) else {
            break;
        };
        inner = nested;
        found = text_of(inner, limits, &mut message.defects);
        found.source = TextSource::Forwarded;
        hidden.push_str(&found.hidden);
        if let Some(text) = attachments::list(inner, &found, limits, message)
            && is_blank(&found.text)
        {
            found.text = text;
        }
    }
    if is_blank(&found.text)
        && message.report.is_none()
        && let Some(text) = text_of_file(root, limits, message)
    {
        found = Found { text, source: TextSource::Forwarded, ..Found::default() };
    }
    message.defects.limit_reached |= shorten(&mut found.text, limits.text_bytes);
    if is_blank(&found.text) && !is_blank(&hidden) {
        // White letters on white paper, by mistake: the words are kept, and a person decides.
        found = Found { text: std::mem::take(&mut hidden), source: TextSource::Html, ..Found::default() };
        message.all_hidden = true;
    }
    message.hidden = hidden;
    if !is_blank(&found.text) {
        message.text = found.text;
        message.text_source = found.source;
    }
}

/// The text of a message that is attached as a file: some web mail forwards so, under no type of its own.
fn text_of_file(root: MessageRef<'_>, limits: ParseLimits, message: &mut Message) -> Option<String> {
    let is_mail = |part: &MessagePart<'_>| {
        !part.is_multipart()
            && attachments::filename(*part).is_some_and(|name| name.text.to_lowercase().ends_with(".eml"))
    };
    let part = root.parts().find(is_mail)?;
    let bytes = transfer::decoded(part);
    let tree = ENGINE.parse(fields::message_start(&bytes))?;
    let found = text_of(tree.root(), limits, &mut message.defects);
    (!is_blank(&found.text)).then_some(found.text)
}

/// Cuts a text behind its last whole character within `limit` bytes, and says whether it did.
pub(super) fn shorten(text: &mut String, limit: usize) -> bool {
    let too_long = text.len() > limit;
    if too_long {
        text.truncate(text.floor_char_boundary(limit));
    }
    too_long
}

/// The text of the message that is attached to this one, `None` where that is a report's copy or says nothing.
fn attached_text(root: MessageRef<'_>, limits: ParseLimits, message: &Message) -> Option<String> {
    if message.report.is_some() {
        return None;
    }
    let nested = root.parts().find_map(|part| part.nested())?;
    // What is wrong in somebody else's message says nothing of this one.
    let mut found = text_of(nested, limits, &mut Defects::default());
    shorten(&mut found.text, limits.text_bytes);
    (!is_blank(&found.text)).then_some(found.text)
}

/// The first `limit` bytes, and whether that is less than all. The cut falls behind a byte that ends a
/// character in every charset of mail (one below 0x30), if one is near.
pub(super) fn bounded(bytes: &[u8], limit: usize) -> (&[u8], bool) {
    let Some(head) = bytes.get(..limit).filter(|head| head.len() < bytes.len()) else {
        return (bytes, false);
    };
    let from = head.len().saturating_sub(4096);
    let near = head.get(from..).unwrap_or_default();
    let end = near.iter().rposition(|byte| *byte < 0x30).map_or(head.len(), |at| from + at + 1);
    (head.get(..end).unwrap_or(head), true)
}

/// What one part says.
#[derive(Default)]
struct PartText {
    text: String,
    /// What stands in it and is not seen.
    hidden: String,
    html: bool,
}

/// The text of one message, its nested messages not looked into.
fn text_of(message: MessageRef<'_>, limits: ParseLimits, defects: &mut Defects) -> Found {
    let limits = limits.for_text_in(message.raw().len());
    let mut found = Found::default();
    let mut compared = 0;
    for (is_choice, parts) in groups(message) {
        let room = limits.text_bytes.saturating_sub(found.text.len());
        if room == 0 {
            defects.limit_reached = true;
            break;
        }
        if is_choice {
            choice(&parts, room, &mut found, defects);
        } else {
            for part in parts {
                let room = limits.text_bytes.saturating_sub(found.text.len());
                let read = part_text(part, room, &mut found, defects);
                // The same text twice, as plain text and as HTML, by senders who mean alternatives.
                let comparable = read.html && found.source == TextSource::Plain && compared < MAX_COMPARED;
                compared += usize::from(comparable);
                let repeats = comparable && charset::skeleton(&read.text) == charset::skeleton(&found.text);
                if !repeats {
                    append(read, &mut found);
                }
            }
        }
    }
    if is_blank(&found.text)
        && let Some(part) = fallback(message)
    {
        let read = part_text(part, limits.text_bytes, &mut found, defects);
        append(read, &mut found);
    }
    let root = message.root_part();
    if is_blank(&found.text) && root.is_multipart() && root.children().len() == 0 {
        // A multipart that is closed before it opens: what stands there is all there is.
        let (bytes, cut) = bounded(root.raw_body(), limits.text_bytes);
        let decoded = charset::decode_body(bytes, None);
        defects.limit_reached |= cut;
        defects.note(&decoded);
        let delimiter = format!("--{}", root.boundary().unwrap_or_default());
        let lines = decoded.text.split_inclusive('\n').filter(|line| !line.starts_with(&delimiter));
        append(PartText { text: lines.collect(), ..PartText::default() }, &mut found);
    }
    found
}

/// The parts that show text, those of one multipart/alternative together (RFC 2046 section 5.1.4).
fn groups(message: MessageRef<'_>) -> Vec<(bool, Vec<MessagePart<'_>>)> {
    let mut groups: Vec<(bool, Vec<MessagePart<'_>>)> = Vec::new();
    let mut last: Option<u32> = None;
    for part in message.parts().filter(|part| part.is_text() && (part.in_text_body() || part.in_html_body()))
    {
        let alternative = outermost_alternative(part);
        match groups.last_mut() {
            Some((_, parts)) if alternative.is_some() && alternative == last => parts.push(part),
            _ => groups.push((alternative.is_some(), vec![part])),
        }
        last = alternative;
    }
    groups
}

fn outermost_alternative(part: MessagePart<'_>) -> Option<u32> {
    std::iter::successors(part.parent(), MessagePart::parent)
        .filter(|parent| parent.is_content_type("multipart", "alternative"))
        .last()
        .map(|parent| parent.id())
}

/// Takes the plain text of a choice, or the HTML where the plain text says nothing.
fn choice(parts: &[MessagePart<'_>], room: usize, found: &mut Found, defects: &mut Defects) {
    let mut read = |is_html: bool| {
        let mut noted = Defects::default();
        let parts = parts.iter().filter(|part| matches!(part.kind(), PartKind::Html) == is_html);
        let texts = parts.map(|part| (parent_choice(*part), part_text(*part, room, found, &mut noted)));
        let texts = last_of_each(texts.collect());
        let whole: String = texts.iter().map(|read| read.text.as_str()).collect();
        (texts, noted, whole)
    };
    let (plain, plain_noted, plain_text) = read(false);
    let (html, html_noted, html_text) = read(true);
    // A program made the plain text out of the HTML, and did not know what is hidden there.
    let hidden: String = html.iter().map(|read| charset::skeleton(&read.hidden)).collect();
    let tells_hidden = !hidden.is_empty() && charset::skeleton(&plain_text).contains(&hidden);
    let says_nothing = tells_hidden
        || is_blank(&plain_text)
        || is_worse(&plain_text, &html_text)
        || is_stub(&plain_text, &html_text)
        || is_shortened(&plain_text, &html_text);
    // Where neither shows anything, the HTML may hide something.
    let takes_html = says_nothing && (!is_blank(&html_text) || is_blank(&plain_text));
    let (texts, noted) = if takes_html { (html, html_noted) } else { (plain, plain_noted) };
    defects.charset_repaired |= noted.charset_repaired;
    defects.charset_lossy |= noted.charset_lossy;
    defects.garbled |= noted.garbled;
    defects.limit_reached |= noted.limit_reached;
    for read in texts {
        append(read, found);
    }
}

/// The choice that a part is a version in, by itself.
fn parent_choice(part: MessagePart<'_>) -> Option<u32> {
    part.parent()
        .filter(|parent| parent.is_content_type("multipart", "alternative"))
        .map(|parent| parent.id())
}

/// Of several versions of one type the last that says anything (RFC 2046 section 5.1.4).
fn last_of_each(texts: Vec<(Option<u32>, PartText)>) -> Vec<PartText> {
    let mut kept: Vec<PartText> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for (choice, read) in texts {
        let place = choice.and_then(|choice| places.get(&choice).copied());
        match place.and_then(|place| kept.get_mut(place)) {
            Some(earlier) if !is_blank(&read.text) => *earlier = read,
            Some(_) => {}
            None => {
                places.extend(choice.map(|choice| (choice, kept.len())));
                kept.push(read);
            }
        }
    }
    kept
}

/// Whether a plain part lost characters that the HTML has.
fn is_worse(plain: &str, html: &str) -> bool {
    let (plain_has, html_has) = (legibility::losses(plain), legibility::losses(html));
    let lost = plain_has.lost > html_has.lost && html_has.letters > plain_has.letters;
    // One mark for each character: too few in a row to show by themselves.
    let marks = |text: &str| text.bytes().filter(|byte| *byte == b'?').count();
    let replaced = html_has.letters > plain_has.letters * 2 && marks(plain) > marks(html) + plain_has.letters;
    lost || replaced
}

/// Whether a plain part only says that there is an HTML part.
fn is_stub(plain: &str, html: &str) -> bool {
    plain.len() < 400
        && ["HTML", "html", "Html", "超文本", "富文本", "网页格式"].iter().any(|word| plain.contains(word))
        && !charset::skeleton(html).contains(&charset::skeleton(plain))
}

/// Whether a plain part is the beginning of the HTML and no more: some web mail cuts it after a few hundred characters.
fn is_shortened(plain: &str, html: &str) -> bool {
    html.len() > plain.len() + plain.len() / 4
        && charset::skeleton(html).starts_with(&charset::skeleton(plain))
}

fn append(read: PartText, found: &mut Found) {
    if !is_blank(&read.hidden) {
        found.hidden.push_str(&read.hidden);
        found.hidden.push('\n');
    }
    if is_blank(&read.text) {
        return;
    }
    if found.source != TextSource::Plain {
        found.source = if read.html { TextSource::Html } else { TextSource::Plain };
    }
    if is_blank(&found.text) {
        found.text = read.text;
        return;
    }
    if !found.text.ends_with('\n') {
        found.text.push('\n');
    }
    found.text.push_str(&read.text);
}

/// A text that no list holds: a multipart whose parts cannot be told apart, or a text of a rare subtype.
fn fallback(message: MessageRef<'_>) -> Option<MessagePart<'_>> {
    message.parts().find(|part| {
        matches!(part.kind(), PartKind::Text)
            && !part.content_disposition().is_some_and(|disposition| disposition.is_attachment())
            && attachments::filename(*part).is_none()
            && part.content_type().is_none_or(|media| {
                // RFC 2046 section 4.1.4: an unknown subtype is read as plain text. Those of the table are no text.
                let is_data = media.subtype().is_some_and(|subtype| DATA_SUBTYPES.contains(subtype));
                media.ctype() == "multipart" || media.ctype() == "text" && !is_data
            })
    })
}

/// Decodes one part to text.
fn part_text(part: MessagePart<'_>, room: usize, found: &mut Found, defects: &mut Defects) -> PartText {
    found.parts.insert(part.id());
    let params =
        part.headers().get("content-type").map(|field| Params::read(field.raw_value())).unwrap_or_default();
    let declared = params.token("charset");
    let (bytes, repaired) = transfer::text(part, declared);
    let html = matches!(part.kind(), PartKind::Html)
        || part.content_type().and_then(|media| media.subtype()).is_some_and(|it| it.starts_with("html"))
        || opens_as_html(&bytes);
    let bytes = if html {
        found.files.extend(embedded::pictures(&bytes));
        bytes
    } else {
        without_files(bytes, found)
    };
    let limit = if html { room.saturating_mul(HTML_BYTES_PER_TEXT_BYTE) } else { room };
    let (bytes, cut) = bounded(&bytes, limit);
    defects.limit_reached |= cut;
    let meta = if html { html::declared_charset(bytes) } else { None };
    let label = declared.or(meta.as_deref());
    let (decoded, cut) = charset::decode_body_within(bytes, label, limit);
    defects.limit_reached |= cut;
    defects.note(&decoded);
    defects.charset_repaired |= repaired;
    let html = html || plain::is_markup(&decoded.text);
    let says =
        |name: &str, value: &str| params.token(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
    let mut hidden = String::new();
    let mut text = if html {
        found.shown.extend(html::content_ids(&decoded.text).take(1_000));
        let text = html::to_text(&decoded.text, room);
        hidden = text.hidden;
        found.links.extend(text.links);
        text.shown
    } else if says("format", "flowed") {
        flowed::unflow(&decoded.text, says("delsp", "yes"))
    } else {
        decoded.text
    };
    if !html {
        as_meant(&mut text, defects);
    }
    if let Cow::Owned(without) = plain::without_armour(&text) {
        text = without;
    }
    defects.limit_reached |= shorten(&mut text, room);
    shorten(&mut hidden, room.saturating_sub(text.len()));
    PartText { text, hidden, html }
}

/// A plain text without what a program put in it for characters, and without the rules of a style sheet.
fn as_meant(text: &mut String, defects: &mut Defects) {
    if plain::has_references(text)
        && let Some(decoded) = html::dereferenced(text)
    {
        defects.charset_repaired = true;
        *text = decoded;
    } else if plain::has_marks_by_name(text)
        && let Some(decoded) = html::dereferenced(text)
    {
        *text = decoded;
    }
    if let Cow::Owned(without) = plain::without_style_rules(text) {
        *text = without;
    }
}

/// A plain text without the files that are encoded in it.
fn without_files<'a>(bytes: Cow<'a, [u8]>, found: &mut Found) -> Cow<'a, [u8]> {
    let (left, files) = embedded::take_out(&bytes);
    if files.is_empty() {
        drop(left);
        return bytes;
    }
    found.files.extend(files);
    Cow::Owned(left.into_owned())
}

/// Whether bytes under the label of plain text are a page.
fn opens_as_html(bytes: &[u8]) -> bool {
    let head = bytes.trim_ascii_start();
    ["<!doctype html", "<html"]
        .iter()
        .any(|mark| head.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes())))
}
