//! What each stage takes of a letter: `cargo bench --ignore-rust-version --bench stages`. The letters are those of
//! `benches/compare`; a figure is for a hundred of them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that cannot be made ends")]

#[expect(dead_code, reason = "when they arrive bears on no stage")]
#[path = "../examples/mailbench/letters.rs"]
mod letters;
#[path = "../examples/mailbench/support.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use divan::{Bencher, black_box};
use jiff::Timestamp;
use zwfw_intake::compose::{self, Content};
use zwfw_intake::config::{self, Secrets, Settings};
use zwfw_intake::details::{self, DetailsInput, Lexicon};
use zwfw_intake::parse::{self, Message, ParseLimits};
use zwfw_intake::vocabulary::{AcknowledgementKind, sha256_hex};
use zwfw_intake::{charset, daemon, similarity};

const LETTERS: u64 = 100;

static RAW: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| (1..=LETTERS).map(|number| letters::letter(15, number).raw).collect());
static READ: LazyLock<Vec<Message>> =
    LazyLock::new(|| RAW.iter().map(|raw| parse::parse(raw, ParseLimits::default())).collect());
static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo.toml");
    config::load(&file, &[], Secrets::Read).unwrap()
});

fn main() {
    divan::main();
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let texts: Vec<Vec<u8>> =
        READ.iter().map(|letter| support::encode::Charset::Gb18030.encode(&letter.text)).collect();
    bencher.bench(|| {
        texts.iter().map(|text| charset::decode_body(text, Some("gb2312")).text.len()).sum::<usize>()
    });
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    bencher
        .bench(|| RAW.iter().map(|raw| parse::parse(raw, ParseLimits::default()).text.len()).sum::<usize>());
}

#[divan::bench]
fn details(bencher: Bencher<'_, '_>) {
    let consultation = &SETTINGS.consultations[0];
    let lexicon = Lexicon::new(consultation);
    let take = |letter: &Message| {
        let input = DetailsInput {
            comment: &letter.text,
            signature: "",
            display: None,
            attachments: &[],
            subject: letter.subject.as_deref().unwrap_or_default(),
            consultation,
        };
        details::extract_with(&input, &lexicon)
    };
    bencher.bench(|| READ.iter().map(|letter| take(letter).opinions.len()).sum::<usize>());
}

#[divan::bench]
fn likeness(bencher: Bencher<'_, '_>) {
    bencher.bench(|| READ.iter().filter_map(|letter| similarity::wording(&letter.text, &[])).count());
}

#[divan::bench]
fn digest(bencher: Bencher<'_, '_>) {
    bencher.bench(|| RAW.iter().map(|raw| sha256_hex(raw).len()).sum::<usize>());
}

#[divan::bench]
fn compose(bencher: Bencher<'_, '_>) {
    let letter = compose::Letter {
        kind: AcknowledgementKind::Accepted,
        recipient: "citizen@example.com",
        from: "zwfw@ln.gov.cn",
        envelope_from: None,
        number: "LNZX-2024-0001",
        earlier_number: None,
        name: Some("王小明"),
        organization: None,
        writes_for_unit: false,
        wishes: &[],
        received_at: Timestamp::UNIX_EPOCH,
        in_reply_to: Some("1@example.com"),
        references: &[],
        missing_details: &[],
        attachments: &[],
        vouched: false,
        cloud_attachment: false,
        requests: &[],
        content: Content::Readable,
        now: Timestamp::UNIX_EPOCH,
        message_id: "2@example.com",
    };
    let consultation = &SETTINGS.consultations[0];
    bencher.bench(|| {
        for _ in 0..LETTERS {
            black_box(compose::compose(black_box(&letter), consultation).unwrap());
        }
    });
}

/// All of it: a hundred letters of one file into a new store, COMMIT and answers queued. What the others leave is recording.
#[divan::bench]
fn import(bencher: Bencher<'_, '_>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mbox = folder.path().join("letters.mbox");
    let text: Vec<u8> = RAW
        .iter()
        .flat_map(|raw| [b"From bench@example.com Tue Mar 12 10:00:00 2024\n", &raw[..], b"\r\n"].concat())
        .collect();
    fs::write(&mbox, text).unwrap();
    bencher
        .with_inputs(|| {
            let store = tempfile::tempdir_in(folder.path()).unwrap();
            (Settings { store_path: store.path().join("store.sqlite3"), ..SETTINGS.clone() }, store)
        })
        .bench_values(|(settings, store)| {
            let imported =
                runtime.block_on(daemon::import(&settings, std::slice::from_ref(&mbox), true)).unwrap();
            assert_eq!(imported.pass.total(), LETTERS);
            store
        });
}
