//! `rules/words.toml`: each word of each enum has its row, and there is no second place that says what a word is called.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use regex::Regex;
use rusqlite::Connection;
use zwfw_intake::lane::Refusal;
use zwfw_intake::store::{Difference, InconsistencyKind};
use zwfw_intake::vocabulary::{
    AcknowledgementKind, AcknowledgementState, Adoption, ArrivalEvidence, BreakerReason, CorrectionField,
    Delivery, Disposition, EntryReason, FileFault, Flag, GapReason, Illegible, LaneFault, LiveFault, Machine,
    Mark, Proposer, ReceivedBasis, RelationBasis, RelationKind, ReviewReason, SendFailure, SendReason,
    SenderKind, Silence, Status, StoreFault, SubjectEvidence, SubjectMatch, SubjectReason, Timeliness,
    Unreadable, Verdict, Watched, WithheldReason, Word,
};
use zwfw_intake::words;

use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::repository;

/// A kind with its words.
type Kind = (&'static str, &'static [&'static str]);

fn kind<W: Word>() -> Kind {
    (W::KIND, W::WORDS)
}

/// Every enum whose words are stored or printed, in the order of the manual.
fn enums() -> Vec<Kind> {
    vec![
        kind::<Disposition>(),
        kind::<Status>(),
        kind::<SubjectMatch>(),
        kind::<Verdict>(),
        kind::<Timeliness>(),
        kind::<ReceivedBasis>(),
        kind::<ReviewReason>(),
        kind::<FileFault>(),
        kind::<Illegible>(),
        kind::<Flag>(),
        kind::<Proposer>(),
        kind::<SenderKind>(),
        kind::<RelationKind>(),
        kind::<RelationBasis>(),
        kind::<AcknowledgementKind>(),
        kind::<AcknowledgementState>(),
        kind::<CorrectionField>(),
        kind::<Adoption>(),
        kind::<InconsistencyKind>(),
        kind::<Difference>(),
        kind::<Refusal>(),
        joined(
            EntryReason::KIND,
            &[SubjectReason::WORDS, EntryReason::WORDS, Machine::WORDS, Unreadable::WORDS, GapReason::WORDS],
        ),
        kind::<Mark>(),
        kind::<Delivery>(),
        kind::<SubjectEvidence>(),
        kind::<ArrivalEvidence>(),
        kind::<WithheldReason>(),
        joined(SendReason::KIND, &[SendFailure::WORDS, SendReason::WORDS]),
        kind::<Silence>(),
        kind::<LaneFault>(),
        kind::<LiveFault>(),
        kind::<StoreFault>(),
        kind::<Watched>(),
        kind::<BreakerReason>(),
    ]
}

/// One kind whose words stand in several enums.
fn joined(kind: &'static str, parts: &[&[&'static str]]) -> Kind {
    (kind, parts.concat().leak())
}

/// Kinds whose words are no enum of their own.
const LOOSE: &[(&str, &str)] = &[
    ("asked", "what is advised about details that a letter names"),
    ("column", "names of columns"),
    ("denial", "one for each review reason, and one for a decision without any"),
    (
        "only_asks",
        "one for each reason that says what a letter asks for, but for what a supplement alone can do",
    ),
    ("detail_rule", "written by many rules of `details`"),
];

#[test]
fn every_word_of_every_enum_has_its_row() {
    let mut wanted = BTreeSet::new();
    for (kind, all) in enums() {
        for word in all {
            assert!(words::row(kind, word).is_some(), "rules/words.toml has no row {kind}.{word}");
            wanted.insert((kind, *word));
        }
    }
    for reason in ReviewReason::WORDS {
        let row = words::row(ReviewReason::KIND, reason).unwrap();
        assert!(row.to_do().is_some(), "{reason}: staff are to be told what to do");
        assert!(words::row("denial", reason).is_some(), "rules/words.toml has no row denial.{reason}");
    }
    for reason in ReviewReason::ASKED.into_iter().filter(|reason| *reason != ReviewReason::DetailsDiffer) {
        assert!(
            words::row("only_asks", reason.as_str()).is_some(),
            "rules/words.toml has no row only_asks.{reason}"
        );
    }
    for (kind, word, row) in words::rows() {
        assert!(
            wanted.contains(&(kind, word)) || LOOSE.iter().any(|(loose, _)| *loose == kind),
            "rules/words.toml: {kind}.{word} is a word of no enum"
        );
        for text in [row.short(), row.long(), row.english(), row.to_do().unwrap_or("-")] {
            assert!(!text.trim().is_empty(), "rules/words.toml: {kind}.{word} has an empty text");
        }
    }
}

/// A new enum is told to this file: its declaration names its kind.
#[test]
fn every_enum_of_words_is_known_here() {
    let declared =
        Regex::new(r#"(?m)^ *(?:pub )?\w+: "([a-z_]+)" \{$|const KIND: &'static str = "([a-z_]+)";"#)
            .unwrap();
    let known: BTreeSet<&str> = enums().iter().map(|(kind, _)| *kind).collect();
    let mut found = BTreeSet::new();
    for (path, text) in sources() {
        for captures in declared.captures_iter(&text) {
            let kind = captures.get(1).or_else(|| captures.get(2)).unwrap().as_str();
            assert!(
                known.contains(kind),
                "src/{path} declares {kind}, which tests/it/words.rs does not know"
            );
            found.insert(kind.to_owned());
        }
    }
    assert_eq!(found.len(), known.len(), "declared: {found:?}");
}

/// What a column may hold is said twice, in the schema and in an enum; the two are the same.
#[test]
fn the_columns_take_the_words_of_the_enums() {
    const COLUMNS: &[(&str, &str)] = &[
        ("mailbox_entry.disposition", Disposition::KIND),
        ("message.received_basis", ReceivedBasis::KIND),
        ("submission.status", Status::KIND),
        ("submission.subject_match", SubjectMatch::KIND),
        ("submission.timeliness", Timeliness::KIND),
        ("submission.sender_kind", SenderKind::KIND),
        ("supplement.timeliness", Timeliness::KIND),
        ("acknowledgement.kind", AcknowledgementKind::KIND),
        ("acknowledgement.state", AcknowledgementState::KIND),
        ("relation.kind", RelationKind::KIND),
        ("relation.basis", RelationBasis::KIND),
    ];
    let enums: BTreeMap<&str, &[&str]> = enums().into_iter().collect();
    let table = Regex::new(r"^CREATE TABLE (\w+)").unwrap();
    let column = Regex::new(r"^ +(\w+) .*CHECK \(\w+ IN \(([^)]*)\)\)").unwrap();
    let mut name = String::new();
    let mut found = Vec::new();
    for line in fs::read_to_string(repository().join("src/store/schema/schema.sql")).unwrap().lines() {
        if let Some(captures) = table.captures(line) {
            captures[1].clone_into(&mut name);
        }
        let Some(captures) = column.captures(line) else { continue };
        let place = format!("{name}.{}", &captures[1]);
        let taken: Vec<&str> = captures[2].split(", ").map(|word| word.trim_matches('\'')).collect();
        let kind = COLUMNS.iter().find(|(column, _)| *column == place);
        let (_, kind) = kind.unwrap_or_else(|| panic!("{place} takes the words of which enum?"));
        assert_eq!(taken, enums[kind], "{place}");
        found.push(place);
    }
    assert_eq!(found.len(), COLUMNS.len(), "{found:?}");
}

#[test]
fn a_store_takes_todays_words_when_it_is_opened_for_writing() {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let called = |sql: &str| -> String {
        Connection::open(office.store_path()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let status = "SELECT short FROM word WHERE kind = 'status' AND word = 'accepted'";
    assert_eq!(called(status), "已登记");
    let older = "UPDATE word SET short = '旧词' WHERE kind = 'acknowledgement_state';
                 DELETE FROM word WHERE kind = 'acknowledgement_kind'; INSERT INTO word VALUES ('status', 'frozen', '旧', '旧', '')";
    Connection::open(office.store_path()).unwrap().execute_batch(older).unwrap();
    let answer = "SELECT 类型 || ' ' || 状态 FROM 回执情况";
    assert_eq!(called(answer), "accepted 旧词", "a word that the store does not have stays as it is");
    office.run_ok(&["list"]);
    assert_eq!(called(answer), "accepted 旧词", "who only reads changes nothing");
    // Who looks at the views is told something else than this program says, and `verify` tells so.
    let finished = office.run(&["verify"]);
    assert!(finished.code == Some(1) && finished.stdout.contains("word"), "{finished:?}");
    office.run_ok(&["run", "--once"]);
    assert!(called(answer).starts_with("意见建议已收到 "), "{}", called(answer));
    assert_eq!(called("SELECT CAST(count(*) AS TEXT) FROM word"), words::rows().count().to_string());
    assert_eq!(office.json(&["verify", "--json"])["mismatches"], 0);
}

/// Rows of a Markdown table: the word, what it is called, what to do about it.
fn table_of(kind: &str, all: &[&str]) -> String {
    let rows: Vec<_> = all.iter().map(|word| (word, words::row(kind, word).unwrap())).collect();
    let mut columns = vec!["字样", "含义"];
    let is_long = rows.iter().any(|(_, row)| row.long() != row.short());
    let is_to_do = rows.iter().any(|(_, row)| row.to_do().is_some());
    columns.extend(is_long.then_some("说明"));
    columns.extend(is_to_do.then_some("怎样处理"));
    let mut text = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for (word, row) in rows {
        let mut cells = vec![format!("`{word}`"), row.short().to_owned()];
        cells.extend(is_long.then(|| if row.long() == row.short() { "" } else { row.long() }.to_owned()));
        cells.extend(is_to_do.then(|| row.to_do().unwrap_or_default().to_owned()));
        writeln!(text, "| {} |", cells.join(" | ")).unwrap();
    }
    text
}

/// The manual's page of all words.
fn page() -> String {
    let mut text =
        "# 数据库和命令中的字样\n\n由 `rules/words.toml` 生成，测试核对两者一致；要改字样，请改该文件。\n"
            .to_owned();
    let titles = fs::read_to_string(repository().join("rules/words.toml")).unwrap();
    let place = |kind: &str| {
        let heading = format!("\n[{kind}]\n");
        let (before, _) = titles.split_once(&heading).unwrap();
        let comment = before.lines().next_back().unwrap().trim_start_matches("# ");
        let column = comment.rsplit('`').nth(1);
        column.map_or(String::new(), |column| format!("（`{column}`）"))
    };
    let mut loose: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, word, _) in words::rows().filter(|(kind, ..)| LOOSE.iter().any(|(loose, _)| loose == kind)) {
        loose.entry(kind).or_default().push(word);
    }
    for (kind, all) in enums() {
        write!(text, "\n## {kind}{}\n\n{}", place(kind), table_of(kind, all)).unwrap();
    }
    for (kind, all) in loose {
        write!(text, "\n## {kind}{}\n\n{}", place(kind), table_of(kind, &all)).unwrap();
    }
    text
}

/// Compares a manual with what it should say, and leaves the latter in `target/` for whoever changed a word.
pub(crate) fn compare(file: &str, wanted: &str) {
    let found = fs::read_to_string(repository().join(file)).unwrap_or_default();
    if found != wanted {
        let put = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.replace('/', "-"));
        fs::write(&put, wanted).unwrap();
        panic!("{file} does not say what rules/words.toml says: cp {} {file}", put.display());
    }
}

#[test]
fn the_manual_has_every_word() {
    compare("docs/words.zh-CN.md", &page());
}

#[test]
fn the_manual_says_of_each_review_reason_what_to_do() {
    let file = "README.zh-CN.md";
    let readme = fs::read_to_string(repository().join(file)).unwrap();
    let (before, rest) = readme.split_once("<!-- words: review_reason -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let table = table_of(ReviewReason::KIND, ReviewReason::WORDS);
    compare(file, &format!("{before}<!-- words: review_reason -->\n{table}<!-- end -->{after}"));
}

/// `docs/check.md` and its Chinese form have every fault with its remedy.
#[test]
fn the_manual_says_what_check_live_finds() {
    let row = |word: &str| words::row(LiveFault::KIND, word).unwrap();
    let mut chinese = "| 字样 | 原因 | 怎么办 |\n|---|---|---|\n".to_owned();
    let mut english = "| word | in Chinese | cause and remedy |\n|---|---|---|\n".to_owned();
    for word in LiveFault::WORDS {
        let row = row(word);
        writeln!(chinese, "| `{word}` | {} | {} |", row.short(), row.to_do().unwrap()).unwrap();
        writeln!(english, "| `{word}` | {} | {} |", row.short(), row.english()).unwrap();
    }
    for (file, table) in [("docs/check.zh-CN.md", chinese), ("docs/check.md", english)] {
        let page = fs::read_to_string(repository().join(file)).unwrap();
        let (before, rest) = page.split_once("<!-- words: live_fault -->\n").unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        compare(file, &format!("{before}<!-- words: live_fault -->\n{table}<!-- end -->{after}"));
    }
}

/// Where Chinese may stand in the program's text, each with the reason. What is a word of an enum stands in
/// `rules/words.toml`, what the rules go by in `rules/language`.
const CHINESE: &[(&str, &str)] = &[
    ("cli", "headings and sentences for staff"),
    ("compose", "dates, names and placeholders in the answer's text"),
    ("lane/reply.rs", "what an answer asks its reader for"),
    ("store/cost.rs", "names of views whose cost it counts"),
    ("store/staff/stats.rs", "what a figure without a value is counted under"),
    ("vocabulary/corrected.rs", "`opinion.adoption` holds Chinese words"),
    ("vocabulary/time.rs", "Chinese dates"),
    ("config/consultation.rs", "defaults of a consultation"),
    ("automatic", "marks of machines"),
    ("details", "patterns of Chinese grammar"),
    ("mask", "patterns of Chinese grammar"),
    ("parse", "patterns of what mail clients write"),
    ("quote", "patterns of what mail clients write"),
    ("similarity", "patterns of Chinese grammar"),
    ("subject", "patterns of Chinese grammar"),
];

#[test]
fn chinese_stands_in_the_program_only_where_it_must() {
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let literals = chinese_literals(&text);
        let allowed = CHINESE.iter().find(|(place, _)| is_in(&path, place));
        match (allowed, literals.first()) {
            (Some((place, _)), Some(_)) => drop(used.insert(*place)),
            (None, Some((line, literal))) => {
                wrong.push(format!("src/{path}:{line}: {}", literal.chars().take(40).collect::<String>()));
            }
            (_, None) => {}
        }
    }
    assert!(wrong.is_empty(), "Chinese belongs into rules/:\n{}", wrong.join("\n"));
    for (place, reason) in CHINESE {
        assert!(
            used.contains(place),
            "src/{place} ({reason}) holds no Chinese any more: take it off the list"
        );
    }
}

fn is_in(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

/// Every source file of the program by its path in `src`, without those of tests.
fn sources() -> Vec<(String, String)> {
    let root = repository().join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The string and character literals with Han characters outside tests, by line.
fn chinese_literals(text: &str) -> Vec<(usize, String)> {
    let token = Regex::new(
        r#"(?sx) //[^\n]* | /\*.*?\*/ | r\#"(?<raw>.*?)"\# | r"(?<plain>[^"]*)" | "(?<string>(?:[^"\\]|\\.)*)"
            | '(?<char>[^'\\\n]|\\[^\n]{1,9}?)' | (?<tests>\#\[cfg\(test\)\]\s*mod\s+\w+\s*\{)"#,
    )
    .unwrap();
    let is_han =
        |c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}');
    let mut found = Vec::new();
    for captures in token.captures_iter(text) {
        // The tests of a file stand at its end.
        if captures.name("tests").is_some() {
            break;
        }
        let literal = ["raw", "plain", "string", "char"].iter().find_map(|name| captures.name(name));
        if let Some(literal) = literal.filter(|literal| literal.as_str().chars().any(is_han)) {
            let line = text.bytes().take(literal.start()).filter(|byte| *byte == b'\n').count() + 1;
            found.push((line, literal.as_str().to_owned()));
        }
    }
    found
}

#[test]
fn the_search_for_chinese_tells_text_from_comments_and_tests() {
    let lines = |text: &str| chinese_literals(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(
        lines("let a = \"意见\";\nlet b = '一';\nlet c = r\"建\";\nlet d = r#\"\"议\"\"#;"),
        [1, 2, 3, 4]
    );
    assert_eq!(lines("// \"意见\"\n/* \"意见\" */\n/// 意见\nlet a = \"x\"; // 'a"), [0_usize; 0]);
    assert_eq!(lines("let a: &'a str = \"\\\"意\"; let b = '\\''; let c = \"见\";"), [1, 1]);
    assert_eq!(
        lines("const A: &str = \"x\";\n#[cfg(test)]\nmod tests { const B: &str = \"意\"; }"),
        [0_usize; 0]
    );
}
