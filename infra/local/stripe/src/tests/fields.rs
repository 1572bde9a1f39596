//! What stands in fields: metadata, texts, addresses of mail and web, shipping addresses.

use super::{INTENT, SESSION, bad_field, stripe};

/// At most 50 keys of 40 characters without square brackets, and values of 500 characters.
/// <https://docs.stripe.com/metadata#data>
#[test]
fn metadata_has_fifty_keys_of_forty_characters_and_values_of_five_hundred() {
    let stripe = stripe();
    let keys = |count: usize| (0..count).map(|n| format!("&metadata[k{n}]=v")).collect::<String>();
    let basis = "amount=1999&currency=usd";
    stripe.post("/v1/payment_intents", &format!("{basis}{}", keys(50)));
    let refusal = |form: &str| stripe.refusal("/v1/payment_intents", &format!("{basis}{form}"));
    assert_eq!(refusal(&keys(51)), bad_field("", "metadata"));
    let (long, longer) = ("k".repeat(40), "k".repeat(41));
    stripe.post("/v1/payment_intents", &format!("{basis}&metadata[{long}]={}", "é".repeat(500)));
    assert_eq!(refusal(&format!("&metadata[{longer}]=v")), bad_field("", &format!("metadata[{longer}]")));
    assert_eq!(refusal(&format!("&metadata[k]={}", "v".repeat(501))), bad_field("", "metadata[k]"));
    assert_eq!(refusal("&metadata[a[b]]=v"), bad_field("", "metadata[a[b]]"));
    assert_eq!(refusal("&metadata=v"), bad_field("", "metadata"));
    let inner = format!("{SESSION}&payment_intent_data[metadata][{longer}]=v");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &inner).status, 400);
    let unset = stripe.post("/v1/payment_intents", &format!("{basis}&metadata[a]=&metadata[b]=1"));
    assert_eq!(unset["metadata"], serde_json::json!({ "b": "1" }));
}

/// Mail addresses must be valid: error code email_invalid.
/// <https://docs.stripe.com/error-codes#email-invalid>
#[test]
fn mail_addresses_look_like_mail_addresses() {
    let stripe = stripe();
    let long = format!("{}@example.com", "a".repeat(65));
    for bad in
        ["ada", "@example.com", "ada@", "ada@example", "ada@exa mple.com", "a@b@example.com", "ada@example..com", &long]
    {
        let refusal = stripe.refusal("/v1/payment_intents", &format!("{INTENT}&receipt_email={bad}"));
        assert_eq!(refusal, bad_field("email_invalid", "receipt_email"), "{bad}");
        let refusal = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&customer_email={bad}"));
        assert_eq!(refusal, bad_field("email_invalid", "customer_email"), "{bad}");
    }
    let empty = stripe.refusal("/v1/payment_intents", &format!("{INTENT}&receipt_email="));
    assert_eq!(empty, bad_field("parameter_invalid_empty", "receipt_email"));
}

/// URLs must be valid: error code url_invalid.
/// <https://docs.stripe.com/error-codes#url-invalid>
#[test]
fn urls_are_of_the_web() {
    let stripe = stripe();
    let long = format!("https://shop.test/{}", "a".repeat(5_000));
    for bad in ["shop.test/ok", "/ok", "ftp://shop.test", "javascript:alert(1)", "https://", "https://shop.test/a b"] {
        let refusal = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&cancel_url={bad}"));
        assert_eq!(refusal, bad_field("url_invalid", "cancel_url"), "{bad}");
    }
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&cancel_url={long}")).field, "cancel_url");
    let missing = SESSION.replace("success_url=http://shop.test/ok", "success_url=");
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &missing), bad_field("parameter_missing", "success_url"));
}

/// A description has at most 1,000 characters, a client reference 200, most other texts 5,000.
/// <https://github.com/stripe/openapi>
#[test]
fn texts_have_a_maximum_length() {
    let stripe = stripe();
    let text = |length: usize| "x".repeat(length);
    stripe.post("/v1/payment_intents", &format!("{INTENT}&description={}", text(1_000)));
    let refusal = stripe.refusal("/v1/payment_intents", &format!("{INTENT}&description={}", text(1_001)));
    assert_eq!(refusal, bad_field("", "description"));
    let refusal = stripe.refusal("/v1/checkout/sessions", &format!("{SESSION}&client_reference_id={}", text(201)));
    assert_eq!(refusal, bad_field("", "client_reference_id"));
    let long = SESSION.replace("[name]=Shirt", &format!("[name]={}", text(5_001)));
    let field = "line_items[0][price_data][product_data][name]";
    assert_eq!(stripe.refusal("/v1/checkout/sessions", &long), bad_field("", field));
}

/// A shipping address needs a name and a first line.
/// <https://docs.stripe.com/api/payment_intents/create#create_payment_intent-shipping>
#[test]
fn a_shipping_address_has_a_name_and_a_first_line() {
    let stripe = stripe();
    let refusal = |form: &str| stripe.refusal("/v1/payment_intents", &format!("{INTENT}&{form}"));
    let (name, line) = ("shipping[name]=Ada", "shipping[address][line1]=1 Harbour Street");
    assert_eq!(refusal(name), bad_field("parameter_missing", "shipping[address][line1]"));
    assert_eq!(refusal(line), bad_field("parameter_missing", "shipping[name]"));
    let unknown = bad_field("parameter_unknown", "shipping[address][planet]");
    assert_eq!(refusal(&format!("{name}&{line}&shipping[address][planet]=Mars")), unknown);
    let country = refusal(&format!("{name}&{line}&shipping[address][country]=Germany"));
    assert_eq!(country, bad_field("", "shipping[address][country]"));
    let inner = format!("{SESSION}&payment_intent_data[shipping][name]=Ada");
    assert_eq!(
        stripe.refusal("/v1/checkout/sessions", &inner),
        bad_field("parameter_missing", "payment_intent_data[shipping][address][line1]")
    );
}
