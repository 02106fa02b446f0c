//! What is to be erased, taken out of running text: however a number's digits are drawn and parted, whatever blanks stand in a name.

use super::trades::Trades;
use super::view::{View, digit};
use crate::details::text::fold::fold;

/// Signs that may part two digits of a number, and blanks that may part two characters of a name.
const MOST_BETWEEN: usize = 3;
/// A number of fewer digits stands by itself, and in no longer one.
const LONG_NUMBER: usize = 10;
/// A number of fewer digits tells nobody.
const LEAST_DIGITS: usize = 7;

/// Numbers and words to be taken out of texts, made ready once.
#[derive(Debug, Default)]
pub struct Blot {
    mark: String,
    numbers: Vec<Vec<char>>,
    words: Vec<Vec<char>>,
    trades: Trades,
}

impl Blot {
    /// Takes telephone numbers as they are stored (`024-25550101-8012`), and words: names, addresses, units. A single character is
    /// no word. `mark` stands in their place.
    pub fn new(mark: &str, numbers: &[String], words: &[String]) -> Self {
        let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<Vec<char>>();
        let mut all: Vec<Vec<char>> = Vec::new();
        for number in numbers {
            let mut parts = number.split('-');
            let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            all.extend([digits(&format!("{first}{second}")), digits(second)]);
        }
        all.retain(|number| number.len() >= LEAST_DIGITS);
        let plain = |word: &String| -> Vec<char> {
            fold(word).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
        };
        let words = words.iter().map(plain).filter(|word| word.len() > 1).collect();
        Self { mark: mark.to_owned(), numbers: all, words, trades: Trades::default() }
    }

    /// Takes words for what the writer does too: they leave where he says so of himself, and `lines` are where that was read.
    #[must_use]
    pub fn with_trades(self, words: &[String], lines: &[String]) -> Self {
        Self { trades: Trades::new(words, lines), ..self }
    }

    /// How often a word for what the writer does stands in a text, said of whomever.
    pub fn trades_in(&self, text: &str) -> usize {
        self.trades.count(text)
    }

    /// The text without them; `None` where none of them stands in it.
    pub fn out_of(&self, text: &str) -> Option<String> {
        // Where his name goes first, the line in which he says what he is is no more the one that was read.
        let of_trades = self.trades.out_of(text, &self.mark);
        let others = self.words_out_of(of_trades.as_deref().unwrap_or(text));
        others.or(of_trades)
    }

    fn words_out_of(&self, text: &str) -> Option<String> {
        if self.numbers.is_empty() && self.words.is_empty() {
            return None;
        }
        let view = View::of(text);
        let (places, signs) = view.signs();
        let place = |index: usize| places.get(index).copied().unwrap_or(view.text.len());
        let mut found = Vec::new();
        let mut at = 0;
        while at < signs.len() {
            match self.end_of(&signs, at) {
                Some(end) => {
                    found.push((place(at)..place(end), self.mark.clone()));
                    at = end;
                }
                None => at += 1,
            }
        }
        if found.is_empty() {
            return None;
        }
        let mut without = String::with_capacity(text.len());
        view.masked(found, &mut without);
        Some(without)
    }

    /// Where the longest of them that begins here ends.
    fn end_of(&self, signs: &[char], at: usize) -> Option<usize> {
        let words = self.words.iter().filter_map(|word| word_at(signs, at, word));
        words.chain(self.numbers.iter().filter_map(|number| number_at(signs, at, number))).max()
    }
}

fn before(signs: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).and_then(|before| signs.get(before)).copied()
}

fn word_at(signs: &[char], at: usize, word: &[char]) -> Option<usize> {
    // `li@example.com` is not in `ali@example.com`, nor Li in Like.
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if is_latin(before(signs, at)) && is_latin(word.first().copied()) {
        return None;
    }
    let mut end = at;
    for (index, wanted) in word.iter().enumerate() {
        end += between(signs, end, index, char::is_whitespace);
        if signs.get(end) != Some(wanted) {
            return None;
        }
        end += 1;
    }
    let is_glued = is_latin(signs.get(end).copied()) && is_latin(word.last().copied());
    (!is_glued).then_some(end)
}

fn number_at(signs: &[char], at: usize, number: &[char]) -> Option<usize> {
    let is_digit = |c: Option<char>| c.and_then(digit).is_some();
    let is_short = number.len() < LONG_NUMBER;
    if is_short && is_digit(before(signs, at)) {
        return None;
    }
    let mut end = at;
    for (index, wanted) in number.iter().enumerate() {
        end += between(signs, end, index, |c| !c.is_alphanumeric());
        if signs.get(end).copied().and_then(digit) != Some(*wanted) {
            return None;
        }
        end += 1;
    }
    (!is_short || !is_digit(signs.get(end).copied())).then_some(end)
}

/// How many signs part what comes next from what was found; before the first there are none.
fn between(signs: &[char], at: usize, index: usize, parts: impl Fn(char) -> bool) -> usize {
    if index == 0 {
        return 0;
    }
    signs.iter().skip(at).take(MOST_BETWEEN).take_while(|c| parts(**c)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_leave_however_they_are_written_and_others_stay() {
        let of = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let blot = Blot::new(
            "□",
            &of(&["13800138000", "024-25550101-8012"]),
            &of(&["何春梅", "li@example.com", "Li Wei", "梅"]),
        );
        for (text, due) in [
            ("电话13800138000。", "电话□。"),
            ("138 0013 8000", "□"),
            ("１３８－００１３－８０００", "□"),
            ("138/0013/8000，+86 13800138000", "□，+86 □"),
            ("一三八零零一三八零零零", "□"),
            ("（024）25550101转8012", "（□转8012"),
            ("2555 0101", "□"),
            ("何 春 梅，农民", "□，农民"),
            ("LI@example.com; li wei", "□; □"),
        ] {
            assert_eq!(blot.out_of(text).as_deref(), Some(due), "{text}");
        }
        for text in ["13800138001", "92555010177", "何春", "ali@example.com", "Li Weiwei", "梅花", ""] {
            assert_eq!(blot.out_of(text), None, "{text}");
        }
        assert_eq!(Blot::new("□", &of(&["12345"]), &of(&["甲"])).out_of("12345甲"), None);
    }
}
