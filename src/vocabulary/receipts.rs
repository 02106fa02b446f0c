//! What our own receipts say, as it comes back in answers to them.

use super::language::{language_table, word_list};

language_table!(RECEIPTS, "language/receipts.tsv");

word_list!(
    /// What nobody says but a receipt of this program (`rules/receipts`).
    pub ALONE, RECEIPTS, "alone"
);
word_list!(
    /// What a receipt says, and perhaps somebody else.
    pub AMONG_OTHERS, RECEIPTS, "among others"
);
