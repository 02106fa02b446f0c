//! The command line in the language of who types: help and usage errors are English, and Chinese where the environment says so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};
use serde_json::{Map, json};

use crate::words;

/// `rules/usage.toml`.
static TEXTS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> = LazyLock::new(|| {
    toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/usage.toml")))
        .expect("rules/usage.toml is part of the program, and a test reads it")
});

fn text(kind: &str, key: &str) -> Option<&'static str> {
    Some(TEXTS.get(kind)?.get(key)?.as_str())
}

fn heading(key: &str) -> &'static str {
    text("heading", key).unwrap_or_default()
}

/// Whether whoever types reads Chinese, by the first of these variables that says anything.
pub(super) fn is_chinese() -> bool {
    let value = |name: &str| {
        let (_, value) = std::env::vars_os().find(|(found, _)| found == name)?;
        value.into_string().ok().filter(|value| !value.is_empty())
    };
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(value).is_some_and(|said| said.starts_with("zh"))
}

/// What an option or argument of a command is, by its own row or by that of all of its name.
fn option(path: &str, id: &str) -> Option<&'static str> {
    text("option", &format!("{path} {id}")).or_else(|| text("option", id))
}

/// The same commands with Chinese headings; what each of them does, and each of its options, in Chinese.
pub(super) fn in_chinese(command: Command) -> Command {
    named(command.disable_version_flag(true).arg(version()).after_help(heading("after")), "")
}

fn version() -> Arg {
    Arg::new("version").short('V').long("version").action(ArgAction::Version).help(heading("version"))
}

fn named(command: Command, path: &str) -> Command {
    let about = text("command", if path.is_empty() { "zwfw-intake" } else { path }).map(ToOwned::to_owned);
    let has_arguments = command.get_positionals().next().is_some();
    let has_commands = command.has_subcommands();
    let part = |is_there: bool, title: &str, tag: &str| {
        if is_there { format!("\n\n{}\n{tag}", heading(title)) } else { String::new() }
    };
    let template = format!(
        "{{about-with-newline}}\n{}{{usage}}{}{}{}{{after-help}}",
        heading("usage"),
        part(has_commands, "commands", "{subcommands}"),
        part(has_arguments, "arguments", "{positionals}"),
        part(true, "options", "{options}"),
    );
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(heading("help"));
    // What an option says of itself names the values that it takes: the library would list them once more, in English.
    let command =
        command.mut_args(value_named).mut_args(|argument| match option(path, argument.get_id().as_str()) {
            Some(said) => {
                // A switch takes none, and may not hide them.
                let hides = argument.get_action().takes_values();
                let argument = argument.help(said).long_help(said);
                if hides { argument.hide_possible_values(true) } else { argument }
            }
            None => argument,
        });
    let mut command = command.disable_help_flag(true).arg(help).help_template(template);
    if let Some(about) = about {
        command = command.about(about.clone()).long_about(about);
    }
    command.mut_subcommands(|inner| {
        let path = if path.is_empty() {
            inner.get_name().to_owned()
        } else {
            format!("{path} {}", inner.get_name())
        };
        named(inner, &path)
    })
}

/// The same argument with its value called in Chinese: by the name that it has there, else by its own.
fn value_named(argument: Arg) -> Arg {
    if !argument.get_action().takes_values() {
        return argument;
    }
    let own = argument.get_id().as_str().to_uppercase();
    let name = argument.get_value_names().and_then(<[_]>::first).map_or(own.as_str(), |name| name.as_str());
    match text("value", name) {
        Some(name) => argument.value_name(name),
        None => argument,
    }
}

/// Help as the library renders it, without the English words that it puts in by itself.
pub(super) fn rendered(text: &str) -> String {
    let words = TEXTS.get("rendered").into_iter().flatten();
    words.fold(text.to_owned(), |text, (english, chinese)| text.replace(english, chinese))
}

/// How a line is spelt of which the commands were nested wrongly.
pub(super) fn spelt(right: &str) -> String {
    let mut parameters = Map::new();
    parameters.insert("right".to_owned(), json!(right));
    words::fill(text("error", "nested").unwrap_or_default(), &parameters)
}

/// What was typed wrong, in a Chinese sentence; `None`: it is no error, or one without a sentence.
pub(super) fn complaint(error: &Error) -> Option<String> {
    let kind = format!("{:?}", error.kind());
    let context = |kind: ContextKind| error.get(kind).map(said).filter(|said| !said.is_empty());
    let mut parameters = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), json!(value));
        }
    };
    put("arg", context(ContextKind::InvalidArg));
    let value = context(ContextKind::InvalidValue);
    let is_missing = error.kind() == ErrorKind::InvalidValue && value.is_none();
    put("value", value);
    put("prior", context(ContextKind::PriorArg));
    put("subcommand", context(ContextKind::InvalidSubcommand));
    put("valid", context(ContextKind::ValidValue).or_else(|| context(ContextKind::ValidSubcommand)));
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    put("suggested", suggested.into_iter().find_map(context));
    // Ours are Chinese; what a number lacks, the library says in English.
    let why = std::error::Error::source(error).map(ToString::to_string);
    put("why", why.filter(|why| !why.is_ascii()));
    let sentence = text("error", if is_missing { "missing_value" } else { &kind })?;
    let usage = context(ContextKind::Usage).map_or_else(String::new, |usage| {
        format!("\n\n{}", rendered(&usage.replacen("Usage: ", heading("usage"), 1)))
    });
    Some(format!(
        "{}{}{usage}\n\n{}\n",
        heading("error"),
        words::fill(sentence, &parameters),
        heading("more")
    ))
}

fn said(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_told_in_chinese_and_nothing_else_is() {
        use clap::CommandFactory;
        fn paths(command: &Command, before: &str, found: &mut Vec<String>) {
            for inner in command.get_subcommands() {
                let path = format!("{before} {}", inner.get_name()).trim().to_owned();
                paths(inner, &path, found);
                found.push(path);
            }
        }
        let mut found = vec!["help".to_owned(), "zwfw-intake".to_owned()];
        paths(&crate::cli::Arguments::command(), "", &mut found);
        found.sort();
        let told: Vec<String> =
            TEXTS.get("command").map(|all| all.keys().cloned().collect()).unwrap_or_default();
        assert_eq!(told, found);
        in_chinese(crate::cli::Arguments::command()).debug_assert();
    }

    /// Each page of help in Chinese: no heading, no default and no list of values is left in English.
    #[test]
    fn nothing_that_the_library_says_by_itself_is_left_in_english() {
        use clap::CommandFactory;
        fn walk(command: &Command, path: &str) {
            let page = rendered(&command.clone().render_long_help().to_string());
            for english in ["OPTIONS", "COMMAND", "[default", "ossible values", "Usage", "Print ", "[aliases"]
            {
                assert!(!page.contains(english), "{path}: {english} in {page}");
            }
            for argument in command.get_arguments() {
                let names = argument.get_value_names().into_iter().flatten();
                for name in names.filter(|_| argument.get_action().takes_values() && !argument.is_hide_set())
                {
                    let is_told = TEXTS["value"].values().any(|told| told == name.as_str());
                    assert!(is_told, "{path}: {name} has no row under [value]");
                }
                let said = option(path, argument.get_id().as_str()).unwrap_or_default();
                let takes_values = argument.get_action().takes_values();
                for value in argument.get_possible_values().iter().filter(|_| takes_values) {
                    let value = value.get_name();
                    assert!(said.contains(value), "{path} {}: {value} in {said}", argument.get_id());
                }
            }
            // The pages of `help` itself are made by the library, in each command.
            for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
                walk(inner, format!("{path} {}", inner.get_name()).trim());
            }
        }
        let mut command = in_chinese(crate::cli::Arguments::command());
        command.build();
        walk(&command, "");
    }

    #[test]
    fn every_option_is_told_in_chinese_and_nothing_else_is() {
        use clap::CommandFactory;
        fn walk(command: &Command, path: &str, missing: &mut Vec<String>, told: &mut Vec<String>) {
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let (id, own) = (argument.get_id().as_str(), format!("{path} {}", argument.get_id()));
                match option(path, id) {
                    None if ["help", "version"].contains(&id) => {}
                    None => missing.push(own),
                    Some(_) => told.extend([own, id.to_owned()]),
                }
            }
            for inner in command.get_subcommands() {
                walk(inner, format!("{path} {}", inner.get_name()).trim(), missing, told);
            }
        }
        let (mut missing, mut told) = (Vec::new(), Vec::new());
        walk(&crate::cli::Arguments::command(), "", &mut missing, &mut told);
        let keys = TEXTS.get("option").into_iter().flat_map(BTreeMap::keys);
        let unused: Vec<&String> = keys.filter(|key| !told.contains(key)).collect();
        assert!(missing.is_empty() && unused.is_empty(), "missing {missing:#?}, of nothing {unused:#?}");
    }
}
