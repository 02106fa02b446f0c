//! The `zwfw-intake` program; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    zwfw_intake::cli::main()
}
