//! The marks at the beginning of quoted lines.

/// `>`, as mail has it.
pub(super) fn is_angle(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{200e}']).starts_with(['>', '＞'])
}

/// Quoting as bulletin boards and old clients do it: `: text`.
pub(super) fn is_bbs(line: &str) -> bool {
    line.starts_with(": ") || line == ":"
}
