//! What kind of word is it?

pub(crate) mod name_words;
pub(crate) mod occupations;
pub(crate) mod places;
pub(crate) mod roles;
pub(crate) mod surnames;
