//! Made-up documents, for tests and for a look at the layout.

use domain::address::{Country, PostalAddress};
use domain::calendar::Day;
use domain::coupon::{Coupon, CouponCode, CouponTerms, CustomerCoupon, Discount};
use domain::document::{Document, DocumentKind, Seller, taxes_of};
use domain::id::{CouponId, OrderId, ProductId, VariantId};
use domain::mail_language::MailLanguage;
use domain::money::Currency;
use domain::order::{Method, OrderLine, Purchase};
use domain::pricing::{Delivery, Destination, Item, PricedLine, Rates, ShippingRates, price};
use domain::shipping::ShippingMethods;
use domain::sku::Sku;
use domain::tax::{TaxClass, TaxRates};
use domain::time::Time;

/// One line of a made-up order.
#[derive(Debug, Clone, Copy)]
pub struct SampleLine {
    pub price: i64,
    pub quantity: u32,
    pub class: TaxClass,
}

/// A made-up order.
#[derive(Debug, Clone)]
pub struct Sample {
    pub lines: Vec<SampleLine>,
    /// The tax of the shop, as its parameter has it.
    pub tax: &'static str,
    pub shipping: i64,
    /// Percent of the goods. 0: no coupon.
    pub discount: u32,
    pub is_reverse_charged: bool,
    pub language: MailLanguage,
}

/// A document, and what was bought.
#[derive(Debug, Clone)]
pub struct SampleDocument {
    pub document: Document,
    pub purchase: Purchase,
}

pub const TAX_INCLUDED: &str =
    r#"{"included":true,"shipping":"proportional","countries":{"DE":{"standard":1900,"reduced":700}}}"#;
pub const TAX_ON_TOP: &str = r#"{"shipping":"standard","countries":{"DE":{"standard":1900,"reduced":700}}}"#;

impl Sample {
    /// An order with so many lines.
    pub fn of_lines(lines: usize) -> Self {
        let classes = [TaxClass::Standard, TaxClass::Reduced, TaxClass::Standard];
        let line = |at: usize| SampleLine {
            price: 499 + 137 * i64::try_from(at).unwrap_or(0),
            quantity: 1 + u32::try_from(at % 4).unwrap_or(0),
            class: classes[at % 3],
        };
        let lines = (0..lines).map(line).collect();
        let language = MailLanguage::GERMAN;
        Self { lines, tax: TAX_INCLUDED, shipping: 490, discount: 10, is_reverse_charged: false, language }
    }

    /// The invoice of this order. `None`: no order can be so.
    pub fn invoice(&self) -> Option<SampleDocument> {
        let now = Time::parse("2026-11-26T10:00:00Z").ok()?;
        let (country, currency) = (Country::parse("DE").ok()?, Currency::parse("eur").ok()?);
        let shipping = ShippingRates::parse(&format!(r#"{{"default":{}}}"#, self.shipping)).ok()?;
        let rates = Rates { currency, tax: TaxRates::parse(self.tax).ok()?, shipping };
        let product_id = ProductId::new(now, 7);
        let item = |line: &SampleLine| Item {
            product_id,
            categories: &[],
            unit_price: line.price,
            quantity: line.quantity,
            tax_class: line.class,
            weight_grams: 100,
        };
        let items: Vec<Item<'_>> = self.lines.iter().map(item).collect();
        let coupon = Coupon {
            id: CouponId::new(now, 1),
            code: CouponCode::parse("OFF").ok()?,
            terms: CouponTerms::new(Discount::Percentage { percent: self.discount, maximum: None }),
            used: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let coupon = (self.discount > 0).then(|| CustomerCoupon::unused(&coupon));
        let methods = ShippingMethods::configured(&rates.shipping);
        let destination =
            Destination { is_reverse_charged: self.is_reverse_charged, ..Destination::consumer_in(country) };
        let delivery = Delivery { destination, methods: &methods, method: None };
        let priced = price(&items, coupon, Some(&delivery), &rates, now).ok()?;
        let lines = self.lines.iter().zip(&priced.lines).enumerate();
        let lines = lines.map(|(at, (line, priced))| order_line(now, at, line, priced)).collect::<Option<Vec<_>>>()?;
        let shipping = PostalAddress::new("Jürgen Groß", "Straße des 17. Juni 135", "10623", "Berlin", country);
        let company = self.is_reverse_charged.then(|| "Wójcik & Töchter s.r.o.".to_owned());
        let billing = PostalAddress::new("Žofia Wójcik-Ångström", "Ringstraße 1", "04109", "Leipzig", country);
        let billing = PostalAddress { company, ..billing };
        let purchase = Purchase {
            lines,
            shipping,
            billing: Some(billing),
            note: None,
            pictures: None,
            shipping_method: priced.method,
            taxes: priced.taxes,
            vat: None,
            standard_shipping: None,
        };
        let day = Day::parse("2026-11-26").ok()?;
        let document = Document {
            kind: DocumentKind::Invoice,
            number: "IN-2026-000042".to_owned(),
            order_id: OrderId::new(now, 1),
            order_number: "261126-7F3K9QZX".to_owned(),
            refund_id: None,
            refers_to: None,
            issued_at: now,
            day,
            paid_on: day,
            supplied_on: None,
            language: self.language,
            method: Method::PaymentIntent,
            seller: seller(),
            buyer_vat_number: self.is_reverse_charged.then(|| "ATU12345678".to_owned()),
            totals: priced.totals,
            taxes: taxes_of(&priced.totals, &purchase),
            amount: priced.totals.total,
            returned: Vec::new(),
            file: None,
        };
        Some(SampleDocument { document, purchase })
    }
}

pub fn seller() -> Seller {
    Seller {
        name: "Harbour & Sons GmbH".to_owned(),
        address: Some("Kontorhof 5, 20457 Hamburg, Germany".to_owned()),
        contact: Some("help@shop.example".to_owned()),
        vat_number: Some("DE123456789".to_owned()),
        tax_number: Some("22/123/45678".to_owned()),
    }
}

fn order_line(now: Time, at: usize, line: &SampleLine, priced: &PricedLine) -> Option<OrderLine> {
    let names = [
        "Harbour T-Shirt",
        "A book about knots & ropes",
        "Ελληνικό βιβλίο",
        "Русская книга, издание второе",
        "Ölzeug für Große",
    ];
    let number = u128::try_from(at).ok()?;
    Some(OrderLine {
        product_id: ProductId::new(now, number),
        variant_id: VariantId::new(now, number),
        sku: Sku::parse(&format!("K{at:05}-1")).ok()?,
        name: names[at % names.len()].to_owned(),
        options: if at.is_multiple_of(2) { vec!["Blue".to_owned(), "XL".to_owned()] } else { Vec::new() },
        image: None,
        unit_price: priced.unit_price,
        quantity: line.quantity,
        discount: priced.discount,
        tax_rate: priced.rate,
        tax: priced.tax,
        backordered: 0,
        available_from: None,
    })
}
