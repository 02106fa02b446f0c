//! glibc's allocator, told to give memory back.
//!
//! Left alone it learns from one large message to keep blocks of that size, and keeps them for each thread: with two
//! messages of 25 MiB the daemon came to 230 MiB, and to less than 140 MiB told otherwise. It reads its settings when a process
//! starts, and only from the environment. The systemd unit has them there. Started by hand, `run` and `import` set them and
//! start themselves once more, in the same process.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// A heap for each reader and one for who records, and large blocks straight from the system and back to it.
const SETTINGS: [(&str, &str); 2] = [("MALLOC_ARENA_MAX", "3"), ("MALLOC_TRIM_THRESHOLD_", "1048576")];

/// Starts the program anew with the settings, unless somebody made them already. Where that fails it goes on without.
pub(super) fn settle() {
    if SETTINGS.iter().any(|(name, _)| std::env::var_os(name).is_some()) {
        return;
    }
    let mut arguments = std::env::args_os();
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let error = again.args(arguments).envs(SETTINGS).exec();
    // Nothing is lost but memory; the log is not open yet.
    drop(error);
}

#[cfg(test)]
mod tests {
    use super::SETTINGS;

    #[test]
    fn the_unit_has_the_same_settings() {
        let unit = include_str!("../../systemd/zwfw-intake.service");
        for (name, value) in SETTINGS {
            assert!(unit.lines().any(|line| line == format!("Environment={name}={value}")), "{name}");
        }
    }
}
