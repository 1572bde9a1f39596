//! Lists the files of `templates/` with their contents, for `src/template.rs` to include.

use std::path::Path;
use std::{env, fs, io};

#[expect(clippy::print_stdout, reason = "this is how a build script talks to cargo")]
fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut templates = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name();
        templates.push(format!("({name:?}, include_str!({:?})),\n", folder.join(&name)));
    }
    templates.sort();
    let list = format!("&[\n{}]", templates.concat());
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("templates.rs"), list)
}
