//! The report: the text and the page, whole, half and empty; each sum accounts for every letter and item.

use std::fs;

use crate::review::{IN_TIME, TOO_LATE, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

fn office() -> Office {
    let office = Office::at_maildir();
    let other = Letter {
        text: "姓名：李晓红\r\n职业：退休人员\r\n电话：13900139000\r\n\r\n对第二部分第（二）条第3点：退休审批材料太多。\r\n".to_owned(),
        ..letter(4)
    };
    let waits = Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(5) };
    let letters = [letter(1), letter(2), letter(3), other, waits].into_iter().enumerate();
    import_all(
        &office,
        &letters.map(|(at, letter)| (format!("{}.eml", at + 1), letter)).collect::<Vec<_>>(),
        IN_TIME,
    );
    office
}

#[test]
fn a_report_waits_for_the_last_decision_and_accounts_for_every_letter() {
    let office = office();
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "decide", "1", "采纳", "--reason", "已修改第三条"]);
    office.run_ok(&["group", "rename", "1", "延长<窗口>\u{202e}办理时间"]);
    let early = office.run(&["report", "--out", "情况.txt"]);
    assert_eq!(early.code, Some(1), "{early:?}");
    assert!(early.stderr.contains("尚有 1 条意见没有研究"), "{early:?}");
    assert!(!office.path().join("情况.txt").exists());
    let draft = office.run_ok(&["report", "--partial"]).stdout;
    assert!(draft.contains("（初稿）") && draft.contains("尚未研究1条（25.0%）"), "{draft}");

    // Of smaller groups those that staff marked; to be published is another question.
    office.run_ok(&["group", "decide", "2", "已体现"]);
    office.run_ok(&["group", "set", "2", "--published", "是"]);
    let told = || office.run_ok(&["report"]).stdout.contains("（1条）：");
    assert!(!told(), "one item, and no mark");
    office.run_ok(&["group", "set", "2", "--remark", "主要意见，局长关注"]);
    assert!(told(), "{}", office.run_ok(&["report"]).stdout);
    office.run_ok(&["report", "--text", "--out", "情况.txt"]);
    let text = fs::read_to_string(office.path().join("情况.txt")).unwrap();
    for words in [
        "来信4件、4人次，提出意见建议4条，归为2类",
        "\n　　自2024年2月28日起至2024年3月13日24时止，就《",
        "4条意见建议中，采纳4条（100.0%）。",
        "草案已体现的1条",
        "（一）延长<窗口>办理时间（3条）：采纳。理由：已修改第三条。",
        "来信5件 = 已登记 4 + 待核 1",
        "意见5条 = 计入的 4 + 已登记来信中非意见的 0 + 其他来信中的 1（待核 1）",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("初稿") && !text.contains("尚未研究") && !text.contains("李晓红"), "{text}");

    office.run_ok(&["report", "--out", "情况.html"]);
    let page = fs::read_to_string(office.path().join("情况.html")).unwrap();
    for words in ["延长&lt;窗口&gt;办理时间", "<svg", "截止：", "二(二)3 跨域办", "退(离)休人员", "100.0%"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for foreign in ["<script", "http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(foreign), "{foreign} in the page");
    }
    assert_eq!(office.run(&["report", "--out", "情况.html"]).code, Some(74), "nothing is written over");
    assert_eq!(office.run(&["report", "--out", "情况.docx"]).code, Some(64));
    assert_eq!(office.rows().count("SELECT count(*) FROM event WHERE action = 'exported'"), 2);
    office.run_ok(&["verify"]);
}

#[test]
fn a_consultation_without_a_letter_that_counts_has_a_finished_report() {
    let office = Office::at_maildir();
    import_all(&office, &[("1.eml".to_owned(), letter(1))], TOO_LATE);
    let text = office.run_ok(&["report"]).stdout;
    assert!(
        text.contains("公开征求意见期间，未收到意见建议。") && text.contains("来信1件 = 待核 1"),
        "{text}"
    );
    let page = office.run_ok(&["report", "--format", "html"]).stdout;
    assert!(page.contains("未收到意见建议。") && !page.contains("<svg"), "{page}");
}

#[test]
fn what_is_published_holds_nobody_and_accounts_for_every_item() {
    let office = office();
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "decide", "1", "采纳", "--reason", "=已修改第三条"]);
    office.run_ok(&["group", "decide", "2", "不采纳", "--reason", "另有规定"]);
    // A unit that wrote is somebody too; what any unit is called is nobody.
    office.run_ok(&["correct", "2", "organization", "甲县第一中学（筹）"]);
    office.run_ok(&["correct", "3", "organization", "学校"]);
    let publish = |name: &str| office.run(&["export", "--public", "--out", name]);
    let said = publish("空.csv");
    assert!(said.stdout.contains("已公开 0 类 0 条；未列入：没有意见要点 4；合计 4 条"), "{said:?}");
    // Whatever tells of a person stops it, and the row is named; nothing is written.
    let number = office.rows().rows("SELECT number FROM submission WHERE id = 4")[0]["number"].clone();
    for told in [
        "王小明等人的意见",
        "可致电138-0013-8000",
        "联系 CITIZEN2@example.com",
        &format!("见 {number}"),
        "身份证210102199001011234",
        "甲县第一中学 (筹) 认为时间太短",
        "请打１３８００１３８０００",
        "1 3 8 0 0 1 3 8 0 0 0",
        "一三八零零一三八零零零",
        "0 2 4 - 2 5 5 5 0 1 0 1",
        "住沈阳市和平区三好街12号",
        "联系人龙国庆",
        "zhangwei at example.com",
        "王 小 明认为时间太短",
        "王\u{200b}小\u{2060}明认为时间太短",
    ] {
        office.run_ok(&["group", "rename", "1", told]);
        let stopped = publish("公开.csv");
        assert_eq!(stopped.code, Some(1), "{told}: {stopped:?}");
        assert!(
            stopped.stderr.contains("第 1 类）意见要点")
                && !stopped.stderr.contains("王小明")
                && stopped.stderr.contains("group rename"),
            "{told}: {stopped:?}"
        );
        assert!(!office.path().join("公开.csv").exists());
    }
    office.run_ok(&["group", "rename", "1", "延长<窗口>\u{202e}办理时间"]);
    office.run_ok(&["group", "rename", "2", "减少退休审批材料，方便学校，办好12345热线和106路公交"]);
    office.run_ok(&["group", "set", "2", "--published", "否"]);
    office.run_ok(&["correct", "2", "flags", "+no_publish"]);
    let done = publish("公开.csv");
    assert!(done.stdout.contains("已公开 1 类 2 条；未列入：要求不公开 1、公开=否 1；合计 4 条"), "{done:?}");
    let csv = fs::read_to_string(office.path().join("公开.csv")).unwrap();
    assert!(
        csv.contains("\"延长<窗口>办理时间\",\"2件，内容相同或相近\",\"采纳\",\"'=已修改第三条\""),
        "{csv}"
    );
    office.run_ok(&["correct", "1", "flags", "+sensitive"]);
    let less = publish("少.csv");
    assert!(
        less.stdout.contains("已公开 1 类 1 条；未列入：要求不公开 1、含敏感信息 1、公开=否 1；合计 4 条"),
        "{less:?}"
    );
    office.run_ok(&["correct", "--undo", "1", "flags"]);
    for name in ["公开.html", "公开.xlsx"] {
        assert_eq!(publish(name).code, Some(0));
    }
    let page = fs::read_to_string(office.path().join("公开.html")).unwrap();
    assert!(page.starts_with("<table>") && page.contains("延长&lt;窗口&gt;办理时间"), "{page}");
    for word in ["王小明", "李晓红", "13800138000", "13900139000", "citizen", &number] {
        assert!(!csv.contains(word) && !page.contains(word), "{word}");
    }
    assert_eq!(publish("公开.csv").code, Some(74), "nothing is written over");
    assert_eq!(office.run(&["export", "--out", "a.csv"]).code, Some(64));
    office.run_ok(&["verify"]);
}
