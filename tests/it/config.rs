//! Configurations: one wrong file per way to be wrong, with what must be said about it; and layers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use zwfw_intake::config::{self, MailboxSource, Secrets, Security, Transport};

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_mistake_is_named_with_its_file_and_key_and_the_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_config");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        seen += 1;
        let problems = config::load(&path, &[], Secrets::Read).unwrap_err();
        let said = problems.to_string();
        let name = path.file_name().unwrap().to_str().unwrap();
        for line in std::fs::read_to_string(path.with_extension("expected")).unwrap().lines() {
            assert!(said.contains(line), "{name}: nothing says {line:?}; it says:\n{said}");
        }
        assert!(
            said.lines().all(|line| line.contains(name)),
            "{name}: a problem does not name the file:\n{said}"
        );
        let several = name.starts_with("many_");
        assert!(several || problems.0.len() == 1, "{name}: more is reported than is wrong:\n{said}");
    }
    assert!(seen >= 25, "only {seen} files in {}", folder.display());
}

const WHOLE: &str = r#"
[mailbox]
host = "imap.example.gov.cn"
username = "zwfw@example.gov.cn"
password_credential = "imap"
[acknowledgement]
host = "smtp.example.gov.cn"
security = "starttls"
"#;
const CONSULTATION: &str =
    "id = \"gxbc-2024\"\ntitle = \"辽宁省工作方案(征求意见稿)\"\ndeadline = 2024-03-13\n";

fn whole() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("consultations")).unwrap();
    std::fs::create_dir_all(folder.path().join("conf.d")).unwrap();
    std::fs::create_dir_all(folder.path().join("handed-over")).unwrap();
    std::fs::write(folder.path().join("handed-over/imap"), "open sesame\n").unwrap();
    std::fs::write(folder.path().join("consultations/one.toml"), CONSULTATION).unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, WHOLE).unwrap();
    (folder, path)
}

#[test]
fn later_layers_win_and_defaults_fill_the_rest() {
    let (folder, path) = whole();
    std::fs::write(
        folder.path().join("conf.d/20-local.toml"),
        "[mailbox]\npoll_interval = \"2m\"\nport = 1993\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("conf.d/10-local.toml"),
        "[mailbox]\npoll_interval = \"9m\"\n[store]\npath = \"s.sqlite3\"\n",
    )
    .unwrap();
    let credentials = folder.path().join("handed-over").display().to_string();
    let environment = variables(&[
        ("CREDENTIALS_DIRECTORY", &credentials),
        ("ZWFW_INTAKE__MAILBOX__PORT", "2993"),
        ("ZWFW_INTAKE__MAILBOX__FOLDERS", "INBOX,垃圾邮件"),
        ("ZWFW_INTAKE__ACKNOWLEDGEMENT__CAPS__PER_HOUR", "7"),
        ("HOME", "/nowhere"),
    ]);
    let settings = config::load(&path, &environment, Secrets::Read).unwrap();
    let MailboxSource::Imap(imap) = &settings.mailbox.source else { panic!("not IMAP") };
    assert_eq!(imap.server.port, 2993, "the environment wins");
    assert_eq!(imap.folders, ["INBOX", "垃圾邮件"]);
    assert_eq!(imap.server.security, Security::Tls);
    assert_eq!(imap.server.password.as_ref().unwrap().expose(), "open sesame");
    assert_eq!(settings.mailbox.poll_interval, Duration::from_mins(2), "the later file of conf.d wins");
    assert!(
        settings.store_path.ends_with("conf.d/s.sqlite3"),
        "paths are relative to the file they stand in"
    );
    assert_eq!(settings.acknowledgement.caps.per_hour, 7);
    assert_eq!(settings.acknowledgement.from, "zwfw@example.gov.cn", "the mailbox's name serves");
    let Transport::Smtp(smtp) = &settings.acknowledgement.transport else { panic!("not SMTP") };
    assert_eq!(smtp.port, 587, "STARTTLS is spoken at the submission port");
    let consultation = &settings.consultations[0];
    assert_eq!(consultation.subject_tag, "《辽宁省工作方案(征求意见稿)》意见建议");
    assert_eq!(consultation.issuer, "辽宁");
    assert_eq!(consultation.number_prefix, "GXBC-2024");
    assert_eq!(consultation.closes.to_string(), "2024-03-13T16:00:00Z");
    assert!(consultation.occupations.is_empty(), "who lists no occupations asks for none");
}

/// Of each remark the last part of its file, its key, and what it says.
fn remarks(settings: &config::Settings) -> Vec<String> {
    let name = |file: &str| file.rsplit('/').next().unwrap().to_owned();
    let remarks = settings.remarks.iter();
    remarks.map(|remark| format!("{} {}: {}", name(&remark.file), remark.key, remark.message)).collect()
}

/// What is probably not meant is said and keeps nobody from starting.
#[test]
fn what_is_probably_not_meant_is_remarked_upon() {
    let (folder, path) = whole();
    let settings = config::load(&path, &[], Secrets::LeaveAlone).unwrap();
    assert!(settings.remarks.is_empty(), "{:?}", settings.remarks);

    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    for name in ["conf.d/10-site.toml.bak", "conf.d/10-site.conf", "conf.d/#20.toml#", "conf.d/20.toml~"] {
        write(name, "[mailbox]\nhost = 1\n");
    }
    // Emacs locks a file by a link that leads nowhere.
    std::os::unix::fs::symlink("nobody@host.1", folder.path().join("consultations/.#one.toml")).unwrap();
    write("consultations/thanks.txt", "感谢\n{{ number }}\n");
    write("consultations/one.toml", &format!("{CONSULTATION}[templates]\naccepted = \"thanks.txt\"\n"));
    let environment = variables(&[
        ("ZWFW_INTAKE_MAILBOX_HOST", "x"),
        ("zwfw_intake__mailbox__host", "x"),
        ("ZWFW_INTAKE__MAILBOX__PORT", "1993"),
    ]);
    let settings = config::load(&path, &environment, Secrets::IfThere).unwrap();
    let said = remarks(&settings);
    let due = [
        "10-site.toml.bak : is not read",
        "10-site.conf : is not read",
        "#20.toml# : is not read",
        "20.toml~ : is not read",
        ".#one.toml : is not read",
        "the environment ZWFW_INTAKE_MAILBOX_HOST: is not read",
        "the environment zwfw_intake__mailbox__host: is not read",
        "config.toml mailbox.password_credential: credentials not checked",
    ];
    for due in due {
        assert_eq!(said.iter().filter(|said| said.starts_with(due)).count(), 1, "{due}: {said:#?}");
    }
    assert_eq!(said.len(), due.len(), "{said:#?}");
    // Where systemd hands them over, a missing one is a problem all the same.
    let credentials = folder.path().display().to_string();
    let environment = variables(&[("CREDENTIALS_DIRECTORY", &credentials)]);
    let problems = config::load(&path, &environment, Secrets::IfThere).unwrap_err();
    assert!(problems.to_string().contains("password_credential"), "{problems}");
}

/// Whoever writes no in his own way has not said yes.
#[test]
fn a_variable_that_says_yes_or_no_is_read_as_it_was_meant_or_refused() {
    let (_folder, path) = whole();
    let enabled = |value: &str| {
        let environment = variables(&[("ZWFW_INTAKE__ACKNOWLEDGEMENT__ENABLED", value)]);
        config::load(&path, &environment, Secrets::LeaveAlone)
            .map(|settings| settings.acknowledgement.enabled)
    };
    for (value, meant) in [
        ("true", true),
        ("TRUE", true),
        ("1", true),
        ("yes", true),
        ("false", false),
        ("False", false),
        ("0", false),
        ("no", false),
        ("off", false),
    ] {
        assert_eq!(enabled(value).ok(), Some(meant), "{value}");
    }
    for value in ["n", "nein", "否", "", "2", "disabled", "fasle"] {
        let said = enabled(value).expect_err(value).to_string();
        assert!(said.contains("acknowledgement.enabled: must be true or false"), "{value}: {said}");
    }
}

#[test]
fn messages_name_files_by_their_whole_path_and_both_of_two() {
    let (folder, path) = whole();
    std::fs::copy(
        folder.path().join("consultations/one.toml"),
        folder.path().join("consultations/one - 副本.toml"),
    )
    .unwrap();
    std::fs::write(folder.path().join("conf.d/10.toml"), "[mailbox]\nport = 0\nhots = \"x\"\n").unwrap();
    let problems = config::load(&path, &[], Secrets::LeaveAlone).unwrap_err();
    for problem in &problems.0 {
        assert!(Path::new(&problem.file).is_file() && problem.file.starts_with('/'), "{problem}");
        assert!(!problem.file.contains(".."), "{problem}");
    }
    let said = problems.to_string();
    for name in
        ["conf.d/10.toml: mailbox.port", "conf.d/10.toml: mailbox.hots", "one - 副本.toml", "one.toml"]
    {
        assert!(said.contains(name), "{name}: {said}");
    }
    let wrong = variables(&[("ZWFW_INTAKE__MAILBOX__FOLDERS", "INBOX，Junk")]);
    let said = config::load(&path, &wrong, Secrets::LeaveAlone).unwrap_err().to_string();
    assert!(said.contains("mailbox.folders: must be a list"), "a list is a list or refused: {said}");
}

#[test]
fn commands_that_log_in_nowhere_need_no_password() {
    let (_folder, path) = whole();
    assert!(config::load(&path, &[], Secrets::Read).is_err());
    let settings = config::load(&path, &[], Secrets::LeaveAlone).unwrap();
    let MailboxSource::Imap(imap) = &settings.mailbox.source else { panic!("not IMAP") };
    assert_eq!(imap.server.password, None);
}

#[test]
fn a_wrong_variable_is_named_too() {
    let (_folder, path) = whole();
    let environment =
        variables(&[("ZWFW_INTAKE__MAILBOX__PORT", "many"), ("ZWFW_INTAKE__MAILBOX__COLOUR", "red")]);
    let said = config::load(&path, &environment, Secrets::LeaveAlone).unwrap_err().to_string();
    assert!(
        said.contains("mailbox.port: must be a whole number")
            && said.contains("mailbox.colour: is not known"),
        "{said}"
    );
    assert!(said.contains("environment"), "{said}");
}

#[test]
fn the_shipped_configurations_are_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let demo = config::load(&root.join("demo.toml"), &[], Secrets::Read).unwrap();
    assert_eq!(demo.consultations[0].number_prefix, "LNZX-2024");
    assert_eq!(demo.consultations[0].occupations.len(), 17);
    assert_eq!(demo.consultations[0].closes.to_string(), "2024-03-13T16:00:00Z");
    assert!(demo.consultations[0].clauses.len() >= 44);
    let credentials = tempfile::tempdir().unwrap();
    for name in ["imap-password", "smtp-password"] {
        std::fs::write(credentials.path().join(name), "secret").unwrap();
    }
    let folder = credentials.path().display().to_string();
    config::load(&root.join("config.toml"), &variables(&[("CREDENTIALS_DIRECTORY", &folder)]), Secrets::Read)
        .unwrap();
}

/// Every key that the program knows stands in a shipped file, with its explanation.
#[test]
fn the_shipped_files_explain_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let consultation = root.join("consultations/liaoning-2024.toml");
    let explained = std::fs::read_to_string(root.join("config.toml")).unwrap()
        + &std::fs::read_to_string(consultation).unwrap();
    let (folder, path) = whole();
    std::fs::write(folder.path().join("consultations/one.toml"), format!("{CONSULTATION}no_such_key = 1\n"))
        .unwrap();
    let sections = ["MAILBOX", "STORE", "ACKNOWLEDGEMENT", "ACKNOWLEDGEMENT__CAPS", "LIMITS"];
    let wrong: Vec<(String, String)> = sections
        .iter()
        .map(|section| (format!("ZWFW_INTAKE__{section}__NO_SUCH_KEY"), "1".to_owned()))
        .collect();
    let problems = config::load(&path, &wrong, Secrets::LeaveAlone).unwrap_err();
    assert_eq!(problems.0.len(), sections.len() + 1, "{problems}");
    for problem in &problems.0 {
        let (_, known) = problem.message.split_once("known are: ").unwrap();
        for key in known.split(", ") {
            let stands = explained.lines().any(|line| {
                let line = line.trim_start_matches(['#', ' ']);
                line.starts_with(&format!("{key} =")) || line.contains(&format!("{key}]"))
            });
            assert!(stands, "{}: {key} is explained nowhere", problem.key);
        }
    }
}
