use super::*;

#[test]
fn nothing_to_cut() {
    let cut = cut("你好\r\n\r\n\r\n\r\n再见  \r\n", false);
    assert_eq!(cut.comment, "你好\n\n再见");
    assert_eq!(cut.quote_header, None);
    assert!(!cut.only_quoted);
}

#[test]
fn what_is_cut_is_kept_beside_the_comment() {
    let cut = cut(
        "同意。\n\n发自我的iPhone\n\n> 在 2024年3月6日，下午5:45，张三 <a@example.com> 写道：\n> 旧文\n",
        false,
    );
    assert_eq!(cut.comment, "同意。");
    assert_eq!(cut.footers, ["发自我的iPhone"]);
    assert_eq!(cut.quote_header.as_deref(), Some("> 在 2024年3月6日,下午5:45,张三 <a@example.com> 写道:"));
    assert_eq!(cut.quoted, "> 在 2024年3月6日，下午5:45，张三 <a@example.com> 写道：\n> 旧文");
}

#[test]
fn a_wrapped_attribution_takes_its_first_line_along() {
    let cut = cut("同意。\n张三 <a@example.com>\n于2024年3月6日周三 16:26写道：\n> 旧文", false);
    assert_eq!(cut.comment, "同意。");
    assert!(cut.quoted.starts_with("张三 <a@example.com>\n于2024年"), "{}", cut.quoted);
}

#[test]
fn a_body_is_never_cut_to_nothing() {
    let all_quoted = cut("-----Original Message-----\nFrom: a@example.com\nTo: b\n\n旧文", false);
    assert!(all_quoted.only_quoted);
    assert!(all_quoted.comment.ends_with("旧文"));

    let signature_only = cut("-- \n张三\n13800138000", false);
    assert_eq!(signature_only.comment, "张三\n13800138000");

    let forwarded = cut("FYI\n\n-----Original Message-----\nFrom: a@example.com\nTo: b\n\n旧文", true);
    assert!(forwarded.only_quoted);
    assert!(!cut("FYI\n\n-----Original Message-----\nFrom: a@example.com\nTo: b\n\n旧文", false).only_quoted);
}

/// Whoever passes a letter on need not say so in the subject: the head of what he passes on does.
#[test]
fn a_head_that_says_it_is_passed_on() {
    let below = "发件人：张三 <a@example.com>\n日期：2024年3月2日 下午3:21\n主题：意见建议\n收件人：<b@example.com>\n\n建议延长开放时间。";
    for head in
        ["---------- 转发的邮件 ----------", "---------- Forwarded message ---------", "开始转发邮件："]
    {
        for cover in ["请收。", "", "转上群众来信，请收。"] {
            let found = cut(&format!("{cover}\n\n{head}\n\n{below}"), false);
            assert!(found.only_quoted && found.comment.contains("延长"), "{cover} {head} {found:?}");
        }
        let own = cut(&format!("我也建议增加窗口。\n\n{head}\n\n{below}"), false);
        assert_eq!(own.comment, "我也建议增加窗口。", "{head}");
    }
    let answered = cut(&format!("请收。\n\n------ 原始邮件 ------\n{below}"), false);
    assert!(!answered.only_quoted, "{answered:?}");
}

#[test]
fn a_rule_through_the_text_is_no_signature() {
    let long = format!("一\n--\n{}", "还有一行\n".repeat(20));
    assert!(cut(&long, false).comment.contains("还有一行"));
}

#[test]
fn the_rule_above_a_footer_goes_with_it() {
    assert_eq!(cut("同意。\n\n----\n\n发自我的iPhone\n", false).comment, "同意。");
    assert_eq!(cut("一\n----\n二\n发自我的iPhone\n", false).comment, "一\n----\n二");
}

#[test]
fn a_footer_behind_the_last_sentence_goes_and_words_about_a_device_stay() {
    for (text, said) in [
        ("希望能导出明细👍👍发自我的iPhone", "希望能导出明细👍👍"),
        ("谢谢！发自我的华为手机\n", "谢谢！"),
        ("建议公布时限。\n\n谢谢。 发自我的小米手机", "建议公布时限。\n\n谢谢。"),
    ] {
        assert_eq!(cut(text, false).comment, said);
    }
    for text in ["短信发自我的手机却收不到", "验证码，发自我的iPhone就收不到"] {
        assert_eq!(cut(text, false).comment, text);
    }
}

/// Blank lines and footers by the hundred thousand: what is looked for above each of them is looked for once. The square of
/// their number would not come to its end.
#[test]
fn many_footers_below_many_blank_lines_come_to_their_end() {
    let lines = 200_000;
    let text = format!("同意。\n{}{}", "\n".repeat(lines), "发自我的iPhone\n".repeat(lines));
    assert_eq!(cut(&text, false).comment, "同意。");
}
