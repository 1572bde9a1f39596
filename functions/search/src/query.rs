//! The language in which products are asked for: words, filters, an order and a page. Lists and search share it.

use std::convert::Infallible;

use domain::id::ProductId;
use domain::product::{MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_IDS, MAX_OPTION, MAX_OPTION_NAME, MAX_PRICE};
use domain::product_query::{MAX_BRANDS, MAX_NUMBERED, MAX_WORDS, SORTS};
use domain::sku::Sku;
use kit::http::body::id_list;
use kit::http::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use kit::http::problem::Problem;
use search_index::{Sort, State};
use utoipa::IntoParams;

use crate::cursor::ProductCursor;
use crate::parameters::{GroupBounds, Groups, Parameters, whole, yes_or_no};

const ATTRIBUTES: GroupBounds = GroupBounds { name_length: MAX_ATTRIBUTE_NAME, value_length: MAX_ATTRIBUTE };
const OPTIONS: GroupBounds = GroupBounds { name_length: MAX_OPTION_NAME, value_length: MAX_OPTION };
/// What a page is, and not what it is a page of.
const OF_THE_PAGE: [&str; 4] = ["page", "limit", "cursor", "facets"];

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct ProductsQuery {
    /// Words to look for. They find names, SKUs from their beginning, brands, categories, attributes and descriptions,
    /// in other forms and with small mistakes too. The last word may be the beginning of one.
    pub(crate) q: Option<String>,
    /// A category's id or slug. Products in its subcategories are included.
    pub(crate) category: Option<String>,
    /// A brand's id or slug, or several of them with commas between: products of any of these.
    #[param(value_type = Option<String>)]
    pub(crate) brand: Vec<String>,
    /// In minor units. The product has a variant that costs as much or more.
    pub(crate) min_price: Option<u32>,
    /// In minor units. The product has a variant that costs as much or less.
    pub(crate) max_price: Option<u32>,
    /// `true`: only what is there now, not what can only be ordered.
    #[param(value_type = Option<bool>)]
    pub(crate) in_stock: bool,
    /// `true`: only what was more expensive before.
    #[param(value_type = Option<bool>)]
    pub(crate) on_offer: bool,
    /// At least this average rating, such as 4 or 4.5.
    #[param(value_type = Option<f32>)]
    pub(crate) rating: Option<u16>,
    /// `attributes[Material]=Cotton`. Repeated for one attribute, it means any of these values; for several attributes,
    /// the product must fit all of them.
    #[param(value_type = Option<BTreeMap<String, Vec<String>>>, style = DeepObject, explode)]
    pub(crate) attributes: Groups,
    /// `options[Size]=M`, in the same way. One variant must fit all options, and the price, `inStock` and `onOffer`
    /// too.
    #[param(value_type = Option<BTreeMap<String, Vec<String>>>, style = DeepObject, explode)]
    pub(crate) options: Groups,
    /// The order. The default is `relevance` with `q`, and else `newest`.
    #[param(value_type = Option<String>)]
    pub(crate) sort: Option<Sort>,
    /// For staff: `active` (the default), `draft`, `archived` or `deleted`, or several of them: `active,draft`.
    #[param(value_type = Option<String>)]
    pub(crate) status: Option<Vec<State>>,
    /// `false`: without `facets`, which makes the answer smaller.
    #[param(value_type = Option<bool>)]
    pub(crate) facets: bool,
    /// The number of the page, from 1 on. The last product that it can reach is the ten-thousandth: use `cursor` beyond
    /// it.
    pub(crate) page: Option<u32>,
    /// Products in a page, 1 to 100; 20 by default.
    #[param(value_type = Option<u32>)]
    pub(crate) limit: u32,
    /// `nextCursor` of the previous page, in place of `page`.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<ProductCursor>,
    /// Names the query without its page.
    #[param(ignore)]
    pub(crate) fingerprint: Vec<u8>,
    /// Names the whole query.
    #[param(ignore)]
    pub(crate) page_fingerprint: Vec<u8>,
}

/// The parameters that name products, for the list only.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is read as one of the two, and describes both")]
pub(crate) struct NamedQuery {
    /// At most 50 ids of products, with commas between them. The answer has these products in this order, without those
    /// that the client may not see. It goes with no other filter.
    ids: Option<String>,
    /// For staff: the product that has this SKU, in any state. It goes with no other filter.
    sku: Option<String>,
}

/// The products that a request names.
#[derive(Debug)]
pub(crate) enum Named {
    /// Each once, in the order in which they were named.
    Ids(Vec<ProductId>),
    Sku(Sku),
}

impl ProductsQuery {
    pub(crate) fn read(query: &str) -> Result<Self, Problem> {
        let mut given = Parameters::of(query);
        let fingerprint = given.fingerprint(&OF_THE_PAGE);
        let page_fingerprint = given.fingerprint(&[]);
        if given.has("page") && given.has("cursor") {
            given.refuse("page", &"cannot be combined with cursor");
        }
        let price = |text: &str| whole(text, 0, u32::try_from(MAX_PRICE).unwrap_or(u32::MAX));
        let made = Self {
            q: given.take("q", words).filter(|text| !text.is_empty()),
            category: given.take("category", |text| Ok::<_, Infallible>(text.to_owned())),
            brand: given.take("brand", brands).unwrap_or_default(),
            min_price: given.take("minPrice", price),
            max_price: given.take("maxPrice", price),
            in_stock: given.take("inStock", yes_or_no).unwrap_or_default(),
            on_offer: given.take("onOffer", yes_or_no).unwrap_or_default(),
            rating: given.take("rating", rating),
            attributes: given.take_groups("attributes", ATTRIBUTES),
            options: given.take_groups("options", OPTIONS),
            sort: given.take("sort", sort),
            status: given.take("status", states),
            facets: given.take("facets", yes_or_no).unwrap_or(true),
            page: given.take("page", |text| whole(text, 1, MAX_NUMBERED)),
            limit: given.take("limit", |text| whole(text, 1, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT),
            cursor: given.take("cursor", |text| ProductCursor::parse(text, &fingerprint)),
            fingerprint,
            page_fingerprint,
        };
        if let (Some(least), Some(most)) = (made.min_price, made.max_price)
            && most < least
        {
            given.refuse("maxPrice", &"must not be below minPrice");
        }
        if made.page.is_some_and(|page| page * made.limit > MAX_NUMBERED) {
            given.refuse("page", &format!("ends at product {MAX_NUMBERED}; use the cursor to go on"));
        }
        given.finish(made)
    }

    /// The states that are asked for.
    pub(crate) fn states(&self) -> Vec<State> {
        self.status.clone().unwrap_or_else(|| vec![State::Active])
    }

    /// The words of a first page without filters, which could be the reason why nothing is found.
    pub(crate) fn only_words(&self) -> Option<&str> {
        let filters = [
            self.category.is_some(),
            !self.brand.is_empty(),
            self.min_price.is_some(),
            self.max_price.is_some(),
            self.in_stock,
            self.on_offer,
            self.rating.is_some(),
            !self.attributes.is_empty(),
            !self.options.is_empty(),
            self.cursor.is_some(),
        ];
        self.q.as_deref().filter(|_| !filters.contains(&true))
    }

    /// The order of the products.
    pub(crate) fn order(&self) -> Sort {
        self.sort.unwrap_or(if self.q.is_some() { Sort::Relevance } else { Sort::Newest })
    }
}

impl Named {
    /// `None` if the query names no products, but asks for a page.
    pub(crate) fn read(query: &str) -> Result<Option<Self>, Problem> {
        let mut given = Parameters::of(query);
        let (other, named) = if given.has("ids") {
            ("ids", given.take("ids", |text| id_list(text, MAX_IDS, "products", ProductId::parse)).map(Self::Ids))
        } else if given.has("sku") {
            ("sku", given.take("sku", Sku::parse).map(Self::Sku))
        } else {
            return Ok(None);
        };
        given.finish_without_others(named, &format!("cannot be combined with {other}"))
    }
}

pub(crate) fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_short = text.chars().count() <= MAX_WORDS;
    is_short.then(|| text.to_owned()).ok_or_else(|| format!("may have at most {MAX_WORDS} characters"))
}

fn brands(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = text.split(',').take(MAX_BRANDS + 1).map(str::to_owned).collect();
    if names.len() > MAX_BRANDS { Err(format!("may name at most {MAX_BRANDS} brands")) } else { Ok(names) }
}

/// In hundredths.
fn rating(text: &str) -> Result<u16, &'static str> {
    let (stars, rest) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str, most: usize| (1..=most).contains(&digits.len());
    let number = |digits: &str| digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?;
    let hundredths = (is_number(stars, 1) && is_number(rest, 2)).then(|| number(&format!("{stars}{rest:0<2}")));
    hundredths.flatten().filter(|rating| (100..=500).contains(rating)).ok_or("must be 1 to 5, such as 4.5")
}

fn sort(text: &str) -> Result<Sort, String> {
    Ok(match text {
        "relevance" => Sort::Relevance,
        "price:asc" => Sort::PriceAscending,
        "price:desc" => Sort::PriceDescending,
        "newest" => Sort::Newest,
        "bestselling" => Sort::Bestselling,
        "rating" => Sort::Rating,
        "name:asc" => Sort::NameAscending,
        "name:desc" => Sort::NameDescending,
        _ => return Err(format!("must be one of: {}", SORTS.join(", "))),
    })
}

/// The states of products by the names that clients use.
pub(crate) const STATES: [(&str, State); 4] =
    [("active", State::Active), ("draft", State::Draft), ("archived", State::Archived), ("deleted", State::Deleted)];

fn states(text: &str) -> Result<Vec<State>, &'static str> {
    let state = |name: &str| STATES.into_iter().find(|(known, _)| *known == name).map(|(_, state)| state);
    let states: Option<Vec<_>> = text.split(',').take(STATES.len() + 1).map(state).collect();
    states
        .filter(|states| states.len() <= STATES.len())
        .ok_or("must be active, draft, archived or deleted, or several of them with commas between")
}

#[cfg(test)]
mod tests {
    use domain::product_query::SORTS;
    use search_index::Sort;

    use super::{ProductsQuery, rating};

    fn refused(query: &str) -> Vec<String> {
        let problem = ProductsQuery::read(query).unwrap_err();
        problem.details.into_iter().map(|detail| detail.field).collect()
    }

    #[test]
    fn a_query_is_read_with_all_that_it_has() {
        let query = "q=+red%20shirt+&category=clothes&brand=a,b&minPrice=100&maxPrice=5000&inStock=true&onOffer=false&\
                     rating=4.5&attributes%5BMaterial%5D=Cotton&attributes[Material]=Linen&options[Size]=M&sort=price:asc&\
                     page=3&limit=50&facets=false";
        let read = ProductsQuery::read(query).unwrap();
        assert_eq!((read.q.as_deref(), read.brand.len(), read.min_price), (Some("red shirt"), 2, Some(100)));
        assert_eq!((read.in_stock, read.on_offer, read.rating), (true, false, Some(450)));
        assert_eq!(read.attributes["Material"], ["Cotton", "Linen"]);
        assert_eq!((&*read.options["Size"], read.order()), (["M".to_owned()].as_slice(), Sort::PriceAscending));
        assert_eq!((read.page, read.limit, read.facets), (Some(3), 50, false));
        assert_eq!(ProductsQuery::read("q=").unwrap().order(), Sort::Newest);
        assert_eq!(ProductsQuery::read("q=x").unwrap().order(), Sort::Relevance);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let query = "sort=cheap&colour=red&minPrice=x&inStock=1&rating=6&page=0&limit=101&status=gone&attributes[]=x";
        let expected = ["minPrice", "inStock", "rating", "attributes[]", "sort", "status", "page", "limit", "colour"];
        assert_eq!(refused(query), expected);
    }

    #[test]
    fn everything_is_bounded() {
        let repeated = |part: &str, count: usize| {
            (0..count).map(|n| part.replace('#', &n.to_string())).collect::<Vec<_>>().join("&")
        };
        assert_eq!(refused(&format!("q={}", "x".repeat(201))), ["q"]);
        assert_eq!(refused(&format!("brand={}", "a,".repeat(20))), ["brand"]);
        assert_eq!(refused(&repeated("attributes[#]=x", 11)), ["attributes"]);
        assert_eq!(refused(&repeated("options[Size]=#", 21)), ["options[Size]"]);
        assert_eq!(refused(&format!("options[Size]={}", "x".repeat(61))), ["options[Size]"]);
        assert_eq!(refused(&format!("options[{}]=x", "x".repeat(31))).len(), 1);
        assert_eq!(refused("page=101&limit=100"), ["page"]);
        assert_eq!(refused("page=99999999999"), ["page"]);
        assert_eq!(refused("minPrice=2&maxPrice=1"), ["maxPrice"]);
        assert_eq!(refused("limit=1&limit=2&q=a&q=b"), ["q", "limit"]);
        assert_eq!(refused("page=1&cursor=x"), ["page", "cursor"]);
        assert_eq!(refused(&repeated("unknown#=1", 60)).len(), 50);
        assert!(ProductsQuery::read("page=100&limit=100").is_ok());
    }

    #[test]
    fn every_order_that_is_offered_is_taken() {
        for sort in SORTS {
            assert!(ProductsQuery::read(&format!("sort={sort}")).is_ok(), "{sort}");
        }
    }

    #[test]
    fn a_rating_has_at_most_two_decimals() {
        let ratings = ["1", "4.5", "4.25", "5.00"].map(|text| rating(text).unwrap());
        assert_eq!(ratings, [100, 450, 425, 500]);
        for bad in ["", "0", "0.99", "5.01", "4.", ".5", "4.555", "-1", "1e0", "NaN", "+4"] {
            assert!(rating(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_is_the_same_on_each_of_its_pages() {
        let fingerprint = |query: &str| ProductsQuery::read(query).unwrap().fingerprint;
        assert_eq!(fingerprint("q=a&page=2&limit=5&facets=false"), fingerprint("limit=9&q=a"));
        assert_ne!(fingerprint("q=a"), fingerprint("q=b"));
        assert_ne!(fingerprint("q=a&sort=newest"), fingerprint("q=a"));
    }
}
