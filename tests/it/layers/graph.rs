//! Which file uses which: every path of every file is followed to the file that defines what it names.
//!
//! A face file (`details.rs` beside `details/`) that only passes a name on is passed through: whoever imports
//! `super::Phone` uses the file in which `Phone` stands. The face itself uses what it passes on only if it names it
//! elsewhere too. A file may have its types from the face of its room, which is the room's table of contents; functions
//! and constants that both need stand in a file beside. Methods are not followed: only the compiler knows whose they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use super::tokens::{tokens, without_tests};

/// A source file: its module's path from the crate's root, and its tokens without tests.
pub(super) struct File {
    pub(super) name: String,
    module: Vec<String>,
    tokens: Vec<String>,
}

/// A module: what it defines, and what its imports make known in it.
#[derive(Default)]
struct Module {
    file: usize,
    /// Names, and whether each is a type.
    defines: BTreeMap<String, bool>,
    aliases: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// A path that a file names.
struct Named {
    /// The module it stands in.
    within: Vec<String>,
    segments: Vec<String>,
    /// The name under which a `pub use` passes it on.
    passed_on: Option<String>,
}

/// For each file the files that it uses, each with one name for which it does.
pub(super) struct Graph {
    pub(super) files: Vec<File>,
    pub(super) uses: Vec<BTreeMap<usize, String>>,
}

impl Graph {
    /// From paths below `src` and their texts.
    pub(super) fn of(sources: &[(&Path, &str)]) -> Self {
        let mut files: Vec<File> = sources.iter().map(|(path, text)| File::read(path, text)).collect();
        let of_tests = modules_of_tests(sources);
        files.retain(|file| !of_tests.iter().any(|module| file.module.starts_with(module)));
        let mut reading = Reading::default();
        for (index, file) in files.iter().enumerate() {
            reading.read(index, file);
        }
        let uses = files.iter().enumerate().map(|(index, _)| reading.used_by(index, &files)).collect();
        Self { files, uses }
    }

    /// Files that use one another in a circle, the largest such sets; each file with what it uses in its circle.
    pub(super) fn circles(&self) -> Vec<Vec<usize>> {
        let reached: Vec<BTreeSet<usize>> =
            (0..self.files.len()).map(|file| self.reached_from(file)).collect();
        let mut circles: Vec<Vec<usize>> = Vec::new();
        for file in 0..self.files.len() {
            if circles.iter().any(|circle| circle.contains(&file)) {
                continue;
            }
            let circle: Vec<usize> =
                reached[file].iter().copied().filter(|other| reached[*other].contains(&file)).collect();
            if !circle.is_empty() {
                circles.push(circle);
            }
        }
        circles
    }

    /// What one would have to cut: each arrow inside a circle.
    pub(super) fn arrows(&self, circle: &[usize]) -> String {
        let mut lines = String::new();
        for file in circle {
            for (used, name) in self.uses[*file].iter().filter(|(used, _)| circle.contains(used)) {
                let (file, used) = (&self.files[*file].name, &self.files[*used].name);
                writeln!(lines, "  {file} uses {name} of {used}").unwrap();
            }
        }
        lines
    }

    fn reached_from(&self, start: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![start];
        while let Some(file) = open.pop() {
            for used in self.uses[file].keys() {
                if reached.insert(*used) {
                    open.push(*used);
                }
            }
        }
        reached
    }
}

impl File {
    fn read(path: &Path, text: &str) -> Self {
        let mut module: Vec<String> =
            path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        match module.last().map(String::as_str) {
            Some("mod") => drop(module.pop()),
            Some("lib") if module.len() == 1 => module.clear(),
            _ => {}
        }
        Self { name: path.display().to_string(), module, tokens: without_tests(&tokens(text)) }
    }
}

/// Modules in files of their own that only tests have: `#[cfg(test)] mod hostile;`.
pub(super) fn modules_of_tests(sources: &[(&Path, &str)]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let module = File::read(path, "").module;
        let tokens = tokens(text);
        let texts: Vec<&str> = tokens.iter().map(String::as_str).collect();
        for window in texts.windows(10) {
            if let ["#", "[", "cfg", "(", "test", ")", "]", "mod", name, ";"] = window {
                found.push([module.clone(), vec![(*name).to_owned()]].concat());
            }
        }
    }
    found
}

/// All files read, before their paths are followed.
#[derive(Default)]
struct Reading {
    modules: BTreeMap<Vec<String>, Module>,
    /// Of each file, in the order in which it names them.
    named: Vec<Vec<Named>>,
    /// Every name in a file that stands outside its imports.
    mentioned: Vec<BTreeSet<String>>,
    /// Macros that `#[macro_export]` lifts to the root.
    lifted: BTreeMap<String, usize>,
}

impl Reading {
    fn read(&mut self, index: usize, file: &File) {
        let tokens = &file.tokens;
        let at = |index: usize| tokens.get(index).map_or("", String::as_str);
        let before = |index: usize, back: usize| index.checked_sub(back).map_or("", at);
        let mut within = file.module.clone();
        self.module(&within).file = index;
        self.named.push(Vec::new());
        self.mentioned.push(BTreeSet::new());
        let mut depth = 0;
        // At which depth each module inside the file began.
        let mut begun: Vec<usize> = Vec::new();
        let mut i = 0;
        while i < tokens.len() {
            let at_item_level = depth == begun.last().map_or(0, |began| began + 1);
            match at(i) {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if begun.last() == Some(&depth) {
                        begun.pop();
                        within.pop();
                    }
                }
                "use" if at(i + 1) != "<" => {
                    let public = matches!(before(i, 1), "pub" | ")");
                    i = self.import(index, &within, tokens, i + 1, (public, at_item_level));
                    continue;
                }
                "mod" if at(i + 2) == "{" => {
                    within.push(at(i + 1).to_owned());
                    self.module(&within).file = index;
                    begun.push(depth);
                    depth += 1;
                    i += 3;
                    continue;
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union"
                    if at_item_level && before(i, 1) != "'" =>
                {
                    let is_type = matches!(at(i), "struct" | "enum" | "trait" | "type" | "union");
                    self.module(&within).defines.insert(at(i + 1).to_owned(), is_type);
                }
                "macro_rules" => {
                    let name = at(i + 2).to_owned();
                    if before(i, 2) == "macro_export" {
                        self.lifted.insert(name.clone(), index);
                    }
                    self.module(&within).defines.insert(name, false);
                }
                word if is_name(word) => {
                    self.mentioned[index].insert(word.to_owned());
                    if at(i + 1) == "::" && before(i, 1) != "::" {
                        let mut segments = vec![word.to_owned()];
                        while at(i + 1) == "::" && is_name(at(i + 2)) {
                            segments.push(at(i + 2).to_owned());
                            i += 2;
                        }
                        self.named[index].push(Named { within: within.clone(), segments, passed_on: None });
                    }
                }
                _ => {}
            }
            i += 1;
        }
    }

    fn module(&mut self, path: &[String]) -> &mut Module {
        self.modules.entry(path.to_vec()).or_default()
    }

    /// Reads `use …;` from behind `use`; gives the place behind its `;`.
    fn import(
        &mut self,
        index: usize,
        within: &[String],
        tokens: &[String],
        start: usize,
        (public, at_item_level): (bool, bool),
    ) -> usize {
        let end = (start..tokens.len()).find(|i| tokens[*i] == ";").unwrap_or(tokens.len());
        for (segments, known_as) in tree(&tokens[start..end]) {
            if known_as == "*" {
                if at_item_level {
                    self.module(within).globs.push(segments);
                }
                continue;
            }
            if at_item_level {
                self.module(within).aliases.insert(known_as.clone(), segments.clone());
            }
            let passed_on = public.then_some(known_as);
            self.named[index].push(Named { within: within.to_vec(), segments, passed_on });
        }
        end + 1
    }

    fn used_by(&self, index: usize, files: &[File]) -> BTreeMap<usize, String> {
        let mut used = BTreeMap::new();
        let mut note = |within: &[String], segments: &[String]| {
            let Some((file, is_type)) = self.home(within, segments, 0) else { return };
            let is_own_face = files[index].module.starts_with(&files[file].module);
            if file != index && !(is_own_face && is_type) {
                used.entry(file).or_insert_with(|| segments.join("::"));
            }
        };
        for named in &self.named[index] {
            if named.passed_on.as_ref().is_none_or(|name| self.mentioned[index].contains(name)) {
                note(&named.within, &named.segments);
            }
        }
        for (module, found) in self.modules.iter().filter(|(_, module)| module.file == index) {
            for glob in &found.globs {
                for name in &self.mentioned[index] {
                    note(module, &[glob.as_slice(), std::slice::from_ref(name)].concat());
                }
            }
        }
        used
    }

    /// The file that defines what a path names, and whether that is a type; `None` for a module, another crate, or what
    /// only the compiler can tell.
    fn home(&self, within: &[String], segments: &[String], depth: usize) -> Option<(usize, bool)> {
        // Imports that name each other in a ring would not compile; this only keeps the search finite.
        if depth > 30 {
            return None;
        }
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => self.walk(&[], rest, depth + 1),
            "self" => self.walk(within, rest, depth + 1),
            "super" => {
                let (_, above) = within.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    self.home(above, rest, depth + 1)
                } else {
                    self.walk(above, rest, depth + 1)
                }
            }
            _ => self.walk(within, segments, depth + 1),
        }
    }

    fn walk(&self, module: &[String], segments: &[String], depth: usize) -> Option<(usize, bool)> {
        let (first, rest) = segments.split_first()?;
        let here = self.modules.get(module)?;
        let inner = [module, std::slice::from_ref(first)].concat();
        if !rest.is_empty() && self.modules.contains_key(&inner) {
            return self.walk(&inner, rest, depth);
        }
        if let Some(is_type) = here.defines.get(first) {
            return Some((here.file, *is_type));
        }
        if module.is_empty()
            && let Some(file) = self.lifted.get(first)
        {
            return Some((*file, false));
        }
        if let Some(path) = here.aliases.get(first)
            && path != segments
        {
            return self.home(module, &[path.as_slice(), rest].concat(), depth + 1);
        }
        here.globs.iter().find_map(|glob| self.home(module, &[glob.as_slice(), segments].concat(), depth + 1))
    }
}

/// The paths of an import's tree, each with the name by which it is known; `*` for a glob.
fn tree(tokens: &[String]) -> Vec<(Vec<String>, String)> {
    let mut segments: Vec<String> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        match tokens[i].as_str() {
            "::" => {}
            "{" => {
                let mut found = Vec::new();
                for branch in branches(&tokens[i + 1..tokens.len() - 1]) {
                    for (tail, known_as) in tree(branch) {
                        let itself = tail.len() == 1 && tail[0] == "self" && !segments.is_empty();
                        if itself {
                            let last = segments.last().cloned().unwrap();
                            found.push((segments.clone(), if known_as == "self" { last } else { known_as }));
                        } else {
                            found.push(([segments.clone(), tail].concat(), known_as));
                        }
                    }
                }
                return found;
            }
            "*" => return vec![(segments, "*".to_owned())],
            "as" => return vec![(segments, tokens[i + 1].clone())],
            word => segments.push(word.to_owned()),
        }
        i += 1;
    }
    let known_as = segments.last().cloned().unwrap_or_default();
    if segments.is_empty() { Vec::new() } else { vec![(segments, known_as)] }
}

/// What stands between the commas of a group.
fn branches(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    let at_comma = |token: &String| {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token == ","
    };
    tokens.split(at_comma).filter(|branch| !branch.is_empty()).collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
