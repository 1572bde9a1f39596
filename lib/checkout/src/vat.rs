//! VAT numbers of buyers: whether the authority knows them, where that decides who pays the tax.

use std::sync::Arc;
use std::time::Duration;

use domain::address::Country;
use domain::rate::Limit;
use domain::time::Time;
use domain::vat::{BuyerVat, VatCheck, VatNumber};
use kit::http::problem::{Detail, Problem};
use kit::http::visitor::Visitor;
use kit::runtime::config::Env;
use store::Store;

use crate::vies::{VatAuthority, Verdict, Vies};

/// How often a network may have numbers checked that were not checked before. The authority blocks who asks too often.
const CHECKS: Limit = Limit::new("vat", 10, Duration::from_mins(1));

#[derive(Debug, Clone)]
pub struct VatConfig {
    /// The shop's own number. `None`: it charges tax to everybody.
    pub shop: Option<VatNumber>,
    /// Where numbers are checked. `None`: they are not, so the shop charges tax to everybody.
    pub url: Option<String>,
    /// How long a buyer waits for the authority.
    pub time_limit: Duration,
}

impl VatConfig {
    pub fn read(env: &mut Env) -> Self {
        let url = |text: &str| {
            let is_url = text.starts_with("https://") || text.starts_with("http://");
            if is_url { Ok(text.trim_end_matches('/').to_owned()) } else { Err("must begin with https:// or http://") }
        };
        Self {
            shop: env.optional("SHOP_VAT_NUMBER", VatNumber::parse),
            url: env.optional("VAT_CHECK_URL", url),
            time_limit: Duration::from_secs(5),
        }
    }

    /// Whether some buyers pay the tax themselves.
    pub fn has_reverse_charge(&self) -> bool {
        self.shop.is_some() && self.url.is_some()
    }
}

/// Where the goods of a buyer go.
#[derive(Debug, Clone, Copy)]
pub struct GoodsTo<'a> {
    pub country: Country,
    pub postal_code: Option<&'a str>,
}

/// Decides which buyers pay the tax themselves.
#[derive(Debug, Clone)]
pub struct VatChecks(Option<Arc<ReverseCharge>>);

#[derive(Debug, Clone)]
struct ReverseCharge {
    shop: VatNumber,
    authority: Vies,
}

impl VatChecks {
    pub fn new(config: &VatConfig) -> Self {
        let both = config.shop.clone().zip(config.url.as_ref());
        Self(both.map(|(shop, url)| Arc::new(ReverseCharge { shop, authority: Vies::new(url, config.time_limit) })))
    }

    /// The buyer's number as the order keeps it. Only where the buyer would pay the tax is the authority asked, once a day
    /// for each number.
    pub async fn of_buyer(
        &self,
        store: &Store,
        visitor: &Visitor,
        number: Option<VatNumber>,
        to: GoodsTo<'_>,
        now: Time,
    ) -> Result<Option<BuyerVat>, Problem> {
        let Some(number) = number else {
            return Ok(None);
        };
        let reverse = self.0.as_ref();
        let check = match reverse.filter(|own| number.is_reverse_charged(&own.shop, to.country, to.postal_code)) {
            None => None,
            Some(reverse) => Some(reverse.check(store, visitor, &number, now).await?),
        };
        Ok(Some(BuyerVat { number, check }))
    }
}

impl ReverseCharge {
    async fn check(
        &self,
        store: &Store,
        visitor: &Visitor,
        number: &VatNumber,
        now: Time,
    ) -> Result<VatCheck, Problem> {
        if let Some(checked) = store.checked_vat(number, now).await? {
            return checked.check.ok_or_else(invalid);
        }
        visitor.count(store, now, &[visitor.by_network(CHECKS)]).await?;
        let check = match self.authority.check(number, &self.shop).await {
            Ok(Verdict::Known { reference }) => Some(VatCheck { checked_at: now, reference }),
            Ok(Verdict::Unknown) => None,
            Err(error) => {
                tracing::warn!(%error, country = number.prefix(), "a VAT number could not be checked");
                return Err(unavailable());
            }
        };
        // Without it the authority is asked again, which does no harm.
        if let Err(error) = store.keep_checked_vat(number, check.as_ref(), now).await {
            tracing::warn!(%error, "the check of a VAT number was not kept");
        }
        check.ok_or_else(invalid)
    }
}

fn invalid() -> Problem {
    let message = "This VAT number is not known. Check it, or order without it.";
    refused("vat_number_invalid", message, "is not known to the authority of its country")
}

fn unavailable() -> Problem {
    let message = "VAT numbers cannot be checked at the moment. Try again later, or order without it.";
    refused("vat_check_unavailable", message, "cannot be checked at the moment")
}

fn refused(code: &'static str, message: &str, of_field: &str) -> Problem {
    let details = vec![Detail { field: "vatNumber".to_owned(), message: of_field.to_owned() }];
    Problem { details, ..Problem::conflict(code, message) }
}
