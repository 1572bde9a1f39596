//! Which amounts Stripe charges in which currency. Source: <https://docs.stripe.com/currencies>, read in November 2026.

use crate::error::StripeError;
use crate::params::invalid_integer;

/// The currencies that Stripe charges in.
const CURRENCIES: &str = "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bhd bif bmd bnd bob brl bsd bwp byn bzd \
    cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf \
    idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr \
    mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp \
    sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw";

/// Amounts are whole units. `ugx` is in Stripe's list too, but is sent with two decimals.
const ZERO_DECIMAL: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";

/// Amounts are thousandths, and the last digit is 0.
const THREE_DECIMAL: &str = "bhd jod kwd omr tnd";

/// Amounts have two decimals, which are 00.
const WHOLE_UNITS: &str = "isk ugx";

fn is_in(list: &str, currency: &str) -> bool {
    list.split_whitespace().any(|known| known == currency)
}

/// How many digits stand after the decimal point.
pub(crate) fn decimals(currency: &str) -> usize {
    if is_in(ZERO_DECIMAL, currency) {
        0
    } else if is_in(THREE_DECIMAL, currency) {
        3
    } else {
        2
    }
}

/// The amount must be a multiple of this.
fn step(currency: &str) -> i64 {
    if is_in(THREE_DECIMAL, currency) {
        10
    } else if is_in(WHOLE_UNITS, currency) {
        100
    } else {
        1
    }
}

/// The least charge. For a currency without a documented minimum, Stripe converts the amount into the currency of the
/// shop's bank account. The stand-in knows no rates; the last lines are about 0.50 USD or more.
fn minimum(currency: &str) -> i64 {
    match currency {
        "gbp" => 30,
        "aed" | "myr" | "pln" | "ron" => 200,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "hkd" => 400,
        "mxn" | "thb" => 1_000,
        "czk" => 1_500,
        "huf" => 17_500,
        "bhd" | "jod" | "kwd" | "omr" => 500,
        "djf" | "vuv" | "xpf" => 100,
        "xaf" | "xof" | "kmf" => 350,
        "clp" => 600,
        "rwf" => 900,
        "bif" | "mga" => 3_000,
        "tnd" => 2_000,
        "pyg" | "gnf" => 5_000,
        "isk" => 8_000,
        "vnd" => 15_000,
        "ugx" => 200_000,
        _ => 50,
    }
}

/// The largest charge: eight digits, in some currencies more. Cards may be charged more, other methods not.
fn maximum(currency: &str) -> i64 {
    match currency {
        "idr" => 999_999_999_999,
        "cop" => 9_999_999_999,
        "inr" => 999_999_999,
        _ => 99_999_999,
    }
}

pub(crate) fn check_currency(key: &str, currency: &str) -> Result<(), StripeError> {
    if is_in(CURRENCIES, currency) {
        return Ok(());
    }
    Err(StripeError::parameter(key, None, &format!("Invalid currency: {currency}")))
}

/// A part of a charge, such as a refund or a unit price: it has only the digits that the currency has.
pub(crate) fn check_part(key: &str, amount: i64, currency: &str) -> Result<(), StripeError> {
    let step = step(currency);
    if amount % step != 0 {
        return Err(invalid_integer(key, &format!("Amounts in {currency} must be divisible by {step}")));
    }
    if amount > maximum(currency) {
        return Err(too_large(currency));
    }
    Ok(())
}

/// The whole of a charge.
pub(crate) fn check_charge(amount: i64, currency: &str) -> Result<(), StripeError> {
    check_part("amount", amount, currency)?;
    if amount < minimum(currency) {
        let message = format!("Amount must be at least {}", shown(minimum(currency), currency));
        return Err(StripeError::refused("amount_too_small", &message));
    }
    Ok(())
}

fn too_large(currency: &str) -> StripeError {
    let message = format!("Amount must be no more than {}", shown(maximum(currency), currency));
    StripeError::refused("amount_too_large", &message)
}

/// The amount as people write it: `19.99 USD`, `500 JPY`, `5.120 KWD`.
pub(crate) fn shown(amount: i64, currency: &str) -> String {
    let (decimals, code) = (decimals(currency), currency.to_uppercase());
    let digits = format!("{amount:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    if part.is_empty() { format!("{whole} {code}") } else { format!("{whole}.{part} {code}") }
}
