//! Lists the files of `templates/` with their contents, for `src/template.rs` to include.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut templates = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name();
        let path = folder.join(&name);
        let (name, path) = (name.to_string_lossy(), path.to_string_lossy());
        templates.push(format!("({name:?}, include_str!({path:?})),\n"));
    }
    templates.sort();
    let list = format!("&[\n{}]", templates.concat());
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("templates.rs"), list)
}
