//! What is a line, a sentence, a number in words?

pub(crate) mod cloud;
pub(crate) mod fold;
pub(crate) mod letters;
pub(crate) mod line;
pub(crate) mod numeral;
pub(crate) mod sentences;
pub(crate) mod topics;
