//! The mask of one value.

use crate::details::contact::identifiers::Identifier;
use crate::details::lexicon::surnames;
use crate::details::text::fold::is_han;

/// `张*`, `张**`, `欧阳**`, `D**** C***`.
pub fn name(name: &str) -> String {
    let name = name.trim();
    let kept = if name.chars().next().is_some_and(is_han) {
        surnames::surname_length(name).clamp(1, name.chars().count().saturating_sub(1).max(1))
    } else {
        1
    };
    let mut kept_of_word = 0;
    let is_latin = !name.chars().any(is_han);
    name.chars()
        .map(|c| {
            if is_latin && (c == ' ' || c == '.') {
                kept_of_word = 0;
                return c;
            }
            if c == '·' {
                return c;
            }
            kept_of_word += 1;
            if kept_of_word <= kept { c } else { '*' }
        })
        .collect()
}

/// `138****8000`, `024-8398****`, `2555****`; an extension is left out.
pub fn phone(phone: &str) -> String {
    let mut parts = phone.split('-');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        // A number that was given without its area code.
        Some(_) if !first.starts_with('0') => self::phone(first),
        Some(number) => format!("{first}-{}****", head(number, number.chars().count().saturating_sub(4))),
        None if phone.chars().count() == 11 => format!("{}****{}", head(phone, 3), tail(phone, 4)),
        None => format!("{}****", head(phone, phone.chars().count().saturating_sub(4).min(4))),
    }
}

/// `z***@example.com`.
pub fn email(address: &str) -> String {
    match address.rsplit_once('@') {
        // Nothing is hidden where nothing stands.
        None if address.is_empty() => String::new(),
        Some((local, domain)) => format!("{}***@{domain}", head(local, 1)),
        None => format!("{}***", head(address, 1)),
    }
}

/// A long number by its kind; `None`: it is nobody's.
pub(super) fn identifier(kind: Identifier, number: &str) -> Option<String> {
    match kind {
        Identifier::IdentityCard if number.len() == 15 => {
            Some(format!("{}*******{}", head(number, 6), tail(number, 2)))
        }
        Identifier::IdentityCard => Some(format!("{}********{}", head(number, 6), tail(number, 4))),
        Identifier::BankCard => Some(format!("{} **** **** {}", head(number, 4), tail(number, 4))),
        // A company's code is public (GB 32100).
        Identifier::CreditCode => None,
        Identifier::Other => Some(format!("{}****{}", head(number, 3), tail(number, 2))),
    }
}

fn head(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn tail(text: &str, characters: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(characters)).collect()
}

/// `张 伟` is `张伟`; between Latin words the blank stays.
pub(super) fn joined(name: &str) -> String {
    let is_han = name.contains(is_han);
    name.chars().filter(|c| !is_han || !c.is_whitespace()).collect()
}
