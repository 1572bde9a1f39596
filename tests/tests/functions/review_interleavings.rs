//! Every point is tried: before and after each call that a request about a review, or the janitor, makes to the table. At
//! the point it is killed, its call is lost, or others act. Then it is repeated as a client or the clock would, and lists,
//! votes and the rating must be exactly those of the reviews.

use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use domain::review::Moderation;
use harness::interruptions::{Interruption, Outcome, Tally};
use harness::orders::PlacedOrder;
use harness::reviews::{REVIEWS, Reviewing, id_of, reviewing};
use harness::shop::{PASSWORD, Person, Shop};
use serde_json::json;

use self::Action::{Approve, Delete, Edit, Erase, Reject, Report, Submit, Unvote, Vote};

static TRIED: Tally = Tally::new("lib/store/README.md", "interleavings of reviews");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// A customer reviews the product.
    Submit,
    Edit,
    Delete,
    /// Another customer votes.
    Vote,
    Unvote,
    Report,
    Approve,
    Reject,
    /// The author deletes the account, and the janitor erases it.
    Erase,
}

/// A shop with a review of four stars by Ada and a vote of Cleo, and a product that Bob bought too.
struct Scenario {
    shop: Shop,
    staff: Person,
    product: String,
    review: String,
    ada: Person,
    bob: Bought,
    cleo: Person,
}

#[derive(Clone)]
struct Bought {
    person: Person,
    order: PlacedOrder,
}

impl Scenario {
    async fn begin(moderation: Moderation) -> Arc<Self> {
        let Reviewing { shop, staff, product } = reviewing(moderation).await;
        let ada = shop.customer("ada").await;
        let written = shop.submit(&product, 4).by(&ada).send().await.expect(201);
        let review = id_of(written.data());
        shop.approve(&review).by(&staff).send().await.expect(200);
        let person = shop.register_verified("bob@example.com").await;
        let order = shop.buy_as(&person, "A").await;
        let cleo = shop.register_verified("cleo@example.com").await;
        shop.vote(Method::PUT, &review).by(&cleo).send().await.expect(200);
        Arc::new(Self { shop, staff, product, review, ada, bob: Bought { person, order }, cleo })
    }

    /// The same in a shop of its own.
    async fn copy(&self) -> Arc<Self> {
        Arc::new(Self {
            shop: self.shop.copy().await,
            staff: self.staff.clone(),
            product: self.product.clone(),
            review: self.review.clone(),
            ada: self.ada.clone(),
            bob: self.bob.clone(),
            cleo: self.cleo.clone(),
        })
    }

    fn act(self: &Arc<Self>, action: Action) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let scenario = Arc::clone(self);
        Box::pin(async move { Box::pin(scenario.act_now(action)).await })
    }

    /// Whatever comes of it: the books are looked at, not the answers.
    async fn act_now(&self, action: Action) {
        let Self { shop, review, .. } = self;
        match action {
            Submit => {
                let body = json!({ "productId": self.product, "stars": 2, "orderId": self.bob.order.id });
                shop.post(REVIEWS, &body).by(&self.bob.person).send().await;
            }
            Edit => drop(shop.edit_review(review, &json!({ "stars": 1 })).by(&self.ada).send().await),
            Delete => drop(shop.delete_review(review).by(&self.ada).send().await),
            Vote => drop(shop.vote(Method::PUT, review).by(&self.bob.person).send().await),
            Unvote => drop(shop.vote(Method::DELETE, review).by(&self.cleo).send().await),
            Report => drop(shop.report(review).by(&self.bob.person).send().await),
            Approve => drop(shop.approve(review).by(&self.staff).send().await),
            Reject => drop(shop.reject(review).by(&self.staff).send().await),
            Erase => {
                let gone = shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD }));
                gone.by(&self.ada).send().await;
                drop(shop.janitor().run().await);
            }
        }
    }

    /// After the repetition the books are exact, and what was asked for is so, unless another act came in its way.
    fn check(&self, action: Action, alone: bool, what: &str) {
        self.shop.assert_reviews_agree();
        let items = self.shop.table.items();
        let review = items.get(&format!("REVIEW#{} / REVIEW", self.review));
        let written = items.keys().filter(|key| key.starts_with("REVIEW#") && key.ends_with(" / REVIEW")).count();
        let of_bob = items.contains_key(&format!("REVIEWER#{} / {}", self.bob.person.id, self.product));
        match (action, review) {
            (Submit, _) => assert!(of_bob, "{what}"),
            (Delete, left) => assert!(left.is_none(), "{what}"),
            _ if !alone => {}
            (_, None) => panic!("{what}: the review is gone"),
            (Edit, Some(review)) => assert_eq!(review["stars"], 1, "{what}"),
            (Vote, Some(review)) => assert_eq!(review["helpful"], 2, "{what}"),
            (Unvote, Some(review)) => assert_eq!(review["helpful"], 0, "{what}"),
            (Report, Some(review)) => assert_eq!(review["reports"], 1, "{what}"),
            (Approve, Some(review)) => assert_eq!(review["state"], "approved", "{what}"),
            (Reject, Some(review)) => assert_eq!(review["state"], "rejected", "{what}"),
            (Erase, Some(review)) => assert!(review["author"].is_null(), "{what}"),
        }
        assert!(written <= 2, "{what}: no review is there twice");
    }
}

/// The action with the interruption at every point of it, each time in a new shop.
async fn at_every_point(moderation: Moderation, action: Action, interruption: Interruption<Action>) -> usize {
    let begin = Scenario::begin(moderation).await;
    for at in 0.. {
        let scenario = begin.copy().await;
        let what = format!("{action:?}, {interruption:?} at {at}");
        let points = scenario.shop.table.network.interruptions.clone();
        let (act, caller) = (|other| scenario.act(other), scenario.act(action));
        let outcome = points.happen_at(at, interruption, act, caller).await;
        if matches!(outcome, Outcome::NotReached) {
            return at;
        }
        scenario.shop.assert_reviews_agree();
        scenario.act(action).await;
        scenario.check(action, !matches!(interruption, Interruption::Others(_)), &what);
    }
    unreachable!("a request has few points")
}

#[tokio::test]
async fn a_request_about_a_review_that_dies_or_is_lost_anywhere_leaves_exact_books() {
    let mut tried = 0;
    for action in [Submit, Edit, Delete, Vote, Unvote, Report, Approve, Reject, Erase] {
        for interruption in [Interruption::Crash, Interruption::LostCall] {
            tried += Box::pin(at_every_point(Moderation::After, action, interruption)).await;
        }
    }
    TRIED.ended(tried, 2);
}

#[tokio::test]
async fn what_others_do_in_the_middle_of_a_request_about_a_review_leaves_exact_books() {
    let mut tried = 0;
    for (moderation, action, other) in [
        (Moderation::After, Submit, Edit),
        (Moderation::After, Edit, Vote),
        (Moderation::After, Edit, Reject),
        (Moderation::After, Vote, Unvote),
        (Moderation::After, Vote, Edit),
        (Moderation::After, Vote, Delete),
        (Moderation::After, Delete, Vote),
        (Moderation::After, Report, Approve),
        (Moderation::After, Erase, Reject),
        (Moderation::After, Erase, Vote),
        (Moderation::Before, Approve, Edit),
        (Moderation::Before, Edit, Approve),
        (Moderation::Before, Reject, Vote),
    ] {
        tried += Box::pin(at_every_point(moderation, action, Interruption::Others(other))).await;
    }
    TRIED.ended(tried, 2);
}
