//! Carts of which their owners are reminded: exact shapes, and what is refused.

use std::time::Duration;

use domain::cart::{Cart, CartLine, CartOwner};
use domain::cart_reminder::ReminderDelay;
use domain::event::Event;
use domain::id::{EventId, ProductId, VariantId};
use domain::preferences::Topic;
use domain::user::User;
use harness::table::TestTable;
use store::Store;
use store::carts::CartChanged;

use crate::fixtures::{now, outbox_event, refused, registration, sku};

const DAY: Duration = Duration::from_hours(24);

/// A user who agreed, and their cart, of which they are to be reminded after a day.
async fn waiting(store: &Store) -> (User, Cart) {
    let mut registered = registration(1);
    registered.user.email_verified = true;
    registered.user.preferences = registered.user.preferences.with(Topic::Carts, true);
    store.register(&registered).await.unwrap();
    let user = registered.user;
    let empty = Cart::empty(CartOwner::User(user.id), EventId::new(now(), 50), now());
    let (product_id, variant_id) = (ProductId::new(now(), 1), VariantId::new(now(), 2));
    let line = CartLine { product_id, variant_id, sku: sku("A"), quantity: 2, quoted_price: 1999 };
    let cart = empty.add(line).unwrap().next_version(EventId::new(now(), 51), now());
    let cart = cart.with_reminder_after(ReminderDelay::parse("24").unwrap());
    store.save_cart(&empty, &cart).await.unwrap();
    (user, cart)
}

#[tokio::test]
async fn a_cart_stands_in_the_index_until_its_owner_is_reminded_of_it() {
    let table = TestTable::create().await;
    let store = &table.store;
    let (user, cart) = waiting(store).await;
    let due = now() + DAY;
    let shape = || {
        let kinds = ["CART#", "SAVEDCART#", "OUTBOX#evt_01M7W6C38000000000000000"];
        kinds.map(|kind| serde_json::to_string_pretty(&table.items_under(kind)).unwrap()).join("\n")
    };
    assert!(store.due_reminders(due - Duration::from_millis(1), 9).await.unwrap().is_empty());
    assert_eq!(store.due_reminders(due, 9).await.unwrap(), [user.id]);
    assert_eq!(store.cart_with_owner(user.id).await.unwrap(), (Some(cart.clone()), Some(user.clone())));
    let before = shape();
    let event = outbox_event(60, Event::CartReminderDue { user_id: user.id });
    let (after, saved) = cart.after_reminder(Some(&user), event.id, due);
    let saved = saved.unwrap();
    store.announce_cart_reminder(&cart, &after, &saved, &event).await.unwrap();
    assert!(store.due_reminders(due + DAY, 9).await.unwrap().is_empty());
    assert_eq!(store.saved_cart(event.id, due).await.unwrap().as_ref(), Some(&saved));
    assert_eq!(store.saved_cart(event.id, saved.until).await.unwrap(), None);
    insta::assert_snapshot!([before, shape()].join("\n"));
    let written = table.items();
    let again = outbox_event(61, event.event.clone());
    let outcome = store.announce_cart_reminder(&cart, &after, &saved, &again).await;
    refused(&table, &written, outcome, CartChanged);
}
