//! The report that leaves the office: as a text for an official document, and as one page that needs nothing else. Pure: figures in,
//! text out; its words are templates in `rules/report`.

mod markup;
mod page;
mod published;
mod share;

pub use markup::escaped;
pub use page::{Figures, Point, Standing, html, text};
pub use published::{PUBLISHED, Published, published_html, published_xlsx};
