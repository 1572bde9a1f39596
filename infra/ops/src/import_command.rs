//! The command line of `import`.

use std::path::Path;

use domain::money::Currency;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use ops::import::{FetchRules, Importer, Progress, Target, kinds};

use crate::Failure;
use crate::stack::Stack;

pub(crate) async fn run(stack: &Stack, words: &[&str], ids: Ids, clock: Clock) -> Result<String, Failure> {
    let (mut plain, mut is_dry_run, mut rules) = (Vec::new(), false, FetchRules::default());
    for word in words {
        match *word {
            "--dry-run" => is_dry_run = true,
            "--allow-http" => rules.allow_http = true,
            "--allow-private" => rules.allow_private = true,
            option if option.starts_with("--") => return Err(format!("import has no option {option}").into()),
            word => plain.push(word),
        }
    }
    let [kind, file] = plain[..] else {
        let kinds = kinds().join(", ");
        return Err(format!("usage: kontor import [--dry-run] KIND FILE, where KIND is one of {kinds}").into());
    };
    let target = Target {
        store: stack.store.clone(),
        files: stack.files.clone(),
        bucket: stack.output("FilesBucket")?.to_owned(),
        currency: Currency::parse_of_shop(stack.output("Currency")?)?,
    };
    let mut importer = Importer::new(target, ids, clock, rules);
    importer.is_dry_run = is_dry_run;
    let report = importer.import(kind, Path::new(file), Progress::of_process()).await?;
    Ok(report.text())
}
