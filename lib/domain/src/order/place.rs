//! Placing an order: from the requested items and the current products and stock to the order that is committed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::address::PostalAddress;
use crate::coupon::{AppliedCoupon, CustomerCoupon, CustomerKey};
use crate::email::Email;
use crate::event::Event;
use crate::id::{CategoryId, OrderId, ShippingMethodId, UserId};
use crate::mail_language::MailLanguage;
use crate::metadata::Metadata;
use crate::pricing::{Delivery, Destination, Item, Priced, PricedLine, PricingRefusal, Rates, price};
use crate::product::{Offer, Variant};
use crate::shipping::ShippingMethods;
use crate::sku::Sku;
use crate::stock::StockLevel;
use crate::time::Time;
use crate::vat::BuyerVat;

use super::number::number;
use super::{
    Hold, Method, Order, OrderLine, Payment, PaymentStatus, PaymentTerms, Purchase, Status, StockEffect, UnitLimits,
    UnitRefusal, UnpaidOrder,
};
use crate::cart::MAX_LINES;
use crate::money::Money;

/// A requested item with today's product, price and stock.
#[derive(Debug, Clone)]
pub struct DraftLine<'a> {
    pub product: &'a Offer,
    pub variant: &'a Variant,
    pub level: &'a StockLevel,
    /// The product's categories, with all their parents.
    pub categories: &'a [CategoryId],
    pub quantity: u32,
    /// The price that the buyer saw.
    pub quoted_price: Option<i64>,
}

impl DraftLine<'_> {
    pub(super) fn has_enough(&self) -> bool {
        self.level.orderable() >= i64::from(self.quantity)
    }

    /// How many of its units are not there.
    fn backordered(&self) -> u32 {
        self.level.backordered(self.quantity)
    }

    /// Whether the price is not the one that the buyer saw.
    pub(super) fn has_new_price(&self) -> bool {
        self.quoted_price.is_some_and(|quoted| quoted != self.variant.price)
    }
}

/// What an order is decided on.
#[derive(Debug, Clone)]
pub struct OrderDraft<'a> {
    pub lines: Vec<DraftLine<'a>>,
    pub coupon: Option<CustomerCoupon<'a>>,
    pub methods: &'a ShippingMethods,
    pub rates: &'a Rates,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    pub user_id: Option<UserId>,
    pub email: Email,
    /// The language in which the shop writes about the order.
    pub language: Option<MailLanguage>,
    /// Signed in, with a confirmed address.
    pub is_verified: bool,
}

/// When an order is paid on delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashTerms {
    /// The largest total, in minor units.
    pub limit: i64,
    /// How long stock is reserved until staff confirm the order.
    pub confirm_within: Duration,
}

/// What the buyer asks for, and the settings of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetails {
    pub id: OrderId,
    pub buyer: Buyer,
    pub method: Method,
    pub shipping: PostalAddress,
    /// `None`: the first shipping method that takes the order.
    pub shipping_method: Option<ShippingMethodId>,
    pub billing: Option<PostalAddress>,
    pub note: Option<String>,
    pub vat: Option<BuyerVat>,
    /// The total that the buyer saw. With it, the buyer agrees to changed prices.
    pub expected_total: Option<i64>,
    pub terms: PaymentTerms,
    pub cash: CashTerms,
    pub units: UnitLimits,
}

impl OrderDetails {
    fn destination(&self) -> Destination<'_> {
        let PostalAddress { country, region, .. } = &self.shipping;
        let is_reverse_charged = self.vat.as_ref().is_some_and(|vat| vat.check.is_some());
        Destination { country: *country, region: region.as_deref(), is_reverse_charged }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceRefusal {
    #[error("there is nothing to order")]
    Empty,
    /// How many there are is for customers only as far as the shop shows it.
    #[error("there are not enough units of {sku}")]
    NotEnough { sku: Sku, available: i64 },
    #[error("an order can have at most {MAX_LINES} lines")]
    TooManyLines,
    #[error("{refusal}")]
    TooManyUnits { sku: Option<Sku>, refusal: UnitRefusal },
    #[error("prices have changed: {0}")]
    PriceChanged(Sku),
    #[error("the total is {total} minor units now")]
    TotalChanged { total: i64 },
    #[error("an online payment must be {smallest} or more")]
    TooSmall { smallest: Money },
    #[error("orders of more than {limit} cannot be paid on delivery")]
    CashLimit { limit: Money },
    /// An account whose address is not confirmed.
    #[error("please confirm your mail address before you order cash on delivery")]
    NotVerified,
    #[error(transparent)]
    Pricing(#[from] PricingRefusal),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    pub order: Order,
    pub purchase: Purchase,
    pub stock: StockEffect,
    pub event: Event,
    /// What the limits of unpaid orders count; `None` if it holds nothing.
    pub unpaid: Option<UnpaidOrder>,
}

impl OrderDraft<'_> {
    /// The order, if there is enough stock, the buyer knows the prices and the coupon is valid.
    pub fn place(&self, details: OrderDetails, now: Time) -> Result<PlacedOrder, PlaceRefusal> {
        self.check_lines(&details.units)?;
        self.check_stock()?;
        let priced = self.priced(&details.destination(), details.shipping_method, now)?;
        let total = priced.totals.total;
        self.check_quoted(details.expected_total, total)?;
        let method = if total == 0 { Method::Free } else { details.method };
        let smallest = self.rates.currency.smallest_charge();
        if method.is_online() && total < smallest.amount {
            return Err(PlaceRefusal::TooSmall { smallest });
        }
        let is_cash = method == Method::CashOnDelivery;
        if is_cash {
            self.check_cash(&details, total)?;
        }
        // A guest first proves the address with a mailed link. Then staff have the same time as for a proven one.
        let awaits_confirmation = is_cash && details.buyer.user_id.is_none();
        let payment_hold = details.terms.hold_for(method);
        let hold = if is_cash && !awaits_confirmation { details.cash.confirm_within } else { payment_hold };
        let coupon = self.coupon.map(|CustomerCoupon { coupon, .. }| AppliedCoupon {
            id: coupon.id,
            code: coupon.code.clone(),
            counted_for: (coupon.terms.uses_per_customer).map(|_| CustomerKey::of(&details.buyer.email)),
        });
        let free = method == Method::Free;
        let order = Order {
            id: details.id,
            number: number(details.id, now),
            user_id: details.buyer.user_id,
            joined_at: None,
            email: details.buyer.email,
            language: details.buyer.language,
            status: if free { Status::Paid } else { Status::Pending },
            payment_status: if free { PaymentStatus::Paid } else { PaymentStatus::Unpaid },
            totals: priced.totals,
            units: self.lines.iter().map(|line| line.quantity).sum(),
            payment: Payment {
                method,
                attempt: 1,
                reference: None,
                charge: None,
                closing: Vec::new(),
                reported_at: None,
            },
            hold: if free { Hold::Taken } else { Hold::Held { until: now + hold } },
            awaits_confirmation,
            coupon,
            pay_by: method.is_online().then(|| now + details.terms.window),
            refunded: 0,
            refunding: 0,
            refunded_externally: 0,
            refunded_otherwise: 0,
            open_refunds: Vec::new(),
            duplicate_charges: Vec::new(),
            refund_failed: false,
            returned: std::collections::BTreeMap::default(),
            shipment: None,
            parcels: Vec::new(),
            not_sent: BTreeMap::new(),
            dispute: None,
            evidence_due_by: None,
            charged_back: 0,
            status_before_refund: None,
            paid_at: free.then_some(now),
            shipped_at: None,
            delivered_at: None,
            metadata: Metadata::default(),
            failures: 0,
            retry_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
            returning: std::collections::BTreeMap::default(),
            returns: 0,
            exchanged: Vec::new(),
            exchanges: 0,
        };
        let purchase = Purchase {
            lines: self.lines(&priced.lines),
            shipping: details.shipping,
            billing: details.billing,
            note: details.note,
            pictures: None,
            shipping_method: priced.method,
            taxes: priced.taxes,
            vat: details.vat,
            standard_shipping: priced.offered.iter().filter(|method| !method.pickup).map(|method| method.price).min(),
        };
        let order_id = order.id;
        let event = if awaits_confirmation {
            Event::ConfirmationRequested { order_id }
        } else {
            Event::OrderPlaced { order_id }
        };
        // With the longest time that the hold can get, so that nothing has to be written when a guest confirms.
        let until = now + if is_cash { payment_hold + details.cash.confirm_within } else { payment_hold };
        Ok(PlacedOrder {
            unpaid: (!free).then(|| UnpaidOrder::new(&order, &purchase, until)),
            stock: if free { StockEffect::Sell } else { StockEffect::Reserve },
            event,
            purchase,
            order,
        })
    }

    pub(super) fn priced(
        &self,
        destination: &Destination<'_>,
        method: Option<ShippingMethodId>,
        now: Time,
    ) -> Result<Priced, PricingRefusal> {
        let items: Vec<Item<'_>> = (self.lines.iter())
            .map(|line| Item::new(line.product, line.variant, line.categories, line.quantity))
            .collect();
        let delivery = Delivery { destination: *destination, methods: self.methods, method };
        price(&items, self.coupon, Some(&delivery), self.rates, now)
    }

    pub(super) fn check_units(&self, limits: &UnitLimits) -> Result<(), UnitRefusal> {
        limits.check(self.lines.iter().map(|line| (line.product.id, line.quantity)))
    }

    fn check_lines(&self, limits: &UnitLimits) -> Result<(), PlaceRefusal> {
        if self.lines.len() > MAX_LINES {
            return Err(PlaceRefusal::TooManyLines);
        }
        self.check_units(limits).map_err(|refusal| {
            let line = refusal.line().and_then(|at| self.lines.get(at));
            PlaceRefusal::TooManyUnits { sku: line.map(|line| line.variant.sku.clone()), refusal }
        })
    }

    fn check_cash(&self, details: &OrderDetails, total: i64) -> Result<(), PlaceRefusal> {
        if details.buyer.user_id.is_some() && !details.buyer.is_verified {
            return Err(PlaceRefusal::NotVerified);
        }
        if total > details.cash.limit {
            return Err(PlaceRefusal::CashLimit { limit: Money::new(details.cash.limit, self.rates.currency) });
        }
        Ok(())
    }

    fn check_stock(&self) -> Result<(), PlaceRefusal> {
        if self.lines.is_empty() {
            return Err(PlaceRefusal::Empty);
        }
        for line in &self.lines {
            if !line.has_enough() {
                let (sku, available) = (line.variant.sku.clone(), line.level.orderable());
                return Err(PlaceRefusal::NotEnough { sku, available });
            }
        }
        Ok(())
    }

    /// Refuses a total or prices other than those that the buyer saw.
    fn check_quoted(&self, expected: Option<i64>, total: i64) -> Result<(), PlaceRefusal> {
        match expected {
            Some(expected) if expected != total => {
                return Err(PlaceRefusal::TotalChanged { total });
            }
            Some(_) => {}
            None => {
                if let Some(line) = self.lines.iter().find(|line| line.has_new_price()) {
                    return Err(PlaceRefusal::PriceChanged(line.variant.sku.clone()));
                }
            }
        }
        Ok(())
    }

    fn lines(&self, priced: &[PricedLine]) -> Vec<OrderLine> {
        let lines = self.lines.iter().zip(priced).map(|(line, shares)| OrderLine {
            product_id: line.product.id,
            variant_id: line.variant.id,
            sku: line.variant.sku.clone(),
            name: line.product.name.clone(),
            options: line.variant.values.clone(),
            image: line.product.image_of(line.variant).map(|image| image.id),
            unit_price: shares.unit_price,
            quantity: line.quantity,
            discount: shares.discount,
            tax_rate: shares.rate,
            tax: shares.tax,
            backordered: line.backordered(),
            available_from: line
                .level
                .backorder
                .filter(|_| line.backordered() > 0)
                .and_then(|terms| terms.available_from),
        });
        lines.collect()
    }
}
