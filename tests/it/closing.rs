//! Figures that are closed: what they were, what came later, what is otherwise.

use crate::review::{IN_TIME, import, import_all};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

fn office() -> Office {
    let office = Office::at_maildir();
    let path = office.path().join("consultations/liaoning.toml");
    let asked = std::fs::read_to_string(&path).unwrap();
    let list = r#"invited = [["辽宁省财政厅", "czt.example.gov.cn"]]"#;
    std::fs::write(&path, format!("{asked}\n{list}\n")).unwrap();
    let waits = Letter { subject: "对高效办成一件事工作方案的建议".to_owned(), ..letter(3) };
    let named = [letter(1), letter(2), waits].into_iter().enumerate();
    import_all(
        &office,
        &named.map(|(at, letter)| (format!("{at}.eml"), letter)).collect::<Vec<_>>(),
        IN_TIME,
    );
    office.run_ok(&["group", "propose"]);
    office
}

#[test]
fn closed_figures_stay_and_what_is_otherwise_later_is_said() {
    let office = office();
    let before = office.rows().dump();
    let early = office.run(&["close"]);
    assert_eq!(early.code, Some(1), "{early:?}");
    for words in ["待核 1 件：LNZX-2024-0003", "尚未研究 2 条", "--partial"] {
        assert!(early.stderr.contains(words), "{words}: {early:?}");
    }
    assert_eq!(office.rows().dump(), before, "nothing was written");
    assert_eq!(office.run(&["close", "--undo"]).code, Some(65));
    assert_eq!(office.run(&["close", "没有"]).code, Some(64));

    office.run_ok(&["group", "decide", "1", "采纳"]);
    office.run_ok(&["review", "deny", "3"]);
    let said = office.run_ok(&["close", "liaoning-2024-gxbc"]).stdout;
    assert!(
        said.contains("来信 2 件、2 人次、意见 2 条、1 类；采纳 2")
            && said.contains("close liaoning-2024-gxbc --undo"),
        "{said}"
    );
    let event = office.rows().rows("SELECT detail ->> '$.sha256' AS sha256, detail ->> '$.letters' AS letters FROM event WHERE action = 'closed'");
    assert_eq!((event.len(), event[0]["sha256"].len(), &*event[0]["letters"]), (1, 64, "2"));
    let sha256 = event[0]["sha256"].clone();
    let report = || office.run_ok(&["report", "--partial"]).stdout;
    let first = report();
    assert!(
        first.contains(&format!("摘要 {sha256}。"))
            && !first.contains("与关闭时不同")
            && !first.contains("后来信"),
        "{first}"
    );
    let again = office.run_ok(&["close"]).stdout;
    assert!(again.contains("已经关闭，没有改动") && again.contains(&sha256), "{again}");

    // A letter that comes later is registered, named, and in no figure.
    let unit = Letter { from: "bgs@czt.example.gov.cn".to_owned(), ..letter(4) };
    import(&office, "later.eml", &unit, IN_TIME);
    let later = report();
    assert!(later.contains("书面征求意见的单位1家，已反馈0家"), "{later}");
    let units = office.run_ok(&["stats", "--agencies"]).stdout;
    assert!(units.contains("已反馈 1 家"), "{units}");
    assert!(later.contains("收到计入统计的来信2件、2人次，提出意见建议2条"), "{later}");
    assert!(
        later.contains("截止统计后来信 1 件，不在关闭的各数之内：LNZX-2024-0004。")
            && !later.contains("与关闭时不同"),
        "{later}"
    );
    let cut_off = |text: &str| text.lines().find(|line| line.contains("统计截止")).map(ToOwned::to_owned);
    assert_eq!(cut_off(&later), cut_off(&first), "the cut-off is the closing");
    let page = office.run_ok(&["report", "--partial", "--format", "html"]).stdout;
    assert!(page.contains("截止统计后来信 1 件"), "{page}");
    let stats = office.run_ok(&["stats"]).stdout;
    assert!(
        stats.contains("截止统计后来信 1 件") && stats.contains(&sha256) && stats.contains("收到 4 件"),
        "{stats}"
    );
    let json = office.json(&["stats", "--json"]);
    let closed = &json["consultations"][0]["closed"];
    assert_eq!(
        (&closed["figures"]["letters"], &closed["filed_since"][0]),
        (&2.into(), &"LNZX-2024-0004".into()),
        "{closed}"
    );
    assert_eq!(closed["differences"], serde_json::json!([]));

    // What was counted stands otherwise.
    office.run_ok(&["group", "rename", "1", "延长窗口办理时间"]);
    let renamed = report();
    assert!(renamed.contains("与关闭时不同：各数相同，个别意见"), "{renamed}");
    office.run_ok(&["group", "decide", "1", "不采纳"]);
    office.run_ok(&["review", "deny", "2", "--note", "撤回"]);
    for words in ["来信 2 → 1", "采纳 2 → 0", "不采纳 0 → 1"] {
        let found = office.run_ok(&["stats"]).stdout;
        assert!(found.contains(words) && report().contains(words), "{words}: {found}");
    }
    let refused = office.run(&["close"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("来信 2 → 1") && refused.stderr.contains("--undo"), "{refused:?}");

    // Taken back, the figures are today's; closed anew, the digest is another.
    office.run_ok(&["close", "--undo", "--note", "重新统计"]);
    assert!(!office.run_ok(&["stats"]).stdout.contains("统计已于"));
    assert_eq!(office.json(&["stats", "--json"])["consultations"][0]["closed"], serde_json::Value::Null);
    let partial = office.run_ok(&["close", "--partial"]).stdout;
    assert!(partial.contains("照现在的各数关闭：尚未研究 1 条"), "{partial}");
    let shas = office
        .rows()
        .rows("SELECT DISTINCT detail ->> '$.sha256' AS sha256 FROM event WHERE action = 'closed'");
    assert_eq!(shas.len(), 2);
    office.run_ok(&["verify"]);
}
