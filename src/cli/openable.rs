//! Files that are not what their names say: nobody can open them, and whoever decides has to know before he tries.

use crate::config::Settings;
use crate::parse::{self, Attachment, ParseLimits};
use crate::store::{Store, StoreError};
use crate::vocabulary::FileFault;
use crate::words::Chinese;

/// What is wrong with a file, in words.
pub(super) fn fault_of(file: &Attachment) -> Option<String> {
    let ending = file.filename.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    Some(match (file.fault?, ending) {
        (FileFault::Other, Some(ending)) => format!("内容不是 {} 文件", ending.trim().to_ascii_lowercase()),
        (fault, _) => fault.short().to_owned(),
    })
}

/// The files of a submission and of its supplements that cannot be opened, each with what is wrong with it.
pub(super) fn faults(
    settings: &Settings,
    store: &Store,
    number: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    let limits = limits(settings);
    let letters = store.letters_of(number)?.unwrap_or_default();
    let files = letters
        .into_iter()
        .filter_map(|(_, raw)| raw)
        .flat_map(|raw| parse::parse(&raw, limits).attachments)
        .filter_map(|file| Some((fault_of(&file)?, file.filename?)));
    Ok(files.map(|(fault, name)| (name, fault)).collect())
}

/// How letters are parsed whose files are wanted.
pub(super) fn limits(settings: &Settings) -> ParseLimits {
    ParseLimits {
        text_bytes: settings.limits.text_bytes,
        header_bytes: settings.limits.header_bytes,
        attachments: settings.limits.attachments,
        keep_files: true,
    }
}
