//! `GET /api/v1/admin/settings`: the parameters with which the shop was deployed.

use std::convert::Infallible;

use axum::extract::State;
use kit::http::answer::{Answer, Envelope};
use kit::runtime::config::Env;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// The parameters of the template, in its order; variables of this function have the same names. A test compares them.
/// Without `ShippingRates` and `TaxRates`, which are in `GET /shop` and can be long: a function has 4 KB for its variables.
pub const PARAMETERS: &[&str] = &[
    "ShopName",
    "DomainName",
    "CertificateArn",
    "HostedZoneId",
    "WebAclArn",
    "PriceClass",
    "OriginSecretVersion",
    "ShopUrl",
    "ApiUrl",
    "AllowedOrigins",
    "MailFrom",
    "ShopLogoUrl",
    "ImprintUrl",
    "TermsUrl",
    "PrivacyUrl",
    "ShopColour",
    "ShopAddress",
    "ShopContact",
    "ShopLanguage",
    "ShopTaxNumber",
    "DocumentsLock",
    "DocumentsYears",
    "Currency",
    "HoldMinutes",
    "PaymentWindowMinutes",
    "SlowPayments",
    "ProcessingDays",
    "PaymentMethods",
    "CashLimit",
    "CashConfirmHours",
    "OrderLimits",
    "StockShown",
    "HeldUnitsAlarm",
    "TimeZone",
    "SearchLanguage",
    "ShopVatNumber",
    "VatCheckUrl",
    "SitemapSchedule",
    "StripePublishableKey",
    "StripeUrl",
    "CheckoutHosts",
    "StaffMail",
    "ImagesUrl",
    "ReviewModeration",
    "ReviewRequestDays",
    "CartReminderHours",
    "ReturnDays",
    "WithdrawalDays",
    "ReturnFee",
    "ReturnSendDays",
    "StaffTwoFactor",
    "FreshProofMinutes",
    "FreshProofRefundAmount",
    "ApiKeyRequests",
    "WebhookReach",
    "AlarmMail",
    "Architecture",
    "LogDays",
    "ReservedConcurrency",
    "AuditArchive",
    "AuditArchiveDays",
    "EventBus",
];

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettingBody {
    /// The name of the parameter in the template.
    pub name: &'static str,
    /// Empty: nothing was set.
    pub value: String,
}

pub(crate) fn read(env: &mut Env) -> Vec<SettingBody> {
    let mut value = |name| env.optional(name, |text| Ok::<_, Infallible>(text.to_owned())).unwrap_or_default();
    PARAMETERS.iter().map(|&name| SettingBody { name, value: value(name) }).collect()
}

/// The settings of the shop as deployed.
///
/// The parameters of its template, in the template's order. None of them is a secret. The rates of shipping and tax are in
/// `GET /shop`.
#[utoipa::path(get, path = "/api/v1/admin/settings", responses(
    (status = 200, description = "The settings.", body = Envelope<Vec<SettingBody>>),
))]
pub(crate) async fn show(State(app): State<App>) -> Answer<Vec<SettingBody>> {
    Answer::ok("The settings of the shop.", app.settings.to_vec())
}
