//! The command line of `rewrite`.

use std::io::Write;

use ops::rewrite::{RewriteOptions, rewrite};
use store::rewrite::{Rewritten, ScanPlace};

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn run(stack: &Stack, words: &[&str]) -> Result<String, Failure> {
    let mut options = RewriteOptions::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
        match *word {
            "--dry-run" => options.is_dry_run = true,
            "--rate" => options.rate = value()?.parse()?,
            "--after" => {
                options.after = Some(ScanPlace::parse(value()?).ok_or("--after needs the place that was shown")?);
            }
            other => return Err(format!("rewrite has no option {other}").into()),
        }
    }
    let said = |place: &ScanPlace| {
        // A terminal that is gone must not end the run.
        let _ = write!(std::io::stderr(), "\rafter {place}   ");
    };
    let Rewritten { read, older, overtaken, .. } = rewrite(&stack.store, &options, said).await?;
    let verb = if options.is_dry_run { "would be" } else { "were" };
    Ok(format!("\n{read} items were read, {older} {verb} rewritten, {overtaken} changed meanwhile"))
}
