//! Address lists (RFC 5322 section 3.4), read tolerantly.
//!
//! Structure is looked for only after raw 8-bit has become text, and encoded-words are atoms while it is:
//! `=?gb2312?q?=B3=C2_<sun@example.com>?=` holds the brackets of a mailbox, or of a name, inside the word.

use crate::charset::{self, Decoded};
use crate::vocabulary::{Address, same_address};

/// Most mailboxes kept of one field.
const MAX_ADDRESSES: usize = 1_000;

/// The mailboxes of a raw field value, in order, and what decoding met. `beside` as in [`charset::decode_header`].
pub(super) fn read(raw: &[u8], beside: Option<&str>) -> (Vec<Address>, Decoded) {
    let plain = decoded(raw, beside);
    let repaired = !raw.is_ascii();
    let mut noted =
        Decoded { repaired: plain.repaired || repaired, lossy: plain.lossy, ..Decoded::default() };
    let mut list = Vec::new();
    // A control character parts words: without it `a@example.com<NUL>body` would be an address of its own.
    let text: String =
        plain.text.chars().map(|c| if c.is_control() && !"\r\n\t".contains(c) { ' ' } else { c }).collect();
    for item in items(&charset::one_line(&text)) {
        item.mailboxes(&mut list, &mut noted);
        if list.len() >= MAX_ADDRESSES {
            break;
        }
    }
    (of_one(list), noted)
}

/// Where one address alone stands in a list, the words that separators part from it are its name: `Li, Na <li@example.com>`.
fn of_one(list: Vec<Address>) -> Vec<Address> {
    let mut addresses = list.iter().filter(|one| !one.address.is_empty());
    let (Some(only), None) = (addresses.next(), addresses.next()) else { return list };
    let words: Vec<&str> = list.iter().filter_map(|one| one.display.as_deref()).collect();
    vec![Address { display: name(&words.join(", ")), address: only.address.clone() }]
}

/// The field as text. An address is UTF-8 wherever its bytes are (RFC 6532 section 3.2): two bytes of Cyrillic are a hanzi in
/// GBK, and the address would be another one. What stands beside it is read by the rules for names.
fn decoded(raw: &[u8], beside: Option<&str>) -> Decoded {
    let plain = charset::decode_raw(raw, beside);
    let Ok(utf8) = std::str::from_utf8(raw) else { return plain };
    if plain.text == utf8 {
        return plain;
    }
    let mut whole = Decoded { repaired: true, ..Decoded::default() };
    let mut beside_it = 0;
    let is_edge = |c: char| c.is_ascii_whitespace() || "<>,;\"()".contains(c);
    for (at, word) in utf8.split(is_edge).scan(0, |next, word| {
        let at = *next;
        *next += word.len() + 1;
        Some((at, word))
    }) {
        if word.contains('@') && !word.is_ascii() {
            let before = raw.get(beside_it..at).unwrap_or_default();
            whole.append(&charset::decode_raw(before, beside));
            whole.text.push_str(word);
            beside_it = at + word.len();
        }
    }
    whole.append(&charset::decode_raw(raw.get(beside_it..).unwrap_or_default(), beside));
    whole
}

/// One element of the list, taken apart.
#[derive(Debug, Default)]
struct Item {
    /// Words outside of angle brackets, quotes undone, encoded-words as written.
    phrase: String,
    /// What stood between the first angle brackets that were not empty.
    angle: Option<String>,
    /// What else stood in angle brackets or behind them, where nothing but a comment may: an address in it is a second one.
    behind: String,
    /// What stood in parentheses.
    comment: String,
}

/// Splits a list at its separators. Semicolons part mailboxes too: Outlook writes them.
fn items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut item = Item::default();
    let mut rest = text;
    // What was looked for once to the end and is not there must not be looked for again at every step.
    let (mut quotes_close, mut comments_close) = (true, true);
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '='
            && let Some((word, tail)) = encoded_word(rest)
        {
            item.words().push_str(word);
            rest = tail;
            continue;
        }
        rest = match c {
            '"' if quotes_close => {
                let tail = quoted(behind, item.words());
                quotes_close = tail.is_some();
                tail.unwrap_or(behind)
            }
            '(' if comments_close => {
                if let Some((inside, tail)) = behind.split_once(')') {
                    item.comment.push_str(inside);
                    item.comment.push(' ');
                    tail
                } else {
                    comments_close = false;
                    behind
                }
            }
            '<' | '‹' | '＜' => {
                let (inside, tail) = angle(behind);
                // In `<<a@b>>` and `<> <a@b>` the inner one counts.
                let before = item.angle.as_deref().unwrap_or_default().trim();
                if before.is_empty() {
                    item.angle = Some(inside);
                } else if !before.contains('@') && inside.contains('@') {
                    // `"Li" <"Li Na" <li@example.com>>`: what stands before the inner one is a name.
                    if item.phrase.trim().is_empty() {
                        before.trim_matches('"').clone_into(&mut item.phrase);
                    }
                    item.angle = Some(inside);
                } else {
                    item.behind.extend([" ", inside.as_str(), " "]);
                }
                tail
            }
            '"' | '>' | '›' | '＞' => behind,
            ',' | ';' => {
                items.push(std::mem::take(&mut item));
                if items.len() >= MAX_ADDRESSES {
                    return items;
                }
                behind
            }
            // A group's name (RFC 5322 section 3.4) is nobody's; a colon inside an address is no group.
            ':' if !item.phrase.contains('@') && item.angle.is_none() => {
                item = Item::default();
                behind
            }
            c => {
                item.words().push(c);
                behind
            }
        };
    }
    items.push(item);
    items
}

/// The encoded-word at the head of a text, and what follows it.
fn encoded_word(text: &str) -> Option<(&str, &str)> {
    let end = charset::word_end(text.as_bytes(), 0)?;
    text.split_at_checked(end)
}

/// Appends the content of a quoted string; what follows it. `None` when the quote is never closed.
fn quoted<'a>(text: &'a str, phrase: &mut String) -> Option<&'a str> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                phrase.push_str(&content);
                return text.get(at + 1..);
            }
            '\\' => match chars.next() {
                Some((_, escaped)) => content.push(escaped),
                None => return None,
            },
            c => content.push(c),
        }
    }
    None
}

/// What stands between angle brackets, and what follows them.
fn angle(text: &str) -> (String, &str) {
    let end = text.find(['>', '›', '＞', '<', ',']).unwrap_or(text.len());
    let (inside, tail) = text.split_at_checked(end).unwrap_or((text, ""));
    (inside.to_owned(), tail)
}

impl Item {
    /// Where words go that stand outside of brackets.
    const fn words(&mut self) -> &mut String {
        if self.angle.is_some() { &mut self.behind } else { &mut self.phrase }
    }

    fn mailboxes(&self, list: &mut Vec<Address>, noted: &mut Decoded) {
        let words = format!("{} {}", self.phrase.trim(), self.without_addresses());
        let decoded = charset::decode_text_words(words.trim());
        noted.note(&decoded);
        let phrase = charset::one_line(&decoded.text);
        let comment = charset::decode_text_words(self.comment.trim());
        if let Some(inside) = &self.angle {
            let address = spec(inside);
            let display = name(&phrase).or_else(|| name(&charset::one_line(&comment.text)));
            if address.contains('@') || !(address.is_empty() && display.is_none()) {
                // `"name"‹text>`: what stands beside a name and holds no at sign is no address, but for the machines' own.
                let is_address = address.contains('@')
                    || address.is_ascii() && (display.is_none() || is_local_machine(&address));
                let address = if is_address { address } else { String::new() };
                let second = self.second_addresses(&address);
                list.push(Address { display, address });
                list.extend(second.into_iter().map(|address| Address { display: None, address }));
            }
            return;
        }
        // A whole mailbox inside one encoded-word: the decoded text is a list of its own.
        if self.phrase.contains("=?") && phrase.contains(['<', '‹', '＜']) && phrase.contains('@') {
            for inner in items(&phrase) {
                let address = inner.angle.as_deref().map(spec).unwrap_or_default();
                if address.contains('@') {
                    list.push(Address { display: name(inner.phrase.trim()), address });
                }
            }
            return;
        }
        if !phrase.contains('@') {
            if let Some(display) = name(&phrase) {
                list.push(Address { display: Some(display), address: String::new() });
            }
            return;
        }
        // Bare addresses, in which an encoded-word is its letters; words beside the first are its name.
        let has_bare =
            |word: &&str| word.contains('@') && encoded_word(word).is_none_or(|(_, tail)| !tail.is_empty());
        let text =
            if self.phrase.split_whitespace().any(|word| has_bare(&word)) { &self.phrase } else { &phrase };
        let (addresses, words): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| word.contains('@'));
        let words = charset::decode_text_words(&words.join(" ")).text;
        let mut display =
            name(&charset::one_line(&words)).or_else(|| name(&charset::one_line(&comment.text)));
        for address in addresses.into_iter().take(MAX_ADDRESSES) {
            list.push(Address { display: display.take(), address: spec(address) });
        }
    }
}

impl Item {
    /// The words behind the brackets that are no address.
    fn without_addresses(&self) -> String {
        self.behind.split_whitespace().filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ")
    }

    /// Addresses behind the brackets, other than the one inside: which of them wrote, nobody can say.
    fn second_addresses(&self, first: &str) -> Vec<String> {
        let words = self.behind.split_whitespace().filter(|word| word.contains('@')).map(spec);
        words.filter(|address| !same_address(address, first)).take(MAX_ADDRESSES).collect()
    }
}

/// Whether a mailbox without a domain is a mail system's: `Mail Delivery System <MAILER-DAEMON>`.
fn is_local_machine(local: &str) -> bool {
    let local = local.to_ascii_lowercase();
    local.contains("daemon") || local.contains("postmaster") || local == "root"
}

/// An addr-spec without what surrounds it: blanks, quotes, `mailto:`, a source route (RFC 5322 section 4.4).
fn spec(inside: &str) -> String {
    let bare = without_blanks(inside);
    // A quoted local part (RFC 5321 section 4.1.2) is what stands between its quotes.
    if let Some((local, domain)) = bare.strip_prefix('"').and_then(|rest| rest.split_once("\"@")) {
        return format!("{local}@{domain}");
    }
    let bare = bare.trim_matches(['"', '\'', '<', '>', '[', ']']);
    let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
    let bare = match bare.strip_prefix('@').and_then(|route| route.split_once(':')) {
        Some((_, behind)) => behind,
        None => bare,
    };
    bare.to_owned()
}

/// An address without the blanks that RFC 5322 section 4.4 allows around its signs. Any other blank stays: without it, an
/// address with text behind it would be the address of somebody else.
fn without_blanks(inside: &str) -> String {
    let mut bare = String::with_capacity(inside.len());
    for word in inside.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !(bare.is_empty() || bare.ends_with(['@', '.']) || word.starts_with(['@', '.'])) {
            bare.push(' ');
        }
        bare.push_str(word);
    }
    bare
}

/// A display name, without the quotes that some put inside the quotes; `None` when nothing is left.
fn name(text: &str) -> Option<String> {
    let mut bare = text.trim();
    while let Some(inside) = bare
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .or_else(|| bare.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
    {
        bare = inside.trim();
    }
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(raw: &[u8]) -> Vec<(String, String)> {
        read(raw, None).0.into_iter().map(|one| (one.display.unwrap_or_default(), one.address)).collect()
    }

    fn pair(display: &str, address: &str) -> (String, String) {
        (display.to_owned(), address.to_owned())
    }

    #[test]
    fn traps_of_from() {
        let sun = pair("张三", "sun@example.com");
        for raw in [
            "\"张三\" <sun@example.com>",
            "张三 <sun@example.com>",
            "张三<sun@example.com>",
            "\"张三\"<sun@example.com>;",
            "\"张三\"‹sun@example.com>",
            "张三＜sun@example.com＞",
            "\"张三 <sun@example.com>",
            "=?utf-8?B?5byg5LiJ?= <sun@example.com>",
            "\"=?utf-8?B?5byg5LiJ?=\" <sun@example.com>",
            "=?utf-8?B?5byg?= =?utf-8?B?5LiJ?= <sun@example.com>",
            "\"=?utf-8?B?5byg?= =?utf-8?B?5LiJ?=\" <sun@example.com>",
            "=?gb2312?q?=D5=C5=C8=FD_<sun@example.com>?=",
            "=?utf-8?B?5byg5LiJIDxzdW5AZXhhbXBsZS5jb20+?=",
            "sun@example.com (张三)",
            "'张三' <mailto:sun@example.com>",
            "\"'张三'\" <<sun@example.com>>",
            "张三 <@relay.example:sun@example.com>",
            "张三 < sun @ example . com >",
            "张三 <sun@example.com> SUN@example.com",
        ] {
            assert_eq!(list(raw.as_bytes()), std::slice::from_ref(&sun), "{raw}");
        }
        let gbk = [b"\"".as_slice(), &[0xd5, 0xc5, 0xc8, 0xfd], b"\" <sun@example.com>"].concat();
        assert_eq!(list(&gbk), std::slice::from_ref(&sun));
        assert!(read(&gbk, None).1.repaired);
        // Cyrillic in an address is no hanzi, and a name in GBK beside it is one all the same.
        for address in ["zwfw@ln.gоv.cn", "zwfw@пример.рф", "張三@例え.テスト"] {
            assert_eq!(list(format!("x <{address}>").as_bytes()), [pair("x", address)]);
            assert_eq!(
                list(format!("{address}, sun@example.com").as_bytes()).first(),
                Some(&pair("", address))
            );
        }
        // A name in GBK whose bytes happen to be UTF-8 of other letters.
        for address in ["sun@example.com", "sun@ex\u{430}mple.com"] {
            let by_chance =
                [b"\"".as_slice(), &[0xc3, 0xab, 0xc2, 0xbd], format!("\" <{address}>").as_bytes()].concat();
            assert_eq!(list(&by_chance), [pair("毛陆", address)]);
        }
    }

    #[test]
    fn lists_groups_and_nobody() {
        assert_eq!(list(b""), []);
        assert_eq!(list(b"undisclosed-recipients:;"), []);
        assert_eq!(list(b"<>"), []);
        assert_eq!(list("\"张三\"‹无>".as_bytes()), [pair("张三", "")]);
        assert_eq!(list("\"name\"‹text>".as_bytes()), [pair("name", "")]);
        assert_eq!(list(b"Mail <MAILER-DAEMON>"), [pair("Mail", "MAILER-DAEMON")]);
        assert_eq!(list(b"MAILER-DAEMON"), [pair("MAILER-DAEMON", "")]);
        assert_eq!(list(b"<postmaster>"), [pair("", "postmaster")]);
        // Which of two wrote, nobody can say; and an encoded-word inside an address is its letters.
        let two = [pair("x", "a@example.com"), pair("", "b@example.com")];
        assert_eq!(list(b"x <a@example.com> <b@example.com>"), two);
        assert_eq!(list(b"x <a@example.com> b@example.com"), two);
        assert_eq!(list(b"x <=?utf-8?Q?a=40example.com?=>"), [pair("x", "")]);
        // Separators in a name, brackets in brackets, dots where none may be.
        assert_eq!(list(b"Li, Lihua <li@example.com>"), [pair("Li, Lihua", "li@example.com")]);
        assert_eq!(list("王; 某公司 <a@example.com>".as_bytes()), [pair("王, 某公司", "a@example.com")]);
        assert_eq!(list(b"\"A\" <\"B\" <a@example.com>>"), [pair("A", "a@example.com")]);
        assert_eq!(list(b"<\"B\" <a@example.com>>"), [pair("B", "a@example.com")]);
        assert_eq!(list(b"\"B\rC\" <a@example.com>"), [pair("B C", "a@example.com")]);
        assert_eq!(list(b"\"a..b.\"@example.com"), [pair("", "a..b.@example.com")]);
        assert_eq!(list(b"x <\"a..b.\"@example.com>"), [pair("x", "a..b.@example.com")]);
        assert_eq!(
            list(b"=?utf-8?Q?a=40example.com?=@example.org"),
            [pair("", "=?utf-8?Q?a=40example.com?=@example.org")]
        );
        // What stands behind an address is no part of it.
        assert_eq!(list(b"<a@example.com\r\n body>"), [pair("", "a@example.com body")]);
        assert_eq!(list(b"<a@example.com\0body>"), [pair("", "a@example.com body")]);
        assert_eq!(
            list(b"staff: \"Li, Na\" <li@example.com>, wang@example.com; zhao@example.com"),
            [pair("Li, Na", "li@example.com"), pair("", "wang@example.com"), pair("", "zhao@example.com")]
        );
        assert_eq!(
            list(b"\"a@example.com\" <b@example.com>, c@example.com d@example.com"),
            [pair("a@example.com", "b@example.com"), pair("", "c@example.com"), pair("", "d@example.com")]
        );
    }
}
