//! What a product shows of its variants: one price in a list, and a picture of each variant.

use super::{Image, Offer, OptionValue, Product, Variant};
use crate::stock::Band;

impl Product {
    /// The variants whose prices are shown: those that can be bought, or all of them if none can.
    fn priced(&self) -> impl Iterator<Item = &Variant> {
        let can_be_bought = |variant: &&Variant| self.band(&variant.sku) != Band::Out;
        let none = !self.variants.iter().any(|variant| can_be_bought(&variant));
        self.variants.iter().filter(move |variant| none || can_be_bought(variant))
    }

    /// The variant with the lowest price that is shown.
    pub fn cheapest(&self) -> Option<&Variant> {
        self.priced().min_by_key(|variant| variant.price)
    }

    pub fn dearest(&self) -> Option<&Variant> {
        self.priced().max_by_key(|variant| variant.price)
    }

    /// The SKU of a product without options, which has one variant.
    pub fn only_sku(&self) -> Option<&crate::sku::Sku> {
        match self.variants.as_slice() {
            [only] if self.options.is_empty() => Some(&only.sku),
            _ => None,
        }
    }

    /// The picture of a variant.
    pub fn image_of(&self, variant: &Variant) -> Option<&Image> {
        image_of(&self.images, &self.options, variant)
    }

    /// Whether one of its variants has this value.
    pub fn has_value(&self, shown: &OptionValue) -> bool {
        self.variants.iter().any(|variant| is_of(shown, &self.options, variant))
    }
}

impl Offer {
    /// The picture of a variant.
    pub fn image_of(&self, variant: &Variant) -> Option<&Image> {
        image_of(&self.images, &self.options, variant)
    }
}

/// The first picture that shows one of the variant's values, or else the first that shows no value, or else the first.
fn image_of<'a>(images: &'a [Image], options: &[String], variant: &Variant) -> Option<&'a Image> {
    let shows_it = |image: &&Image| image.shows.as_ref().is_some_and(|shown| is_of(shown, options, variant));
    let of_all = || images.iter().find(|image| image.shows.is_none());
    images.iter().find(shows_it).or_else(of_all).or_else(|| images.first())
}

fn is_of(shown: &OptionValue, options: &[String], variant: &Variant) -> bool {
    options.iter().zip(&variant.values).any(|(option, value)| *option == shown.option && *value == shown.value)
}

#[cfg(test)]
mod tests {
    use crate::id::{ImageId, ProductId, VariantId};
    use crate::money::Currency;
    use crate::product::{Definition, Image, OptionValue, Product, VariantDefinition, VariantFacts};
    use crate::sku::Sku;
    use crate::slug::Slug;
    use crate::time::Time;

    /// A product with a variant for each colour, price and stock.
    fn coloured(variants: &[(&str, i64, i64)]) -> Product {
        let now = Time::from_unix_millis(0);
        let variants = variants.iter().map(|&(colour, price, stock)| {
            let facts = VariantFacts::new(Sku::parse(colour).unwrap(), price);
            let facts = VariantFacts { values: vec![colour.to_owned()], ..facts };
            VariantDefinition { stock: Some(stock), ..VariantDefinition::new(facts) }
        });
        let definition = Definition {
            options: vec!["Colour".to_owned()],
            variants: variants.collect(),
            ..Definition::new(Slug::parse("tee").unwrap(), "Tee")
        };
        let mut n = 0;
        let new_id = || {
            n += 1;
            VariantId::new(now, n)
        };
        Product::define(ProductId::new(now, 1), Currency::USD, definition, new_id, now).unwrap().product
    }

    fn image(n: u128, shows: Option<&str>) -> Image {
        let shows = shows.map(|value| OptionValue { option: "Colour".to_owned(), value: value.to_owned() });
        Image { id: ImageId::new(Time::from_unix_millis(0), n), alt: String::new(), width: 4, height: 3, shows }
    }

    #[test]
    fn the_prices_are_those_of_variants_that_can_be_bought_or_of_all_if_none_can() {
        let prices = |product: &Product| {
            (product.cheapest().map(|variant| variant.price), product.dearest().map(|variant| variant.price))
        };
        let cheap_one_sold_out = coloured(&[("red", 1_000, 0), ("blue", 5_000, 3), ("green", 7_000, 9)]);
        assert_eq!(prices(&cheap_one_sold_out), (Some(5_000), Some(7_000)));
        let all_sold_out = coloured(&[("red", 1_000, 0), ("blue", 5_000, 0)]);
        assert_eq!(prices(&all_sold_out), (Some(1_000), Some(5_000)));
    }

    #[test]
    fn a_variant_has_the_first_picture_of_its_value_or_else_the_first_of_no_value() {
        let mut product = coloured(&[("red", 1, 1), ("blue", 1, 1)]);
        let pictures = |product: &Product| -> Vec<_> {
            product.variants.iter().map(|variant| product.image_of(variant).map(|image| image.id)).collect()
        };
        assert_eq!(pictures(&product), [None, None]);
        product.images = vec![image(1, Some("blue")), image(2, None), image(3, Some("blue"))];
        assert_eq!(pictures(&product), [Some(image(2, None).id), Some(image(1, None).id)]);
        product.images.remove(1);
        assert_eq!(pictures(&product), [Some(image(1, None).id); 2], "any picture is better than none");
    }

    #[test]
    fn a_picture_of_a_value_that_is_gone_shows_the_product_as_a_whole() {
        let mut old = coloured(&[("red", 1, 1), ("blue", 1, 1)]);
        old.images = vec![image(1, Some("red")), image(2, Some("blue"))];
        let mut next = old.definition();
        next.variants.remove(0);
        let new = old.redefine(next, || VariantId::new(old.created_at, 9), old.created_at).unwrap().product;
        assert_eq!(new.images, [image(1, None), image(2, Some("blue"))]);
    }
}
