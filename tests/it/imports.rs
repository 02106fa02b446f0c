//! What people point `import` and the configuration at: lines without end, links, pipes.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

fn pipe(path: &std::path::Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_line_without_end_is_cut_at_the_limit_and_the_next_message_is_whole() {
    let mut office = Office::at_maildir();
    office.set("limits", "message_bytes", 200_000);
    let mut mbox = b"From a@example.com Tue Mar 12 10:00:00 2024\n".to_vec();
    mbox.extend(letter(1).raw());
    // `From ` within a line, and at the place where a piece of it begins, is text.
    mbox.extend("From ".repeat(400_000).bytes());
    mbox.extend(b"\n\nFrom b@example.com ");
    mbox.extend(" ".repeat(300_000).bytes());
    mbox.extend(b"Tue Mar 12 10:00:00 2024\n");
    mbox.extend(letter(2).raw());
    mbox.extend(b"\n>From here on\n\nFrom c@example.com Tue Mar 12 10:00:00 2024\n");
    mbox.extend(letter(3).raw());
    fs::write(office.path().join("all.mbox"), &mbox).unwrap();
    office.run_ok(&["import", "all.mbox"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission"), 3);
    let sizes = rows.rows(
        "SELECT size_bytes, flags FROM submission JOIN message AS m ON m.id = message_id ORDER BY number",
    );
    assert_eq!(sizes[0]["size_bytes"], "200000", "what fits is kept");
    assert!(sizes[0]["flags"].contains("oversize") && !sizes[1]["flags"].contains("oversize"), "{sizes:?}");
    let announced = rows.count("SELECT max(size_bytes) FROM mailbox_entry");
    assert!(announced > 2_000_000, "and the entry tells how much there was: {announced}");
    let texts = rows.rows("SELECT full_text FROM submission ORDER BY number");
    assert!(
        texts[1]["full_text"].ends_with("From here on\n") || texts[1]["full_text"].ends_with("From here on"),
        "{texts:?}"
    );
}

#[test]
fn links_are_named_and_not_followed_and_pipes_are_not_waited_for() {
    let office = Office::at_maildir();
    let (folder, elsewhere) = (office.path().join("mails"), office.path().join("elsewhere"));
    fs::create_dir(&folder).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    fs::write(folder.join("1.eml"), letter(1).raw()).unwrap();
    fs::write(elsewhere.join("2.eml"), letter(2).raw()).unwrap();
    symlink(elsewhere.join("2.eml"), folder.join("2.eml")).unwrap();
    symlink(&elsewhere, folder.join("folder")).unwrap();
    pipe(&folder.join("3.eml"));
    let said = office.run_ok(&["import", "mails"]).stdout;
    assert_eq!(office.rows().count("SELECT count(*) FROM mailbox_entry"), 1);
    for skipped in ["符号链接，未跟随：2 个", "mails/2.eml", "mails/folder", "mails/3.eml"] {
        assert!(said.contains(skipped), "{skipped}: {said}");
    }
    // Named by itself, a link is what its owner means.
    office.run_ok(&["import", "mails/2.eml"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), 2);
    office.run_ok(&["import", "mails/3.eml"]);
}

#[test]
fn a_pipe_in_place_of_a_file_of_the_configuration_is_named() {
    let office = Office::at_maildir();
    office.run_ok(&["check"]);
    let text = fs::read_to_string(office.config_path()).unwrap();
    let (config, template) = (office.path().join("pipe.toml"), office.path().join("accepted.txt"));
    pipe(&config);
    pipe(&template);
    let finished = office.start_with(&config, &["check"]).finish(std::time::Duration::from_mins(1));
    assert_eq!(finished.code, Some(78), "{finished:?}");
    assert!(finished.stderr.contains("pipe or a device"), "{finished:?}");
    let other = office.path().join("other.toml");
    fs::write(
        &other,
        text + "\n[[consultation]]\nid = \"x\"\n[consultation.templates]\naccepted = \"accepted.txt\"\n",
    )
    .unwrap();
    let finished = office.start_with(&other, &["check"]).finish(std::time::Duration::from_mins(1));
    assert_eq!(finished.code, Some(78), "{finished:?}");
    assert!(finished.stderr.contains("accepted.txt cannot be read"), "{finished:?}");
}

/// A row that promises a gigabyte in a few kilobytes is not believed, whoever wrote it.
#[test]
fn what_a_row_says_of_its_size_is_no_bound() {
    let office = Office::at_maildir();
    fs::write(office.path().join("1.eml"), letter(1).raw()).unwrap();
    office.run_ok(&["import", "1.eml"]);
    let bomb = zstd::bulk::compress(&vec![b'a'; 200 << 20], 1).unwrap();
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store
        .execute("UPDATE message SET raw = ?1, size_bytes = ?2", rusqlite::params![bomb, 200 << 20])
        .unwrap();
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!(found["unreadable"], 1, "{found}");
    // With a file beside the text, all of it would be unpacked at once; a child with little memory would end by it.
    store
        .execute_batch(
            "INSERT INTO attachment (message_id, ordinal, media_type, size_bytes, sha256) SELECT id, 1, 'text/plain', 1, 'x' FROM message",
        )
        .unwrap();
    let verified = office.run(&["verify"]);
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(
        verified.stdout.contains(zwfw_intake::words::short("difference", "raw_unreadable")),
        "{verified:?}"
    );
}

/// Forty letters are told one by one, more only where a person has to see to them: nobody reads a hundred thousand lines.
#[test]
fn a_summary_does_not_grow_with_the_letters_and_begins_with_what_waits() {
    let mut office = Office::at_maildir();
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    let near = |n| Letter { subject: "意见建议".to_owned(), ..letter(n) };
    for n in 1..=60 {
        let letter = if n % 20 == 0 { near(n) } else { letter(n) };
        let received = "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; Tue, 12 Mar 2024 10:00:02 +0800\r\n";
        fs::write(folder.join(format!("{n:02}.eml")), [received.as_bytes(), &letter.raw()].concat()).unwrap();
        letter.deliver(&office.path().join("mailbox"));
    }
    let said = office.run_ok(&["import", "letters"]).stdout;
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() < 12, "{said}");
    for (line, begins) in lines.iter().zip([
        "20.eml → LNZX-2024-0020（待核）",
        "40.eml → LNZX-2024-0040（待核）",
        "60.eml → LNZX-2024-0060（待核）",
        "其余 57 封未逐一列出",
        "待核：3 件，其中本次 3 件",
        "本次导入：60 封（",
    ]) {
        assert!(line.starts_with(begins), "{begins}: {said}");
    }
    office.remove_store();
    let said = office.run_ok(&["import", "letters", "--each"]).stdout;
    assert_eq!(said.matches(" → LNZX-2024-").count(), 60, "{said}");

    office.remove_store();
    office.set("acknowledgement", "enabled", false);
    let said = office.run_ok(&["run", "--once"]).stdout;
    assert!(said.starts_with("待核：3 件，其中本次 3 件（review list 列出）\n本次收取：60 封（"), "{said}");
    let listed: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("新登记")).skip(2).collect();
    assert_eq!(said.matches("LNZX-2024-").count(), 40, "{said}");
    assert!(
        said.contains("新登记 60 件，列出 40 件，待核的在前：")
            && listed.iter().take(3).all(|row| row.contains("待核")),
        "{said}"
    );
    // And what waits stays in sight while nothing comes.
    let said = office.run_ok(&["run", "--once"]).stdout;
    assert!(said.starts_with("待核：3 件，其中本次 0 件（review list 列出）\n"), "{said}");
}
