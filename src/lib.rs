//! `zwfw-intake`: a mailbox of public comments in, filed submissions and acknowledgements out.

pub mod acknowledge;
pub mod automatic;
pub mod charset;
pub mod cli;
pub mod compose;
pub mod config;
pub mod cursor;
pub mod daemon;
pub mod deadline;
pub mod details;
pub mod imap;
pub mod intake;
pub mod mail;
pub mod maildir;
pub mod maillog;
pub mod notify;
pub mod parse;
pub mod quote;
pub mod respond;
pub mod ruling;
pub mod schedule;
pub mod smtp;
pub mod store;
pub mod subject;
pub mod tls;
pub mod world;
