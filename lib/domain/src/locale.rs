//! How people write amounts and dates in a language. The languages are data, so that another one needs no code.

use serde::Deserialize;

use crate::calendar::Day;
use crate::money::Money;
use crate::time::Time;

/// The forms of one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    /// Before the cents: `.` in English.
    pub decimal: String,
    /// Between groups of three digits: `,` in English.
    pub group: String,
    /// With `{number}` and `{symbol}`: `{symbol}{number}` is `$19.99`.
    pub amount: String,
    /// With `{number}` and `{code}`, for a currency without a symbol: `CHF 19.99`.
    pub amount_with_code: String,
    pub months: [String; 12],
    /// With `{day}`, `{month}` and `{year}`.
    pub date: String,
    /// With `{date}` and `{time}`, which is in UTC.
    pub minute: String,
    /// With `{number}`: `19%`.
    pub percent: String,
}

impl Locale {
    /// An amount with as many decimals as its currency has: `$1,234.50`, `1.234,50 €`, `¥500`.
    pub fn amount(&self, money: Money) -> String {
        let decimal = money.decimal();
        let digits = decimal.trim_start_matches('-');
        let (whole, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let mut number = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                number.push_str(&self.group);
            }
            number.push(digit);
        }
        if !cents.is_empty() {
            number = format!("{number}{}{cents}", self.decimal);
        }
        let written = match money.currency.symbol() {
            Some(symbol) => self.amount.replace("{symbol}", symbol),
            None => self.amount_with_code.replace("{code}", &money.currency.as_str().to_uppercase()),
        };
        let sign = if money.amount < 0 { "-" } else { "" };
        format!("{sign}{}", written.replace("{number}", &number))
    }

    /// Hundredths of a percent: 1900 is `19%`, 725 is `7.25%`.
    pub fn percent(&self, rate: u32) -> String {
        let part = format!("{:02}", rate % 100);
        let number = match part.trim_end_matches('0') {
            "" => (rate / 100).to_string(),
            part => format!("{}{}{part}", rate / 100, self.decimal),
        };
        self.percent.replace("{number}", &number)
    }

    /// A day in UTC: `20 November 2026`.
    pub fn date(&self, time: Time) -> String {
        self.written(&time.to_string())
    }

    pub fn day(&self, day: Day) -> String {
        self.written(&day.to_string())
    }

    /// A day as people write it; `text` begins with one such as `2026-11-20`.
    fn written(&self, text: &str) -> String {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let month = part(5, 7).parse::<usize>().ok().and_then(|month| self.months.get(month.checked_sub(1)?));
        let date = self.date.replace("{day}", part(8, 10).trim_start_matches('0')).replace("{year}", part(0, 4));
        date.replace("{month}", month.map_or("", String::as_str))
    }

    /// A minute, and that it is in UTC.
    pub fn minute(&self, time: Time) -> String {
        let clock = time.to_string();
        let minute = self.minute.replace("{time}", clock.get(11..16).unwrap_or_default());
        minute.replace("{date}", &self.date(time))
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;
    use crate::money::{Currency, Money};
    use crate::time::Time;

    fn english() -> Locale {
        let months = "January February March April May June July August September October November December";
        let months: Vec<String> = months.split(' ').map(str::to_owned).collect();
        Locale {
            decimal: ".".to_owned(),
            group: ",".to_owned(),
            amount: "{symbol}{number}".to_owned(),
            amount_with_code: "{code} {number}".to_owned(),
            months: months.try_into().unwrap(),
            date: "{day} {month} {year}".to_owned(),
            minute: "{date} at {time} UTC".to_owned(),
            percent: "{number}%".to_owned(),
        }
    }

    fn german() -> Locale {
        Locale {
            decimal: ",".to_owned(),
            group: ".".to_owned(),
            amount: "{number} {symbol}".to_owned(),
            amount_with_code: "{number} {code}".to_owned(),
            percent: "{number}\u{a0}%".to_owned(),
            ..english()
        }
    }

    fn money(amount: i64, currency: &str) -> Money {
        Money::new(amount, Currency::parse(currency).unwrap())
    }

    #[test]
    fn a_rate_has_as_many_digits_as_it_needs() {
        let percents = |locale: &Locale| [1900, 725, 550, 5].map(|rate| locale.percent(rate));
        assert_eq!(percents(&english()), ["19%", "7.25%", "5.5%", "0.05%"]);
        assert_eq!(percents(&german())[1], "7,25\u{a0}%");
    }

    #[test]
    fn amounts_are_written_as_people_do() {
        for (amount, currency, in_english, in_german) in [
            (19_595, "usd", "$195.95", "195,95 $"),
            (19_595, "eur", "€195.95", "195,95 €"),
            (123_456_789, "eur", "€1,234,567.89", "1.234.567,89 €"),
            (100_000, "gbp", "£1,000.00", "1.000,00 £"),
            (500, "jpy", "¥500", "500 ¥"),
            (1_234_567, "krw", "₩1,234,567", "1.234.567 ₩"),
            (195, "chf", "CHF 1.95", "1,95 CHF"),
            (-5, "usd", "-$0.05", "-0,05 $"),
            (0, "aud", "A$0.00", "0,00 A$"),
            (i64::MIN, "usd", "-$92,233,720,368,547,758.08", "-92.233.720.368.547.758,08 $"),
        ] {
            assert_eq!(english().amount(money(amount, currency)), in_english);
            assert_eq!(german().amount(money(amount, currency)), in_german);
        }
    }

    #[test]
    fn every_currency_of_shops_is_told_from_the_others() {
        let written: std::collections::BTreeSet<String> =
            Currency::of_shops().map(|code| english().amount(money(100, code)).replace(".00", "")).collect();
        assert_eq!(written.len(), Currency::of_shops().count());
    }

    #[test]
    fn days_and_minutes_are_written_with_the_name_of_the_month() {
        let at = Time::parse("2026-03-05T09:07:59Z").unwrap();
        assert_eq!(english().date(at), "5 March 2026");
        assert_eq!(english().minute(at), "5 March 2026 at 09:07 UTC");
        assert_eq!(english().date(Time::latest()), "31 December 9999");
    }
}
