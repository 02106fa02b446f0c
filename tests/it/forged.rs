//! Mail that is not its sender's, and letters that would hang on a decision about another: what it may do, and beside it what
//! honest citizens do in the same way.

use rusqlite::Connection;

use crate::support::daemon::Office;
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;

/// What the office's own server writes above its line, and its line.
const FAIL: &str = "Authentication-Results: mx.ln.gov.cn; spf=fail smtp.mailfrom=example.com; dkim=none; dmarc=fail header.from=example.com\r\n";
const PASS: &str = "Authentication-Results: mx.ln.gov.cn; spf=pass smtp.mailfrom=example.com; dmarc=pass header.from=example.com\r\n";
const SILENT: &str = "";
const HOP: &str = "Received: from mail.example.com (mail.example.com [203.0.113.9]) by mx.ln.gov.cn with SMTP id A1;\r\n Tue, 12 Mar 2024 10:00:02 +0800\r\n";

const NUMBERS: [&str; 4] = ["LNZX-2024-0001", "LNZX-2024-0002", "LNZX-2024-0003", "LNZX-2024-0004"];

fn import_raw(office: &Office, name: &str, head: &str, raw: &[u8]) {
    let path = office.path().join(format!("{name}.eml"));
    std::fs::write(&path, [head.as_bytes(), HOP.as_bytes(), raw].concat()).unwrap();
    set_modified(&path, std::time::UNIX_EPOCH + std::time::Duration::from_secs(ARRIVAL));
    office.run_ok(&["import", path.to_str().unwrap()]);
}

fn import(office: &Office, name: &str, head: &str, letter: &Letter) {
    import_raw(office, name, head, &letter.raw());
}

/// Another mail of the first citizen's address.
fn of_first(id: &str, subject: &str, text: &str) -> Letter {
    Letter {
        message_id: format!("{id}@example.com"),
        subject: subject.to_owned(),
        text: format!("{text}\r\n"),
        ..letter(1)
    }
}

/// Number, status and why a person must look, of every submission.
fn standing(office: &Office) -> Vec<String> {
    let rows =
        office.rows().rows("SELECT number, status, review_reasons AS reasons FROM submission ORDER BY id");
    rows.iter()
        .map(|row| {
            format!("{} {} {}", row["number"].trim_start_matches("LNZX-2024-"), row["status"], row["reasons"])
        })
        .collect()
}

fn answers(office: &Office) -> Vec<String> {
    let sql = "SELECT kind, state, coalesce(reason, '') AS reason FROM acknowledgement ORDER BY id";
    let rows = office.rows().rows(sql);
    rows.iter()
        .map(|row| format!("{} {} {}", row["kind"], row["state"], row["reason"]).trim().to_owned())
        .collect()
}

fn dispositions(office: &Office) -> Vec<String> {
    let rows = office.rows().rows("SELECT disposition FROM mailbox_entry ORDER BY id");
    rows.iter().map(|row| row["disposition"].clone()).collect()
}

/// The Message-ID of the first answer, which has left.
fn first_answer(office: &Office) -> String {
    office.run_ok(&["run", "--once"]);
    let sql = "SELECT rfc822_message_id AS id FROM acknowledgement ORDER BY id LIMIT 1";
    office.rows().rows(sql)[0]["id"].clone()
}

fn nothing_hangs(office: &Office) {
    office.run_ok(&["verify"]);
    let stranded = "SELECT count(*) FROM submission AS d JOIN submission AS o ON o.id = d.duplicate_of WHERE o.status = 'denied'";
    assert_eq!(office.rows().count(stranded), 0);
    assert_eq!(office.json(&["reprocess", "--json"])["changed"], 0);
}

#[test]
fn what_our_own_server_calls_forged_is_part_of_nothing() {
    let number = NUMBERS[0];
    for (name, mail) in [
        ("number", of_first("f1", &format!("补充 {number}"), "其实我完全反对，请取消前面的建议。")),
        ("withdrawal", of_first("f2", &format!("{number} 撤回"), &format!("我申请撤回{number}号意见。"))),
        ("same", Letter { message_id: "f3@example.com".to_owned(), ..letter(1) }),
        (
            "whole tag",
            Letter {
                text: format!("补充{number}：全部反对。\r\n"),
                ..of_first("f4", &letter(1).subject, "")
            },
        ),
        ("reply", of_first("f5", "Re: 自动回执", "我要求撤回。")),
    ] {
        let office = Office::at_maildir();
        import(&office, "0", SILENT, &letter(1));
        let answer = first_answer(&office);
        let mail = if name == "reply" { Letter { in_reply_to: Some(answer), ..mail } } else { mail };
        let before = office.rows().rows("SELECT * FROM opinion");
        import(&office, "1", FAIL, &mail);
        let standing = standing(&office);
        assert_eq!(standing[0], "0001 accepted []", "{name}");
        assert!(
            standing[1].starts_with("0002 review") && standing[1].contains("authentication_failed"),
            "{name}: {standing:?}"
        );
        let own = office.rows().rows("SELECT * FROM opinion WHERE submission_id = 1");
        assert_eq!(own, before, "{name}");
        for table in ["relation", "supplement"] {
            assert_eq!(office.rows().count(&format!("SELECT count(*) FROM {table}")), 0, "{name}: {table}");
        }
        assert!(answers(&office)[1].contains("withheld"), "{name}: {:?}", answers(&office));
        nothing_hangs(&office);
    }
}

#[test]
fn what_is_forged_stands_for_nothing_until_a_person_confirms_it() {
    let forged = Letter { message_id: "forged@example.com".to_owned(), ..letter(1) };
    let same_id = Letter { message_id: letter(1).message_id, ..forged.clone() };
    for forged in [forged, same_id] {
        let office = Office::at_maildir();
        import(&office, "0", FAIL, &forged);
        import(&office, "1", SILENT, &letter(1));
        assert_eq!(standing(&office), [r#"0001 review ["authentication_failed"]"#, "0002 accepted []"]);
        assert_eq!(answers(&office), ["review withheld authentication_failed", "accepted queued"]);
        assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE flags LIKE '%reused%'"), 0);
        assert_eq!(office.rows().count("SELECT count(*) FROM relation"), 0);
        // It is nobody's thread either.
        import(
            &office,
            "2",
            SILENT,
            &of_first("n", "补充", &format!("补充{}：建议增设夜间窗口。", NUMBERS[0])),
        );
        assert_eq!(standing(&office)[2], r#"0003 review ["near_miss"]"#);
        office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]);
        assert_eq!(standing(&office)[..2], [r#"0001 denied ["authentication_failed"]"#, "0002 accepted []"]);
        office.run_ok(&["review", "reopen", NUMBERS[0]]);
        // A person who counts both is told.
        let said = office.run_ok(&["review", "confirm", NUMBERS[0]]).stdout;
        assert!(said.contains("内容相同的 LNZX-2024-0002 也已计入"), "{said}");
        // Now it stands for what comes after it.
        import(&office, "3", SILENT, &Letter { message_id: "again@example.com".to_owned(), ..letter(1) });
        assert!(standing(&office)[3].starts_with("0004 duplicate"), "{:?}", standing(&office));
        nothing_hangs(&office);
    }
}

#[test]
fn a_forged_recall_recalls_nothing_and_an_honest_one_does() {
    for (head, recalled) in [(FAIL, 0), (SILENT, 1), (PASS, 1)] {
        let office = Office::at_maildir();
        import(&office, "0", SILENT, &letter(1));
        let notice = of_first("r", &format!("发信方已撤回邮件：{}", letter(1).subject), "发信方已撤回邮件");
        import(&office, "1", head, &notice);
        assert_eq!(dispositions(&office), ["filed", "automatic"]);
        assert_eq!(office.rows().count("SELECT count(*) FROM relation"), recalled, "{head}");
    }
}

#[test]
fn a_number_alone_takes_nothing_out_of_the_count() {
    let number = NUMBERS[0];
    let withdraws = || of_first("w", &format!("{number} 撤回"), &format!("我申请撤回{number}号意见。"));
    for (head, replies, stands, relation) in [
        // Without a verdict the number is anybody's word: the letter waits, what it names counts.
        (SILENT, false, "accepted", "number"),
        // Our own server vouches for the sender; our answer's Message-ID is known to whom it went.
        (PASS, false, "review", "number"),
        (SILENT, true, "review", "answers"),
        (PASS, true, "review", "answers"),
    ] {
        let office = Office::at_maildir();
        import(&office, "0", SILENT, &letter(1));
        let answer = first_answer(&office);
        import(&office, "1", head, &Letter { in_reply_to: replies.then_some(answer), ..withdraws() });
        assert!(standing(&office)[0].starts_with(&format!("0001 {stands}")), "{:?}", standing(&office));
        let relations = office.rows().rows("SELECT kind, basis, earlier_id FROM relation");
        assert_eq!((&*relations[0]["kind"], &*relations[0]["basis"]), ("withdraws", relation));
        assert!(office.run_ok(&["review", "list"]).stdout.contains("撤回"));
        if stands == "accepted" {
            assert!(standing(&office)[1].contains("withdraw"), "{:?}", standing(&office));
            let said = office.run_ok(&["explain", "1.eml"]).stdout;
            assert!(said.contains("只写明了编号") && !said.contains("但不是该编号的发件人"), "{said}");
            assert!(office.run_ok(&["review", "list"]).stdout.contains("对所涉来信执行 review deny"));
            let said = office.run_ok(&["review", "deny", NUMBERS[1], "--note", "核实不是本人"]).stdout;
            let denied = format!("撤回或替换 {number} 的请求未予办理，该件仍为“已登记”");
            assert!(said.contains(&denied) && !said.contains("review deny"), "{said}");
        }
        nothing_hangs(&office);
    }
    // What only adds something is part of it as before.
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &letter(1));
    import(&office, "1", SILENT, &of_first("s", &format!("补充{number}"), "建议增设夜间窗口。"));
    assert_eq!(dispositions(&office), ["filed", "supplement"]);
}

#[test]
fn who_writes_after_a_denial_is_counted_or_waits() {
    let question =
        Letter {
            subject: "高效办成一件事".to_owned(), text: "请问几点上班？\r\n".to_owned(), ..letter(1)
        };
    let number = NUMBERS[0];
    for (subject, text, replies, expected) in [
        (
            "回复：自动回执",
            "补充：一、建议把材料减少一半。\r\n二、建议延长办理时间。",
            true,
            r#"0002 review ["near_miss"]"#,
        ),
        ("您好", "补充：建议延长办理时间。", true, r#"0002 review ["near_miss"]"#),
        ("补充", &format!("编号{number}：建议延长办理时间。"), false, r#"0002 review ["near_miss"]"#),
        ("LNZX—2024—０００１", "建议延长办理时间。", false, r#"0002 review ["near_miss"]"#),
        (&letter(1).subject, &format!("补充{number}：建议设置自助机。"), true, "0002 accepted []"),
        (&letter(1).subject, &format!("补充{number}：建议设置自助机。"), false, "0002 accepted []"),
        ("高效办成一件事", "请问几点上班？", false, r#"0002 review ["near_miss"]"#),
    ] {
        let office = Office::at_maildir();
        import(&office, "0", SILENT, &question);
        let answer = first_answer(&office);
        office.run_ok(&["review", "deny", number, "--note", "来信人要求"]);
        let more = Letter { in_reply_to: replies.then_some(answer), ..of_first("more", subject, text) };
        import(&office, "1", SILENT, &more);
        assert_eq!(standing(&office)[1], expected, "{subject} / {text}");
        assert!(
            !answers(&office)[1].starts_with("supplement"),
            "{subject}: nobody is told that it was added"
        );
        let words = if replies || text.contains("编号") {
            "该件已不计入或已删除，本信不并入"
        } else {
            ""
        };
        let said = office.run_ok(&["explain", "1.eml"]).stdout;
        assert!(said.contains(words), "{subject}: {said}");
        nothing_hangs(&office);
    }
}

#[test]
fn what_repeats_a_denied_letter_waits_for_a_person() {
    let office = Office::at_maildir();
    let again = |id: &str| Letter { message_id: format!("{id}@example.com"), ..letter(1) };
    import(&office, "0", SILENT, &letter(1));
    import(&office, "1", SILENT, &again("a"));
    import(&office, "2", SILENT, &again("b"));
    let repeats = |office: &Office| -> Vec<String> {
        let sql = "SELECT coalesce(duplicate_of, 0) AS of FROM submission ORDER BY id";
        office.rows().rows(sql).iter().map(|row| row["of"].clone()).collect()
    };
    assert_eq!(repeats(&office), ["0", "1", "1"]);
    let said = office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]).stdout;
    assert!(said.contains("内容相同的 LNZX-2024-0002 原列为它的重复件，现转为待核"), "{said}");
    let waits = ["0001 denied []", r#"0002 review ["original_denied"]"#, "0003 duplicate []"];
    assert_eq!(standing(&office), waits);
    assert_eq!(repeats(&office), ["0", "0", "2"]);
    assert!(office.run_ok(&["review", "list"]).stdout.contains(NUMBERS[1]));
    nothing_hangs(&office);

    // Taken back before anybody decided on it: all is as it was.
    let said = office.run_ok(&["review", "reopen", NUMBERS[0]]).stdout;
    assert!(said.contains("LNZX-2024-0002 恢复为它的重复件"), "{said}");
    assert_eq!(standing(&office), ["0001 accepted []", "0002 duplicate []", "0003 duplicate []"]);
    assert_eq!(repeats(&office), ["0", "1", "1"]);
    nothing_hangs(&office);

    // Confirmed, it counts, and later copies repeat it; the first cannot count beside it unasked.
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]);
    office.run_ok(&["review", "confirm", NUMBERS[1]]);
    import(&office, "3", SILENT, &again("c"));
    assert_eq!(repeats(&office), ["0", "0", "2", "2"]);
    let refused = office.run(&["review", "reopen", NUMBERS[0]]);
    assert_eq!(refused.code, Some(65), "{refused:?}");
    assert!(refused.stderr.contains("review reopen LNZX-2024-0002"), "{refused:?}");
    nothing_hangs(&office);
    office.run_ok(&["review", "reopen", NUMBERS[1]]);
    office.run_ok(&["review", "reopen", NUMBERS[0]]);
    assert_eq!(standing(&office)[..2], ["0001 accepted []", "0002 duplicate []"]);
    assert_eq!(
        repeats(&office),
        ["0", "1", "1", "1"],
        "what came while the second stood there repeats the first too"
    );

    // Denied one after the other: each brings the next one, and none is left over.
    office.run_ok(&["review", "deny", NUMBERS[0], NUMBERS[1], NUMBERS[2], "--note", "来信人要求"]);
    let standing = standing(&office);
    assert_eq!(standing[2], r#"0003 denied ["original_denied"]"#, "{standing:?}");
    assert_eq!(standing[3], r#"0004 review ["original_denied"]"#, "{standing:?}");
    nothing_hangs(&office);
    assert!(office.run_ok(&["show", NUMBERS[3]]).stdout.contains("更正：重复于 LNZX-2024-0003 → （空）"));
}

#[test]
fn what_was_added_to_a_letter_in_its_place_is_not_lost_when_the_first_is_taken_up_again() {
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &letter(1));
    import(&office, "1", SILENT, &Letter { message_id: "a@example.com".to_owned(), ..letter(1) });
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]);
    let more = of_first("m", "补充", &format!("补充{}：建议增设夜间窗口。", NUMBERS[1]));
    import(&office, "2", SILENT, &more);
    assert_eq!(office.rows().count("SELECT count(*) FROM supplement WHERE submission_id = 2"), 1);
    office.run_ok(&["review", "reopen", NUMBERS[0]]);
    assert_eq!(standing(&office), ["0001 accepted []", r#"0002 review ["original_denied"]"#]);
}

#[test]
fn what_an_older_version_left_hanging_waits_at_the_next_start() {
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &letter(1));
    import(&office, "1", SILENT, &Letter { message_id: "a@example.com".to_owned(), ..letter(1) });
    let store = Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE submission SET status = 'denied' WHERE id = 1", []).unwrap();
    office.run_ok(&["run", "--once"]);
    assert_eq!(standing(&office)[1], r#"0002 review ["original_denied"]"#);
}

#[test]
fn file_names_are_repeated_only_to_a_sender_that_is_vouched_for() {
    for (head, says) in
        [(SILENT, "您随信提交的附件（共1个）已收到。"), (PASS, "您随信提交的附件“a.zip”已收到。")]
    {
        let office = Office::at_maildir();
        let points = Letter { text: "意见见附件。\r\n".to_owned(), ..letter(1) };
        import_raw(&office, "0", head, &points.with_attachment(1, 2000));
        let octets = office.rows().rows("SELECT CAST(octets AS TEXT) AS octets FROM acknowledgement");
        let (_, body) = octets[0]["octets"].split_once("\r\n\r\n").unwrap();
        let text = crate::support::base64_text(body);
        assert!(text.contains(says), "{head}: {text}");
    }
}

#[test]
fn addresses_that_reach_one_mailbox_and_domains_of_one_house_are_counted_together() {
    let mut office = Office::at_maildir();
    office.set("acknowledgement", "caps", "{ per_address = 2, per_domain = 3 }");
    let senders = [
        ("victim+1@corp.cn", "queued"),
        ("Victim+2@Corp.cn", "queued"),
        ("victim+3@corp.cn", "withheld address_cap"),
        ("other@h1.corp.cn", "queued"),
        ("other@h2.corp.cn", "withheld domain_cap"),
        ("v.ictim@gmail.com", "queued"),
        ("vic.tim@googlemail.com", "queued"),
        ("victim+x@gmail.com", "withheld address_cap"),
        // Nobody has a mailbox at a provider's made-up subdomain.
        ("u1@h1.qq.com", "queued"),
        ("u2@h2.qq.com", "queued"),
        ("u3@h3.qq.com", "queued"),
        ("u4@h4.qq.com", "withheld domain_cap"),
        // Strangers at one provider: each for himself.
        ("10001@qq.com", "queued"),
        ("10002@qq.com", "queued"),
        ("10003@qq.com", "queued"),
        ("10004@qq.com", "queued"),
        ("10005@vip.qq.com", "queued"),
    ];
    let folder = office.path().join("mails");
    std::fs::create_dir(&folder).unwrap();
    for (n, (from, _)) in senders.iter().enumerate() {
        let mail = Letter { from: (*from).to_owned(), ..letter(n) };
        std::fs::write(folder.join(format!("{n:02}.eml")), [HOP.as_bytes(), &mail.raw()].concat()).unwrap();
    }
    office.run_ok(&["import", folder.to_str().unwrap()]);
    let expected: Vec<String> = senders.iter().map(|(_, state)| format!("accepted {state}")).collect();
    assert_eq!(answers(&office), expected);
}

#[test]
fn a_number_is_read_however_it_is_written() {
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &letter(1));
    for (n, (subject, text)) in [
        ("补充LNZX—2024—0001", "建议一。"),
        ("补充", "编号 ＬＮＺＸ－２０２４－０００１，建议二。"),
        ("补充", "编号LNZX 2024 0001，建议三。"),
        ("补充", "编号lnzx\u{2011}2024\u{2011}0\u{200b}001，建议四。"),
    ]
    .into_iter()
    .enumerate()
    {
        import(&office, &format!("m{n}"), SILENT, &of_first(&format!("m{n}"), subject, text));
        assert_eq!(dispositions(&office)[n + 1], "supplement", "{subject} / {text}");
    }
}

#[test]
fn a_forged_letter_is_nobodys_twin() {
    let office = Office::at_maildir();
    let text = "建议政务服务大厅周末也开放办理，并在每个社区设立代办点，方便上班族和老年人就近办事。\r\n";
    let copy = |n: usize| Letter { text: text.to_owned(), ..letter(n) };
    let groups = || {
        let rows =
            office.rows().rows("SELECT 代表编号 || ' ' || 件数 || ' ' || 发件地址数 AS found FROM 相同来信");
        rows.iter().map(|row| row["found"].clone()).collect::<Vec<_>>()
    };
    let members = || office.rows().count("SELECT count(*) FROM 相同来信明细");
    import(&office, "1", FAIL, &copy(1));
    import(&office, "2", PASS, &copy(2));
    assert_eq!(groups(), Vec::<String>::new(), "one honest letter is no group");
    let listed = office.json(&["list", "--json"]);
    assert!(listed.as_array().unwrap().iter().all(|one| one["group"].is_null()), "{listed}");

    import(&office, "3", SILENT, &copy(3));
    assert_eq!((groups(), members()), (vec!["LNZX-2024-0002 2 2".to_owned()], 2));
    assert!(!office.run_ok(&["show", NUMBERS[0]]).stdout.contains("相同来信"));
    assert!(office.run_ok(&["show", NUMBERS[2]]).stdout.contains("共 2 件、2 个发件地址"));
    let figures = office.run_ok(&["stats"]).stdout;
    assert!(figures.contains("LNZX-2024-0002") && !figures.contains("LNZX-2024-0001"), "{figures}");
    nothing_hangs(&office);

    // Whoever stands in `From:` says that it is his.
    office.run_ok(&["review", "confirm", NUMBERS[0]]);
    assert_eq!((groups(), members()), (vec!["LNZX-2024-0002 3 3".to_owned()], 3));
    nothing_hangs(&office);
}

/// Whoever knows a letter may send it first under its writer's address: where our own server vouches for the writer, his letter
/// counts and is answered as if there were no other, and a person looks at the other.
#[test]
fn what_nobody_vouches_for_stands_for_nothing_that_is_vouched_for() {
    let again = |n: usize| Letter { message_id: format!("again{n}@example.com"), ..letter(1) };
    let waits = r#"0001 review ["vouched_copy"]"#;
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &again(0));
    import(&office, "1", PASS, &letter(1));
    assert_eq!(standing(&office), [waits, "0002 accepted []"]);
    assert_eq!(answers(&office), ["accepted queued", "accepted queued"]);
    assert_eq!(dispositions(&office), ["filed", "filed"]);
    let list = office.run_ok(&["review", "list"]).stdout;
    assert!(list.contains("LNZX-2024-0001") && list.contains("经本单位邮件系统核验"), "{list}");
    nothing_hangs(&office);
    office.run_ok(&["verify", "--replay"]);
    // What comes after both repeats the one that counts, whoever sends it.
    import(&office, "2", PASS, &again(2));
    import(&office, "3", SILENT, &again(3));
    assert_eq!(standing(&office)[2..], ["0003 duplicate []", "0004 duplicate []"]);
    let repeated = "SELECT count(*) FROM submission WHERE duplicate_of = 2";
    assert_eq!(office.rows().count(repeated), 2);
    nothing_hangs(&office);
    assert_eq!(office.run(&["reprocess", NUMBERS[2]]).code, Some(0));
    assert_eq!(office.run(&["reprocess", NUMBERS[3]]).code, Some(0));
    office.run_ok(&["review", "deny", NUMBERS[0], "--note", "来信人要求"]);
    nothing_hangs(&office);
    office.run_ok(&["review", "reopen", NUMBERS[0]]);
    office.run_ok(&["review", "confirm", NUMBERS[0]]);
    assert_eq!(standing(&office)[0], r#"0001 accepted ["vouched_copy"]"#);
    nothing_hangs(&office);
}

/// Beside it: who writes twice by the same way repeats himself, as ever; and so does who answers our answer.
#[test]
fn who_repeats_himself_is_a_repetition_as_before() {
    let again = Letter { message_id: "again@example.com".to_owned(), ..letter(1) };
    for (first, second) in [(SILENT, SILENT), (PASS, PASS), (PASS, SILENT)] {
        let office = Office::at_maildir();
        import(&office, "0", first, &letter(1));
        import(&office, "1", second, &again);
        assert_eq!(standing(&office), ["0001 accepted []", "0002 duplicate []"], "{first} {second}");
        nothing_hangs(&office);
    }
    let office = Office::at_maildir();
    import(&office, "0", SILENT, &letter(1));
    let answer = first_answer(&office);
    import(&office, "1", PASS, &Letter { in_reply_to: Some(answer), ..again });
    assert_eq!(standing(&office), ["0001 accepted []", "0002 duplicate []"]);
    nothing_hangs(&office);
}
