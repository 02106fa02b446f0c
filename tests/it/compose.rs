//! Letters read back by another parser.

use mail_parser::MessageParser;
use zwfw_intake::compose::{Content, Letter, check_templates, compose, message_id};
use zwfw_intake::vocabulary::{AcknowledgementKind, Consultation, Occupation, OutboundMessage};

use crate::invariants::reply::FIELDS;

const TITLE: &str = "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案(征求意见稿)";

fn consultation() -> Consultation {
    Consultation {
        id: "liaoning-2024-gxbc".into(),
        title: TITLE.into(),
        subject_tag: format!("《{TITLE}》意见建议"),
        issuer: "辽宁".into(),
        office_name: "辽宁省营商环境建设局".into(),
        opens: None,
        closes: "2024-03-13T16:00:00Z".parse().unwrap(),
        closes_in_words: "2024年3月13日24时".into(),
        number_prefix: "LNZX-2024".into(),
        office_phones: vec!["(024)83988812".into()],
        office_addresses: vec!["zwfw@ln.gov.cn".into()],
        anchors: vec![],
        occupations: ["公务员", "学生", "退(离)休人员", "其他"].map(Occupation::named).to_vec(),
        ..Consultation::default()
    }
}

fn letter(kind: AcknowledgementKind) -> Letter<'static> {
    Letter {
        kind,
        recipient: "citizen@example.com",
        from: "zwfw@ln.gov.cn",
        envelope_from: Some("zwfw@ln.gov.cn"),
        number: "LNZX-2024-0007",
        earlier_number: None,
        name: Some("张三丰"),
        organization: None,
        writes_for_unit: false,
        wishes: &[],
        received_at: "2024-03-12T02:00:02Z".parse().unwrap(),
        in_reply_to: Some("m1@example.com"),
        references: &[],
        missing_details: &[],
        attachments: &[],
        vouched: true,
        cloud_attachment: false,
        requests: &[],
        content: Content::Readable,
        now: "2024-03-12T02:05:00Z".parse().unwrap(),
        message_id: "LNZX-2024-0007.accepted.k3v9@ln.gov.cn",
    }
}

fn composed(letter: &Letter<'_>) -> OutboundMessage {
    compose(letter, &consultation()).unwrap()
}

/// Subject and body as a mail client shows them.
fn read(message: &OutboundMessage) -> (String, String) {
    let parsed = MessageParser::default().parse(&message.octets).unwrap();
    (parsed.subject().unwrap_or_default().to_owned(), parsed.body_text(0).unwrap_or_default().into_owned())
}

/// What holds for every letter, whatever its values.
fn assert_sound(message: &OutboundMessage) {
    let text = std::str::from_utf8(&message.octets).unwrap();
    assert!(text.ends_with("\r\n"));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "bare CR, LF or NUL: {line:?}");
        assert!(line.len() <= 998);
    }
    assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(&b)));
    let names: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap())
        .collect();
    for name in &names {
        assert!(FIELDS.contains(name), "injected field {name:?} in\n{head}");
        assert_eq!(names.iter().filter(|other| other == &name).count(), 1, "{name} twice");
    }
    for word in head.split(['\r', '\n', ' ']).filter(|word| word.starts_with("=?")) {
        assert!(word.len() <= 75, "{word}");
        let encoded = word.strip_prefix("=?UTF-8?B?").unwrap().strip_suffix("?=").unwrap();
        let octets = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, encoded).unwrap();
        assert!(String::from_utf8(octets).is_ok(), "cut inside a character: {word}");
    }
    for line in head.split("\r\n").filter(|line| line.contains("=?")) {
        assert!(line.len() <= 76, "{line}");
    }
}

#[test]
fn an_accepted_letter_reads_as_it_should() {
    let message = composed(&letter(AcknowledgementKind::Accepted));
    assert_sound(&message);
    let (subject, body) = read(&message);
    assert_eq!(subject, "自动回执〔LNZX-2024-0007〕您的意见建议已收到");
    assert!(body.starts_with("尊敬的张先生/女士：\r\n　　您好！您对《"), "{body}");
    assert!(body.contains(&TITLE.replace('(', "（").replace(')', "）")), "{body}");
    assert!(body.contains("登记编号为LNZX-2024-0007。"), "{body}");
    // `receipts.rs` has the whole texts.
    assert!(!body.contains("    "), "nothing is aligned by blanks: {body}");
}

#[test]
fn headers_are_those_of_an_automatic_answer() {
    let references: Vec<String> = (0..50).map(|n| format!("r{n}@example.com")).collect();
    let message = composed(&Letter { references: &references, ..letter(AcknowledgementKind::Accepted) });
    assert_sound(&message);
    let parsed = MessageParser::default().parse(&message.octets).unwrap();
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("辽宁省营商环境建设局"));
    assert_eq!(from.address(), Some("zwfw@ln.gov.cn"));
    assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("citizen@example.com"));
    assert_eq!(parsed.message_id(), Some("LNZX-2024-0007.accepted.k3v9@ln.gov.cn"));
    assert!(parsed.in_reply_to().unwrap().iter().eq(["m1@example.com"]));
    let listed: Vec<&str> = parsed.references().unwrap().iter().collect();
    assert_eq!(listed.len(), 20);
    assert_eq!((listed[0], listed[18], listed[19]), ("r0@example.com", "r49@example.com", "m1@example.com"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2024-03-12T10:05:00+08:00");
    let text = String::from_utf8(message.octets.clone()).unwrap();
    let raw = |name: &str| {
        let field = text.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        field.map(str::to_owned)
    };
    assert_eq!(raw("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(raw("X-Auto-Response-Suppress").as_deref(), Some("All"));
    assert_eq!(raw("X-Zwfw-Intake").as_deref(), Some("LNZX-2024-0007"));
    assert_eq!(raw("Date").as_deref(), Some("Tue, 12 Mar 2024 10:05:00 +0800"));
    assert_eq!(parsed.content_type().unwrap().attribute("charset"), Some("utf-8"));
    assert_eq!(parsed.attachments().count(), 0);
    assert_eq!(message.envelope_from.as_deref(), Some("zwfw@ln.gov.cn"));
    assert_eq!(message.envelope_to, "citizen@example.com");
}

#[test]
fn every_kind_says_its_own() {
    let rows = [
        (AcknowledgementKind::NearMiss, None, "来信已收到，正在核对", "未按公告要求注明“"),
        (AcknowledgementKind::NearMiss, None, "来信已收到，正在核对", "意见建议”，我们将核对"),
        (AcknowledgementKind::Late, None, "来信已收到（征求意见已截止）", "已于2024年3月13日24时截止"),
        (AcknowledgementKind::LateSentInTime, None, "来信已收到，正在核实", "经核实认可的，按期限内提交处理"),
        (
            AcknowledgementKind::Duplicate,
            Some("LNZX-2024-0003"),
            "〔LNZX-2024-0003〕来信已收到（与此前来信内容一致）",
            "与编号LNZX-2024-0003的来信一致",
        ),
        (AcknowledgementKind::Duplicate, None, "与此前来信内容一致", "与此前登记的来信一致"),
        (
            AcknowledgementKind::Supplement,
            Some("LNZX-2024-0003"),
            "补充内容已收到",
            "已并入编号LNZX-2024-0003",
        ),
        (AcknowledgementKind::Review, None, "来信已收到，正在核对", "我们正在核对"),
    ];
    for (kind, earlier_number, in_subject, in_body) in rows {
        let message = composed(&Letter { earlier_number, ..letter(kind) });
        assert_sound(&message);
        let (subject, body) = read(&message);
        assert!(subject.starts_with("自动回执〔LNZX-2024-000") && subject.contains(in_subject), "{subject}");
        assert!(!subject.contains("高效办成一件事"));
        assert!(body.contains(in_body), "{kind}: {body}");
        assert!(body.contains("仅表示来信已收到") && body.contains("联系电话：024-83988812"));
        assert!(body.contains("2024年3月13日24时"), "{kind}: the deadline");
        assert!(!body.contains("\r\n\r\n\r\n"), "{kind}: a gap");
    }
}

#[test]
fn optional_paragraphs() {
    let names = vec!["意见 13800138000.docx".to_owned(), "附件2.pdf".to_owned()];
    let full = Letter {
        missing_details: &["姓名", "职业"],
        attachments: &names,
        cloud_attachment: true,
        ..letter(AcknowledgementKind::Accepted)
    };
    let (_, body) = read(&composed(&full));
    assert!(body.contains("自愿补充姓名、职业（职业可填：公务员、学生、退（离）休人员、其他）。"), "{body}");
    assert!(body.contains("您随信提交的附件“意见 ***.docx”“附件2.pdf”已收到。"), "{body}");
    assert!(body.contains("网盘下载链接，可能过期"));
    // Only accepted ones ask for details.
    let late = Letter { kind: AcknowledgementKind::Late, ..full.clone() };
    assert!(!read(&composed(&late)).1.contains("请勿提供身份证号码"));
    // Without an occupation asked for, no list of them.
    let (_, body) = read(&composed(&Letter { missing_details: &["联系电话"], ..full.clone() }));
    assert!(body.contains("自愿补充联系电话。是否补充，不影响"), "{body}");
    // A name that advertises something is counted, not repeated.
    for bait in ["点击 evil.com 领奖.docx", "www.evil.example", "http:evil", "中奖@evil.docx", "evil.top"]
    {
        let names = vec![bait.to_owned()];
        let (_, body) = read(&composed(&Letter { attachments: &names, ..full.clone() }));
        assert!(body.contains("随信提交的附件（共1个）已收到。") && !body.contains("evil"), "{bait}: {body}");
    }
}

#[test]
fn a_receipt_addresses_by_the_surname_or_the_unit_and_repeats_nothing_else() {
    let starts = |letter: Letter<'_>, expected: &str| {
        let (_, body) = read(&composed(&letter));
        assert!(body.starts_with(expected), "{expected}: {body}");
    };
    let plain = || letter(AcknowledgementKind::Accepted);
    for (name, expected) in [
        (Some("张三"), "尊敬的张先生/女士："),
        (Some(" 欧阳修 "), "尊敬的欧阳先生/女士："),
        // A surname that is none, or not the first: the name of a person is not guessed at.
        (Some("John Smith"), "尊敬的来信人："),
        (Some("阿迪力·吐尔逊"), "尊敬的来信人："),
        (Some("额尔敦巴图"), "尊敬的来信人："),
        (None, "尊敬的来信人："),
        (Some(""), "尊敬的来信人："),
        (Some("13800138000"), "尊敬的来信人："),
        (Some("\u{202e}李四"), "尊敬的李先生/女士："),
        (Some("王"), "尊敬的来信人："),
    ] {
        starts(Letter { name, ..plain() }, expected);
    }
    let unit = |organization| Letter { organization: Some(organization), writes_for_unit: true, ..plain() };
    starts(unit("本溪某某药业股份有限公司"), "本溪某某药业股份有限公司：\r\n　　您好！贵单位对");
    // Somebody else's address under a unit's name, and words that are no name of one.
    starts(
        Letter { vouched: false, ..unit("本溪某某药业股份有限公司") },
        "尊敬的来信单位：\r\n　　您好！贵单位对",
    );
    for bait in ["点击 evil.com 领奖公司", "加微信13800138000公司", "某某"] {
        starts(unit(bait), "尊敬的来信单位：");
    }
}

/// Whatever stands in the values that come from outside: no field is added, no line broken, no
/// word cut, and the parser reads the same subject.
#[test]
fn nothing_can_be_injected() {
    let pieces = [
        "\r\n",
        "\n",
        "\r",
        "\0",
        "Bcc: x@evil.example",
        "\r\nBcc: x@evil.example\r\n\r\n",
        "=?UTF-8?B?DQpCY2M6?=",
        "=?utf-8?Q?=0D=0ABcc:?=",
        "<",
        ">",
        "\"",
        "\\",
        "@",
        "a@b.example",
        "张三",
        "𠮷",
        "\u{202e}",
        "\u{2028}",
        "\u{85}",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "--",
        ".",
        "\t",
        " ",
        ";",
        ",",
        "(",
        ")",
        "é",
        "\u{fffd}",
        "\u{200b}",
    ];
    let mut random = fastrand::Rng::with_seed(20_240_313);
    let mut junk = |most: usize| -> String {
        (0..random.usize(0..=most)).map(|_| pieces[random.usize(..pieces.len())]).collect()
    };
    let mut written = 0;
    for round in 0..3000 {
        let (number, earlier, name, parent) = (junk(4), junk(4), junk(6), junk(4));
        let references: Vec<String> = (0..round % 30).map(|_| junk(3)).collect();
        let files: Vec<String> = (0..round % 3).map(|_| junk(5)).collect();
        let (recipient, id) = match round % 3 {
            0 => (junk(4), junk(3)),
            _ => ("citizen@example.com".to_owned(), "n@example.com".to_owned()),
        };
        let mut consultation = consultation();
        consultation.office_name = junk(40);
        consultation.title = junk(10);
        let kind = AcknowledgementKind::ALL[round % AcknowledgementKind::ALL.len()];
        let letter = Letter {
            number: &number,
            earlier_number: Some(&earlier),
            name: Some(&name),
            in_reply_to: Some(&parent),
            references: &references,
            attachments: &files,
            vouched: true,
            recipient: &recipient,
            message_id: &id,
            ..letter(kind)
        };
        // An address or a Message-ID that is none is refused; everything else is written.
        let Ok(message) = compose(&letter, &consultation) else {
            assert_eq!(round % 3, 0, "{letter:?}");
            continue;
        };
        written += 1;
        if recipient.is_ascii() {
            assert!(message.octets.is_ascii());
        }
        assert_sound(&message);
        let (subject, body) = read(&message);
        assert!(subject.contains("自动回执"), "{subject}");
        assert!(!subject.contains(char::is_control) && !subject.contains('\u{202e}'));
        assert!(!body.contains("49"), "a value was taken for a template");
    }
    assert!(written > 2000, "{written}");
}

#[test]
fn the_offices_own_templates() {
    let mut own = consultation();
    own.templates.by_kind = vec![
        (
            "accepted".into(),
            "\u{feff}主题：收到了（{{ number }}）\r\n您好，{{ title }}。\r\n\r\n{% include \"closing\" %}"
                .into(),
        ),
        ("closing".into(), "特此告知。{{ office_name }}\n".into()),
    ];
    assert_eq!(check_templates(&own), []);
    let message = compose(&letter(AcknowledgementKind::Accepted), &own).unwrap();
    let (subject, body) = read(&message);
    assert_eq!(subject, "收到了（LNZX-2024-0007）");
    assert_eq!(
        body.replace("\r\n", "\n"),
        format!(
            "您好，{}。\n\n特此告知。辽宁省营商环境建设局\n",
            TITLE.replace('(', "（").replace(')', "）")
        )
    );

    // A subject that forgets the number gets it: it is how a reply finds its submission.
    own.templates.by_kind = vec![("accepted".into(), "谢谢\n正文\n".into())];
    let message = compose(&letter(AcknowledgementKind::Accepted), &own).unwrap();
    assert_eq!(read(&message).0, "自动回执〔LNZX-2024-0007〕谢谢");
}

#[test]
fn wrong_templates_are_named() {
    assert_eq!(check_templates(&consultation()), []);
    let rows = [
        (
            "accepted",
            "一\n二 {{ nmae }}\n",
            "template for `accepted` of consultation `liaoning-2024-gxbc`: line 2: undefined value",
        ),
        ("accepted", "一\n{% if number %}\n", "syntax error"),
        ("late", "只有主题", "the text is empty"),
        ("late", "{{ subject_tag }}{{ number }}\n正文\n", "the subject holds the consultation's title"),
        (
            "closing",
            "{{ body }}",
            "template for `closing` of consultation `liaoning-2024-gxbc`: line 1: undefined value",
        ),
        ("accpeted", "一\n二\n", "there is no such template; there are accepted, near_miss"),
        ("review", "一\n{% include 'nothing' %}\n", "template not found"),
        (
            "late",
            "一\n{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}二{% endfor %}{% endfor %}{% endfor %}\n",
            "take the loop out",
        ),
        ("duplicate", "一\n{{ '二' * 900000000 }}\n", "writes far too much"),
    ];
    for (kind, text, expected) in rows {
        let mut wrong = consultation();
        wrong.templates.by_kind = vec![(kind.into(), text.into())];
        let problems = check_templates(&wrong);
        assert!(
            problems.iter().any(|problem| problem.to_string().contains(expected)),
            "{kind} {text:?}: {problems:?}"
        );
    }
}

#[test]
fn message_ids_are_dot_atoms_with_the_number() {
    let kind = AcknowledgementKind::Accepted;
    assert_eq!(
        message_id("LNZX-2024-0001", kind, "ln.gov.cn", "8f3a"),
        "LNZX-2024-0001.accepted.8f3a@ln.gov.cn"
    );
    for (number, domain, token) in [
        ("", "", ""),
        ("编号1", "政务.中国", "a b"),
        ("x\r\ny", "<evil>", "@@"),
        (&"9".repeat(500), &"a.".repeat(500), "t"),
    ] {
        let id = message_id(number, AcknowledgementKind::NearMiss, domain, token);
        let (local, host) = id.split_once('@').unwrap();
        for side in [local, host] {
            assert!(!side.is_empty() && side.split('.').all(|atom| !atom.is_empty()), "{id}");
            assert!(side.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)), "{id}");
        }
        assert!(id.len() < 400);
        let letter = Letter { message_id: &id, ..letter(kind) };
        let octets = composed(&letter).octets;
        assert_eq!(MessageParser::default().parse(&octets).unwrap().message_id(), Some(id.as_str()));
    }
}
