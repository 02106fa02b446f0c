//! `explain` over the demo's mail: each kind of case reads as an answer to "why was this mail treated so?".

use std::time::Duration;

use crate::support::daemon::{Office, office_with_demo};
use crate::support::letter::{Letter, letter};

/// Number, Message-ID, UID or file name, and what its explanation must say.
const SAID: &[(&str, &[&str])] = &[
    (
        "LNZX-2024-0002",
        &[
            "结论：登记为编号 LNZX-2024-0002，计入意见：主题含完整标题和意见建议字样，按时到达。",
            "到达：2024-02-28 19:05:12（北京时间），依据本单位边界服务器写的 Received 记录",
            "符合：主题含完整标题和意见建议字样（完整标题，意见字样：意见建议）",
            "姓名：第 8 行“李**”，依据标签",
            "第 1 条〔建议对应 二(二)3〕",
            "回执：“意见建议已收到”，已发",
            // Its supplement, behind it.
            "结论：并入编号 LNZX-2024-0002，作为补充，不另给编号",
            "写明了编号，主题不另作要求",
        ],
    ),
    ("lnzx-2024-0001", &["等待人工核对：早于征集开始"]),
    ("LNZX-2024-0005", &["职业：第 2 行“退休干部”，依据标签，归入“退（离）休人员”"]),
    (
        "LNZX-2024-0010",
        &[
            "等待人工核对：主题与公告要求不完全一致",
            "公告要求注明“《辽宁省关于",
            "（征求意见稿）》意见建议”",
            "主题提到本次征集的关键词",
        ],
    ),
    ("lnzx-2024-0011", &["主题中的标题与本次征集相近（与标题相差 4 字）", "来信人无须重发"]),
    ("LNZX-2024-0013", &["无意见（no_objection）", "不发：单位来函无意见，不自动答复"]),
    ("LNZX-2024-0014", &["联名"]),
    ("LNZX-2024-0015", &["意见在附件中：第 1 行“详见附件。”", "附件 意见建议.docx"]),
    ("LNZX-2024-0016", &["起是引用的旧邮件，不计入意见；全文另存"]),
    ("LNZX-2024-0017", &["列为重复，不重复计数：与同一发件人的编号 LNZX-2024-0002 内容相同"]),
    ("LNZX-2024-0023", &["逾期到达，但发出时间在截止之前", "2024年3月13日24时 截止"]),
    ("LNZX-2024-0024", &["列为逾期：2024-03-15 10:00:00 到达，征集已于 2024年3月13日24时截止"]),
    (
        "<heat.0313@example.com>",
        &["结论：与征集无关：主题与任何征集无关", "未保存主题和正文", "正文前部和附件名也没有提到"],
    ),
    ("oof.0314@example.org", &["机器自动发出的邮件", "自动回复（auto-submitted: auto-generated）"]),
    ("1709773240.m15_automatic_qq_holiday_reply.demo", &["自动回复（x-qq-holidayreply）", "邮件自带的标志"]),
    ("1709773325.m16_automatic_bounce.demo", &["退信（subject: 系统退信）"]),
    // By the digest that the log and `verify` name it by: that of an empty file.
    ("e3b0c44298fc1c14", &["结论：未能处理，隔离待查：邮件是空的。须由人工查看。"]),
];

#[test]
fn each_kind_of_case_is_answered() {
    let (office, demo) = office_with_demo();
    let run = |arguments: &[&str]| office.start_with(&demo, arguments).finish(Duration::from_mins(1));
    assert_eq!(run(&["run", "--once"]).code, Some(0));
    for (which, said) in SAID {
        let finished = run(&["explain", which]);
        assert_eq!(finished.code, Some(0), "{which}: {finished:?}");
        let explained = finished.stdout;
        for words in *said {
            assert!(explained.contains(words), "{which} does not say {words:?}:\n{explained}");
        }
        assert!(!explained.contains("13800138"), "{which} shows a phone:\n{explained}");
        for line in explained.lines().filter(|line| line.starts_with("结论")) {
            assert!(!line.contains('_') || line.contains(".demo"), "a word of the code stands in {line:?}");
        }
        let json: serde_json::Value =
            serde_json::from_str(&run(&["explain", "--json", which]).stdout).unwrap();
        for entry in json.as_array().unwrap() {
            assert!(explained.contains(entry["conclusion"].as_str().unwrap()), "{which}: {entry}");
            assert!(entry["steps"].as_array().unwrap().len() >= 2, "{which}: {entry}");
        }
    }
    for unknown in ["nobody@example.com", "LNZX-2024-9999", "abcdef", "deadbeefdeadbeef"] {
        let finished = run(&["explain", unknown]);
        assert_eq!(finished.code, Some(65), "{unknown}: {finished:?}");
        assert!(finished.stderr.contains("没有关于"), "{finished:?}");
    }
}

/// A number may stand for thousands of letters: each is explained by itself, and the submission with them once.
#[test]
fn what_concerns_the_whole_of_a_submission_is_said_once() {
    let office = Office::at_maildir();
    let more = |n: usize, text: &str| Letter {
        subject: if n == 1 { letter(1).subject } else { "补充：LNZX-2024-0001".to_owned() },
        message_id: format!("part{n}@example.com"),
        text: format!("{text}\r\n"),
        ..letter(1)
    };
    for n in 1..=4 {
        let name = office.path().join(format!("{n}.eml"));
        let text = if n == 3 {
            "我申请撤回我此前提交的意见。"
        } else {
            "建议延长窗口办理时间。"
        };
        let answer = "SELECT rfc822_message_id FROM acknowledgement ORDER BY id LIMIT 1";
        let in_reply_to = (n == 3).then(|| office.rows().rows(answer)[0]["rfc822_message_id"].clone());
        std::fs::write(name, Letter { in_reply_to, ..more(n, &format!("{text}{n}")) }.raw()).unwrap();
        office.run_ok(&["import", &format!("{n}.eml")]);
    }
    office.run_ok(&["correct", "LNZX-2024-0001", "occupation", "教师"]);
    let explained = office.json(&["explain", "--json", "LNZX-2024-0001"]);
    let entries = explained.as_array().unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0]["submission"]["supplements"].as_array().unwrap().len(), 3);
    for entry in &entries[1..] {
        assert_eq!(entry["submission"], serde_json::json!({ "number": "LNZX-2024-0001" }));
    }
    let text = office.run_ok(&["explain", "LNZX-2024-0001"]).stdout;
    for once in ["人工处理：", "涉及来信："] {
        assert_eq!(text.matches(once).count(), 1, "{once}: {text}");
    }
    assert_eq!(text.matches("结论：并入编号 LNZX-2024-0001").count(), 3, "{text}");
    // Asked for by itself, a supplement brings its submission.
    let one = office.json(&["explain", "--json", "part4@example.com"]);
    assert_eq!(one[0]["submission"]["supplements"].as_array().unwrap().len(), 3, "{one}");
}
