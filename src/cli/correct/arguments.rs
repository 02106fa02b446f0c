//! What is typed behind `correct`.

use clap::Args;

use crate::cli::number::{self, Of};

#[derive(Debug, Args)]
pub(in crate::cli) struct CorrectArguments {
    /// Registration numbers, whole (LNZX-2024-0001) or short (1), listed (1,3), in ranges (1-3); - reads them from standard input
    #[arg(value_name = "NUMBER")]
    pub(super) number: String,
    /// name, organization, `sender_kind`, occupation, phones, emails, comment, flags, signatories; of an item: clause, text, adoption,
    /// `adoption_reason`; or as the lists call it: 姓名, 单位, 来信人类别, 职业, 电话, 邮箱, 来信内容, 标记, 人次, 条款, 采纳情况, 理由
    pub(super) field: String,
    /// The new value; '' empties it; - reads it from standard input, where the list of processes does not show it.
    /// Several phones or emails stand behind one another with 、 or a comma between them; of flags, +x adds one and -x takes
    /// one away
    #[arg(allow_hyphen_values = true, required_unless_present_any = ["undo", "from_reply"])]
    pub(super) value: Option<String>,
    /// Further fields with their values
    #[arg(value_name = "FIELD VALUE")]
    pub(super) more: Vec<String>,
    /// Take the last correction of the field back; that is written down too. 条目: what `item` added, split or joined last
    #[arg(long, conflicts_with_all = ["value", "more"])]
    pub(super) undo: bool,
    /// What its sender wrote of the field later, in a supplement or in a letter that asks for a correction: nobody types it. Shown masked
    #[arg(long, conflicts_with_all = ["value", "more", "undo", "item"])]
    pub(super) from_reply: bool,
    /// The word takes the place of the whole text: without it a word is refused there, for it was meant to put one right
    #[arg(long, conflicts_with_all = ["undo", "from_reply"])]
    pub(super) replace: bool,
    /// Which opinion item, counted from 1 as `show` does
    #[arg(long, value_name = "N", value_parser = number::ordinal::<i64>)]
    pub(super) item: Option<i64>,
    #[command(flatten)]
    pub(super) of: Of,
    /// Why; kept beside the old value
    #[arg(long)]
    pub(super) note: Option<String>,
    /// How many letters a range has that is to be corrected at once; without it they are shown and left as they are
    #[arg(long, value_name = "COUNT")]
    pub(super) yes: Option<usize>,
}
