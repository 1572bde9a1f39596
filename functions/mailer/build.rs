//! Lists the files of `templates/` with their contents, for `src/template.rs` to include.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut templates = Vec::new();
    list(&root, "", &mut templates)?;
    templates.sort();
    let list = format!("&[\n{}]", templates.concat());
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("templates.rs"), list)
}

/// `within`: the folder's path below the root, with a slash at its end.
fn list(folder: &Path, within: &str, templates: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), templates)?;
        } else {
            templates.push(format!("({name:?}, include_str!({:?})),\n", entry.path().to_string_lossy()));
        }
    }
    Ok(())
}
