//! How a tag was understood, for the person who wrote it into the configuration.

use super::slots::Written;

/// What a subject must hold, what may stand beside it, and subjects that do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What must stand in it, in any order; none: the notice demands nothing.
    pub demanded: Vec<String>,
    /// What its writer fills in or leaves out.
    pub slots: Vec<String>,
    /// Subjects that match.
    pub examples: Vec<String>,
}

/// Subjects that a tag with this title should match: as printed without its slots, with them filled in, in another order, as an
/// answer, and by the title alone.
pub(super) fn candidates(written: &Written, title: &str) -> Vec<String> {
    let plain: Vec<&str> = written.pieces.iter().map(|piece| trimmed(piece)).collect();
    let tag = plain.join("");
    let filled: Vec<&str> = written.slots.iter().map(|slot| sample(slot)).collect();
    let title = title.trim().trim_start_matches('《').trim_end_matches('》');
    let by_title =
        [format!("关于《{title}》的意见建议"), format!("《{title}》"), format!("对《{title}》的几点建议")];
    let by_tag = if tag.is_empty() {
        Vec::new()
    } else if filled.is_empty() {
        vec![tag.clone(), format!("回复：{tag}（张三）")]
    } else {
        let values = filled.join("-");
        vec![
            format!("{tag}+{}", filled.join("+")),
            format!("{tag}（{values}）"),
            tag.clone(),
            format!("{values}：{tag}"),
        ]
    };
    by_tag.into_iter().chain(by_title).collect()
}

/// A piece without the signs that led to its slots.
pub(super) fn trimmed(piece: &str) -> &str {
    let opens = ['《', '“', '〈', '「', '【', '[', '(', '（', '"'];
    let closes = ['》', '”', '〉', '」', '】', ']', ')', '）', '"'];
    let inner = piece.trim_start_matches(|c: char| !c.is_alphanumeric() && !opens.contains(&c));
    let inner = inner.trim_end_matches(|c: char| !c.is_alphanumeric() && !closes.contains(&c));
    // A bracket that held a slot, and holds nothing now.
    let inner = inner.trim_end_matches(opens);
    let inner = inner.trim_start_matches(closes);
    inner.trim_matches(['+', '-', ' ', '、'])
}

/// What somebody might write into a slot.
fn sample(slot: &str) -> &'static str {
    let holds = |words: &[&str]| words.iter().any(|word| slot.contains(word));
    if holds(&["电话", "手机", "联系方式"]) {
        "13800000000"
    } else if holds(&["单位", "公司", "企业", "机构", "部门", "协会", "学校"]) {
        "某某公司"
    } else if holds(&["日期", "时间", "年月日"]) {
        "3月1日"
    } else if holds(&["市", "县", "区", "省", "地"]) {
        "某某市"
    } else {
        "张三"
    }
}
