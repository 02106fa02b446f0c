//! How a unit's letter begins: `某某合作社提一条：`, `某某协会意见如下：`, `某某公司反馈：`. The line names who writes and says nothing
//! of the matter; 某某医院意见箱形同虚设 names somebody else.

use crate::details::person::organization;
use crate::details::sender_kind::kind_of_name;
use crate::details::text::line::Line;
use crate::details::text::numeral::is_to_ten;
use crate::vocabulary::SenderKind;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

use crate::details::person::organization::ORGANIZATIONS;

word_list!(
    /// What is asked for or sent: one of them stands in every such line.
    SENT, ORGANIZATIONS, "sent by a unit"
);

pattern!(
    /// What may follow the unit's name, up to the mark or the end of the line.
    OPENS, ORGANIZATIONS,
    r"(?x)^(?: 的 | 全体 | ⟨member of a unit⟩ | 代表 | 讨论 | 集体 | 经?研究 | 兹 | 茲 | 现 | 現 | 特此? | 就 [^。:]{2,120}? | ⟨sent by a unit⟩ | ⟨sends for a unit⟩
      | 提[出供交]? | 下列 | 以下 | 如下 | 几 | 幾 | [一二三四五六七八九十两0-9]{1,3} | [点點条條项項个個处處件桩] | 修改 | 和 | 与 | 及 | 汇总 | 情况 | 是 | , | \s )+ (?: [:。] | $ )"
);

pattern!(
    /// `…征集了司机的意见，主要是一条：`, `…认真研读了《…》，原则同意，并提出：`, `…致函：`, up to the end of the line.
    COLLECTED,
    r"^(?:致函|(?:已|经|现)?(?:认真|组织|反复|广泛)?(?:征集|收集|汇总|研读|研究|学习|讨论|阅读|梳理|听取|走访)了?[^。;?!]{2,110}):\s*$"
);

/// The longest name of a unit, in characters.
const NAME_CHARS: usize = 40;

/// The unit that a line at the head of a letter names as its writer, and how much of the line says so, in bytes.
pub(crate) fn read(line: &Line<'_>, office: &str) -> Option<(String, usize)> {
    let text = line.text;
    let start = text.len() - text.trim_start().len();
    let said = text.get(start..)?;
    if !SENT.inside(said) && !said.trim_end().ends_with(['-', '—', ':']) {
        return None;
    }
    let ends = said.char_indices().skip(4).take(NAME_CHARS).map(|(at, _)| at);
    let ends: Vec<usize> = ends.collect();
    ends.into_iter().rev().find_map(|end| {
        let behind = said.get(end..)?;
        let length = match OPENS.find(behind).or_else(|| COLLECTED.find(behind)) {
            Some(opens) => opens.end(),
            None if behind.starts_with(['-', '—'])
                && behind.trim_end().trim_matches(['-', '—']).is_empty() =>
            {
                behind.len()
            }
            None => return None,
        };
        let name = organization::read(line.raw_of(start..start + end), office, true)?;
        Some((name, start + end + length))
    })
}

/// The enterprise or association that heads a letter, above its points or what it says of itself: `某某有限公司：` above `1.…`. An
/// agency there is addressed.
pub(crate) fn above_points(lines: &[Line<'_>], index: usize, office: &str) -> Option<String> {
    let line = lines.get(index)?;
    let text = line.text.trim();
    let start = line.text.len() - line.text.trim_start().len();
    let end = start + text.strip_suffix(':')?.len();
    let next = lines.get(index + 1..)?.iter().map(|line| line.text.trim()).find(|text| !text.is_empty())?;
    if !begins_point(next)
        && !["我公司", "我司", "我会", "我协会", "我社"].iter().any(|own| next.starts_with(own))
    {
        return None;
    }
    let name = organization::read(line.raw_of(start..end), office, true)?;
    let (kind, _) = kind_of_name(&name)?;
    // A school or a hospital may be complained to.
    let is_own =
        kind == SenderKind::Enterprise || kind == SenderKind::Association && name.ends_with(['会', '社']);
    is_own.then_some(name)
}

/// `1.`, `一、`, `（一）`
fn begins_point(text: &str) -> bool {
    let text = text.trim_start_matches('(');
    let number = text.find(|c: char| !c.is_ascii_digit() && !is_to_ten(c)).unwrap_or(text.len());
    number > 0 && text.get(number..).is_some_and(|behind| behind.starts_with(['.', '、', ')', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    fn name(text: &str) -> Option<String> {
        let text = Text::new(text);
        text.lines().first().and_then(|line| read(line, "某某省营商环境建设局")).map(|(name, _)| name)
    }

    #[test]
    fn who_opens_a_letter() {
        for (text, expected) in [
            ("韶关市南岭茶叶种植专业合作社提一条：", "韶关市南岭茶叶种植专业合作社"),
            ("韶关市助残志愿服务中心意见：", "韶关市助残志愿服务中心"),
            ("韶关市小微企业家联合会反馈意见：无意见。", "韶关市小微企业家联合会"),
            ("韶关南岭物业服务有限公司提交建议。", "韶关南岭物业服务有限公司"),
            ("韶关市南岭民宿行业协会——", "韶关市南岭民宿行业协会"),
            ("韶关市南岭茶叶种植专业合作社的意见", "韶关市南岭茶叶种植专业合作社"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["韶关市人民医院意见箱形同虚设。", "韶关市人民医院的意见很多人提过。", "建议公司提交材料。"]
        {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn who_stands_above_points() {
        let name = |text: &str| above_points(&Text::new(text).lines(), 0, "某某省营商环境建设局");
        for (text, expected) in [
            ("韶关市稻香米业有限公司：\n1.备案能不能网上办。", Some("韶关市稻香米业有限公司")),
            ("韶关市冷链行业协会：\n\n我会提出以下意见。", Some("韶关市冷链行业协会")),
            ("韶关市住房和城乡建设局：\n1.备案能不能网上办。", None),
            ("韶关市人民医院：\n1.挂号太难。", None),
            ("韶关市稻香米业有限公司：\n你们的大米有问题。", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
    }
}
