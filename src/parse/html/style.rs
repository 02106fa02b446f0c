//! Whether a style hides what it is set on. Only what decides that is read: a little of CSS 2.2 and of the modules beside it.

use super::entities::entity;

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) property: String,
    pub(super) value: String,
    pub(super) important: bool,
}

/// Most declarations of one element or rule that are looked at.
const MOST_DECLARATIONS: usize = 100;

/// Smallest letter that anybody sees, and smallest box, in CSS pixels.
const SMALLEST_PX: f64 = 2.0;

/// So far outside nothing is seen, in CSS pixels.
const FAR_PX: f64 = 900.0;

/// The declarations of a `style` attribute or a rule, in order.
pub(super) fn declarations(text: &str) -> Vec<Declaration> {
    let plain = plain(text);
    let read = |part: &str| {
        let (property, value) = part.split_once(':')?;
        let value: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = value.replace("! important", "!important");
        let (value, important) = match value.strip_suffix("!important") {
            Some(value) => (value.trim_end(), true),
            None => (value.as_str(), false),
        };
        Some(Declaration { property: property.trim().to_owned(), value: value.to_owned(), important })
    };
    plain.split(';').take(MOST_DECLARATIONS).filter_map(read).collect()
}

/// Lower case, comments and escapes undone (CSS 2.2 section 4.1.3): `d\69splay:/**/none`. Entities too, for the text comes out of
/// an attribute.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['/', '\\', '&']) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        if let Some(comment) = behind.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else if let Some(escape) = behind.strip_prefix('\\') {
            let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
            let (hex, tail) = escape.split_at_checked(digits).unwrap_or((escape, ""));
            plain.extend(u32::from_str_radix(hex, 16).ok().and_then(char::from_u32));
            rest = if digits > 0 { tail.strip_prefix(' ').unwrap_or(tail) } else { tail };
        } else if behind.starts_with('&') {
            let (c, tail) = entity(behind);
            plain.push(c.unwrap_or('&'));
            rest = tail;
        } else {
            plain.push('/');
            rest = behind.get(1..).unwrap_or_default();
        }
    }
    plain.push_str(rest);
    plain.to_lowercase()
}

/// A length in CSS pixels; `None`: none, or one that depends on what is around.
pub(super) fn pixels(value: &str) -> Option<f64> {
    let value = value.trim();
    let end =
        value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    let (number, unit) = value.split_at_checked(end)?;
    let number: f64 = number.parse().ok()?;
    let factor = match unit.trim() {
        // Only 0 needs no unit; who leaves it out means pixels.
        "px" | "" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" | "em" | "rem" | "ic" => 16.0,
        "ex" | "ch" => 8.0,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "vw" | "vh" | "vmin" | "vmax" | "%" => 10.0,
        _ => return None,
    };
    Some(number * factor)
}

/// What something is painted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Nothing.
    Clear,
    /// Red, green, blue.
    Colour([u8; 3]),
}

/// A colour; `None`: unknown.
pub(super) fn colour(value: &str) -> Option<Paint> {
    const NAMES: [(&str, [u8; 3]); 12] = [
        ("white", [255, 255, 255]),
        ("black", [0, 0, 0]),
        ("snow", [255, 250, 250]),
        ("ivory", [255, 255, 240]),
        ("ghostwhite", [248, 248, 255]),
        ("floralwhite", [255, 250, 240]),
        ("whitesmoke", [245, 245, 245]),
        ("mintcream", [245, 255, 250]),
        ("azure", [240, 255, 255]),
        ("red", [255, 0, 0]),
        ("blue", [0, 0, 255]),
        ("green", [0, 128, 0]),
    ];
    let value = value.trim();
    if value == "transparent" {
        return Some(Paint::Clear);
    }
    if let Some((_, found)) = NAMES.iter().find(|(name, _)| *name == value) {
        return Some(Paint::Colour(*found));
    }
    if let Some(hex) = value.strip_prefix('#') {
        let digit = |at: usize| hex.get(at..=at).and_then(|digit| u8::from_str_radix(digit, 16).ok());
        let (long, alpha) = match hex.len() {
            3 => (false, None),
            4 => (false, digit(3)),
            6 => (true, None),
            8 => (true, Some(digit(6)?.saturating_mul(16).saturating_add(digit(7)?))),
            _ => return None,
        };
        let channel =
            |at: usize| Some(if long { digit(2 * at)? * 16 + digit(2 * at + 1)? } else { digit(at)? * 17 });
        let found = [channel(0)?, channel(1)?, channel(2)?];
        return Some(if alpha == Some(0) { Paint::Clear } else { Paint::Colour(found) });
    }
    let inside = value.strip_prefix("rgba(").or_else(|| value.strip_prefix("rgb("))?.strip_suffix(')')?;
    let mut parts = inside.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let mut channel = || -> Option<u8> {
        let part = parts.next()?;
        let number: f64 = part.trim_end_matches('%').parse().ok()?;
        let number = if part.ends_with('%') { number * 2.55 } else { number };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
        Some(number.clamp(0.0, 255.0) as u8)
    };
    let found = [channel()?, channel()?, channel()?];
    let alpha = parts.next().map(|part| part.trim_end_matches('%').parse::<f64>().unwrap_or(1.0));
    Some(if alpha.is_some_and(|alpha| alpha < 0.02) { Paint::Clear } else { Paint::Colour(found) })
}

/// Whether nobody tells one colour from the other.
pub(super) fn look_alike(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 6)
}

/// Whether the declarations, the last of a property counting, take the element away with all that is in it.
pub(super) fn takes_away(get: &dyn Fn(&str) -> Option<String>) -> bool {
    let is =
        |property: &str, values: &[&str]| get(property).is_some_and(|value| values.contains(&value.as_str()));
    let length = |property: &str| get(property).and_then(|value| pixels(&value));
    let small = |property: &str| length(property).is_some_and(|px| px.abs() < SMALLEST_PX);
    let number = |property: &str| {
        get(property).and_then(|value| {
            let share = value.ends_with('%');
            value.trim_end_matches('%').trim().parse::<f64>().ok().map(|n| if share { n / 100.0 } else { n })
        })
    };
    let clipped = ["overflow", "overflow-y", "overflow-x"].iter().any(|property| {
        get(property).is_some_and(|value| value.contains("hidden") || value.contains("clip"))
    });
    let out_of_flow = is("position", &["absolute", "fixed"]);
    let far = |px: f64| px.abs() >= FAR_PX;
    let sides = ["left", "right", "top", "bottom"];
    let functions = |property: &str, name: &str| {
        let value = get(property).unwrap_or_default();
        let found = value.match_indices(name).filter_map(|(at, _)| {
            let inside = value.get(at + name.len()..)?.strip_prefix('(')?;
            Some(inside.split(')').next().unwrap_or_default().to_owned())
        });
        found.collect::<Vec<_>>()
    };
    let zero = |text: &String| {
        text.split([',', ' '])
            .next()
            .and_then(|part| part.trim_end_matches('%').trim().parse::<f64>().ok())
            .is_some_and(|number| number.abs() < 0.02)
    };
    is("display", &["none"])
        || is("content-visibility", &["hidden"])
        || number("opacity").is_some_and(|opacity| opacity < 0.05)
        || functions("filter", "opacity").iter().any(zero)
        || get("filter").is_some_and(|value| value.replace(' ', "").contains("alpha(opacity=0)"))
        || clipped
            && ["height", "max-height", "width", "max-width", "block-size", "inline-size"]
                .iter()
                .any(|it| small(it))
        || (out_of_flow || is("position", &["relative"]))
            && sides.iter().any(|side| length(side).is_some_and(far))
        || ["margin-left", "margin-top", "margin-right"]
            .iter()
            .any(|side| length(side).is_some_and(|px| px <= -FAR_PX))
        || out_of_flow
            && functions("clip", "rect").iter().any(|rect| {
                rect.split([',', ' '])
                    .filter(|part| !part.is_empty())
                    .all(|part| pixels(part).is_some_and(|px| px.abs() < SMALLEST_PX))
            })
        || functions("clip-path", "inset").iter().any(|inset| {
            inset.split(' ').next().is_some_and(|first| {
                first.trim_end_matches('%').parse::<f64>().is_ok_and(|n| n >= 50.0 && first.ends_with('%'))
            })
        })
        || functions("clip-path", "circle").iter().any(zero)
        || ["scale", "scalex", "scaley", "scale3d"]
            .iter()
            .any(|name| functions("transform", name).iter().any(zero))
        || ["translate", "translatex", "translatey", "translate3d"].iter().any(|name| {
            functions("transform", name)
                .iter()
                .any(|inside| inside.split(',').any(|part| pixels(part).is_some_and(far)))
        })
        || get("scale").is_some_and(|value| zero(&value))
        || number("zoom").is_some_and(|zoom| zoom < 0.05)
}

/// Whether letters of this size are not seen; `None`: the size depends on the one around.
pub(super) fn is_tiny(size: &str) -> Option<bool> {
    if size.ends_with('%')
        || size.ends_with("em") && !size.ends_with("rem")
        || matches!(size, "smaller" | "larger" | "inherit")
    {
        // A tenth of a letter is none.
        let number: f64 = size.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
        let share = if size.ends_with('%') { number / 100.0 } else { number };
        return (share < 0.1).then_some(true);
    }
    match pixels(size) {
        Some(px) => Some(px < SMALLEST_PX),
        None => Some(false),
    }
}

/// Whether a first line starts where nobody looks.
pub(super) fn is_indented_away(indent: &str) -> Option<bool> {
    pixels(indent).map(|px| px <= -FAR_PX || px >= 4.0 * FAR_PX)
}
