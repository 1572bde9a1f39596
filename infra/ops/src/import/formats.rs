//! The files that can be imported, and their columns.

use super::shopify;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Customers,
    Addresses,
    Products,
    Shopify,
    Stock,
    Coupons,
    Orders,
}

/// The columns of a kind of file.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    /// The names of the columns with spaces between them.
    pub(super) required: &'static str,
    optional: &'static str,
    /// Rows with the same value in this column, one after the other, are one record.
    pub(super) key: Option<&'static str>,
    /// In JSON, the list of a record whose entries become rows of their own, and what is put before their names.
    pub(super) list: Option<List>,
    /// Our names for the columns of another shop's file, of which all others are ignored.
    pub(super) translate: Option<fn(&str) -> Option<&'static str>>,
}

#[derive(Debug)]
pub(super) struct List {
    pub(super) name: &'static str,
    pub(super) prefix: &'static str,
}

impl Format {
    const fn flat(name: &'static str, required: &'static str, optional: &'static str) -> Self {
        Self { name, required, optional, key: None, list: None, translate: None }
    }

    pub(super) fn knows(&self, column: &str) -> bool {
        self.required.split(' ').chain(self.optional.split(' ')).any(|known| known == column)
    }
}

impl Kind {
    pub(super) const ALL: [Self; 7] =
        [Self::Customers, Self::Addresses, Self::Products, Self::Shopify, Self::Stock, Self::Coupons, Self::Orders];

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        self.format().name
    }

    pub(super) fn format(self) -> Format {
        match self {
            Self::Customers => Format::flat("customers", "id email name", "verified password_hash news created_at"),
            Self::Addresses => Format::flat(
                "addresses",
                "id customer name line1 city postal_code country",
                "line2 region phone kind default company",
            ),
            Self::Products => Format {
                key: Some("slug"),
                list: Some(List { name: "variants", prefix: "" }),
                ..Format::flat(
                    "products",
                    "slug sku name price",
                    "description status brand categories attributes options compare_at_price weight_grams stock images \
                     image_alts tax_class",
                )
            },
            Self::Shopify => {
                Format { key: Some("handle"), translate: Some(shopify::column), ..Format::flat("shopify", "title", "") }
            }
            Self::Stock => Format::flat("stock", "sku on_hand", "threshold reason"),
            Self::Coupons => Format::flat(
                "coupons",
                "code",
                "percent amount maximum_discount minimum_order starts_at ends_at total_uses uses_per_customer used \
                 products categories active",
            ),
            Self::Orders => Format {
                key: Some("number"),
                list: Some(List { name: "lines", prefix: "line_" }),
                ..Format::flat(
                    "orders",
                    "number placed_at status total shipping_name shipping_line1 shipping_city shipping_postal_code \
                     shipping_country line_sku line_name line_price line_quantity",
                    "shipping_line2 shipping_region shipping_phone billing_name billing_line1 billing_line2 \
                     billing_city billing_region billing_postal_code billing_country billing_phone customer email \
                     currency shipping_price discount tax note carrier tracking_code line_options shipping_company \
                     billing_company",
                )
            },
        }
    }
}
