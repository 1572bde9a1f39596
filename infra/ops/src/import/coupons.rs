//! Imports coupons.

use domain::coupon::{Coupon, CouponCode, CouponTerms, Discount, TermsField};
use domain::id::CouponId;
use domain::money::Money;
use domain::product::parse_price;
use domain::slug::Slug;
use domain::time::Time;
use import_export::parse_list;
use store::Commit;
use store::imported::ImportConflict;

use super::rows::Row;
use super::{Importer, Outcome, Stop, Wrong, entropy, key};

impl Importer {
    pub(super) async fn coupon(&self, row: &Row) -> Result<Outcome, Stop> {
        let code = CouponCode::parse(row.required("code")?).map_err(|error| Wrong::new("code", error))?;
        let terms = self.coupon_terms(row).await?;
        let violations: Vec<Wrong> =
            terms.violations().iter().map(|(field, message)| Wrong::new(column(*field), message)).collect();
        if !violations.is_empty() {
            return Err(violations.into());
        }
        let used = row.parsed("used", str::parse)?.unwrap_or(0);
        if self.store.imported(&key("coupon", code.as_str())).await?.is_some() {
            return Ok(Outcome::Known);
        }
        let taken = || Wrong::new("code", "belongs to a coupon that was not imported");
        if self.store.coupon(&code).await?.is_some() {
            return Err(taken().into());
        }
        if self.is_dry_run {
            return Ok(Outcome::New);
        }
        let now = self.clock.now();
        let id = CouponId::new(now, entropy("coupon", code.as_str()));
        let mark = self.mark("coupon", code.as_str(), id);
        let coupon = Coupon { id, code, terms, used, version: 1, created_at: now, updated_at: now };
        match self.store.import_coupon(self.ids.transaction(now), &coupon, &mark).await {
            Ok(()) => Ok(Outcome::New),
            Err(Commit::Refused(ImportConflict::Done)) => Ok(Outcome::Known),
            Err(Commit::Refused(_)) => Err(taken().into()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    async fn coupon_terms(&self, row: &Row) -> Result<CouponTerms, Stop> {
        let percent = row.parsed("percent", |cell| cell.parse::<u32>().map_err(|_| "must be a whole number"))?;
        let (amount, maximum) = (self.amount(row, "amount")?, self.amount(row, "maximum_discount")?);
        let discount = match (percent, amount) {
            (Some(percent), None) => Discount::Percentage { percent, maximum },
            (None, Some(amount)) if maximum.is_none() => Discount::Fixed { amount },
            (None, Some(_)) => return Err(Wrong::new("maximum_discount", "goes with a percentage only").into()),
            _ => return Err(Wrong::new("percent", "or an amount is required, and not both").into()),
        };
        let uses = |column: &str| row.parsed(column, |cell| cell.parse::<u32>().map_err(|_| "must be a whole number"));
        let mut products = Vec::new();
        for name in row.get("products").map(parse_list).unwrap_or_default() {
            let slug = Slug::parse(&name).map_err(|error| Wrong::new("products", error))?;
            let id = self.store.product_id_of(&slug).await?;
            products.push(id.ok_or_else(|| Wrong::new("products", format!("names {slug}, which does not exist")))?);
        }
        let categories = row.get("categories").map(parse_list).unwrap_or_default();
        let categories = if categories.is_empty() { Vec::new() } else { self.known_categories(&categories).await? };
        Ok(CouponTerms {
            minimum_order: self.amount(row, "minimum_order")?.unwrap_or(0),
            starts_at: row.parsed("starts_at", Time::parse)?,
            ends_at: row.parsed("ends_at", Time::parse)?,
            total_uses: uses("total_uses")?,
            uses_per_customer: uses("uses_per_customer")?,
            products,
            categories,
            active: row.flag("active")?.unwrap_or(true),
            ..CouponTerms::new(discount)
        })
    }

    /// A cell such as `19.99`, in minor units.
    pub(super) fn amount(&self, row: &Row, column: &str) -> Result<Option<i64>, Wrong> {
        row.parsed(column, |cell| {
            let money = Money::parse_decimal(cell, self.currency).map_err(|error| error.to_string())?;
            parse_price(money, self.currency)
        })
    }
}

fn column(field: TermsField) -> &'static str {
    match field {
        TermsField::Percent => "percent",
        TermsField::MaximumDiscount => "maximum_discount",
        TermsField::Amount => "amount",
        TermsField::MinimumOrder => "minimum_order",
        TermsField::EndsAt => "ends_at",
        TermsField::TotalUses => "total_uses",
        TermsField::UsesPerCustomer => "uses_per_customer",
        TermsField::Products => "products",
        TermsField::Categories => "categories",
    }
}
