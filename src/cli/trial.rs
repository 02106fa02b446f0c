//! What `run --once` says last in the demo: one of the answers, and what to look at next.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::compose::printed;
use crate::config::{MailboxSource, Settings};
use crate::daemon;
use crate::parse::{self, ParseLimits};

/// The configuration of the demo is called so.
const DEMO: &str = "demo.toml";
/// Commands that show something in any store.
const NEXT: &[(&str, &str)] = &[
    ("show 1", "一件的全部"),
    ("explain 1", "为什么这样判定"),
    ("review list", "待核的来信"),
    ("view 条款分布", "按条款统计"),
    ("stats", "总数"),
];

/// Nothing, where it is not the demo.
pub(super) fn in_words(settings: &Settings, file: &Path) -> String {
    let (MailboxSource::Maildir(_), Some(folder)) =
        (&settings.mailbox.source, daemon::answers_folder(settings))
    else {
        return String::new();
    };
    // A citizen is addressed in it, unmasked; those of the demo are invented.
    if file.file_name().is_none_or(|name| name != DEMO) {
        return String::new();
    }
    let mut text = String::new();
    let mut answers: Vec<_> =
        fs::read_dir(folder.join("new")).into_iter().flatten().flatten().map(|file| file.path()).collect();
    answers.sort();
    if let Some(raw) = answers.first().and_then(|path| fs::read(path).ok()) {
        let answer = parse::parse(&raw, ParseLimits::default());
        let subject = answer.subject.unwrap_or_default();
        let _ = writeln!(text, "\n其中一封回执：\n  主题：{}", printed(&subject));
        for line in answer.text.trim().lines() {
            let _ = writeln!(text, "  {}", line.trim_end());
        }
    }
    let program =
        std::env::current_exe().map_or_else(|_| "zwfw-intake".to_owned(), |path| path.display().to_string());
    let _ = writeln!(text, "\n接着可以看：");
    for (command, what) in NEXT {
        let _ = writeln!(text, "  {program} --config {} {command}    # {what}", file.display());
    }
    text
}
