//! The bytes of a letter: as it came, and the files that it carries.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::Path;

use super::number::no_submission;
use super::outcome::{Exit, Failure, Outcome, print, print_bytes};
use super::unmasked::log_unmasked;
use super::{new_file, openable};
use crate::config::Settings;
use crate::parse;
use crate::store::Store;
use crate::vocabulary::sha256_hex;

/// Bytes of a file's name: with a number in front it still fits every file system.
const NAME_BYTES: usize = 180;

/// Prints a letter as it came.
pub(super) fn raw(settings: &Settings, store: &Store, numbers: &[String]) -> Outcome {
    let [number] = numbers else {
        return Err(Failure::new(Exit::Usage, "--raw 一次只能写一个编号"));
    };
    if std::io::stdout().is_terminal() {
        let message = format!("原件不在终端上显示，请存入文件：show {number} --raw > 文件.eml");
        return Err(Failure::new(Exit::Usage, message));
    }
    let letters = store.letters_of(number)?.ok_or_else(|| no_submission(number))?;
    let raw = letters.into_iter().next().and_then(|(_, raw)| raw);
    let raw = raw.ok_or_else(|| erased(number))?;
    log_unmasked(settings, number, 1)?;
    print_bytes(&raw)?;
    Ok(Exit::Ok)
}

fn erased(number: &str) -> Failure {
    Failure::new(Exit::Data, format!("{number} 的原件已删除"))
}

/// Writes the attachments of letters and their supplements into a folder.
pub(super) fn attachments(settings: &Settings, store: &Store, numbers: &[String], folder: &Path) -> Outcome {
    let limits = openable::limits(settings);
    std::fs::create_dir_all(folder).map_err(|error| new_file::unwritten(folder, &error))?;
    log_unmasked(settings, "attachments", numbers.len())?;
    let (mut used, mut count) = (HashSet::new(), 0);
    for number in numbers {
        let letters = store.letters_of(number)?.ok_or_else(|| no_submission(number))?;
        for (_, raw) in letters {
            let Some(raw) = raw else {
                print(&format!("{number}：原件已删除，没有附件可存\n"))?;
                continue;
            };
            for file in parse::parse(&raw, limits).attachments {
                count += 1;
                let fault = openable::fault_of(&file);
                let fault = fault.map_or_else(String::new, |fault| format!("，打不开：{fault}"));
                let bytes = file.bytes.unwrap_or_default();
                let name = free(&mut used, number, &safe(file.filename.as_deref(), &file.media_type));
                new_file::write(&folder.join(&name), &bytes)?;
                print(&format!(
                    "{}  {}（{} 字节{fault}）\n",
                    sha256_hex(&bytes),
                    folder.join(&name).display(),
                    bytes.len()
                ))?;
            }
        }
    }
    print(&format!("存出附件 {count} 个；附件由来信人提供，打开前请先查毒。\n"))?;
    Ok(Exit::Ok)
}

/// A name that no other has yet: the number in front, a counter behind it where there are several.
fn free(used: &mut HashSet<String>, number: &str, name: &str) -> String {
    let mut found = format!("{number}-{name}");
    let mut counter = 1;
    while !used.insert(found.clone()) {
        counter += 1;
        found = format!("{number}-{counter}-{name}");
    }
    found
}

/// What a sender calls a file, as a name that is one on any system and hides nothing.
fn safe(name: Option<&str>, media_type: &str) -> String {
    let unsafe_ones = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    let written = name.unwrap_or_default();
    let mut text: String = crate::vocabulary::printable::line(written)
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if unsafe_ones.contains(&c) { '_' } else { c })
        .collect();
    text = text.trim_matches(['.', ' ', '_']).to_owned();
    while text.len() > NAME_BYTES {
        // The end says what kind of file it is.
        text.remove(0);
    }
    if !text.is_empty() {
        return text;
    }
    let end = media_type.rsplit('/').next().filter(|end| end.chars().all(|c| c.is_ascii_alphanumeric()));
    end.map_or_else(|| "file".to_owned(), |end| format!("file.{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_safe() {
        for (written, due) in [
            ("意见.docx", "意见.docx"),
            ("../../etc/passwd", "etc_passwd"),
            ("..", "file.pdf"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            (".bashrc", "bashrc"),
            ("a\nb|c.txt", "a b_c.txt"),
        ] {
            assert_eq!(safe(Some(written), "application/pdf"), due, "{written}");
        }
        assert!(safe(Some(&("长".repeat(200) + ".docx")), "").ends_with("长.docx"));
        let mut used = HashSet::new();
        assert_eq!(free(&mut used, "A-1", "x.txt"), "A-1-x.txt");
        assert_eq!(free(&mut used, "A-1", "x.txt"), "A-1-2-x.txt");
    }
}
