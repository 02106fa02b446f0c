//! What do people see and correct?

mod adopted;
mod archive;
mod cell;
mod closing;
mod correction;
mod decision;
mod entries;
mod explain;
mod filter;
mod items;
mod masked;
mod moving;
mod noting;
mod others;
mod personal;
mod repetition;
mod rows;
mod stats;
mod status;
mod study;
mod submissions;
mod units;
mod views;
mod wished;
mod workbook;

pub use archive::ChainedEvent;
pub use cell::Cell;
pub use closing::{CLOSE_UNDONE, CLOSED, Closing};
pub use correction::{Corrected, NewCorrection};
pub use decision::{Decided, Decision, Done, Outcomes};
pub use entries::{ImportedRow, NotOursRow};
pub use explain::{Explained, ExplainedMessage, FiledMessage};
pub use filter::{Filter, Scope};
pub use items::{Arranged, Arrangement, Undone};
pub use moving::{Destination, LastMove, Movable, Moved, NumberedAnswer, Standing};
pub use noting::Noted;
pub use personal::Personal;
pub use rows::{
    AcknowledgementRow, CorrectionRow, EventRow, FileRow, ListRow, OpinionRow, Shown, SupplementDetails,
    SupplementRow,
};
pub use stats::{Completeness, Figures, GroupFigures};
pub use status::{NotEntered, StoreStatus};
pub use study::Study;
pub use submissions::{Letters, ListFilter};
pub use units::UnitLetter;
pub use views::Sheet;
pub use workbook::{AdoptionUndone, GroupedItem, WorkbookRow, group_field};
