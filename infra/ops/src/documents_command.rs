//! `documents`: has the documents of orders issued that lack some. A message for each order that was paid goes to the
//! documents queue, which does nothing for those that have all.

use domain::calendar::Day;
use domain::document::DocumentJob;
use domain::time::Time;
use domain::upload::Period;
use kit::runtime::queue;
use store::page::{Cursor, PageRequest};

use crate::Failure;
use crate::stack::Stack;

/// How many orders are read together.
const AT_ONCE: u32 = 100;

pub(crate) async fn run(stack: &Stack, since: &str, now: Time) -> Result<String, Failure> {
    let day = Day::parse(since)?;
    let period = Period { from: Time::parse(&format!("{day}T00:00:00Z"))?, to: now };
    let url = stack.output("DocumentsQueueUrl")?;
    let mut request = PageRequest { limit: AT_ONCE, after: None };
    let mut sent = 0;
    loop {
        let page = stack.store.orders_placed(period, &request).await?;
        let paid = page.items.iter().map(|bought| &bought.order).filter(|order| order.was_paid());
        let jobs = paid.map(|order| serde_json::to_string(&DocumentJob { order_id: order.id }));
        let jobs: Vec<String> = jobs.collect::<Result<_, _>>()?;
        queue::send(&stack.queues, url, &jobs).await.map_err(|refused| refused.cause)?;
        sent += jobs.len();
        let Some(next) = page.next else { break };
        request.after = Cursor::parse(&next.encode());
    }
    Ok(format!("{sent} paid orders were sent to the documents queue"))
}
