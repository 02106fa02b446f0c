//! Who speaks for the organisation he works for: `我是某某有限公司的法务，…。代表公司提一条：…`. Whoever only works there speaks for
//! himself.

use crate::details::person::organization;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::details::text::topics::Topic;
use crate::vocabulary::language::word_list;

word_list!(
    /// 代表公司, 代表我单位.
    SPOKEN_FOR, LETTERS, "spoken for"
);
word_list!(
    /// 不代表公司
    DENIES, LETTERS, "does not speak for"
);

const SPEAKS: &str = "代表";

/// How a unit speaks of itself.
const OUR_UNIT: [&str; 6] = ["我公司", "我们公司", "我司", "我单位", "我们单位", "我厂"];

/// The organisation with the line that names it.
pub(super) fn organization(lines: &[Line<'_>], office: &str) -> Option<(usize, String)> {
    let called = lines.iter().find_map(|line| Some((line.number, called_in_brackets(line, office)?)));
    let called =
        called.or_else(|| lines.iter().find_map(|line| Some((line.number, says_who_it_is(line, office)?))));
    if called.is_some() || !lines.iter().any(|line| speaks(line.text)) {
        return called;
    }
    lines
        .iter()
        .filter(|line| line.topics.has(Topic::Introduction))
        .find_map(|line| Some((line.number, works_for(line, office)?)))
}

/// `这里是某某救援队，…`, `我们是某某小学家长委员会。`: a clause that says which unit speaks, and nothing else.
fn says_who_it_is(line: &Line<'_>, office: &str) -> Option<String> {
    const CLAUSE_BYTES: usize = 120;
    ["这里是", "我们是", "我方是", "我方系"].iter().find_map(|own| {
        let at = line.text.find(own)?;
        let begins = line.text.get(..at)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let from = at + own.len();
        let clause = line.text.get(from..)?.split([',', '。', ';', '!', ':', '(']).next()?;
        let fits = begins && clause.len() <= CLAUSE_BYTES;
        organization::read(line.raw_of(from..from + clause.len()), office, true).filter(|_| fits)
    })
}

/// `我公司是一家做预制菜的企业（某某食品有限公司），…`
fn called_in_brackets(line: &Line<'_>, office: &str) -> Option<String> {
    const REACH_BYTES: usize = 90;
    OUR_UNIT.iter().flat_map(|own| line.text.match_indices(own)).take(10).find_map(|(at, own)| {
        let behind = line.text.get(at + own.len()..)?;
        if !behind.starts_with(['是', '系', '为', '(']) {
            return None;
        }
        let near = behind.get(..behind.floor_char_boundary(REACH_BYTES))?;
        let open = near.split(['。', ';', '!', '?']).next()?.find('(')?;
        let start = at + own.len() + open + 1;
        let end = start + line.text.get(start..)?.find(')')?;
        organization::read(line.raw_of(start..end), office, true)
    })
}

/// Whether somebody speaks for a body of which he is one.
fn speaks(text: &str) -> bool {
    text.match_indices(SPEAKS).any(|(at, _)| {
        let behind = text.get(at + SPEAKS.len()..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        SPOKEN_FOR.at_start(behind).is_some() && DENIES.at_end(before).is_none()
    })
}

/// `我是某某有限公司的法务`: the longest beginning of the clause that names an organisation.
fn works_for(line: &Line<'_>, office: &str) -> Option<String> {
    const NAME_BYTES: usize = 150;
    const VERBS: [char; 2] = ['是', '系'];
    line.text.match_indices(VERBS).take(10).find_map(|(at, verb)| {
        let before = line.text.get(..at)?;
        if !before.ends_with(['我', '们']) && !before.ends_with("本人") {
            return None;
        }
        let from = at + verb.len();
        let rest = line.text.get(from..)?;
        let clause =
            rest.get(..rest.floor_char_boundary(NAME_BYTES))?.split([',', '。', ';', '!', '?']).next()?;
        // What stands behind the name says as what: 的法务, 法务.
        let ends = clause.char_indices().map(|(end, _)| end).skip(4).collect::<Vec<_>>();
        ends.into_iter().rev().find_map(|end| organization::read(line.raw_of(from..from + end), office, true))
    })
}
