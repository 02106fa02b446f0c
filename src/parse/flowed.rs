//! `format=flowed` (RFC 3676): paragraphs that the sender broke for transport are one line again.

/// Undoes the flowing of a text; `delsp` says that the blank before a soft break was added with it.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The quote depth of the paragraph that a soft break left open.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        // Space-stuffing (section 4.4).
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open.is_some_and(|paragraph| paragraph != depth || content == "-- ") {
            out.push('\n');
            open = None;
        }
        if open.is_none() && depth > 0 {
            out.extend(std::iter::repeat_n('>', depth));
            out.push(' ');
        }
        // The signature separator (section 4.3) ends in a blank and is not flowed.
        let soft = content.ends_with(' ') && content != "-- ";
        out.push_str(if soft && delsp { content.strip_suffix(' ').unwrap_or(content) } else { content });
        if soft {
            open = Some(depth);
        } else {
            out.push('\n');
            open = None;
        }
    }
    if !text.ends_with('\n') && out.ends_with('\n') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unflow;

    #[test]
    fn soft_breaks_join() {
        assert_eq!(unflow("建议增加 \n长辈模式。\n第二点\n", true), "建议增加长辈模式。\n第二点\n");
        assert_eq!(unflow("a suggestion \nabout mail\n", false), "a suggestion about mail\n");
        assert_eq!(unflow("> 引用 \n> 继续 \n自己的\n", true), "> 引用继续\n自己的\n");
        assert_eq!(unflow(">> 深 \n> 浅\n", false), ">> 深 \n> 浅\n");
        assert_eq!(unflow("正文 \n-- \n签名", true), "正文\n-- \n签名");
        assert_eq!(unflow(" >不是引用\n", false), ">不是引用\n");
    }
}
