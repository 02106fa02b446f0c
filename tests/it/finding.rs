//! Finding letters: the same filters for every command, the text of a letter, its bytes and its files.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use zwfw_intake::store::{Filter, Store};

use crate::review::{IN_TIME, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// A teacher with a name, one who keeps his, one on another clause, one that waits.
fn office() -> Office {
    let office = Office::at_maildir();
    let anonymous = Letter { text: "建议公布咨询电话。匿名。\r\n".to_owned(), ..letter(2) };
    let other = Letter {
        text: "姓名：李晓红\r\n职业：退休人员\r\n电话：13900139000\r\n\r\n对第二部分第（二）条第3点：退休审批需要的材料太多。建议核减。\r\n"
            .to_owned(),
        ..letter(3)
    };
    let waits = Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(4) };
    let named = [letter(1), anonymous, other, waits].into_iter().enumerate();
    import_all(
        &office,
        &named.map(|(at, letter)| (format!("{}.eml", at + 1), letter)).collect::<Vec<_>>(),
        IN_TIME,
    );
    office
}

fn numbers(office: &Office, arguments: &[&str]) -> Vec<u64> {
    let out = office.run_ok(&[arguments, &["--json"]].concat()).stdout;
    let rows: Value = serde_json::from_str(&out).unwrap();
    let number = |row: &Value| {
        let text = row["number"].as_str().or(row["编号"].as_str()).unwrap().to_owned();
        text.rsplit('-').next().unwrap().parse().unwrap()
    };
    rows.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn the_same_filters_hold_for_list_search_view_and_export() {
    let office = office();
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "set", "1", "--handler", "政务处"]);
    let cases: [(&[&str], &[u64]); 16] = [
        (&[], &[1, 2, 3, 4]),
        (&["--status", "已登记"], &[1, 2, 3]),
        (&["--status", "accepted,待核"], &[1, 2, 3, 4]),
        (&["--status", "待核"], &[4]),
        (&["--occupation", "退休"], &[3]),
        (&["--occupation", "无"], &[2]),
        (&["--clause", "二(二)3"], &[3]),
        (&["--clause", "无", "--status", "已登记"], &[1, 2]),
        (&["--flag", "匿名"], &[2]),
        (&["--no-name"], &[2]),
        (&["--name", "晓红"], &[3]),
        (&["--name", "无此人"], &[]),
        (&["--group", "1"], &[1]),
        (&["--handler", "政务处"], &[1]),
        (&["--sender-kind", "agency"], &[]),
        (&["--day", "1.1..1.2"], &[]),
    ];
    for (filter, due) in cases {
        for command in [&["list"][..], &["view", "来信一览"], &["search", "建议"]] {
            assert_eq!(numbers(&office, &[command, filter].concat()), due, "{command:?} {filter:?}");
        }
    }
    let day = office.rows().rows("SELECT date(received_at, '+8 hours') AS day FROM submission WHERE id = 1");
    assert_eq!(numbers(&office, &["list", "--day", &day[0]["day"]]).len(), 4);
    assert_eq!(numbers(&office, &["view", "意见汇总", "--group", "1"]), [1]);
    // What no group has is said, with what there is.
    for (typed, due) in [
        (&["list", "--handler", "无此处"][..], "已写明的有：政务处"),
        (&["list", "--group", "99"], "没有第 99 类"),
        (&["view", "意见汇总", "--handler=无此处"], "已写明的有：政务处"),
    ] {
        let finished = office.run(typed);
        assert_eq!(finished.code, Some(64), "{finished:?}");
        assert!(finished.stderr.contains(due), "{finished:?}");
    }
    for (arguments, words) in [
        (&["view", "每日收件", "--no-name"][..], "编号"),
        (&["list", "--day", "昨天"], "不是日期"),
        (&["list", "--channel", "微信"], "邮件"),
        (&["list", "--flag", "无此"], "可写"),
    ] {
        let finished = office.run(arguments);
        assert_eq!(finished.code, Some(64), "{finished:?}");
        assert!(finished.stderr.contains(words), "{arguments:?} {finished:?}");
    }
    let said =
        office.run_ok(&["export", "--format", "xlsx", "--out", "a.xlsx", "--occupation", "退休"]).stdout;
    assert!(said.contains("来信 1 件、意见 1 条") || said.contains("来信 1 件、意见 2 条"), "{said}");
}

#[test]
fn a_text_is_found_in_its_sentence_and_names_stay_masked() {
    let office = office();
    let found = office.run_ok(&["search", "材料太多"]).stdout;
    assert!(found.contains("退休审批需要的材料太多。") && found.contains("共 1 件"), "{found}");
    assert!(!found.contains("建议核减"), "the sentence alone: {found}");
    assert_eq!(office.run_ok(&["search", "窗口", "--count"]).stdout, "2\n");
    // Of several words all must stand there, apart as they may; one that stands nowhere leaves nothing.
    for words in [&["search", "材料", "太多"][..], &["search", "太多　材料"]] {
        assert!(!office.run_ok(words).stdout.contains("没有找到"), "{words:?}");
    }
    assert!(office.run_ok(&["search", "材料太多", "无此词"]).stdout.contains("没有找到"));
    let listed = office.run_ok(&["list", "--json"]).stdout;
    let listed = serde_json::from_str::<serde_json::Value>(&listed).unwrap().as_array().unwrap().len();
    assert_eq!(office.run_ok(&["list", "--count"]).stdout, format!("{listed}\n"));
    assert_eq!(office.run_ok(&["list", "--count", "--occupation", "教师"]).stdout, "2\n");
    assert_eq!(office.run_ok(&["search", "职", "--count"]).stdout, "3\n");
    let named = office.run_ok(&["search", "李晓红"]).stdout;
    assert!(named.contains("共 1 件") && named.contains("　李**\n") && !named.contains("李晓红"), "{named}");
    assert_eq!(office.run_ok(&["search", "%", "--count"]).stdout, "0\n", "no pattern");
    assert_eq!(office.run(&["search", " "]).code, Some(64));
}

/// In how many letters a text stands, by comparing each.
const COMPARED: &str = "SELECT count(*) FROM submission AS s JOIN message AS m ON m.id = s.message_id WHERE instr(lower(
    s.full_text || char(1) || s.comment || char(1) || coalesce(s.name, '') || char(1) || coalesce(s.organization, '') || char(1) || s.from_address || char(1)
    || s.phones || char(1) || coalesce(m.subject, '') || char(1)
    || coalesce((SELECT group_concat(text, char(1)) FROM opinion WHERE submission_id = s.id), '') || char(1)
    || coalesce((SELECT group_concat(comment || char(1) || from_address, char(1)) FROM supplement WHERE submission_id = s.id), '')), lower(?1)) > 0";

/// Whatever was done to letters, what is looked up is what is there: pieces of every text that ever stood in one of them.
#[test]
fn what_is_looked_up_is_what_stands_there() {
    let office = office();
    let mut pieces = std::collections::BTreeSet::new();
    let mut look = |office: &Office, when: &str| {
        let store = rusqlite::Connection::open(office.store_path()).unwrap();
        let texts = "SELECT full_text FROM submission UNION ALL SELECT text FROM opinion UNION ALL SELECT coalesce(name, '') FROM submission
            UNION ALL SELECT comment FROM supplement UNION ALL SELECT phones FROM submission UNION ALL SELECT from_address FROM submission";
        let mut statement = store.prepare(texts).unwrap();
        let texts = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for text in texts.map(Result::unwrap) {
            let chars: Vec<char> = text.chars().collect();
            let piece = |at: usize| chars[at..(at + 1 + at % 5).min(chars.len())].iter().collect::<String>();
            pieces.extend(
                (0..chars.len())
                    .step_by(3)
                    .map(piece)
                    .filter(|piece| piece.trim() == *piece && !piece.is_empty()),
            );
        }
        let program = Store::open_read_only(&office.store_path()).unwrap();
        for piece in &pieces {
            let filter = Filter { words: vec![piece.clone()], ..Filter::default() };
            let compared: i64 = store.query_row(COMPARED, [piece], |row| row.get(0)).unwrap();
            let compared = compared.unsigned_abs();
            assert_eq!(program.count(&filter).unwrap(), compared, "{when}: {piece}");
            let (found, more) = program.search(&filter, 2).unwrap();
            assert_eq!((found.len() as u64, more), (compared.min(2), compared > 2), "{when}: {piece}");
        }
        assert!(pieces.len() > 60, "{}", pieces.len());
    };
    look(&office, "as filed");
    for command in [
        &["correct", "3", "name", "欧阳晓"][..],
        &["correct", "1", "text", "建议增设夜间窗口，并公布电话。", "--item", "1"],
        &["item", "add", "2", "建议公布咨询电话", "--note", "原文"],
        &["review", "deny", "4", "--note", "另件"],
    ] {
        office.run_ok(command);
    }
    look(&office, "as corrected");
    assert_eq!(office.run_ok(&["search", "欧阳晓", "--count"]).stdout, "1\n");
    office.run_ok(&["erase", "3", "--note", "本人要求", "--yes", "3"]);
    look(&office, "as erased");
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute_batch("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, search_index, row)").unwrap();
    let kept = |text: &str| {
        store
            .query_row("SELECT count(*) FROM term WHERE term = ?1", [text], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!((kept("欧阳"), kept("晓红"), kept("建议")), (0, 0, 1), "erased out of the index too");
    office.run_ok(&["verify"]);
    office.run_ok(&["reconcile"]);
    store.execute_batch("DROP TABLE temp.term; DELETE FROM search_index_docsize WHERE id = 2").unwrap();
    let found = office.run(&["reconcile"]);
    assert!(found.code == Some(1) && found.stdout.contains("search 找不到该件"), "{found:?}");
    // Another program changes a text: what was indexed of it is known to nobody, so all are indexed anew.
    store.execute_batch("UPDATE submission SET full_text = '另写的话' WHERE id = 1").unwrap();
    office.run_ok(&["correct", "2", "occupation", "教师"]);
    let store_words = ["另写", "建议"].map(|text| office.run_ok(&["search", text, "--count"]).stdout);
    assert_eq!(store_words[0], "1\n");
    office.run_ok(&["reconcile"]);
    store.execute_batch("DROP TRIGGER opinion_is_searched_2").unwrap();
    office.run_ok(&["correct", "1", "occupation", "教师"]);
    office.run_ok(&["reconcile"]);
    look(&office, "as mended");
}

#[test]
fn bytes_and_files_of_a_letter_come_out_as_they_came_in() {
    let office = Office::at_maildir();
    let folder = office.path().join("in");
    fs::create_dir_all(&folder).unwrap();
    let raw = letter(1).with_attachment(7, 900);
    fs::write(folder.join("1.eml"), &raw).unwrap();
    office.run_ok(&["import", "in", "--no-answer"]);
    let out = office.run_ok(&["show", "1", "--raw"]).stdout;
    assert_eq!(out.as_bytes(), raw);
    let saved = office.run_ok(&["show", "1", "--save-attachments", "files"]).stdout;
    let file = fs::read_dir(office.path().join("files")).unwrap().next().unwrap().unwrap();
    assert!(file.file_name().to_string_lossy().ends_with("-a.zip"), "{file:?}");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let due = office.rows().rows("SELECT sha256 FROM attachment");
    assert!(saved.contains(&due[0]["sha256"]), "{saved}");
    let bytes = fs::read(file.path()).unwrap();
    assert_eq!(zwfw_intake::vocabulary::sha256_hex(&bytes), due[0]["sha256"]);
    let again = office.run(&["show", "1", "--save-attachments", "files"]);
    assert_eq!(again.code, Some(74), "nothing is written over: {again:?}");
    assert_eq!(office.rows().count("SELECT count(*) FROM event WHERE action = 'read_unmasked'"), 3);
    assert!(office.run_ok(&["show", "1", "--full"]).stdout.contains("来信全文"));
}
