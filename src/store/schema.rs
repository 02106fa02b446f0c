//! Tables, indexes, views and triggers, and the way from one version of them to the next.

mod group_seals;
mod keep;
mod migrate;
mod old_seals;
mod old_sentences;
mod restate;
mod sums;
mod views;
mod words;

pub use keep::{Brought, Migrated};
pub use migrate::VERSION;
pub(super) use migrate::{Altered, check_current, compare, create, differences, is_ours, migrate, refuse};
pub(super) use sums::{keep_none as keep_no_sums, make as sum_anew, miscounted as sums_miscounted};
pub(super) use views::{
    Kind, Person, items, names as view_names, notes, person, pieces, reading_copy, shown as views,
};
pub(super) use words::{are_current as has_our_words, are_of_another_version, refresh_words};
