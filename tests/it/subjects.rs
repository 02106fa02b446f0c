//! Subjects against the rules: every row of `tests/cases/subjects.json`, and what no row can show.

use serde::Deserialize;
use zwfw_intake::parse::{ParseLimits, parse};
use zwfw_intake::ruling::{Earlier, Precedents, Rules, Signer, read, rule};
use zwfw_intake::subject::{Carries, SubjectOutcome, Tag};
use zwfw_intake::vocabulary::{Consultation, EntryTime, EntryUid, FetchedMessage, FolderKey, Status};

#[derive(Deserialize)]
struct Case {
    id: String,
    /// Absent: the message has no subject field.
    subject: Option<String>,
    expect: String,
    /// The reason, where the row is about it.
    reason: Option<String>,
    /// Which of the consultations below; absent: the Liaoning notice.
    consultation: Option<String>,
    note: String,
}

fn consultation(title: &str, issuer: &str, anchors: &[&str]) -> Consultation {
    Consultation {
        id: "test".to_owned(),
        title: title.to_owned(),
        subject_tag: format!("《{title}》意见建议"),
        issuer: issuer.to_owned(),
        office_name: "某某局".to_owned(),
        opens: None,
        closes: "2024-03-13T16:00:00Z".parse().unwrap(),
        closes_in_words: "2024年3月13日24时".to_owned(),
        number_prefix: "T-2024".to_owned(),
        office_phones: Vec::new(),
        office_addresses: Vec::new(),
        anchors: anchors.iter().map(|anchor| (*anchor).to_owned()).collect(),
        ..Consultation::default()
    }
}

const LIAONING: &str = "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案(征求意见稿)";

fn liaoning() -> Tag {
    Tag::new(&consultation(LIAONING, "辽宁", &["高效办成一件事", "一件事"]))
}

fn tag_named(name: &str) -> Tag {
    let tagged = |title: &str, issuer: &str, tag: &str| Consultation {
        subject_tag: tag.to_owned(),
        ..consultation(title, issuer, &[])
    };
    Tag::new(&match name {
        "liaoning" => return liaoning(),
        "dalian" => consultation("大连市机动车停车条例（草案）", "大连", &[]),
        "zhejiang" => {
            let title = "浙江省人民政府关于加快推进“互联网+政务服务”工作的指导意见（征求意见稿）";
            consultation(title, "浙江", &[])
        }
        "suzhou" => consultation("苏州市养犬条例", "苏州", &[]),
        "guangzhou" => consultation("关于修改《广州市物业管理条例》的决定（草案征求意见稿）", "广州", &[]),
        "shenyang" => consultation("沈阳市优化营商环境条例修订草案征求意见稿", "沈阳", &[]),
        "beijing" => {
            let title = "北京市人民政府办公厅关于进一步加强和改进超大城市基层治理体系和治理能力现代化建设推动接诉即办向主动治理未诉先办深化转型若干重大事项的实施意见（征求意见稿）";
            consultation(title, "北京", &[])
        }
        "xiamen" => consultation("关于《厦门市经济特区垃圾分类条例（草案）》的说明", "厦门", &[]),
        "tag" => tagged("上海市养老服务条例", "上海", "养老服务立法意见征集"),
        "title_alone" => {
            tagged("福建省河湖长制条例（修订草案）", "福建", "《福建省河湖长制条例（修订草案）》")
        }
        "square" => tagged("江西省档案条例", "江西", "[征求意见]《江西省档案条例》"),
        "own_ask" => tagged("重庆市山林防火办法", "重庆", "《重庆市山林防火办法》心得体会"),
        other => panic!("no consultation {other}"),
    })
}

const fn word(outcome: SubjectOutcome) -> &'static str {
    match outcome {
        SubjectOutcome::NotOurs => "not_ours",
        SubjectOutcome::NearMiss => "near",
        SubjectOutcome::Match => "match",
    }
}

#[test]
fn every_case_is_judged_as_expected() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../cases/subjects.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let verdict =
            tag_named(case.consultation.as_deref().unwrap_or("liaoning")).judge(case.subject.as_deref());
        let reason_fits = case.reason.as_deref().is_none_or(|reason| reason == verdict.reason.as_str());
        if word(verdict.outcome) != case.expect || !reason_fits {
            wrong.push(format!(
                "{} {:?}: {verdict:?}, expected {} ({})",
                case.id, case.subject, case.expect, case.note
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_text_mentions_the_consultation() {
    let tag = liaoning();
    for text in [
        "您好！\n我想对《辽宁省关于进一步优化政务服务提升行政\n效能推动“高效办成一件事”的工作方案\n（征求意见稿）》提几点看法。",
        "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案修改建议.docx",
        "《关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案》",
        "贵局“高效办成一件事”写得很好",
        "遼寧省高效辦成一件事",
    ] {
        assert!(tag.mentioned_in(text).is_some(), "{text}");
    }
    let inner = tag_named("xiamen");
    assert!(inner.mentioned_in("读了关于厦门市经济特区垃圾分类条例（征求意见稿）的说明").is_some());
    for text in ["", "想说一件事：暖气不热", "辽宁省优化营商环境条例", "征求意见稿", "政务服务意见建议"]
    {
        assert_eq!(tag.mentioned_in(text), None, "{text}");
    }
}

#[test]
fn the_right_one_of_several_consultations_is_the_strongest() {
    let longer = Tag::new(&consultation("沈阳市停车条例实施细则", "沈阳", &[]));
    let shorter = Tag::new(&consultation("沈阳市停车条例", "沈阳", &[]));
    let carries = |tag: &Tag, subject| tag.judge(Some(subject)).carries;
    let both = "《沈阳市停车条例实施细则（征求意见稿）》意见建议";
    assert!(carries(&longer, both) > carries(&shorter, both));
    let exact = "《沈阳市停车条例》意见建议";
    assert!(carries(&shorter, exact) > carries(&longer, exact));
    assert_eq!(carries(&shorter, "投诉"), Carries::No);
}

/// Whoever writes to the city leaves the city out. A short title has no longer run than the rest of it.
#[test]
fn a_short_title_without_its_issuer_is_worth_a_look_beside_an_ask_word() {
    let tag = Tag::new(&consultation("云岭市城市供热管理办法", "云岭", &[]));
    for (subject, outcome) in [
        ("关于城市供热管理办法的意见建议", SubjectOutcome::NearMiss),
        ("对《城市供热管理办法》的几点意见", SubjectOutcome::NearMiss),
        ("城市供水管理办法的意见建议", SubjectOutcome::NotOurs),
        ("城市供热通知", SubjectOutcome::NotOurs),
        ("供热管理处意见箱", SubjectOutcome::NotOurs),
    ] {
        assert_eq!(tag.judge(Some(subject)).outcome, outcome, "{subject}");
    }
}

#[test]
fn what_was_stripped_is_recorded() {
    let verdict = liaoning().judge(Some("[外部邮件] 回复：Fw: 高效办成一件事"));
    assert_eq!(verdict.stripped, ["[外部邮件]", "回复：", "Fw:"]);
    assert!(zwfw_intake::subject::is_forward("回复：轉發: 意见"));
    assert!(!zwfw_intake::subject::is_forward("请转发：意见"));
    assert!(zwfw_intake::vocabulary::disclosure::is_application("政府信息公開申請"));
    assert!(!zwfw_intake::vocabulary::disclosure::is_application("申请公开听取意见"));
}

/// Nothing a sender can write stops the rules: fixed-seed junk made of the characters they look at.
#[test]
fn junk_is_judged_without_a_panic() {
    let alphabet: Vec<char> =
        "《》（）()[]【】<>“”\"'：:*^ \t\r\n\0\u{200b}\u{feff}\u{fffd}\u{1f600}a1９RrEeFw回复转发自动退信\
        辽宁省关于进一步优化政务服务征求意见稿建议草案公告函一件事高效办成遼寧\u{0301}\u{202e}ﬁ㈱"
            .chars()
            .collect();
    let tags: Vec<Tag> =
        ["liaoning", "dalian", "zhejiang", "suzhou", "guangzhou", "tag"].into_iter().map(tag_named).collect();
    let mut random = fastrand::Rng::with_seed(20_240_313);
    for round in 0..3_000 {
        let length = random.usize(0..if round % 100 == 0 { 3_000 } else { 60 });
        let subject: String = (0..length).filter_map(|_| random.choice(alphabet.iter())).collect();
        let tag = random.choice(tags.iter()).unwrap();
        let verdict = tag.judge(Some(&subject));
        assert_eq!(verdict.carries == Carries::No, verdict.outcome == SubjectOutcome::NotOurs, "{subject:?}");
        let _ = tag.mentioned_in(&subject);
    }
}

#[test]
fn a_consultation_without_a_title_matches_nothing() {
    let tag = Tag::new(&consultation("", "", &[]));
    assert_eq!(tag.judge(Some("随便什么")).outcome, SubjectOutcome::NotOurs);
    assert_eq!(tag.mentioned_in("随便什么"), None);
}

fn mail(subject: &str, text: &str, arrived: jiff::Timestamp) -> FetchedMessage {
    let raw = format!(
        "From: li@example.com\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    FetchedMessage {
        entry: FolderKey::imap("INBOX", 0).entry(EntryUid::Name("1".to_owned())),
        announced_size_bytes: raw.len() as u64,
        raw: raw.into_bytes(),
        time: Some(EntryTime::File(arrived)),
        truncated: false,
    }
}

/// What becomes of a mail with this subject and text when two consultations are open: the reading's consultation and
/// the ruling's, by title, with the disposition.
fn ruled(subject: &str, text: &str, answered: Option<&str>) -> (String, &'static str) {
    let parking = Consultation {
        id: "parking".to_owned(),
        number_prefix: "PARK-2024".to_owned(),
        ..consultation("沈阳市停车条例（草案）", "沈阳", &[])
    };
    let first = Consultation {
        id: "ln".to_owned(),
        number_prefix: "LNZX-2024".to_owned(),
        ..consultation(LIAONING, "辽宁", &["高效办成一件事", "一件事"])
    };
    let rules = Rules::new(&[first, parking], &[]);
    let arrived: jiff::Timestamp = "2024-03-12T02:00:00Z".parse().unwrap();
    let fetched = mail(subject, text, arrived);
    let message = parse(&fetched.raw, ParseLimits::default());
    let reading = read(&message, &fetched, &rules, arrived);
    let precedents = Precedents {
        answered: answered.map(|consultation| Earlier {
            submission_id: 7,
            number: "X-0007".to_owned(),
            consultation: consultation.to_owned(),
            received_at: Some(arrived),
            status: Status::Accepted,
            is_forged: false,
            is_agency: false,
            signer: Signer::default(),
        }),
        ..Precedents::default()
    };
    let ruling = rule(&message, &fetched, &reading, precedents, &rules).ruling;
    let consultation = ruling.filing().and_then(|filing| rules.consultation(filing.consultation));
    (consultation.map(|found| found.id.clone()).unwrap_or_default(), ruling.disposition().as_str())
}

#[test]
fn threads_come_first_and_each_consultation_gets_its_own() {
    let tag = format!("《{LIAONING}》意见建议");
    let parking = "《沈阳市停车条例（草案征求意见稿）》意见建议";
    for (subject, text, answered, expected) in [
        (tag.as_str(), "建议提速。", None, ("ln", "filed")),
        (parking, "建议提速。", None, ("parking", "filed")),
        // The tag in the subject wins over the other draft in the text.
        (parking, "另外“高效办成一件事”写得好。", None, ("parking", "filed")),
        ("高效办成一件事的建议", "停车太难。", None, ("ln", "filed")),
        ("关于停车的信", "对《沈阳市停车条例（草案）》提一点意见。", None, ("parking", "filed")),
        ("意见建议", "关于《沈阳市停车条例》，收费太高。", None, ("parking", "filed")),
        ("PARK-2024-0003", "补充一点。", None, ("parking", "filed")),
        ("供暖投诉", "暖气不热。", None, ("", "not_ours")),
        // An answer to an acknowledgement is a supplement, whatever its subject says.
        ("Re: 自动回执", "补充一点：希望公布结果。", Some("ln"), ("ln", "supplement")),
        ("供暖投诉", "补充一点。", Some("parking"), ("parking", "supplement")),
        (parking, "补充一点。", Some("ln"), ("ln", "supplement")),
    ] {
        let (consultation, disposition) = ruled(subject, text, answered);
        assert_eq!((consultation.as_str(), disposition), expected, "{subject} / {text}");
    }
}

/// Which of a consultation that ended long ago, one that is open and one to come gets a letter of 12 March 2024,
/// however they stand in the configuration.
fn among_three(subject: &str, text: &str, arrived: &str, order: [usize; 3]) -> String {
    let of_time =
        |id: &str, prefix: &str, opens: &str, closes: &str, title: &str, anchors: &[&str]| Consultation {
            id: id.to_owned(),
            number_prefix: prefix.to_owned(),
            opens: Some(opens.parse().unwrap()),
            closes: closes.parse().unwrap(),
            ..consultation(title, "沈阳", anchors)
        };
    let three = [
        of_time(
            "ended",
            "END-2022",
            "2022-03-01T00:00:00Z",
            "2022-04-01T00:00:00Z",
            "沈阳市养犬管理条例",
            &["文明养犬"],
        ),
        of_time("open", "OPEN-2024", "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z", "沈阳市停车条例", &[]),
        of_time(
            "to-come",
            "NEXT-2024",
            "2024-06-01T00:00:00Z",
            "2024-07-01T00:00:00Z",
            "沈阳市供热条例",
            &[],
        ),
    ];
    let rules = Rules::new(&order.map(|index| three[index].clone()), &[]);
    let arrived: jiff::Timestamp = arrived.parse().unwrap();
    let fetched = mail(subject, text, arrived);
    let message = parse(&fetched.raw, ParseLimits::default());
    // It is read long after it arrived.
    let seen_at = "2024-06-15T00:00:00Z".parse().unwrap();
    let reading = read(&message, &fetched, &rules, seen_at);
    rules.consultation(reading.consultation).unwrap().id.clone()
}

#[test]
fn with_nothing_to_decide_by_the_consultation_that_was_open_gets_the_letter() {
    let while_open = "2024-03-12T02:00:00Z";
    for (subject, text, arrived, expected) in [
        ("意见建议", "建议提速。", while_open, "open"),
        ("征求意见反馈", "建议提速。", while_open, "open"),
        ("", "建议提速。", while_open, "open"),
        ("（无主题）", "建议提速。", while_open, "open"),
        // An ended one, or one to come, has what names it.
        ("《沈阳市养犬管理条例》意见建议", "太吵。", while_open, "ended"),
        ("文明养犬的建议", "太吵。", while_open, "ended"),
        ("意见建议", "《沈阳市养犬管理条例》管得太宽。", while_open, "ended"),
        ("意见建议", "补充 END-2022-0003，请一并考虑。", while_open, "ended"),
        ("《沈阳市供热条例》意见建议", "太冷。", while_open, "to-come"),
        // The open one has its own too.
        ("《沈阳市停车条例》意见建议", "另外，文明养犬写得好。", while_open, "open"),
        // None was open: nothing is dropped, the nearest gets it and a person looks.
        ("意见建议", "建议提速。", "2024-04-03T02:00:00Z", "open"),
        ("意见建议", "建议提速。", "2024-05-30T02:00:00Z", "to-come"),
        ("意见建议", "建议提速。", "2022-03-20T02:00:00Z", "ended"),
    ] {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            assert_eq!(among_three(subject, text, arrived, order), expected, "{subject} / {text} {order:?}");
        }
    }
}
