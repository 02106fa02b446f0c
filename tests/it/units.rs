//! The units of systemd are one in several forms.

use std::collections::BTreeSet;
use std::fs;

use crate::support::repository;

fn unit(name: &str) -> String {
    fs::read_to_string(repository().join("systemd").join(name)).unwrap()
}

fn settings(text: &str) -> BTreeSet<String> {
    text.lines().filter(|line| line.contains('=') && !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn the_unit_of_one_mailbox_among_several_differs_by_its_folders() {
    let of_one = settings(&unit("zwfw-intake@.service")).into_iter().map(|line| {
        line.replace("/etc/zwfw-intake/%i/", "/etc/zwfw-intake/")
            .replace("=zwfw-intake-%i", "=zwfw-intake")
            .replace("=zwfw-intake/%i", "=zwfw-intake")
            .replace(" (%i)", "")
    });
    assert_eq!(of_one.collect::<BTreeSet<_>>(), settings(&unit("zwfw-intake.service")));
}

/// What differs of a unit that does one thing and ends.
#[test]
fn the_check_sees_what_the_service_sees() {
    let own = [
        "Type",
        "NotifyAccess",
        "Exec",
        "Watchdog",
        "Timeout",
        "Restart",
        "LogRate",
        "SyslogIdentifier",
        "StartLimit",
    ];
    let unit_section = ["Description", "Documentation", "After", "WantedBy"];
    let sandbox = |name: &str| -> BTreeSet<String> {
        let is_own = |line: &String| own.iter().chain(&unit_section).any(|key| line.starts_with(key));
        settings(&unit(name)).into_iter().filter(|line| !is_own(line)).collect()
    };
    assert_eq!(sandbox("zwfw-intake-check.service"), sandbox("zwfw-intake.service"));
    assert!(sandbox("zwfw-intake.service").len() > 40);
    // Who only looks at the store needs no password, and does not fail where there is none yet.
    let without_passwords = |name| -> BTreeSet<String> {
        sandbox(name).into_iter().filter(|line| !line.starts_with("LoadCredential=")).collect()
    };
    assert_eq!(sandbox("zwfw-intake-status.service"), without_passwords("zwfw-intake.service"));
}
