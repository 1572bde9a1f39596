//! The cart as its owner sees it: priced today, with what changed since they last looked.

use checkout::{CurrentItem, CurrentItems, RequestedItem};
use domain::address::Country;
use domain::cart::{Cart, CartLine};
use domain::coupon::CustomerKey;
use domain::money::Money;
use domain::picture::{Size, path};
use domain::pricing::{Item, Priced, PricingRefusal, Totals, price};
use kit::http::answer::Answer;
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::owner::{Owner, token_header};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CartBody {
    items: Vec<ItemBody>,
    /// How many units there are in all.
    units: u32,
    coupon: Option<CouponBody>,
    totals: TotalsBody,
    /// A guest's key to this cart, told once: send it as `Cart-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    updated_at: String,
    /// When it is forgotten, if nothing is done with it.
    expires_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemBody {
    /// The variant, which names the line as well.
    id: String,
    product_id: String,
    sku: String,
    /// Null once the product is not sold any more.
    name: Option<String>,
    slug: Option<String>,
    options: Vec<String>,
    image_url: Option<String>,
    quantity: u32,
    unit_price: MoneyBody,
    /// What one cost when you were last told, if that was something else.
    previous_price: Option<MoneyBody>,
    total: MoneyBody,
    /// `in`, `low` or `out`.
    stock: &'static str,
    /// What keeps it from being ordered: `unavailable` or `not_enough_stock`.
    problem: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CouponBody {
    code: String,
    /// Why it takes nothing off: such as `coupon_expired` or `coupon_minimum_not_met`.
    problem: Option<&'static str>,
}

/// Lines that cannot be had do not count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalsBody {
    subtotal: MoneyBody,
    discount: MoneyBody,
    /// Null until a country is known: ask with `?country=DE`.
    shipping: Option<MoneyBody>,
    tax: Option<MoneyBody>,
    total: MoneyBody,
}

impl App {
    /// What a cart's lines and coupon stand for today, and the line that comes or changes as it is this moment.
    pub(crate) async fn goods(
        &self,
        cart: &Cart,
        touched: Option<&RequestedItem>,
        customer: &CustomerKey,
    ) -> Result<CurrentItems, Problem> {
        let wants = cart.lines.iter().map(RequestedItem::from);
        let wants: Vec<RequestedItem> = wants.chain(touched.cloned()).collect();
        let coupon = cart.coupon.as_ref().map(|code| (code, customer));
        let now = self.context.clock.now();
        Ok(self.orders.shown(&wants, touched, coupon, now).await?)
    }

    /// The goods that were read, if the cart became what was foreseen; others may have changed it too.
    pub(crate) async fn goods_if_foreseen(
        &self,
        cart: &Cart,
        (foreseen, goods): (&Cart, CurrentItems),
        customer: &CustomerKey,
    ) -> Result<CurrentItems, Problem> {
        if cart.lines == foreseen.lines && cart.coupon == foreseen.coupon {
            return Ok(goods);
        }
        self.goods(cart, None, customer).await
    }

    /// The cart as an answer.
    pub(crate) fn answer(
        &self,
        message: &str,
        (cart, goods): (&Cart, &CurrentItems),
        owner: &Owner,
        country: Option<Country>,
    ) -> Result<Answer<CartBody>, Problem> {
        let found: Vec<(&CartLine, Option<CurrentItem<'_>>)> =
            (cart.lines.iter()).map(|line| (line, goods.find(line.product_id, line.variant_id))).collect();
        let items = found.iter().filter_map(|(line, good)| {
            good.map(|good| Item {
                product_id: line.product_id,
                categories: good.categories,
                unit_price: good.variant.price,
                quantity: line.quantity,
            })
        });
        let items: Vec<Item<'_>> = items.collect();
        let (priced, coupon) = self.price(cart, goods, &items, country)?;
        let body = CartBody {
            items: found.iter().map(|(line, good)| self.item(line, *good)).collect(),
            units: cart.lines.iter().map(|line| line.quantity).sum(),
            coupon,
            totals: totals(&priced.totals, country.is_some()),
            token: owner.new_token.clone(),
            updated_at: cart.updated_at.to_string(),
            expires_at: cart.kept_until.to_string(),
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

    /// The price; a coupon that cannot be used now is told and left out.
    fn price(
        &self,
        cart: &Cart,
        goods: &CurrentItems,
        items: &[Item<'_>],
        country: Option<Country>,
    ) -> Result<(Priced, Option<CouponBody>), Problem> {
        let now = self.context.clock.now();
        let rates = self.rates.as_ref();
        let coupon = goods.coupon.as_ref().map(|read| (&read.coupon, read.uses()));
        let body = |problem| cart.coupon.as_ref().map(|code| CouponBody { code: code.to_string(), problem });
        match price(items, coupon, country, rates, now) {
            Ok(priced) => {
                let gone = coupon.is_none().then_some("coupon_not_found");
                Ok((priced, body(gone)))
            }
            Err(PricingRefusal::Coupon(refusal)) => {
                let priced = price(items, None, country, rates, now).map_err(refused)?;
                Ok((priced, body(Some(refusal.code()))))
            }
            Err(refusal) => Err(refused(refusal)),
        }
    }

    fn item(&self, line: &CartLine, good: Option<CurrentItem<'_>>) -> ItemBody {
        let money = |amount| MoneyBody::from(Money::new(amount, self.rates.currency));
        let price = good.map_or(line.quoted_price, |good| good.variant.price);
        let image = good.and_then(|good| {
            let image = good.product.images.first()?;
            let path = path(good.product.id, image.id, Size::Small);
            Some(format!("{}/{path}", self.images_url))
        });
        ItemBody {
            id: line.variant_id.to_string(),
            product_id: line.product_id.to_string(),
            sku: good.map_or(&line.sku, |good| &good.variant.sku).to_string(),
            name: good.map(|good| good.product.name.clone()),
            slug: good.map(|good| good.product.slug.to_string()),
            options: good.map_or_else(Vec::new, |good| good.variant.values.clone()),
            image_url: image,
            quantity: line.quantity,
            unit_price: money(price),
            previous_price: (price != line.quoted_price).then(|| money(line.quoted_price)),
            total: money(price.saturating_mul(i64::from(line.quantity))),
            stock: good.map_or("out", |good| good.band().name()),
            problem: match good.map(|good| good.short_of(line.quantity)) {
                None => Some("unavailable"),
                Some(Some(_)) => Some("not_enough_stock"),
                Some(None) => None,
            },
        }
    }
}

fn totals(totals: &Totals, with_country: bool) -> TotalsBody {
    let money = |amount| MoneyBody::from(Money::new(amount, totals.currency));
    TotalsBody {
        subtotal: money(totals.subtotal),
        discount: money(totals.discount),
        shipping: with_country.then(|| money(totals.shipping)),
        tax: with_country.then(|| money(totals.tax)),
        total: money(totals.total),
    }
}

fn refused(refusal: PricingRefusal) -> Problem {
    match refusal {
        PricingRefusal::TooLarge => Problem::conflict("cart_too_large", format!("Sorry, {refusal}.")),
        PricingRefusal::NotShippedTo(_) => Problem::field("country", refusal.to_string()),
        PricingRefusal::Coupon(refusal) => Problem::conflict(refusal.code(), format!("Sorry, {refusal}.")),
    }
}
