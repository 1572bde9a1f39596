//! The mails about a change of a mail address.

use domain::event::Event;
use domain::id::EventId;
use domain::mail::mails_for;
use harness::fake_service::FakeService;
use harness::shop::{PASSWORD, Person, Shop};
use serde_json::json;
use store::links::LinkKind;

use crate::fixtures::{feedback, mailer, mails, takes_all};

const NEW: &str = "lovelace@example.com";

async fn ask(shop: &Shop, person: &Person) {
    let body = json!({ "email": NEW, "password": PASSWORD });
    shop.post("/api/v1/users/me/email", &body).by(person).send().await.expect(202);
}

/// The mails that the newest event of this type causes: to whom, and all of it.
async fn mails_of(shop: &Shop, kind: &str) -> Vec<(String, String)> {
    let wire = FakeService::new(takes_all);
    let mailer = mailer(shop, &wire);
    let outbox = shop.table.items_under("OUTBOX#");
    let item = outbox.values().rfind(|item| item["event"]["type"] == kind).expect("such an event").clone();
    let event: Event = serde_json::from_value(item["event"].clone()).unwrap();
    assert!(!item.to_string().contains('@'), "events name nobody: {item}");
    let id = EventId::parse(item["id"].as_str().unwrap()).unwrap();
    for job in mails_for(id, &event, shop.now()) {
        mailer.mail(&job).await.unwrap();
    }
    let to = |mail: &str| mail.lines().find_map(|line| line.strip_prefix("To: ")).unwrap_or_default().to_owned();
    mails(&wire).into_iter().map(|mail| (to(&mail), mail)).collect()
}

#[tokio::test]
async fn the_new_address_gets_a_link_and_the_old_one_is_told_twice() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    ask(&shop, &ada).await;
    let token = shop.mailed_token(LinkKind::ChangeEmail, "user.email_change_requested").await;
    let asked = mails_of(&shop, "user.email_change_requested").await;
    let [(new, link), (old, notice)] = asked.as_slice() else { panic!("{asked:#?}") };
    assert!(new.contains(NEW) && link.contains(&format!("https://shop.test/change-email?token={token}")), "{link}");
    assert!(!link.contains("Ada"), "the address may be a stranger's");
    assert!(old.contains("ada@example.com") && !notice.contains(&token) && !notice.contains(NEW), "{notice}");
    let confirm = shop.post("/api/v1/users/me/email/confirm", &json!({ "token": token }));
    confirm.by(&ada).send().await.expect(200);
    let done = mails_of(&shop, "user.email_changed").await;
    let [(old, notice)] = done.as_slice() else { panic!("{done:#?}") };
    assert!(old.contains("ada@example.com") && notice.contains("was changed to another one"), "{notice}");
    assert!(!notice.contains(NEW), "whoever reads the old address need not learn the new one");
}

#[tokio::test]
async fn an_address_that_has_an_account_is_told_so_and_gets_no_link() {
    let shop = Shop::open().await;
    let ada = shop.register_verified("ada@example.com").await;
    shop.register_verified(NEW).await;
    ask(&shop, &ada).await;
    let asked = mails_of(&shop, "user.email_change_requested").await;
    let (to, mail) = &asked[0];
    assert!(to.contains(NEW) && mail.contains("There is an account with this address already"), "{mail}");
    assert!(!mail.contains("token="), "{mail}");
}

#[tokio::test]
async fn an_unproven_old_address_and_a_dead_new_one_get_no_mail() {
    let shop = Shop::open().await;
    let eve = shop.register("victim@example.com").await;
    ask(&shop, &eve).await;
    let asked = mails_of(&shop, "user.email_change_requested").await;
    assert_eq!(asked.len(), 1, "{asked:#?}");
    let wire = FakeService::new(takes_all);
    let bounce = json!({
        "eventType": "Bounce",
        "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": NEW }] },
    });
    mailer(&shop, &wire).deliver(feedback(&bounce)).await;
    shop.later(std::time::Duration::from_secs(1));
    ask(&shop, &eve).await;
    assert!(mails_of(&shop, "user.email_change_requested").await.is_empty());
}
