//! Every point is tried: before and after each call that a publication, a merge, a rebuild or a searching instance makes to
//! the table or to S3. At the point the function is killed, its call is lost, or others act. Then the queues deliver what
//! is still in them, twice and in the wrong order, and all instances must show the products as they are in the table.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use domain::id::ProductId;
use domain::index_job::RebuildJob;
use domain::stock::Band;
use harness::interruptions::{Outcome, Tally};
use indexing::LiveIndex;

use self::Action::{
    Create, Delete, Follow, GetBand, GetPrice, Grow, Merge, NewProduct, Open, Publish, PublishAlso, Rebuild,
    RebuildAlso, Restore, Twice,
};
use super::{KEPT, Shown, World, changed};

/// An action of staff, customers or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Something of a product changes, and there is a message about it.
    GetPrice,
    GetBand,
    Grow,
    NewProduct,
    Delete,
    Restore,
    /// The indexer gets all messages that are in the queue.
    Publish,
    /// The price changes, and another indexer gets all messages.
    PublishAlso,
    Create,
    Merge,
    Rebuild,
    /// The price changes, the index is rebuilt, and the old instance has it.
    RebuildAlso,
    /// The price changes and is published, and the index merged; later all of it again.
    Twice,
    /// The old instance looks, and looks again when the newer base is there.
    Follow,
    /// An instance starts.
    Open,
}

struct Scenario {
    world: World,
    products: Mutex<Vec<ProductId>>,
    /// The messages in the queue, by their numbers.
    queue: Mutex<BTreeMap<usize, ProductId>>,
    sent: AtomicUsize,
    /// It follows from the beginning, and what it showed last.
    old: Mutex<(LiveIndex, BTreeMap<ProductId, Shown>)>,
}

impl Scenario {
    /// Three products. The price of a product goes up with each of its changes.
    async fn after(actions: &[Action]) -> Arc<Self> {
        let world = World::open().await;
        let products = vec![world.add(1).await, world.add(2).await, world.add(3).await];
        let old = Mutex::new((world.instance(), BTreeMap::new()));
        let (queue, sent) = (Mutex::default(), AtomicUsize::default());
        let scenario = Arc::new(Self { world, products: Mutex::new(products.clone()), queue, sent, old });
        for id in products {
            scenario.send(id);
        }
        for &action in actions {
            scenario.act(action).await;
        }
        scenario
    }

    fn act(self: &Arc<Self>, action: Action) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let scenario = Arc::clone(self);
        Box::pin(async move { Box::pin(scenario.act_now(action)).await })
    }

    async fn act_now(&self, action: Action) {
        let world = &self.world;
        match action {
            GetPrice | GetBand | Grow | Delete | Restore => self.change(action).await,
            NewProduct => {
                let number = self.products.lock().unwrap().len() + 1;
                let id = world.add(u32::try_from(number).unwrap()).await;
                self.products.lock().unwrap().push(id);
                self.send(id);
            }
            Publish => self.publish(&world.indexer).await,
            PublishAlso => {
                self.change(GetPrice).await;
                self.publish(&world.other_indexer()).await;
            }
            Create => drop(world.rebuilder.run(RebuildJob::Create).await),
            Merge => drop(world.rebuilder.run(RebuildJob::Merge).await),
            Rebuild => drop(world.rebuilder.run(RebuildJob::Products).await),
            RebuildAlso => {
                self.change(GetPrice).await;
                drop(world.rebuilder.run(RebuildJob::Products).await);
                self.follow().await;
            }
            Twice => {
                for _ in 0..2 {
                    self.change(GetPrice).await;
                    self.publish(&world.other_indexer()).await;
                    drop(world.rebuilder.run(RebuildJob::Merge).await);
                    world.clock.advance(KEPT);
                }
            }
            Follow => self.follow().await,
            Open => drop(world.shown_by_a_fresh_instance().await),
        }
    }

    async fn change(&self, action: Action) {
        let products = self.products.lock().unwrap().clone();
        let id = products[usize::from(action == GetBand) + 2 * usize::from(matches!(action, Delete | Restore))];
        let world = &self.world;
        match action {
            GetBand => world.set_band(id, 0, Band::Out).await,
            Grow => world.make_large(id).await,
            Delete | Restore => world.set_deleted(id, action == Delete).await,
            _ => {}
        }
        let price = world.product(id).await.variants[0].price;
        world.set_price(id, price + 1).await;
        self.send(id);
    }

    /// There is a message about a change.
    fn send(&self, id: ProductId) {
        self.queue.lock().unwrap().insert(self.sent.fetch_add(1, Ordering::Relaxed), id);
    }

    /// A message is deleted only after the indexer said that it is done.
    async fn publish(&self, indexer: &indexer::Indexer) {
        let messages = self.queue.lock().unwrap().clone();
        let products: Vec<ProductId> = messages.values().copied().collect();
        if indexer.deliver(changed(&products)).await.batch_item_failures.is_empty() {
            self.queue.lock().unwrap().retain(|number, _| !messages.contains_key(number));
        }
    }

    /// What an instance shows of a product never becomes older. A product that was not on sale may be missing after a
    /// rebuild, until the change that came meanwhile is published.
    async fn follow(&self) {
        let (instance, before) = self.old.lock().unwrap().clone();
        let Ok(shown) = self.world.shown_by(&instance).await else { return };
        for (id, before) in &before {
            let is_not_older = match shown.get(id) {
                Some(now) => now.variants[0].0 >= before.variants[0].0,
                None => before.state != "ACTIVE",
            };
            assert!(is_not_older, "{:?} after {before:?}", shown.get(id));
        }
        self.old.lock().unwrap().1 = shown;
    }

    /// A killed instance is never asked again.
    fn replace_old_instance(&self) {
        *self.old.lock().unwrap() = (self.world.instance(), BTreeMap::new());
    }

    /// What is still in the queue arrives, the newest first, and twice.
    async fn settle(self: &Arc<Self>) {
        self.follow().await;
        let left: Vec<ProductId> = std::mem::take(&mut *self.queue.lock().unwrap()).into_values().rev().collect();
        for batch in left.chunks(2).chain(left.chunks(3)) {
            self.world.publish(batch).await;
            self.follow().await;
        }
        self.world.rebuild(RebuildJob::Create).await;
    }

    async fn check(self: &Arc<Self>, what: &str) {
        self.settle().await;
        self.follow().await;
        let old = self.old.lock().unwrap().0.clone();
        self.world.check(what, &[&old]).await;
        self.world.rebuild(RebuildJob::Products).await;
        self.world.check(&format!("{what}, rebuilt"), &[&old]).await;
    }
}

/// At each of its points, `action` is killed and repeated or not, or its call is lost. Returns how often.
async fn fails(before: &[Action], action: Action) -> usize {
    let mut count = 0;
    for at in 0.. {
        for again in [true, false] {
            let scenario = Scenario::after(before).await;
            let interruptions = scenario.world.table.network.interruptions.clone();
            match interruptions.crash_at(at, scenario.act(action)).await {
                Outcome::NotReached => return count,
                Outcome::Crashed => {}
                Outcome::Finished(()) => panic!("{action:?} went on after it was killed at {at}"),
            }
            if action == Follow {
                scenario.replace_old_instance();
            }
            if again {
                scenario.act(action).await;
            }
            scenario.check(&format!("{action:?} killed at {at} after {before:?}, again: {again}")).await;
        }
        let scenario = Scenario::after(before).await;
        let interruptions = scenario.world.table.network.interruptions.clone();
        interruptions.lose_call_at(at, scenario.act(action)).await;
        scenario.check(&format!("{action:?} lost its call at {at} after {before:?}")).await;
        count += 3;
    }
    count
}

/// At each point of `action`, another action happens. Returns how often.
async fn meets(before: &[Action], action: Action, others: &[Action]) -> usize {
    let mut count = 0;
    for &other in others {
        for at in 0.. {
            let scenario = Scenario::after(before).await;
            let interruptions = scenario.world.table.network.interruptions.clone();
            let rival = Arc::clone(&scenario);
            let others_act = async move { rival.act(other).await };
            let outcome = Box::pin(interruptions.interrupt_at(at, others_act, scenario.act(action)));
            if let Outcome::NotReached = outcome.await {
                break;
            }
            scenario.check(&format!("{action:?} met {other:?} at {at} after {before:?}")).await;
            count += 1;
        }
    }
    count
}

static TALLY: Tally = Tally::new("docs/architecture.md", "interleavings of the search index");

/// One test for each line, so that they run in parallel.
macro_rules! tests {
    ($($name:ident: $scenario:expr;)+) => {
        const TESTS: usize = [$(stringify!($name)),+].len();
        $(
            #[tokio::test]
            async fn $name() {
                TALLY.ended($scenario.await, TESTS);
            }
        )+
    };
}

/// An index of three products that an old instance has, and a change that is not published yet.
const INDEXED: [Action; 4] = [Publish, Create, Follow, GetPrice];

/// The same, and the change is published, so that there is something to merge.
const PUBLISHED: [Action; 5] = [Publish, Create, Follow, GetPrice, Publish];

/// The old instance has not the newest base.
const MERGED: [Action; 6] = [Publish, Create, Follow, GetPrice, Publish, Merge];

tests! {
    a_publication_survives_a_failure_at_any_call: fails(&INDEXED, Publish);
    a_publication_in_a_file_survives_a_failure_at_any_call: fails(&[Publish, Create, Follow, Grow], Publish);
    the_first_publication_survives_a_failure_at_any_call: fails(&[], Publish);
    a_publication_survives_changes_at_any_call: meets(&INDEXED, Publish, &[GetPrice, NewProduct, Delete]);
    a_publication_survives_another_one_at_any_call: meets(&INDEXED, Publish, &[PublishAlso]);
    a_publication_in_a_file_survives_another_one_at_any_call: meets(&[Publish, Create, Follow, Grow], Publish, &[PublishAlso]);
    a_publication_survives_a_new_base_at_any_call: meets(&INDEXED, Publish, &[Merge, Rebuild, Twice]);
    a_publication_survives_a_change_and_a_rebuild_at_any_call: meets(&INDEXED, Publish, &[RebuildAlso]);
    the_first_publication_survives_the_first_base_at_any_call: meets(&[], Publish, &[Create, PublishAlso]);

    the_first_base_survives_a_failure_at_any_call: fails(&[Publish], Create);
    the_first_base_survives_others_at_any_call: meets(&[Publish], Create, &[PublishAlso, Create, Rebuild]);
    a_merge_survives_a_failure_at_any_call: fails(&PUBLISHED, Merge);
    a_merge_of_files_survives_a_failure_at_any_call: fails(&[Publish, Create, Follow, Grow, Publish, Merge, Grow, Publish], Merge);
    a_merge_survives_others_at_any_call: meets(&PUBLISHED, Merge, &[PublishAlso, Merge, Rebuild]);
    a_merge_survives_newer_bases_at_any_call: meets(&PUBLISHED, Merge, &[Twice]);
    a_rebuild_survives_a_failure_at_any_call: fails(&PUBLISHED, Rebuild);
    a_rebuild_survives_changes_at_any_call: meets(&PUBLISHED, Rebuild, &[GetPrice, GetBand, NewProduct, Delete]);
    a_rebuild_survives_a_restored_product_at_any_call: meets(&[Delete, Publish, Create, Follow], Rebuild, &[Restore]);
    a_rebuild_survives_publications_at_any_call: meets(&PUBLISHED, Rebuild, &[PublishAlso]);
    a_rebuild_survives_other_bases_at_any_call: meets(&PUBLISHED, Rebuild, &[Merge, Rebuild]);
    a_rebuild_survives_a_change_and_another_rebuild_at_any_call: meets(&PUBLISHED, Rebuild, &[RebuildAlso]);
    a_rebuild_survives_newer_bases_at_any_call: meets(&PUBLISHED, Rebuild, &[Twice]);

    an_instance_that_follows_survives_a_failure_at_any_call: fails(&MERGED, Follow);
    an_instance_that_follows_survives_others_at_any_call: meets(&MERGED, Follow, &[PublishAlso, Merge, Rebuild]);
    an_instance_that_follows_survives_newer_bases_at_any_call: meets(&MERGED, Follow, &[Twice]);
    an_instance_far_behind_survives_a_failure_at_any_call: fails(&[Publish, Create, Follow, Twice, Twice], Follow);
    an_instance_far_behind_survives_newer_bases_at_any_call: meets(&[Publish, Create, Follow, Twice, Twice], Follow, &[Twice]);
    a_new_instance_survives_a_failure_at_any_call: fails(&MERGED, Open);
    a_new_instance_survives_newer_bases_at_any_call: meets(&MERGED, Open, &[PublishAlso, Rebuild, Twice]);
}
