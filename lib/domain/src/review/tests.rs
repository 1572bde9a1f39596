use super::{
    MAX_PICTURES, Moderation, NewReview, Review, ReviewAnswer, ReviewChange, ReviewContent, ReviewSort, ReviewState,
    Reviewer, StarsChange,
};
use crate::event::Event;
use crate::id::{ImageId, OrderId, ProductId, ReviewId, UserId};
use crate::product::Image;
use crate::rating::Stars;
use crate::text::PersonName;
use crate::time::Time;

fn now() -> Time {
    Time::from_unix_millis(1_000)
}

fn content(stars: i64) -> ReviewContent {
    let stars = Stars::new(stars).unwrap();
    ReviewContent { stars, title: Some("Warm".to_owned()), text: None, name: PersonName::parse("Ada").ok() }
}

fn review(moderation: Moderation) -> Review {
    let new = NewReview {
        id: ReviewId::new(now(), 1),
        product_id: ProductId::new(now(), 2),
        order_id: OrderId::new(now(), 3),
        author: Reviewer::User(UserId::new(now(), 4)),
        content: content(4),
    };
    Review::submit(new, moderation, now())
}

fn image(n: u128) -> Image {
    Image { id: ImageId::new(now(), n), alt: String::new(), width: 1, height: 1, shows: None }
}

/// The names of the events of a change.
fn events(change: ReviewChange<'_>) -> Vec<String> {
    let name = |event: &Event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned();
    change.events().iter().map(name).collect()
}

fn stars(lost: Option<i64>, got: Option<i64>) -> StarsChange {
    let stars = |stars: Option<i64>| stars.map(|stars| Stars::new(stars).unwrap());
    StarsChange { lost: stars(lost), got: stars(got) }
}

#[test]
fn a_new_review_waits_for_staff_or_is_shown_at_once_as_the_shop_wants() {
    let waiting = review(Moderation::Before);
    assert_eq!(waiting.state, ReviewState::Pending);
    assert_eq!(events(ReviewChange::new(&waiting)), ["review.submitted"]);
    assert_eq!(ReviewChange::new(&waiting).stars(), StarsChange::default());
    let shown = review(Moderation::After);
    assert_eq!(shown.state, ReviewState::Approved);
    assert_eq!(events(ReviewChange::new(&shown)), ["review.submitted", "review.approved"]);
    assert_eq!(ReviewChange::new(&shown).stars(), stars(None, Some(4)));
}

#[test]
fn an_edit_is_looked_at_again_where_staff_look_first_and_after_a_rejection_everywhere() {
    let shown = review(Moderation::Before).approved(now()).unwrap();
    let waits = shown.edited(&content(2), Moderation::Before, now()).unwrap();
    assert_eq!(waits.state, ReviewState::Pending);
    assert_eq!(ReviewChange::of(&shown, &waits).stars(), stars(Some(4), None));
    let stays = shown.edited(&content(2), Moderation::After, now()).unwrap();
    assert_eq!((stays.state, stays.version), (ReviewState::Approved, shown.version + 1));
    assert_eq!(ReviewChange::of(&shown, &stays).stars(), stars(Some(4), Some(2)));
    assert_eq!(events(ReviewChange::of(&shown, &stays)), ["review.submitted"]);
    let rejected = shown.rejected("spam", now()).unwrap();
    let again = rejected.edited(&content(2), Moderation::After, now()).unwrap();
    assert_eq!((again.state, again.reason), (ReviewState::Pending, None));
    assert_eq!(shown.edited(&content(4), Moderation::Before, now()), None, "nothing changed");
}

#[test]
fn staff_decide_once_and_a_report_opens_the_question_again() {
    let waiting = review(Moderation::Before);
    let shown = waiting.approved(now()).unwrap();
    assert_eq!(events(ReviewChange::of(&waiting, &shown)), ["review.approved"]);
    assert_eq!(shown.approved(now()), None);
    let reported = shown.reported();
    assert_eq!((reported.reports, reported.version, reported.change), (1, shown.version, shown.change + 1));
    assert_eq!(reported.approved(now()).unwrap().reports, 0);
    let rejected = reported.rejected("spam", now()).unwrap();
    assert_eq!(ReviewChange::of(&reported, &rejected).stars(), stars(Some(4), None));
    assert_eq!(rejected.rejected("spam", now()), None);
    assert!(rejected.rejected("rude", now()).is_some());
    assert_eq!(events(ReviewChange::deletion(&rejected)), ["review.deleted"]);
    assert_eq!(ReviewChange::deletion(&rejected).stars(), StarsChange::default());
    assert_eq!(ReviewChange::deletion(&shown).stars(), stars(Some(4), None));
}

#[test]
fn votes_and_answers_change_neither_the_rating_nor_what_others_are_told() {
    let shown = review(Moderation::After);
    let voted = shown.voted(true);
    assert_eq!((voted.helpful, voted.voted(false).helpful), (1, 0));
    assert_eq!(ReviewChange::of(&shown, &voted).stars(), StarsChange::default());
    assert!(ReviewChange::of(&shown, &voted).events().is_empty());
    let answer = ReviewAnswer { text: "Thank you.".to_owned(), by: UserId::new(now(), 9).into(), at: now() };
    let answered = shown.answered(Some(answer.clone()), now()).unwrap();
    assert!(ReviewChange::of(&shown, &answered).events().is_empty());
    assert_eq!(answered.answered(Some(answer), now()), None);
    assert!(answered.answered(None, now()).is_some());
}

#[test]
fn pictures_are_at_most_four_and_go_with_their_review() {
    let mut shown = review(Moderation::After);
    for n in 1..=MAX_PICTURES as u128 {
        let with = shown.with_image(image(n), Moderation::After, now()).unwrap();
        assert_eq!(events(ReviewChange::of(&shown, &with)), ["review.submitted"]);
        shown = with;
    }
    assert!(shown.with_image(image(9), Moderation::After, now()).is_err());
    assert_eq!(shown.with_image(image(9), Moderation::Before, now()).ok(), None);
    let without = shown.without_image(image(1).id, now()).unwrap();
    assert_eq!(events(ReviewChange::of(&shown, &without)), ["review.pictures_changed"]);
    assert_eq!(without.without_image(image(1).id, now()), None);
    let rejected = shown.rejected("spam", now()).unwrap();
    assert_eq!(events(ReviewChange::of(&shown, &rejected)), ["review.rejected", "review.pictures_changed"]);
    assert_eq!(events(ReviewChange::deletion(&shown)), ["review.deleted", "review.pictures_changed"]);
}

#[test]
fn after_the_account_is_deleted_its_words_stay_without_a_name() {
    let with = review(Moderation::After).with_image(image(1), Moderation::After, now()).unwrap();
    let kept = with.anonymous(now());
    assert_eq!((kept.author.clone(), kept.content.name.clone(), kept.images.len()), (None, None, 0));
    assert_eq!((kept.content.stars, kept.content.title.as_deref()), (with.content.stars, Some("Warm")));
    assert!(kept.is_shown() && !kept.is_by(UserId::new(now(), 4)));
}

#[test]
fn every_sort_is_found_by_its_name() {
    for sort in ReviewSort::ALL {
        assert_eq!(ReviewSort::parse(sort.name()), Some(sort));
    }
    assert_eq!(ReviewSort::parse("best"), None);
}
