//! The file of catch-words that `clauses add` keeps: written beside, put in place, and taken back where the configuration is wrong with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::new_file::unwritten;
use crate::cli::outcome::{Exit, Failure};
use crate::config::Settings;

/// The service reads it, and nothing secret stands in it.
const READABLE: u32 = 0o644;
/// Its folder.
const LISTED: u32 = 0o755;
const HEAD: &str = "# Words that point to clauses, written by `zwfw-intake clauses add`; a word that is taken out points nowhere after the next\n\
    # `systemctl reload zwfw-intake`.\n[clauses]\n";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    clauses: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    words: Vec<String>,
}

/// Where the words of a consultation stand.
pub(super) fn path(config: &Path, id: &str) -> PathBuf {
    let config = std::path::absolute(config).unwrap_or_else(|_| config.to_path_buf());
    config.with_file_name("conf.d").join(format!("clauses-{id}.toml"))
}

/// Adds words; the settings with them.
pub(super) fn add(
    path: &Path,
    id: &str,
    (code, words): (&str, &[&str]),
    read_again: impl Fn() -> Result<Settings, Failure>,
) -> Result<Settings, Failure> {
    let before = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(unwritten(path, &error)),
    };
    let mut written: Written = match &before {
        Some(text) => toml::from_str(text).map_err(|_| {
            let message = format!(
                "{}：不是 clauses add 写的样子，没有改动；请手工写入，或者先把它移走",
                path.display()
            );
            Failure::new(Exit::Config, message)
        })?,
        None => Written::default(),
    };
    let entries = written.clauses.entry(id.to_owned()).or_default();
    let words = words.iter().map(|word| (*word).to_owned());
    match entries.iter_mut().find(|entry| entry.code == code) {
        Some(entry) => entry.words.extend(words),
        None => entries.push(Entry { code: code.to_owned(), words: words.collect() }),
    }
    put(path, &text(&written))?;
    read_again().map_err(|failure| {
        // As it was: a configuration that is wrong would keep the service from starting.
        let back = match &before {
            Some(text) => put(path, text),
            None => fs::remove_file(path).map_err(|error| unwritten(path, &error)),
        };
        let back = back.err().map_or_else(String::new, |back| format!("\n{}", back.message));
        Failure::new(failure.exit, format!("没有写入：{}{back}", failure.message))
    })
}

fn text(written: &Written) -> String {
    // JSON's strings are among TOML's.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = HEAD.to_owned();
    for (id, entries) in &written.clauses {
        let _ = writeln!(text, "{} = [", quoted(id));
        for Entry { code, words } in entries {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            let _ = writeln!(text, "    {{ code = {}, words = [{}] }},", quoted(code), words.join(", "));
        }
        text.push_str("]\n");
    }
    text
}

/// Writes it beside and lets it take its place.
fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Whatever the mask of whoever runs this: the service reads it.
    match fs::create_dir(folder).and_then(|()| fs::set_permissions(folder, Permissions::from_mode(LISTED))) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(unwritten(folder, &error)),
        _ => {}
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let write = || {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(READABLE).open(&beside)?;
        file.set_permissions(Permissions::from_mode(READABLE))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| {
        fs::remove_file(&beside).ok();
        unwritten(path, &error)
    })
}
