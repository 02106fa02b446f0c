//! What staff decide and correct: the near misses and other cases that wait, and values that the rules got wrong.

use rusqlite::Connection;

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::sql::Row;

/// Imports a letter as if it had arrived then.
pub(crate) fn import(office: &Office, name: &str, letter: &Letter, arrived: &str) {
    // The file's time is not asked where a host of the office wrote when it took the message.
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {arrived}\r\n"
    );
    let raw = [received.as_bytes(), &letter.raw()].concat();
    std::fs::write(office.path().join(name), raw).unwrap();
    office.run_ok(&["import", name]);
}

/// Imports letters with their files' names, as if all had arrived then.
pub(crate) fn import_all(office: &Office, letters: &[(String, Letter)], arrived: &str) {
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {arrived}\r\n"
    );
    let folder = office.path().join("letters");
    std::fs::create_dir(&folder).unwrap();
    for (name, letter) in letters {
        std::fs::write(folder.join(name), [received.as_bytes(), &letter.raw()].concat()).unwrap();
    }
    office.run_ok(&["import", "letters"]);
}

pub(crate) const IN_TIME: &str = "Tue, 12 Mar 2024 10:00:02 +0800";
pub(crate) const TOO_LATE: &str = "Fri, 15 Mar 2024 10:00:02 +0800";

/// Four letters: 1 counts, 2 is a near miss, 3 came late and was sent in time, 4 is a near miss that came late.
fn office() -> Office {
    let office = Office::at_maildir();
    let near = |n| Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "3.eml", &letter(3), TOO_LATE);
    import(&office, "2.eml", &near(2), IN_TIME);
    let late = office.path().join("4.eml");
    let raw = String::from_utf8(near(4).raw()).unwrap().replace("Tue, 12 Mar 2024 10", "Fri, 15 Mar 2024 09");
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {TOO_LATE}\r\n"
    );
    std::fs::write(&late, format!("{received}{raw}")).unwrap();
    office.run_ok(&["import", "4.eml"]);
    office
}

fn submission(office: &Office, number: &str) -> Row {
    let rows = office.rows().rows(&format!("SELECT * FROM submission WHERE number = '{number}'"));
    rows.into_iter().next().unwrap_or_else(|| panic!("there is no {number}"))
}

#[track_caller]
pub(crate) fn refused(office: &Office, arguments: &[&str], code: i32, word: &str) {
    let before = office.rows().dump();
    let finished = office.run(arguments);
    assert_eq!(finished.code, Some(code), "{arguments:?}: {finished:?}");
    assert!(finished.stderr.contains(word), "{arguments:?} does not say {word:?}: {finished:?}");
    assert_eq!(office.rows().dump(), before, "{arguments:?} changed something");
}

#[test]
fn what_waits_is_listed_with_its_reason_the_oldest_first() {
    let office = office();
    let text = office.run_ok(&["review", "list"]).stdout;
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in:\n{text}"));
    assert!(
        place("LNZX-2024-0003") < place("LNZX-2024-0002"),
        "the one that arrived first comes first:\n{text}"
    );
    place("主题与公告要求不完全一致");
    place("逾期到达，但发出时间在截止之前");
    place(
        "  发件时间：2024-03-12 10:00:00（发件人所写）；收到时间：2024-03-15 10:00:02；2024年3月13日24时 截止",
    );
    place("c***@example.com");
    place("共 3 件待核");
    assert!(!text.contains("13800138000") && !text.contains("王小明"), "not masked:\n{text}");
    let begins = |number: &str| text.lines().any(|line| line.starts_with(number));
    assert!(!begins("LNZX-2024-0001") && begins("LNZX-2024-0002"), "what counts does not wait:\n{text}");

    let cases = office.json(&["review", "list", "--json"]);
    let of = |number: &str| {
        cases.as_array().unwrap().iter().find(|case| case["number"] == number).unwrap().clone()
    };
    assert_eq!(of("LNZX-2024-0002")["status_when_confirmed"], "accepted");
    assert_eq!(of("LNZX-2024-0003")["reasons"][0]["word"], "near_miss");
    assert_eq!(of("LNZX-2024-0004")["status_when_confirmed"], "late");
    let one = office.json(&["review", "list", "--json", "--consultation", "liaoning-2024-gxbc"]);
    assert_eq!(one.as_array().unwrap().len(), 3);
    let unmasked = office.run_ok(&["review", "list", "--unmasked"]).stdout;
    assert!(unmasked.contains("citizen2@example.com"), "{unmasked}");
    let logged = "SELECT count(*) FROM event WHERE action = 'read_unmasked'";
    assert_eq!(office.rows().count(logged), 1);
}

#[test]
fn a_confirmed_case_counts_from_its_arrival_and_gets_no_second_answer() {
    let office = office();
    office.run_ok(&["run", "--once"]);
    let answers = office.rows().rows("SELECT * FROM acknowledgement");
    let numbers = ["LNZX-2024-0002", "LNZX-2024-0003", "LNZX-2024-0004"];
    let before = numbers.map(|number| submission(&office, number));
    let said =
        office.run_ok(&["review", "confirm", numbers[0], numbers[1], numbers[2], "--note", "已电话核实"]);
    for number in numbers {
        assert!(said.stdout.contains(number), "{said:?}");
    }
    for (number, (before, status)) in
        numbers.into_iter().zip(before.into_iter().zip(["accepted", "accepted", "late"]))
    {
        let mut expected = before;
        expected.insert("status".to_owned(), status.to_owned());
        assert_eq!(submission(&office, number), expected, "{number}: nothing but the status changes");
    }
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().rows("SELECT * FROM acknowledgement"), answers, "nobody is answered twice");

    let kept = office.rows().rows("SELECT * FROM correction ORDER BY id");
    assert_eq!(kept.len(), 3);
    assert_eq!(
        (&*kept[0]["field"], &*kept[0]["old_value"], &*kept[0]["new_value"]),
        ("status", "review", "accepted")
    );
    assert_eq!(kept[0]["note"], "已电话核实");
    assert!(!kept[0]["actor"].is_empty());
    let events = office.rows().rows("SELECT * FROM event WHERE action = 'confirmed'");
    assert_eq!(events.len(), 3);
    assert!(!events[0]["detail"].contains("核实"), "a note may name somebody: {events:?}");

    // Once more is no mistake, and does nothing.
    let dump = office.rows().dump();
    let again = office.run_ok(&["review", "confirm", numbers[0]]);
    assert!(again.stdout.contains("没有改动"), "{again:?}");
    assert_eq!(office.rows().dump(), dump);
    office.run_ok(&["review", "reopen", numbers[0]]);
    office.run_ok(&["review", "deny", numbers[0]]);
    assert_eq!(submission(&office, numbers[0])["status"], "late", "who is not believed to have sent in time");
    office.run_ok(&["review", "deny", numbers[1], "--note", "不是意见"]);
    assert_eq!(submission(&office, numbers[1])["status"], "denied");
}

#[test]
fn only_what_waits_is_decided_and_all_of_it_or_nothing() {
    let office = office();
    let waiting = "LNZX-2024-0003";
    refused(&office, &["review", "confirm", "LNZX-2024-0001"], 65, "不在待核之列");
    refused(&office, &["review", "reopen", "LNZX-2024-0001"], 65, "才能用 review reopen 撤销");
    refused(&office, &["review", "confirm", waiting, "LNZX-2024-0001"], 65, "没有改动任何一件");
    refused(&office, &["review", "deny", waiting, "LNZX-2024-9999"], 65, "没有改动任何一件");
    refused(&office, &["review", "deny"], 64, "NUMBER");
    office.run_ok(&["review", "deny", "lnzx-2024-0003"]);
    assert_eq!(submission(&office, waiting)["status"], "denied");
    refused(&office, &["review", "confirm", waiting], 65, "reopen");
}

#[test]
fn a_denied_one_swallows_nothing_that_comes_later() {
    let office = office();
    let near = Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(2) };
    office.run_ok(&["review", "deny", "LNZX-2024-0003"]);
    import(&office, "again.eml", &Letter { message_id: "again@example.com".to_owned(), ..near }, IN_TIME);
    assert_eq!(
        submission(&office, "LNZX-2024-0005")["status"],
        "review",
        "it waits for a decision of its own"
    );
    let mended = Letter { message_id: "mended@example.com".to_owned(), ..letter(2) };
    import(&office, "mended.eml", &mended, IN_TIME);
    assert_eq!(submission(&office, "LNZX-2024-0006")["status"], "accepted");
    // What was confirmed counts: the same again is a repetition of it.
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    let same = Letter { message_id: "same@example.com".to_owned(), ..letter(3) };
    import(&office, "same.eml", &same, TOO_LATE);
    assert_eq!(submission(&office, "LNZX-2024-0007")["status"], "duplicate");
    // Rules that did not change find nothing: they see each as it stood when the next one came.
    let finished = office.run(&["reprocess"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

#[test]
fn corrections_keep_the_old_value_beside_the_new_one() {
    let office = office();
    let number = "LNZX-2024-0001";
    for (field, written, stored) in [
        ("name", "王晓明", Some("王晓明")),
        ("organization", " 某某社区居民委员会 ", Some("某某社区居民委员会")),
        ("occupation", "退（离）休人员", Some("退(离)休人员")),
        ("phones", "139 0013 9000、(024)2555-0101", Some(r#"["13900139000","024-25550101"]"#)),
        ("emails", "other@example.com,other@example.com", Some(r#"["other@example.com"]"#)),
        ("comment", "第一行\n第二行", Some("第一行\n第二行")),
        ("flags", "sensitive，no_publish", Some(r#"["no_publish","sensitive"]"#)),
        ("occupation", "", None),
        ("emails", "", Some("[]")),
    ] {
        let before = submission(&office, number).get(field).cloned();
        office.run_ok(&["correct", number, field, written, "--note", "来电更正"]);
        assert_eq!(submission(&office, number).get(field).map(String::as_str), stored, "{field}");
        let last = office.rows().rows("SELECT * FROM correction ORDER BY id DESC LIMIT 1").remove(0);
        assert_eq!(last["field"], field);
        assert_eq!(last.get("old_value"), before.as_ref(), "{field}");
        assert_eq!(last.get("new_value").map(String::as_str), stored, "{field}");
    }
    for (field, written, stored) in [
        ("clause", "二(二)3", Some("二(二)3")),
        ("clause", "", None),
        ("text", "建议延长窗口时间", Some("建议延长窗口时间")),
        ("adoption", "部分采纳", Some("部分采纳")),
        ("adoption_reason", "已有类似规定", Some("已有类似规定")),
    ] {
        office.run_ok(&["correct", number, field, written, "--item", "1"]);
        let item = office.rows().rows(
            "SELECT o.* FROM opinion AS o JOIN submission AS s ON s.id = o.submission_id
             WHERE s.number = 'LNZX-2024-0001' AND o.ordinal = 1",
        );
        assert_eq!(item[0].get(field).map(String::as_str), stored, "{field}");
    }
    let dump = office.rows().dump();
    let same = office.run_ok(&["correct", number, "name", "王晓明"]);
    assert!(same.stdout.contains("没有改动"), "{same:?}");
    assert_eq!(office.rows().dump(), dump);

    // Every correction was sealed with what it changed.
    office.run_ok(&["verify"]);

    // The event says what was done, and nothing of what anybody is called.
    let events = office.rows().rows("SELECT * FROM event WHERE action = 'corrected'");
    assert_eq!(events.len(), 14);
    for event in &events {
        let detail = &event["detail"];
        for word in ["王", "13900139000", "社区", "来电", "建议", "采纳"] {
            assert!(!detail.contains(word), "{word} stands in {detail}");
        }
    }
    // Kept is kept; only an erasure blanks what was written.
    let store = Connection::open(office.store_path()).unwrap();
    for change in [
        "UPDATE correction SET new_value = '张三' WHERE id = 1",
        "UPDATE correction SET actor = 'uid 1', old_value = NULL, new_value = NULL, note = NULL WHERE id = 1",
        "DELETE FROM correction WHERE id = 1",
        "INSERT OR REPLACE INTO correction SELECT * FROM correction WHERE id = 1",
    ] {
        let error = store.execute(change, []).unwrap_err().to_string();
        assert!(error.contains("append-only"), "{change}: {error}");
    }
    let blank = "UPDATE correction SET old_value = NULL, new_value = NULL, note = NULL WHERE id = 1";
    assert_eq!(store.execute(blank, []).unwrap(), 1);
}

#[test]
fn a_wrong_correction_says_what_would_be_right() {
    let office = office();
    let number = "LNZX-2024-0001";
    for (arguments, code, word) in [
        (
            &[number, "nickname", "小王"][..],
            64,
            "姓名（name）、单位（organization）、来信人类别（sender_kind）",
        ),
        (&[number, "status", "accepted"], 64, "review confirm"),
        (&[number, "adoption", "采纳"], 64, "--item"),
        (&[number, "name", "王晓明", "--item", "1"], 64, "去掉 --item"),
        (&[number, "adoption", "同意", "--item", "1"], 65, "采纳、部分采纳、不采纳、研究中"),
        (&[number, "adoption", "采纳", "--item", "9"], 65, "条意见"),
        (&[number, "text", " ", "--item", "1"], 65, "须有内容"),
        (&[number, "clause", "九(九)9", "--item", "1"], 65, "二(一)1"),
        (&[number, "occupation", "宇航员"], 65, "公务员"),
        (&[number, "phones", "12345"], 65, "“12345”不是一个电话号码"),
        (&[number, "emails", "somewhere"], 65, "不是一个邮箱地址"),
        (&[number, "flags", "urgent"], 65, "no_objection"),
        (&[number, "name", "王\n晓明"], 65, "须是一行"),
        (&["LNZX-2024-9999", "name", "王晓明"], 65, "list 列出全部编号"),
    ] {
        refused(&office, &[&["correct"], arguments].concat(), code, word);
    }
    let store = Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE submission SET status = 'erased' WHERE number = 'LNZX-2024-0001'", []).unwrap();
    refused(&office, &["correct", number, "name", "王晓明"], 65, "已删除");
    // Nothing is created where there is no store.
    office.remove_store();
    let finished = office.run(&["correct", number, "name", "王晓明"]);
    assert_eq!(finished.code, Some(74), "{finished:?}");
    assert!(!office.store_path().exists());
}

#[test]
fn what_a_block_leaves_out_is_said() {
    let office = Office::at_maildir();
    let items = [1, 2, 3, 4, 5, 6].map(|n| format!("{n}. 建议第{n}类窗口延长办理时间。\r\n"));
    import(&office, "1.eml", &Letter { text: items.concat(), ..letter(1) }, IN_TIME);
    let withdrawal = Letter {
        message_id: "w@example.com".to_owned(),
        subject: "撤回".to_owned(),
        text: "我想撤回我的意见。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "2.eml", &withdrawal, IN_TIME);
    let application = "政府信息公开申请\r\n申请人：李晓燕\r\n联系电话：13900139000\r\n所需信息：该工作方案的论证材料\r\n获取方式：邮寄\r\n";
    import(&office, "3.eml", &Letter { text: application.to_owned(), ..letter(3) }, IN_TIME);
    let listed = office.run_ok(&["review", "list"]).stdout;
    for due in [
        "　所涉意见4：建议第4类窗口延长办理时间。\n  　其余意见：其余 2 条见 show LNZX-2024-0001\n",
        "  内容：政府信息公开申请 … 所需信息：该工作方案的论证材料 获取方式：邮寄\n  略去：“…”处是称呼、客套、落款、联系方式等，全文见 show\n",
        // Nothing is left out of this one.
        "  内容：我想撤回我的意见。\n",
    ] {
        assert!(listed.contains(due), "no {due:?} in:\n{listed}");
    }
}

/// Four letters with a telephone each; of each, what its writer asks afterwards and what is advised.
#[test]
fn advice_names_the_details_that_a_letter_asks_for_and_what_is_registered_of_them() {
    let office = Office::at_maildir();
    let one = "LNZX-2024-000";
    let asked = [
        (
            "我的电话写错了，应为13900001111。",
            format!("照来信所写：correct {one}1 电话 --from-reply（不必输入），现登记：138****8000"),
        ),
        (
            "我的职业和单位写错了，请更正。",
            format!("correct {one}2 单位 新单位，现登记：未登记；correct {one}2 职业 新职业，现登记：教师"),
        ),
        (
            "请删去我的姓名、电话，只留意见。",
            format!(
                "（先回信，再删除；erase {one}3 --only 姓名,电话 --note 原因，现登记：姓名 王**、电话 138****8000；\
                 来信又说只留意见，指其余各项也要删的：erase {one}3 --only 姓名,电话,邮箱,职业 --note 原因"
            ),
        ),
        (
            "请删除我的个人信息，谢谢。",
            format!(
                "整件：erase {one}4 --note 原因；只删个人信息、意见保留：erase {one}4 --only 姓名,电话,邮箱,职业 --note 原因"
            ),
        ),
    ];
    for n in 1..5 {
        import(&office, "first.eml", &letter(n), IN_TIME);
    }
    for (n, (text, _)) in (1..).zip(&asked) {
        let request = Letter {
            message_id: format!("asks{n}@example.com"),
            subject: "您好".to_owned(),
            text: format!("{text}\r\n"),
            ..letter(n)
        };
        import(&office, "asks.eml", &request, IN_TIME);
    }
    let listed = office.run_ok(&["review", "list"]).stdout;
    for (_, due) in &asked {
        assert!(listed.contains(due), "no {due:?} in:\n{listed}");
    }
    assert!(!listed.contains("第 N 条的文字") && !listed.contains("只删电话"), "{listed}");
}

/// A letter whose one part is a picture, or that speaks of a file that is not there; and a reply that brings the file.
#[test]
fn what_waits_for_its_file_says_what_came_and_by_which_mail() {
    let with_file = |letter: &Letter, name: &str, media: &str| {
        let plain = String::from_utf8(letter.raw()).unwrap();
        let (header, text) = plain.split_once("\r\n\r\n").unwrap();
        let header = header.split("Content-Type:").next().unwrap();
        format!(
            "{header}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n--part\r\nContent-Type: {media}; name={name}\r\n\
             Content-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--part--\r\n"
        )
    };
    for (text, own) in [("", Some("scan-of-it.png")), ("我的意见见附件。\r\n", None)] {
        let office = Office::at_maildir();
        let first = Letter { text: text.to_owned(), ..letter(1) };
        let raw = own.map_or_else(
            || String::from_utf8(first.raw()).unwrap(),
            |name| with_file(&first, name, "image/png"),
        );
        std::fs::write(office.path().join("1.eml"), raw).unwrap();
        office.run_ok(&["import", "1.eml"]);
        assert_eq!(submission(&office, "LNZX-2024-0001")["status"], "review");
        let list = office.run_ok(&["review", "list"]).stdout;
        let seen = office.run_ok(&["view", "待核邮件", "--csv"]).stdout;
        for shown in [&list, &seen] {
            assert_eq!(shown.contains("scan-of-it.png"), own.is_some(), "{shown}");
            assert!(!shown.contains("补充来信"), "{shown}");
        }
        let reply = Letter {
            message_id: "with-it@example.com".to_owned(),
            subject: "补充 LNZX-2024-0001".to_owned(),
            text: "补上附件，谢谢。\r\n".to_owned(),
            ..letter(1)
        };
        std::fs::write(office.path().join("2.eml"), with_file(&reply, "opinion.docx", "application/msword"))
            .unwrap();
        office.run_ok(&["import", "2.eml"]);
        assert_eq!(office.rows().count("SELECT count(*) FROM supplement"), 1);
        let list = office.run_ok(&["review", "list"]).stdout;
        assert!(list.contains("附件已由补充来信送达（邮件 2）：opinion.docx"), "{list}");
        let seen = office.run_ok(&["view", "待核邮件", "--csv"]).stdout;
        assert!(seen.contains("补充来信（邮件 2）：opinion.docx"), "{seen}");
        let shown = office.run_ok(&["show", "LNZX-2024-0001"]).stdout;
        assert!(shown.contains("待核原因") && shown.contains("附件已由补充来信送达（邮件 2）"), "{shown}");
        office.run_ok(&["review", "confirm", "LNZX-2024-0001"]);
        let shown = office.run_ok(&["show", "LNZX-2024-0001"]).stdout;
        assert!(shown.contains("曾待核") && !shown.contains("待核原因"), "{shown}");
    }
}
