//! What the indexer makes of its messages, and what a publication and a look cost.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::ProductId;
use domain::index_job::{IndexJob, RebuildJob};
use domain::slug::Slug;
use domain::stock::Band;
use domain::taxonomy::TermDefinition;
use harness::fake_service::{FakeService, Reply};
use harness::interruptions::Outcome;
use harness::network::Call;
use harness::template::root;
use indexing::MERGE_AT;
use search_index::{Query, State, Synonyms};

use super::{World, batch, changed, failed};
use crate::fixtures::takes_messages;

/// The publications in the table.
fn publications(world: &World) -> Vec<serde_json::Value> {
    world.table.items_under("SEARCH / PUBLICATION#").into_values().collect()
}

/// A shop with an index of these many products.
async fn indexed(products: u32) -> (World, Vec<ProductId>) {
    let world = World::open().await;
    let mut ids = Vec::new();
    for number in 1..=products {
        ids.push(world.add(number).await);
    }
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Create).await;
    (world, ids)
}

#[tokio::test]
async fn a_batch_of_a_hundred_messages_twice_and_backwards_is_one_publication_of_what_is_true_now() {
    let (world, ids) = indexed(10).await;
    let instance = world.instance();
    world.check("before", &[&instance]).await;
    for (n, id) in ids.iter().enumerate() {
        world.set_price(*id, 2_000 + i64::try_from(n).unwrap()).await;
        world.set_band(*id, 0, Band::Low).await;
    }
    let messages: Vec<ProductId> = ids.iter().rev().chain(&ids).cycle().take(100).copied().collect();
    world.publish(&messages).await;
    assert_eq!(publications(&world).len(), 2, "one before, and this one");
    world.check("after", &[&instance]).await;
    world.publish(&messages).await;
    world.check("delivered again", &[&instance]).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_parsed_fails_alone_and_an_unknown_product_is_no_error() {
    let (world, ids) = indexed(2).await;
    let instance = world.instance();
    world.check("before", &[&instance]).await;
    world.set_price(ids[1], 3_000).await;
    let message = |id: ProductId| serde_json::to_string(&IndexJob::Products { product_ids: vec![id] }).unwrap();
    let unknown = world.ids.product(world.now());
    let bodies = ["no JSON".to_owned(), message(ids[1]), r#"{"changed":"weather"}"#.to_owned(), message(unknown)];
    let response = world.indexer.deliver(batch(&bodies)).await;
    assert_eq!(failed(&response), ["m-0", "m-2"]);
    world.check("after", &[&instance]).await;
}

#[tokio::test]
async fn more_products_than_a_publication_takes_become_several_and_a_large_one_is_a_file() {
    let world = World::open().await;
    let mut ids = Vec::new();
    for number in 0..501 {
        ids.push(world.add(number).await);
    }
    world.publish(&ids).await;
    let kinds: Vec<bool> = publications(&world).iter().map(|it| it["segment"]["file"].is_string()).collect();
    assert_eq!(kinds, [true, false], "500 products are a file, and one is in the table");
    world.rebuild(RebuildJob::Create).await;
    world.check("published", &[]).await;
}

#[tokio::test]
async fn a_product_that_is_gone_from_the_table_is_removed_from_the_index() {
    let (world, ids) = indexed(2).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let delete = world.table.client.delete_item().table_name("kontor");
    let delete = delete.key("PK", text(&format!("PRODUCT#{}", ids[0]))).key("SK", text("PRODUCT"));
    delete.send().await.unwrap();
    world.publish(&ids).await;
    assert_eq!(world.shown_by_a_fresh_instance().await.unwrap().keys().copied().collect::<Vec<_>>(), [ids[1]]);
}

#[tokio::test]
async fn a_base_is_asked_for_while_there_is_none_and_a_merge_after_every_so_many_publications() {
    let world = World::open().await;
    let id = world.add(1).await;
    world.publish(&[id]).await;
    world.publish(&[id]).await;
    assert_eq!(world.rebuild_jobs(), [RebuildJob::Create, RebuildJob::Create]);
    world.rebuild(RebuildJob::Create).await;
    world.rebuild(RebuildJob::Create).await;
    assert_eq!(world.index.bucket.files().len(), 1, "the second job found a base");
    for _ in 0..MERGE_AT {
        world.publish(&[id]).await;
    }
    assert_eq!(world.rebuild_jobs()[2..], [RebuildJob::Merge]);
    world.rebuild(RebuildJob::Merge).await;
    world.rebuild(RebuildJob::Merge).await;
    assert_eq!(world.index.bucket.files().len(), 2, "the second job found nothing to merge");
    let state = &world.table.items_under("SEARCH / STATE")["SEARCH / STATE"];
    assert_eq!((state["seq"].as_u64(), state["covers"].as_u64()), (Some(34), Some(34)));
}

#[tokio::test]
async fn if_the_first_base_cannot_be_asked_for_the_messages_are_delivered_again() {
    let world = World::with_queue(FakeService::new(|_| Reply::Answer(503, String::new()))).await;
    let ids = [world.add(1).await, world.add(2).await];
    let response = world.indexer.deliver(changed(&ids)).await;
    assert_eq!(failed(&response), ["m-0", "m-1"], "or there would never be a base");
    let refuses_then_takes = FakeService::new(takes_messages);
    let world = World { indexer: World::new_indexer(&world.table, &world.index, &refuses_then_takes, 9), ..world };
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Create).await;
    world.check("again", &[]).await;
}

#[tokio::test]
async fn a_name_of_a_brand_that_changes_during_a_publication_is_not_lost() {
    let (world, ids) = indexed(1).await;
    let brand = world.brand();
    let named = |name: &str| TermDefinition::new(Slug::parse("brand").unwrap(), name);
    world.name_term(brand, named("Oldname")).await;
    world.change(ids[0], |product| product.brand = Some(brand)).await;
    world.publish(&ids).await;
    // The indexer that knows the old name publishes for another reason. Wherever the brand changes meanwhile, its own
    // message comes later, and the indexer asks for the versions of the terms after it read the state.
    let (world, id) = (Arc::new(world), ids[0]);
    for at in 0.. {
        let (rival, name) = (Arc::clone(&world), format!("Name{at}"));
        let renames = async move {
            rival.name_term(brand, named(&name)).await;
            let response = rival.other_indexer().deliver(changed(&[id])).await;
            assert!(response.batch_item_failures.is_empty());
        };
        let interruptions = world.table.network.interruptions.clone();
        let publish = Box::pin(interruptions.interrupt_at(at, renames, world.publish(&ids)));
        if let Outcome::NotReached = publish.await {
            assert!(at >= 8, "there are points: {at}");
            break;
        }
        let instance = world.instance().current(world.now()).await.unwrap().index;
        let query = Query { text: format!("name{at}"), states: vec![State::Active], limit: 10, ..Query::default() };
        let page = instance.search(&query, &Synonyms::default(), instance.seq());
        assert_eq!((page.total, page.corrected), (1, None), "the brand was renamed at {at}");
    }
}

/// The operations of these calls, and what they used up.
fn cost(calls: &[Call]) -> (Vec<&str>, f64, f64) {
    let units = |is_write: bool| calls.iter().filter(|it| it.is_write == is_write).map(|it| it.units).sum();
    (calls.iter().map(|it| it.operation.as_str()).collect(), units(false), units(true))
}

#[tokio::test]
async fn a_look_without_news_is_one_query_and_a_publication_of_one_product_five_calls() {
    let (world, ids) = indexed(3).await;
    let instance = world.instance();
    world.check("before", &[&instance]).await;
    let network = &world.table.network;
    world.publish(&ids).await;
    instance.current(world.now()).await.unwrap();
    network.take_calls();
    instance.current(world.now()).await.unwrap();
    assert_eq!(cost(&network.take_calls()), (vec!["Query"], 1.0, 0.0));
    world.set_price(ids[0], 4_000).await;
    world.publish(&ids[..1]).await;
    let calls = network.take_calls();
    let (operations, read, written) = cost(&calls);
    assert_eq!(operations, ["GetItem", "BatchGetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]);
    assert!(read <= 6.0 && written <= 8.0, "{read} read units, {written} write units");
    instance.current(world.now()).await.unwrap();
    assert_eq!(cost(&network.take_calls()), (vec!["Query"], 1.0, 0.0), "the news of one product come with the look");
}

#[tokio::test]
async fn the_event_files_of_indexer_and_rebuilder_are_accepted() {
    let event = |name: &str| std::fs::read_to_string(root().join("events").join(name)).unwrap();
    let world = World::open().await;
    let response = world.indexer.deliver(serde_json::from_str(&event("indexer-product.json")).unwrap()).await;
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(publications(&world).len(), 1);
    for name in ["rebuilder-merge.json", "rebuilder-nightly.json"] {
        let response = rebuilder::handle(&world.rebuilder, serde_json::from_str(&event(name)).unwrap()).await;
        assert!(response.unwrap().batch_item_failures.is_empty(), "{name}");
    }
    world.check("after", &[]).await;
}
