//! What is published: one table.

use std::sync::LazyLock;

use super::markup::escaped;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// A row of what is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The clause.
    pub clause: String,
    /// 意见要点
    pub point: String,
    /// How many said so.
    pub raised: String,
    /// The decision.
    pub adoption: String,
    /// Why.
    pub reason: String,
}

/// Its head.
pub static PUBLISHED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/report/published.txt"))
        .trim()
        .split(' ')
        .collect()
});

impl Published {
    fn cells(&self) -> [&str; 5] {
        [&self.clause, &self.point, &self.raised, &self.adoption, &self.reason]
    }
}

/// A bare table for a web site.
pub fn published_html(title: &str, rows: &[Published]) -> String {
    let head: String = PUBLISHED.iter().map(|name| format!("<th>{name}</th>")).collect::<Vec<_>>().concat();
    let row = |(at, row): (usize, &Published)| {
        let cells: String =
            row.cells().iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect::<Vec<_>>().concat();
        format!("<tr><td>{}</td>{cells}</tr>\n", at + 1)
    };
    let body: String = rows.iter().enumerate().map(row).collect();
    format!(
        "<table>\n<caption>\u{300a}{}\u{300b}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n",
        escaped(title)
    )
}

/// The same for a spreadsheet, on A4 landscape.
///
/// # Errors
/// When it cannot be made.
pub fn published_xlsx(title: &str, rows: &[Published]) -> Result<Vec<u8>, XlsxError> {
    const WIDTHS: [f64; 6] = [6.0, 14.0, 52.0, 18.0, 12.0, 40.0];
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
    let heading = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center).set_text_wrap();
    let sheet = workbook.add_worksheet();
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    sheet.merge_range(0, 0, 0, 5, &format!("\u{300a}{title}\u{300b}"), &heading)?.set_row_height(0, 40)?;
    for ((column, name), width) in (0_u16..).zip(PUBLISHED.iter()).zip(WIDTHS) {
        sheet.set_column_width(column, width)?.write_string_with_format(1, column, *name, &bold)?;
    }
    for (line, row) in (2_u32..).zip(rows) {
        sheet.write_number_with_format(line, 0, f64::from(line - 1), &cell)?;
        for (column, text) in (1_u16..).zip(row.cells()) {
            sheet.write_string_with_format(line, column, text, &cell)?;
        }
        sheet.set_row_height(line, height(row))?;
    }
    workbook.save_to_buffer()
}

/// Programs that open it do not compute heights: Han fill two cells, and a point is told in a column of 52, a reason in one of 40.
fn height(row: &Published) -> f64 {
    let lines = |text: &str, cells: usize| {
        text.lines().map(|line| (line.chars().count() * 2).div_ceil(cells).max(1)).sum::<usize>()
    };
    let most = lines(&row.point, 50).max(lines(&row.reason, 38)).max(lines(&row.raised, 16)).max(1);
    u32::try_from(most).map_or(400.0, |most| (f64::from(most) * 15.0 + 4.0).min(400.0))
}
