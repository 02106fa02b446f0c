//! What is asked for one letter costs the same in a store of any size: counted in steps of SQLite's machine, not in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use super::{Filter, ListFilter, LookUp, Result, Store, Writing};
use crate::ruling::Likeness;
use crate::ruling::bounce::Meant;
use crate::vocabulary::{EntryUid, FolderKey, sha256_hex};

const NOW: &str = "2024-03-12T02:00:00Z";

/// A store with so many letters of as many senders, half of whom say almost the same; the last is one that many repeated until it was denied.
fn filled(path: &std::path::Path, letters: u32) -> Store {
    let store = Store::open(path, NOW.parse().unwrap()).unwrap();
    store.connection.pragma_update(None, "foreign_keys", "OFF").unwrap();
    store
        .connection
        .execute_batch(&format!(
            "BEGIN;
             CREATE TEMP TABLE n AS WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < {letters}) SELECT n FROM n;
             INSERT INTO message (id, sha256, rfc822_message_id, raw, size_bytes, evidence)
                SELECT n, printf('%064x', n), n || '@example.com', x'00', 1, json_object('thread', json_object('numbers', json_array('LNZX-2023-0007')))
                FROM n;
             INSERT INTO mailbox_entry (id, folder, uid_validity, uid, sha256, size_bytes, disposition, reason, message_id, seen_at, message_id_sha256)
                SELECT n, 'INBOX', 1, n, printf('%064x', n), 1, 'filed', 'exact_title', n, '{NOW}', printf('%064x', n) FROM n;
             INSERT INTO submission SELECT n, printf('LNZX-2024-%04d', n), 'draft', n, 'accepted', 'match', 'on_time', '[]', '{NOW}',
                n || '@example.com', NULL, NULL, NULL, NULL, NULL, '[]', '[]', 1, 'x', 'x', '[]', NULL, 'c' || n, '{NOW}', 'citizen' FROM n;
             INSERT INTO wording (id, consultation, sha256, submission_id, leader_id, similarity, compared)
                SELECT n, 'draft', printf('%064x', n), n, iif(n > 2 AND n % 2 = 0, 2, NULL), 1, 'x' FROM n;
             INSERT INTO wording_band SELECT n * 7919 % 65536, n FROM n;
             INSERT INTO likeness SELECT n, n, n || '@example.com', 'o' || n, n, iif(n % 2 = 0, 2, n) FROM n;
             UPDATE wording SET group_number = 1 WHERE id = 2;
             INSERT INTO opinion (id, submission_id, message_id, ordinal, clause, text) SELECT n, n, n, 1, '1', 'x' FROM n;
             INSERT INTO acknowledgement (id, submission_id, message_id, kind, recipient, state, attempts, queued_at, sent_at, rfc822_message_id,
                mailbox_key, house) SELECT n, n, n, 'accepted', n || '@example.com', 'sent', 1, '{NOW}', '{NOW}', 'a' || n || '@ln.gov.cn',
                n || '@example.com', n || '.example' FROM n;
             INSERT INTO correction (id, submission_id, field, old_value, actor, at, after_message)
                SELECT n, n, 'name', 'x', 'zhang', '{NOW}', n FROM n;
             COMMIT"
        ))
        .unwrap();
    store
}

/// Counts the steps that SQLite makes for a handle.
fn count(store: &mut Store, counter: &Arc<AtomicU64>) {
    let counter = Arc::clone(counter);
    let count = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    };
    store.connection.progress_handler(1, Some(count)).unwrap();
}

/// A question about one letter.
type Question = fn(&Writing<'_>, &Store) -> Result<()>;

fn look_up(writing: &Writing<'_>) -> Result<()> {
    let likeness = Likeness {
        content_sha256: Some("c7".to_owned()),
        opinion_sha256: Some("o7".to_owned()),
        ..Likeness::default()
    };
    let found = writing.precedents(&LookUp {
        thread: &["a7@ln.gov.cn".to_owned(), "nobody@ln.gov.cn".to_owned()],
        numbers: &["LNZX-2024-0007".to_owned(), "LNZX-2023-0007".to_owned()],
        from_address: "7@example.com",
        likeness: &likeness,
        message_id: Some("7@example.com"),
        sha256: "7",
        received_at: NOW.parse().unwrap_or(Timestamp::UNIX_EPOCH),
        disputes: false,
        asks: true,
    })?;
    assert!(found.answered.is_some() && found.message_id_reused && found.same_content.len() == 1);
    Ok(())
}

const QUESTIONS: [(&str, Question); 15] = [
    ("what bears on it", |writing, _| look_up(writing)),
    ("whether its bytes are known", |writing, _| writing.known_message("7").map(drop)),
    ("whether a machine sent it before", |writing, _| writing.read_before("7", Some("7")).map(drop)),
    ("who else had its Message-ID", |writing, _| {
        writing.kept_with_message_id("7@example.com", "7", None).map(drop)
    }),
    ("what answers a number", |writing, _| writing.sent_answers("LNZX-2024-0007").map(drop)),
    ("which answer came back", |writing, _| {
        let meant = Meant { message_id: "a7@ln.gov.cn".to_owned(), by_number: None };
        writing.bounced(&[meant], "", Timestamp::UNIX_EPOCH).map(drop)
    }),
    ("by what a repetition is compared", |writing, _| writing.compare_by(7, Some(8))),
    ("by what nothing is compared", |writing, _| writing.compare_by(7, None)),
    ("its row, to be read again", |writing, _| writing.message(7).map(drop)),
    ("its bytes, to be read again", |writing, _| writing.original(7).map(drop)),
    ("why it was treated so", |_, store| store.explained(7).map(drop)),
    ("which near copies it leads no more", |writing, _| writing.take_bands(7)),
    ("what its number stands for", |_, store| store.entries_of_number("LNZX-2024-0007").map(drop)),
    ("its number, for the log", |_, store| {
        store.number_of_entry(&FolderKey::imap("INBOX", 1).entry(EntryUid::Imap(7))).map(drop)
    }),
    ("its submission", |_, store| store.show("LNZX-2024-0007").map(drop)),
];

#[test]
fn what_is_asked_for_one_letter_costs_the_same_in_any_store() {
    let folder = tempfile::tempdir().unwrap();
    let steps = [64, 2048].map(|letters| {
        let path = folder.path().join(format!("{letters}.sqlite3"));
        let mut writer = filled(&path, letters);
        let mut reader = Store::open(&path, NOW.parse().unwrap()).unwrap();
        let counter = Arc::new(AtomicU64::new(0));
        count(&mut writer, &counter);
        count(&mut reader, &counter);
        QUESTIONS.map(|(_, question)| {
            let writing = writer.begin().unwrap();
            let before = counter.load(Ordering::Relaxed);
            question(&writing, &reader).unwrap();
            counter.load(Ordering::Relaxed) - before
        })
    });
    let [few, many] = steps;
    for ((what, _), (few, many)) in QUESTIONS.iter().zip(few.into_iter().zip(many)) {
        assert!(few > 0, "{what}: nothing was counted");
        assert!(many <= few + few / 2, "{what}: {few} steps among 64 letters, {many} among 2048");
    }
}

/// What a clerk sees of many letters at once.
const PAGES: [(&str, Page); 27] = [
    ("收件概况", |store| view(store, "收件概况")),
    ("每日收件", |store| view(store, "每日收件")),
    ("分时收件", |store| view(store, "分时收件")),
    ("职业分布", |store| view(store, "职业分布")),
    ("条款分布", |store| view(store, "条款分布")),
    ("相同来信", |store| view(store, "相同来信")),
    ("来信一览", |store| view(store, "来信一览")),
    ("意见汇总", |store| view(store, "意见汇总")),
    ("回执情况", |store| view(store, "回执情况")),
    ("附件一览", |store| view(store, "附件一览")),
    ("what reports say", |store| store.statistics(&[]).map(|found| assert_eq!(found.0.len(), 1))),
    ("how many there are", |store| store.count(&Filter::default()).map(drop)),
    ("how many wait in all", |store| store.count(&waiting()).map(|found| assert_eq!(found, 40))),
    ("how many wait for a reason", |store| {
        store.count(&Filter { reason: Some("near_miss".to_owned()), ..waiting() }).map(drop)
    }),
    ("how far its study is", |store| store.study("draft").map(|found| assert!(found.items > 0))),
    ("how it stands", |store| store.status().map(drop)),
    ("the newest letters", |store| store.list(&page(Filter::default(), 0)).map(drop)),
    ("the letters behind a number", |store| {
        store.list(&ListFilter { oldest: true, ..page(Filter::default(), 20) }).map(drop)
    }),
    ("a word that all have", |store| store.search(&text("x"), 20).map(|found| assert!(found.1))),
    ("a word that none has", |store| store.search(&text("zz"), 20).map(|found| assert!(found.0.is_empty()))),
    ("answers that are owed", |store| store.outbox(&["sent"], None, 20).map(drop)),
    ("what waits", |store| store.longest_waiting(&waiting(), 20).map(drop)),
    ("what is not answered", |store| {
        store.list(&page(Filter { is_unanswered: true, ..Filter::default() }, 0)).map(drop)
    }),
    ("how many are not answered", |store| store.count_unanswered().map(|found| assert_eq!(found, 40))),
    ("how many came of late", |store| {
        let future = "2030-01-01T00:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        store.filed_since(future).map(|found| assert_eq!(found, 0))
    }),
    ("how many wait", |store| store.waiting().map(drop)),
    ("how many of them are new", |store| store.waiting_after(0).map(drop)),
];

type Page = fn(&Store) -> Result<()>;

fn page(filter: Filter, after_id: i64) -> ListFilter {
    ListFilter { filter, most: 20, after_id, ..ListFilter::default() }
}

fn waiting() -> Filter {
    Filter { statuses: vec!["review".to_owned()], ..Filter::default() }
}

fn text(text: &str) -> Filter {
    Filter { words: vec![text.to_owned()], ..Filter::default() }
}

#[test]
fn a_page_costs_the_same_in_any_store() {
    let folder = tempfile::tempdir().unwrap();
    let steps = [256, 4096].map(|letters| {
        let mut store = filled(&folder.path().join(format!("{letters}.sqlite3")), letters);
        store.connection.execute_batch("UPDATE submission SET status = 'review' WHERE id <= 40; INSERT INTO awaiting (submission_id, state) SELECT id, 1 FROM submission WHERE id <= 40").unwrap();
        store.begin().unwrap().commit().unwrap();
        let counter = Arc::new(AtomicU64::new(0));
        count(&mut store, &counter);
        PAGES.map(|(_, page)| {
            let before = counter.load(Ordering::Relaxed);
            page(&store).unwrap();
            counter.load(Ordering::Relaxed) - before
        })
    });
    let [few, many] = steps;
    for ((what, _), (few, many)) in PAGES.iter().zip(few.into_iter().zip(many)) {
        assert!(few > 0, "{what}: nothing was counted");
        assert!(many <= few + few / 2, "{what}: {few} steps among 256 letters, {many} among 4096");
    }
}

#[test]
fn letters_that_all_bear_one_message_id_cost_no_more_than_some_do() {
    let folder = tempfile::tempdir().unwrap();
    let id = "one@example.com";
    let steps = [512, 4096].map(|letters| {
        let mut store = filled(&folder.path().join(format!("{letters}.sqlite3")), letters);
        let alike = format!(
            "UPDATE message SET rfc822_message_id = '{id}'; UPDATE mailbox_entry SET message_id_sha256 = '{}'",
            sha256_hex(id.as_bytes())
        );
        store.connection.execute_batch(&alike).unwrap();
        let counter = Arc::new(AtomicU64::new(0));
        count(&mut store, &counter);
        let writing = store.begin().unwrap();
        let before = counter.load(Ordering::Relaxed);
        assert!(!writing.read_before("7", Some(id)).unwrap());
        let here = FolderKey::imap("INBOX", 1);
        assert!(writing.kept_with_message_id(id, "7", Some(&here)).unwrap().is_empty());
        counter.load(Ordering::Relaxed) - before
    });
    let [few, many] = steps;
    assert!(few > 0 && many <= few + few / 2, "{few} steps among 512 letters, {many} among 4096");
}

/// What SQLite does for a view's first page.
fn plan(store: &Store, view: &str) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM \"{view}\" LIMIT 100");
    let mut statement = store.connection.prepare(&sql).unwrap();
    statement.query_map([], |row| row.get(3)).unwrap().map(rusqlite::Result::unwrap).collect()
}

/// A view's first page, as the stock tool reads it.
fn view(store: &Store, name: &str) -> Result<()> {
    let mut statement = store.connection.prepare(&format!("SELECT * FROM \"{name}\" LIMIT 20"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// A list of units reads every letter, but of each only what stands in the index: a letter's texts lie on pages of their own.
#[test]
fn units_are_listed_without_reading_a_letter_whole() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&filled(&folder.path().join("store.sqlite3"), 8), "来信单位");
    assert!(plan.iter().any(|step| step.contains("COVERING INDEX submission_counted")), "{plan:#?}");
    let whole = ["SCAN submission", "SEARCH s USING INTEGER PRIMARY KEY"];
    assert!(!plan.iter().any(|step| whole.contains(&step.as_str())), "{plan:#?}");
}
