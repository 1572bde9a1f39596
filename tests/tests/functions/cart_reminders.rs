//! The mail that reminds a customer of a cart: once, and only who agreed and has not come back.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use domain::email::Email;
use domain::mail::MailJob;
use domain::user::MailStop;
use harness::fake_service::FakeService;
use harness::interruptions::Outcome;
use harness::orders::address;
use harness::reminders::{DELAY, not_reminding, reminding};
use harness::shop::{PASSWORD, Person, Shop};
use relay::route;
use serde_json::json;

use self::Action::{Add, Empty, Merge, Order, Restore, Run, Stop};
use crate::fixtures::{mailer, mails, stream, takes_all};
use crate::relay::outbox;

/// The mails about carts because of all events so far. Each job comes twice.
async fn reminders(shop: &Shop) -> Vec<String> {
    let ses = FakeService::new(takes_all);
    let mailer = mailer(shop, &ses);
    for message in route(&stream(&outbox(shop)).records).mail {
        let job: MailJob = serde_json::from_str(&message.body).unwrap();
        if job.template.name() == "cart-reminder" {
            mailer.mail(&job).await.unwrap();
            mailer.mail(&job).await.unwrap();
        }
    }
    mails(&ses)
}

fn announced(shop: &Shop) -> usize {
    shop.table.events().iter().filter(|event| event["type"] == "cart.reminder_due").count()
}

/// How many carts wait for their reminder.
fn waiting(shop: &Shop) -> usize {
    let carts = shop.table.items_under("CART#").into_values();
    carts.filter(|cart| cart["GSI2PK"].as_str().is_some_and(|pk| pk.starts_with("CARTREMINDERS#"))).count()
}

#[tokio::test]
async fn a_customer_who_agreed_is_mailed_once_about_a_cart_that_was_left_alone() {
    let (shop, _) = reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    shop.fill_cart(&ada, "A", 2).await;
    shop.time_passes(DELAY / 2).await;
    let ada = shop.login(&ada.email).await;
    shop.fill_cart(&ada, "B", 1).await;
    shop.time_passes(DELAY.saturating_sub(Duration::from_secs(1))).await;
    assert!(reminders(&shop).await.is_empty(), "a change puts it off");
    shop.time_passes(Duration::from_secs(1)).await;
    shop.time_passes(DELAY * 3).await;
    assert_eq!((announced(&shop), waiting(&shop)), (1, 0));
    let mail = reminders(&shop).await;
    assert_eq!(mail.len(), 1);
    let mail = &mail[0];
    let link = format!("https://shop.test/cart?restore={}", shop.restore_token().await);
    for part in [
        "To: \"Ada Lovelace\" <ada@example.com>",
        "Subject: You left something in your cart at Kontor",
        "2 × Thing A: $20.00",
        "1 × Thing B: $10.00",
        link.as_str(),
        "List-Unsubscribe: <https://api.test/api/v1/mail/unsubscribe?topic=carts",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    let ada = shop.login(&ada.email).await;
    shop.fill_cart(&ada, "A", 1).await;
    shop.time_passes(DELAY * 2).await;
    assert_eq!(announced(&shop), 1, "it is still the same cart");
}

#[tokio::test]
async fn a_cart_that_was_emptied_or_ordered_and_filled_anew_is_another_cart() {
    let (shop, _) = reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    for times in 1..=2 {
        let ada = shop.login(&ada.email).await;
        shop.fill_cart(&ada, "A", 1).await;
        shop.time_passes(DELAY).await;
        assert_eq!(announced(&shop), times);
        let ada = shop.login(&ada.email).await;
        shop.empty_cart(&ada).send().await.expect(200);
    }
    let ada = shop.login(&ada.email).await;
    shop.fill_cart(&ada, "A", 1).await;
    order(&shop, &ada, "k-1").await;
    shop.fill_cart(&ada, "B", 1).await;
    shop.time_passes(DELAY).await;
    assert_eq!(announced(&shop), 3);
    let mail = reminders(&shop).await;
    assert!(mail.len() == 1 && mail[0].contains("Thing B"), "the others are gone by now: {mail:?}");
}

async fn order(shop: &Shop, person: &Person, key: &str) -> u16 {
    let body = json!({ "shippingAddress": address(), "paymentMethod": "payment_intent" });
    shop.place_order(&body, key).by(person).send().await.status.as_u16()
}

#[tokio::test]
async fn nobody_is_mailed_who_came_back_did_not_agree_or_cannot_be_mailed() {
    let (shop, staff) = reminding().await;
    let mut people = Vec::new();
    for name in ["asked", "emptied", "ordered", "silent", "banned", "erased", "bounced"] {
        let person = shop.who_agreed(&format!("{name}@example.com")).await;
        shop.fill_cart(&person, "A", 1).await;
        people.push(person);
    }
    let [_, emptied, ordered, silent, banned, erased, bounced] = people.as_slice() else { panic!("seven people") };
    let unproven = shop.register("unproven@example.com").await;
    shop.agree(&unproven, true).await;
    shop.fill_cart(&unproven, "A", 1).await;
    let other = shop.register_verified("never-asked@example.com").await;
    shop.fill_cart(&other, "A", 1).await;
    shop.cart_of("A", 1).await;
    shop.empty_cart(emptied).send().await.expect(200);
    assert_eq!(order(&shop, ordered, "k-1").await, 201);
    shop.agree(silent, false).await;
    let ban = json!({ "reason": "fraud", "until": "2027-01-01T00:00:00Z" });
    shop.post(&format!("/api/v1/users/{}/ban", banned.id), &ban).by(&staff).send().await.expect(200);
    let gone = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
    gone.by(erased).send().await.expect(200);
    let email = Email::parse(&bounced.email).unwrap();
    shop.store().stop_mail(bounced.id, &email, MailStop::Bounced).await.unwrap();
    shop.time_passes(DELAY).await;
    shop.time_passes(DELAY).await;
    let mail = reminders(&shop).await;
    assert_eq!((mail.len(), announced(&shop), waiting(&shop)), (1, 1, 0));
    assert!(mail[0].contains("asked@example.com"), "{}", mail[0]);
    let saved = shop.table.items_under("SAVEDCART#");
    assert_eq!(saved.len(), 1, "nothing is kept of the others");
}

#[tokio::test]
async fn a_mail_shows_only_what_can_be_bought_and_is_not_sent_if_that_is_nothing() {
    let (shop, _) = reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    let bob = shop.who_agreed("bob@example.com").await;
    shop.fill_cart(&ada, "A", 5).await;
    shop.fill_cart(&ada, "B", 1).await;
    shop.fill_cart(&bob, "A", 5).await;
    shop.time_passes(DELAY).await;
    shop.buy(1, "k-1").await;
    assert_eq!(announced(&shop), 2);
    let mail = reminders(&shop).await;
    assert_eq!(mail.len(), 1, "{mail:?}");
    assert!(mail[0].contains("ada@example.com") && mail[0].contains("Thing B") && !mail[0].contains("Thing A"));
}

#[tokio::test]
async fn who_comes_back_between_the_mark_and_the_mail_is_not_mailed() {
    for what in ["added", "emptied", "ordered", "unsubscribed"] {
        let (shop, _) = reminding().await;
        let ada = shop.who_agreed("ada@example.com").await;
        shop.fill_cart(&ada, "A", 1).await;
        shop.time_passes(DELAY).await;
        let ada = shop.login(&ada.email).await;
        match what {
            "added" => shop.fill_cart(&ada, "B", 1).await,
            "emptied" => drop(shop.empty_cart(&ada).send().await.expect(200)),
            "ordered" => assert_eq!(order(&shop, &ada, "k-1").await, 201),
            _ => shop.agree(&ada, false).await,
        }
        assert_eq!(announced(&shop), 1);
        assert!(reminders(&shop).await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_shop_that_does_not_want_it_writes_and_mails_nothing() {
    let (shop, _) = not_reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    shop.fill_cart(&ada, "A", 1).await;
    let before = shop.table.items_under("CART#");
    shop.time_passes(DELAY).await;
    shop.table.network.take_calls();
    shop.time_passes(DELAY).await;
    let queries = shop.table.network.take_calls().iter().filter(|call| call.operation == "Query").count();
    assert_eq!(queries, 8, "four for the due work, four for the units that are held");
    assert_eq!((shop.table.items_under("CART#"), announced(&shop), waiting(&shop)), (before, 0, 0));
    assert!(reminders(&shop).await.is_empty());
}

#[tokio::test]
async fn the_mark_on_a_cart_is_neither_a_cart_that_was_made_nor_one_that_was_abandoned() {
    let (shop, _) = reminding().await;
    let ada = shop.who_agreed("ada@example.com").await;
    shop.fill_cart(&ada, "A", 1).await;
    let cart = || shop.table.items_under("CART#").into_values().collect::<Vec<_>>();
    let made = route(&stream(&cart()).records).stats;
    assert_eq!(made.len(), 1, "it counts when it is made");
    let before = cart();
    shop.time_passes(DELAY).await;
    let mut marked = stream(&cart());
    marked.records[0].event_name = "MODIFY".to_owned();
    marked.records[0].change.old_image = stream(&before).records[0].change.new_image.clone();
    assert_ne!(marked.records[0].change.old_image, marked.records[0].change.new_image);
    let messages = route(&marked.records);
    assert_eq!(messages, relay::Messages::default());
    let saved: Vec<_> = shop.table.items_under("SAVEDCART#").into_values().collect();
    assert_eq!(route(&stream(&saved).records), relay::Messages::default(), "nor is what the link brings back");
}

/// What is done to Ada's cart with two `A`, whose reminder is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// The janitor runs.
    Run,
    Add,
    Empty,
    Order,
    /// A guest's cart joins it.
    Merge,
    /// Ada opens the link, if there is one.
    Restore,
    Stop,
}

struct Scenario {
    shop: Shop,
    ada: Person,
    guest: String,
}

impl Scenario {
    async fn begin() -> Self {
        let (shop, _) = reminding().await;
        let ada = shop.who_agreed("ada@example.com").await;
        shop.fill_cart(&ada, "A", 2).await;
        shop.later(DELAY);
        let guest = shop.cart_of("B", 1).await;
        let ada = shop.login(&ada.email).await;
        Self { shop, ada, guest }
    }

    async fn copy(&self) -> Arc<Self> {
        Arc::new(Self { shop: self.shop.copy().await, ada: self.ada.clone(), guest: self.guest.clone() })
    }

    fn act(self: &Arc<Self>, action: Action) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let scenario = Arc::clone(self);
        Box::pin(async move { Box::pin(scenario.act_now(action)).await })
    }

    async fn act_now(&self, action: Action) {
        let Self { shop, ada, guest } = self;
        match action {
            Run => drop(shop.janitor().run().await),
            Add => drop(shop.add_to_cart("B", 1).header("idempotency-key", "add-1").by(ada).send().await),
            Empty => drop(shop.empty_cart(ada).send().await),
            Order => {
                order(shop, ada, "k-1").await;
            }
            Merge => drop(shop.get("/api/v1/cart").header("cart-token", guest).by(ada).send().await),
            Restore if announced(shop) > 0 => {
                drop(shop.restore_cart(&shop.restore_token().await).by(ada).send().await);
            }
            Restore => {}
            Stop => shop.agree(ada, false).await,
        }
    }

    /// The cart has what the other action left in it, and there is at most one mail, which only a cart causes that was left
    /// alone.
    async fn check(&self, other: Option<Action>, what: &str) {
        let shop = &self.shop;
        let cart = Shop::lines_of(&shop.get("/api/v1/cart").by(&self.ada).send().await.expect(200));
        let (a, b) = (("A".to_owned(), 2), ("B".to_owned(), 1));
        let expected = match other {
            None | Some(Restore | Stop | Run) => vec![a],
            Some(Add | Merge) => vec![a, b],
            Some(Empty | Order) => vec![],
        };
        assert_eq!(cart, expected, "{what}");
        assert!(announced(shop) <= 1, "{what}");
        let sent = reminders(shop).await.len();
        match other {
            None | Some(Restore | Run) => assert_eq!(sent, 1, "{what}"),
            _ => assert_eq!(sent, 0, "{what}"),
        }
        assert_eq!(waiting(shop), usize::from(announced(shop) == 0 && matches!(other, Some(Add | Merge))), "{what}");
    }
}

#[tokio::test]
async fn a_janitor_that_dies_or_loses_a_call_anywhere_causes_one_mail() {
    let begin = Box::pin(Scenario::begin()).await;
    for crashes in [true, false] {
        for at in 0.. {
            let scenario = begin.copy().await;
            let points = scenario.shop.table.network.interruptions.clone();
            let run = scenario.act(Run);
            let outcome = if crashes { points.crash_at(at, run).await } else { points.lose_call_at(at, run).await };
            if matches!(outcome, Outcome::NotReached) {
                assert!(at > 10, "there are points");
                break;
            }
            scenario.act(Run).await;
            scenario.check(None, &format!("at {at}, crashes: {crashes}")).await;
        }
    }
}

#[tokio::test]
async fn whatever_happens_to_the_cart_while_the_janitor_runs_there_is_one_mail_or_none_and_nothing_is_lost() {
    let begin = Box::pin(Scenario::begin()).await;
    for other in [Run, Add, Empty, Order, Merge, Restore, Stop] {
        for at in 0.. {
            let scenario = begin.copy().await;
            let points = scenario.shop.table.network.interruptions.clone();
            let outcome = points.interrupt_at(at, scenario.act(other), scenario.act(Run)).await;
            if matches!(outcome, Outcome::NotReached) {
                break;
            }
            scenario.act(Run).await;
            scenario.check(Some(other), &format!("{other:?} at {at}")).await;
        }
    }
}

#[tokio::test]
async fn a_janitor_that_runs_while_the_cart_is_changed_or_ordered_takes_nothing_from_it() {
    let begin = Box::pin(Scenario::begin()).await;
    for action in [Add, Empty, Order, Merge] {
        for at in 0.. {
            let scenario = begin.copy().await;
            let points = scenario.shop.table.network.interruptions.clone();
            let outcome = points.interrupt_at(at, scenario.act(Run), scenario.act(action)).await;
            if matches!(outcome, Outcome::NotReached) {
                break;
            }
            // An order hears that the cart changed, and is sent again.
            if action == Order {
                scenario.act(Order).await;
            }
            scenario.check(Some(action), &format!("{action:?} with a run at {at}")).await;
        }
    }
}
