//! A shop always has an admin: whatever two of them do to each other at the same moment, and whatever call fails.

use axum::http::Method;
use domain::access::Role;
use harness::interruptions::Outcome;
use harness::network::Fault;
use harness::shop::{Answer, PASSWORD, Person, Shop, TestRequest};
use serde_json::json;

const ROUNDS: usize = 50;
const FAULTS: [Fault; 4] = [Fault::Before, Fault::After, Fault::Throttle, Fault::Conflict];
/// More than the number of calls of any of these requests.
const CALLS: usize = 9;

fn demote(shop: &Shop, staff: &Person, person: &Person) -> TestRequest {
    let path = format!("/api/v1/users/{}/role", person.id);
    shop.request(Method::PATCH, &path).json(&json!({ "role": "customer" })).by(staff)
}

fn delete(shop: &Shop, person: &Person) -> TestRequest {
    shop.request(Method::DELETE, "/api/v1/users/me").json(&json!({ "password": PASSWORD })).by(person)
}

async fn two_admins() -> (Shop, Person, Person) {
    let shop = Shop::open().await;
    let one = shop.staff("one@example.com", Role::Admin).await;
    let two = shop.staff("two@example.com", Role::Admin).await;
    (shop, one, two)
}

/// How many admins there are. The list of admins must have the same ones.
fn admins(shop: &Shop) -> usize {
    let users = shop.table.items_under("USER#").into_values();
    let mut admins: Vec<_> = users.filter(|item| item["role"] == "admin").map(|item| item["id"].clone()).collect();
    let listed: Vec<_> = shop.table.items_under("ADMINS").into_values().map(|item| item["user_id"].clone()).collect();
    admins.sort_by_key(ToString::to_string);
    assert_eq!(admins, listed);
    admins.len()
}

/// Sends two requests at the same moment.
async fn at_once(one: TestRequest, two: TestRequest) -> [Answer; 2] {
    let (one, two) = (tokio::spawn(one.send()), tokio::spawn(two.send()));
    [one.await.unwrap(), two.await.unwrap()]
}

fn succeeded(answers: &[Answer; 2], refusals: &[&str]) -> usize {
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert!(refusals.contains(&refused.code()), "{}", refused.text);
    }
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_demote_each_other_at_the_same_moment_one_is_left() {
    let (shop, one, two) = two_admins().await;
    for _ in 0..ROUNDS {
        let answers = at_once(demote(&shop, &one, &two), demote(&shop, &two, &one)).await;
        assert_eq!(succeeded(&answers, &["changed_meanwhile", "forbidden"]), 1);
        assert_eq!(admins(&shop), 1);
        for person in [&one, &two] {
            if shop.store().user(person.id).await.unwrap().unwrap().role != Role::Admin {
                shop.give_role(person, Role::Admin).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_admins_who_delete_their_accounts_at_the_same_moment_one_is_left() {
    let (shop, one, two) = two_admins().await;
    for _ in 0..ROUNDS {
        let round = shop.copy().await;
        let answers = at_once(delete(&round, &one), delete(&round, &two)).await;
        assert_eq!(succeeded(&answers, &["last_admin"]), 1);
        assert_eq!(admins(&round), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_admin_who_demotes_the_other_and_leaves_at_the_same_moment_does_only_one_of_it() {
    let (shop, one, two) = two_admins().await;
    for _ in 0..ROUNDS {
        let round = shop.copy().await;
        let answers = at_once(demote(&round, &one, &two), delete(&round, &one)).await;
        assert_eq!(succeeded(&answers, &["last_admin", "changed_meanwhile", "session_ended"]), 1);
        assert_eq!(admins(&round), 1);
    }
}

#[tokio::test]
async fn the_last_admin_cannot_delete_the_account_and_can_after_there_is_another_one() {
    let (shop, one, two) = two_admins().await;
    demote(&shop, &one, &two).send().await.expect(200);
    let before = shop.table.items_under("USER#");
    delete(&shop, &one).send().await.expect_problem(409, "last_admin");
    assert_eq!(shop.table.items_under("USER#"), before);
    delete(&shop, &two).send().await.expect(200);
    let three = shop.register("three@example.com").await;
    let path = format!("/api/v1/users/{}/role", three.id);
    shop.request(Method::PATCH, &path).json(&json!({ "role": "admin" })).by(&one).send().await.expect(200);
    delete(&shop, &one).send().await.expect(200);
    assert_eq!(admins(&shop), 1);
}

#[tokio::test]
async fn a_harmless_change_of_the_actor_or_of_the_user_does_not_stop_staff() {
    let (shop, one, _) = two_admins().await;
    let ada = shop.register("ada@example.com").await;
    let rename =
        |person: &Person| shop.request(Method::PATCH, "/api/v1/users/me").json(&json!({ "name": "Eve" })).by(person);
    // Both are renamed at each point of the request.
    for at in 0..12 {
        let renames = [rename(&one), rename(&ada)];
        let others = async {
            for rename in renames {
                rename.send().await.expect(200);
            }
        };
        let body = json!({ "role": if at % 2 == 0 { "support" } else { "customer" } });
        let path = format!("/api/v1/users/{}/role", ada.id);
        let change = shop.request(Method::PATCH, &path).json(&body).by(&one).send();
        let interruptions = &shop.table.network.interruptions;
        match interruptions.interrupt_at(at, others, change).await {
            Outcome::Finished(answer) => {
                assert_eq!(answer.expect(200).data()["role"], body["role"]);
            }
            Outcome::NotReached => return,
            Outcome::Crashed => unreachable!(),
        }
    }
    panic!("the request has fewer calls");
}

#[tokio::test]
async fn a_role_change_and_a_deletion_happen_once_when_calls_fail() {
    let (shop, one, two) = two_admins().await;
    for fault in FAULTS {
        for skip in 0..CALLS {
            let round = shop.copy().await;
            let ask = async || {
                let first = demote(&round, &one, &two).send().await;
                assert!(first.status == 200 || first.status == 503, "{fault:?} after {skip}: {}", first.text);
            };
            round.table.network.fail_any(skip, fault, 5);
            ask().await;
            round.table.network.heal();
            ask().await;
            assert_eq!(admins(&round), 1);
            assert_eq!(round.table.items_under("AUDIT#2026-11-20").len(), 1);
            round.table.network.fail_any(skip, fault, 5);
            let refused = delete(&round, &one).send().await;
            assert!(refused.code() == "last_admin" || refused.status == 503, "{}", refused.text);
            round.table.network.heal();
            delete(&round, &one).send().await.expect_problem(409, "last_admin");
            delete(&round, &two).send().await.expect(200);
            assert_eq!(admins(&round), 1);
        }
    }
}
