//! What do people see and correct?

mod cell;
mod correction;
mod decision;
mod entries;
mod explain;
mod filter;
mod items;
mod masked;
mod moving;
mod personal;
mod repetition;
mod rows;
mod stats;
mod status;
mod submissions;
mod units;
mod views;
mod workbook;

pub use cell::Cell;
pub use correction::{Corrected, NewCorrection};
pub use decision::{Decided, Decision, Done, Outcomes};
pub use entries::{ImportedRow, NotOursRow};
pub use explain::{Explained, ExplainedMessage, FiledMessage};
pub use filter::{Filter, Scope};
pub use items::{Arranged, Arrangement, Undone};
pub use moving::{Destination, LastMove, Movable, Moved, NumberedAnswer, Standing};
pub use personal::Personal;
pub use rows::{AcknowledgementRow, CorrectionRow, EventRow, ListRow, OpinionRow, Shown, SupplementRow};
pub use stats::{Completeness, Figures, GroupFigures};
pub use status::StoreStatus;
pub use submissions::{Letters, ListFilter};
pub use units::UnitLetter;
pub use views::Sheet;
pub use workbook::{AdoptionUndone, GroupedItem, WorkbookRow, group_field};
