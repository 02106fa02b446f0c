//! Writing: sheet after sheet, row after row, so that a hundred thousand items take no more memory than a hundred.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, Workbook,
    Worksheet, XlsxError,
};

use super::compute::{self, plain};
use super::layout::{Column, Sheet, WORDS, sheet};
use crate::vocabulary::{formula, sha256_hex};

/// A workbook that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct WriteError(#[from] XlsxError);

/// What stands above every sheet.
#[derive(Debug, Clone, Default)]
pub struct Titles {
    /// The draft's title, as printed.
    pub title: String,
    /// When the figures were made, for people.
    pub as_of: String,
    /// The values of `occupation`.
    pub occupations: Vec<String>,
}

/// A row as it is written and compared: a cell for each column of its sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which row it is.
    pub key: String,
    /// What stands in it.
    pub cells: Vec<String>,
}

impl Line {
    /// The cell of a column as it stands in the sheet.
    pub fn cell(&self, sheet: &Sheet, place: usize) -> String {
        let text = self.cells.get(place).map(String::as_str).unwrap_or_default();
        sheet.column.get(place).map_or_else(String::new, |column| visible(column, text))
    }

    /// A digest of what the row is told by.
    pub fn digest(&self, sheet: &Sheet) -> String {
        let own = sheet.column.iter().enumerate().filter(|(_, column)| column.own);
        let cells: Vec<String> = own.map(|(place, _)| plain(&self.cell(sheet, place))).collect();
        digest(&self.key, &cells)
    }
}

/// The digest of a row: 64 bits tell a slip of the hand from none.
pub(super) fn digest(key: &str, own: &[String]) -> String {
    sha256_hex(format!("{key}\u{1f}{}", own.join("\u{1f}")).as_bytes()).chars().take(16).collect()
}

/// What stands in a cell for a text: nothing that a spreadsheet takes for a formula, and no more than one row shows.
fn visible(column: &Column, text: &str) -> String {
    let text: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    let text = formula::neutral(text.trim()).into_owned();
    if column.hand {
        return cut(&text);
    }
    if column.long {
        return compute::pieces(&cut(&text), column.width)
            .into_iter()
            .next()
            .map(|(text, _)| text)
            .unwrap_or_default();
    }
    compute::shown(&text, column.width)
}

/// No more than a cell holds.
fn cut(text: &str) -> String {
    let units: usize = text.chars().map(char::len_utf16).sum();
    if units <= compute::MOST_CHARS {
        return text.to_owned();
    }
    let mark = WORDS.cut.as_str();
    let mut left = compute::MOST_CHARS - mark.chars().count();
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    kept.collect::<String>() + mark
}

/// What a cell looks like.
struct Looks {
    title: Format,
    as_of: Format,
    heading: Format,
    shown: Format,
    hand: Format,
    count: Format,
    hidden: Format,
}

impl Looks {
    fn new() -> Self {
        let base = Format::new().set_font_name("SimSun").set_font_size(10);
        let cell = base
            .clone()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_num_format("@");
        Self {
            title: base.clone().set_font_size(15).set_bold(),
            as_of: base.clone(),
            heading: base
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_border(FormatBorder::Thin)
                .set_background_color(Color::RGB(0x00E7_E6E6)),
            hand: cell.clone().set_background_color(Color::RGB(0x00FF_F9E5)),
            count: cell.clone().set_num_format("0").set_align(FormatAlign::Center),
            shown: cell,
            hidden: base.set_num_format("@"),
        }
    }
}

/// A workbook that is being written.
pub struct Book {
    workbook: Workbook,
    titles: Titles,
}

impl Book {
    /// A new one. What is not in memory waits in nameless files in `folder`.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new(titles: Titles, folder: &Path) -> Result<Self, WriteError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        Ok(Self { workbook, titles })
    }

    /// Begins the next sheet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sheet(&mut self, sheet: &'static Sheet) -> Result<SheetWriter<'_>, WriteError> {
        let looks = Looks::new();
        let page = self.workbook.add_worksheet_with_constant_memory()?;
        page.set_name(&sheet.name)?;
        page.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
        page.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3).set_footer(format!("&C{}", WORDS.page));
        for (place, column) in (0_u16..).zip(&sheet.column) {
            page.set_column_width(place, column.width)?;
        }
        let visible = u16::try_from(sheet.column.len()).unwrap_or(u16::MAX);
        let mut writer = SheetWriter { page, sheet, looks, titles: &self.titles, row: 0, visible };
        writer.head()?;
        Ok(writer)
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(mut self, to: impl Write + Send) -> Result<(), WriteError> {
        Ok(self.workbook.save_to_writer(to)?)
    }
}

/// The row of the headings, counted from 0.
const HEADING: u32 = 2;

/// A sheet that is being written.
pub struct SheetWriter<'a> {
    page: &'a mut Worksheet,
    sheet: &'static Sheet,
    looks: Looks,
    titles: &'a Titles,
    row: u32,
    visible: u16,
}

impl SheetWriter<'_> {
    /// The title, when the figures were made, and the headings.
    fn head(&mut self) -> Result<(), WriteError> {
        let title = WORDS.heading.replace("{title}", &self.titles.title);
        let as_of = WORDS.as_of.replace("{when}", &self.titles.as_of);
        self.page.set_row_height(0, 24)?;
        self.page.write_string_with_format(0, 0, &title, &self.looks.title)?;
        self.word()?;
        self.row = 1;
        self.page.write_string_with_format(1, 0, as_of, &self.looks.as_of)?;
        self.word()?;
        self.row = HEADING;
        self.page.set_row_height(HEADING, 32)?;
        for (place, column) in (0_u16..).zip(&self.sheet.column) {
            self.page.write_string_with_format(HEADING, place, &column.heading, &self.looks.heading)?;
        }
        self.word()?;
        if self.sheet.is_read() {
            for (place, word) in (self.visible..).zip([&WORDS.key, &WORDS.digest, &WORDS.was]) {
                self.page.write_string_with_format(HEADING, place, word, &self.looks.hidden)?;
                self.page.set_column_hidden(place)?;
            }
        } else {
            self.page.set_column_hidden(LISTS)?;
        }
        self.row = HEADING + 1;
        self.page.set_repeat_rows(0, HEADING)?;
        self.page.set_freeze_panes(HEADING + 1, if self.sheet.is_read() { 2 } else { 1 })?;
        Ok(())
    }

    /// Writes a row, and what of its long text one row cannot show into the next ones.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &Line) -> Result<(), WriteError> {
        if !self.sheet.is_read() && line.cells.iter().skip(1).all(String::is_empty) {
            return self.across(line);
        }
        let mut rest = Vec::new();
        let mut lines = 1;
        for (place, column) in self.sheet.column.iter().enumerate() {
            let text = line.cell(self.sheet, place);
            lines = lines.max(compute::lines(&text, column.width));
            self.cell(place, &text)?;
            if column.long {
                let whole = line.cells.get(place).map(String::as_str).unwrap_or_default();
                let pieces = compute::pieces(&cut(&formula::neutral(whole.trim())), column.width);
                rest.extend(pieces.into_iter().skip(1).map(|piece| (place, piece)));
            }
        }
        self.page.set_row_height(self.row, compute::points(lines))?;
        self.word()?;
        if self.sheet.is_read() {
            let hand = self.sheet.column.iter().enumerate().filter(|(_, column)| column.hand);
            let was: BTreeMap<&str, String> = hand
                .map(|(place, column)| (column.field.as_str(), line.cell(self.sheet, place)))
                .filter(|(_, text)| !text.is_empty())
                .collect();
            let was = serde_json::to_string(&was).unwrap_or_default();
            self.hidden([&line.key, &line.digest(self.sheet), &was])?;
        }
        self.row += 1;
        for (at, (place, (text, lines))) in (1..).zip(rest) {
            for (other, _) in self.sheet.column.iter().enumerate() {
                self.cell(other, if other == place { &text } else { "" })?;
            }
            self.page.set_row_height(self.row, compute::points(lines))?;
            self.hidden([&format!("{}+{at}", line.key), "", ""])?;
            self.row += 1;
        }
        Ok(())
    }

    /// What says something of the whole table stands across it.
    fn across(&mut self, line: &Line) -> Result<(), WriteError> {
        let text = line.cells.first().map(String::as_str).unwrap_or_default();
        let width: u16 = self.sheet.column.iter().map(|column| column.width).sum();
        let text = compute::shown(&formula::neutral(text.trim()), width);
        self.page.set_row_height(self.row, compute::points(compute::lines(&text, width)))?;
        self.page.merge_range(
            self.row,
            0,
            self.row,
            self.visible.saturating_sub(1),
            &text,
            &self.looks.shown,
        )?;
        self.word()?;
        self.row += 1;
        Ok(())
    }

    /// A word of the long list beside the row; rows are written once and in order.
    fn word(&mut self) -> Result<(), WriteError> {
        let word = usize::try_from(self.row).ok().and_then(|row| self.titles.occupations.get(row));
        if let Some(word) = word.filter(|_| !self.sheet.is_read()) {
            self.page.write_string_with_format(self.row, LISTS, word, &self.looks.hidden)?;
        }
        Ok(())
    }

    fn cell(&mut self, place: usize, text: &str) -> Result<(), WriteError> {
        let (Some(column), Ok(at)) = (self.sheet.column.get(place), u16::try_from(place)) else {
            return Ok(());
        };
        if let Some(number) = text.parse::<u32>().ok().filter(|_| column.number) {
            let looks = if column.hand { &self.looks.hand } else { &self.looks.count };
            self.page.write_number_with_format(self.row, at, number, looks)?;
            return Ok(());
        }
        let looks = if column.hand { &self.looks.hand } else { &self.looks.shown };
        match text {
            "" => self.page.write_blank(self.row, at, looks)?,
            text => self.page.write_string_with_format(self.row, at, text, looks)?,
        };
        Ok(())
    }

    fn hidden(&mut self, cells: [&str; 3]) -> Result<(), WriteError> {
        for (place, text) in (self.visible..).zip(cells) {
            if !text.is_empty() {
                self.page.write_string_with_format(self.row, place, text, &self.looks.hidden)?;
            }
        }
        Ok(())
    }

    /// Ends the sheet: filters, drop-downs, what is printed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> Result<(), WriteError> {
        let last = self.row.saturating_sub(1).max(HEADING + 1);
        let words = u32::try_from(self.titles.occupations.len()).unwrap_or_default();
        while !self.sheet.is_read() && self.row < words {
            self.word()?;
            self.row += 1;
        }
        let Self { page, sheet, titles, visible, row, looks, .. } = self;
        // A last row that has a height of its own would be written once more, empty: programs call such a file damaged.
        page.write_blank(row, 0, &looks.hidden)?;
        page.set_print_area(0, 0, last, visible.saturating_sub(1))?;
        if sheet.is_read() {
            page.autofilter(HEADING, 0, last, visible.saturating_sub(1))?;
        }
        for (place, column) in (0_u16..).zip(&sheet.column) {
            if let Some(list) = drop_down(column, titles)? {
                page.add_data_validation(HEADING + 1, place, last, place, &list)?;
            }
        }
        Ok(())
    }
}

/// The column of lists that are too long for a drop-down by itself.
const LISTS: u16 = 8;

/// The drop-down of a column.
fn drop_down(column: &Column, titles: &Titles) -> Result<Option<DataValidation>, WriteError> {
    let Some(list) = &column.list else { return Ok(None) };
    let words: &[String] = if list == OCCUPATION { &titles.occupations } else { column.words() };
    if words.is_empty() {
        return Ok(None);
    }
    let all: usize = words.iter().map(|word| word.chars().count() + 1).sum();
    let validation = DataValidation::new();
    let validation = if all < 250 && !words.iter().any(|word| word.contains(',')) {
        validation.allow_list_strings(words)?
    } else {
        // Named in the sheet of figures, behind what is printed.
        let name = sheet("figures").map(|found| found.name.as_str()).unwrap_or_default();
        validation.allow_list_formula(Formula::new(format!("='{name}'!$I$1:$I${}", words.len())))
    };
    let validation =
        validation.set_error_style(DataValidationErrorStyle::Stop).set_error_message(&WORDS.help)?;
    Ok(Some(validation))
}

/// The list that the notice gives.
const OCCUPATION: &str = "occupation";

impl Sheet {
    /// Whether anything in it is read back.
    pub fn is_read(&self) -> bool {
        self.column.iter().any(|column| column.hand)
    }
}
