//! A sentence about each property whose struct has none: a name means the same everywhere, so most sentences are for a
//! name, and some are for a name in one body. What a struct says itself goes first.

/// A sentence about a property of a schema, or about a parameter of a path.
pub(super) fn sentence(of: &str, name: &str) -> Option<&'static str> {
    of_one(of, name).or_else(|| of_all(name))
}

/// What a name means in one place.
#[expect(clippy::too_many_lines, reason = "a list")]
fn of_one(of: &str, name: &str) -> Option<&'static str> {
    Some(match (of, name) {
        ("AuditBody", "after") => "What it was after the change.",
        ("AuditBody", "before") => "What it was before the change.",
        ("AuditBody", "subject") => "What it was done to: the id of a user, a product, an order, and so on.",
        ("BanBody", "by") => "The id of the member of staff.",
        ("BanBody", "until") => "When the ban ends.",
        ("BanBody", "reason") => "The user was told it in a mail.",
        ("CouponBody" | "CouponInput" | "CouponPatchInput", "active") => "Whether the coupon can be used.",
        ("CouponBody" | "CouponInput" | "CouponPatchInput", "amount") => "A fixed discount.",
        ("CouponBody" | "CouponInput" | "CouponPatchInput", "categoryIds") => {
            "The coupon is only for these categories and those below them. Empty: for all."
        }
        ("CouponBody" | "CouponInput" | "CouponPatchInput", "productIds") => {
            "The coupon is only for these products. Empty: for all."
        }
        ("MoneyBody" | "MoneyInput", "amount") => "Whole minor units: 1999 in usd is 19.99 USD, 500 in jpy is ¥500.",
        ("PaymentBody", "amount") => "What the order costs.",
        ("PaymentBody", "refunded") => "What was given back so far.",
        ("RefundBody", "amount") => "What is given back.",
        ("RefundBody", "items") => "The returned items.",
        ("CartItemBody" | "ExportedCartLineBody" | "CouponItemInput", "quantity") => "How many units.",
        ("ReturnedItemBody" | "ReturnedItemInput" | "ReturnItemInput", "quantity") => "How many units come back.",
        ("CartTotalsBody" | "OrderTotalsBody", "total") => {
            "What the buyer pays: subtotal minus discount, with shipping and tax."
        }
        ("CartItemBody" | "OrderItemBody", "total") => "The price of all units, before discount and tax.",
        ("OrderItemBody", "discount") => "The part of the discount that falls on this line.",
        ("OrderItemBody", "tax") => "The tax on this line.",
        ("LineCountsBody", "total") => "All lines, without the header.",
        ("OrderSummaryBody" | "ExportedOrderBody", "total") => "What the buyer pays.",
        ("ExportedDeviceBody", "name") => "The kind of device, such as Firefox on Linux.",
        ("PostalBody" | "PostalInput" | "AddressInput" | "NewAddressInput", "name") => {
            "Who lives there: a person. Without `company` it can be a company too."
        }
        ("PostalBody" | "PostalInput" | "AddressInput" | "NewAddressInput", "company") => {
            "The company, which then is the buyer on invoices, with `name` as its contact. Null: none."
        }
        ("ProductBody" | "ProductInput" | "ProductPatchInput", "name") => "The name of the product.",
        ("TermBody" | "TermInput" | "TermPatchInput", "name") => "The name of the category or brand.",
        ("UserBody" | "RegisterInput" | "ProfileInput", "name") => {
            "The name of the person, without web or mail addresses."
        }
        ("TermBody" | "TermPatchInput", "active") => {
            "Customers do not see an inactive category or brand, nor the categories below it."
        }
        ("TermBody" | "TermPatchInput", "position") => "Siblings are sorted by position, then by name.",
        ("TermPatchInput", "parentId") => "For categories: the parent category. `null`: at the top.",
        ("ProductInput" | "ProductPatchInput", "options") => "The names of its options, such as Size; at most three.",
        ("BoughtItemBody" | "CartItemBody" | "ChosenVariantBody" | "ExchangedItemBody", "options") => {
            "The values of the variant, such as M, in the order of the product's options."
        }
        ("ProductPatchInput", "status") => "`active`, `draft` or `archived`.",
        ("ProductBody", "variants") => "Its variants. A product without options has one.",
        ("ProductInput" | "ProductPatchInput", "variants") => {
            "All variants of a product with options. It replaces those that it has."
        }
        ("PreferencesBody" | "PreferencesInput", "account") => {
            "Mail about the account, such as the welcome. Security mail is always sent."
        }
        ("PreferencesBody" | "PreferencesInput", "orders") => "News about the delivery of orders.",
        ("PreferencesBody" | "PreferencesInput", "stock") => "Mail about what is back in stock.",
        ("PreferencesBody" | "PreferencesInput", "news") => "News of the shop.",
        ("HealthBody" | "ReadinessBody", "status") => "`ok`.",
        ("HealthBody" | "ReadinessBody", "version") => "The version of the software.",
        ("ExportedOrderBody" | "OrderTrackingBody", "status") => "The status of the order.",
        ("AccountExportBody", "cart") => "The lines of the cart.",
        ("AccountExportBody", "addresses") => "The address book.",
        ("AccountExportBody", "sessions") => "The devices that are signed in.",
        ("AccountExportBody", "profile") => "The profile.",
        ("AccountExportBody", "wishlist") => "The wishlist.",
        ("ParcelBody", "items") => "What is in the parcel.",
        ("/api/v1/admin/orders/{id}/parcels/{parcel}", "parcel") => "The id of the parcel.",
        ("CartBody" | "OrderBody" | "ReturnBody" | "ReturnInput", "items") => "The lines, one for each variant.",
        ("OrderNoteInput", "text") => "The note, which only staff see.",
        ("OrderBody" | "PlaceOrderInput", "note") => "What the buyer wants to tell the shop.",
        ("StockAlertBody" | "WishlistItemBody" | "ExportedSkuBody", "since") => "When it was added.",
        ("ProblemBody", "details") => "The fields that were refused. Empty if the error is not about fields.",
        ("ProblemBody", "path") => "The path of the request.",
        ("ProblemBody", "requestId") => "The id of the request in the logs.",
        ("ProblemBody", "statusCode") => "The status of the answer.",
        ("ProblemBody", "timestamp") => "When the request was refused.",
        ("Detail", "message") => "Why it was refused: the end of a sentence that begins with the field.",
        ("BadLineBody", "message") => "Why the line was refused.",
        ("UploadBody", "lines") => "For a CSV file: how many lines had which result.",
        ("UploadBody", "refusal") => "Why the file was refused.",
        ("UploadBody", "imageId") => "For a picture that is shown: its id.",
        ("UploadBody", "productId") => "For a picture: the product that it shows.",
        ("CsvExportBody", "of") => "What the file has.",
        ("UploadFormBody", "fields") => "The fields of the form.",
        ("UploadFormBody", "expiresAt") => "Until then the form can be sent.",
        ("OrderTokenBody", "expiresAt") => "Until then the token is good.",
        ("InventoryBody", "onHand") => {
            "Units in the store room, reserved ones included. Below zero: so many sold units are not there yet."
        }
        ("InventoryBody", "available") => {
            "What can be sold: on hand minus reserved. Below zero: so many sold or reserved units are not there yet."
        }
        ("SignedInBody", "user") => "Who has signed in.",
        ("ConfirmInput" | "LoginInput" | "PasswordAndCodeInput" | "PasswordInput", "password") => {
            "The password of the account."
        }
        ("ResetPasswordInput", "password") => "The new password: 8 to 128 characters, and hard to guess.",
        ("/api/v1/mail/unsubscribe", "token") => "The token of the mail's link.",
        ("WebhookEndpointBody", "disabledAt") => "When it was disabled. Null: it gets events.",
        (path, "event") if path.starts_with("/api/v1/admin/webhooks/") => "The id of the event.",
        (
            "/api/v1/products/{id}/images/{image}"
            | "/api/v1/reviews/{id}/images/{image}"
            | "/api/v1/orders/{id}/returns/{return}/images/{image}",
            "image",
        ) => "The id of the picture.",
        ("OrderBody", "returns") => "All returns of the order, oldest first.",
        ("ReturnBody", "status") => {
            "`requested`: staff have not decided yet. `approved`: the buyer may send the goods. `declined`. `received`: the goods arrived. `exchanging`: they were inspected, and what the buyer gets in exchange is still to be sent. `completed`: all of it is done, and the money goes back. `cancelled`: the buyer keeps them, or the goods did not come in time (the history then has it `by` the shop)."
        }
        (path, "return") if path.starts_with("/api/v1/") => "The id of the return.",
        ("ReturnableItemBody", "quantity") => "How many units can still be sent back.",
        (
            "/api/v1/reviews/{id}/images/uploads/{upload}"
            | "/api/v1/orders/{id}/returns/{return}/images/uploads/{upload}",
            "upload",
        ) => "The id of the upload.",
        _ => return None,
    })
}

/// What a name means everywhere else.
#[expect(clippy::too_many_lines, reason = "a list")]
fn of_all(name: &str) -> Option<&'static str> {
    Some(match name {
        "accessToken" => "Send it as `Authorization: Bearer …`. It is valid for 15 minutes.",
        "action" => "What was done, such as `user.ban`.",
        "alt" => "A description for people who cannot see the picture.",
        "at" => "When it happened.",
        "attributes" => "Facts about the product by name, such as its material.",
        "available" => "What can be sold: on hand minus reserved.",
        "billingAddressId" => "An address of the user's address book. The default is the shipping address.",
        "brandId" => "The id of the brand.",
        "carrier" => "Who carries the parcel.",
        "categoryIds" => "The ids of its categories.",
        "challengeToken" => "The token that the first step of the sign-in returned.",
        "changed" => "Lines that changed something.",
        "city" => "The city.",
        "code" => "The code of the coupon. Upper and lower case are the same.",
        "column" => "The column that was refused.",
        "compareAtPrice" => "The price before a reduction, to be shown crossed out.",
        "count" => "How many products there are.",
        "country" => "The country, as two letters of ISO 3166-1.",
        "coupon" => "The coupon of the cart.",
        "couponCode" => "The coupon of the order.",
        "createdAt" => "When it was made.",
        "currency" => "The currency, as three letters of ISO 4217.",
        "currentPassword" => "The password until now.",
        "cursor" => "`nextCursor` of the previous page. Without it, the first page.",
        "data" => "What was asked for.",
        "description" => "A description for customers.",
        "device" => "The kind of device.",
        "discount" => "What a coupon takes off.",
        "email" => "The mail address.",
        "emailVerified" => "Whether the address was confirmed with a mailed link.",
        "endsAt" => "From this time on it cannot be used. Null: it does not end.",
        "exportedAt" => "When this copy was made.",
        "familyName" => "The family name, for forms that ask for the parts of a name. Optional.",
        "firstSeen" => "When it was first used.",
        "givenName" => "The given name, for forms that ask for the parts of a name. Optional.",
        "height" => "In pixels, of the large size.",
        "id" => "The id. It never changes.",
        "image" => "The first picture.",
        "imageUrl" => "The address of the first picture, in its small size.",
        "images" => "Its pictures, in the order in which they are shown.",
        "ip" => "The IP address.",
        "isDefault" => "Whether it is the default of its kind.",
        "large" => "At most 1600 pixels on the longer side.",
        "lastUsedAt" => "When its tokens were refreshed last.",
        "limit" => "The largest number of entries on a page.",
        "line1" => "Street and number.",
        "line2" => "More about the place, such as a floor.",
        "maxBytes" => "The largest file that the form takes.",
        "maximumDiscount" => "With `percent`: the largest discount.",
        "medium" => "At most 800 pixels on the longer side.",
        "message" => "A sentence for people. It may change.",
        "minimumOrder" => "The order must be worth as much, before discount, shipping and tax.",
        "newPassword" => "8 to 128 characters, and hard to guess.",
        "newest" => "The newest products.",
        "number" => "The number of the order for people.",
        "onHand" => "Units in the store room, reserved ones included.",
        "orderId" => "The id of the order.",
        "otpauthUrl" => "The secret as a link that authenticator apps open.",
        "pagination" => "Where the list goes on.",
        "parts" => "How many parts the file was split into.",
        "partsDone" => "How many of them are done.",
        "payment" => "The payment of the order.",
        "percent" => "The discount in percent.",
        "phone" => "A telephone number for the carrier.",
        "position" => "The place among its siblings.",
        "postalCode" => "The postal code.",
        "preferences" => "Which mail the person wants.",
        "price" | "unitPrice" => "The price of one unit.",
        "productId" => "The id of the product.",
        "productIds" => "The ids of the products.",
        "quantity" => "How many units.",
        "reason" => "Why. It is kept in the history.",
        "refreshToken" => "The refresh token. It can be used once.",
        "refunds" => "All refunds of the order.",
        "region" => "The state or province.",
        "reserved" => "Units that are held for orders.",
        "role" => "What the user may do: `customer`, `support` or `admin`.",
        "shipment" => "How the order is sent. Null before that.",
        "shipping" => "What shipping costs.",
        "shippingAddress" => "Where the order goes.",
        "sku" => "The shop's own code of a variant. Upper and lower case are the same.",
        "slug" => "Its name in addresses of pages.",
        "small" => "At most 200 pixels on the longer side.",
        "startsAt" => "From this time on it can be used. Null: at once.",
        "status" => "Its status.",
        "statusCode" => "The status of the answer.",
        "stock" => "What customers see of the stock: `in`, `low`, `backorder`, `preorder` or `out`.",
        "subtotal" => "The price of all lines.",
        "tax" => "The tax.",
        "taxClass" => "How it is taxed: the class whose rate applies. `GET /shop` has the rates.",
        "taxIncluded" => "Whether the other amounts are with the tax. Then it is not added to them.",
        "topic" => "The topic of the mails.",
        "totalUses" => "How many orders may use it. Null: any number.",
        "totals" => "What all of it costs.",
        "trackingCode" => "The carrier's code of the parcel.",
        "twoFactorEnabled" => "Whether a sign-in needs a second factor.",
        "type" => "What the address is for: `shipping` or `billing`.",
        "unchanged" => "Lines that changed nothing, because it was so already.",
        "units" => "The sum of all quantities.",
        "updatedAt" => "When it was changed last.",
        "urls" => "The addresses of its three sizes.",
        "usesPerCustomer" => "How many orders of one customer may use it. Null: any number.",
        "valid" => "Whether it gives a discount on these items now.",
        "variantCount" => "How many variants it has.",
        "variantId" => "The id of the variant.",
        "weightGrams" => "The weight with packaging, in whole grams. Null: not known.",
        _ => return None,
    })
}
