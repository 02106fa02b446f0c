//! Commands; error to exit status.
//!
//! Help and log are English, what staff read is Chinese. Exit statuses are those of `sysexits.h`.

mod allocator;
mod check;
mod correct;
mod explain;
mod import;
mod masking;
mod outbox;
mod reconcile;
mod reprocess;
mod review;
mod run;
mod sentences;
mod stats;
mod status;
mod submissions;
mod table;
mod verify;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::compose;
use crate::config::{self, Problem, Problems, Secrets, Settings};
use crate::daemon::{DaemonError, LockError};
use crate::lane::intake::ImportError;
use crate::store::{ListFilter, Store, StoreError};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did its work.
    Ok = 0,
    /// The check it ran found a difference.
    Difference = 1,
    /// The command line is wrong.
    Usage = 64,
    /// The input is wrong.
    Data = 65,
    /// A server is unavailable.
    Unavailable = 69,
    /// Reading or writing failed.
    Io = 74,
    /// It may work later.
    Temporary = 75,
    /// Not allowed.
    Permission = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// What a command that failed says, and how it exits.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
    /// It is SQLite that speaks, who does not say about which file.
    of_store: bool,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), of_store: false }
    }
}

type Outcome = Result<Exit, Failure>;

const EXIT_HELP: &str = "Exit status: 0 ok, 1 a check found a difference, 64 usage, 65 input data, 69 a server is unavailable, \
74 I/O, 75 temporary failure, 77 permission, 78 configuration.";

/// Reads a mailbox of public comments, files each one in SQLite, answers with an acknowledgement.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_HELP)]
struct Arguments {
    /// The configuration file; conf.d/*.toml and consultations/*.toml beside it belong to it
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/zwfw-intake/config.toml")]
    config: PathBuf,
    /// Say more in the log; the daemon begins one step higher
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon: poll the mailbox, file, answer, until SIGTERM
    Run {
        /// One full pass over the mailbox and one over the outbox, a summary, exit
        #[arg(long)]
        once: bool,
    },
    /// Read the configuration and report every problem at once
    Check {
        /// Also log in to IMAP and SMTP, select each folder, open the store, compare clocks
        #[arg(long)]
        live: bool,
    },
    /// File .eml files, folders of them, mbox files or Maildirs by the same rules, and queue their answers
    Import {
        /// Files or folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show the last good pass, what waits, and the time to each deadline
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List submissions in the order of filing; personal data is masked
    List(submissions::ListArguments),
    /// Show one submission with everything that belongs to it; personal data is masked
    Show(submissions::ShowArguments),
    /// Show the figures for reports: how many, from whom, about what, and whether the sum is whole
    Stats(stats::StatsArguments),
    /// Explain why one mail was treated as it was, each step with its evidence
    Explain(explain::ExplainArguments),
    /// List the cases that wait for a person; confirm or deny them
    Review(review::ReviewArguments),
    /// Correct what was extracted, or write down what was decided on an opinion item; the old value is kept
    Correct(correct::CorrectArguments),
    /// Run today's rules over the kept messages and show what would change; staff corrections stay
    Reprocess(reprocess::ReprocessArguments),
    /// Acknowledgements: what waits, what failed and why; try again, or let a withheld one go
    Outbox(outbox::OutboxArguments),
    /// Compare the mailbox with the record, entry by entry; exit 1 on a gap
    Reconcile {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Recompute every digest and the event chain; exit 1 when anything kept is not what was recorded
    Verify(verify::VerifyArguments),
}

/// Parses the command line, runs the command, says what went wrong.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
            // A closed pipe is no reason to complain about help.
            let _ = error.print();
            return ExitCode::from(exit as u8);
        }
    };
    if matches!(arguments.command, Command::Run { .. } | Command::Import { .. }) {
        allocator::settle();
    }
    let daemon = matches!(arguments.command, Command::Run { once: false });
    log_to_stderr(arguments.verbose + u8::from(daemon));
    let exit = match run(&arguments) {
        Ok(exit) => exit,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "zwfw-intake: {}", failure.message);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

fn run(arguments: &Arguments) -> Outcome {
    let secrets = match &arguments.command {
        Command::Run { .. } | Command::Check { .. } | Command::Reconcile { .. } => Secrets::Read,
        _ => Secrets::LeaveAlone,
    };
    let settings = &settings(arguments, secrets)?;
    let outcome = match &arguments.command {
        Command::Run { once } => run::run(settings, *once),
        Command::Check { live } => check::check(settings, &arguments.config, *live),
        Command::Import { paths } => import::import(settings, paths),
        Command::Status { json } => status::status(settings, *json),
        Command::Stats(wanted) => stats::stats(settings, wanted),
        Command::List(list) => submissions::list(settings, list),
        Command::Explain(wanted) => explain::explain(settings, wanted),
        Command::Show(show) => submissions::show(settings, show),
        Command::Review(review) => review::review(settings, review),
        Command::Correct(correct) => correct::correct(settings, correct),
        Command::Reprocess(wanted) => reprocess::reprocess(settings, wanted),
        Command::Outbox(wanted) => outbox::outbox(settings, wanted),
        Command::Reconcile { json } => reconcile::reconcile(settings, *json),
        Command::Verify(wanted) => verify::verify(settings, wanted),
    };
    outcome.map_err(|mut failure| {
        if failure.of_store {
            failure.message = format!("{}: {}", settings.store_path.display(), failure.message);
        }
        failure
    })
}

/// Loads the configuration; the templates are rendered once, so that a wrong one is found now and not when a citizen
/// should be answered.
fn settings(arguments: &Arguments, secrets: Secrets) -> Result<Settings, Failure> {
    let environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let refuse = |problems: &Problems| {
        let count = problems.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        Failure::new(Exit::Config, format!("the configuration has {count} {noun}:\n{problems}"))
    };
    let settings =
        config::load(&arguments.config, &environment, secrets).map_err(|problems| refuse(&problems))?;
    let templates: Vec<Problem> = settings
        .consultations
        .iter()
        .flat_map(compose::check_templates)
        .map(|error| Problem {
            file: arguments.config.display().to_string(),
            key: format!("consultation.templates.{}", error.kind),
            message: error.to_string(),
        })
        .collect();
    if templates.is_empty() { Ok(settings) } else { Err(refuse(&Problems(templates))) }
}

/// The log goes to standard error, where journald takes it. async-imap logs what servers send, message bodies
/// included, and lettre what it sends: neither is heard.
fn log_to_stderr(verbose: u8) {
    let ours = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::new(format!("warn,zwfw_intake={ours},async_imap=off,imap_proto=off,lettre=off"));
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // A log that cannot be written must not end the program: reporting that on the same stream would.
        .log_internal_errors(false);
    // journald writes the time itself.
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        builder.without_time().with_ansi(false).init();
    } else {
        builder.with_ansi(terminal).init();
    }
}

/// A runtime for the commands that wait for servers. Two workers: one lane may work while the other talks.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Io, format!("the runtime cannot start: {error}")))
}

fn open_for_reading(settings: &Settings) -> Result<Store, Failure> {
    Store::open_read_only(&settings.store_path).map_err(|error| Failure::from(&error))
}

/// For commands that write what a person decided. They need not be the daemon: SQLite lets them take turns.
fn open_for_writing(settings: &Settings, now: jiff::Timestamp) -> Result<Store, Failure> {
    Store::open_existing(&settings.store_path, now).map_err(|error| Failure::from(&error))
}

/// A consultation that is configured, or of which something is filed.
fn known_consultation(settings: &Settings, store: &Store, id: Option<&str>) -> Result<(), Failure> {
    let Some(id) = id.filter(|id| !settings.consultations.iter().any(|found| found.id == *id)) else {
        return Ok(());
    };
    let filter = ListFilter { consultation: Some(id.to_owned()), most: 1, ..ListFilter::default() };
    if !store.list(&filter)?.is_empty() {
        return Ok(());
    }
    Err(unknown_consultation(settings, id))
}

/// `--consultation` names none; the message names those that are configured.
fn unknown_consultation(settings: &Settings, id: &str) -> Failure {
    let known: Vec<&str> = settings.consultations.iter().map(|found| found.id.as_str()).collect();
    let message = format!("没有 --consultation {id} 这个征求意见；已配置的有：{}", known.join("、"));
    Failure::new(Exit::Usage, message)
}

/// Who runs this command, for the event log: by login name, for staff know each other by names and not by numbers.
fn actor() -> String {
    let login = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    // 2^32 - 1: no login, as in a service.
    let login = login.trim().parse().ok().filter(|uid| *uid != u32::MAX);
    let sudo = std::env::var_os("SUDO_USER").filter(|name| uzers::get_user_by_name(name).is_some());
    let name_of = |uid| Some(uzers::get_user_by_uid(uid)?.name().to_string_lossy().into_owned());
    who(name_of, uzers::get_current_uid(), login, sudo.and_then(|name| name.into_string().ok()).as_deref())
}

/// The login that the kernel keeps for its audit, which nobody can choose; else the user, and beside it whom `sudo` names:
/// that is a variable, and whoever runs the command may have set it.
fn who(name_of: impl Fn(u32) -> Option<String>, uid: u32, login: Option<u32>, sudo: Option<&str>) -> String {
    let name = |uid| name_of(uid).unwrap_or_else(|| format!("uid {uid}"));
    match (login, sudo) {
        (Some(login), _) => name(login),
        (None, Some(sudo)) if sudo != name(uid) => format!("{} ({sudo})", name(uid)),
        (None, _) => name(uid),
    }
}

/// Prints to standard output. A reader that went away (`| head`) is no failure; a full disk is.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Io, format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
        let exit = match error {
            StoreError::Foreign { .. } | StoreError::Newer { .. } => Exit::Data,
            StoreError::Missing { .. } => Exit::Io,
            StoreError::Older { .. } => Exit::Temporary,
            StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Exit::Permission
            }
            StoreError::Sqlite(sqlite)
                if matches!(sqlite.sqlite_error_code(), Some(PermissionDenied | ReadOnly | CannotOpen)) =>
            {
                Exit::Permission
            }
            error if error.is_transient() => Exit::Temporary,
            StoreError::Io { .. } | StoreError::Sqlite(_) => Exit::Io,
        };
        match error {
            StoreError::Sqlite(sqlite) => {
                Self { exit, message: format!("{sqlite}{}", error.remedy()), of_store: true }
            }
            error => Self::new(exit, error.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        match &error {
            DaemonError::Store(store) | DaemonError::Import(ImportError::Store(store)) => Self::from(store),
            DaemonError::Import(ImportError::Read { source, .. }) => {
                let denied = source.kind() == std::io::ErrorKind::PermissionDenied;
                Self::new(if denied { Exit::Permission } else { Exit::Data }, error.to_string())
            }
            DaemonError::Lock(LockError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::new(Exit::Permission, error.to_string())
            }
            DaemonError::Lock(LockError::Held { .. }) => Self::new(Exit::Temporary, error.to_string()),
            DaemonError::Smtp(_) => Self::new(Exit::Config, error.to_string()),
            DaemonError::Lock(_) | DaemonError::Signals(_) => Self::new(Exit::Io, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::who;

    #[test]
    fn staff_are_named_by_their_login() {
        let name_of = |uid| match uid {
            0 => Some("root".to_owned()),
            1001 => Some("zhang".to_owned()),
            _ => None,
        };
        for (uid, login, sudo, name) in [
            (0, Some(1001), Some("root"), "zhang"),
            (0, None, Some("zhang"), "root (zhang)"),
            (0, None, Some("root"), "root"),
            (0, None, None, "root"),
            (1002, None, None, "uid 1002"),
            (0, Some(1002), None, "uid 1002"),
        ] {
            assert_eq!(who(name_of, uid, login, sudo), name, "{uid} {login:?} {sudo:?}");
        }
    }
}
