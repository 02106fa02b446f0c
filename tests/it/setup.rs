//! `setup`: without a terminal, by options; what it writes holds, what is wrong leaves nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::imap::imap_server::Authority;

/// Runs `setup` with a configuration that is to be written into this folder.
fn setup(folder: &Path, more: &[&str]) -> Output {
    command(folder, "setup", more)
}

fn command(folder: &Path, name: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zwfw-intake"))
        .arg("--config")
        .arg(folder.join("config.toml"))
        .arg(name)
        .args(more)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

const WHOLE: &[&str] = &[
    "--host",
    "127.0.0.1",
    "--security",
    "plaintext",
    "--port",
    "1",
    "--account",
    "zwfw@example.gov.cn",
    "--folders",
    "INBOX,意见",
    "--smtp-host",
    "none",
    "--title",
    "某省关于“某事”的工作方案(征求意见稿)",
    "--deadline",
    "2099-12-31",
    "--prefix",
    "MSFA-2099",
];

#[test]
fn a_first_configuration_is_written_by_options_and_tried() {
    let folder = tempfile::tempdir().unwrap();
    let (path, password) = (folder.path().join("office"), folder.path().join("password"));
    fs::write(&password, "geheim \"42\"\nmore\n").unwrap();
    let store = folder.path().join("store.sqlite3");
    // In a folder that the service never sees.
    let authority = Authority::new(folder.path()).ca_file;
    let also = ["--password-from", password.to_str().unwrap(), "--store", store.to_str().unwrap()];
    let also = [&also[..], &["--ca-file", authority.to_str().unwrap()]].concat();
    let also = [&also[..], &["--smtp-host", "localhost", "--smtp-port", "1"]].concat();
    let also = [&also[..], &["--proxy", "socks5://127.0.0.1:1"]].concat();
    let none = WHOLE.iter().position(|word| *word == "--smtp-host").unwrap();
    let given = [&WHOLE[..none], &WHOLE[none + 2..], &also].concat();
    let done = setup(&path, &given);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    // Nobody listens there: the check says so, and what was written stays.
    assert_eq!(done.status.code(), Some(69), "{done:?}");
    assert!(said.contains("配置无误") && said.contains("故障  收信服务器：连不上"), "{said}");
    assert!(said.contains("init") && !said.contains("geheim"), "{said}");
    let mode = |file: &str| fs::metadata(path.join(file)).unwrap().mode() & 0o777;
    assert_eq!(mode("credentials/imap-password"), 0o600);
    assert_eq!(mode("credentials"), 0o700);
    assert_eq!(mode("config.toml"), 0o644);
    assert_eq!(fs::read_to_string(path.join("credentials/imap-password")).unwrap(), "geheim \"42\"\n");
    let written = fs::read_to_string(path.join("config.toml")).unwrap();
    assert!(written.contains("folders = [\"INBOX\", \"意见\"]") && !written.contains("geheim"), "{written}");
    let consultation = fs::read_to_string(path.join("consultations/first.toml")).unwrap();
    assert!(consultation.contains("deadline = \"2099-12-31\""), "{consultation}");

    assert!(written.contains("ca_file = \"ca.pem\""), "{written}");
    // Beside plaintext, a proxy leads nowhere.
    assert_eq!(written.matches("proxy = \"socks5://127.0.0.1:1\"").count(), 1, "{written}");
    assert_eq!(fs::read(path.join("ca.pem")).unwrap(), fs::read(&authority).unwrap());
    assert_eq!(mode("ca.pem"), 0o644);

    // By hand, a command that logs in has the password from where systemd has it.
    let checked = command(&path, "check", &["--live"]);
    assert_eq!(checked.status.code(), Some(69), "the server is what is missing: {checked:?}");
    fs::remove_file(path.join("credentials/imap-password")).unwrap();
    let checked = command(&path, "check", &["--live"]);
    assert_eq!(checked.status.code(), Some(78), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stderr).contains("Run it as root"), "{checked:?}");

    let again = setup(&path, &given);
    assert_eq!(again.status.code(), Some(65), "{again:?}");
    assert_eq!(fs::read_to_string(path.join("config.toml")).unwrap(), written);
}

#[test]
fn what_is_missing_or_wrong_is_named_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    fs::write(&password, "secret\n").unwrap();
    let files = |path: &Path| {
        fs::read_dir(path).map_or(0, |entries| entries.flatten().filter(|e| e.path().is_file()).count())
    };
    let missing = setup(&folder.path().join("a"), &["--host", "imap.example.gov.cn"]);
    assert_eq!(missing.status.code(), Some(64), "{missing:?}");
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    for option in ["--account", "--smtp-host", "--title", "--deadline", "--password-from"] {
        assert!(said.contains(option), "{option}: {said}");
    }
    assert!(!said.contains("--folders") && !folder.path().join("a").exists(), "{said}");
    let path = folder.path().join("b");
    let wrong = [WHOLE, &["--password-from", password.to_str().unwrap(), "--from", "nobody"]].concat();
    let wrong: Vec<&str> =
        wrong.iter().map(|word| if *word == "2099-12-31" { "31 December" } else { word }).collect();
    let refused = setup(&path, &wrong);
    assert_eq!(refused.status.code(), Some(78), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("deadline"), "{refused:?}");
    assert_eq!(
        (files(&path), files(&path.join("credentials")), files(&path.join("consultations"))),
        (0, 0, 0)
    );
}
