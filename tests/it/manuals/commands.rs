//! One page for each command, and what shells complete.

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::{Files, roff};

const NAME: &str = "zwfw-intake";

/// `zwfw-intake.1`, and one page for each command below it.
pub(super) fn pages() -> Files {
    let mut command = zwfw_intake::cli::command().disable_help_subcommand(true);
    command.build();
    let mut files = Files::new();
    page(&command, NAME, &mut files);
    files
}

fn page(command: &Command, name: &str, files: &mut Files) {
    let below: Vec<&Command> = command.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    // Leaked: clap keeps names that last, and there are a few dozen of them.
    let lasting: &'static str = name.to_owned().leak();
    let mut octets = Vec::new();
    let man = Man::new(command.clone().display_name(lasting).name(lasting)).source(NAME).title(lasting);
    man.render(&mut octets).unwrap();
    let mut text = String::from_utf8(octets).unwrap();
    if name == NAME {
        text.push_str(&around());
    }
    let mut others = match name.rsplit_once('-') {
        Some((above, _)) if name != NAME => vec![format!("{above}(1)")],
        _ => vec!["zwfw-intake.toml(5)".to_owned(), "zwfw-intake-schema(7)".to_owned()],
    };
    others.extend(below.iter().map(|command| format!("{name}-{}(1)", command.get_name())));
    text.push_str(&roff::see_also(&others));
    files.insert(format!("man/{name}.1"), text);
    for command in below {
        page(command, &format!("{name}-{}", command.get_name()), files);
    }
}

/// What clap does not know.
fn around() -> String {
    let entry = |term: &str, line: &str| roff::entry(&[term.to_owned()], &[line.to_owned()]);
    [
        roff::section("FILES"),
        entry("/etc/zwfw-intake/config.toml", "The configuration: zwfw-intake.toml(5)."),
        entry("/etc/zwfw-intake/conf.d/*.toml", "Parts of it, in the order of their names."),
        entry("/etc/zwfw-intake/consultations/*.toml", "One consultation each."),
        entry("/etc/zwfw-intake/credentials/", "Passwords, which systemd hands to the service."),
        entry("/var/lib/zwfw-intake/store.sqlite3", "The record: zwfw-intake-schema(7)."),
        roff::section("ENVIRONMENT"),
        entry("ZWFW_INTAKE__SECTION__KEY", "A setting, over what the files say."),
        entry("CREDENTIALS_DIRECTORY", "Where systemd puts the passwords."),
        entry(
            "LC_ALL, LC_MESSAGES, LANG",
            "Help and usage errors are Chinese where the first that is set begins with zh.",
        ),
        entry("NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM", "Set by systemd for the service."),
        roff::section("SIGNALS"),
        entry("SIGTERM, SIGINT", "Finish what is in hand and end; a second one ends at once."),
        entry("SIGHUP", "Read the configuration again, end every pause and try now."),
    ]
    .concat()
}

/// For bash, zsh and fish.
pub(super) fn completions() -> Files {
    [(Shell::Bash, "zwfw-intake.bash"), (Shell::Zsh, "_zwfw-intake"), (Shell::Fish, "zwfw-intake.fish")]
        .into_iter()
        .map(|(shell, file)| {
            let mut octets = Vec::new();
            generate(shell, &mut zwfw_intake::cli::command(), NAME, &mut octets);
            (format!("completions/{file}"), String::from_utf8(octets).unwrap())
        })
        .collect()
}
