//! Characters that are written by name or number.

/// The longest entity, `&CounterClockwiseContourIntegral;`, in bytes.
const ENTITY_BYTES: usize = 34;

/// One character written as the two halves that UTF-16 has for it (`&#55357;&#56397;`), as older clients write emoji.
pub(super) fn surrogates(text: &str) -> Option<(Option<char>, &str)> {
    let (high, behind) = surrogate(text)?;
    let (low, tail) = surrogate(behind)?;
    let c = char::decode_utf16([high, low]).next()?.ok()?;
    Some((Some(c), tail))
}

/// A text with its entities undone, as the value of an attribute is meant.
pub(super) fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        let (c, tail) = surrogates(behind).unwrap_or_else(|| entity(behind));
        plain.push(c.unwrap_or('&'));
        rest = tail;
    }
    plain + rest
}

/// The half at the head of a text, and what follows it.
fn surrogate(text: &str) -> Option<(u16, &str)> {
    let number = text.strip_prefix("&#")?;
    let (digits, tail) = number.split_at_checked(number.bytes().take(7).position(|byte| byte == b';')?)?;
    let code = u16::try_from(number_of(digits)?).ok()?;
    (0xd800..0xe000).contains(&code).then_some((code, tail.strip_prefix(';')?))
}

/// The number of a numeric entity, decimal or hexadecimal (`x5efa`).
fn number_of(digits: &str) -> Option<u32> {
    match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// The character that the entity at the head of a text stands for, and what follows it. `None`: the `&` is
/// just that.
pub(super) fn entity(text: &str) -> (Option<char>, &str) {
    let behind = text.get(1..).unwrap_or_default();
    let len = behind
        .bytes()
        .take(ENTITY_BYTES)
        .position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))
        .unwrap_or(behind.len().min(ENTITY_BYTES));
    let Some((body, tail)) = behind.split_at_checked(len) else {
        return (None, behind);
    };
    if let Some(number) = body.strip_prefix('#') {
        let Some(code) = number_of(number) else { return (None, behind) };
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        return (Some(c), tail.strip_prefix(';').unwrap_or(tail));
    }
    if let Some(tail) = tail.strip_prefix(';') {
        let mut decoded = String::new();
        mail_parser::decoders::html::add_html_token(&mut decoded, format!("&{body};").as_bytes(), false);
        let mut chars = decoded.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return (Some(c), tail);
        }
    }
    // Some leave the semicolon out.
    for (name, c) in [("nbsp", ' '), ("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"')] {
        if let Some(rest) = behind.strip_prefix(name) {
            return (Some(c), rest.strip_prefix(';').unwrap_or(rest));
        }
    }
    (None, behind)
}

/// A text with the references in it decoded that are closed by a semicolon, one whose `&` is escaped too; `None` when there
/// is none. What has no semicolon may be meant: `AT&T`, `?a=1&copy=2`.
pub(in crate::parse) fn dereferenced(text: &str) -> Option<String> {
    let once = decoded(text)?;
    Some(decoded(&once).unwrap_or(once))
}

fn decoded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('&') {
        let (plain, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let (c, tail) = surrogates(behind).unwrap_or_else(|| entity(behind));
        let written = behind.get(..behind.len() - tail.len()).unwrap_or_default();
        match c.filter(|_| written.ends_with(';')) {
            Some(c) => {
                found = true;
                out.push(if c == '\u{a0}' { ' ' } else { c });
                rest = tail;
            }
            None => {
                out.push('&');
                rest = behind.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    found.then_some(out)
}
