//! The words by which personal data is known.

use crate::vocabulary::language::language_table;

language_table!(pub(super) MASKING, "language/masking.tsv");
