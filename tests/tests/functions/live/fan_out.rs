//! Very many watchers.

use domain::live::{LiveTopic, Watcher};
use store::live::Connection;

use super::Live;

/// Puts many watchers of a topic into the table.
async fn fill(live: &Live, topic: LiveTopic, many: usize) {
    let (store, now) = (live.shop.table.unseen_store(), live.shop.now());
    for n in 0..many {
        let watcher = Watcher { session: None, order_id: None, network: "192.0.2.1".to_owned() };
        let connection = Connection::new(&format!("c-{n}="), watcher, now);
        store.add_watcher(&connection, &[topic]).await.unwrap();
    }
}

#[tokio::test]
async fn the_watchers_of_a_hot_product_are_served_in_parts_and_a_slow_one_holds_no_other() {
    const MANY: usize = 2_500;
    let live = Live::open().await;
    live.connect("first", None).await;
    live.watch("first", &format!("product:{}", live.product())).await;
    let topic = LiveTopic::try_from(format!("product:{}", live.product())).unwrap();
    fill(&live, topic, MANY).await;
    // It takes its message when all others of its part have theirs.
    live.connections.slow_down("c-7=", 100);
    live.connections.lose("c-8=");
    live.set_price(1_234).await;
    let jobs = live.jobs();
    let parts = live.deliver(&jobs).await;
    assert!(parts >= MANY / 250, "{parts}");
    assert_eq!(live.connections.taken(), MANY, "all but one, and the first");
    for n in (0..MANY).filter(|n| *n != 8) {
        assert_eq!(live.types(&format!("c-{n}=")), ["product.changed"], "{n}");
    }
    let left = live.shop.table.items_under("LIVETOPIC#");
    assert_eq!(left.len(), MANY, "the one that was gone is removed");
}
