//! Whose opinion follows, where a line says only that: `以下是龙国庆的意见：`, `龙国庆（开小饭店的个体户）：`.

use std::ops::Range;

use crate::details::lexicon::{occupations, roles};
use crate::details::person::name::{Proof, Reading, is_certain, read_han};
use crate::details::person::part::Part;
use crate::details::person::posts;
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

/// The longest such line, in bytes.
const LINE_BYTES: usize = 120;

pattern!(
    /// `以下是龙国庆的几点意见：`
    WHOSE,
    r"^\s*(?:以下|下面|以上|上面|这)是(?P<name>\p{Han}{2,4}?)(?:同志|先生|女士)?(?:本人|个人)?的?(?:[几一两二三四五六七八九十][条点些个]|修改|具体|个人|全部){0,3}(?:意见|建议|意见建议|意见和建议|看法|想法)(?:如下)?[:。]?\s*$"
);

pattern!(
    /// `龙国庆(开小饭店的个体户):`
    WITH_ROLE, r"^\s*(?P<name>\p{Han}{2,4})\s?\((?P<what>\p{Han}{2,14})\)\s?:\s*$"
);

/// Whose opinion follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    /// His name.
    pub(crate) name: String,
    /// Where in the folded line stands what he is.
    pub(crate) what: Option<Range<usize>>,
}

/// Reads a line that says whose opinion follows, and nothing else. A letter's salutation names an office, not a trade.
pub(crate) fn read(line: &Line<'_>) -> Option<Announced> {
    let text = line.text;
    if text.len() > LINE_BYTES {
        return None;
    }
    if let Some(found) = WHOSE.captures(text) {
        let name = found.name("name")?.as_str();
        let is_name = matches!(read_han(name, Proof::Said), Reading::Name(read) if read == name);
        return is_name.then(|| Announced { name: name.to_owned(), what: None });
    }
    let found = WITH_ROLE.captures(text)?;
    let (name, what) = (found.name("name")?.as_str(), found.name("what")?);
    let last = what.as_str().rsplit_once('的').map_or(what.as_str(), |(_, last)| last);
    let is_trade = occupations::is_whole(last) || roles::read(last) == Some(roles::Role::Occupation);
    (is_certain(name) && is_trade && !posts::is_post(last))
        .then(|| Announced { name: name.to_owned(), what: Some(what.range()) })
}

/// The first of the head's lines that says whose opinion follows.
pub(super) fn announced<'l, 't>(part: &Part<'l, 't>) -> Option<(&'l Line<'t>, Announced)> {
    const HEAD_LINES: usize = 4;
    let said = part.lines.iter().filter(|line| !line.text.trim().is_empty());
    said.take(HEAD_LINES).find_map(|line| Some((line, read(line)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    #[test]
    fn whose_opinion_follows() {
        for (text, name) in [
            ("以下是龙国庆的意见：", Some("龙国庆")),
            ("以下是戚春梅的几点意见：", Some("戚春梅")),
            ("龙国庆（开小饭店的个体户）：", Some("龙国庆")),
            ("以下是我的意见：", None),
            ("以下是修改意见：", None),
            ("以下是本单位的意见：", None),
            ("以下是居民的意见：", None),
            ("以下是各科室的意见：", None),
            ("李明（局长）：", None),
            ("窗口（综合）：", None),
        ] {
            let text = Text::new(text);
            let found = text.lines().first().and_then(read);
            assert_eq!(
                found.map(|found| found.name).as_deref(),
                name,
                "{:?}",
                text.lines().first().unwrap().raw
            );
        }
    }
}
