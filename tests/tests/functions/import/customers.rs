//! Importing customers and their addresses.

use domain::email::Email;
use harness::network::Fault;
use harness::shop::{PASSWORD, Shop};
use ops::import::Progress;
use serde_json::{Value, json};

use super::support::{counts, example, file, import, import_examples, importer};

fn hash_of(shop: &Shop, id: &str) -> String {
    shop.table.items()[&format!("USER#{id} / CREDENTIALS")]["password_hash"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn imported_customers_sign_in_with_their_old_passwords_and_then_have_a_hash_of_ours() {
    let shop = Shop::open().await;
    import_examples(&shop, "Customers").await;
    for (email, old) in [("ada@example.com", "$2b$10$"), ("grace@example.com", "$argon2id$v=19$m=65536,t=3,p=4$")] {
        let user = shop.store().user_id_of(&Email::parse(email).unwrap()).await.unwrap().unwrap();
        assert!(hash_of(&shop, &user.to_string()).starts_with(old));
        assert_eq!(shop.try_login(email, "wrong password").await.status, 401);
        let signed_in = shop.login(email).await;
        assert_eq!(signed_in.id, user);
        assert!(hash_of(&shop, &user.to_string()).starts_with(&shop.app.hasher.form()));
        let me = shop.get("/api/v1/users/me").by(&signed_in).send().await.expect(200);
        assert_eq!(me.data()["emailVerified"], true);
    }
    let ada = shop.get("/api/v1/users/me").by(&shop.login("ada@example.com").await).send().await.expect(200);
    assert_eq!(ada.data()["preferences"]["news"], true);
    assert_eq!(ada.data()["createdAt"], "2024-03-01T09:30:00.000Z");
}

#[tokio::test]
async fn an_import_sends_no_mail() {
    let shop = Shop::open().await;
    import_examples(&shop, "Customers").await;
    import_examples(&shop, "Addresses").await;
    assert!(shop.table.events().is_empty());
}

#[tokio::test]
async fn imported_addresses_are_in_the_address_book_of_their_customer() {
    let shop = Shop::open().await;
    import_examples(&shop, "Customers").await;
    import_examples(&shop, "Addresses").await;
    let ada = shop.login("ada@example.com").await;
    let book = shop.get("/api/v1/users/me/addresses").by(&ada).send().await.expect(200);
    let book = book.data().as_array().unwrap().clone();
    let cities: Vec<_> = book.iter().map(|address| (&address["city"], &address["isDefault"])).collect();
    assert_eq!(cities.len(), 2);
    assert!(cities.contains(&(&json!("London"), &json!(true))), "{cities:?}");
    let companies: Vec<_> = book.iter().map(|address| &address["company"]).collect();
    assert!(
        companies.contains(&&json!("Analytical Engines Ltd.")) && companies.contains(&&Value::Null),
        "{companies:?}"
    );
    let again = import(&shop, "addresses", "csv", &example("Addresses", "csv")).await;
    assert_eq!(counts(&again), [0, 2, 0]);
    let text = "id,customer,name,line1,city,postal_code,country\nx,99,A,B,C,1,DE\ny,1,A,www.evil.example,C,1,XX\n";
    let report = import(&shop, "addresses", "csv", text).await;
    let faults: Vec<(u64, &str)> = report.shown.iter().map(|bad| (bad.line, bad.column.as_str())).collect();
    assert_eq!(faults, [(2, "customer"), (3, "line1"), (3, "country")]);
}

#[tokio::test]
async fn a_customer_without_a_hash_cannot_sign_in_until_they_set_a_password() {
    let shop = Shop::open().await;
    import_examples(&shop, "Customers").await;
    for password in ["", PASSWORD, "!"] {
        let answer = shop.try_login("mary@example.com", password).await;
        assert_eq!(answer.status, 401, "{password}");
    }
    let body = json!({ "email": "mary@example.com" });
    shop.post("/api/v1/auth/password/forgot", &body).send().await;
    let token = shop.mailed_token(store::links::LinkKind::Reset, "user.password_reset_requested").await;
    let body = json!({ "token": token, "password": "another good sentence" });
    shop.post("/api/v1/auth/password/reset", &body).send().await.expect(200);
    shop.try_login("mary@example.com", "another good sentence").await.expect(200);
}

#[tokio::test]
async fn after_an_import_every_sign_in_does_the_same_work() {
    let shop = Shop::open().await;
    shop.register("old@example.com").await;
    import_examples(&shop, "Customers").await;
    let mut seen = Vec::new();
    for email in ["old@example.com", "ada@example.com", "grace@example.com", "mary@example.com", "nobody@example.com"] {
        let before = shop.app.hasher.computed();
        shop.try_login(email, "wrong password").await.expect_problem(401, "invalid_credentials");
        seen.push(shop.app.hasher.computed() - before);
    }
    assert_eq!(seen, [3; 5], "our own form, bcrypt, and the other Argon2");
}

#[tokio::test]
async fn a_file_that_is_imported_twice_is_imported_once_even_if_an_account_was_deleted() {
    let shop = Shop::open().await;
    let text = example("Customers", "csv");
    assert_eq!(counts(&import(&shop, "customers", "csv", &text).await), [3, 0, 0]);
    let ada = shop.login("ada@example.com").await;
    let body = json!({ "password": PASSWORD });
    shop.request(axum::http::Method::DELETE, "/api/v1/users/me").json(&body).by(&ada).send().await;
    let before = shop.table.items_under("USER#");
    assert_eq!(counts(&import(&shop, "customers", "csv", &text).await), [0, 3, 0]);
    assert_eq!(shop.table.items_under("USER#"), before);
    assert!(shop.table.items_under("EMAIL#ada@example.com").is_empty());
}

#[tokio::test]
async fn a_dry_run_checks_everything_and_writes_nothing() {
    let shop = Shop::open().await;
    let text = format!("{}5,no address,X,,,,\n", example("Customers", "csv"));
    let mut dry = importer(&shop);
    dry.is_dry_run = true;
    let report = dry.import("customers", &file("csv", &text), Progress::Nowhere).await.unwrap();
    assert_eq!(counts(&report), [3, 0, 1]);
    assert!(shop.table.items().is_empty());
}

#[tokio::test]
async fn bad_lines_are_reported_with_field_and_reason_and_good_ones_are_imported() {
    let shop = Shop::open().await;
    shop.register("taken@example.com").await;
    let text = "id,email,name,verified,password_hash,created_at\n\
        1,ada@example.com,Ada,maybe,,\n\
        2,not an address,https://evil.example,,,\n\
        3,taken@example.com,Eve,,,\n\
        4,slow@example.com,Slow,,$2b$20$dM1MjuyixlVX0dcv4kTn/uJ/1yskbsyDt6D.zrgcHGi7eDBsxcWBe,\n\
        5,short@example.com,Short\n\
        ,none@example.com,None,,,2999-01-01T00:00:00Z\n\
        7,good@example.com,Good,,,\n";
    let path = file("csv", text);
    let report = importer(&shop).import("customers", &path, Progress::Nowhere).await.unwrap();
    assert_eq!(report.new, 1);
    let faults: Vec<(u64, &str)> = report.shown.iter().map(|bad| (bad.line, bad.column.as_str())).collect();
    let expected = [
        (2, "verified"),
        (3, "email"),
        (3, "name"),
        (4, "email"),
        (5, "password_hash"),
        (6, ""),
        (7, "id"),
        (7, "created_at"),
    ];
    assert_eq!(faults, expected);
    let written = std::fs::read_to_string(&report.file).unwrap();
    assert_eq!(written.lines().count(), 1 + expected.len());
    assert!(written.contains("4,email,belongs to an account"), "{written}");
    assert!(shop.store().user_id_of(&Email::parse("good@example.com").unwrap()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_file_with_an_unknown_column_is_refused_as_a_whole() {
    let shop = Shop::open().await;
    for text in ["id,email,name,role\n1,a@example.com,A,admin\n", "id,email\n", "", "id,email,name,id\n"] {
        let refused = importer(&shop).import("customers", &file("csv", text), Progress::Nowhere).await;
        assert!(refused.is_err(), "{text}");
    }
    let report = import(&shop, "customers", "jsonl", "{\"id\":\"1\",\"role\":\"admin\"}\n[]\n{\n").await;
    assert_eq!(counts(&report), [0, 0, 3]);
}

#[tokio::test]
async fn an_import_that_is_interrupted_at_any_call_is_complete_after_it_is_repeated() {
    let customers = example("Customers", "csv");
    let whole = Shop::open().await;
    let addresses = example("Addresses", "csv");
    import(&whole, "customers", "csv", &customers).await;
    import(&whole, "addresses", "csv", &addresses).await;
    let wanted = keys(&whole);
    for (at, fault) in (0..14).flat_map(|at| [(at, Fault::Before), (at, Fault::After)]) {
        let shop = Shop::open().await;
        let (customers, addresses) = (file("csv", &customers), file("csv", &addresses));
        // From this call on the network is down, as if the command had been stopped.
        shop.table.network.fail_any(at, fault, 1_000);
        let _ = importer(&shop).import("customers", &customers, Progress::Nowhere).await;
        let _ = importer(&shop).import("addresses", &addresses, Progress::Nowhere).await;
        shop.table.network.heal();
        importer(&shop).import("customers", &customers, Progress::Nowhere).await.unwrap();
        importer(&shop).import("addresses", &addresses, Progress::Nowhere).await.unwrap();
        assert_eq!(keys(&shop), wanted, "interrupted at call {at}, {fault:?}");
    }
}

/// All items except the audit trail, which may have one entry for each try.
fn keys(shop: &Shop) -> Vec<String> {
    shop.table.items().into_keys().filter(|key| !key.starts_with("AUDIT#")).collect()
}
