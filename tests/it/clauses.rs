//! Words by which opinions find their clause: what is proposed, how one is added, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::review::{IN_TIME, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

fn office() -> Office {
    let office = Office::at_maildir();
    let consultation = office.path().join("consultations/liaoning.toml");
    let more = "clauses = [\"附件13 二手房转移登记\", \"附件16 退休\", \"二(二)5 掌上办\", ";
    let text = fs::read_to_string(&consultation).unwrap().replace("clauses = [", more);
    fs::write(&consultation, text).unwrap();
    let texts = [
        "二手房过户手续太复杂，材料要交三遍。",
        "办二手房过户跑了三趟，王小明科长不在。",
        "希望二手房过户一次办结，王小明科长来过。",
        "养老金核定太慢，王小明科长说再等等。",
        "附件16：退休审批材料太多。",
    ];
    let named = texts.into_iter().enumerate().map(|(at, text)| {
        let whole = Letter {
            text: format!("姓名：王小明\r\n电话：13800138000\r\n\r\n{text}\r\n"),
            ..letter(at)
        };
        (format!("{at}.eml"), whole)
    });
    import_all(&office, &named.collect::<Vec<_>>(), IN_TIME);
    office
}

#[test]
fn a_frequent_word_is_proposed_added_and_finds_its_opinions() {
    let office = office();
    let clauses = || office.rows().rows("SELECT coalesce(clause, '') AS clause FROM opinion ORDER BY id");
    let on =
        |rows: &[crate::support::sql::Row]| rows.iter().map(|row| row["clause"].clone()).collect::<Vec<_>>();
    assert_eq!(on(&clauses()), ["", "", "", "", "附件16"]);
    let said = office.run_ok(&["clauses", "suggest"]).stdout;
    assert!(said.contains("没有对应条款的意见 4 条（共 5 条）"), "{said}");
    let line = said.lines().find(|line| line.starts_with("二手房过户")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains(" 3 ") && line.contains("附件13 二手房转移登记"), "{said}");
    assert!(!said.contains("王小明") && !said.contains("希望二"), "{said}");
    let json = office.json(&["clauses", "suggest", "--json"]);
    assert_eq!(
        (&json["without_clause"], &json["words"][0]["clause"]),
        (&4.into(), &"附件13".into()),
        "{json}"
    );

    let before = office.rows().dump();
    // A word of two characters counts too: staff chose it.
    let added = office.run_ok(&["clauses", "add", "附件13", "过户", "二手房过户"]).stdout;
    for words in ["附件13 增加：过户、二手房过户", "对应条款由空变为有值 3", "只是预览"]
    {
        assert!(added.contains(words), "{words}: {added}");
    }
    assert_eq!(office.rows().dump(), before, "the record is as it was");
    let path = office.path().join("conf.d/clauses-liaoning-2024-gxbc.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644, "the service reads it");
    assert!(!office.path().join("conf.d/clauses-liaoning-2024-gxbc.toml.new").exists());
    office.run_ok(&["check"]);
    // By the clause's name, and into the file that is there.
    office.run_ok(&["clauses", "add", "退休", "养老金核定", "  "]).said();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("words = [\"过户\", \"二手房过户\"]")
            && text.contains("{ code = \"附件16\", words = [\"养老金核定\"] }"),
        "{text}"
    );
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(on(&clauses()), ["附件13", "附件13", "附件13", "附件16", "附件16"]);
    let again = office.run_ok(&["clauses", "add", "附件13", "过户"]).stdout;
    assert!(again.contains("没有改动"), "{again}");
    assert!(
        office
            .run_ok(&["clauses", "suggest"])
            .stdout
            .contains("没有对应条款的意见 0 条（共 5 条）\n其中没有常见的词")
    );
    office.run_ok(&["verify"]);
}

#[test]
fn a_word_that_is_wrong_leaves_the_configuration_as_it_was() {
    let office = office();
    let path = office.path().join("conf.d/clauses-liaoning-2024-gxbc.toml");
    for (arguments, code, words) in [
        (vec!["附件13", "户"], 78, "too short"),
        (vec!["附件13", "掌上办"], 78, "points to 二(二)5 already"),
        (vec!["附件99", "过户"], 65, "没有条款 附件99"),
        (vec!["附件13", "过户", "--consultation", "别的"], 64, "别的"),
    ] {
        let refused = office.run(&[&["clauses", "add"], &arguments[..]].concat());
        assert_eq!(refused.code, Some(code), "{arguments:?}: {refused:?}");
        assert!(refused.stderr.contains(words), "{words}: {refused:?}");
        assert!(!path.exists(), "{arguments:?}");
    }
    office.run_ok(&["clauses", "add", "附件13", "过户"]);
    let before = fs::read_to_string(&path).unwrap();
    assert_eq!(office.run(&["clauses", "add", "附件16", "过户"]).code, Some(78));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    office.run_ok(&["check"]);
    // Somebody wrote something else there: it is nobody's to throw away.
    let other = "[store]\nwal_warning_bytes = 2000000\n";
    fs::write(&path, other).unwrap();
    let refused = office.run(&["clauses", "add", "附件13", "二手房"]);
    assert!(refused.code == Some(78) && refused.stderr.contains("手工写入"), "{refused:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), other);
}
