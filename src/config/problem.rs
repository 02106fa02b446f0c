//! What is wrong with a configuration, all of it.

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file (or `environment`) it stands in.
    pub file: String,
    /// The key, with its section: `mailbox.port`; empty when it concerns the whole file.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.file, self.message)
        } else {
            write!(f, "{}: {}: {}", self.file, self.key, self.message)
        }
    }
}

/// Every problem found, in the order of the files and keys; and beside them what is probably not meant, though no reason not to
/// start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>, pub Vec<Problem>);

impl Problems {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers something that is probably not meant.
    pub fn remark(&mut self, file: impl Into<String>, key: impl Into<String>, message: impl Into<String>) {
        let remark = Problem { file: file.into(), key: key.into(), message: message.into() };
        if !self.1.contains(&remark) {
            self.1.push(remark);
        }
    }

    /// Remembers one more.
    pub fn add(&mut self, file: impl Into<String>, key: impl Into<String>, message: impl Into<String>) {
        let problem = Problem { file: file.into(), key: key.into(), message: message.into() };
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}
