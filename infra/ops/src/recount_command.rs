//! The command line of `recount`.

use std::fmt::Write as _;
use std::io::Write;

use domain::calendar::ShopZone;
use domain::time::Time;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use stats_counter::{RecountOptions, Recounted, StatsCounter};

use crate::Failure;
use crate::stack::Stack;

/// How many figures are told one by one.
const TOLD: usize = 50;

pub(crate) async fn run(stack: &Stack, words: &[&str], clock: Clock, ids: Ids) -> Result<String, Failure> {
    let from = Time::parse("2000-01-01T00:00:00Z")?;
    let mut options = RecountOptions { from, is_repair: false, rate: 200 };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| format!("{word} needs a value"));
        match *word {
            "--fix" => options.is_repair = true,
            "--rate" => options.rate = value()?.parse()?,
            "--from" => options.from = Time::parse(&format!("{}T00:00:00Z", value()?))?,
            other => return Err(format!("recount has no option {other}").into()),
        }
    }
    let zone = ShopZone::parse(stack.output("TimeZone")?)?;
    let counter = StatsCounter::new(stack.store.clone(), zone, clock, ids);
    let said = |orders: u64| {
        // A terminal that is gone must not end the run.
        let _ = write!(std::io::stderr(), "\r{orders} orders   ");
    };
    Ok(report(&counter.recount(&options, said).await?, options.is_repair))
}

fn report(found: &Recounted, is_repair: bool) -> String {
    let Recounted { orders, outdated, missing, wrong, busy } = found;
    let (counted, repaired) = if is_repair { ("were counted again", "repaired") } else { ("are not counted", "wrong") };
    let mut text = format!("\n{orders} orders were read; {outdated} {counted} as they are now\n");
    for (place, amounts) in missing.places().take(TOLD) {
        for (counter, amount) in amounts.iter() {
            let _ = writeln!(text, "  {} {}: {amount:+}", String::from(place.clone()), counter.name());
        }
    }
    let _ = writeln!(text, "{} figures {repaired} that were not the sum of their orders", wrong.len());
    for wrong in wrong.iter().take(TOLD) {
        let _ = writeln!(text, "  {} {}: {} and not {}", wrong.of, wrong.counter.name(), wrong.right, wrong.stored);
    }
    let _ = write!(text, "{busy} days or months changed meanwhile and were not compared; run it again for these");
    text
}
