//! Commands that were typed one inside another where they stand side by side, or the other way round: `review correct`, `list review`,
//! `confirm` alone. Whoever typed it knows what he wants: he is told how it is spelt.

use clap::Command;

/// What the value is called that a number stands for, or what it may be besides.
const NUMBER: &str = "NUMBER";

/// Commands on letters, which are meant sooner than those on groups.
const LETTERS: [&str; 3] = ["review", "item", "outbox"];

/// Words for what other commands do.
const MEANT: [(&str, &str, &str); 4] = [
    ("review", "undo", "review reopen"),
    ("item", "undo", "correct --undo"),
    ("correct", "undo", "correct --undo"),
    ("erase", "only", "erase --only"),
];

/// The command line as it should have been; `None`: nothing of the kind. `was_read`: the line was understood, and a word in the place
/// of a number was none.
pub(super) fn right(command: &Command, arguments: &[String], was_read: bool) -> Option<String> {
    let at = first(arguments)?;
    let (one, rest) = (arguments.get(at)?, arguments.get(at + 1..).unwrap_or_default());
    let inside = |outer: &str, inner: &str| {
        command.find_subcommand(outer).is_some_and(|found| found.find_subcommand(inner).is_some())
    };
    let holders = |inner: &str| {
        let found = command.get_subcommands().filter(|found| found.find_subcommand(inner).is_some());
        let mut found: Vec<String> = found.map(|found| found.get_name().to_owned()).collect();
        found.sort_by_key(|name| !LETTERS.contains(&name.as_str()));
        found
    };
    let Some(found) = command.find_subcommand(one) else {
        return Some(spelt(holders(one).first()?, one, rest));
    };
    let (two, rest) = rest.split_first()?;
    if let Some((.., meant)) =
        MEANT.iter().find(|(outer, word, _)| (outer, word) == (&one.as_str(), &two.as_str()))
    {
        return Some(spelt(meant, "", rest));
    }
    if inside(one, two) || was_read && !takes_a_number(found) {
        return None;
    }
    if command.find_subcommand(two).is_none() {
        return Some(spelt(holders(two).first()?, two, rest));
    }
    Some(if inside(two, one) { spelt(two, one, rest) } else { spelt(two, "", rest) })
}

/// Where the first word stands that is no option of the whole program.
fn first(arguments: &[String]) -> Option<usize> {
    let mut at = 0;
    loop {
        let argument = arguments.get(at)?;
        match argument.as_str() {
            "--config" => at += 2,
            option if option.starts_with('-') => at += 1,
            _ => return Some(at),
        }
    }
}

fn takes_a_number(command: &Command) -> bool {
    let first = command.get_positionals().next().and_then(clap::Arg::get_value_names);
    first.and_then(<[_]>::first).is_some_and(|name| name.starts_with(NUMBER))
}

fn spelt(one: &str, two: &str, rest: &[String]) -> String {
    let quoted = |word: &String| {
        if word.contains([' ', '\'', '"', '\n', '$', '*', '(']) || word.is_empty() {
            format!("'{}'", word.replace('\'', "'\\''"))
        } else {
            word.clone()
        }
    };
    let words = ["zwfw-intake", one, two].into_iter().filter(|word| !word.is_empty()).map(ToOwned::to_owned);
    words.chain(rest.iter().map(quoted)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_nested_wrongly_is_told_as_it_is_spelt() {
        use clap::CommandFactory;
        let command = crate::cli::Arguments::command();
        let of = |line: &str| {
            let words: Vec<String> = line.split(' ').map(ToOwned::to_owned).collect();
            right(&command, &words, false)
        };
        for (line, due) in [
            ("review correct 5 姓名 某某", Some("zwfw-intake correct 5 姓名 某某")),
            ("review undo 5", Some("zwfw-intake review reopen 5")),
            ("correct undo 5 姓名", Some("zwfw-intake correct --undo 5 姓名")),
            ("review split 5 1 甲 乙", Some("zwfw-intake item split 5 1 甲 乙")),
            ("review erase 5", Some("zwfw-intake erase 5")),
            ("item correct 5 内容", Some("zwfw-intake correct 5 内容")),
            ("--config x.toml list review", Some("zwfw-intake review list")),
            ("show explain 5", Some("zwfw-intake explain 5")),
            ("confirm 5", Some("zwfw-intake review confirm 5")),
            ("outbox answered 5", Some("zwfw-intake review answered 5")),
            ("review confirm 5 --nonsense", None),
            ("list --nonsense", None),
            ("list --status review", None),
            ("nonsense", None),
        ] {
            assert_eq!(of(line).as_deref(), due, "{line}");
        }
        let words = ["search".to_owned(), "review".to_owned()];
        assert_eq!(right(&command, &words, true), None, "it may be looked for");
    }
}
