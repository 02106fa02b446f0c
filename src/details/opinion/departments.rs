//! `办公室：无意见`: how an organisation puts its departments' answers together. A department that has none gave no opinion; the
//! comment keeps the line.

use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(FLAGS, "language/flags.tsv");
word_list!(
    /// 建议政务服务中心：… proposes something to it.
    PROPOSES, FLAGS, "proposes to one"
);

/// The longest such line, in bytes.
const LINE_BYTES: usize = 120;

pattern!(
    HAS_NONE,
    FLAGS,
    r"(?x) ^\s* (?:[0-9]{1,2}[.、)] | [(]?[一二三四五六七八九十]{1,3}[)、])? \s*
      [\p{Han}A-Za-z0-9()、]{1,24} ⟨department ends⟩ (?:[(][^)]{1,12}[)])? \s?[:,\x20]\s?
      (?: ⟨none⟩⟨kind of opinion⟩{0,3}⟨opinion⟩(?:(?:和|与|及|、)?建议)? | ⟨no change⟩ | 暂?无 | 暂?没有 | 同意 )
      \s* [。;,.]* \s* $"
);
pattern!(
    SAYS_SOMETHING,
    FLAGS,
    r"(?x) ^\s* (?:[0-9]{1,2}[.、)] | [(]?[一二三四五六七八九十]{1,3}[)、])? \s* [\p{Han}A-Za-z0-9()、]{1,24} ⟨department ends⟩ (?:[(][^)]{1,12}[)])? \s?: .{6}"
);
pattern!(
    /// `经征求相关处室意见，汇总如下：`
    LEAD,
    FLAGS,
    r"^\s*(?:现?将|经|已|我[局厅委办]|按要求)[^。!?]{0,30}(?:处室|科室|部门|各处|各科|单位)[^。!?]{0,20}(?:汇总|情况|意见|反馈)[^。!?]{0,6}如下\s*[:。]?\s*$"
);

pattern!(
    /// `政策法规科：` with nothing behind it.
    NAMES_ONE,
    FLAGS,
    r"(?x) ^\s* (?:[0-9]{1,2}[.、)] | [(]?[一二三四五六七八九十]{1,3}[)、])? \s*
      [\p{Han}A-Za-z0-9()]{1,16} ⟨department ends⟩ (?:[(][^)]{1,12}[)])? \s?: \s* $"
);
/// Whether a line only names a department, whose words stand below it.
pub(super) fn names_one(text: &str) -> bool {
    text.len() <= LINE_BYTES
        && text.trim_end().ends_with(':')
        && NAMES_ONE.is_match(text)
        && !PROPOSES.inside(text)
}

/// Whether a line says that a department has no opinion.
pub(crate) fn has_none(text: &str) -> bool {
    // Most lines hold none of these.
    text.len() <= LINE_BYTES && text.contains(['无', '没', '同', '不']) && HAS_NONE.is_match(text)
}

/// Whether one of these departments has no opinion and another one has.
pub(crate) fn differ<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> bool {
    lines.clone().any(has_none)
        && lines.into_iter().any(|line| SAYS_SOMETHING.is_match(line) && !has_none(line))
}

/// Whether a line only says that what departments said follows.
pub(crate) fn is_lead(text: &str) -> bool {
    text.len() <= 2 * LINE_BYTES && text.contains("如下") && LEAD.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_without_opinion() {
        for (line, none) in [
            ("办公室:无意见", true),
            ("1.政策法规处:没有意见。", true),
            ("(三)财务科:无修改意见", true),
            ("信息中心:无", true),
            ("综合处(法规处):无不同意见;", true),
            ("办公室:无意见箱", false),
            ("审批处:建议补充跨域办条款", false),
            ("窗口:无", false),
            ("办公室:无意见,但建议补充附件", false),
            ("群众对办事处没有意见", false),
        ] {
            assert_eq!(has_none(line), none, "{line}");
        }
        assert!(differ(["办公室:无意见", "法规科:手机拍的图传不上去"].into_iter()));
        assert!(!differ(["办公室:无意见", "法规科:没有意见。", "某甲市应急管理局"].into_iter()));
        for (line, names) in [
            ("政策法规科:", true),
            ("(二)行政审批处:", true),
            ("建议政务服务中心:", false),
            ("政策法规科:建议补充跨域办条款", false),
        ] {
            assert_eq!(names_one(line), names, "{line}");
        }
        assert!(is_lead("经征求相关处室意见,汇总如下:"));
        assert!(!is_lead("经部门多次推诿,情况如下:窗口不受理"));
    }
}
