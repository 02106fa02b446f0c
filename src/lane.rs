//! The two lanes, which share only the database: mail in, answers out. Order is their subject.

pub mod acknowledge;
pub mod intake;
pub mod reprocess;
