//! What is wrong with this machine: its clock, disks, users, and the way to the network.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use rusqlite::Connection;
use zwfw_intake::vocabulary::LiveFault;
use zwfw_intake::words::Chinese as _;

use super::{fails, tells};
use crate::imap::imap_server::Authority;
use crate::support::daemon::{Finished, Office};
use crate::support::disk::{Disk, may_mount, tool};
use crate::support::letter::letter;

const NOBODY: u32 = 65_534;

fn checked(office: &Office) -> Finished {
    office.run(&["check", "--live"])
}

pub(super) fn set(office: &Office, values: &str) {
    let store = Connection::open(office.store_path()).unwrap();
    store.execute_batch(&format!("INSERT OR REPLACE INTO fact VALUES {values}")).unwrap();
}

fn filled() -> Office {
    let office = Office::at_maildir();
    office.run_ok(&["run", "--once"]);
    office
}

#[test]
fn what_is_wrong_with_store_folder_and_facts() {
    let mut office = filled();
    for (fault, values) in [
        (LiveFault::ConfigurationRefused, "('configuration_problem', 'mailbox.host: is missing')"),
        (LiveFault::ClockFuture, "('last_pass_finished_at', '2037-11-25T18:41:40Z')"),
        (LiveFault::ClockAtCreation, "('created_at', '2037-11-25T18:41:40Z')"),
    ] {
        set(&office, values);
        let finished = checked(&office);
        fails(&finished, fault);
        assert_eq!(finished.code, Some(1), "{finished:?}");
    }
    let holder = Connection::open(office.store_path()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    fails(&checked(&office), LiveFault::StoreHeld);
    drop(holder);
    office.set("acknowledgement", "path", "\"config.toml\"");
    fails(&checked(&office), LiveFault::NotWritable);
    fs::remove_dir_all(office.path().join("mailbox/cur")).unwrap();
    fs::write(office.path().join("mailbox/cur"), "").unwrap();
    fails(&checked(&office), LiveFault::FolderUnreadable);
    let mut bytes = fs::read(office.store_path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    office.remove_store();
    fs::write(office.store_path(), bytes).unwrap();
    fails(&checked(&office), LiveFault::StoreDamaged);
    fs::write(office.store_path(), "This is a text file.\n").unwrap();
    fails(&checked(&office), LiveFault::StoreUnreadable);
}

/// A store that is not what it seems: what waits for a person's word, told by the program that is asked and not by the
/// daemon alone.
#[test]
fn what_became_of_the_store_is_told() {
    let mut office = Office::at_maildir();
    office.answer_over_smtp(1);
    office.let_the_store_make_itself();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run(&["run", "--once"]);
    let held = [LiveFault::FirstContact, LiveFault::Copied, LiveFault::Restored];
    fails(&checked(&office), held[0]);
    // Who only asks whether the configuration is right is told as well, and that is right.
    let asked = office.run_ok(&["check"]).stdout;
    assert!(asked.contains("提醒  数据库是自动新建的：此前没有数据库，程序自动新建"), "{asked}");
    assert!(asked.contains(held[0].english()), "{asked}");

    let folder = office.path().join("clone");
    fs::create_dir(&folder).unwrap();
    fs::copy(office.store_path(), folder.join("store.sqlite3")).unwrap();
    office.keep_store_in(&folder);
    office.run(&["run", "--once"]);
    fails(&checked(&office), held[1]);

    let office = filled();
    office.run_ok(&["backup", "copy.sqlite3"]);
    letter(2).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["restore", office.path().join("copy.sqlite3").to_str().unwrap()]);
    office.run_ok(&["run", "--once"]);
    fails(&checked(&office), held[2]);
}

#[test]
fn a_clock_before_the_build_and_one_that_spoils_certificates() {
    let mut office = filled();
    office.environment("LD_PRELOAD", tool("clock.so").to_str().unwrap());
    office.environment("CLOCK_OFFSET", "0");
    office.run_ok(&["check", "--live"]);
    office.environment("CLOCK_OFFSET", "-1000000000");
    let finished = checked(&office);
    fails(&finished, LiveFault::ClockWrong);
    assert_eq!(finished.code, Some(1), "{finished:?}");
}

#[test]
fn what_is_wrong_with_disks_and_users() {
    if !may_mount("what_is_wrong_with_disks_and_users") {
        return;
    }
    let mut office = Office::at_maildir();
    let disk = Disk::in_memory(4096);
    office.keep_store_in(&disk.path());
    office.run_ok(&["run", "--once"]);
    let good = checked(&office);
    assert!(good.code == Some(0) && !good.stdout.contains(LiveFault::DiskLow.english()), "{good:?}");
    let room = rustix::fs::statvfs(disk.path()).unwrap();
    let rest = (room.f_bavail * room.f_frsize).saturating_sub(200 << 10);
    fs::write(disk.path().join("filler"), vec![0; usize::try_from(rest).unwrap()]).unwrap();
    let little = checked(&office);
    tells(&little, LiveFault::DiskLow);
    assert_eq!(little.code, Some(0), "it is no fault yet: {little:?}");
    fs::remove_file(disk.path().join("filler")).unwrap();
    disk.remount("ro");
    fails(&checked(&office), LiveFault::NotWritable);
    disk.remount("rw");
    // Restored by root, or run by root once.
    chown(disk.path().join("store.sqlite3"), Some(NOBODY), Some(NOBODY)).unwrap();
    let foreign = checked(&office);
    fails(&foreign, LiveFault::Foreign);
    assert_eq!(foreign.code, Some(77), "{foreign:?}");
    assert!(foreign.stdout.contains("chown "), "{foreign:?}");
    // What root left beside it, and a folder in which the service may write nothing.
    let store = disk.path().join("store.sqlite3");
    chown(&store, Some(0), Some(0)).unwrap();
    let wal = disk.path().join("store.sqlite3-wal");
    fs::write(&wal, "").unwrap();
    fs::set_permissions(&wal, fs::Permissions::from_mode(0o600)).unwrap();
    for file in [&disk.path(), &store] {
        chown(file, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let left = checked(as_nobody(&mut office));
    fails(&left, LiveFault::Foreign);
    assert!(left.stdout.contains(" belongs to root") && left.stdout.contains("chown nobody "), "{left:?}");
    fs::remove_file(&wal).ok();
    chown(disk.path(), Some(0), Some(0)).unwrap();
    fs::set_permissions(disk.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fails(&checked(&office), LiveFault::NotWritable);
    // As somebody who may read and not write, and as somebody who may not even read.
    fs::set_permissions(disk.path(), fs::Permissions::from_mode(0o777)).unwrap();
    chown(&store, Some(0), Some(0)).unwrap();
    for (mode, fault) in [(0o644, LiveFault::NotWritable), (0o600, LiveFault::Foreign)] {
        fs::set_permissions(&store, fs::Permissions::from_mode(mode)).unwrap();
        fails(&checked(&office), fault);
    }
}

fn as_nobody(office: &mut Office) -> &Office {
    fs::set_permissions(office.path(), fs::Permissions::from_mode(0o755)).unwrap();
    office.under(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    office
}

/// A name server that does not answer, a host that has only an address of a kind that leads nowhere, no network at all.
#[test]
fn what_is_wrong_with_the_way_to_the_server() {
    if !may_mount("what_is_wrong_with_the_way_to_the_server") {
        return;
    }
    let files = tempfile::tempdir().unwrap();
    let ca_file = Authority::new(files.path()).ca_file;
    let mut office = Office::over_imap(993);
    office.text("mailbox", "host", "imap.ln.example");
    office.text("mailbox", "security", "tls");
    office.text("mailbox", "ca_file", ca_file.to_str().unwrap());
    office.text("limits", "step_timeout", "2s");
    let place = |name: &str, text: &str| {
        fs::write(files.path().join(name), text).unwrap();
        files.path().join(name)
    };
    let mount = |over: &str, file: &Path| format!("mount --bind {} {over} && ", file.display());
    let hosts_v6 = mount("/etc/hosts", &place("v6", "2001:db8::993 imap.ln.example\n"));
    let hosts_v4 = mount("/etc/hosts", &place("v4", "127.0.0.9 imap.ln.example\n"));
    let silent =
        mount("/etc/resolv.conf", &place("dns", "nameserver 127.0.0.77\noptions timeout:1 attempts:1\n"));
    let none = place("none", "");
    for (fault, script) in [
        (LiveFault::Resolve, "ip link set lo up; ".to_owned()),
        (LiveFault::Resolve, format!("ip link set lo up; {silent}")),
        (LiveFault::Resolve, mount("/etc/resolv.conf", &none)),
        (LiveFault::Connect, hosts_v4.clone()),
        (LiveFault::Connect, format!("ip link set lo up; {hosts_v4}")),
        (LiveFault::Connect, format!("ip link set lo up; {hosts_v6}")),
        (
            LiveFault::Connect,
            format!("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up; {hosts_v6}"),
        ),
    ] {
        let script = format!("{script}exec \"$@\"");
        office.under(&["unshare", "--mount", "--net", "--", "sh", "-c", &script, "sh"]);
        fails(&checked(&office), fault);
    }
}
