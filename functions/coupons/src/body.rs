//! Coupons in JSON, as staff write and read them.

use domain::coupon::{Coupon, CouponTerms, Discount, TermsField};
use domain::id::{CategoryId, ProductId};
use domain::money::{Currency, Money};
use domain::time::Time;
use kit::http::body::{Fields, Object, nullable};
use kit::http::money::{MoneyBody, MoneyInput};
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Give either `percent`, optionally with `maximumDiscount`, or `amount`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CouponInput {
    #[schema(example = "SUMMER-20")]
    pub(crate) code: String,
    #[schema(minimum = 1, maximum = 100, example = 20)]
    percent: Option<u32>,
    #[schema(value_type = Option<MoneyInput>)]
    maximum_discount: Option<Object<MoneyInput>>,
    #[schema(value_type = Option<MoneyInput>)]
    amount: Option<Object<MoneyInput>>,
    #[schema(value_type = Option<MoneyInput>)]
    minimum_order: Option<Object<MoneyInput>>,
    starts_at: Option<String>,
    ends_at: Option<String>,
    total_uses: Option<u32>,
    /// Uses are counted by mailbox, with or without an account.
    uses_per_customer: Option<u32>,
    /// Limits the coupon to these products and to the products of these categories and their subcategories.
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    category_ids: Vec<String>,
    /// The default is true.
    active: Option<bool>,
}

/// A field that is left out stays as it is. `null` clears it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CouponPatchInput {
    percent: Option<u32>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MoneyInput>)]
    maximum_discount: Option<Option<Object<MoneyInput>>>,
    #[schema(value_type = Option<MoneyInput>)]
    amount: Option<Object<MoneyInput>>,
    #[schema(value_type = Option<MoneyInput>)]
    minimum_order: Option<Object<MoneyInput>>,
    #[serde(default, deserialize_with = "nullable")]
    starts_at: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    ends_at: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    total_uses: Option<Option<u32>>,
    #[serde(default, deserialize_with = "nullable")]
    uses_per_customer: Option<Option<u32>>,
    product_ids: Option<Vec<String>>,
    category_ids: Option<Vec<String>>,
    active: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CouponBody {
    id: String,
    code: String,
    percent: Option<u32>,
    maximum_discount: Option<MoneyBody>,
    amount: Option<MoneyBody>,
    minimum_order: MoneyBody,
    starts_at: Option<String>,
    ends_at: Option<String>,
    total_uses: Option<u32>,
    uses_per_customer: Option<u32>,
    product_ids: Vec<String>,
    category_ids: Vec<String>,
    active: bool,
    /// Whether it can be used now, and if not, why: `active`, `scheduled`, `ended`, `used_up` or `disabled`.
    state: &'static str,
    /// How many orders use it.
    used: u32,
    created_at: String,
    updated_at: String,
}

impl CouponBody {
    pub(crate) fn of(coupon: &Coupon, currency: Currency, now: Time) -> Self {
        let money = |amount| MoneyBody::from(Money::new(amount, currency));
        let terms = &coupon.terms;
        let (percent, maximum, amount) = match terms.discount {
            Discount::Percentage { percent, maximum } => (Some(percent), maximum, None),
            Discount::Fixed { amount } => (None, None, Some(amount)),
        };
        Self {
            id: coupon.id.to_string(),
            code: coupon.code.to_string(),
            percent,
            maximum_discount: maximum.map(money),
            amount: amount.map(money),
            minimum_order: money(terms.minimum_order),
            starts_at: terms.starts_at.map(|at| at.to_string()),
            ends_at: terms.ends_at.map(|at| at.to_string()),
            total_uses: terms.total_uses,
            uses_per_customer: terms.uses_per_customer,
            product_ids: terms.products.iter().map(ToString::to_string).collect(),
            category_ids: terms.categories.iter().map(ToString::to_string).collect(),
            active: terms.active,
            state: coupon.state(now).name(),
            used: coupon.used,
            created_at: coupon.created_at.to_string(),
            updated_at: coupon.updated_at.to_string(),
        }
    }
}

/// Reads the fields of an input and collects all that are not valid.
struct CouponFields {
    checked: Fields,
    currency: Currency,
}

impl CouponFields {
    fn money(&mut self, field: &str, money: Option<Object<MoneyInput>>) -> Option<i64> {
        let Object(money) = money?;
        if money.currency != self.currency {
            let message = format!("must be in {}, the shop's currency", self.currency.as_str());
            self.checked.refuse(field, &message);
        }
        Some(money.amount)
    }

    fn time(&mut self, field: &str, text: Option<String>) -> Option<Time> {
        self.checked.check(field, Time::parse(&text?))
    }

    fn ids<I, E: std::fmt::Display>(
        &mut self,
        field: &str,
        texts: &[String],
        parse: impl Fn(&str) -> Result<I, E>,
    ) -> Vec<I> {
        (texts.iter().enumerate())
            .filter_map(|(at, text)| self.checked.check(&format!("{field}[{at}]"), parse(text)))
            .collect()
    }

    fn discount(&mut self, percent: Option<u32>, maximum: Option<i64>, amount: Option<i64>) -> Discount {
        match (percent, amount) {
            (Some(percent), None) => Discount::Percentage { percent, maximum },
            (None, Some(amount)) => {
                if maximum.is_some() {
                    self.checked.refuse("maximumDiscount", &"can be given only with percent");
                }
                Discount::Fixed { amount }
            }
            (Some(_), Some(amount)) => {
                self.checked.refuse("amount", &"cannot be given with percent");
                Discount::Fixed { amount }
            }
            (None, None) => {
                self.checked.refuse("percent", &"is required if there is no amount");
                Discount::Fixed { amount: 1 }
            }
        }
    }

    fn finish(mut self, terms: CouponTerms) -> Result<CouponTerms, Problem> {
        for (field, message) in terms.violations() {
            let field = match field {
                TermsField::Percent => "percent",
                TermsField::MaximumDiscount => "maximumDiscount",
                TermsField::Amount => "amount",
                TermsField::MinimumOrder => "minimumOrder",
                TermsField::EndsAt => "endsAt",
                TermsField::TotalUses => "totalUses",
                TermsField::UsesPerCustomer => "usesPerCustomer",
                TermsField::Products => "productIds",
                TermsField::Categories => "categoryIds",
            };
            self.checked.refuse(field, &message);
        }
        let (terms,) = self.checked.finish((Some(terms),))?;
        Ok(terms)
    }
}

impl CouponInput {
    pub(crate) fn into_terms(self, currency: Currency) -> Result<CouponTerms, Problem> {
        let mut fields = CouponFields { checked: Fields::default(), currency };
        let maximum = fields.money("maximumDiscount", self.maximum_discount);
        let amount = fields.money("amount", self.amount);
        let terms = CouponTerms {
            discount: fields.discount(self.percent, maximum, amount),
            minimum_order: fields.money("minimumOrder", self.minimum_order).unwrap_or(0),
            starts_at: fields.time("startsAt", self.starts_at),
            ends_at: fields.time("endsAt", self.ends_at),
            total_uses: self.total_uses,
            uses_per_customer: self.uses_per_customer,
            products: fields.ids("productIds", &self.product_ids, ProductId::parse),
            categories: fields.ids("categoryIds", &self.category_ids, CategoryId::parse),
            active: self.active.unwrap_or(true),
        };
        fields.finish(terms)
    }
}

impl CouponPatchInput {
    pub(crate) fn apply(self, before: &CouponTerms, currency: Currency) -> Result<CouponTerms, Problem> {
        let mut fields = CouponFields { checked: Fields::default(), currency };
        let mut terms = before.clone();
        let (old_percent, old_maximum) = match before.discount {
            Discount::Percentage { percent, maximum } => (Some(percent), maximum),
            Discount::Fixed { .. } => (None, None),
        };
        let maximum = match self.maximum_discount {
            None => old_maximum,
            Some(maximum) => fields.money("maximumDiscount", maximum),
        };
        let amount = fields.money("amount", self.amount);
        if let Some(amount) = amount {
            terms.discount = fields.discount(self.percent, None, Some(amount));
        } else if let Some(percent) = self.percent.or(old_percent) {
            terms.discount = Discount::Percentage { percent, maximum };
        } else if maximum.is_some() {
            fields.checked.refuse("maximumDiscount", &"can be given only with percent");
        }
        if let Some(minimum) = fields.money("minimumOrder", self.minimum_order) {
            terms.minimum_order = minimum;
        }
        if let Some(starts) = self.starts_at {
            terms.starts_at = fields.time("startsAt", starts);
        }
        if let Some(ends) = self.ends_at {
            terms.ends_at = fields.time("endsAt", ends);
        }
        terms.total_uses = self.total_uses.unwrap_or(terms.total_uses);
        terms.uses_per_customer = self.uses_per_customer.unwrap_or(terms.uses_per_customer);
        if let Some(ids) = self.product_ids {
            terms.products = fields.ids("productIds", &ids, ProductId::parse);
        }
        if let Some(ids) = self.category_ids {
            terms.categories = fields.ids("categoryIds", &ids, CategoryId::parse);
        }
        terms.active = self.active.unwrap_or(terms.active);
        fields.finish(terms)
    }
}
