//! The receipts as people get them: every kind beside every sort of writer, whole, in `tests/receipts`. They are read by the office
//! before they are changed.

use std::fmt::Write as _;
use std::fs;

use mail_parser::MessageParser;
use zwfw_intake::compose::{Content, Letter, compose, template_names};
use zwfw_intake::quote;
use zwfw_intake::vocabulary::{AcknowledgementKind, Consultation};

use crate::support::daemon::Office;
use crate::support::{liaoning, repository};

fn letter(kind: AcknowledgementKind) -> Letter<'static> {
    // Late is what came after the close.
    let day = match kind {
        AcknowledgementKind::Late | AcknowledgementKind::LateSentInTime => "2024-03-14",
        _ => "2024-02-28",
    };
    Letter {
        kind,
        recipient: "citizen@example.com",
        from: "zwfw@ln.gov.cn",
        envelope_from: None,
        number: "LNZX-2024-0007",
        earlier_number: None,
        name: Some("何春梅"),
        organization: None,
        writes_for_unit: false,
        wishes: &[],
        received_at: format!("{day}T08:22:00Z").parse().unwrap(),
        in_reply_to: None,
        references: &[],
        missing_details: &[],
        attachments: &[],
        vouched: true,
        cloud_attachment: false,
        requests: &[],
        content: Content::Readable,
        now: format!("{day}T08:25:00Z").parse().unwrap(),
        message_id: "LNZX-2024-0007.k3v9@ln.gov.cn",
    }
}

/// A sort of writer: its name, and the letter and consultation that make it.
type Sort = (&'static str, fn(Letter<'static>) -> Letter<'static>, fn(Consultation) -> Consultation);

const SORTS: &[Sort] = &[
    ("留了姓名", |letter| letter, |of| of),
    (
        "没有姓名",
        |letter| Letter { name: None, missing_details: &["姓名", "职业", "联系电话"], ..letter },
        |of| of,
    ),
    (
        "单位",
        |letter| Letter {
            organization: Some("本溪某某药业股份有限公司"), writes_for_unit: true, ..letter
        },
        |of| of,
    ),
    (
        "匿名、不公开",
        |letter| Letter { name: None, wishes: &["不署名", "不公开个人信息"], ..letter },
        |of| of,
    ),
    ("不要求注明主题", |letter| letter, |of| Consultation { subject_tag: String::new(), ..of }),
    ("有请求", |letter| Letter { requests: &["处理个人信息"], ..letter }, |of| of),
    ("网盘链接", |letter| Letter { cloud_attachment: true, ..letter }, |of| of),
    ("提到附件而没有", |letter| Letter { content: Content::AttachmentMissing, ..letter }, |of| of),
    ("无法读取", |letter| Letter { content: Content::Unreadable, ..letter }, |of| of),
    ("没有内容", |letter| Letter { content: Content::Empty, ..letter }, |of| of),
];

fn consultation() -> Consultation {
    Consultation {
        office_name: "辽宁省营商环境建设局".into(),
        closes_in_words: "2024年3月13日24时".into(),
        office_phones: vec!["(024)83988812".into()],
        ..liaoning::consultation()
    }
}

fn rendered(letter: &Letter<'_>, consultation: &Consultation) -> String {
    let message = compose(letter, consultation).unwrap();
    let parsed = MessageParser::default().parse(&message.octets).unwrap();
    let body = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    format!("主题：{}\n\n{body}", parsed.subject().unwrap_or_default())
}

#[test]
fn every_receipt_stands_as_the_office_read_it() {
    let files: Vec<String> = vec!["意见.docx".to_owned()];
    let mut wrong = Vec::new();
    for kind in AcknowledgementKind::ALL {
        let mut text = String::new();
        let with_number = matches!(kind, AcknowledgementKind::Duplicate | AcknowledgementKind::Supplement);
        let base = Letter { earlier_number: with_number.then_some("LNZX-2024-0003"), ..letter(*kind) };
        for (sort, letter, of) in SORTS {
            let (letter, consultation) = (letter(base.clone()), of(consultation()));
            let _ = write!(text, "==== {sort} ====\n\n{}\n", rendered(&letter, &consultation));
        }
        let with_file = Letter { attachments: &files, ..base };
        let _ = write!(text, "==== 附件 ====\n\n{}", rendered(&with_file, &consultation()));
        let name = format!("{}.txt", kind.as_str());
        let path = repository().join("tests/receipts").join(&name);
        if fs::read_to_string(&path).unwrap_or_default() != text {
            let made = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
            fs::write(&made, text).unwrap();
            wrong.push(format!("cp {} {}", made.display(), path.display()));
        }
    }
    assert!(wrong.is_empty(), "receipts changed; read them, then:\n{}", wrong.join("\n"));
}

/// What holds for every receipt whatever it says.
#[test]
fn each_receipt_has_the_number_the_deadline_and_the_telephone_and_nobody_silent_is_asked_for_a_name() {
    for kind in AcknowledgementKind::ALL {
        for (sort, change, of) in SORTS {
            let text = rendered(&change(letter(*kind)), &of(consultation()));
            for needed in ["LNZX-2024-0007", "2024年3月13日24时", "024-83988812", "辽宁省营商环境建设局"]
            {
                assert!(text.contains(needed), "{kind} {sort}: no {needed}");
            }
            assert!(!text.contains("  ") && !text.contains(['(', ')']), "{kind} {sort}: {text}");
            // A paragraph begins with two wide blanks; what stands below the last one, the address and the sender, with none.
            let body = text.split("：\n").skip(1).collect::<Vec<_>>().join("：\n");
            let paragraphs = body.lines().filter(|line| line.ends_with('。'));
            for line in paragraphs {
                assert!(line.starts_with("　　") && !line.starts_with("　　　"), "{kind} {sort}: {line}");
            }
            let asks = text.contains("自愿补充");
            assert_eq!(asks, *kind == AcknowledgementKind::Accepted && *sort == "没有姓名", "{kind} {sort}");
            // A promise of silence and what was asked for stand in each: whoever reads only this mail has no other.
            assert_eq!(text.contains("将严格保密"), *sort == "匿名、不公开", "{kind} {sort}: {text}");
            assert_eq!(text.contains("处理个人信息"), *sort == "有请求", "{kind} {sort}: {text}");
            let demands = text.contains("未按公告要求注明");
            let demanded = *kind == AcknowledgementKind::NearMiss && *sort != "不要求注明主题";
            assert_eq!(demands, demanded, "{kind} {sort}");
        }
    }
}

#[test]
fn the_texts_of_the_product_are_those_of_the_folder() {
    let folder = fs::read_dir(repository().join("rules/receipts")).unwrap();
    let mut files: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut names: Vec<String> = template_names().map(|name| format!("{name}.txt")).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}

/// In whatever style a program quotes a receipt, none of its words is the citizen's: nothing is left of it but what he wrote.
#[test]
fn nothing_of_a_receipt_that_comes_back_is_the_citizens() {
    let wrapped = |text: &str| {
        let line = |line: &str| {
            let chars: Vec<char> = line.chars().collect();
            chars.chunks(25).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
        };
        text.lines().map(line).collect::<Vec<_>>().join("\n")
    };
    let marked = |text: &str, mark: &str| {
        text.lines().map(|line| format!("{mark}{line}")).collect::<Vec<_>>().join("\n")
    };
    for kind in AcknowledgementKind::ALL {
        for (sort, change, of) in SORTS {
            let text = rendered(&change(letter(*kind)), &of(consultation()));
            let body = text.split_once("\n\n").unwrap().1;
            let half: Vec<&str> = body.lines().collect();
            let styles = [
                ("as it is", body.to_owned()),
                ("bars", marked(body, "| ")),
                ("blanks", marked(body, "    ")),
                ("stars", marked(body, "* ")),
                ("wrapped", wrapped(body)),
                ("wrapped and barred", marked(&wrapped(body), "│ ")),
                ("one line", body.replace('\n', " ")),
                ("the second half", half[2..].join("\n")),
                ("without its end", half[..half.len() - 4].join("\n")),
            ];
            for (style, quoted) in styles {
                let alone = quote::cut(&quoted, false);
                assert!(alone.only_quoted && alone.only_ours, "{kind} {sort} {style}: {alone:#?}");
                let above = quote::cut(&format!("建议再开一个窗口。\n\n{quoted}"), false);
                assert_eq!(above.comment, "建议再开一个窗口。", "{kind} {sort} {style}");
            }
        }
    }
}

/// Where a text stands that somebody has to mend, and what may stand in it.
#[test]
fn a_wrong_text_of_the_offices_own_is_named_with_its_file() {
    let mut office = Office::at_maildir();
    office.text("acknowledgement", "templates", "texts");
    fs::create_dir(office.path().join("texts")).unwrap();
    let wrong = "自动回执〔{{ number }}〕\n{{ salutation }}：\n{{ nunber }}\n";
    fs::write(office.path().join("texts/late.txt"), wrong).unwrap();
    let finished = office.run(&["check"]);
    assert_eq!(finished.code, Some(78), "{finished:?}");
    for said in ["texts/late.txt: ", "line 3", "nunber", "docs/receipts.zh-CN.md"] {
        assert!(finished.stderr.contains(said), "{said}: {finished:?}");
    }
}
