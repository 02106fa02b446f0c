//! Which numbers and addresses stand there?

pub(crate) mod email;
pub(crate) mod identifiers;
pub(crate) mod labelled;
pub(crate) mod phone;
pub(crate) mod scattered;
pub(crate) mod whose;
