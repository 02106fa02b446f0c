//! `zwfw-intake`: a mailbox of public comments in, filed submissions and acknowledgements out.
//!
//! Two lanes that share only the database:
//!
//! ```text
//! intake           mailbox ─fetch→ FetchedMessage ─parse→ Message ─read→ Reading ─rule→ Ruling
//!                  ─respond→ Response ─compose→ OutboundMessage
//!                  → one transaction for the batch → only then: advance, mark
//!
//! acknowledgement  store.due ─→ Queued ─count the attempt, send→ SendOutcome ─schedule→ Next ─→ store.settle
//! ```
//!
//! [`lane::intake`] and [`lane::acknowledge`] are the lanes: begin there. The stages between their ends are pure functions; the
//! adapters [`imap`], [`maildir`], [`smtp`] and [`store`] touch the world and do not know each other. Imports run one way, from
//! [`vocabulary`] up to [`cli`]; ARCHITECTURE.md has the table of layers, and a test holds it.

// The vocabulary, what its words are called, and text from bytes.
pub mod charset;
pub mod vocabulary;
pub mod words;

// The stages: one question each.
pub mod automatic;
pub mod cursor;
pub mod deadline;
pub mod details;
pub mod parse;
pub mod quote;
pub mod schedule;
pub mod sender;
pub mod similarity;
pub mod subject;

// The decisions.
pub mod compose;
pub mod mask;
pub mod respond;
pub mod ruling;

// Settings, plumbing, adapters.
pub mod config;
pub mod crash;
pub mod imap;
pub mod maildir;
pub mod net;
pub mod notify;
pub mod oauth;
pub mod pop3;
pub mod program;
pub mod report;
pub mod smtp;
pub mod store;
pub mod workbook;
pub mod world;

// The lanes, and what runs them.
pub mod cli;
pub mod daemon;
pub mod lane;
pub mod maillog;
pub mod watch;
