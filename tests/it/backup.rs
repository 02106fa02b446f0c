//! `backup`: whole, verified, for its maker alone, over nothing.

use std::fs;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::time::Duration;

use crate::support::daemon::Office;
use crate::support::letter::letter;
use crate::support::sql::Rows;
use crate::support::wait_for;

const HANG: Duration = Duration::from_mins(2);

fn office(letters: usize) -> Office {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    (1..=letters).for_each(|n| letter(n).deliver(&office.path().join("mailbox")));
    office.run_ok(&["run", "--once"]);
    office
}

fn names(office: &Office, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(office.path().join(folder)).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_beside_the_running_service_is_whole_and_its_makers_alone() {
    let office = office(3);
    let daemon = office.start(&["run"]);
    wait_for("the daemon", HANG, || office.log().contains("record head").then_some(()));
    fs::create_dir(office.path().join("copies")).unwrap();
    let copy = office.path().join("copies/one.sqlite3");
    let said = office.run_ok(&["backup", copy.to_str().unwrap()]).stdout;
    assert!(said.contains("3 件，已核对"), "{said}");
    assert_eq!(fs::metadata(&copy).unwrap().mode() & 0o777, 0o600);
    assert_eq!(Rows::open(&copy).dump(), office.rows().dump());
    let head = said.lines().find_map(|line| line.strip_prefix("事件链末尾：")).unwrap().to_owned();
    office.run_ok(&["verify", "--head", &head]);

    letter(4).deliver(&office.path().join("mailbox"));
    wait_for("the letter", HANG, || {
        (office.rows().count("SELECT count(*) FROM submission") == 4).then_some(())
    });
    let refused = office.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(refused.code, Some(65), "{}", refused.said());
    assert_eq!(Rows::open(&copy).count("SELECT count(*) FROM submission"), 3);
    // No file of SQLite's and no unfinished one.
    assert_eq!(names(&office, "copies"), ["one.sqlite3"]);
    daemon.terminate();
    daemon.finish(HANG);
}

#[test]
fn a_store_is_made_for_the_group_alone_whatever_the_umask() {
    let mut office = Office::at_maildir();
    office.under(&["sh", "-c", "umask 000; exec \"$@\"", "sh"]);
    office.run_ok(&["init"]);
    assert_eq!(fs::metadata(office.store_path()).unwrap().mode() & 0o777, 0o640);
}

#[test]
fn so_many_are_kept_and_files_of_others_stay() {
    let office = office(1);
    let folder = office.path().join("copies");
    fs::create_dir(&folder).unwrap();
    for old in [
        "zwfw-intake-2024-03-01-030000.sqlite3",
        "zwfw-intake-2024-03-02-030000.sqlite3",
        "zwfw-intake-mine.sqlite3",
    ] {
        fs::write(folder.join(old), "").unwrap();
    }
    office.run_ok(&["backup", "--keep", "2", folder.to_str().unwrap()]);
    let left = names(&office, "copies");
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left.contains(&"zwfw-intake-2024-03-02-030000.sqlite3".to_owned()), "{left:?}");
    assert!(left.contains(&"zwfw-intake-mine.sqlite3".to_owned()), "{left:?}");
    assert_eq!(office.run(&["backup", "--keep", "2", "copies/file"]).code, Some(64));
}

#[test]
fn a_damaged_store_makes_no_backup() {
    let office = office(20);
    let store = fs::File::options().write(true).open(office.store_path()).unwrap();
    let pages = store.metadata().unwrap().len() / 4096;
    // Leaves and inner pages alike: whatever the file is made of by now.
    for page in (pages / 2)..(pages / 2 + 8) {
        store.write_all_at(&[0xA5; 512], page * 4096).unwrap();
    }
    let copy = office.path().join("copy.sqlite3");
    let refused = office.run(&["backup", copy.to_str().unwrap()]);
    assert!(matches!(refused.code, Some(65 | 74)), "{}", refused.said());
    assert!(!copy.exists() && !names(&office, ".").iter().any(|name| name.contains(".part")));
}
