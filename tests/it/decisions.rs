//! What staff decided, and what `review` and `explain` say of it: withdrawals that can be carried out, conclusions that
//! name the reason, supplements that are told from replies.

use rusqlite::Connection;

use crate::review::{IN_TIME, TOO_LATE, import};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

const NUMBERS: [&str; 4] = ["LNZX-2024-0001", "LNZX-2024-0002", "LNZX-2024-0003", "LNZX-2024-0004"];

#[track_caller]
fn status(office: &Office, number: &str) -> String {
    let rows = office.rows().rows(&format!("SELECT status FROM submission WHERE number = '{number}'"));
    rows[0]["status"].clone()
}

/// Another letter of the first citizen.
fn again(id: &str, text: &str) -> Letter {
    Letter { message_id: id.to_owned(), text: format!("{text}\r\n"), ..letter(1) }
}

#[track_caller]
fn assert_says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
}

fn explain(office: &Office, which: &str) -> String {
    office.run_ok(&["explain", which]).stdout
}

#[test]
fn a_withdrawal_by_a_letter_of_its_own_is_carried_out_on_the_earlier_one() {
    let office = Office::at_maildir();
    let [earlier, withdrawal, ..] = NUMBERS;
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &again("w@example.com", "请撤回我昨天提交的意见。"), IN_TIME);
    assert_says(
        &office.run_ok(&["review", "list"]).stdout,
        &["涉及来信：", "请求撤回", earlier, &format!("review deny {earlier}")],
    );
    let said = office.run_ok(&["review", "deny", withdrawal, "--note", "来信人要求"]).stdout;
    assert_says(&said, &[&format!("撤回或替换 {earlier} 的请求未予办理，该件仍为“已登记”")]);
    assert!(!said.contains("review deny"), "what was not granted is not to be carried out: {said}");
    assert_eq!(status(&office, earlier), "accepted", "nothing is decided unasked");
    assert_says(
        &explain(&office, withdrawal),
        &["来信只有请求或询问，与本次征集无关或者未予办理，不计入意见", "人工处理：", "待核 → 不计入"],
    );

    office.run_ok(&["review", "deny", earlier, "--note", "来信人已撤回"]);
    assert_eq!(status(&office, earlier), "denied");
    let explained = explain(&office, earlier);
    assert_says(&explained, &["经人工决定不计入意见", "已登记 → 不计入", "来信人已撤回"]);
    assert!(!explained.contains("不属于本次征集"), "{explained}");
    assert!(office.run_ok(&["review", "deny", earlier, "--note", "来信人要求"]).stdout.contains("没有改动"));
    office.run_ok(&["verify"]);

    // Taken back, it stands where it stood; and there is nothing more to take back.
    office.run_ok(&["review", "reopen", earlier]);
    assert_eq!(status(&office, earlier), "accepted");
    let finished = office.run(&["review", "reopen", earlier]);
    assert_eq!(finished.code, Some(65), "{finished:?}");
    office.run_ok(&["review", "deny", earlier, "--note", "来信人要求"]);
    assert_eq!(status(&office, earlier), "denied");
    // A decision that was taken back leaves the last case as it waited.
    office.run_ok(&["review", "reopen", withdrawal]);
    office.run_ok(&["review", "confirm", withdrawal]);
    office.run_ok(&["review", "deny", withdrawal, "--note", "来信人要求"]);
    office.run_ok(&["review", "reopen", withdrawal]);
    assert_eq!(status(&office, withdrawal), "handled");
    office.run_ok(&["review", "reopen", withdrawal]);
    assert_eq!(status(&office, withdrawal), "review");
    office.run_ok(&["review", "reopen", earlier]);
    let said = office.run_ok(&["review", "confirm", withdrawal]).stdout;
    assert_says(&said, &["如该件也不再计入，请执行", &format!("review deny {earlier}")]);

    // What a later letter takes back, and a person grants, is called so wherever it is shown.
    assert_says(&office.run_ok(&["review", "deny", earlier, "--note", "来信人要求"]).stdout, &["已撤回"]);
    assert_says(&office.run_ok(&["show", earlier]).stdout, &["不计入（已撤回）"]);
    assert_says(&explain(&office, earlier), &["按来信人的请求撤回", &format!("来信 {withdrawal} 请求撤回")]);
}

#[test]
fn a_replacement_that_is_confirmed_names_what_it_replaces() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(
        &office,
        "2.eml",
        &again("r@example.com", "建议增设夜间窗口。以本封邮件为准，前一封作废。"),
        IN_TIME,
    );
    let said = office.run_ok(&["review", "confirm", NUMBERS[1]]).stdout;
    assert_says(&said, &["如该件也不再计入，请执行", &format!("review deny {}", NUMBERS[0])]);
    // Nothing to carry out is nothing to say.
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]);
    office.run_ok(&["review", "reopen", NUMBERS[1]]);
    let said = office.run_ok(&["review", "confirm", NUMBERS[1]]).stdout;
    assert!(!said.contains("也不再计入"), "{said}");
}

#[test]
fn a_repetition_is_not_denied_for_it_does_not_count() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &Letter { message_id: "again@example.com".to_owned(), ..letter(1) }, IN_TIME);
    assert_eq!(status(&office, NUMBERS[1]), "duplicate");
    let finished = office.run(&["review", "deny", NUMBERS[1], "--note", "来信人要求"]);
    assert_eq!(finished.code, Some(65), "{finished:?}");
    assert_says(&explain(&office, NUMBERS[1]), &["内容与编号 LNZX-2024-0001 的来信相同"]);
}

#[test]
fn a_copy_that_was_denied_with_its_original_is_its_copy_again_when_that_counts_again() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &Letter { message_id: "again@example.com".to_owned(), ..letter(1) }, IN_TIME);
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求撤回"]);
    assert_eq!(status(&office, NUMBERS[1]), "review");
    office.run_ok(&["review", "deny", NUMBERS[1]]);
    assert_eq!(status(&office, NUMBERS[1]), "denied");
    let said = office.run_ok(&["review", "reopen", NUMBERS[0]]).stdout;
    assert_says(&said, &[NUMBERS[1]]);
    assert_eq!(
        (status(&office, NUMBERS[0]), status(&office, NUMBERS[1])),
        ("accepted".to_owned(), "duplicate".to_owned())
    );
    let told = explain(&office, NUMBERS[1]);
    assert_says(&told, &["内容与编号 LNZX-2024-0001 的来信相同"]);
    assert!(!told.lines().next().unwrap().contains("已不计入"), "{told}");
    // No decision leads back to what stood between.
    assert_eq!(office.run(&["review", "reopen", NUMBERS[1]]).code, Some(65));
    office.run_ok(&["verify", "--replay"]);
    office.run_ok(&["reprocess"]);
}

#[test]
fn who_wrote_in_time_by_his_own_word_only_is_late_when_staff_do_not_believe_it() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), TOO_LATE);
    assert_says(
        &explain(&office, NUMBERS[0]),
        &["到达时间只看本单位服务器的接收记录；发件方写的时间在截止之前，真假须由人工核对"],
    );
    let cases = office.json(&["review", "list", "--json"]);
    assert_eq!(cases[0]["status_when_denied"], "late", "{cases}");
    let said = office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]).stdout;
    assert_says(&said, &["“逾期”"]);
    assert_eq!(status(&office, NUMBERS[0]), "late");
    assert_says(&explain(&office, NUMBERS[0]), &["列为逾期", "经人工核对"]);
    office.run_ok(&["review", "reopen", NUMBERS[0]]);
    assert_eq!(status(&office, NUMBERS[0]), "review");
}

#[test]
fn a_decided_near_miss_does_not_go_on_waiting_in_its_explanation() {
    let office = Office::at_maildir();
    let near = |n| Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
    import(&office, "1.eml", &near(1), IN_TIME);
    import(&office, "2.eml", &near(2), IN_TIME);
    assert_says(&explain(&office, NUMBERS[0]), &["须人工核对"]);
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "与王小明核实过，电话13800138000"]);
    office.run_ok(&["review", "confirm", NUMBERS[1]]);
    let denied = explain(&office, NUMBERS[0]);
    assert_says(
        &denied,
        &["经人工核对不属于本次征集，不计入意见", "人工处理：", "待核 → 不计入", "与王**核实过"],
    );
    for explained in [denied, explain(&office, NUMBERS[1])] {
        assert!(!explained.contains("须人工核对"), "{explained}");
        assert!(!explained.contains("13800138000"), "{explained}");
        assert_says(&explained, &["已由人工核对"]);
    }
    let json = office.json(&["explain", NUMBERS[0], "--json"]);
    assert!(json[0]["steps"].as_array().unwrap().iter().any(|step| step["step"] == "人工处理"), "{json}");
}

#[test]
fn a_supplement_says_whether_it_answers_or_names_the_number() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    office.run_ok(&["run", "--once"]);
    let named = again("named@example.com", &format!("补充编号 {}：建议增设夜间窗口。", NUMBERS[0]));
    import(&office, "2.eml", &named, IN_TIME);
    let explained = explain(&office, "2.eml");
    assert_says(&explained, &["同一发件人在信中写明编号 LNZX-2024-0001"]);
    assert!(!explained.contains("回执的回复") && !explained.contains("回复了编号"), "{explained}");

    // What a supplement said already is a repetition of that, not of the first letter.
    let repeated = Letter { message_id: "more@example.com".to_owned(), ..named };
    import(&office, "4.eml", &repeated, IN_TIME);
    assert_says(&explain(&office, "4.eml"), &["编号 LNZX-2024-0001 的补充内容相同"]);

    let answer =
        office.rows().rows("SELECT rfc822_message_id AS answer FROM acknowledgement ORDER BY id LIMIT 1");
    let reply = Letter {
        in_reply_to: Some(answer[0]["answer"].clone()),
        ..again("reply@example.com", "请撤回我此前提交的意见。")
    };
    import(&office, "3.eml", &reply, IN_TIME);
    let explained = explain(&office, "3.eml");
    assert_says(&explained, &["回复了编号 LNZX-2024-0001 的回执", "该编号因此转为待核"]);
    assert!(!explained.contains("本件"), "whose is ambiguous here:\n{explained}");
    assert_says(&office.run_ok(&["review", "list"]).stdout, &["补充（", "请撤回我此前提交的意见"]);
}

#[test]
fn numbers_that_were_never_given_out_and_copies_byte_by_byte_are_told() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let unknown = Letter {
        text: "补充编号 LNZX-2024-0999：建议增设夜间窗口。\r\n".to_owned(), ..letter(2)
    };
    import(&office, "2.eml", &unknown, IN_TIME);
    assert_says(&explain(&office, "2.eml"), &["LNZX-2024-0999，但没有这个编号的登记"]);
    let strange = Letter {
        text: format!("补充编号 {}：建议增设夜间窗口。\r\n", NUMBERS[0]), ..letter(3)
    };
    import(&office, "3.eml", &strange, IN_TIME);
    assert_says(&explain(&office, "3.eml"), &["但不是该编号的发件人所写"]);
    std::fs::copy(office.path().join("1.eml"), office.path().join("copy.eml")).unwrap();
    office.run_ok(&["import", "copy.eml"]);
    assert_says(&explain(&office, "copy.eml"), &["逐字节相同", "以下是该邮件首次读到时的判断"]);
    // A file is called a file; with its folder and flags it is the same one.
    assert_says(&explain(&office, "/var/mail/cur/copy.eml:2,S"), &["文件 copy.eml"]);
}

#[test]
fn what_answers_for_a_person_is_his_login_and_what_waits_for_an_answer_is_named() {
    let mut office = Office::at_maildir();
    let near = Letter {
        from: "no-reply@example.com".to_owned(),
        subject: "关于高效办成一件事的建议".to_owned(),
        ..letter(1)
    };
    import(&office, "1.eml", &near, IN_TIME);
    let said = office.run_ok(&["review", "confirm", NUMBERS[0]]).stdout;
    assert_says(&said, &["回执尚未发出", "发件人是自动发信地址"]);
    let actor = office.rows().rows("SELECT actor FROM correction")[0]["actor"].clone();
    assert!(!actor.starts_with("uid "), "{actor}");
    office.environment("SUDO_USER", "nobody");
    office.run_ok(&["review", "reopen", NUMBERS[0]]);
    let login = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    if matches!(login.trim(), "" | "4294967295") {
        assert_eq!(
            office.rows().rows("SELECT actor FROM correction ORDER BY id DESC LIMIT 1")[0]["actor"],
            format!("{actor} (nobody)"),
            "what a variable says stands beside the user"
        );
    }
}

#[test]
fn a_consultation_that_is_not_configured_is_refused_by_every_list() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    for command in [&["list"][..], &["review", "list"], &["stats"], &["reprocess"]] {
        let finished = office.run(&[command, &["--consultation", "nope"]].concat());
        assert_eq!(finished.code, Some(64), "{command:?}: {finished:?}");
        assert!(finished.stderr.contains("liaoning-2024"), "{command:?}: {finished:?}");
    }
    // One that is in the store and no more configured can still be listed.
    Connection::open(office.store_path())
        .unwrap()
        .execute("UPDATE submission SET consultation = 'former'", [])
        .unwrap();
    assert_says(&office.run_ok(&["list", "--consultation", "former"]).stdout, &[NUMBERS[0]]);
    let finished = office.run(&["correct", NUMBERS[0], "occupation", "教师"]);
    assert_eq!(finished.code, Some(65), "{finished:?}");
    assert_says(&finished.stderr, &["former", "配置"]);
}

#[test]
fn a_changed_item_is_named_by_its_submission_and_not_by_a_number_of_another_table() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    import(&office, "2.eml", &letter(2), IN_TIME);
    let change = "UPDATE opinion SET text = '改动' WHERE submission_id = 2";
    assert!(Connection::open(office.store_path()).unwrap().execute(change, []).unwrap() > 0);
    let finished = office.run(&["verify"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_says(&finished.stdout, &["opinion（LNZX-2024-0002）"]);
}

#[test]
fn todays_ruling_in_place_of_an_earlier_one_is_told() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), TOO_LATE);
    let change = "UPDATE submission SET timeliness = 'on_time', status = 'accepted', review_reasons = '[]'";
    Connection::open(office.store_path()).unwrap().execute(change, []).unwrap();
    assert!(!explain(&office, NUMBERS[0]).contains("重新判定"));
    office.run_ok(&["reprocess", "--apply"]);
    assert_says(&explain(&office, NUMBERS[0]), &["按新规则重新判定，取代了先前的判断：", "时限"]);
}

#[test]
fn a_wish_that_comes_afterwards_stands_beside_the_supplement() {
    let office = Office::at_maildir();
    let [number, ..] = NUMBERS;
    import(&office, "1.eml", &letter(1), IN_TIME);
    let wish = again("s@example.com", &format!("编号{number}补充：请不要公布我的姓名，周末也应开放窗口。"));
    import(&office, "2.eml", &wish, IN_TIME);
    assert_says(&office.run_ok(&["show", number]).stdout, &["\n补充（", "；", "要求不公开", "）："]);
    let shown = office.json(&["show", number, "--json"]);
    let flags = shown["supplements"][0]["flags"].as_array().unwrap();
    assert!(flags.iter().any(|flag| flag == "no_publish"), "{shown}");
}
