//! `report`: what came of a consultation, as a text for an official document or as one page that needs nothing else.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::actor::actor;
use super::export::which;
use super::frozen;
use super::new_file;
use super::opening::{open_for_reading, open_for_writing};
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::Settings;
use crate::report;
use crate::vocabulary::sha256_hex;
use crate::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A text to go on with in an official document
    Text,
    /// One page with charts, ready to print on A4
    Html,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Write into this new file, .txt or .html; without, the text is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What to write, whatever the file is called
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The same as --format text
    #[arg(long, conflicts_with = "format")]
    text: bool,
    /// Write a first draft although opinions are undecided
    #[arg(long)]
    partial: bool,
    /// Which consultation; needed where several are configured
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
}

pub(super) fn report(settings: &Settings, arguments: &ReportArguments) -> Outcome {
    let consultation = which(settings, arguments.consultation.as_deref())?;
    let ending = arguments.out.as_deref().and_then(|path| path.extension()).map(OsStr::to_ascii_lowercase);
    let format = match (arguments.format, ending.as_deref().and_then(|end| end.to_str())) {
        (Some(format), _) => format,
        (None, _) if arguments.text => Format::Text,
        (None, Some("html" | "htm")) => Format::Html,
        (None, Some("txt") | None) => Format::Text,
        (None, Some(_)) => {
            let message = "不知道写成什么：--out 写 .txt 或 .html 文件，或者另写 --format text|html";
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    let (_stopper, world) = World::new();
    let now = world.now();
    let store = open_for_reading(settings)?;
    let figures = store.at_one_moment(|| frozen::as_closed(&store, consultation, now))?;
    let undecided = figures.undecided();
    if undecided > 0 && !arguments.partial {
        let message = format!(
            "尚有 {undecided} 条意见没有研究，没有写出；先用 adopt 或 group decide 写明采纳情况，或者加 --partial 写出初稿"
        );
        return Err(Failure::new(Exit::Difference, message));
    }
    let written = match format {
        Format::Text => report::text(&figures),
        Format::Html => report::html(&figures),
    };
    let Some(path) = &arguments.out else {
        print(&written)?;
        return Ok(Exit::Ok);
    };
    new_file::write(path, written.as_bytes())?;
    let detail = json!({ "format": if format == Format::Html { "report_html" } else { "report_text" }, "consultation": consultation.id,
        "letters": figures.letters, "items": figures.items(), "sha256": sha256_hex(written.as_bytes()) });
    let logged = open_for_writing(settings, now).and_then(|mut store| {
        let writing = store.begin()?;
        writing.log(now, &actor(), "exported", None, &detail)?;
        Ok(writing.commit()?)
    });
    // What left without a trace has not left.
    logged.inspect_err(|_| drop(std::fs::remove_file(path)))?;
    print(&format!(
        "来信 {} 件、意见 {} 条、{} 类 → {}\n",
        figures.letters,
        figures.items(),
        figures.groups,
        path.display()
    ))?;
    Ok(Exit::Ok)
}
