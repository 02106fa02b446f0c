//! The one integration-test binary. Table of contents:
//!
//! - `support`: real servers, the program under test, generated mail
//! - `layers`: imports run one way, files stay short
//! - `dependencies`: one TLS stack, one crypto provider, the features we rely on
//! - `documents`: the pages name places that exist
//! - `findings`: what a clerk's work found wrong, and the tests that hold it right
//! - `manuals`: the manual pages and completions say what the program does
//! - `language`: the word lists of `rules/`
//! - `words`: what each word is called, in one place
//! - `subjects`, `deadlines`, `bodies`, `automatic`: the rules against their cases, kept as data
//! - `campaigns`: the same letter again, the same from many, withdrawal and replacement
//! - `drafts`: consultations that are unlike the one this program began with
//! - `kinds`: machines and people, subjects and tags, one letter and another, by kind
//! - `corpus`: whole messages, from bytes to ruling
//! - `any_bytes`: what holds for any bytes (`invariants`, which the fuzz targets share), and what hostile messages take
//! - `config`: one wrong file per way to be wrong
//! - `respond`, `compose`, `schedule`: the answer, from the decision to the retry
//! - `cursor`, `imap`, `maildir`, `smtp`: the adapters against scripted servers that misbehave
//! - `environment`: the real servers themselves, without the program
//! - `units`, `journal`, `reload`: the daemon as systemd runs it
//! - `logs`: the words of the log, and what they never say
//! - `end_to_end`: a mailbox in, submissions and acknowledgements out
//! - `crash`: `kill -9` at any moment and at every named step
//! - `disks`: full disks, failing ones, read-only ones, power cuts
//! - `readers`: staff who read for long while the daemon writes
//! - `holders`: programs that hold the store, and who is told
//! - `real_servers`: Courier, Cyrus, GNU imap4d and pymap (`tests/run --release`)
//! - `limits`: messages over the limits, and memory
//! - `soak`: many messages through one process
//! - `faults`: wrong passwords, foreign stores, servers that are down, mistaken configurations
//! - `live`: each fault that `check --live` has a word for
//! - `store`: the file itself: whose it is, unique keys, the event chain, readers and writers beside the daemon
//! - `stats`: the figures for reports, and what the commands and views say of same letters
//! - `evidence`: `verify` finds whatever was changed
//! - `identity`: a UID or a file name that names another letter, servers that list or hand over less than they announce
//! - `reconcile`: the mailbox beside the record
//! - `clocks`: a clock that was wrong for a while
//! - `places`: the store renamed, removed, restored, copied, made anew; its lock
//! - `backup`, `restore`: a copy while the daemon runs, and back
//! - `setup`: a first configuration by questions or options
//! - `watching`, `metrics`: one line for a monitor, figures for Prometheus, alerts
//! - `outbox`: what people see of the outbox and do by hand
//! - `storms`: loops, forged senders, old mailboxes: what is answered and how often
//! - `lanes`: the program against scripted servers: what a pass leaves behind when they misbehave
//! - `bounces`: an acknowledgement that comes back
//! - `matrix`: one row for each way a server can misbehave, and the same seven checks for every row
//! - `commands`: import, list, show, status, the demo
//! - `explain`: why a mail was treated as it was
//! - `enclosed`: a title inside an attached document
//! - `requests`: what a letter asks the office to do, filed, joined and answered
//! - `review`: what staff decide and correct
//! - `screens`: what a clerk sees on a terminal
//! - `granted`: what was granted and is not done stays on a list; what somebody wants kept from the public, and no more
//! - `hour`: what made a clerk hesitate who decided a whole queue: said where he stands
//! - `slips`: what a hand types wrong: said, asked for twice, taken back
//! - `told`: what is said to whoever types it otherwise, or looks for a letter where it is not
//! - `decisions`: what `explain` and `review list` say of it
//! - `hidden`: what the reader of a mail does not see is not what the citizen wrote
//! - `leaving`: what leaves the program does nothing to a terminal or a spreadsheet; `view`
//! - `forged`: mail that is not its sender's, and letters that would hang on a decision about another
//! - `histories`: random histories of mails and staff commands
//! - `moves`: letters that staff move to another consultation, and back
//! - `consultation`: hundreds of letters and their replies in two consultations, beside what has to become of each
//! - `masking`: whom staff do not get to see by name
//! - `questions`: the page for those who ask with tools, query by query
//! - `counts`: what the store keeps of a letter's items for the views
//! - `erasure`: what somebody has erased is in no file of the store
//! - `reading_copy`: what the views show, as a file of its own for those who ask with tools
//! - `office_tools`: ODBC, pandas, Datasette, `VisiData` and an old SQLite on it (`tests/run`)
//! - `archive`: what goes to the archive, checked without this program
//! - `clauses`: words by which opinions find their clause
//! - `closing`: figures that are closed, and what is otherwise later
//! - `agencies`: who writes for an office, what becomes of it, and who was asked
//! - `reprocess`: today's rules over what older ones filed
//! - `same`: what staff see of generated letters, as recorded
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod agencies;
mod any_bytes;
mod archive;
mod arrival;
mod automatic;
mod backup;
mod bodies;
mod bounces;
mod campaigns;
mod clauses;
mod clocks;
mod closing;
mod commands;
mod compose;
mod config;
mod consultation;
mod corpus;
mod counts;
mod crash;
mod cursor;
mod deadlines;
mod decisions;
mod dependencies;
mod disks;
mod documents;
mod drafts;
mod enclosed;
mod end_to_end;
mod environment;
mod erasure;
mod evidence;
mod explain;
mod faults;
mod finding;
mod findings;
mod forged;
mod granted;
mod hidden;
mod histories;
mod holders;
mod hour;
mod identity;
mod imap;
mod imports;
mod invariants;
mod journal;
mod kinds;
mod lanes;
mod language;
mod late;
mod layers;
mod leaving;
mod limits;
mod live;
mod logs;
mod maildir;
mod manuals;
mod masking;
mod matrix;
mod metrics;
mod moves;
mod office_tools;
mod outbox;
mod places;
mod pop3;
mod proxies;
mod questions;
mod readers;
mod reading_copy;
mod real_servers;
mod receipts;
mod reconcile;
mod reload;
mod replies;
mod reports;
mod reprocess;
mod requests;
mod respond;
mod restore;
mod review;
mod same;
mod schedule;
mod screens;
mod servers;
mod setup;
mod slips;
mod smtp;
mod soak;
mod stats;
mod store;
mod storms;
mod subjects;
mod support;
mod tokens;
mod told;
mod unentered;
mod units;
mod views;
mod watching;
mod words;
mod workbook;
