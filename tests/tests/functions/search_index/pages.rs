//! Pages of a search that was begun at an earlier publication.

use std::sync::{Arc, Weak};

use domain::id::ProductId;
use domain::index_job::RebuildJob;
use search_index::{Id, Index, Query, Sort, State, Synonyms};

use super::{KEPT, World};

/// Active products by price, a page of two, as of a publication.
fn page(index: &Index, seq: u32, skip: usize) -> Vec<(Id, u32)> {
    let query = Query { states: vec![State::Active], sort: Sort::PriceAscending, skip, limit: 2, ..Query::default() };
    index.search(&query, &Synonyms::default(), seq).hits.iter().map(|hit| (hit.id, hit.price)).collect()
}

/// Six products for 10 to 15, of which the index knows.
async fn indexed() -> (World, Vec<ProductId>) {
    let world = World::open().await;
    let mut ids = Vec::new();
    for number in 0..6 {
        let id = world.add(number).await;
        world.set_price(id, 1_000 + 100 * i64::from(number)).await;
        ids.push(id);
    }
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Create).await;
    (world, ids)
}

#[tokio::test]
async fn a_search_goes_on_in_the_catalogue_in_which_it_began_while_it_changes_and_across_one_merge() {
    let (world, ids) = indexed().await;
    let old = world.instance();
    let begun = old.current(world.now()).await.unwrap().index;
    let (seq, all) = (begun.seq(), [0, 2, 4].map(|skip| page(&begun, begun.seq(), skip)));
    drop(begun);
    let mut instances = vec![("old", old)];
    for round in 0..3 {
        // The cheapest becomes the dearest, one is deleted and another one is new.
        world.set_price(ids[round], 9_000).await;
        world.set_deleted(ids[5 - round], true).await;
        let new = world.add(100 + u32::try_from(round).unwrap()).await;
        world.publish(&[ids[round], ids[5 - round], new]).await;
        if round == 1 {
            world.rebuild(RebuildJob::Merge).await;
            instances.push(("began after the merge", world.instance()));
        }
        for (name, instance) in &instances {
            world.shown_by(instance).await.unwrap();
            for (n, skip) in [0, 2, 4].into_iter().enumerate() {
                let index = instance.at(seq, world.now()).await.unwrap().expect("it is kept");
                assert_eq!(page(&index, seq, skip), all[n], "{name}, round {round}, page {n}");
            }
            let now = instance.current(world.now()).await.unwrap().index;
            assert_ne!(page(&now, now.seq(), 0), all[0], "{name}, round {round}");
        }
    }
}

#[tokio::test]
async fn a_search_that_began_two_merges_ago_cannot_go_on_in_a_new_instance() {
    let (world, ids) = indexed().await;
    let seq = world.instance().current(world.now()).await.unwrap().index.seq();
    for price in [5_000, 6_000] {
        world.set_price(ids[0], price).await;
        world.publish(&ids).await;
        world.rebuild(RebuildJob::Merge).await;
        world.clock.advance(KEPT);
    }
    assert!(world.instance().at(seq, world.now()).await.unwrap().is_none());
    for never in [0, 4, u32::MAX] {
        assert!(world.instance().at(never, world.now()).await.unwrap().is_none(), "{never}");
    }
}

#[tokio::test]
async fn an_instance_looks_at_once_if_another_one_has_begun_a_search_at_a_newer_publication() {
    let (world, ids) = indexed().await;
    let store = world.table.store_of("search");
    let seldom = indexing::LiveIndex::new(
        store,
        world.index.files(),
        indexing::Language::English,
        std::time::Duration::from_millis(500),
    );
    let before = seldom.current(world.now()).await.unwrap().index;
    world.set_price(ids[5], 1).await;
    world.publish(&ids).await;
    let newer = world.instance().current(world.now()).await.unwrap().index;
    assert!(Arc::ptr_eq(&before, &seldom.current(world.now()).await.unwrap().index), "it looked a moment ago");
    let found = seldom.at(newer.seq(), world.now()).await.unwrap().unwrap();
    assert_eq!(page(&found, newer.seq(), 0), page(&newer, newer.seq(), 0));
}

#[tokio::test]
async fn pages_end_but_searches_go_on_if_the_base_before_cannot_be_read() {
    let (world, ids) = indexed().await;
    let seq = world.instance().current(world.now()).await.unwrap().index.seq();
    world.set_price(ids[0], 5_000).await;
    world.publish(&ids).await;
    world.rebuild(RebuildJob::Merge).await;
    let state = &world.table.items_under("SEARCH / STATE")["SEARCH / STATE"];
    world.index.bucket.remove(state["previous_base"].as_str().unwrap());
    let instance = world.instance();
    assert!(instance.at(seq, world.now()).await.unwrap().is_none());
    world.check("after", &[&instance]).await;
}

#[tokio::test]
async fn an_instance_holds_at_most_two_indexes() {
    let (world, ids) = indexed().await;
    let instance = world.instance();
    let mut seen: Vec<Weak<Index>> = Vec::new();
    for price in 1..6 {
        world.set_price(ids[0], price).await;
        world.publish(&ids).await;
        seen.push(Arc::downgrade(&instance.current(world.now()).await.unwrap().index));
        world.rebuild(RebuildJob::Merge).await;
        world.shown_by(&instance).await.unwrap();
        let current = Arc::downgrade(&instance.current(world.now()).await.unwrap().index);
        instance.at(current.upgrade().unwrap().covers() - 1, world.now()).await.unwrap().expect("it is kept");
        seen.push(current);
        assert!(seen.iter().filter(|index| index.strong_count() > 0).count() <= 2, "{price}");
    }
}
