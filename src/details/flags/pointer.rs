//! Bodies that only point to an attachment: `意见见附件，请查收。`

use crate::details::text::line::Line;
use crate::details::text::sentences::pattern;

use std::sync::LazyLock;

use crate::vocabulary::Regex;

/// A pointer is a short text.
const POINTER_BYTES: usize = 600;

pattern!(
    POINTS,
    r"(?i)(?:见|详见|请见|参见|在|如|作为|添加|放在|写在|载于|以|随|含|有|打开|看|通过)\s?(?:本邮件|邮件|随信|所附|此)?(?:的)?附件|附件(?:$|\s|是|为|中是|里是|已|请|内|发|上|如下|:|所示|形式|查收|文档|文件|材料|一份|两份|[0-9一二]{0,2}:)|附上|(?:随信|随函|随邮件|现)附|请(?:您|领导|各位)?(?:查收|审阅|查阅|收阅)|扫描件|盖章(?:版|件)|附后|已附|随附|附件|(?:写|存|放)在(?:word|文档|文件|表格)[^,。]{0,4}$|attach(?:ed|ment)"
);
pattern!(
    /// Talk about the draft's own annex, or a proposal beside the pointer.
    SAYS_MORE,
    r"附件(?:中|里)?第|附件[0-9一二三四五六七八九十]{1,2}(?:项|条|的|(?:中|里)[^,。]|“)|(?:建议|希望)[^,。]{0,6}(?:增|修|将|把|在[^附]|对|删|明|完|取|提|加|简|优|推|开|设|能|统|尽|不|政|办|窗)|(?:附件|清单)(?:中|里)?(?:应|增加|缺|少|没有|还|列)|附件[0-9一二三四五六七八九十]{1,2}(?:应|增|减|删|改|缺|少|压缩|漏|建议|希望|太|不|没有|可以|能)|附件(?:中|里|内)(?:的)?[^,。]{1,20}(?:应|建议|希望|增加|减少|压缩|删|改为|缺|漏|太)"
);
pattern!(
    COURTESY,
    r"(?i)^(?:按照?.{0,20}要求|根据.{0,30}|望.{0,12}|(?:现)?已?将.{0,30}(?:汇总|整理|填写|填好|形成).{0,12}|尊敬的.{0,20}|您好|你好|领导好|各位.{0,8}好?|谢谢.{0,8}|感谢.{0,12}|辛苦了|来函(?:已)?收悉|收悉|经(?:认真)?(?:研究|讨论)|现(?:将|就)?.{0,60}(?:反馈|报送|报上|提交|函复|回复|如下).{0,10}|(?:我|本)(?:公司|局|单位|院|校|人|会|所|厅|处|委|中心).{0,60}(?:意见|建议|反馈|材料|文件)(?:和建议|建议)?.{0,6}|关于.{0,120}|《.{1,120}》.{0,20}|.{0,30}的?(?:意见|建议|意见建议|修改意见)(?:已)?(?:报送|反馈|发送|提交|发给|发).{0,10}|祝.{0,12}|请.{0,12}|如有.{0,20}|烦请.{0,12}|收到请回复|同上|如题|无正文|\(.{0,12}\)|[a-z .]{0,30})$"
);

/// Whether the body says nothing but that the attachment does, and there is an attachment.
pub(crate) fn evidence(body: &[Line<'_>], attachments: &[String]) -> Option<(usize, String)> {
    if attachments.is_empty() {
        return None;
    }
    let Some(first) = body.first() else { return Some((0, String::new())) };
    if body.iter().map(|line| line.text.len()).sum::<usize>() > POINTER_BYTES {
        return None;
    }
    let mut pointed = None;
    for line in body {
        for sentence in
            line.text.split(['。', '!', '?', ';', ',']).map(str::trim).filter(|part| !part.is_empty())
        {
            if SAYS_MORE.is_match(sentence) {
                return None;
            }
            if POINTS.is_match(sentence) {
                pointed.get_or_insert_with(|| {
                    (line.number, line.raw.trim().chars().take(80).collect::<String>())
                });
            } else if !COURTESY.is_match(sentence) {
                return None;
            }
        }
    }
    pointed.or_else(|| is_empty_phrase(body).then(|| (first.number, first.raw.trim().to_owned())))
}

/// `如题`, `（无正文）`: a body that says that it says nothing.
fn is_empty_phrase(body: &[Line<'_>]) -> bool {
    pattern!(EMPTY, r"^\s*(?:如题|同上|\(?无正文\)?|\(?本邮件无正文\)?|您好|你好)\s*[。!]?\s*$");
    body.iter().all(|line| EMPTY.is_match(line.text))
}
