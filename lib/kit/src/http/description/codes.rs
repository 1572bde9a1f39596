//! Every error code, with what it means and what a client does about it. docs/errors.md is made from this list, and so
//! are the words of the API's description about codes that follow from facts. Tests compare the list with the
//! operations, in both directions.

/// A stable name that an error has for programs.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    pub name: &'static str,
    pub meaning: &'static str,
    /// What a client does about it.
    pub remedy: &'static str,
}

const fn code(name: &'static str, meaning: &'static str, remedy: &'static str) -> Code {
    Code { name, meaning, remedy }
}

const ASK_FOR_A_LINK: &str = "Ask for a new link.";
const CHECK_THE_CODE: &str = "Show the message, and let the buyer correct the code or order without it.";
const REPAIR: &str = "Repair the program that sends it.";
const SHOW_AS_GONE: &str = "Show that it does not exist any more, and load the list again.";

/// The codes of answers, in the order of their names. One line each, so that they can be compared.
#[rustfmt::skip]
pub const CODES: &[Code] = &[
    code("account_banned", "The account is banned. The message says until when.", "Show the message, and sign out."),
    code("address_book_full", "The address book has as many addresses as it can have.", "Remove an address first."),
    code("address_not_found", "The address book has no such address.", SHOW_AS_GONE),
    code("alert_not_found", "You have no stock alert for this SKU.", "Show that there is none."),
    code("all_items_returned", "All items of the order were returned, so there is nothing to send.", "Load the order again."),
    code("already_verified", "The address of the account is confirmed already.", "Load the profile again."),
    code("api_key_not_found", "There is no such API key.", SHOW_AS_GONE),
    code("body_too_large", "The body is larger than this operation takes.", "Send less at once."),
    code("brand_in_use", "Products have this brand.", "Give these products another brand first."),
    code("brand_not_found", "There is no such brand.", SHOW_AS_GONE),
    code("busy", "The shop is busy. It may be that the request took effect, and every request is safe to repeat.", "Wait for the seconds of `Retry-After`, and send it again with the same `Idempotency-Key`."),
    code("cart_changed", "The cart was changed while it was being ordered.", "Show the cart again, and let the buyer order again."),
    code("cart_empty", "The cart has nothing that can be ordered.", "Show the cart again."),
    code("cart_full", "The cart has as many lines as it can have.", "Let the buyer order or remove something first."),
    code("cart_item_not_found", "This item is not in the cart.", "Load the cart again."),
    code("cart_too_large", "The items of the cart cost more together than an amount can be.", "Lower a quantity, or remove a line."),
    code("cash_limit_exceeded", "The order is too expensive to be paid on delivery.", "Offer another payment method."),
    code("category_circle", "The parent is the category itself, or one below it.", "Choose another parent."),
    code("category_in_use", "Products or other categories are in this category.", "Move them first."),
    code("category_not_found", "There is no such category.", SHOW_AS_GONE),
    code("challenge_expired", "The time for the second step of the sign-in is over, or the step was done already.", "Sign in with the password again."),
    code("changed_meanwhile", "Somebody changed the same at the same time. Nothing was changed by this request.", "Send it again."),
    code("code_used", "This code of two-factor sign-in was used already.", "Wait for the next code of the app."),
    code("coupon_code_taken", "Another coupon has this code.", "Choose another code."),
    code("coupon_expired", "The coupon has ended.", CHECK_THE_CODE),
    code("coupon_inactive", "The coupon is switched off.", CHECK_THE_CODE),
    code("coupon_minimum_not_met", "The items cost less than the coupon asks for.", "Show the message. The coupon works when more is in the cart."),
    code("coupon_needs_verified_address", "Each customer may use this coupon only a few times, so it is for accounts with a confirmed address.", "Offer to sign in and to confirm the address."),
    code("coupon_not_applicable", "The coupon is for other products.", CHECK_THE_CODE),
    code("coupon_not_found", "There is no such coupon.", CHECK_THE_CODE),
    code("coupon_not_yet_valid", "The coupon has not begun yet.", CHECK_THE_CODE),
    code("coupon_used_by_you", "The customer has used the coupon as often as each customer may.", CHECK_THE_CODE),
    code("coupon_used_up", "The coupon was used as often as all customers together may.", CHECK_THE_CODE),
    code("email_not_verified", "The address of the account is not confirmed.", "Ask for a link with `POST /auth/email/resend`, and follow it."),
    code("email_taken", "An account with this address exists.", "Offer to sign in, or to ask for a new password."),
    code("export_not_found", "You have no such export.", "Start a new one."),
    code("forbidden", "The permission for this is missing.", "Do not show what the role cannot do. An admin can change roles."),
    code("fresh_proof_required", "This needs a fresh proof of who you are.", "Ask for the code or the password, send it to `POST /auth/confirm`, and send the request again."),
    code("idempotency_key_in_flight", "The same request is being carried out right now.", "Wait for the seconds of `Retry-After`, and send it again with the same key."),
    code("idempotency_key_missing", "This operation needs an `Idempotency-Key`.", "Make a key for each intent of the user, and send it with every try."),
    code("idempotency_key_reused", "The key was used with another body.", "Use a new key for a new body."),
    code("image_not_found", "The product has no such picture.", "Load the product again."),
    code("in_stock", "The item is in stock, so there is nothing to wait for.", "Offer to buy it."),
    code("internal", "Something went wrong on our side.", "Show the `X-Request-Id`. The logs have the reason. It may help to try again later."),
    code("invalid_api_key", "The API key is wrong, has ended or was deleted.", "Use another key. An admin makes one with `POST /admin/api-keys`."),
    code("invalid_cart_token", "The `Cart-Token` is malformed.", "Forget the token, and begin without it."),
    code("invalid_code", "The code of two-factor sign-in is wrong or too old.", "Ask for it again."),
    code("invalid_credentials", "The account does not exist, or the password is wrong.", "Ask for both again."),
    code("invalid_event", "The event cannot be read.", REPAIR),
    code("invalid_idempotency_key", "The `Idempotency-Key` is not 1 to 255 visible characters.", REPAIR),
    code("invalid_refresh_token", "The refresh token is not one of this shop.", "Sign in again."),
    code("invalid_signature", "The signature is not Stripe's, or the wrong secret is set.", "See docs/operations.md about the webhook's secret."),
    code("invalid_token", "The token is not one of this shop.", "Sign in again."),
    code("last_admin", "You are the only admin.", "Make somebody else an admin first."),
    code("link_invalid", "The link was used, has expired or was never valid.", ASK_FOR_A_LINK),
    code("malformed_json", "The body is not well-formed JSON.", REPAIR),
    code("method_not_allowed", "The path exists, and does not have this method. `Allow` has those that it has.", REPAIR),
    code("no_such_route", "There is no such path.", REPAIR),
    code("not_banned", "The user is not banned.", "Load the user again."),
    code("not_enough_stock", "There are not enough units.", "Lower the quantity, or offer a stock alert."),
    code("not_oneself", "Nobody may do this to their own account.", "Ask a colleague."),
    code("not_paid", "Nothing was paid that could be given back.", "Load the order again. An order that is not paid can be cancelled."),
    code("not_ready", "The table or the store of the signing keys does not answer.", "Look at the alarms. Monitoring asks again by itself."),
    code("order_not_found", "There is no such order, it is not yours, or its token has ended.", "Sign in, or ask for a new link with `POST /orders/{id}/link`."),
    code("order_not_payable", "The order cannot be paid: it is paid, cancelled or expired, or is paid on delivery.", "Load the order again."),
    code("order_number_ambiguous", "Several orders have this number.", "List them with `GET /admin/orders?number=`, and choose one by its id."),
    code("order_status_conflict", "The status of the order does not allow it.", "Load the order again, and offer what its status allows."),
    code("order_too_large", "The order costs more than an amount can be.", "Order less at once."),
    code("order_too_small", "An online payment must be of a smallest amount, which the message names.", "Let the buyer add something, or offer another payment method."),
    code("outranked", "The role of the user is not lower than yours, or somebody of a higher role banned them.", "Ask an admin."),
    code("payment_disputed", "The buyer's bank takes money back in a dispute.", "Wait for the bank. An order can be sent all the same with a note that says why."),
    code("payment_in_progress", "The bank is processing a payment of this order.", "Show that it takes some time. Offer no second payment."),
    code("payment_method_not_accepted", "The shop does not take this payment method.", "Offer those of `GET /shop`."),
    code("payment_mismatch", "The amount or the currency of the payment is not that of its order.", "People must look at it: the order's history says so, and an alarm rings."),
    code("payment_not_found", "There is no such payment.", "Load the order again."),
    code("payment_refused", "Stripe did not accept this payment.", "Offer another payment method."),
    code("precondition_failed", "It was changed after you read it.", "Read it again, and repeat your change."),
    code("precondition_required", "This operation needs `If-Match`.", "Send the ETag that you read, or `*`."),
    code("price_changed", "A price is not the one that the buyer saw.", "Show the new price, and let the buyer agree to it."),
    code("product_deleted", "The product is deleted.", "Restore it first."),
    code("product_not_deleted", "The product is not deleted, so it cannot be restored.", "Load the product again."),
    code("product_not_found", "There is no such product, or it is not on sale.", SHOW_AS_GONE),
    code("product_unavailable", "An item is not sold any more. The details name the lines.", "Let the buyer remove these lines."),
    code("rate_limited", "Too many requests.", "Wait for the seconds of `Retry-After`."),
    code("refresh_token_reused", "The refresh token was used before, so the session has ended.", "Sign in again. Send one refresh request at a time."),
    code("refunds_under_way", "Too many refunds of this payment are not finished yet.", "Wait until they are."),
    code("search_query_taken", "Another rule of the search has this query.", "Change that rule."),
    code("search_rule_not_found", "There is no such rule of the search.", SHOW_AS_GONE),
    code("search_unavailable", "Search and lists of products are not available: their index is being made, or cannot be read. The page of a product, carts and orders work.", "Wait for the seconds of `Retry-After`, and send it again. Meanwhile show that search is paused."),
    code("session_ended", "The session has ended.", "Sign in again."),
    code("session_not_found", "This is not the id of one of your sessions.", "Load the list of sessions again."),
    code("sku_not_found", "There is no such SKU.", SHOW_AS_GONE),
    code("sku_reserved", "Orders have reserved units of a SKU that would be removed.", "Remove it after these orders are shipped."),
    code("sku_taken", "Another product has this SKU.", "Choose another one."),
    code("slug_taken", "This slug is in use already.", "Choose another one."),
    code("stock_reserved", "Orders have reserved more units than that.", "Set a higher number."),
    code("stock_share_exceeded", "Orders that are not paid hold too much of this item's stock.", "Lower the quantity of the line that the details name, or try again later."),
    code("synonym_not_found", "There is no such synonym.", SHOW_AS_GONE),
    code("taxonomy_full", "There are as many categories or brands as there can be.", "Delete one first."),
    code("token_expired", "The access token has expired.", "Refresh the tokens with `POST /auth/refresh`, and send the request again."),
    code("too_many_alerts", "You have as many stock alerts as you can have.", "Remove one first."),
    code("too_many_api_keys", "The shop has as many API keys as it can have.", "Delete a key first."),
    code("too_many_connections", "The account, or the guests of this network, have as many open connections of live updates as they can have.", "Close one first, such as that of another tab."),
    code("too_many_images", "The product has as many pictures as it can have.", "Remove one first."),
    code("too_many_search_rules", "The shop has as many rules of the search as it can have.", "Delete one first."),
    code("too_many_synonyms", "The shop has as many synonyms as it can have.", "Delete one first."),
    code("too_many_units", "There are more units of an item, a product or an order than the shop sells at once.", "Lower the quantity. `GET /shop` has the limits."),
    code("too_many_unpaid_orders", "Orders of this buyer, or of the same network, hold stock and are not paid.", "Show the open orders, with a way to pay or cancel them."),
    code("total_changed", "The total is not the one that the buyer agreed to.", "Show the new total, and let the buyer agree to it."),
    code("two_factor_not_set_up", "The account has no secret that waits for a code.", "Begin with `POST /auth/2fa/setup`."),
    code("two_factor_off", "Two-factor sign-in is off.", "Ask for the password only."),
    code("two_factor_on", "Two-factor sign-in is on already.", "Load the profile again."),
    code("two_factor_required", "Staff of this shop need two-factor sign-in.", "Turn it on with `POST /auth/2fa/setup`."),
    code("unauthenticated", "No token was sent.", "Sign in first."),
    code("unsupported_media_type", "The body was not sent as `application/json`.", REPAIR),
    code("upload_not_found", "You have no such upload.", "Start a new one."),
    code("user_banned", "The user is banned, so they get no role of staff.", "Lift the ban first."),
    code("user_not_found", "There is no such user.", SHOW_AS_GONE),
    code("user_required", "An API key cannot do this.", "Let a person sign in."),
    code("validation_failed", "The details name each field and each parameter that was refused, and say why.", "Show the reasons beside the fields."),
    code("variant_required", "The product has several variants.", "Name one with `sku` or `variantId`."),
    code("wish_not_found", "This item is not on the wishlist.", "Load the wishlist again."),
    code("wrong_password", "The password is wrong. Nothing was changed.", "Ask for it again."),
];

/// The codes that the answer of a finished request has inside: why an upload was refused, or a payment was not opened. And
/// those that only a connection of live updates hears.
#[rustfmt::skip]
pub const CODES_INSIDE: &[Code] = &[
    code("account_gone", "The account was deleted before the picture was there.", "Show that it does not exist any more."),
    code("bad_header", "The first line of the file names a column twice, leaves one out, or names an unknown one.", "Correct the first line."),
    code("broken_picture", "The picture is damaged.", "Save it again, and upload that."),
    code("connection_ended", "The connection of live updates is over.", "Open another one."),
    code("empty_sheet", "The file is empty.", "Choose another file."),
    code("more_than_a_picture", "The file has more in it than a picture.", "Save it again as JPEG or PNG, and upload that."),
    code("not_a_picture", "The file is not a JPEG, PNG or WebP picture.", "Choose another file."),
    code("not_csv", "The first line of the file is not text in UTF-8.", "Save it as CSV in UTF-8."),
    code("other_type", "The file does not have the content type that the upload named.", "Start an upload with the right content type."),
    code("payment_unavailable", "The order was placed, and its payment could not be opened.", "Open it again with `POST /payments/create-intent` or `POST /payments/checkout-session`."),
    code("picture_outdated", "A newer picture was uploaded, or the picture was removed, before this one was there.", "Load the profile again."),
    code("product_gone", "The product was deleted before the picture was there.", "Show that it does not exist any more."),
    code("sessions_ended", "The sessions of the account were ended before the picture was there.", "Sign in, and upload it again."),
    code("too_many_images", "The product has as many pictures as it can have.", "Remove one, and upload again."),
    code("too_many_lines", "The file has more lines than one file may have.", "Split it."),
    code("too_many_pixels", "The picture is larger than 50 megapixels, or than 16384 pixels on one side.", "Make it smaller."),
    code("too_many_topics", "A connection of live updates watches as many topics as it can.", "Leave some topics first, or open another connection."),
];

/// What the description says about a code that many operations answer.
pub(super) fn sentences(name: &str) -> String {
    let found = CODES.iter().find(|code| code.name == name);
    found.map(|Code { meaning, remedy, .. }| format!("{meaning} {remedy}")).unwrap_or_default()
}
