use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn tier(up_to: i64, amount: i64) -> Tier {
    Tier { up_to, amount }
}

fn zone(countries: &[&str], price: ShippingPrice, free_from: Option<i64>) -> ShippingZone {
    ShippingZone { countries: countries.iter().map(|code| country(code)).collect(), price, free_from }
}

fn flat(amount: i64) -> ShippingPrice {
    ShippingPrice::Flat { amount }
}

fn terms(zones: Vec<ShippingZone>) -> ShippingTerms {
    ShippingTerms { name: "Parcel".to_owned(), carrier: None, zones, pickup: false, estimate: None, active: true }
}

fn method(number: u128, terms: ShippingTerms) -> ShippingMethod {
    let now = Time::from_unix_millis(0);
    ShippingMethod { id: ShippingMethodId::new(now, number), terms, version: 1, created_at: now, updated_at: now }
}

fn list(terms: Vec<ShippingTerms>) -> ShippingMethods {
    let methods = (1..).zip(terms).map(|(number, terms)| method(number, terms)).collect();
    ShippingMethods { version: 1, methods }
}

fn prices(methods: &ShippingMethods, code: &str, value: i64, weight_grams: i64) -> Vec<i64> {
    let consignment = Consignment { country: country(code), value, weight_grams };
    methods.offered(&consignment).iter().map(|method| method.price).collect()
}

#[test]
fn a_zone_that_names_the_country_comes_before_the_one_for_all_others() {
    let methods = list(vec![terms(vec![
        zone(&[], flat(900), None),
        zone(&["DE", "AT"], flat(500), None),
        zone(&["CH"], flat(1_200), None),
    ])]);
    for (code, price) in [("DE", 500), ("AT", 500), ("CH", 1_200), ("US", 900)] {
        assert_eq!(prices(&methods, code, 1_000, 0), [price], "{code}");
    }
    let named_only = list(vec![terms(vec![zone(&["DE"], flat(500), None)])]);
    assert!(!named_only.ship_to(country("US")) && named_only.ship_to(country("DE")));
    assert!(prices(&named_only, "US", 1_000, 0).is_empty());
}

#[test]
fn a_tier_ends_with_its_last_gram_or_cent_and_nothing_is_taken_above_the_last_one() {
    let tiers = vec![tier(1_000, 500), tier(5_000, 900)];
    let by_weight = list(vec![terms(vec![zone(&[], ShippingPrice::Weight { tiers: tiers.clone() }, None)])]);
    let by_value = list(vec![terms(vec![zone(&[], ShippingPrice::Value { tiers }, None)])]);
    let borders: [(i64, &[i64]); 6] =
        [(0, &[500]), (1_000, &[500]), (1_001, &[900]), (5_000, &[900]), (5_001, &[]), (i64::MAX, &[])];
    for (measure, expected) in borders {
        assert_eq!(prices(&by_weight, "DE", 1, measure), expected, "{measure} grams");
        assert_eq!(prices(&by_value, "DE", measure, 1), expected, "{measure} cents");
    }
}

#[test]
fn shipping_is_free_from_its_value_on_but_only_for_what_the_method_takes() {
    let by_weight = ShippingPrice::Weight { tiers: vec![tier(1_000, 500)] };
    let methods =
        list(vec![terms(vec![zone(&[], flat(700), Some(5_000))]), terms(vec![zone(&[], by_weight, Some(5_000))])]);
    assert_eq!(prices(&methods, "DE", 4_999, 1_000), [700, 500]);
    assert_eq!(prices(&methods, "DE", 5_000, 1_000), [0, 0]);
    assert_eq!(prices(&methods, "DE", 5_000, 1_001), [0]);
}

#[test]
fn a_method_that_is_not_active_is_not_offered_and_ships_nowhere() {
    let methods = list(vec![ShippingTerms { active: false, ..terms(vec![zone(&[], flat(500), None)]) }]);
    assert!(prices(&methods, "DE", 1, 1).is_empty());
    assert!(!methods.ship_to(country("DE")));
    assert_eq!(methods.to(Some(country("DE"))), None);
}

#[test]
fn what_a_country_costs_is_its_lowest_price_without_pickup_and_free_only_where_every_order_is_taken() {
    let pickup = ShippingTerms { pickup: true, ..terms(vec![zone(&["DE"], flat(0), None)]) };
    let by_weight = ShippingPrice::Weight { tiers: vec![tier(1_000, 300), tier(9_000, 800)] };
    let methods = list(vec![
        pickup.clone(),
        terms(vec![zone(&["DE"], flat(500), Some(5_000)), zone(&["FR"], by_weight, Some(1_000))]),
        terms(vec![zone(&[], flat(900), Some(9_000))]),
    ]);
    let to = |code| methods.to(Some(country(code))).map(|shipping| (shipping.lowest, shipping.free_from));
    assert_eq!(to("DE"), Some((500, Some(5_000))));
    // Orders that are too heavy for the tiers go by the other method, which is free later.
    assert_eq!(to("FR"), Some((300, Some(9_000))));
    assert_eq!(methods.to(None).map(|shipping| shipping.lowest), Some(900));
    let collected = list(vec![pickup]);
    assert_eq!(collected.to(Some(country("DE"))), Some(CountryShipping { lowest: 0, free_from: Some(0) }));
}

#[test]
fn the_configured_rates_are_one_method_with_the_same_prices() {
    let rates = r#"{"default":900,"countries":{"DE":500,"AT":500,"CH":1200},"freeFrom":5000}"#;
    let methods = ShippingMethods::configured(&ShippingRates::parse(rates).unwrap());
    assert_eq!((methods.version, methods.methods.len()), (0, 1));
    assert_eq!(methods.methods[0].terms.zones.len(), 3);
    for (code, price) in [("DE", 500), ("AT", 500), ("CH", 1_200), ("US", 900)] {
        assert_eq!(prices(&methods, code, 4_999, 0), [price], "{code}");
        assert_eq!(prices(&methods, code, 5_000, 0), [0], "{code}");
    }
    assert!(methods.methods[0].terms.violations().is_empty());
    assert_eq!(ShippingMethods::configured(&ShippingRates::NOWHERE), ShippingMethods::default());
}

#[test]
fn terms_that_contradict_themselves_or_are_too_large_are_refused_by_field() {
    let fields = |terms: &ShippingTerms| -> Vec<String> {
        terms.violations().into_iter().map(|violation| violation.field).collect()
    };
    assert_eq!(fields(&terms(vec![])), ["zones"]);
    let many = (0..21).map(|_| zone(&["DE"], flat(1), None)).collect();
    assert_eq!(fields(&terms(many))[..2], ["zones", "zones[1].countries[0]"]);
    let twice = terms(vec![zone(&["DE", "AT", "DE"], flat(1), None), zone(&["AT"], flat(1), None)]);
    assert_eq!(fields(&twice), ["zones[0].countries[2]", "zones[1].countries[0]"]);
    let two_rests = terms(vec![zone(&[], flat(1), None), zone(&[], flat(1), None)]);
    assert_eq!(fields(&two_rests), ["zones[1].countries"]);
    let falling = ShippingPrice::Weight { tiers: vec![tier(5, 1), tier(5, 2), tier(-1, 3)] };
    let empty = ShippingPrice::Value { tiers: vec![] };
    let steep = ShippingPrice::Weight { tiers: (0..11).map(|n| tier(n, 1)).collect() };
    let tiers = terms(vec![zone(&["DE"], falling, None), zone(&["AT"], empty, None), zone(&[], steep, None)]);
    let expected = [
        "zones[0].weightTiers[1].upToGrams",
        "zones[0].weightTiers[2].upToGrams",
        "zones[1].valueTiers",
        "zones[2].weightTiers",
    ];
    assert_eq!(fields(&tiers), expected);
    let days = |min_days, max_days| ShippingTerms {
        estimate: Some(DeliveryEstimate { min_days, max_days }),
        ..terms(vec![zone(&[], flat(1), None)])
    };
    assert!(fields(&days(2, 2)).is_empty() && fields(&days(0, 365)).is_empty());
    assert_eq!(fields(&days(3, 2)), ["estimate.minDays"]);
    assert_eq!(fields(&days(0, 366)), ["estimate.maxDays"]);
}

#[test]
fn methods_are_added_moved_changed_and_removed_by_their_id_and_every_change_is_a_version() {
    let some = terms(vec![zone(&[], flat(1), None)]);
    let start = list(vec![some.clone(), some.clone(), some.clone()]);
    let ids = |list: &ShippingMethods| -> Vec<ShippingMethodId> { list.methods.iter().map(|m| m.id).collect() };
    let [a, b, c] = [start.methods[0].id, start.methods[1].id, start.methods[2].id];
    let now = Time::from_unix_millis(7);
    let moved = |id, to| ids(&start.changed(id, some.clone(), Some(to), now).unwrap());
    assert_eq!(moved(c, 1), [c, a, b]);
    assert_eq!(moved(a, 2), [b, a, c]);
    assert_eq!(moved(a, 99), [b, c, a]);
    let changed = start.changed(b, ShippingTerms { pickup: true, ..some.clone() }, None, now).unwrap();
    assert_eq!((ids(&changed), changed.version), (vec![a, b, c], 2));
    assert_eq!((changed.methods[1].version, changed.methods[1].updated_at), (2, now));
    assert_eq!((changed.methods[0].version, changed.position(c)), (1, Some(3)));
    let d = method(4, some.clone());
    assert_eq!(ids(&start.with(d.clone(), None).unwrap()), [a, b, c, d.id]);
    assert_eq!(ids(&start.with(d.clone(), Some(1)).unwrap()), [d.id, a, b, c]);
    assert_eq!(ids(&start.without(b).unwrap()), [a, c]);
    assert_eq!(start.without(d.id), Err(ListRefusal::Missing));
    assert_eq!(start.changed(d.id, some.clone(), None, now), Err(ListRefusal::Missing));
    let full = list(vec![some; ShippingMethods::MAX]);
    assert_eq!(full.with(method(99, d.terms), None), Err(ListRefusal::TooMany));
}

const CODES: [&str; 4] = ["DE", "AT", "CH", "US"];

fn some_price() -> impl Strategy<Value = ShippingPrice> {
    let tiers = || {
        prop::collection::vec((1_i64..2_000, 0_i64..1_000), 1..4).prop_map(|steps| {
            let mut up_to = 0;
            let tier = |(step, amount)| {
                up_to += step;
                Tier { up_to, amount }
            };
            steps.into_iter().map(tier).collect::<Vec<_>>()
        })
    };
    prop_oneof![
        (0_i64..1_000).prop_map(flat),
        tiers().prop_map(|tiers| ShippingPrice::Weight { tiers }),
        tiers().prop_map(|tiers| ShippingPrice::Value { tiers }),
    ]
}

/// A method with a zone for each of some countries, in any order, and perhaps one for all others.
fn some_terms() -> impl Strategy<Value = ShippingTerms> {
    let zones = prop::collection::vec((some_price(), prop::option::of(0_i64..5_000)), 5);
    let codes = prop::sample::subsequence(&["DE", "AT", "CH", "US", ""], 1..=5);
    (zones, codes).prop_map(|(prices, codes)| {
        let named = |(code, (price, free_from)): (&str, (ShippingPrice, Option<i64>))| {
            zone(if code.is_empty() { &[] } else { std::slice::from_ref(&code) }, price, free_from)
        };
        terms(codes.into_iter().zip(prices).map(named).collect())
    })
}

proptest! {
    #[test]
    fn the_order_of_zones_never_changes_a_price(
        (terms, shuffled) in some_terms().prop_flat_map(|terms| (Just(terms.clone()), Just(terms.zones).prop_shuffle())),
        value in 0_i64..6_000, weight in 0_i64..6_000,
    ) {
        let turned = ShippingTerms { zones: shuffled, ..terms.clone() };
        prop_assert!(terms.violations().is_empty());
        for code in CODES {
            let of = |terms: &ShippingTerms| prices(&list(vec![terms.clone()]), code, value, weight);
            prop_assert_eq!(of(&terms), of(&turned));
        }
    }

    #[test]
    fn a_price_is_never_below_zero_and_free_goods_value_is_free_at_every_higher_one(
        terms in some_terms(), value in 0_i64..6_000, more in 0_i64..1_000, weight in 0_i64..6_000, active in any::<bool>(),
    ) {
        let methods = list(vec![ShippingTerms { active, ..terms }]);
        for code in CODES {
            let (price, higher) = (prices(&methods, code, value, weight), prices(&methods, code, value + more, weight));
            prop_assert!(price.iter().all(|&price| price >= 0));
            let told = methods.to(Some(country(code)));
            prop_assert_eq!(told.is_some(), methods.ship_to(country(code)));
            if told.and_then(|told| told.free_from).is_some_and(|from| value >= from) {
                prop_assert_eq!((price, higher), (vec![0], vec![0]));
            }
        }
    }
}
