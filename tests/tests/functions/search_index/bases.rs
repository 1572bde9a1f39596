//! S3 refuses, files are missing or damaged, the state is lost: what instances answer meanwhile, and what repairs it.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::ProductId;
use domain::index_job::RebuildJob;
use harness::network::Fault;
use indexing::{IndexError, LiveIndex};

use super::{KEPT, World, changed, failed, shown};

/// How long an instance answers with what it has while it cannot look.
const MAX_AGE: Duration = Duration::from_secs(10);

/// An index of three products, and an instance that has it.
async fn indexed() -> (World, Vec<ProductId>, LiveIndex) {
    let world = World::open().await;
    let ids = vec![world.add(1).await, world.add(2).await, world.add(3).await];
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Create).await;
    let instance = world.instance();
    world.check("before", &[&instance]).await;
    (world, ids, instance)
}

fn state(world: &World, name: &str) -> serde_json::Value {
    world.table.items_under("SEARCH / STATE")["SEARCH / STATE"][name].clone()
}

fn file(world: &World, name: &str) -> String {
    state(world, name).as_str().unwrap().to_owned()
}

fn damage(world: &World, file: &str) {
    let mut bytes = world.index.bucket.files()[file].clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    world.index.bucket.put(file, bytes);
}

async fn error_of(instance: &LiveIndex, world: &World) -> IndexError {
    instance.current(world.now()).await.expect_err("the index cannot be read")
}

#[tokio::test]
async fn without_a_base_the_index_is_missing_even_if_something_was_published() {
    let world = World::open().await;
    let instance = world.instance();
    assert!(matches!(error_of(&instance, &world).await, IndexError::Missing));
    let id = world.add(1).await;
    world.publish(&[id]).await;
    assert!(matches!(error_of(&instance, &world).await, IndexError::Missing));
    world.rebuild(RebuildJob::Create).await;
    world.check("with a base", &[&instance]).await;
}

#[tokio::test]
async fn while_s3_refuses_large_batches_come_again_and_instances_answer_for_some_seconds() {
    let (world, ids, instance) = indexed().await;
    let before = world.truth().await;
    world.make_large(ids[0]).await;
    world.index.bucket.refuse(true);
    assert_eq!(failed(&world.indexer.deliver(changed(&ids)).await), ["m-0", "m-1", "m-2"]);
    world.index.bucket.refuse(false);
    world.publish(&ids).await;
    // The publication is there, but an instance cannot read its file.
    world.index.bucket.refuse(true);
    assert_eq!(shown(&instance.current(world.now()).await.unwrap().index), before);
    world.clock.advance(MAX_AGE);
    assert!(matches!(error_of(&instance, &world).await, IndexError::Files(_)));
    assert!(matches!(error_of(&world.instance(), &world).await, IndexError::Files(_)));
    world.index.bucket.refuse(false);
    world.check("healed", &[&instance]).await;
}

#[tokio::test]
async fn while_the_table_refuses_instances_answer_for_some_seconds() {
    let (world, ids, instance) = indexed().await;
    let network = &world.table.network;
    network.fail("Query", Fault::Before, 6);
    assert!(instance.current(world.now()).await.is_ok());
    world.clock.advance(MAX_AGE);
    assert!(matches!(error_of(&instance, &world).await, IndexError::Store(_)));
    world.set_price(ids[0], 2_000).await;
    world.publish(&ids).await;
    world.check("healed", &[&instance]).await;
}

#[tokio::test]
async fn a_small_change_needs_no_s3() {
    let (world, ids, instance) = indexed().await;
    world.index.bucket.refuse(true);
    world.set_price(ids[0], 2_000).await;
    world.publish(&ids).await;
    assert_eq!(shown(&instance.current(world.now()).await.unwrap().index), world.truth().await);
}

#[tokio::test]
async fn a_damaged_or_missing_base_is_unreadable_until_a_rebuild_or_the_next_merge() {
    for job in [RebuildJob::Products, RebuildJob::Merge] {
        for is_missing in [false, true] {
            let (world, ids, old) = indexed().await;
            let base = file(&world, "base");
            if is_missing {
                world.index.bucket.remove(&base);
            } else {
                damage(&world, &base);
            }
            world.set_price(ids[0], 2_000).await;
            world.publish(&ids).await;
            let new = world.instance();
            assert!(matches!(error_of(&new, &world).await, IndexError::Unreadable(_)));
            let shown_by_old = world.shown_by(&old).await.unwrap();
            assert_eq!(shown_by_old, world.truth().await, "an instance that has the base goes on");
            world.rebuild(job).await;
            world.check("repaired", &[&old, &new]).await;
        }
    }
}

#[tokio::test]
async fn a_damaged_publication_is_unreadable_until_a_rebuild_or_the_next_merge() {
    for job in [RebuildJob::Products, RebuildJob::Merge] {
        let (world, ids, old) = indexed().await;
        world.make_large(ids[0]).await;
        world.publish(&ids).await;
        let files = world.index.bucket.files();
        damage(&world, files.keys().find(|key| key.starts_with("search/publications/")).unwrap());
        world.set_price(ids[1], 2_000).await;
        world.publish(&ids).await;
        assert!(matches!(error_of(&world.instance(), &world).await, IndexError::Unreadable(_)));
        world.clock.advance(MAX_AGE);
        assert!(matches!(error_of(&old, &world).await, IndexError::Unreadable(_)));
        world.rebuild(job).await;
        world.check("repaired", &[&old]).await;
    }
}

#[tokio::test]
async fn a_rebuild_repairs_what_instances_show_even_if_nothing_is_published() {
    let (world, ids, instance) = indexed().await;
    world.set_price(ids[0], 2_000).await;
    // The message about it was lost.
    world.rebuild(RebuildJob::Products).await;
    world.check("rebuilt", &[&instance]).await;
}

#[tokio::test]
async fn a_newer_base_that_cannot_be_loaded_loses_no_update() {
    let (world, ids, instance) = indexed().await;
    world.set_price(ids[0], 2_000).await;
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Merge).await;
    world.index.bucket.refuse(true);
    for price in [3_000, 4_000] {
        world.set_price(ids[0], price).await;
        world.publish(&ids[..1]).await;
        assert_eq!(world.shown_by(&instance).await.unwrap(), world.truth().await);
    }
    world.index.bucket.refuse(false);
    world.check("healed", &[&instance]).await;
}

#[tokio::test]
async fn a_lost_state_is_healed_by_a_rebuild_and_old_publications_do_not_come_back() {
    let (world, ids, instance) = indexed().await;
    for price in [2_000, 3_000] {
        world.set_price(ids[0], price).await;
        world.publish(&ids).await;
    }
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let delete = world.table.client.delete_item().table_name("kontor");
    let delete = delete.key("PK", text("SEARCH")).key("SK", text("STATE"));
    delete.send().await.unwrap();
    assert!(matches!(error_of(&world.instance(), &world).await, IndexError::Missing));
    world.rebuild(RebuildJob::Products).await;
    assert_eq!(world.shown_by(&instance).await.unwrap(), world.truth().await);
    assert_eq!(world.shown_by_a_fresh_instance().await.unwrap(), world.truth().await);
    for price in [4_000, 5_000, 6_000, 7_000] {
        world.set_price(ids[0], price).await;
        world.publish(&ids).await;
        assert_eq!(world.shown_by(&instance).await.unwrap(), world.truth().await);
        assert_eq!(world.shown_by_a_fresh_instance().await.unwrap(), world.truth().await);
    }
}

#[tokio::test]
async fn what_no_base_needs_is_removed_after_twenty_minutes_and_an_instance_far_behind_loads_the_base() {
    let (world, ids, far_behind) = indexed().await;
    for round in 0..5 {
        world.set_price(ids[0], 2_000 + round).await;
        world.make_large(ids[1]).await;
        world.publish(&ids).await;
        world.rebuild(RebuildJob::Merge).await;
        world.clock.advance(KEPT);
    }
    let (items, files) = (world.table.items_under("SEARCH / PUBLICATION#"), world.index.bucket.files());
    let of = |kind: &str| files.keys().filter(|key| key.starts_with(&format!("search/{kind}/"))).count();
    assert_eq!((items.len(), of("publications"), of("bases")), (1, 1, 2), "{:?}", files.keys());
    world.check("after", &[&far_behind]).await;
}

#[tokio::test]
async fn publications_of_the_last_twenty_minutes_stay_for_a_rebuild_that_is_under_way() {
    let (world, ids, _) = indexed().await;
    for price in [2_000, 3_000, 4_000] {
        world.set_price(ids[0], price).await;
        world.publish(&ids).await;
        world.rebuild(RebuildJob::Merge).await;
    }
    assert_eq!(world.table.items_under("SEARCH / PUBLICATION#").len(), 4);
}

#[tokio::test]
async fn an_instance_that_slept_while_very_much_was_published_loads_the_newest_base() {
    let (world, ids, sleeper) = indexed().await;
    for price in 1..=130 {
        world.set_price(ids[0], 2_000 + price).await;
        world.publish(&ids[..1]).await;
    }
    let without_merge = world.instance();
    world.check("not merged yet", &[&without_merge]).await;
    world.rebuild(RebuildJob::Merge).await;
    world.table.network.take_calls();
    sleeper.current(world.now()).await.unwrap();
    let calls = world.table.network.take_calls();
    let read: f64 = calls.iter().map(|call| call.units).sum();
    assert_eq!(calls.len(), 3, "a look, the state and the news of the base: {calls:?}");
    assert!(read < 100.0, "{read}");
    world.check("merged", &[&sleeper, &without_merge]).await;
}
