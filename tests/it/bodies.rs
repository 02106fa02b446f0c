//! Bodies as citizens and agencies write them: what is cut, who wrote, what the items are.

use serde_json::Value;
use std::fs;
use zwfw_intake::details::{Details, DetailsInput, extract};
use zwfw_intake::quote::{Cut, cut};
use zwfw_intake::vocabulary::{Clause, Flag};

use crate::support::kinds::Kinds;
use crate::support::{liaoning, repository};

fn read(case: &Value) -> (Cut, Details) {
    let mut consultation = liaoning::consultation();
    // A draft of so many articles, in place of one of parts and points.
    if let Some(articles) = case["articles"].as_u64() {
        consultation.clauses = (1..=articles).map(article).collect();
    }
    if case["unlisted"].as_bool().unwrap_or(false) {
        consultation.occupations.clear();
    }
    let attachments: Vec<String> = case["attachments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let cut = cut(case["body"].as_str().unwrap(), case["forwarded"].as_bool().unwrap_or(false));
    let details = extract(&DetailsInput {
        comment: &cut.comment,
        signature: &cut.signature,
        display: case["display"].as_str(),
        attachments: &attachments,
        subject: case["subject"].as_str().unwrap_or(&consultation.subject_tag),
        consultation: &consultation,
    });
    (cut, details)
}

fn article(number: u64) -> Clause {
    let digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |value: u64| digits[usize::try_from(value).unwrap()];
    let tens = if number < 10 { "" } else { "十" };
    let many = if number < 20 { "" } else { digit(number / 10) };
    Clause { code: format!("第{many}{tens}{}条", digit(number % 10)), ..Clause::default() }
}

/// All flags as a submission would carry them: the cut's beside the text's.
fn flags(cut: &Cut, details: &Details) -> Vec<&'static str> {
    let mut flags: Vec<Flag> = details.flags.clone();
    if cut.quote_header.is_some() {
        flags.push(Flag::QuotedCut);
    }
    if cut.only_quoted {
        flags.push(Flag::OnlyQuoted);
    }
    flags.sort_unstable();
    flags.into_iter().map(Flag::as_str).collect()
}

fn compare(case: &Value) -> Vec<String> {
    let (cut, details) = read(case);
    let flags = flags(&cut, &details);
    let mut wrong = Vec::new();
    for (key, expected) in case["expect"].as_object().unwrap() {
        let found = match key.as_str() {
            "name" => serde_json::json!(details.name),
            "name_hint" => serde_json::json!(details.name_hint),
            "org" => serde_json::json!(details.organization),
            "occupation" => serde_json::json!(details.occupation),
            "occupation_as_written" => serde_json::json!(details.occupation_as_written),
            "phones" => serde_json::json!(details.phones),
            "emails" => serde_json::json!(details.emails),
            "flags" => serde_json::json!(flags),
            "text" => serde_json::json!(cut.comment),
            "refers" => serde_json::json!(cut.refers_to_quoted),
            "signatories" => serde_json::json!(details.signatories),
            "opinions" => {
                serde_json::json!(details.opinions.iter().map(|item| &item.text).collect::<Vec<_>>())
            }
            "opinion_count" | "items" => serde_json::json!(details.opinions.len()),
            "clauses" => {
                serde_json::json!(details.opinions.iter().map(|item| &item.clause).collect::<Vec<_>>())
            }
            "flags_include" | "flags_exclude" => {
                let wanted = key == "flags_include";
                let missing = expected
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|flag| flags.contains(&flag.as_str().unwrap()) != wanted);
                if missing {
                    wrong.push(format!("{key}: {expected}, found {flags:?}"));
                }
                continue;
            }
            other => panic!("unknown expectation `{other}`"),
        };
        if found != *expected {
            wrong.push(format!("{key}: expected {expected}, found {found}"));
        }
    }
    wrong
}

/// The cases of a file that have a body; those of other stages stand in the same folder.
fn cases(file: &std::path::Path) -> Vec<Value> {
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    cases.into_iter().filter(|case| case["body"].is_string()).collect()
}

/// What of a case does not read as expected.
fn wrong(case: &Value) -> Vec<String> {
    let which = case["id"].as_str().or(case["body"].as_str()).unwrap();
    compare(case).into_iter().map(|wrong| format!("{which}: {wrong}")).collect()
}

#[test]
fn every_case_reads_as_expected() {
    let mut kinds = Kinds::new("bodies");
    for case in cases(&repository().join("tests/cases/bodies.json")) {
        let kind = case["kind"].as_str().unwrap();
        kinds.case("letters", wrong(&case).into_iter().map(|wrong| format!("{kind}, {wrong}")));
    }
    kinds.tell();
}

/// The kinds of letters in `tests/cases/reading`; a further file of the same form can be named in `READING_CASES`.
#[test]
fn every_kind_of_letter_reads_as_expected() {
    let folder = repository().join("tests/cases/reading");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.extend(std::env::var_os("READING_CASES").map(Into::into));
    files.sort();
    let mut kinds = Kinds::new("letters");
    for case in files.iter().flat_map(|file| cases(file)) {
        kinds.case(case["kind"].as_str().unwrap(), wrong(&case));
    }
    kinds.tell();
}

/// A reproducible sequence (xorshift64), so that a failure can be repeated.
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn no_text_makes_the_rules_panic() {
    let cases: Value = serde_json::from_str(include_str!("../cases/bodies.json")).unwrap();
    let bodies: Vec<Vec<char>> = cases
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["body"].as_str().unwrap().chars().collect())
        .collect();
    let odd: Vec<char> =
        "\0\r\n\t \u{a0}\u{3000}\u{200e}\u{feff}：:；。，、（）()【】[]<>@＠+-—/=*·①㈠⑴>|０９1二是姓名电话写道\u{301}😀𠮷\u{10ffff}".chars().collect();
    let consultation = liaoning::consultation();
    let mut state = 0x2024_0313_u64;
    for _ in 0..600 {
        let left = &bodies[next(&mut state) % bodies.len()];
        let right = &bodies[next(&mut state) % bodies.len()];
        let mut text: Vec<char> = left.iter().take(next(&mut state) % (left.len() + 1)).copied().collect();
        text.extend(right.iter().skip(next(&mut state) % (right.len() + 1)));
        for _ in 0..next(&mut state) % 12 {
            let at = next(&mut state) % (text.len() + 1);
            text.insert(at, odd[next(&mut state) % odd.len()]);
        }
        let text: String = text.into_iter().collect();
        let cut = cut(&text, next(&mut state).is_multiple_of(2));
        assert!(!cut.comment.contains('\r'), "{text:?}");
        for comment in [cut.comment.as_str(), text.as_str()] {
            let details = extract(&DetailsInput {
                comment,
                signature: "",
                display: Some(comment),
                attachments: &["a.pdf".to_owned()],
                subject: comment,
                consultation: &consultation,
            });
            assert!(details.flags.is_sorted(), "{text:?}");
            assert!(details.signatories >= 1, "{text:?}");
            let lines = comment.replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
            assert!(details.evidence.iter().all(|evidence| evidence.line <= lines), "{text:?}");
        }
        let _ = zwfw_intake::mask::text(&text);
    }
}

#[test]
fn large_bodies_of_every_shape_are_read_to_the_end() {
    let long = 64 << 10;
    let repeated = |piece: &str| piece.repeat(long / piece.len());
    let bodies = [
        ("quoted lines", repeated("> 旧文\n")),
        ("blank lines", "\n".repeat(long)),
        ("one line of Han", repeated("建")),
        ("one line of digits", repeated("1")),
        ("one line of phones", repeated("13800138000 ")),
        ("one line of labels", repeated("姓名：张三 电话：13800138000，")),
        ("lines of labels", repeated("姓名：张三\n电话：13800138000\n")),
        ("empty labels", repeated("姓名：\n")),
        ("labels behind blanks", repeated("好 电话：好 ")),
        ("mistyped labels", repeated("姓名：张三，电话，")),
        ("lines of mistyped labels", repeated("姓名；好\n")),
        ("particulars", repeated("我叫张三，男，汉族，")),
        ("numbers in words", repeated("电话：一二三四五六七八\n")),
        ("headings with points", repeated("一、表\n1.表\n（1）表\n")),
        ("cells", repeated("姓名\t")),
        ("points", repeated("一是好；")),
        ("lines of points", repeated("1、好\n")),
        ("at signs", repeated("a@")),
        ("dots", repeated("a.")),
        ("attributions", repeated("在 2024年3月6日，张三 写道\n")),
        ("header labels", repeated("发件人\n主题:\n")),
        ("opening brackets", repeated("（【")),
        ("names", repeated("张三\n")),
        ("names on a line", repeated("张三 李四、")),
        ("about oneself", repeated("我是我叫本人")),
        ("commas", repeated("我，")),
        ("sentences", repeated("无意见。我建议住院撤回以本邮件为准。")),
        ("blanks", repeated(" ")),
        ("wide blanks", repeated("\u{3000}")),
        ("carriage returns", repeated("\r")),
        ("Latin", repeated("wrote: ")),
        ("citations", repeated("第二部分第（二）条")),
    ];
    let consultation = liaoning::consultation();
    for (what, body) in &bodies {
        let cut = cut(body, false);
        let details = extract(&DetailsInput {
            comment: &cut.comment,
            signature: &cut.signature,
            display: None,
            attachments: &[],
            subject: "",
            consultation: &consultation,
        });
        let masked = zwfw_intake::mask::text(body);
        assert!(details.signatories >= 1 && !masked.is_empty(), "{what}");
    }
}

/// The date is the letter's frame, in digits or in words, at its head or behind a closing.
#[test]
fn a_date_on_a_line_of_its_own_is_no_opinion_text() {
    let consultation = liaoning::consultation();
    for date in [
        "2024年3月5日",
        "二〇二四年三月五日",
        "二○二四年三月五日",
        "二零二四年三月十五日",
        " 二〇二四年十二月三十一日 ",
    ] {
        for comment in
            [format!("{date}\n建议增加夜间窗口。"), format!("建议增加夜间窗口。\n此致\n敬礼\n{date}")]
        {
            let details = extract(&DetailsInput {
                comment: &comment,
                signature: "",
                display: None,
                attachments: &[],
                subject: "",
                consultation: &consultation,
            });
            assert_eq!(details.opinion_text, "建议增加夜间窗口。", "{comment:?}");
            assert_eq!(details.opinions.len(), 1, "{comment:?}");
        }
    }
}

#[test]
fn each_value_says_where_it_comes_from() {
    let consultation = liaoning::consultation();
    let comment =
        "我是教师，建议取消复印件。\n\n姓名：张三\n邮箱：zhang @example. com\n１３８００１３８０００";
    let details = extract(&DetailsInput {
        comment,
        signature: "",
        display: None,
        attachments: &[],
        subject: "",
        consultation: &consultation,
    });
    let found: Vec<_> = details
        .evidence
        .iter()
        .map(|evidence| (evidence.field, evidence.rule, evidence.line, evidence.as_written.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("name", "label", 3, "张三"),
            ("occupation", "self_introduction", 1, "教师"),
            ("emails", "address", 4, "zhang @example. com"),
            ("phones", "signature_line", 5, "１３８００１３８０００"),
        ]
    );
}
