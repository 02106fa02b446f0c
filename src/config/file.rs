//! The layers as written: files and environment, merged by the `config` crate.

use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat, Map, Source, Value};

use super::as_written::AsWritten;
use super::problem::Problems;
use super::regular::read_text;
use super::written::line_hint;

/// The prefix of environment variables; the separator between its parts is two underscores.
const PREFIX: &str = "ZWFW_INTAKE";

/// The merged layers, and each consultation's own table.
pub(super) struct Layers {
    /// The main file's path, for problems that have no better place.
    pub(super) file: PathBuf,
    /// All sections but the consultations.
    pub(super) root: Map<String, Value>,
    /// One table per consultation, with the file it stands in.
    pub(super) consultations: Vec<(PathBuf, Map<String, Value>)>,
    /// Files beside those that were read, which were not.
    pub(super) unread: Vec<PathBuf>,
    /// All of the files, to tell them from others.
    pub(super) as_written: AsWritten,
}

/// Reads all layers; `None` when the main file itself cannot be read.
pub(super) fn read(path: &Path, environment: &[(String, String)], problems: &mut Problems) -> Option<Layers> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let beside = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut builder = Config::builder();
    let mut readable = true;
    let mut unread = Vec::new();
    let parts = toml_files(&beside.join("conf.d"), &mut unread, problems);
    for file in std::iter::once(path.clone()).chain(parts) {
        match table_of(&file) {
            Ok(_) => builder = builder.add_source(source(&file)),
            Err(message) => {
                problems.add(file.display().to_string(), "", message);
                readable = false;
            }
        }
    }
    if !readable {
        return None;
    }
    for (name, _) in environment.iter().filter(|(name, _)| is_mistyped(name)) {
        let message = format!(
            "is not read: a variable is called {PREFIX}__SECTION__KEY, with two underscores each, like {PREFIX}__MAILBOX__HOST"
        );
        problems.remark("the environment", name, message);
    }
    let variables = environment.iter().filter(|(name, _)| name.starts_with(PREFIX)).cloned().collect();
    let mut as_written = AsWritten::default();
    let files_alone = builder.clone().build();
    let built = builder
        .add_source(
            Environment::with_prefix(PREFIX).prefix_separator("__").separator("__").source(Some(variables)),
        )
        .build();
    let mut root = match built.and_then(|config| config.collect()) {
        Ok(root) => root,
        Err(error) => {
            problems.add(path.display().to_string(), "", error.to_string());
            return None;
        }
    };
    if let Ok(mut table) = files_alone.and_then(|config| config.collect()) {
        table.remove("consultation");
        as_written.add("", &table);
    }
    let mut consultations = Vec::new();
    if let Some(value) = root.remove("consultation") {
        consultations.extend(tables(value, &path, problems));
    }
    for file in toml_files(&beside.join("consultations"), &mut unread, problems) {
        match table_of(&file) {
            Ok(mut table) => match table.remove("consultation") {
                Some(value) if table.is_empty() => consultations.extend(tables(value, &file, problems)),
                Some(_) => problems.add(
                    file.display().to_string(),
                    "consultation",
                    "a file holds either one consultation's keys at its top or [[consultation]] tables, not both",
                ),
                None => consultations.push((file, table)),
            },
            Err(message) => problems.add(file.display().to_string(), "", message),
        }
    }
    for (_, table) in &consultations {
        let id = table.get("id").map_or_else(|| "?".to_owned(), ToString::to_string);
        as_written.add(&format!("consultation.{id}"), table);
    }
    Some(Layers { file: path, root, consultations, unread, as_written })
}

fn source(path: &Path) -> File<config::FileSourceFile, FileFormat> {
    File::from(path).format(FileFormat::Toml)
}

/// One file's top-level table.
fn table_of(path: &Path) -> Result<Map<String, Value>, String> {
    // Reading first gives the operating system's own words; the config crate says only "not found".
    let text = read_text(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            "is not UTF-8 but GBK, UTF-16 or another charset; save it as UTF-8".to_owned()
        }
        _ => format!("cannot be read: {error}"),
    })?;
    source(path).collect().map_err(|error| match error {
        ConfigError::FileParse { cause, .. } => {
            let words = cause.to_string();
            // Without the marks below the line: here is one line for all of it.
            let says = |line: &&str| line.contains(|c: char| !"|^ ".contains(c));
            let mut lines: Vec<&str> = words.lines().map(str::trim).filter(says).collect();
            let number =
                lines.first().and_then(|first| first.split("line ").nth(1)?.split(',').next()?.parse().ok());
            let line = number.and_then(|number: usize| text.lines().nth(number.checked_sub(1)?));
            let hint = line_hint(&text, line);
            lines.extend(hint.as_deref());
            format!("is not valid TOML: {}", lines.join("; "))
        }
        other => other.to_string(),
    })
}

/// Whether a variable's name is meant for us, and not written as we read it.
fn is_mistyped(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let ours: String = PREFIX.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.to_ascii_uppercase().starts_with(&ours) && !name.starts_with(&format!("{PREFIX}__"))
}

/// `*.toml` of a folder in the order of their names; a missing folder holds none. What editors leave behind is none of them: it
/// and all other files go into `unread`.
fn toml_files(folder: &Path, unread: &mut Vec<PathBuf>, problems: &mut Problems) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            problems.add(folder.display().to_string(), "", format!("cannot be read: {error}"));
            return Vec::new();
        }
    };
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".toml") && !name.starts_with(['.', '#'])
    };
    let mut all: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        // A folder holds templates, perhaps; a link that leads nowhere is an editor's lock.
        .filter(|path| !path.is_dir())
        .collect();
    all.sort();
    let (files, others): (Vec<_>, Vec<_>) = all.into_iter().partition(is_ours);
    unread.extend(others);
    files
}

fn tables(value: Value, file: &Path, problems: &mut Problems) -> Vec<(PathBuf, Map<String, Value>)> {
    let file = value.origin().map_or_else(|| file.to_path_buf(), PathBuf::from);
    let Ok(items) = value.into_array() else {
        problems.add(file.display().to_string(), "consultation", "must be [[consultation]] tables");
        return Vec::new();
    };
    items
        .into_iter()
        .filter_map(|item| {
            let table = item.into_table().ok();
            if table.is_none() {
                problems.add(file.display().to_string(), "consultation", "must be [[consultation]] tables");
            }
            table.map(|table| (file.clone(), table))
        })
        .collect()
}
