//! What customers think of a product, in stars.

use serde::{Deserialize, Serialize};

/// Stars of a review: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Stars(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 5")]
pub struct InvalidStars;

impl Stars {
    pub const MIN: u8 = 1;
    pub const MAX: u8 = 5;

    pub fn new(stars: i64) -> Result<Self, InvalidStars> {
        u8::try_from(stars).ok().filter(|stars| (Self::MIN..=Self::MAX).contains(stars)).map(Self).ok_or(InvalidStars)
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Stars {
    type Error = InvalidStars;
    fn try_from(stars: i64) -> Result<Self, InvalidStars> {
        Self::new(stars)
    }
}

impl From<Stars> for i64 {
    fn from(stars: Stars) -> Self {
        stars.0.into()
    }
}

/// How many reviews that customers see have how many stars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rating {
    one: u32,
    two: u32,
    three: u32,
    four: u32,
    five: u32,
}

impl Rating {
    /// The name of the counter of these stars.
    pub fn counter(stars: Stars) -> &'static str {
        ["one", "two", "three", "four", "five"][usize::from(stars.0 - 1)]
    }

    /// The number of reviews by stars, one star first.
    pub fn histogram(&self) -> [u32; 5] {
        [self.one, self.two, self.three, self.four, self.five]
    }

    pub fn count(&self) -> u32 {
        self.histogram().into_iter().fold(0, u32::saturating_add)
    }

    /// The sum of all stars.
    pub fn sum(&self) -> u64 {
        (1..).zip(self.histogram()).map(|(stars, count): (u64, u32)| stars * u64::from(count)).sum()
    }

    /// The average in hundredths, rounded: 453 is 4.53. `None` without reviews.
    pub fn average(&self) -> Option<u16> {
        let count = u64::from(self.count());
        let hundredths = (self.sum() * 200 + count).checked_div(count * 2)?;
        u16::try_from(hundredths).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Rating, Stars};

    fn rating(counts: [u32; 5]) -> Rating {
        let [one, two, three, four, five] = counts;
        Rating { one, two, three, four, five }
    }

    #[test]
    fn stars_are_from_one_to_five() {
        for bad in [i64::MIN, -1, 0, 6, 256, i64::MAX] {
            assert!(Stars::new(bad).is_err(), "{bad}");
        }
        for good in 1..=5 {
            let stars = Stars::new(good).unwrap();
            assert_eq!(serde_json::to_value(stars).unwrap(), good);
            assert_eq!(serde_json::from_value::<Stars>(good.into()).unwrap(), stars);
        }
        assert!(serde_json::from_value::<Stars>(6.into()).is_err());
    }

    #[test]
    fn the_average_is_rounded_to_hundredths_and_missing_without_reviews() {
        assert_eq!(rating([0; 5]).average(), None);
        assert_eq!(rating([0, 0, 0, 0, 1]).average(), Some(500));
        assert_eq!(rating([1, 0, 0, 0, 0]).average(), Some(100));
        assert_eq!(rating([0, 0, 0, 1, 2]).average(), Some(467), "4.666…");
        assert_eq!(rating([0, 0, 0, 2, 1]).average(), Some(433), "4.333…");
        assert_eq!(rating([u32::MAX, 0, 0, 0, u32::MAX]).count(), u32::MAX);
    }

    #[test]
    fn each_counter_is_a_field_of_the_stored_rating() {
        for stars in 1..=5 {
            let name = Rating::counter(Stars::new(stars).unwrap());
            let read: Rating = serde_json::from_value(serde_json::json!({ name: 2 })).unwrap();
            assert_eq!((read.count(), read.average()), (2, u16::try_from(stars * 100).ok()));
        }
    }
}
