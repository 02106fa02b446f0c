//! What hostile messages take: seconds and memory of each, in a tenth, a fifth, the whole and twice the size that the
//! program must bear. The limit of a text, 2 MiB, lies above the second and below the third.
//!
//! `cargo run --ignore-rust-version --release --example hostile [NAME]`
//!
//! Memory is what reading takes beside the message itself, as a multiple of its size. A line ends in `TOO MUCH` when
//! a size but the last takes over 2 s or over 4 times its size, and in `SUPERLINEAR` when twice a size takes over three
//! times as long. The status is 1 if any line does. Each message is read twice, by a process of its own: the shorter
//! time and the larger memory count. Seconds are those on a processor.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends")]

mod support;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;
use std::{env, fs};

use support::hostile::{BOMBS, CASES, Case, Cost, measure};
use zwfw_intake::parse::ParseLimits;

/// What reading may take of tables and buffers that grow with no message, in bytes.
const CONSTANT: u64 = 5 << 20;

/// In percent of the size that the program must bear.
const SIZES: [usize; 4] = [10, 20, 100, 200];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let first = arguments.next().unwrap_or_default();
    if first == "--measure" {
        let Cost { time, memory } = measure(Path::new(&arguments.next().unwrap()));
        println!("{} {memory}", time.as_micros());
        return ExitCode::SUCCESS;
    }
    println!(
        "{:36} {:>7} {}",
        "case",
        "MB",
        SIZES.map(|percent| format!("{:>16}", format!("{percent} %"))).concat()
    );
    let mut within = true;
    for case in CASES.iter().filter(|case| case.name.contains(&first)) {
        within &= report(case, 0);
    }
    for case in BOMBS.iter().filter(|case| case.name.contains(&first)) {
        within &= report(case, ParseLimits::default().text_bytes as u64);
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One line of the table; whether the case keeps within the limits. `text`: how much larger than itself its text is.
fn report(case: &Case, text: u64) -> bool {
    let [small, double_small, whole, double] = SIZES.map(|percent| in_a_process(case, percent));
    let too_much = [small, double_small, whole]
        .iter()
        .any(|(size, cost)| cost.time > Duration::from_secs(2) || cost.memory > 4 * (size + text) + CONSTANT);
    // Below a twentieth of a second the noise decides.
    let superlinear = [(small, double_small), (whole, double)]
        .iter()
        .any(|((_, once), (_, twice))| twice.time > Duration::from_millis(50) && twice.time > 3 * once.time);
    let columns = [small, double_small, whole, double]
        .map(|(size, cost)| format!("{:7.3} s {:>6}", cost.time.as_secs_f64(), times(cost.memory, size)));
    println!(
        "{:36} {:7.1} {}{}{}",
        case.name,
        megabytes(whole.0),
        columns.concat(),
        if too_much { " TOO MUCH" } else { "" },
        if superlinear { " SUPERLINEAR" } else { "" },
    );
    !too_much && !superlinear
}

fn in_a_process(case: &Case, percent: usize) -> (u64, Cost) {
    let file = env::temp_dir().join(format!("hostile-{}.eml", std::process::id()));
    let raw = case.raw(percent);
    fs::write(&file, &raw).unwrap();
    let run = || {
        let output = Command::new(env::current_exe().unwrap()).arg("--measure").arg(&file).output().unwrap();
        assert!(output.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
        let output = String::from_utf8(output.stdout).unwrap();
        let (micros, memory) = output.trim().split_once(' ').unwrap();
        Cost { time: Duration::from_micros(micros.parse().unwrap()), memory: memory.parse().unwrap() }
    };
    let (first, second) = (run(), run());
    fs::remove_file(&file).unwrap();
    let cost = Cost { time: first.time.min(second.time), memory: first.memory.max(second.memory) };
    (raw.len() as u64, cost)
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn times(memory: u64, size: u64) -> String {
    format!("{:.1}x", memory as f64 / size as f64)
}
