//! `redrive`: moves messages from the dead-letter queues back to their queues. A message is sent before it is deleted,
//! so after an interruption it may be in both queues. That does no harm: a repeated message has no further effect.

use kit::runtime::aws::cause;

use crate::Failure;
use crate::stack::Stack;

/// What is said about a queue, and the beginning of the names of its outputs.
const QUEUES: [(&str, &str); 11] = [
    ("mail", "Mail"),
    ("media", "Media"),
    ("CSV", "Csv"),
    ("search", "Search"),
    ("sales", "Sales"),
    ("statistics", "Stats"),
    ("events", "Events"),
    ("webhook", "Webhook"),
    ("live", "Live"),
    ("rebuild", "Rebuild"),
    ("documents", "Documents"),
];

pub(crate) async fn redrive(stack: &Stack) -> Result<String, Failure> {
    let mut said = Vec::new();
    for (what, name) in QUEUES {
        let dead = stack.output(&format!("{name}DeadLettersUrl"))?;
        let queue = stack.output(&format!("{name}QueueUrl"))?;
        let moved = move_all(stack, dead, queue).await?;
        said.push(format!("{moved} messages are back in the {what} queue"));
    }
    Ok(said.join("\n"))
}

async fn move_all(stack: &Stack, dead: &str, queue: &str) -> Result<usize, Failure> {
    let mut moved = 0;
    loop {
        let received = stack.queues.receive_message().queue_url(dead).max_number_of_messages(10).send().await;
        let messages = received.map_err(|error| cause(&error))?.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(moved);
        }
        for message in messages {
            let (body, receipt) = (message.body.unwrap_or_default(), message.receipt_handle.unwrap_or_default());
            let sent = stack.queues.send_message().queue_url(queue).message_body(body).send().await;
            sent.map_err(|error| cause(&error))?;
            let deleted = stack.queues.delete_message().queue_url(dead).receipt_handle(receipt).send().await;
            deleted.map_err(|error| cause(&error))?;
            moved += 1;
        }
    }
}
