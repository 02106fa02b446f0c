//! Attachments that stay in a provider's store and expire: 超大附件, 云附件, network disks.

use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::details::text::topics::Topic;
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;

language_table!(CLOUD, "language/cloud.tsv");

pattern!(
    LINK,
    CLOUD,
    r"(?i)⟨link⟩|(?:mail|wmsvr|u|fs|dashi)\.163\.com/.{0,20}(?:netfolder|large-attachment|cloudatt)|lanzou[a-z]?\.com/"
);

pattern!(
    NOTE,
    CLOUD,
    r"从[^,。]{0,12}邮箱发来的(?:超大|云)附件|^\s*(?:来自.{0,12}的?)?⟨note⟩|⟨download⟩\s*:?\s*(?:http|$)|到期\)\s*进入下载页面"
);

/// Whether a line belongs to such an attachment.
pub(crate) fn is_cloud_line(line: &Line<'_>) -> bool {
    line.topics.has(Topic::Cloud)
        && line.text.len() <= 4000
        && (LINK.is_match(line.text) && is_mostly_link(line.text) || NOTE.is_match(line.text))
}

/// A sentence that holds a link is a sentence.
fn is_mostly_link(text: &str) -> bool {
    text.chars().filter(|c| is_han(*c)).count() <= 24
}

/// The line that shows such an attachment.
pub(crate) fn evidence<'a>(lines: &[Line<'a>]) -> Option<(usize, &'a str)> {
    lines
        .iter()
        .find(|line| line.topics.has(Topic::Cloud) && (LINK.is_match(line.text) || NOTE.is_match(line.text)))
        .map(|line| (line.number, line.raw))
}
