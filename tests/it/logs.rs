//! The log's words: one function for each event, each on the pages for operators; nothing personal among what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::smtp::smtp_server::{Protection, SmtpServer, Step, rule, say};
use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::repository;

/// An event as the program's text has it.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    level: String,
    words: String,
    fields: Vec<String>,
}

/// All that `src/maillog` says, by name; some events come at two levels.
fn events() -> BTreeMap<String, Vec<Event>> {
    let piece = r#"(?:[^"\\()]|"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\))"#;
    let call = Regex::new(&format!(r#"\b(debug|info|warn|error)!\(\s*name: "(\w+)",({piece}*)\)"#)).unwrap();
    let part = Regex::new(r#"(?:[^,"()]|"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\))+"#).unwrap();
    let macros = Regex::new(r"\b(?:debug|info|warn|error)!\(").unwrap();
    let mut found: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for file in sources("src/maillog") {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        assert_eq!(
            macros.find_iter(text).count(),
            call.find_iter(text).count(),
            "{}: an event without a name",
            file.display()
        );
        for captures in call.captures_iter(text) {
            let mut event = Event { level: captures[1].to_owned(), words: String::new(), fields: Vec::new() };
            for part in part.find_iter(&captures[3]).map(|part| part.as_str().trim()) {
                if let Some(words) = part.strip_prefix('"') {
                    words.trim_end_matches('"').trim_end_matches("{}").clone_into(&mut event.words);
                    break;
                }
                if part.starts_with("target:") {
                    if part.contains("RECOVERED") {
                        "notice".clone_into(&mut event.level);
                    }
                } else if !part.is_empty() {
                    let name = part.split('=').next().unwrap().trim().trim_start_matches(['%', '?']);
                    event.fields.push(name.rsplit('.').next().unwrap().to_owned());
                }
            }
            found.entry(captures[2].to_owned()).or_default().push(event);
        }
    }
    let words = "the journal had no room for so many lines".to_owned();
    let dropped = Event { level: "warn".to_owned(), words, fields: vec!["lines".to_owned()] };
    found.insert("lines_dropped".to_owned(), vec![dropped]);
    found
}

/// The files of a room.
fn sources(room: &str) -> Vec<std::path::PathBuf> {
    let room = repository().join(room);
    let inside = fs::read_dir(&room).into_iter().flatten().flatten().map(|entry| entry.path());
    inside.chain([room.with_extension("rs")]).filter(|path| path.is_file()).collect()
}

/// Nobody else writes to the log: what is said stands in one place.
#[test]
fn only_the_room_of_the_log_says_anything() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                walk(&path, found);
            } else if fs::read_to_string(&path).is_ok_and(|text| {
                ["tracing::info!", "tracing::warn!", "tracing::error!", "tracing::debug!"]
                    .iter()
                    .any(|word| text.contains(word))
            }) {
                found.push(path.strip_prefix(repository()).unwrap().display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    walk(&repository().join("src"), &mut found);
    // It stands below the log's room: systemd could not be notified.
    assert_eq!(found, ["src/notify.rs"]);
}

/// What a field may be called: each of these holds an id, a number, a time, a path, a setting, or a server's words about
/// the connection.
const FIELDS: &[&str] = &[
    "again",
    "announced",
    "answers",
    "at",
    "attempts",
    "before",
    "after",
    "by",
    "bytes",
    "came",
    "changes",
    "closes",
    "consultation",
    "consultations",
    "copy",
    "counts_as",
    "created_at",
    "days",
    "differing",
    "disposition",
    "entries",
    "failures",
    "folder",
    "folders",
    "from",
    "hash",
    "here",
    "home",
    "kept",
    "key",
    "last_event",
    "letters",
    "level",
    "limit_kib",
    "lines",
    "listed",
    "mailbox",
    "messages",
    "mib",
    "missing",
    "names",
    "needed_seconds",
    "news",
    "not_before",
    "number",
    "owed",
    "path",
    "pause_seconds",
    "percent",
    "problem",
    "reason",
    "recorded",
    "reply",
    "root",
    "row",
    "schema",
    "seconds",
    "server",
    "since",
    "stays",
    "store",
    "uid",
    "uid_next_before",
    "uid_next_now",
    "uid_validity",
    "used_kib",
    "version",
    "was",
    "watchdog_seconds",
    "what",
    "words",
];

#[test]
fn the_pages_have_every_event_and_every_field_is_a_known_one() {
    let file = fs::read_to_string(repository().join("docs/log.toml")).unwrap();
    let to_do: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(&file).unwrap();
    let events = events();
    let (wanted, told): (BTreeSet<_>, BTreeSet<_>) = (events.keys().collect(), to_do.keys().collect());
    assert_eq!(wanted, told, "docs/log.toml says of each event, and of no other, what is to be done");
    let used: BTreeSet<&str> =
        events.values().flatten().flat_map(|event| event.fields.iter().map(String::as_str)).collect();
    assert_eq!(used, FIELDS.iter().copied().collect(), "what else does the log say, and of whom?");
    let mut english = "| event | level | words | fields | what you do |\n|---|---|---|---|---|\n".to_owned();
    let mut chinese =
        "| 事件 | 级别 | 原话的开头 | 字段 | 意思和怎么办 |\n|---|---|---|---|---|\n".to_owned();
    for (name, events) in &events {
        for Event { level, words, fields } in events {
            let start: String = words.chars().take(48).collect();
            let fields = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" ");
            let row = &to_do[name];
            writeln!(english, "| `{name}` | {level} | {words} | {fields} | {} |", row["english"]).unwrap();
            writeln!(chinese, "| `{name}` | {level} | {start} | {fields} | {} |", row["chinese"]).unwrap();
        }
    }
    for (file, table) in [("docs/logs.md", english), ("docs/logs.zh-CN.md", chinese)] {
        let page = fs::read_to_string(repository().join(file)).unwrap();
        let (before, rest) = page.split_once("<!-- events -->\n").unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        crate::words::compare(file, &format!("{before}<!-- events -->\n{table}<!-- end -->{after}"));
    }
}

/// One number finds a letter's whole life, one line says what works, and neither says who wrote: whatever a letter says of a
/// person, and a server of a recipient, stays out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letters_number_stands_on_each_of_its_lines_and_nothing_personal_does() {
    let rules = vec![
        rule(Step::Rcpt, say("451 4.2.1 <citizen1@example.com> of 王小明, 13800138000, is busy"))
            .on_connection(1),
        rule(Step::Rcpt, say("550 5.1.1 <citizen2@example.com>: 王小明 is unknown here")).on_message(2),
    ];
    let server = SmtpServer::start(Protection::Plain, rules).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    let mailbox = office.path().join("mailbox");
    for n in 1..=3 {
        letter(n).deliver(&mailbox);
    }
    let mut other = letter(4);
    other.subject = "王小明的私事".to_owned();
    other.deliver(&mailbox);
    let log = tokio::task::block_in_place(|| office.run(&["-vv", "run", "--once"])).stderr;
    let line = |words: &str| {
        log.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {log}"))
    };
    for words in ["entry recorded", "acknowledgement deferred"] {
        assert!(line(words).contains("number=\"LNZX-2024-000"), "{log}");
    }
    for personal in ["@", "citizen", "王小明", "13800138000", "教师", "窗口", "私事", "意见建议"]
    {
        assert!(!log.contains(personal), "{personal}: {log}");
    }
    // As JSON: one object a line, with the same words.
    office.set("log", "format", "\"json\"");
    letter(5).deliver(&mailbox);
    let log = tokio::task::block_in_place(|| office.run(&["-vv", "run", "--once"])).stderr;
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |event: &str| {
        lines.iter().find(|line| line["event"] == event).unwrap_or_else(|| panic!("{event}: {log}"))
    };
    assert_eq!(of("entry")["fields"]["number"], "LNZX-2024-0004", "{log}");
    assert_eq!((&of("entry")["level"], &of("entry")["priority"]), (&"info".into(), &6.into()));
    assert!(of("head")["fields"]["hash"].as_str().is_some_and(|hash| hash.len() == 64));
}
