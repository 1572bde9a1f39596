//! The cart in JSON, with current prices and what changed since its owner last saw it.

use checkout::shipping_body::{OfferedShippingMethodBody, method_not_offered, no_shipping_method};
use checkout::tax_body::TaxAmountBody;
use domain::cart::{Cart, CartLine};
use domain::coupon::CustomerKey;
use domain::money::Money;
use domain::picture::{Size, path};
use domain::pricing::{Delivery, Item, Priced, PricingRefusal, price};
use kit::http::answer::Answer;
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use order_processing::{CurrentItem, CurrentItems, RequestedItem};
use serde::Serialize;
use store::coupons::CouponWithUse;
use utoipa::ToSchema;

use crate::App;
use crate::owner::{Owner, token_header};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CartBody {
    items: Vec<CartItemBody>,
    /// The sum of all quantities.
    units: u32,
    coupon: Option<CartCouponBody>,
    totals: CartTotalsBody,
    /// The token of a new guest cart, sent only once. Send it as `Cart-Token` with later requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    token: Option<String>,
    updated_at: String,
    /// When the cart is deleted if it does not change.
    expires_at: String,
    /// The shipping methods that take the cart, in the order of the shop. Empty: none does, or nothing in the cart counts.
    /// Null without a country.
    shipping_methods: Option<Vec<OfferedShippingMethodBody>>,
    /// The one that the totals are with.
    shipping_method: Option<OfferedShippingMethodBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CartItemBody {
    /// The id of the line: that of its variant.
    id: String,
    product_id: String,
    variant_id: String,
    sku: String,
    /// Null if the product is no longer on sale.
    name: Option<String>,
    slug: Option<String>,
    options: Vec<String>,
    image_url: Option<String>,
    quantity: u32,
    pub(crate) unit_price: MoneyBody,
    /// The unit price that you saw last, if it was different.
    previous_price: Option<MoneyBody>,
    pub(crate) total: MoneyBody,
    /// `in`, `low`, `backorder`, `preorder` or `out`.
    stock: &'static str,
    /// How many units there are. Null if that is more than the shop shows (`limits.stockShown` of `GET /shop`).
    available: Option<i64>,
    /// Why this line cannot be ordered: `unavailable` or `not_enough_stock`, which do not count in the totals; in a quote
    /// also `too_many_units` or `price_changed`.
    pub(crate) problem: Option<&'static str>,
    /// How many of the units are not there, and will be sent when they are.
    backordered: u32,
    /// The day from which the shop expects them. Null: all are there, or nobody knows yet.
    available_from: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CartCouponBody {
    pub(crate) code: String,
    /// Why there is no discount, such as `coupon_expired` or `coupon_minimum_not_met`.
    pub(crate) problem: Option<&'static str>,
}

/// Lines that cannot be ordered do not count: those that are `unavailable`, and those of which there is `not_enough_stock`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CartTotalsBody {
    subtotal: MoneyBody,
    discount: MoneyBody,
    /// Null without a country, or if no shipping method takes the cart. Ask with `?country=DE`.
    shipping: Option<MoneyBody>,
    tax: Option<MoneyBody>,
    total: MoneyBody,
    tax_included: bool,
    /// The tax by rate. Null without a country.
    taxes: Option<Vec<TaxAmountBody>>,
}

impl App {
    /// Reads the products, the stock and the coupon of a cart. The changed item is read now; the others may come from
    /// the cache.
    pub(crate) async fn current_items(
        &self,
        cart: &Cart,
        changed: Option<&RequestedItem>,
        customer: Option<&CustomerKey>,
    ) -> Result<CurrentItems, Problem> {
        let requested: Vec<RequestedItem> =
            cart.lines.iter().map(RequestedItem::from).chain(changed.cloned()).collect();
        let coupon = cart.coupon.as_ref().map(|code| (code, customer));
        let now = self.context.clock.now();
        Ok(self.orders.displayed_items(&requested, changed, self.stock_shown, coupon, now).await?)
    }

    /// The items that were read for the expected cart. If another request changed the cart too, they are read again.
    pub(crate) async fn items_after_change(
        &self,
        cart: &Cart,
        expected: &Cart,
        items: CurrentItems,
        customer: Option<&CustomerKey>,
    ) -> Result<CurrentItems, Problem> {
        if cart.lines == expected.lines && cart.coupon == expected.coupon {
            return Ok(items);
        }
        self.current_items(cart, None, customer).await
    }

    pub(crate) fn answer(
        &self,
        message: &str,
        cart: &Cart,
        current: &CurrentItems,
        owner: &Owner,
        delivery: Option<&Delivery<'_>>,
    ) -> Result<Answer<CartBody>, Problem> {
        let lines: Vec<(&CartLine, Option<CurrentItem<'_>>)> =
            (cart.lines.iter()).map(|line| (line, current.find(line.product_id, line.variant_id))).collect();
        let items: Vec<Item<'_>> = (lines.iter())
            .filter_map(|(line, item)| {
                let item = item.filter(|item| problem(Some(*item), line.quantity).is_none())?;
                Some(Item::new(item.product, item.variant, item.categories, line.quantity))
            })
            .collect();
        let (priced, coupon, is_shipped) = match self.price(cart, current, &items, delivery) {
            Ok((priced, coupon)) => (priced, coupon, delivery.is_some()),
            // The cart is shown all the same, as it is without a country.
            Err(PricingRefusal::NoMethod) => {
                let (priced, coupon) = self.price(cart, current, &items, None).map_err(refused)?;
                (priced, coupon, false)
            }
            Err(refusal) => return Err(refused(refusal)),
        };
        let currency = self.rates.currency;
        let body = CartBody {
            items: lines.iter().map(|(line, item)| self.item_body(&RequestedItem::from(*line), *item)).collect(),
            units: cart.lines.iter().map(|line| line.quantity).sum(),
            coupon,
            totals: totals(&priced, is_shipped),
            token: owner.new_token.clone(),
            updated_at: cart.updated_at.to_string(),
            expires_at: cart.kept_until.to_string(),
            shipping_methods: delivery.map(|_| OfferedShippingMethodBody::all(&priced.offered, currency)),
            shipping_method: priced.method.as_ref().map(|method| OfferedShippingMethodBody::of(method, currency)),
        };
        let answer = Answer::ok(message, body);
        Ok(match &owner.new_token {
            Some(token) => {
                let (name, value) = token_header(token);
                answer.with_header(name, value)
            }
            None => answer,
        })
    }

    /// Prices the items. If the coupon cannot be used, it prices them without it and names the problem.
    fn price(
        &self,
        cart: &Cart,
        current: &CurrentItems,
        items: &[Item<'_>],
        delivery: Option<&Delivery<'_>>,
    ) -> Result<(Priced, Option<CartCouponBody>), PricingRefusal> {
        let now = self.context.clock.now();
        let rates = self.rates.as_ref();
        let coupon = current.coupon.as_ref().map(CouponWithUse::for_customer);
        let body = |problem| cart.coupon.as_ref().map(|code| CartCouponBody { code: code.to_string(), problem });
        match price(items, coupon, delivery, rates, now) {
            Ok(priced) => Ok((priced, body(coupon.is_none().then_some("coupon_not_found")))),
            Err(PricingRefusal::Coupon(refusal)) => {
                Ok((price(items, None, delivery, rates, now)?, body(Some(refusal.code()))))
            }
            Err(refusal) => Err(refusal),
        }
    }

    pub(crate) fn item_body(&self, line: &RequestedItem, item: Option<CurrentItem<'_>>) -> CartItemBody {
        let money = |amount| MoneyBody::from(Money::new(amount, self.rates.currency));
        let price = item.map(|item| item.variant.price).or(line.quoted_price).unwrap_or_default();
        let image = item.and_then(|item| {
            let image = item.product.image_of(item.variant)?;
            Some(format!("{}/{}", self.images_url, path(item.product.id, image.id, Size::Small)))
        });
        let can_be_had = item.filter(|item| !item.is_short_of(line.quantity));
        let backordered = can_be_had.map_or(0, |item| item.backordered(line.quantity));
        let day = can_be_had.filter(|_| backordered > 0).and_then(|item| item.available_from());
        CartItemBody {
            id: line.variant_id.to_string(),
            product_id: line.product_id.to_string(),
            variant_id: line.variant_id.to_string(),
            sku: item.map_or(&line.sku, |item| &item.variant.sku).to_string(),
            name: item.map(|item| item.product.name.clone()),
            slug: item.map(|item| item.product.slug.to_string()),
            options: item.map_or_else(Vec::new, |item| item.variant.values.clone()),
            image_url: image,
            quantity: line.quantity,
            unit_price: money(price),
            previous_price: line.quoted_price.filter(|&quoted| quoted != price).map(money),
            total: money(price.saturating_mul(i64::from(line.quantity))),
            stock: item.map_or("out", |item| item.band().name()),
            available: item.and_then(|item| item.level).and_then(|level| self.stock_shown.of(level.available)),
            problem: problem(item, line.quantity),
            backordered,
            available_from: day.map(|day| day.to_string()),
        }
    }
}

/// Why a line cannot be ordered. Such a line does not count in the totals, until the buyer changes or removes it: nobody
/// is shown a total that no order has.
fn problem(item: Option<CurrentItem<'_>>, quantity: u32) -> Option<&'static str> {
    match item {
        None => Some("unavailable"),
        Some(item) => item.is_short_of(quantity).then_some("not_enough_stock"),
    }
}

fn totals(priced: &Priced, with_country: bool) -> CartTotalsBody {
    let totals = &priced.totals;
    let money = |amount| MoneyBody::from(Money::new(amount, totals.currency));
    CartTotalsBody {
        subtotal: money(totals.subtotal),
        discount: money(totals.discount),
        shipping: with_country.then(|| money(totals.shipping)),
        tax: with_country.then(|| money(totals.tax)),
        total: money(totals.total),
        tax_included: totals.tax_included,
        taxes: with_country.then(|| TaxAmountBody::all(&priced.taxes, totals.currency)),
    }
}

fn refused(refusal: PricingRefusal) -> Problem {
    match refusal {
        PricingRefusal::TooLarge => Problem::conflict("cart_too_large", format!("Sorry, {refusal}.")),
        PricingRefusal::NotShippedTo(_) => Problem::field("country", refusal.to_string()),
        PricingRefusal::MethodNotOffered => method_not_offered(),
        PricingRefusal::NoMethod => no_shipping_method(),
        PricingRefusal::Coupon(refusal) => Problem::conflict(refusal.code(), format!("Sorry, {refusal}.")),
    }
}
