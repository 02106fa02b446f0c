//! Addresses given in the text, also those written with blanks against harvesters (`a @163. com`).

use std::ops::Range;

use crate::vocabulary::{pattern, same_address};

/// More addresses than this on one line are a list of something else.
const MAX_PER_LINE: usize = 50;

pattern!(
    ADDRESS,
    r"(?ix) (?P<local> [a-z0-9] [a-z0-9._%+-]{0,63} ) \s{0,2} (?P<at> @{1,2} | [(\[{<] \s? (?: at | @ | 艾特 ) \s? [)\]}>] | 艾特 | \# | (?-i:AT) ) \s{0,2}
          (?P<domain> [a-z0-9] [a-z0-9-]{0,62} (?: \. [a-z0-9-]{1,63} ){0,6} )
          (?P<spaced> (?: \s{0,2} (?: [.。,] | 点 | \(dot\) | \[dot\] ) \s{0,2} (?: com | cn | net | org | edu | gov | info | cc | vip | hk | tw | me | io ) \b ){0,3} )"
);

pattern!(
    /// An address whose signs are words: `zhangsan at example dot com`.
    IN_WORDS,
    r"(?ix) (?: ^ | [^a-z0-9._%+-] ) (?P<address> (?P<local> [a-z0-9] [a-z0-9._%+-]{0,63} ) \s{1,2} at \s{1,2}
          (?P<domain> [a-z0-9] [a-z0-9-]{0,62} (?: \s{1,2} dot \s{1,2} [a-z0-9-]{1,63} ){0,3} \s{1,2} dot \s{1,2} (?: com | cn | net | org | edu | gov | hk | tw ) ) ) (?: $ | [^a-z0-9] )"
);

/// All addresses of a folded line with their places.
pub(crate) fn find(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = with_signs(text);
    if found.len() < MAX_PER_LINE && text.to_ascii_lowercase().contains(" dot ") {
        found.extend(IN_WORDS.captures_iter(text).take(MAX_PER_LINE - found.len()).filter_map(|words| {
            let domain: String = words
                .name("domain")?
                .as_str()
                .to_ascii_lowercase()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            let address = format!("{}@{}", words.name("local")?.as_str(), domain.replace(" dot ", "."));
            Some((address, words.name("address")?.range()))
        }));
    }
    found
}

fn with_signs(text: &str) -> Vec<(String, Range<usize>)> {
    let at = text.contains(['@', '#', '特'])
        || ["at)", "at]", "AT)", "at}", "at>", " AT "].iter().any(|at| text.contains(at));
    if !at {
        return Vec::new();
    }
    ADDRESS
        .captures_iter(text)
        .filter_map(|found| {
            let local = found.name("local")?.as_str().trim_end_matches(['.', '-']);
            let domain = found.name("domain")?;
            let mut whole = domain.as_str().trim_end_matches(['.', '-']).to_owned();
            let mut end = domain.end();
            // `a@163.com. Please` ends at its own .com; `a@163. com` does not.
            let spaced = found.name("spaced").filter(|spaced| !spaced.is_empty());
            if let Some(spaced) = spaced.filter(|spaced| {
                !has_ending(&whole)
                    || spaced.as_str().trim_start_matches(['.', ' ', '。']).eq_ignore_ascii_case("cn")
            }) {
                whole.push_str(&with_dots(spaced.as_str()));
                end = spaced.end();
            }
            // `zhangsan AT example.com`; `meet AT noon` is none.
            let spelled = found.name("at").filter(|at| at.as_str() == "AT");
            let apart = spelled.is_none_or(|at| text.get(at.start() - 1..at.end() + 1) == Some(" AT "));
            let in_disguise = found.name("at").is_some_and(|at| matches!(at.as_str(), "#" | "艾特" | "AT"));
            let fits = apart
                && !local.is_empty()
                && whole.contains('.')
                && has_letters_at_end(&whole)
                && (!in_disguise || has_common_ending(&whole));
            fits.then(|| (format!("{local}@{whole}"), found.get(0).map_or(0, |all| all.start())..end))
        })
        .take(MAX_PER_LINE)
        .collect()
}

/// `。 com`, `点com`, `(dot)com` as `.com`.
fn with_dots(spaced: &str) -> String {
    let mut plain: String = spaced.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    for dot in ["。", ",", "点", "(dot)", "[dot]"] {
        plain = plain.replace(dot, ".");
    }
    plain
}

/// `#` and 艾特 stand for an at sign only where nothing but an address can be meant.
fn has_common_ending(domain: &str) -> bool {
    ["com", "cn", "net", "org"]
        .iter()
        .any(|ending| domain.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(ending)))
}

fn has_ending(domain: &str) -> bool {
    domain
        .rsplit_once('.')
        .is_some_and(|(_, last)| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn has_letters_at_end(domain: &str) -> bool {
    has_ending(domain) && !domain.contains("..")
}

/// Whether the address is one of the office's own.
pub(crate) fn is_office(address: &str, office: &[String]) -> bool {
    office.iter().any(|ours| same_address(ours, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        find(&crate::details::text::fold::fold(text)).into_iter().map(|(address, _)| address).collect()
    }

    #[test]
    fn addresses_in_every_dress() {
        assert_eq!(addresses("邮箱zhangjg@example.com。"), ["zhangjg@example.com"]);
        assert_eq!(addresses("pjzxtaw @163. com"), ["pjzxtaw@163.com"]);
        assert_eq!(addresses("wang＠example．com"), ["wang@example.com"]);
        assert_eq!(addresses("a@example.com. Please answer"), ["a@example.com"]);
        assert_eq!(addresses("a@example.com. cn"), ["a@example.com.cn"]);
        assert_eq!(
            addresses("li(at)example.org，b.c@mail.example.cn"),
            ["li@example.org", "b.c@mail.example.cn"]
        );
        assert_eq!(addresses("wang﹫example.com"), ["wang@example.com"]);
        assert_eq!(
            addresses("write to zhang AT example.com or li at mail dot example Dot com"),
            ["zhang@example.com", "li@mail.example.com"]
        );
        assert_eq!(addresses("look at zhang@example.com"), ["zhang@example.com"]);
        assert_eq!(addresses("made at example.com, at noon, a dot com firm"), Vec::<String>::new());
        assert_eq!(addresses("@所有人 请看 @ 3点"), Vec::<String>::new());
    }
}
