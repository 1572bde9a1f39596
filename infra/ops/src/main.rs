//! `kontor`: the commands of an operator for a deployed shop. They use the AWS credentials of the operator.
//!
//! ```text
//! kontor [--stack NAME] rotate-keys          a new signing key; nobody is logged out
//! kontor [--stack NAME] make-admin EMAIL     gives a registered user the role admin
//! kontor [--stack NAME] reset-2fa EMAIL      removes a lost second factor; first make sure who asks
//! kontor [--stack NAME] redrive              moves dead messages back to their queues
//! kontor [--stack NAME] documents --since DAY   has invoices and credit notes issued that paid orders since then lack
//! kontor [--stack NAME] seed [--products N]  adds people with new passwords, products (200 by default), and some orders with returns
//! kontor [--stack NAME] search rebuild       makes the search index anew from the products in the table
//! kontor [--stack NAME] search status        says which search index there is, and how old it is
//! kontor [--stack NAME] import [--dry-run] KIND FILE    brings data of another shop; see docs/moving.md
//! kontor mails --preview FOLDER              writes all mails with made-up data, as files to look at
//! kontor [--stack NAME] rewrite [--dry-run] [--rate N] [--after PLACE]   writes items of older shapes again
//! kontor [--stack NAME] recount [--fix] [--rate N] [--from DAY]   compares the figures with the orders, and repairs them
//! ```

mod admin;
mod documents_command;
mod import_command;
mod keys;
mod recount_command;
mod redrive;
mod rewrite_command;
mod search_command;
mod seed;
mod stack;
mod two_factor;

use std::path::Path;
use std::process::ExitCode;

use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use stack::Stack;

use ops::Failure;

const USAGE: &str = "usage: kontor [--stack NAME] rotate-keys | make-admin EMAIL | reset-2fa EMAIL | redrive | documents --since DAY | seed [--products N] | search rebuild | search status | import [--dry-run] KIND FILE | mails --preview FOLDER | rewrite [--dry-run] [--rate N] [--after PLACE] | recount [--fix] [--rate N] [--from DAY]";

#[tokio::main]
#[expect(clippy::print_stderr, reason = "this is a command line")]
async fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut stack = "kontor".to_owned();
    if arguments.first().is_some_and(|argument| argument == "--stack") && arguments.len() >= 2 {
        stack = arguments.remove(1);
        arguments.remove(0);
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&stack, &words).await {
        Ok(said) => {
            say(&said);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("kontor: {failure}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is a command line")]
fn say(text: &str) {
    println!("{text}");
}

async fn run(stack: &str, words: &[&str]) -> Result<String, Failure> {
    if let ["mails", "--preview", folder] = words {
        return ops::mails::preview(Path::new(folder));
    }
    let (clock, ids) = (Clock::system(), Ids::random());
    let command = match words {
        ["import" | "rewrite" | "recount", ..]
        | ["rotate-keys" | "redrive" | "seed"]
        | ["make-admin" | "reset-2fa", _]
        | ["seed", "--products", _]
        | ["documents", "--since", _]
        | ["search", "rebuild" | "status"] => words[0],
        _ => return Err(USAGE.into()),
    };
    let stack = Stack::find(stack).await?;
    match command {
        "rotate-keys" => keys::rotate(&stack, &ids, clock.now()).await,
        "reset-2fa" => two_factor::reset(&stack, words[1], &ids, clock.now()).await,
        "redrive" => redrive::redrive(&stack).await,
        "documents" => documents_command::run(&stack, words[2], clock.now()).await,
        "rewrite" => rewrite_command::run(&stack, &words[1..]).await,
        "recount" => Box::pin(recount_command::run(&stack, &words[1..], clock, ids)).await,
        "import" => Box::pin(import_command::run(&stack, &words[1..], ids, clock)).await,
        "search" if words[1] == "rebuild" => search_command::rebuild(&stack).await,
        "search" => search_command::status(&stack).await,
        "seed" => {
            let products = words.get(2).map_or(Ok(seed::PRODUCTS), |number| number.parse())?;
            Box::pin(seed::seed(&stack, &ids, products, clock.now())).await
        }
        _ => admin::make_admin(&stack, words[1], &ids, clock.now()).await,
    }
}
