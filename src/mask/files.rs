//! Names of people in the names of files: `王小明-反馈意见.docx`, `意见表（李晓梅）.pdf`. Who sends a file calls it by his name.

use std::ops::Range;

use super::people::is_name;
use super::values::name;
use super::words::MASKING;
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

/// As much of a file's name is looked at, in bytes.
const MOST_BYTES: usize = 255;

pattern!(
    /// How the name of a file ends.
    ENDING,
    r"(?i)\.(?:docx?|wps|pdf|ofd|jpe?g|png|gif|bmp|heic|webp|xlsx?|et|csv|pptx?|txt|rtf|html?|zip|rar|7z|eml|mp[34])(?:[^a-z0-9]|$)"
);

word_list!(
    /// What a file is called beside its writer's name.
    IN_A_FILE, MASKING, "in a file's name");

/// All of them in the image of a line, with their masks.
pub(super) fn find(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    for ending in ENDING.find_iter(folded) {
        let before = folded.get(..ending.start()).unwrap_or_default();
        let first = before.floor_char_boundary(before.len().saturating_sub(MOST_BYTES));
        let near = before.get(first..).unwrap_or_default();
        let parts = |c: char| c.is_whitespace() || "、,;:“”\"《》/\\".contains(c);
        let from = first
            + near.rfind(parts).map_or(0, |at| {
                at + near.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
            });
        let mut rest = folded.get(from..ending.start()).unwrap_or_default();
        let mut at = from;
        while let Some(start) = rest.find(is_han) {
            let run = rest.get(start..).unwrap_or_default();
            let length = run.find(|c| !is_han(c)).unwrap_or(run.len());
            let run = run.get(..length).unwrap_or_default();
            found.extend(in_run(run).map(|who| {
                let place = at + start + who.start..at + start + who.end;
                (place, name(run.get(who).unwrap_or_default()))
            }));
            at += start + length;
            rest = rest.get(start + length..).unwrap_or_default();
        }
    }
}

/// The name that a row of Chinese characters is, begins with or ends with, if what stands beside it is the name of a paper.
fn in_run(run: &str) -> Option<Range<usize>> {
    let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    let count = ends.len() - 1;
    [3, 2, 4].into_iter().filter(|length| *length <= count).find_map(|length| {
        let (first, last) = (*ends.get(length)?, *ends.get(count - length)?);
        let (head, behind) = run.split_at_checked(first)?;
        if (behind.is_empty() || IN_A_FILE.at_start(behind).is_some()) && is_name(head) {
            return Some(0..first);
        }
        let (before, tail) = run.split_at_checked(last)?;
        (IN_A_FILE.at_end(before).is_some() && is_name(tail)).then_some(last..run.len())
    })
}
