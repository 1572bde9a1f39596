//! The command line of `import`.

use std::path::Path;

use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use ops::import::{Importer, KINDS, Progress};

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn run(stack: &Stack, words: &[&str], ids: Ids, clock: Clock) -> Result<String, Failure> {
    let mut importer = Importer::new(stack.store.clone(), ids, clock);
    let mut plain = Vec::new();
    for word in words {
        match *word {
            "--dry-run" => importer.is_dry_run = true,
            option if option.starts_with("--") => return Err(format!("import has no option {option}").into()),
            word => plain.push(word),
        }
    }
    let [kind, file] = plain[..] else {
        return Err(format!("usage: kontor import [--dry-run] KIND FILE, where KIND is {}", KINDS.join(", ")).into());
    };
    let report = importer.import(kind, Path::new(file), Progress::of_process()).await?;
    Ok(report.text())
}
