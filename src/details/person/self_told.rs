//! What somebody is where he neither says that it is he nor signs it: `温泉酒店前台，天天给客人登记。`, `鞍钢炼钢的，三班倒。`, `骑手一枚`.
//!
//! A clause that is a trade and nothing else may be whom the letter speaks of: 银行柜员，态度不好. So it counts only where letters
//! begin or end, and where something beside it is said of its writer: his name, his age, how he lives, what he does every day.

use std::ops::Range;

use crate::details::form::label::Field;
use crate::details::lexicon::name_words::COMPLAINTS;
use crate::details::lexicon::roles;
use crate::details::person::described::{LACKS, SELF_DESCRIPTIONS};
use crate::details::person::taken_apart::{pieces, sentences, skipped};
use crate::details::person::{posts, presentation, trades};
use crate::details::text::line::{Line, tail_start};
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// How somebody begins to tell what he does day by day.
    HABITS, SELF_DESCRIPTIONS, "habit"
);

pattern!(
    /// `在法院当书记员`: as what somebody works, where he leaves 我 out.
    WORKS_AS, r"^(?:现|目前|一直)?在\p{Han}{1,12}?(?:里|上)?(?:当|做|任|干|担任)(?:一?[名个位])?(?P<what>\p{Han}{2,10})$"
);

pattern!(
    /// `以税务师身份`
    BY_ROLE, r"以(?:一[名个位])?(?P<what>\p{Han}{2,10}?)的?身份"
);

/// What somebody was is not what he is.
const PAST: [&str; 4] = ["以前", "曾", "原来", "过去"];

/// Lines at either end of a letter in which somebody may tell so, and the longest of them, in bytes.
const HEAD_LINES: usize = 3;
const LINE_BYTES: usize = 1200;

/// What somebody is: the line and the place in its folded text. `name`: the writer's, folded.
pub(super) fn find(
    lines: &[Line<'_>],
    fields: &[Field],
    name: Option<&str>,
) -> Option<(usize, Range<usize>)> {
    let tail = tail_start(lines);
    let is_labelled =
        |index: usize| fields.iter().any(|field| field.label_line == index || field.line == index);
    let said =
        lines.iter().enumerate().filter(|(index, line)| !line.text.trim().is_empty() && !is_labelled(*index));
    let mut placed = said.enumerate().filter(|(count, (index, line))| {
        (*count < HEAD_LINES || *index >= tail) && line.text.len() <= LINE_BYTES
    });
    placed.find_map(|(count, (index, line))| {
        let mut next = lines.get(index + 1..).unwrap_or_default().iter().map(|line| line.text.trim());
        let next = next.find(|text| !text.is_empty()).unwrap_or_default();
        let at_head = count < HEAD_LINES;
        let mut told = sentences(line.text).into_iter().take(if at_head { 3 } else { 20 });
        let range = told.find_map(|range| {
            let start = range.start + skipped(line.text.get(range.clone())?);
            let behind = line.text.get(range.end..).unwrap_or_default();
            let sentence = Sentence { text: line.text.get(start..range.end)?, behind, next, at_head };
            let what = sentence.trade(name)?;
            Some(start + what.start..start + what.end)
        })?;
        Some((index, range))
    })
}

/// A sentence with what follows it.
struct Sentence<'a> {
    text: &'a str,
    behind: &'a str,
    next: &'a str,
    at_head: bool,
}

impl Sentence<'_> {
    /// The place of what its writer says that he is.
    fn trade(&self, name: Option<&str>) -> Option<Range<usize>> {
        const SENTENCE_BYTES: usize = 360;
        if self.text.len() > SENTENCE_BYTES {
            return None;
        }
        if let Some(what) = BY_ROLE.captures(self.text).and_then(|found| found.name("what"))
            && trades::is_one(what.as_str())
        {
            return Some(what.range());
        }
        let parts = pieces(self.text);
        parts.iter().enumerate().take(6).find_map(|(at, part)| {
            let clause = self.text.get(part.clone())?;
            let what = trade(clause)?;
            let others: Vec<&str> = parts
                .iter()
                .filter(|other| *other != part)
                .filter_map(|other| self.text.get(other.clone()))
                .collect();
            let faults = |other: &&str| {
                let is_own = presentation::is_of_oneself(other) || HABITS.at_start(other).is_some();
                !is_own && (posts::is_said(other) || COMPLAINTS.at_end(other).is_some())
            };
            let about = |other: &&str| {
                name.is_some_and(|name| other.ends_with(name))
                    || HABITS.at_start(other).is_some()
                    || presentation::is_particular(other) && !roles::is_place(other)
            };
            // 还缺护士两名，医生一个; 我以前是工人，现在无业
            if others.iter().any(|other| LACKS.inside(other) || PAST.iter().any(|word| other.contains(word)))
            {
                return None;
            }
            let counted = roles::uncounted(clause).len() < clause.len() || clause.starts_with("来自");
            let placed = others.iter().any(|other| roles::is_place(other)) && others.len() > 1;
            let goes_on = at == 0 && self.at_head && self.is_followed_by_oneself();
            let proved = counted
                || others.iter().any(about)
                || !others.iter().any(faults)
                    && (placed || clause.ends_with('的') && !others.is_empty() || goes_on);
            proved.then(|| part.start + what.start..part.start + what.end)
        })
    }

    /// Whether the writer speaks of himself next: `…。我天天看见…`
    fn is_followed_by_oneself(&self) -> bool {
        let near = |text: &str| {
            let near = text.get(..text.floor_char_boundary(90)).unwrap_or_default();
            ["我", "俺", "咱"].iter().any(|own| near.contains(own))
        };
        near(self.behind) || self.behind.trim().is_empty() && near(self.next)
    }
}

/// The place in a clause of what somebody is, where it says nothing else.
fn trade(clause: &str) -> Option<Range<usize>> {
    if clause.starts_with(['我', '俺', '咱', '你', '他', '她', '请']) {
        return None;
    }
    if let Some(what) = WORKS_AS.captures(clause).and_then(|found| found.name("what")) {
        return trades::is_one(what.as_str()).then(|| what.range());
    }
    // [来自一名夜班护士]
    let from = clause.strip_prefix("来自").map(roles::without_article);
    if let Some(what) = from {
        return trades::is_one(what).then(|| clause.len() - what.len()..clause.len());
    }
    let lead = clause.len() - clause.trim_start_matches(['是', '系']).len();
    let what = roles::uncounted(clause.get(lead..)?);
    let fits =
        presentation::is_trade(what) || trades::is_one(what) && !posts::is_said(what.trim_end_matches('的'));
    fits.then(|| lead..lead + what.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    fn told(text: &str) -> Option<String> {
        let text = Text::new(text);
        let lines = text.lines();
        let (index, range) = find(&lines, &[], Some("韩小雪"))?;
        lines.get(index)?.text.get(range).map(str::to_owned)
    }

    #[test]
    fn who_tells_what_he_is_in_passing() {
        for (text, what) in [
            ("温泉酒店前台，天天给客人登记。\n换证要全套重来，这不合理。", "温泉酒店前台"),
            ("矿上挖煤的，三班倒。\n再加个夜班窗口中不中？", "矿上挖煤的"),
            ("骑手一枚，在韶关送外卖\n居住证能不能手机续？", "骑手"),
            ("医院护工，姓韩，名字就不写全了吧。\n床边结算早点推开吧。", "医院护工"),
            ("在法院当书记员，单位就不说了。\n建议直接推送。", "书记员"),
            ("我以税务师身份谈四点。", "税务师"),
            ("建议加窗口。\n\n韩小雪，自由翻译，韶关。", "自由翻译"),
        ] {
            assert_eq!(told(text).as_deref(), Some(what), "{text}");
        }
        for text in [
            "银行柜员，态度不好。\n我等了两个小时。",
            "卖假货的，应该重罚。",
            "窗口办事员，一问三不知。\n韩小雪",
            "医生，护士，教师都要排队。",
            "建议增加护士，窗口太少。",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
