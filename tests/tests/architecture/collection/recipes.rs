//! The order of the Postman collection, and what its requests need beyond the description: other values than those of
//! the examples, and what they keep for later requests. An operation with nothing special is a line with its name.

use serde_json::{Value, json};

use super::scripts::{self, mail, wait};
use super::step::{FORM, Folder, Step, folder, step, steps};

pub(super) fn folders() -> Vec<Folder> {
    vec![
        folder("The shop", "What needs no account. The first request chooses names for this run.", the_shop()),
        folder("Staff", "Signs in as staff. Later requests that need a permission use this token.", vec![staff()]),
        folder("API keys", "A key for a server, such as one of an ERP.", api_keys()),
        folder("Webhooks", "An endpoint that gets events, and what was delivered to it.", webhooks()),
        folder("Account", "A new customer. The links come by mail.", account()),
        folder("Two-factor", "The customer turns it on, uses it and turns it off.", two_factor()),
        folder("Catalogue", "Categories, brands, products, stock and coupons.", catalogue()),
        folder("Setting the search", "Synonyms, products that come first, and what found nothing.", search_settings()),
        folder("Shipping", "Shipping methods that buyers choose from.", shipping()),
        folder("Figures", "What was sold, for staff and for a monitoring system.", figures()),
        folder("Files", "Uploads go to the bucket with a form that the API signs.", files()),
        folder("Shopping", "Cart, coupon, quote, wishlist and stock alerts.", shopping()),
        folder("Orders", "An order that is paid on delivery, with a review, and one that is cancelled.", orders()),
        folder(
            "Guests",
            "Orders without an account. Their tokens come with the answer, by mail, or from Stripe's page.",
            guests(),
        ),
        folder("Users", "What staff do with users, and the audit trail.", users()),
        folder("Stripe", "An event of Stripe.", stripe_events()),
        folder("The end", "What deletes, and what ends sessions.", the_end()),
    ]
}

fn the_shop() -> Vec<Step> {
    let mut all = vec![step("getHealth").before(scripts::BEGIN)];
    all.extend(steps(&["getLiveness", "getReadiness", "getApiDescription", "getEventSchema"]));
    all.extend(steps(&["getPublicKeys", "getShop", "getHome"]));
    all
}

fn staff() -> Step {
    step("signIn")
        .title("Signs staff in.")
        .with("email", "{{staffEmail}}")
        .with("password", "{{staffPassword}}")
        .keep("staffToken", "data.accessToken")
}

fn api_keys() -> Vec<Step> {
    vec![step("createApiKey").keep("apiKeyId", "data.apiKey.id"), step("listApiKeys"), step("deleteApiKey")]
}

fn webhooks() -> Vec<Step> {
    let delivered = wait("/api/v1/admin/webhooks/{{webhookId}}/deliveries", "staffToken", "data.length > 0");
    vec![
        step("createWebhook").keep("webhookId", "data.endpoint.id"),
        step("listWebhooks"),
        step("getWebhook"),
        step("updateWebhook"),
        step("rotateWebhookSecret"),
        step("testWebhook").keep("eventId", "data.eventId"),
        step("listWebhookDeliveries").before(delivered),
        step("getWebhookDelivery"),
        step("resendWebhookDelivery"),
        step("resendWebhookEvents").before(scripts::AN_HOUR_AGO).with("since", "{{anHourAgo}}"),
        step("deleteWebhook"),
    ]
}

fn sign_in() -> Step {
    step("signIn").keep_tokens()
}

fn catalogue() -> Vec<Step> {
    let product = |operation| {
        step(operation).with("name", "Blue shirt {{run}}").with(
            "variants",
            json!([
                { "sku": "{{sku}}", "options": { "Size": "M" }, "price": { "amount": 1999, "currency": "usd" }, "stock": 50 },
                { "sku": "{{soldOutSku}}", "options": { "Size": "L" }, "price": { "amount": 1999, "currency": "usd" }, "stock": 0 },
            ]),
        )
    };
    let kept = json!([
        { "sku": "{{sku}}", "options": { "Size": "M" }, "price": { "amount": 1999, "currency": "usd" } },
        { "sku": "{{soldOutSku}}", "options": { "Size": "L" }, "price": { "amount": 1999, "currency": "usd" } },
    ]);
    let category = |operation| step(operation).with("name", "Shirts {{run}}");
    let brand = |operation| step(operation).with("name", "Brand {{run}}");
    vec![
        // Staff read what was just written; others may see it some seconds later.
        category("createCategory").keep("categoryId", "data.id"),
        step("listCategories").staff(),
        step("getCategory").staff(),
        category("updateCategory"),
        category("replaceCategory"),
        brand("createBrand").keep("brandId", "data.id"),
        step("listBrands").staff(),
        step("getBrand").staff(),
        brand("updateBrand"),
        brand("replaceBrand"),
        product("createProduct").keep("productId", "data.id").keep("variantId", "data.variants[0].id"),
        step("listProducts").query("sort", "newest"),
        step("searchProducts").query("q", "blue shirt"),
        step("suggestProducts").query("q", "blu"),
        step("getProduct"),
        step("updateProduct").with("name", "Dark blue shirt {{run}}"),
        // Without brand and category, so that these can be deleted at the end.
        step("replaceProduct")
            .with("name", "Blue shirt {{run}}")
            .with("variants", kept)
            .without(&["brandId", "categoryIds"]),
        step("listStockLevels"),
        step("getStockLevel"),
        step("setStockLevel"),
        step("adjustStockLevel"),
        step("listStockChanges"),
        step("createCoupon").without(&["startsAt", "endsAt", "minimumOrder", "totalUses"]),
        step("listCoupons"),
        step("getCoupon"),
        step("updateCoupon"),
    ]
}

fn search_settings() -> Vec<Step> {
    let rule = |operation| step(operation).with("query", "shirt {{run}}");
    let mut all = vec![step("createSynonym").keep("synonymId", "data.id")];
    all.extend(steps(&["listSynonyms", "getSynonym", "replaceSynonym", "deleteSynonym"]));
    all.extend([
        rule("createSearchRule").keep("searchRuleId", "data.id"),
        step("listSearchRules"),
        step("getSearchRule"),
    ]);
    all.extend([rule("replaceSearchRule"), step("deleteSearchRule"), step("listQueriesWithoutResults")]);
    all
}

fn shipping() -> Vec<Step> {
    let mut all = vec![step("createShippingMethod").keep("shippingMethodId", "data.id")];
    all.extend(steps(&["listShippingMethods", "getShippingMethod", "updateShippingMethod", "deleteShippingMethod"]));
    all
}

fn figures() -> Vec<Step> {
    steps(&["getDashboard", "exportDashboard", "listTopSellers", "getMetrics", "getSettings"])
}

fn files() -> Vec<Step> {
    let upload = || {
        step("createUpload")
            .keep("uploadId", "data.id")
            .keep("uploadUrl", "data.url")
            .keep("uploadFields", "JSON.stringify(data.fields)")
    };
    let picture_upload = || upload().with("contentType", "image/png");
    let finished =
        |state: &str| wait("/api/v1/uploads/{{uploadId}}", "staffToken", &format!("data.state === {state:?}"));
    let form = |title| step(FORM).title(title).before(scripts::FIELDS);
    let csv = "sku,on_hand\n{{sku}},60\nNO-SUCH-SKU,1\n";
    vec![
        picture_upload(),
        form("Sends the picture.").with("file", picture()),
        step("getUpload").before(finished("shown")).keep("imageId", "data.imageId"),
        step("arrangeProductImages")
            .with("images", json!([{ "id": "{{imageId}}", "alt": "A blue shirt from the front" }])),
        step("removeProductImage"),
        picture_upload()
            .title("Starts an upload of a category's picture.")
            .with("categoryId", "{{categoryId}}")
            .without(&["productId"]),
        form("Sends the category's picture.").with("file", picture()),
        step("removeCategoryImage").before(finished("shown")),
        picture_upload()
            .title("Starts an upload of a brand's picture.")
            .with("brandId", "{{brandId}}")
            .without(&["productId"]),
        form("Sends the brand's picture.").with("file", picture()),
        step("removeBrandImage").before(finished("shown")),
        upload().title("Starts an upload of a CSV file.").with("for", "stock").without(&[
            "productId",
            "contentType",
            "alt",
        ]),
        form("Sends the CSV file.").with("file", json!({ "key": "file", "type": "text", "value": csv })),
        step("listBadLines").before(finished("finished")),
        step("createExport").staff().keep("exportId", "data.id"),
        step("getExport").staff(),
    ]
}

fn picture() -> Value {
    json!({ "key": "file", "type": "file", "src": "picture.png" })
}

fn account() -> Vec<Step> {
    let new_password = |step: Step| step.keep("password", "pm.variables.get(\"newPassword\")");
    let unsubscribe = |operation| step(operation).query("topic", "account").query("token", "{{unsubscribeToken}}");
    vec![
        step("registerUser").keep_tokens().keep("userId", "data.user.id"),
        step("resendVerification"),
        step("verifyEmail")
            .before(mail("verify-email", "email", "verifyToken"))
            .with("token", "{{verifyToken}}")
            .without(&["password"]),
        unsubscribe("showUnsubscribePage").before(mail("unsubscribe[?]topic=account", "email", "unsubscribeToken")),
        unsubscribe("unsubscribeMail"),
        sign_in(),
        step("refreshTokens").with("refreshToken", "{{refreshToken}}").keep_tokens(),
        step("getProfile"),
        step("getCurrentUser"),
        step("updateCurrentUser"),
        step("createPictureUpload")
            .with("contentType", "image/png")
            .keep("uploadId", "data.id")
            .keep("uploadUrl", "data.url")
            .keep("uploadFields", "JSON.stringify(data.fields)"),
        step(FORM).title("Sends a picture of the customer.").before(scripts::FIELDS).with("file", picture()),
        step("getPictureUpload").before(wait(
            "/api/v1/users/me/picture/uploads/{{uploadId}}",
            "accessToken",
            "data.state === \"shown\"",
        )),
        step("removeCurrentUserPicture"),
        step("confirmIdentity"),
        step("createAddress").keep("addressId", "data.id"),
        step("listAddresses"),
        step("getAddress"),
        step("replaceAddress"),
        step("listSessions").keep("sessionId", "data.find((session) => !session.current).id"),
        step("endSession"),
        step("requestEmailChange").with("email", "{{newEmail}}"),
        step("confirmEmailChange")
            .before(mail("change-email", "newEmail", "changeToken"))
            .with("token", "{{changeToken}}")
            .keep("email", "data.email"),
        new_password(step("changePassword")),
        step("requestPasswordReset"),
        step("resetPassword")
            .before(mail("reset-password", "email", "resetToken"))
            .with("token", "{{resetToken}}")
            .with("password", "{{password}}"),
        sign_in().title("Signs in again, because a new password ended the sessions."),
        step("exportCurrentUser"),
    ]
}

fn two_factor() -> Vec<Step> {
    vec![
        step("setUpTwoFactor").keep("totpSecret", "data.secret"),
        step("enableTwoFactor")
            .before(scripts::CODE)
            .with("code", "{{code}}")
            .keep("recoveryCode", "data.recoveryCodes[0]"),
        step("replaceRecoveryCodes")
            .with("code", "{{recoveryCode}}")
            .keep("recoveryCode", "data.recoveryCodes[0]")
            .keep("otherRecoveryCode", "data.recoveryCodes[1]"),
        step("signIn")
            .title("Signs in with the password, the first step.")
            .keep("challengeToken", "data.challengeToken"),
        step("completeSignIn")
            .with("challengeToken", "{{challengeToken}}")
            .with("code", "{{recoveryCode}}")
            .keep_tokens(),
        step("disableTwoFactor").with("code", "{{otherRecoveryCode}}"),
    ]
}

/// What shows that a business pays the tax itself.
const REVERSE_CHARGED: (&str, &str) =
    ("The buyer pays the tax", "data.vat.reverseCharged && data.totals.tax.amount === 0");

fn shopping() -> Vec<Step> {
    let mut all =
        steps(&["addCartItem", "getCart", "updateCartItem", "replaceCartItem", "applyCartCoupon", "createQuote"]);
    all.push(
        step("createQuote")
            .title("Quotes for a business of another country, which pays the tax itself.")
            .with("country", "FR")
            .with("vatNumber", "{{vatNumber}}")
            .expect(REVERSE_CHARGED.0, REVERSE_CHARGED.1),
    );
    all.extend(steps(&[
        "removeCartCoupon",
        "validateCoupon",
        "removeCartItem",
        "addWishlistItem",
        "listWishlistItems",
        "moveWishlistItemToCart",
        "addWishlistItem",
        "removeWishlistItem",
        "clearCart",
        "createStockAlert",
        "listStockAlerts",
        "deleteStockAlert",
    ]));
    all
}

fn orders() -> Vec<Step> {
    let order = |method: &'static str| {
        step("createOrder")
            .with("paymentMethod", method)
            .without(&["email"])
            .keep("orderId", "data.id")
            .keep("paymentId", "data.payment.id")
    };
    let advance = |title, status: &'static str| step("updateOrder").title(title).with("status", status);
    let mut all = vec![
        order("cash_on_delivery").title("Places an order that is paid on delivery."),
        step("listOrders"),
        step("getOrder"),
        step("trackOrder"),
        step("listDocuments"),
        step("getPackingSlip"),
        step("getPackingSlips").query("ids", "{{orderId}}"),
        step("getPayment"),
        step("listAllOrders"),
        step("getWholeOrder"),
        step("listOrdersOfUser"),
        step("addOrderNote"),
        advance("Packs the order.", "processing").without(&["carrier", "trackingCode"]),
        step("createParcel").title("Sends all of it.").without(&["items"]).keep("parcelId", "data.parcels[0].id"),
        step("updateParcel").without(&["status"]).with("trackingCode", "JD014600003SF"),
        step("deleteParcel").title("Takes the parcel out again."),
        step("updateOrders"),
        advance("Corrects the tracking code of the order.", "shipped"),
        advance("Notes that the order arrived.", "delivered").without(&["carrier", "trackingCode"]),
    ];
    all.extend(reviews());
    all.extend(returns());
    all.extend([
        // The goods are back; what is left was paid for shipping.
        step("createRefund").without(&["items", "restock"]).with("paidOtherwise", true),
        order("payment_intent").title("Places an order that is paid online."),
        step("createPaymentIntent"),
        step("createCheckoutSession"),
        step("cancelOrder"),
        order("payment_intent")
            .title("Places an order of a business of another country, which pays the tax itself.")
            .with("shippingAddress", in_france())
            .with("vatNumber", "{{vatNumber}}")
            .expect(REVERSE_CHARGED.0, REVERSE_CHARGED.1),
        step("cancelOrder").title("Cancels the order of the business."),
    ]);
    all
}

fn in_france() -> Value {
    json!({
        "name": "Ada Lovelace",
        "line1": "1 Rue du Port",
        "city": "Lyon",
        "postalCode": "69001",
        "country": "FR",
        "company": "Analytical Engines SARL",
    })
}

/// What the customer writes about a product that was delivered, and what staff do with it.
fn reviews() -> Vec<Step> {
    vec![
        step("createReview").without(&["orderId"]).keep("reviewId", "data.id"),
        step("listMyReviews"),
        step("getReview"),
        step("updateReview"),
        step("createReviewPictureUpload")
            .with("contentType", "image/png")
            .keep("uploadId", "data.id")
            .keep("uploadUrl", "data.url")
            .keep("uploadFields", "JSON.stringify(data.fields)"),
        step(FORM).title("Sends a picture of the review.").before(scripts::FIELDS).with("file", picture()),
        step("getReviewPictureUpload")
            .before(wait(
                "/api/v1/reviews/{{reviewId}}/images/uploads/{{uploadId}}",
                "accessToken",
                "data.state === \"shown\"",
            ))
            .keep("imageId", "data.imageId"),
        step("removeReviewImage"),
        step("listReviews"),
        step("approveReview"),
        step("listProductReviews"),
        step("answerReview"),
        step("removeReviewAnswer"),
        step("markReviewHelpful").staff(),
        step("listHelpfulReviews")
            .staff()
            .query("ids", "{{reviewId}}")
            .expect("It is among them.", "data[0] === pm.collectionVariables.get(\"reviewId\")"),
        step("unmarkReviewHelpful").staff(),
        step("reportReview").staff(),
        step("getWholeReview"),
        step("rejectReview"),
        step("deleteReview"),
    ]
}

/// The customer sends a unit back, changes their mind once, gets another size for it, and staff take that back in the end.
fn returns() -> Vec<Step> {
    let item = |name: &str| {
        let mut item = json!({ "id": "{{variantId}}", "quantity": 1, "reason": "does_not_fit" });
        item[name] = json!("{{soldOutSku}}");
        json!([item])
    };
    vec![
        step("listOrderReturns"),
        step("createReturn").keep("returnId", "data.id"),
        step("createReturnPictureUpload")
            .with("contentType", "image/png")
            .keep("uploadId", "data.id")
            .keep("uploadUrl", "data.url")
            .keep("uploadFields", "JSON.stringify(data.fields)"),
        step(FORM).title("Sends a picture of the goods.").before(scripts::FIELDS).with("file", picture()),
        step("getReturnPictureUpload").before(wait(
            "/api/v1/orders/{{orderId}}/returns/{{returnId}}/images/uploads/{{uploadId}}",
            "accessToken",
            "data.state === \"shown\"",
        )),
        step("listReturnImages").keep("imageId", "data[0].id"),
        step("removeReturnImage"),
        step("getReturn"),
        step("listReturns"),
        step("declineReturn"),
        step("createReturn").title("Withdraws.").with("kind", "withdrawal").keep("returnId", "data.id"),
        step("cancelReturn"),
        step("adjustStockLevel").title("Notes that the other size came.").path("sku", "soldOutSku").with("adjust", 5),
        step("createReturn")
            .title("Asks for the other size.")
            .with("items", item("exchangeFor"))
            .keep("returnId", "data.id"),
        step("approveReturn").title("Reserves the other size."),
        step("completeReturn").title("Exchanges the unit that came back."),
        step("shipExchange"),
        step("createReturn")
            .title("Sends the other size back too.")
            .with("items", item("sku"))
            .keep("returnId", "data.id"),
        step("approveReturn"),
        step("receiveReturn"),
        step("completeReturn"),
    ]
}

fn guests() -> Vec<Step> {
    let order = |method: &'static str| {
        step("createOrder")
            .guest()
            .with("paymentMethod", method)
            .with("email", "{{guestEmail}}")
            .keep("guestOrderId", "data.id")
            .keep("orderToken", "data.token")
    };
    vec![
        order("cash_on_delivery").title("Places a guest's order that is paid on delivery."),
        step("confirmOrder")
            .before(mail("confirm-order", "guestEmail", "confirmToken"))
            .with("token", "{{confirmToken}}"),
        step("getOrder")
            .title("Shows a guest's order.")
            .guest()
            .path("id", "guestOrderId")
            .header("Order-Token", "{{orderToken}}"),
        step("sendOrderLink").path("id", "guestOrderId").with("email", "{{guestEmail}}"),
        order("checkout_session").title("Places a guest's order that is paid at Stripe's page."),
        step("exchangeOrderToken")
            .before(scripts::EXCHANGE)
            .path("id", "guestOrderId")
            .with("exchange", "{{exchange}}")
            .keep("orderToken", "data.token"),
        step("createLiveTicket")
            .title("Gives a ticket that may watch the guest's order.")
            .guest()
            .with("orderId", "{{guestOrderId}}")
            .header("Order-Token", "{{orderToken}}"),
    ]
}

fn users() -> Vec<Step> {
    vec![
        step("listUsers").query("email", "ada-"),
        step("getUser"),
        step("updateUser"),
        step("listSessionsOfUser"),
        step("endSessionsOfUser"),
        step("changeUserRole"),
        step("changeUserRole").title("Makes them a customer again.").with("role", "customer"),
        step("banUser").with("until", "2099-01-01T00:00:00Z"),
        step("unbanUser"),
        step("listAuditEntries"),
        sign_in().title("Signs in again, because a role and a ban end sessions."),
    ]
}

fn stripe_events() -> Vec<Step> {
    vec![
        step("receiveStripeEvent")
            .with("type", "customer.created")
            .before(scripts::SIGNATURE)
            .header("Stripe-Signature", "{{stripeSignature}}"),
    ]
}

fn the_end() -> Vec<Step> {
    vec![
        step("deleteCoupon"),
        step("deleteProduct"),
        step("restoreProduct"),
        step("deleteBrand"),
        step("deleteCategory"),
        step("deleteAddress"),
        step("endAllSessions"),
        sign_in(),
        step("signOut"),
        sign_in(),
        step("deleteCurrentUser"),
    ]
}
