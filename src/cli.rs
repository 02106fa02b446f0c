//! Commands; error to exit status.
//!
//! Help and log are English, what staff read is Chinese. Exit statuses are those of `sysexits.h`.

mod about;
mod actor;
mod adopt;
mod agencies;
mod allocator;
mod archive;
mod backup;
mod check;
mod clauses;
mod close;
mod copied;
mod correct;
mod corrections;
mod days;
mod erase;
mod explain;
mod export;
mod figures;
mod filter;
mod first_contact;
mod fit;
mod frozen;
mod group;
mod held;
mod holding;
mod import;
mod init;
mod item;
mod letter;
mod list;
mod log;
mod masking;
mod meant;
mod moving;
mod nesting;
mod new_file;
mod number;
mod openable;
mod opening;
mod outbox;
mod outcome;
mod publication;
mod reconcile;
mod refetch;
mod replied;
mod report;
mod reprocess;
mod restore;
mod retention;
mod review;
mod run;
mod saving;
mod search;
mod sentences;
mod setup;
mod stats;
mod status;
mod stderr;
mod submissions;
mod table;
mod treated;
mod trial;
mod unmasked;
mod usage;
mod verify;
mod view;
mod waiting;
mod whom;

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;

use crate::compose;
use crate::config::{self, Problem, Problems, Secrets, Settings};
use crate::store::{Locks, held_by};

pub use outcome::Exit;
use outcome::{Failure, Outcome, print};

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
    /// Ask for what a first configuration needs, or take it from options, write it, and try it with `check --live`
    Setup(Box<setup::SetupArguments>),
    /// Make a new store where there is none; answers then leave as `not_before` says
    Init,
    /// Read the configuration and report every problem at once
    Check {
        /// Also log in to IMAP and SMTP, select each folder, open the store, compare clocks
        #[arg(long)]
        live: bool,
        /// With --live: also send a message to this address, through the server of the answers
        #[arg(long, requires = "live", value_name = "ADDRESS")]
        send_test: Option<String>,
    },
    /// File .eml files, folders of them, mbox files or Maildirs by the same rules, and queue their answers
    Import {
        /// Files or folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Queue no answers: they are withheld, and `outbox release` lets them go
        #[arg(long)]
        no_answer: bool,
        /// Say what became of each file, however many there are; else beyond 40 only of those that wait for a person
        #[arg(long)]
        each: bool,
    },
    /// Make a consistent copy of the store while the daemon runs; read again before it has its name, 0600, written over nothing
    Backup(backup::BackupArguments),
    /// Put a backup into the store's place while no service runs: checked first, the old store is kept, numbers are skipped, answers
    /// that may have left already are withheld
    Restore(restore::RestoreArguments),
    /// Show the last good pass, what waits, and the time to each deadline
    Status(status::StatusArguments),
    /// List submissions in the order of filing; personal data is masked
    List(list::ListArguments),
    /// Find submissions in which a text stands; personal data is masked
    Search(search::SearchArguments),
    /// Show one submission with everything that belongs to it; personal data is masked
    Show(submissions::ShowArguments),
    /// Show the figures for reports: how many, from whom, about what, and whether the sum is whole
    Stats(stats::StatsArguments),
    /// Print a view of the store (意见汇总, 待核邮件, …) as a table or as CSV; personal data is masked
    View(view::ViewArguments),
    /// Write what leaves the office: the workbook that staff decide in, what is published, or the archive; but for the second they hold
    /// personal data, and the event log records each
    Export(export::ExportArguments),
    /// Read workbooks back that staff filled in: show what would change, or with --apply write it
    Adopt(adopt::AdoptArguments),
    /// Groups of opinion items at the terminal: list, show, name, decide, move, split, join; personal data is masked
    Group(group::GroupArguments),
    /// Write what came of a consultation: a text for an official document, or one page with charts; exit 1 while opinions are undecided
    Report(report::ReportArguments),
    /// Words that point to clauses: what stands often in opinions without one, and adding a word
    Clauses(clauses::ClausesArguments),
    /// Freeze the figures of a consultation with a digest, as an event in the chain; report and stats then tell what came later and what
    /// is otherwise; exit 1 while letters wait or opinions are undecided
    Close(close::CloseArguments),
    /// Explain why one mail was treated as it was, each step with its evidence
    Explain(explain::ExplainArguments),
    /// List the cases that wait for a person; confirm or deny them
    Review(review::ReviewArguments),
    /// Correct what was extracted, or write down what was decided on an opinion item; the old value is kept
    Correct(correct::CorrectArguments),
    /// Opinion items: what is no opinion leaves the count; add one, split one into several, join two
    Item(item::ItemArguments),
    /// Move a submission to another consultation: a number there, the old one goes on naming it; nobody is answered again
    Move(moving::MoveArguments),
    /// Erase a letter, or only name, phones, emails … of its writer: shown first, confirmed by its number typed once more; out of the raw
    /// mail, the free pages and the reading copy too. Number, dates and counts stay
    Erase(erase::EraseArguments),
    /// Show which consultations are past the time for which who wrote is kept, or with --apply erase names, phones, addresses and raw mail
    /// of one; exit 1 while something is due
    Retention(retention::RetentionArguments),
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
    /// Ask the mailbox again for letters without bytes: for all of them, or for these entries of a folder
    Refetch(refetch::RefetchArguments),
    /// Recompute every digest and the event chain; exit 1 when anything kept is not what was recorded
    Verify(verify::VerifyArguments),
}

/// The command line in English: what the manual pages and the completions are made of.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Parses the command line, runs the command, says what went wrong.
pub fn main() -> ExitCode {
    stderr::report_panics();
    // What is made is the mail of people: also where somebody's own umask would let everybody read it.
    umask(umask(Mode::RWXO) | Mode::WGRP | Mode::RWXO);
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(exit) => return ExitCode::from(exit as u8),
    };
    if matches!(arguments.command, Command::Run { .. } | Command::Import { .. }) {
        allocator::settle();
    }
    let daemon = matches!(arguments.command, Command::Run { once: false });
    // What became of single entries, they say themselves, in Chinese and in one place; a journal is told all the same.
    let says_itself = match arguments.command {
        Command::Import { .. } => true,
        Command::Run { once } => once && !stderr::is_journal(),
        _ => false,
    };
    let entries = !says_itself;
    stderr::log(arguments.verbose + u8::from(daemon), entries);
    let exit = match run(&arguments) {
        Ok(exit) => exit,
        Err(failure) if matches!(&arguments.command, Command::Status(wanted) if wanted.check) => {
            status::could_not_look(&failure)
        }
        Err(failure) => {
            let is_typed = [Exit::Usage, Exit::Data].contains(&failure.exit);
            let hint = nested(true).filter(|_| is_typed).map_or_else(String::new, |hint| format!("\n{hint}"));
            stderr::complain(&format!("zwfw-intake: {}{hint}\n", failure.message));
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Reads the command line. Help and version are printed, and what is wrong is said; the error is how the program ends.
fn arguments() -> Result<Arguments, Exit> {
    let is_chinese = usage::is_chinese();
    let command = if is_chinese { usage::in_chinese(command()) } else { command() };
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let complaint = usage::complaint(&error).filter(|_| is_chinese);
        let said = complaint.unwrap_or_else(|| {
            let text = error.render().to_string();
            if is_chinese { usage::rendered(&text) } else { text }
        });
        let said = match nested(false).filter(|_| error.use_stderr()) {
            Some(hint) => format!("{}\n{hint}\n", said.trim_end()),
            None => said,
        };
        // A closed pipe is no reason to complain about help.
        if error.use_stderr() {
            stderr::complain(&said);
            return Exit::Usage;
        }
        drop(print(&said));
        Exit::Ok
    })
}

/// How a line is spelt of which the commands were nested wrongly.
fn nested(was_read: bool) -> Option<String> {
    let typed: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let right = nesting::right(&command(), &typed, was_read)?;
    Some(if usage::is_chinese() || was_read {
        usage::spelt(&right)
    } else {
        format!("  tip: write: {right}")
    })
}

fn run(arguments: &Arguments) -> Outcome {
    let secrets = match &arguments.command {
        Command::Check { live: false, .. } => Secrets::IfThere,
        Command::Run { .. } | Command::Check { .. } | Command::Reconcile { .. } | Command::Refetch(_) => {
            Secrets::Read
        }
        _ => Secrets::LeaveAlone,
    };
    if let Command::Setup(wanted) = &arguments.command {
        return setup::setup(&arguments.config, wanted);
    }
    let settings = &settings(arguments, secrets)?;
    let outcome = match &arguments.command {
        Command::Run { once } => {
            run::run((settings, &arguments.config), *once, || self::settings(arguments, secrets))
        }
        // It was done before there was a configuration.
        Command::Setup(_) => Ok(Exit::Ok),
        Command::Init => init::init(settings),
        Command::Check { live, send_test } => {
            check::check(settings, &arguments.config, *live, send_test.as_deref())
        }
        Command::Import { paths, no_answer, each } => import::import(settings, paths, !no_answer, *each),
        Command::Backup(wanted) => backup::backup(settings, wanted),
        Command::Restore(wanted) => restore::restore(settings, wanted),
        Command::Status(wanted) => status::status(settings, &arguments.config, wanted),
        Command::Stats(wanted) => stats::stats(settings, wanted),
        Command::View(wanted) => view::view(settings, wanted),
        Command::Export(export::ExportArguments { about: Some(whom), filter, out, .. }) => {
            about::about(settings, whom, filter.consultation.as_deref(), out)
        }
        Command::Export(wanted) if wanted.public => publication::publish(settings, wanted),
        Command::Export(wanted) if wanted.is_archive() => archive::archive(settings, wanted),
        Command::Export(wanted) => export::export(settings, wanted),
        Command::Adopt(wanted) => adopt::adopt(settings, wanted),
        Command::Report(wanted) => report::report(settings, wanted),
        Command::Clauses(wanted) => {
            clauses::clauses(settings, &arguments.config, wanted, || self::settings(arguments, secrets))
        }
        Command::Close(wanted) => close::close(settings, wanted),
        Command::Group(wanted) => group::group(settings, wanted),
        Command::List(list) => list::list(settings, list),
        Command::Search(wanted) => search::search(settings, wanted),
        Command::Explain(wanted) => explain::explain(settings, wanted),
        Command::Show(show) => submissions::show(settings, show),
        Command::Review(review) => review::review(settings, review),
        Command::Correct(correct) => correct::correct(settings, correct),
        Command::Item(wanted) => item::item(settings, wanted),
        Command::Move(wanted) => moving::move_submission(settings, wanted),
        Command::Erase(wanted) => erase::erase(settings, wanted),
        Command::Retention(wanted) => retention::retention(settings, wanted),
        Command::Reprocess(wanted) => reprocess::reprocess(settings, wanted),
        Command::Outbox(wanted) => outbox::outbox(settings, wanted),
        Command::Reconcile { json } => reconcile::reconcile(settings, *json),
        Command::Refetch(wanted) => refetch::refetch(settings, wanted),
        Command::Verify(wanted) => verify::verify(settings, wanted),
    };
    outcome.map_err(|mut failure| {
        if failure.of_store {
            failure.message = format!("{}: {}", settings.store_path.display(), failure.message);
        }
        if failure.exit == Exit::Temporary && failure.of_store {
            let holders = Locks::of(&settings.store_path).map_or_else(Vec::new, |locks| locks.all());
            failure.message.push_str(&held_by(&holders));
        }
        if failure.exit == Exit::Permission
            && let Some(foreign) = check::foreign_files(&settings.store_path)
        {
            let _ = write!(failure.message, "; {foreign}");
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
    let mut templates: Vec<Problem> = Vec::new();
    for consultation in &settings.consultations {
        for error in compose::check_templates(consultation) {
            let file = consultation.templates.files.iter().find(|(kind, _)| *kind == error.kind);
            templates.push(Problem {
                file: file.map_or(&arguments.config, |(_, file)| file).display().to_string(),
                key: format!("consultation.templates.{}", error.kind),
                message: error.to_string(),
            });
        }
    }
    log::as_json(settings.log_json);
    if templates.is_empty() { Ok(settings) } else { Err(refuse(&Problems(templates, Vec::new()))) }
}
