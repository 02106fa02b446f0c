//! Bodies that only point to an attachment: `意见见附件，请查收。`

use crate::details::text::line::Line;
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;

/// A pointer is a short text.
const POINTER_BYTES: usize = 600;

language_table!(POINTERS, "language/pointers.tsv");

pattern!(
    POINTS,
    POINTERS,
    r"(?i)⟨points⟩|^(?:现|兹|今)?⟨hands in⟩[^,。]{2,60}表$|请(?:您|领导|各位)?⟨receive⟩|(?:写|存|放|拍|意见|建议|内容)(?:都|全|全都)?在(?:照片|图片|相片|图|附图|word|文档|文件|表格)[^,。]{0,4}$|^(?:意见|内容|具体)?(?:请|详|均)?见附$"
);
pattern!(
    /// Talk about the draft's own annex, or a proposal beside the pointer.
    SAYS_MORE,
    POINTERS,
    r"(?x) 附件[中里]?第 | 附件[0-9一二三四五六七八九十]{1,2}(?:项|条|的|[中里][^,。]|“) | (?:建议|希望)[^,。]{0,6}(?:⟨changes⟩|在[^附])
      | (?:支持|允许|限制|取消|放宽|增加|减少|不让|不能)[^,。]{0,8}附件 | (?:附件|清单)[中里]?(?:应|增加|缺|少|没有|还|列) | 附件[0-9一二三四五六七八九十]{1,2}⟨the annex needs⟩
      | 附件[中里内]的?[^,。]{1,20}(?:应|建议|希望|增加|减少|压缩|删|改为|缺|漏|太)"
);
pattern!(
    COURTESY,
    POINTERS,
    r"(?xi) ^ (?: ⟨nothing more⟩ | 按照?.{0,20}要求 | 根据.{0,30} | 望.{0,12} | 现?已?将.{0,30}(?:汇总|整理|填写|填好|形成).{0,12}
      | 尊敬的.{0,20} | 各位.{0,8}好? | 谢谢.{0,8} | 感谢.{0,12} | 经(?:认真)?(?:研究|讨论)
      | 现[将就]?.{0,60}(?:反馈|报送|报上|提交|函复|回复|如下).{0,10} | [我本]⟨we⟩.{0,60}(?:意见|建议|反馈|材料|文件)(?:和建议|建议)?.{0,6}
      | 关于.{0,120} | 《.{1,120}》.{0,20} | .{0,30}的?(?:意见|建议|意见建议|修改意见)已?⟨sent⟩.{0,10} | 祝.{0,12} | 请.{0,12} | 如有.{0,20} | 烦请.{0,12}
      | ⟨paper copy⟩[^,。]{0,8}⟨follows⟩.{0,6} | ⟨papers⟩⟨many⟩.{0,8} | (?:我|本人|我们)?的?(?:修改|具体)?(?:意见|建议|想法)(?:和建议|建议)?⟨long⟩[了些]? | \(.{0,12}\) | .{1,60}\.(?:zip|rar|7z|docx?|pdf|xlsx?|pptx?|mp4|jpe?g|png|wps|txt)(?:\s?\([^)]{0,40}\)?)? | ⟨of a file⟩.{0,40} | [0-9]{4}年[0-9月日\x20:]{4,20}到期\)? | [a-z\x20.]{0,30} ) $"
);

pattern!(
    /// Speaks of a file of the letter's own, whatever else it says. The draft's annex (`见方案附件2`) is none.
    NAMES_ONE,
    POINTERS,
    r"(?i)(?:^|意见|建议|内容|材料|表格?|情况|截图|照片|记录|凭证|我|已|请|现|具体|全文)(?:详|请|参|均|全|一并|都)?⟨names one⟩(?:[^0-9一二三四五六七八九十《]|$)"
);

/// Where the body names a file that would have come with it.
pub(crate) fn names_a_file(body: &[Line<'_>]) -> Option<(usize, String)> {
    let sentences = |line: &Line<'_>| {
        let parts = line.text.split(['。', '!', '?', ';', ',']).map(str::trim);
        parts
            .clone()
            .any(|part| part.len() <= POINTER_BYTES && NAMES_ONE.is_match(part) && !SAYS_MORE.is_match(part))
    };
    let line = body.iter().find(|line| sentences(line))?;
    Some((line.number, line.raw.trim().chars().take(80).collect()))
}

/// Whether the body says nothing but that the attachment does. `has_file`: there is one.
pub(crate) fn evidence(body: &[Line<'_>], has_file: bool) -> Option<(usize, String)> {
    let Some(first) = body.first() else { return has_file.then(|| (0, String::new())) };
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
    pointed
        .or_else(|| (has_file && is_empty_phrase(body)).then(|| (first.number, first.raw.trim().to_owned())))
}

/// `如题`, `（无正文）`: a body that says that it says nothing.
fn is_empty_phrase(body: &[Line<'_>]) -> bool {
    pattern!(EMPTY, r"^\s*(?:如题|同上|\(?无正文\)?|\(?本邮件无正文\)?|您好|你好)\s*[。!]?\s*$");
    body.iter().all(|line| EMPTY.is_match(line.text))
}
