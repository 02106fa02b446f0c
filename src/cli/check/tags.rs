//! How the subject that a notice asks for was understood.

use std::fmt::Write as _;

use crate::compose::printed;
use crate::subject::Tag;
use crate::vocabulary::Consultation;

/// Lines for one consultation; `beside_others`: its mailbox serves several.
pub(super) fn understood(consultation: &Consultation, beside_others: bool) -> String {
    let tag = Tag::new(consultation);
    let understood = tag.understood(&consultation.title);
    let mut text = String::new();
    let _ = if understood.demanded.is_empty() {
        writeln!(text, "  主题：公告不要求字样（no tag）；按标题、关键词、正文和附件名判断")
    } else {
        writeln!(text, "  主题须含（must be there）：{}", printed(&understood.demanded.join(" 与 ")))
    };
    if !understood.slots.is_empty() {
        let _ = writeln!(
            text,
            "  空位（slots），填不填、填什么、先后均可：{}",
            printed(&understood.slots.join("、"))
        );
    }
    if !understood.examples.is_empty() {
        let _ = writeln!(
            text,
            "  相符的主题，例如（subjects that match）：{}",
            printed(&understood.examples.join(" ｜ "))
        );
    }
    if tag.is_generic() && beside_others {
        let _ = writeln!(
            text,
            "  提醒  这一字样没有标题，本邮箱又有别的征集（a generic tag）：正文和附件名都没有提到标题的来信，会请工作人员核对"
        );
    }
    if tag.lacks_anchors() {
        let _ = writeln!(
            text,
            "  提醒  没有关键词（no anchors）：主题只写了标题的几个字、或写成通俗名称的来信，只有一项征集在办时才会请工作人员核对，否则按与征集无关处理。请在该征集的配置中写明，例如 anchors = [\"供热办法\", \"供热\"]"
        );
    }
    text
}
