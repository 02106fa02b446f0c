//! What the measurements in `benches/` need beside the program: mail, and the limit that no client passes.
//!
//! `mailbench maildir FOLDER FIRST COUNT [SEED]` writes letters into a Maildir, `mailbench mbox FILE FIRST COUNT [SEED]` into one
//! file. `mailbench fetch HOST:PORT CA.pem USER PASSWORD` asks an IMAP server over TLS for every letter of INBOX, as many at a time
//! as the program does and without waiting in between, and throws away what comes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement that cannot be made ends"
)]

mod fetch;
mod letters;
mod support;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use std::{env, ops::Range};

/// The seed of the published figures.
const SEED: u64 = 15;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["maildir", folder, first, count, ref seed @ ..] => {
            maildir(Path::new(folder), range(first, count), of(seed));
        }
        ["mbox", file, first, count, ref seed @ ..] => {
            mbox(Path::new(file), range(first, count), of(seed));
        }
        ["fetch", address, ca, user, password] => {
            let (count, bytes) = fetch::fetch(address, Path::new(ca), user, password);
            println!("{count} letters, {bytes} bytes");
        }
        _ => panic!(
            "mailbench maildir FOLDER FIRST COUNT [SEED] | mbox FILE FIRST COUNT [SEED] | fetch HOST:PORT CA USER PASSWORD"
        ),
    }
}

fn range(first: &str, count: &str) -> Range<u64> {
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    first..first + count
}

fn of(seed: &[&str]) -> u64 {
    seed.first().map_or(SEED, |seed| seed.parse().unwrap())
}

/// The file's time is the arrival: Dovecot gives it as INTERNALDATE.
fn maildir(folder: &Path, numbers: Range<u64>, seed: u64) {
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    for number in numbers {
        let letter = letters::letter(seed, number);
        let mut file =
            File::create(folder.join(format!("cur/{:010}.M{number}.bench:2,", 1_700_000_000 + number)))
                .unwrap();
        file.write_all(&letter.raw).unwrap();
        let arrival = u64::try_from(letter.arrival).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(arrival)).unwrap();
    }
}

fn mbox(path: &Path, numbers: Range<u64>, seed: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for number in numbers {
        let letter = letters::letter(seed, number);
        file.write_all(b"From bench@example.com Tue Mar 12 10:00:00 2024\n").unwrap();
        // No line of a generated letter begins with `From `.
        file.write_all(&letter.raw).unwrap();
        file.write_all(b"\r\n").unwrap();
    }
    file.flush().unwrap();
}
