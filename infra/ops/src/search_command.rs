//! `search rebuild` and `search status`: the search index of a deployed shop.

use std::time::Duration;

use domain::index_job::RebuildJob;
use kit::runtime::aws::cause;
use store::search::{IndexNews, IndexState, Segment};

use crate::Failure;
use crate::stack::Stack;

/// How often and how long a rebuild is waited for.
const LOOKS: u32 = 1_200;
const PAUSE: Duration = Duration::from_millis(100);

/// Asks the rebuilder for a new index of the products in the table, and waits until it is there. Queries use the old one
/// meanwhile.
pub(crate) async fn rebuild(stack: &Stack) -> Result<String, Failure> {
    let before = stack.store.index_state().await?.base;
    ask_for_rebuild(stack).await?;
    for _ in 0..LOOKS {
        // A look that is lost must not end a seed of minutes.
        if stack.store.index_state().await.is_ok_and(|now| now.base != before) {
            return Ok("the search index has all products".to_owned());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok("the search index is being made; `kontor search status` shows it".to_owned())
}

async fn ask_for_rebuild(stack: &Stack) -> Result<(), Failure> {
    let queue = stack.output("RebuildQueueUrl")?;
    let job = serde_json::to_string(&RebuildJob::Products)?;
    let sent = stack.queues.send_message().queue_url(queue).message_body(job).send().await;
    Ok(sent.map(drop).map_err(|error| cause(&error))?)
}

pub(crate) async fn status(stack: &Stack) -> Result<String, Failure> {
    let IndexState { seq, base, covers, previous_base, .. } = stack.store.index_state().await?;
    let Some(base) = base else {
        return Ok(format!(
            "There is no search index yet, and {seq} publications wait for it. Run `kontor search rebuild`."
        ));
    };
    let IndexNews { publications, .. } = stack.store.index_news(covers, usize::MAX).await?;
    let head = stack.files.head_object().bucket(stack.output("FilesBucket")?).key(&base).send().await;
    let file = match head {
        Ok(file) => {
            let kilobytes = file.content_length.unwrap_or_default() / 1_000;
            let made = file.last_modified.map(|at| at.to_string()).unwrap_or_default();
            format!("{kilobytes} KB, made {made}")
        }
        Err(error) => format!("it cannot be read ({}); run `kontor search rebuild`", cause(&error)),
    };
    let files = publications.iter().filter(|one| matches!(one.segment, Segment::File(_))).count();
    let newest = publications.last().map_or("none".to_owned(), |one| format!("the newest at {}", one.at));
    Ok(format!(
        "newest publication   {seq}\n\
         base                 {base}: {file}\n\
         base covers          the publications up to {covers}\n\
         base before          {}\n\
         since the base       {} publications, {newest}, {files} of them as files",
        previous_base.unwrap_or("none".to_owned()),
        publications.len(),
    ))
}
