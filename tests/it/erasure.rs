//! What somebody has a right to have erased is in no file of the store any more; number, dates, counts and the proof stay, and so does
//! everybody else's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use rusqlite::Connection;

use crate::review::{IN_TIME, import, refused};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{Letter, letter};
use crate::support::sql::Row;
use crate::support::wait_for;

/// On a busy machine a pass may take seconds.
const SOON: Duration = Duration::from_mins(3);

const NAME: &str = "何春梅";
const PHONE: &str = "15049341357";
const ADDRESS: &str = "chunmei.he@example.net";
const WORDS: &str = "建议大厅周末轮流值守";
const MORE: &str = "另请在门口增设无障碍坡道";
const ONE: &str = "LNZX-2024-0001";

/// What tells of the first letter and its supplement; the name of its file, and of what is attached to it, among it.
const TOLD: &[&str] =
    &[NAME, PHONE, ADDRESS, WORDS, MORE, "chunmei", "电话改为15049341358", "15049341358", "来电说明"];

fn of_the_first() -> Letter {
    let text = format!("姓名：{NAME}\r\n职业：教师\r\n电话：{PHONE}\r\n\r\n{WORDS}。\r\n");
    Letter { from: ADDRESS.to_owned(), message_id: "first@example.net".to_owned(), text, ..letter(1) }
}

/// The first letter with an attachment, a supplement, corrections, decisions, a group in its own words and an answer; her second letter,
/// her letter once more, and a stranger's.
fn office() -> Office {
    let mut office = Office::at_maildir();
    fs::create_dir(office.path().join("copy")).unwrap();
    let copy = office.path().join("copy/reading.sqlite3");
    office.text("store", "reading_copy", copy.to_str().unwrap());
    let first = of_the_first();
    let raw = String::from_utf8(first.with_attachment(1, 300)).unwrap().replace("a.zip", "chunmei.zip");
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    fs::write(office.path().join("何春梅的来信.eml"), format!("{received}{raw}")).unwrap();
    office.run_ok(&["import", "何春梅的来信.eml"]);
    let answer =
        office.rows().rows("SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = 1");
    let reply = Letter {
        message_id: "more@example.net".to_owned(),
        in_reply_to: Some(answer[0]["id"].clone()),
        subject: "补充".to_owned(),
        text: format!("{MORE}。我叫{NAME}，电话 150 4934 1357。\r\n"),
        ..first.clone()
    };
    import(&office, "more.eml", &reply, IN_TIME);
    office.run_ok(&["correct", ONE, "电话", "15049341358", "--note", "来电说明，电话改为15049341358"]);
    office.run_ok(&["correct", ONE, "采纳情况", "采纳", "--item", "1"]);
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "rename", "1", WORDS]);
    office.run_ok(&["group", "set", "1", "--remark", &format!("{NAME}提出")]);
    let second = Letter {
        message_id: "second@example.net".to_owned(),
        text: first.text.replace(WORDS, "建议公开办事指南"),
        ..first.clone()
    };
    import(&office, "2.eml", &second, IN_TIME);
    let again = (received + &raw).replace("first@example.net", "again@example.net");
    fs::write(office.path().join("3.eml"), again).unwrap();
    office.run_ok(&["import", "3.eml"]);
    import(&office, "4.eml", &letter(9), IN_TIME);
    office.run_ok(&["run", "--once"]);
    office
}

fn row(office: &Office, number: &str) -> Row {
    office.rows().rows(&format!("SELECT * FROM submission WHERE number = '{number}'")).remove(0)
}

/// The files of the store and the reading copy in which one of these stands.
fn holding(office: &Office, words: &[&str]) -> Vec<(PathBuf, String)> {
    let store = office.store_path();
    let folders = [store.parent().unwrap().to_path_buf(), office.path().join("copy")];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten())
        .map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for file in files.filter(|file| file.to_str().unwrap().contains("sqlite3")) {
        let bytes = fs::read(&file).unwrap();
        for word in words {
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                found.push((file.clone(), (*word).to_owned()));
            }
        }
    }
    found
}

#[track_caller]
fn says(finished: &Finished, words: &[&str]) {
    for word in words {
        assert!(finished.stdout.contains(word), "{word:?} is not in:\n{}", finished.stdout);
    }
}

/// The proof holds, and today's rules find nothing to say of what is left.
#[track_caller]
fn sound(office: &Office) {
    office.run_ok(&["verify"]);
    let again = office.json(&["reprocess", "--apply", "--json"]);
    assert_eq!((&again["changed"], &again["unreadable"]), (&0.into(), &0.into()), "{again:#}");
    office.run_ok(&["reprocess", ONE]);
}

#[test]
fn an_erased_letter_stands_in_no_file_and_everything_else_is_as_it_was() {
    fn erase<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["erase", "1", "--note", "本人要求"], more].concat()
    }
    let office = office();
    refused(&office, &erase(&[]), 64, "--yes LNZX-2024-0001");
    refused(&office, &erase(&["--yes", "2"]), 64, "不一致");
    refused(&office, &["erase", "77", "--note", "本人要求", "--yes", "77"], 65, "list 列出全部编号");
    refused(&office, &["erase", "1", "--note", " ", "--yes", "1"], 64, "--note");
    refused(&office, &["erase", "1", "--note", "何春梅来电", "--yes", "1"], 64, "不要写要删除的");
    office.run_ok(&["export", "--format", "xlsx", "--out", "1.xlsx"]);
    let before = (row(&office, ONE), row(&office, "LNZX-2024-0002"), row(&office, "LNZX-2024-0004"));
    let stood =
        office.rows().rows("SELECT id, clause, adoption FROM opinion WHERE submission_id = 1 ORDER BY id");
    let (stats, hashes) =
        (office.json(&["stats", "--json"]), "SELECT id, sha256, size_bytes, received_at FROM message");
    let messages = office.rows().rows(hashes);
    assert!(!holding(&office, TOLD).is_empty() && stood.len() == 2, "{stood:?}");

    let done = office.run_ok(&erase(&["--yes", "1"]));
    says(
        &done,
        &[
            "将删除 LNZX-2024-0001（何**",
            "原件 2 封、附件 1 个",
            "意见 2 条",
            "LNZX-2024-0002（姓名、电话、邮箱、来信内容）",
            "写出过工作簿 sha256",
            "已删除 LNZX-2024-0001",
            "内容相同的 LNZX-2024-0003",
            "第 1 类",
            "数据库文件已重写，日志已清空，阅览副本已重新生成",
        ],
    );
    // What was renamed at the terminal came back in no file.
    assert!(!done.stdout.contains("读回过"), "{done:?}");
    // Her other letters still hold her name, her number and, one of them, the same words.
    assert_eq!(holding(&office, &[MORE, "的来信.eml", "15049341358", "电话改为"]), []);
    let after = row(&office, ONE);
    assert_eq!(after["status"], "erased");
    for column in
        ["id", "number", "consultation", "message_id", "received_at", "timeliness", "signatories", "filed_at"]
    {
        assert_eq!(after[column], before.0[column], "{column}");
    }
    assert_eq!((row(&office, "LNZX-2024-0002"), row(&office, "LNZX-2024-0004")), (before.1, before.2));
    assert_eq!(row(&office, "LNZX-2024-0003")["status"], "review");
    assert_eq!(
        office.rows().rows("SELECT id, clause, adoption FROM opinion WHERE submission_id = 1 ORDER BY id"),
        stood
    );
    assert_eq!(office.rows().rows(hashes), messages);
    let now = office.json(&["stats", "--json"]);
    assert_eq!(now["consultations"][0]["received"], stats["consultations"][0]["received"]);
    assert_eq!(now["consultations"][0]["by_status"]["erased"], 1);
    sound(&office);

    // Both others go too: nothing is left, the proof holds, and the same once more changes nothing.
    let both = ["erase", "2,3", "--note", "本人要求", "--yes", "2、3"];
    office.run_ok(&both);
    assert_eq!(holding(&office, TOLD), []);
    sound(&office);
    let dump = office.rows().dump();
    says(&office.run_ok(&both), &["此前都已删除", "已重写"]);
    assert_eq!(office.rows().dump(), dump);
    for (arguments, word) in [
        (&["correct", ONE, "姓名", "某甲"][..], "已删除"),
        (&["review", "reopen", ONE], "已删除"),
        (&["item", "add", ONE, "意见"], "已删除"),
        (&["show", ONE, "--raw"], "删除"),
    ] {
        refused(&office, arguments, 65, word);
    }
    says(&office.run_ok(&["show", ONE]), &["已删除", ONE]);
    // The same bytes are known by their digest, and the number is given to nobody else.
    office.run_ok(&["import", "何春梅的来信.eml"]);
    import(&office, "6.eml", &letter(6), IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE number = 'LNZX-2024-0005'"), 1);
    assert_eq!(row(&office, ONE)["status"], "erased");
    office.run_ok(&["verify"]);
}

#[test]
fn single_details_leave_every_text_and_the_opinion_counts_on() {
    let office = office();
    let erase = |only: &str| {
        ["erase", ONE, "--only", only, "--note", "本人要求", "--yes", ONE].map(ToOwned::to_owned)
    };
    let run = |only: &str| office.run(&erase(only).each_ref().map(String::as_str));
    refused(&office, &erase("条款").each_ref().map(String::as_str), 64, "不能单独删除");
    refused(&office, &erase("单位").each_ref().map(String::as_str), 65, "没有登记单位");
    let stood = row(&office, ONE);
    let done = run("电话,name");
    assert_eq!(done.code, Some(0), "{done:?}");
    says(&done, &["的电话、姓名", "仍照常计入", "--save-attachments", "LNZX-2024-0002"]);
    let after = row(&office, ONE);
    assert_eq!((&after["status"], &*after["phones"]), (&stood["status"], "[]"));
    assert!(after["comment"].contains(WORDS) && after["full_text"].contains("[已删除]"), "{after:?}");
    assert_eq!(after["from_address"], ADDRESS);
    assert_eq!(office.rows().count("SELECT count(*) FROM message WHERE raw IS NULL"), 2);
    sound(&office);
    // What is corrected afterwards is sealed under the new random bytes, and what was erased is not brought back.
    refused(&office, &["correct", "--undo", ONE, "电话"], 65, "没有可以撤销的更正");
    office.run_ok(&["correct", ONE, "电话", "13900000001", "--note", "来信同意"]);
    office.run_ok(&["correct", "--undo", ONE, "电话"]);
    assert_eq!(row(&office, ONE)["phones"], "[]");
    sound(&office);
    assert_eq!(run("邮箱").code, Some(0));
    assert_eq!(row(&office, ONE)["from_address"], "");
    for number in ["2", "3"] {
        office.run_ok(&["erase", number, "--note", "本人要求", "--yes", number]);
    }
    assert_eq!(holding(&office, &[NAME, PHONE, ADDRESS, "15049341358", "150 4934 1357"]), []);
    assert!(!holding(&office, &[WORDS, MORE]).is_empty(), "the opinion counts on");
    sound(&office);
}

/// What somebody does leaves where he says it of himself, registered or not, and what staff typed of it; what he says of others stays.
#[test]
fn what_was_erased_is_written_again_for_a_reason_only_and_leaves_with_its_correction() {
    const AGAIN: &str = "18600123738";
    let office = office();
    office.run_ok(&["erase", "1", "--only", "电话", "--note", "本人要求", "--yes", "1"]);
    refused(&office, &["correct", "1", "电话", AGAIN], 65, "本人要求");
    let before = row(&office, ONE)["phones"].clone();
    says(&office.run_ok(&["correct", "1", "电话", AGAIN, "--note", "来信同意"]), &["已删除 → 18600123738"]);
    assert!(row(&office, ONE)["phones"].contains(AGAIN));
    says(&office.run_ok(&["correct", "--undo", "1", "电话"]), &["→ 已删除", "已撤销"]);
    assert_eq!(row(&office, ONE)["phones"], before);
    assert_eq!(holding(&office, &[AGAIN]), []);
    let told = office.run_ok(&["show", "1", "--corrections", "--unmasked"]);
    assert!(!told.stdout.contains(AGAIN), "{}", told.stdout);
    refused(&office, &["correct", "--undo", "1", "电话"], 65, "没有可以撤销的更正");
    sound(&office);
    // A column that nobody erased is written as ever.
    office.run_ok(&["correct", "1", "单位", "某某中学"]);
    office.run_ok(&["correct", "--undo", "1", "单位"]);
    sound(&office);
}

#[test]
fn an_occupation_leaves_the_text_and_the_corrections() {
    let office = Office::at_maildir();
    let texts = [
        ("【职业】车间工人", "建议车间增设窗口"),
        ("1、职业：公司经理", "建议缩短办理时限"),
        ("姓名 郝凤英 职业 企业管理人员 电话 13800169363", "建议公开办事指南"),
        ("我是一名教师。", "建议提高教师待遇"),
        ("我是广州市越秀街道的一名退休教师。", "建议窗口延长办理时间"),
    ];
    for (index, (told, words)) in (1..).zip(texts) {
        let text = format!("{told}\r\n\r\n{words}。\r\n");
        import(&office, &format!("{index}.eml"), &Letter { text, ..letter(index) }, IN_TIME);
    }
    let erase = |number: &str| {
        let done = office.run(&["erase", number, "--only", "职业", "--note", "本人要求", "--yes", number]);
        assert_eq!(done.code, Some(0), "{done:?}");
        done
    };
    let text_of = |number: &str| office.run_ok(&["show", number, "--unmasked"]);
    office.run_ok(&["correct", "2", "职业", "纺织厂女工", "--note", "来电说明"]);
    for (number, word) in [("1", "车间工人"), ("2", "公司经理"), ("3", "企业管理人员")] {
        let done = erase(number);
        assert!(!done.stdout.contains("相同的字样"), "{done:?}");
        let shown = text_of(number);
        says(&shown, &["[已删除]", texts[number.parse::<usize>().unwrap() - 1].1]);
        assert!(!shown.stdout.contains(word) && !shown.stdout.contains("原写"), "{shown:?}");
        assert!(!office.run(&["search", word]).stdout.contains(ONE), "{word}");
    }
    says(&erase("4"), &["相同的字样 1 处", "不写 --only"]);
    says(&text_of("4"), &["我是[已删除]", "建议提高教师待遇"]);
    // The record has 退休教师; the whole phrase goes.
    assert_eq!(row(&office, "LNZX-2024-0005")["occupation_as_written"], "退休教师");
    erase("5");
    says(&text_of("5"), &["我是[已删除]。", "建议窗口延长办理时间"]);
    assert_eq!(
        holding(&office, &["街道的一名", "退休教师", "车间工人", "公司经理", "企业管理人员", "纺织厂女工"]),
        []
    );
    // Its label stands yet, and nothing is behind it.
    let again = office.run_ok(&["erase", "1", "--only", "职业", "--note", "本人要求", "--yes", "1"]);
    says(&again, &["此前都已删除"]);
    office.run_ok(&["verify"]);
}

/// Two that write the same: what the one has erased the other goes on saying.
#[test]
fn one_person_reads_all_that_is_kept_of_him_and_nothing_of_others() {
    let office = office();
    let finished = office.run_ok(&["export", "--about", &ADDRESS.to_uppercase(), "--out", "about.txt"]);
    says(&finished, &["来信 3 件", ONE, "核实是本人"]);
    let file = office.path().join("about.txt");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    for kept in [NAME, "15049341358", ADDRESS, WORDS, MORE, "来电说明", "建议公开办事指南", "chunmei.zip"]
    {
        assert!(text.contains(kept), "{kept} is missing: {text}");
    }
    // What he was told stands there too, in its own words.
    assert!(text.contains("发出的回执：") && text.contains("已收到"), "{text}");
    let other = row(&office, "LNZX-2024-0004");
    for own in ["name", "from_address", "comment"] {
        assert!(!text.contains(&other[own]), "{own} of somebody else: {text}");
    }
    // By number it is that letter alone; whoever is asked to erase it is told that a text with it left.
    office.run_ok(&["export", "--about", "2", "--out", "second.txt"]);
    let second = fs::read_to_string(office.path().join("second.txt")).unwrap();
    assert!(second.contains("建议公开办事指南") && !second.contains(MORE), "{second}");
    let shown = office.run(&["erase", ONE, "--note", "本人要求"]);
    let left = shown.said().matches("写出给本人过").count();
    assert_eq!((shown.code, left), (Some(64), 1), "{shown:?}");
    refused(&office, &["export", "--about", "nobody@example.org", "--out", "x.txt"], 65, "没有来自");
    refused(&office, &["export", "--about", ADDRESS, "--out", "about.txt"], 74, "about.txt");
    refused(&office, &["export", "--about", ADDRESS, "--public", "--out", "x.txt"], 64, "--public");
    assert!(!office.path().join("x.txt").exists());
    sound(&office);
}

#[test]
fn what_others_wrote_in_the_same_words_is_theirs() {
    let office = Office::at_maildir();
    let text = "建议窗口延长办理时间，周末也能办理，老人和孩子的事情可以由家里人代办，材料一次说清楚，不再让人来回跑，办好以后发短信告诉一声。";
    let said = |n: usize| Letter { text: format!("{text}\r\n"), ..letter(n) };
    for n in 1..=2 {
        import(&office, &format!("{n}.eml"), &said(n), IN_TIME);
    }
    office.run_ok(&["erase", "1", "--note", "本人要求", "--yes", "1"]);
    sound(&office);
    import(&office, "3.eml", &said(3), IN_TIME);
    let groups = office.rows().rows("SELECT DISTINCT leader_id FROM likeness WHERE leader_id IS NOT NULL");
    assert_eq!(groups.len(), 1, "the third joins the second: {groups:?}");
    office.run_ok(&["verify"]);
}

/// Who reads in one long transaction keeps the log: it is said, with who, and the same command does it once more.
#[test]
fn a_reader_that_keeps_the_log_is_named() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &of_the_first(), IN_TIME);
    let reader = Connection::open(office.store_path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM submission").unwrap();
    let erase = ["erase", "1", "--note", "本人要求", "--yes", "1"];
    let finished = office.run(&erase);
    assert_eq!(finished.code, Some(75), "{finished:?}");
    assert!(
        finished.stderr.contains("正在读数据库") && finished.stderr.contains("再执行一次"),
        "{finished:?}"
    );
    reader.execute_batch("COMMIT").unwrap();
    office.run_ok(&erase);
}

/// What is due by the calendar is shown, and erased after the archive; opinions and figures stay.
#[test]
fn what_is_past_its_time_is_shown_and_erased_after_the_archive() {
    let mut office = office();
    refused(&office, &["retention"], 78, "after_close");
    office.text("retention", "after_close", "90y");
    says(&office.run_ok(&["retention"]), &["保存期 90 年", "没有到期", "4 件"]);
    let id = "liaoning-2024-gxbc";
    refused(&office, &["retention", "--apply", "--yes", id], 65, "没有到");
    office.text("retention", "after_close", "30d");
    let finished = office.run(&["retention"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    says(&finished, &["保存期 30 天，到 2024年4月13日，已到期；4 件", "还没有归档"]);
    // The term begins with a closing, as long as it stands.
    office.run_ok(&["close", "--partial"]);
    says(&office.run_ok(&["retention"]), &["没有到期"]);
    office.run_ok(&["close", "--undo"]);
    assert_eq!(office.run(&["retention"]).code, Some(1), "the closing was taken back");
    refused(&office, &["retention", "--apply", "--yes", id], 65, "--no-archive");
    refused(&office, &["retention", "--apply", "--no-archive", "--yes", "other"], 64, "不一致");
    let figures = "SELECT status, occupation, organization, signatories FROM submission";
    let before =
        (office.rows().rows(figures), office.rows().count("SELECT count(*) FROM opinion WHERE text <> ''"));
    says(
        &office.run_ok(&["retention", "--apply", "--no-archive", "--yes", id]),
        &["已删去 4 件", "数据库文件已重写"],
    );
    assert_eq!(holding(&office, &[NAME, PHONE, ADDRESS, "13800138000", "citizen9@"]), []);
    let after =
        (office.rows().rows(figures), office.rows().count("SELECT count(*) FROM opinion WHERE text <> ''"));
    assert_eq!(after, before);
    says(&office.run_ok(&["retention"]), &["没有存着"]);
    sound(&office);
}

/// How much `verify` finds wrong.
fn differences(office: &Office) -> serde_json::Value {
    let finished = office.run(&["verify", "--json"]);
    serde_json::from_str::<serde_json::Value>(&finished.stdout).unwrap()["mismatches"].clone()
}

/// Every store that an older version left can erase: its letters are found, and the proof holds.
#[test]
fn a_store_of_any_version_erases() {
    let stores = crate::support::repository().join("tests/stores");
    let mut done = 0;
    for name in ["store_1", "store_3", "store_5", "store_6"] {
        let office = Office::at_maildir();
        office.remove_store();
        fs::create_dir_all(office.store_path().parent().unwrap()).unwrap();
        let store = Connection::open(office.store_path()).unwrap();
        store.execute_batch(&fs::read_to_string(stores.join(name).with_extension("sql")).unwrap()).unwrap();
        drop(store);
        let finished = office.run(&["outbox", "hold", "1"]);
        assert!(office.has_store(), "{name}: {finished:?}");
        let found = office.rows().rows("SELECT number, name, comment FROM submission WHERE status <> 'erased' AND comment <> '' ORDER BY id");
        let broken = differences(&office);
        let all: Vec<&str> = found.iter().map(|row| row["number"].as_str()).collect();
        let all = all.join(",");
        let finished = office.run(&["erase", &all, "--note", "本人要求", "--yes", &all]);
        assert_eq!(finished.code, Some(0), "{name}: {finished:?}");
        done += found.len();
        let told: Vec<&str> = found
            .iter()
            .flat_map(|row| [row.get("name"), row.get("comment")])
            .flatten()
            .map(|text| text.trim())
            .collect();
        // What the migration kept is an old store beside this one: it is named, and somebody has to delete it.
        let kept = format!("store.sqlite3.schema-{}", name.trim_start_matches("store_"));
        assert!(finished.stdout.contains(&kept), "{name}: {finished:?}");
        fs::remove_file(office.store_path().with_file_name(&kept)).unwrap();
        assert_eq!(holding(&office, &told), [], "{name}");
        assert_eq!(differences(&office), broken, "{name}");
    }
    assert!(done > 4, "{done}");
}

/// A command erases while the daemon files and copies: what it erased is in no file when it ends, and the daemon goes on.
#[test]
fn the_daemon_goes_on_and_brings_nothing_back() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    fs::create_dir(office.path().join("copy")).unwrap();
    let copy = office.path().join("copy/reading.sqlite3");
    office.text("store", "reading_copy", copy.to_str().unwrap());
    let mail = office.path().join("mailbox");
    of_the_first().deliver(&mail);
    let mut daemon = office.start(&["run"]);
    let filed =
        |count: i64| office.has_store() && office.rows().count("SELECT count(*) FROM submission") == count;
    wait_for("a letter filed and a copy", SOON, || {
        assert!(!daemon.ended(), "{}", daemon.said());
        (filed(1) && copy.exists()).then_some(())
    });
    // What a restore left beside it is named.
    fs::write(office.path().join("store.sqlite3.before-1"), b"SQLite format 3\0 of another day").unwrap();
    says(&office.run_ok(&["erase", "1", "--note", "本人要求", "--yes", "1"]), &["store.sqlite3.before-1"]);
    assert_eq!(holding(&office, TOLD), []);
    letter(2).deliver(&mail);
    wait_for("another letter filed", SOON, || {
        assert!(!daemon.ended(), "{}", daemon.said());
        filed(2).then_some(())
    });
    daemon.terminate();
    assert_eq!(daemon.finish(SOON).code, Some(0));
    assert_eq!(holding(&office, TOLD), []);
    sound(&office);
    // Its mail still lies in the mailbox, and is not filed anew.
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["reconcile"]);
    assert!(filed(2));
}

const ALONE: &str = "此句只在隔离的邮件里";

/// Two mails that cannot be read, of which nobody knows whose they are; a stranger's; and one that is not for the office, in a file and a
/// folder that somebody named after her.
fn set_aside(office: &Office) {
    let file = |name: &str, text: &str| {
        let path = office.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_hours(475_000)).unwrap();
        office.run_ok(&["import", name]);
    };
    file("aside/a.eml", &format!("\r\n我叫{NAME}，电话 {PHONE}，{ALONE}。\r\n"));
    file("aside/何春梅来电记录.eml", &format!("\r\n{ADDRESS} 的附言，{ALONE}。\r\n"));
    file("aside/b.eml", "\r\n别人的话，与她无关。\r\n");
    file(
        "何春梅/何春梅询问.eml",
        "From: other@example.org\r\nTo: zx@ln.gov.cn\r\nSubject: hello\r\n\r\nhello\r\n",
    );
    let found =
        "SELECT disposition, count(*) AS n FROM mailbox_entry WHERE message_id IS NULL OR message_id NOT IN
        (SELECT message_id FROM submission UNION SELECT message_id FROM supplement) GROUP BY 1 ORDER BY 1";
    let found: Vec<_> =
        office.rows().rows(found).iter().map(|row| (row["disposition"].clone(), row["n"].clone())).collect();
    assert_eq!(found, [("not_ours", "1"), ("quarantined", "3")].map(|(a, b)| (a.to_owned(), b.to_owned())));
}

/// Where they lie, as they are typed.
fn at(office: &Office, name: &str) -> String {
    office.path().join("aside").canonicalize().unwrap().join(name).to_str().unwrap().to_owned()
}

#[test]
fn what_was_set_aside_is_named_shown_and_erased_by_its_place() {
    let office = office();
    set_aside(&office);
    let [first, second, other] = ["a.eml", "何春梅来电记录.eml", "b.eml"].map(|name| at(&office, name));
    assert!(!holding(&office, &[ALONE, "何春梅来电记录", "何春梅询问"]).is_empty());

    // She is shown it; a stranger is not.
    office.run_ok(&["export", "--about", ADDRESS, "--out", "about.txt"]);
    let text = fs::read_to_string(office.path().join("about.txt")).unwrap();
    assert!(text.contains("何春梅来电记录") && !text.contains("别人的话"), "{text}");
    says(&office.run_ok(&["export", "--about", "1", "--out", "1.txt"]), &["隔离待查的邮件 2 封", &first]);

    // Whoever erases her letter is told, and so is whoever erases details alone; neither takes what nobody has looked at.
    let shown = office.run(&["erase", "1", "--note", "本人要求"]);
    for place in [&first, &second] {
        assert!(shown.stdout.contains(place.as_str()), "{shown:?}");
    }
    assert!(!shown.stdout.contains(&other) && shown.stdout.contains("另有 2 封隔离待查"), "{shown:?}");
    let phones = office.run(&["erase", "1", "--only", "电话", "--note", "本人要求"]);
    assert!(phones.stdout.contains(&first) && !phones.stdout.contains(&second), "{phones:?}");

    let erase = |place: &str, more: &[&str]| {
        let arguments = [&["erase", place, "--note", "本人要求"], more].concat();
        office.run(&arguments)
    };
    for (place, more, code, word) in [
        (first.as_str(), &[][..], 64, "--yes"),
        (&first, &["--yes", &other], 64, "不一致"),
        (&first, &["--only", "电话", "--yes", &first], 64, "整封删除"),
        ("INBOX/77", &["--yes", "INBOX/77"], 65, "view 其他邮件"),
        (&second, &["--note", "何春梅来电记录.eml", "--yes", &second], 64, ""),
    ] {
        let finished = erase(place, more);
        let said = finished.said();
        assert!(finished.code == Some(code) && said.contains(word), "{place} {more:?}: {finished:?}");
    }
    let letter = office.rows().rows("SELECT folder || '/' || uid AS place FROM mailbox_entry WHERE id = 1");
    refused(&office, &["erase", &letter[0]["place"], "--note", "本人要求"], 65, "erase LNZX-2024-0001");
    refused(&office, &["erase", &first, "1", "--note", "本人要求"], 64, "分两次");

    let status = |office: &Office| office.json(&["status", "--json"])["quarantine"].clone();
    assert_eq!(status(&office), 3);
    let kept = "SELECT id, sha256, size_bytes, seen_at, disposition FROM mailbox_entry ORDER BY id";
    let stood = office.rows().rows(kept);
    let done = erase(&first, &["--yes", &first]);
    says(&done, &["没有邮件头", "写出给本人过 sha256", "已删除", "数据库文件已重写"]);
    says(&erase(&second, &["--yes", &second]), &["已删除"]);
    assert_eq!(holding(&office, &[ALONE, "何春梅来电记录"]), []);
    assert_eq!(office.rows().rows(kept), stood);
    assert_eq!(status(&office), 1);
    sound(&office);
    let entry = "SELECT uid FROM mailbox_entry WHERE reason = 'erased' ORDER BY id";
    let entry = office.rows().rows(entry)[0]["uid"].clone();
    says(&office.run_ok(&["explain", &entry]), &["内容已删除（本人要求）"]);
    let first = at(&office, &entry);
    let dump = office.rows().dump();
    says(&erase(&first, &["--yes", &first]), &["没有存着"]);
    assert_eq!(office.rows().dump(), dump);

    // The same bytes once more are not kept again; a stranger's mail is as it was.
    office.run_ok(&["import", "aside/a.eml"]);
    assert_eq!((status(&office), holding(&office, &[ALONE])), (1.into(), vec![]));
    assert!(!holding(&office, &["别人的话"]).is_empty());
    let digest = office.rows().rows("SELECT sha256 FROM mailbox_entry WHERE CAST(uid AS TEXT) = 'b.eml'");
    let digest = &digest[0]["sha256"];
    says(&erase(digest, &["--yes", digest]), &["已删除", &other]);
    assert_eq!((status(&office), holding(&office, &["别人的话"])), (0.into(), vec![]));
    // Her letters go; so do the names of file and folder of what was not for the office, and nothing tells of her any more.
    for number in ["3", "2", "1"] {
        office.run_ok(&["erase", number, "--note", "本人要求", "--yes", number]);
    }
    assert_eq!(holding(&office, TOLD), []);
    sound(&office);
    office.run_ok(&["reconcile"]);
}

#[test]
fn what_was_set_aside_is_past_its_time_with_the_consultation_that_had_begun() {
    let mut office = Office::at_maildir();
    import(&office, "1.eml", &of_the_first(), IN_TIME);
    set_aside(&office);
    let id = "liaoning-2024-gxbc";
    office.text("retention", "after_close", "90y");
    says(&office.run_ok(&["retention"]), &["隔离待查的邮件 3 封，没有到期"]);
    office.text("retention", "after_close", "30d");
    let finished = office.run(&["retention"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    says(&finished, &["隔离待查的邮件 3 封已到期"]);
    let done = office.run_ok(&["retention", "--apply", "--no-archive", "--yes", id]);
    says(&done, &["已删去 1 件", "已整封删除隔离待查的邮件 3 封"]);
    assert_eq!(holding(&office, &[NAME, PHONE, ADDRESS, ALONE, "别人的话", "何春梅"]), []);
    says(&office.run_ok(&["retention"]), &["没有存着"]);
    sound(&office);
}

/// What staff remark of her on somebody else's item is that letter's: it is named, and stays as it is until it is corrected there.
#[test]
fn what_is_remarked_of_her_beside_others_is_named() {
    let office = office();
    let other =
        office.rows().rows("SELECT number FROM submission WHERE from_address <> 'chunmei.he@example.net'");
    let number = &other[0]["number"];
    office.run_ok(&["correct", number, "采纳理由", "与何春梅所提相同", "--item", "1"]);
    let shown = office.run_ok(&["erase", "1", "--note", "本人要求", "--yes", "1"]);
    says(&shown, &[&format!("{number}（来信内容）")]);
    sound(&office);
}

/// What a campaign says belongs to all who sent it: a class keeps its words when one of them, whose letter counts no more, has his erased.
#[test]
fn words_that_others_wrote_too_stay_with_their_class() {
    let office = Office::at_maildir();
    let same = "建议窗口延长办理时间到晚上八点。";
    for n in 1..=3 {
        let letter = Letter { text: format!("姓名：王小{n}\r\n\r\n{same}\r\n"), ..letter(n) };
        import(&office, &format!("{n}.eml"), &letter, IN_TIME);
    }
    office.run_ok(&["review", "deny", "3", "--note", "来信人撤回"]);
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "rename", "1", same]);
    office.run_ok(&["erase", "3", "--note", "本人要求", "--yes", "3"]);
    assert_eq!(office.rows().rows("SELECT point FROM opinion_group")[0]["point"], same);
    // Of the last who wrote it nothing stays.
    office.run_ok(&["erase", "1", "--note", "本人要求", "--yes", "1"]);
    office.run_ok(&["erase", "2", "--note", "本人要求", "--yes", "2"]);
    assert_eq!(office.rows().rows("SELECT point FROM opinion_group")[0].get("point"), None);
}
