//! Returns: the refusals of changes of their pictures, and when a return ends by itself.

use domain::event::Event;
use domain::id::{EventId, ReturnId, TransactionId, UploadId, UserId};
use domain::order::{Actor, Order, Transition};
use domain::returns::{Return, ReturnKind, ReturnStatus};
use domain::upload::{Purpose, Upload, UploadState};
use store::due::{Due, Task};
use store::orders::{OrderConflict, SideEffects};
use store::outbox::OutboxEvent;
use store::uploads::UploadConflict;

use crate::fixtures::orders::OrderFixture;
use crate::fixtures::{later, now, refused};

fn approved(order: &Order) -> Return {
    Return {
        id: ReturnId::new(now(), 1),
        order_id: order.id,
        order_number: order.number.clone(),
        currency: order.totals.currency,
        kind: ReturnKind::Return,
        status: ReturnStatus::Approved,
        lines: Vec::new(),
        comment: None,
        fee: 0,
        reason: None,
        refund_id: None,
        amount: 0,
        shipping: 0,
        version: 1,
        created_at: now(),
        updated_at: now(),
        pictures: Vec::new(),
        send_by: Some(later()),
        unsent: false,
        parcel: None,
    }
}

/// Commits the return with its order. Returns the order after it.
async fn commit(fixture: &OrderFixture, order: &Order, changed: Return) -> Order {
    let noted = order.noted("Seen", Actor::Shop, now());
    let transition = Transition { changed_return: Some(changed), ..noted };
    fixture.commit(500 + u128::from(order.version), order, &transition, &SideEffects::NONE).await;
    transition.order
}

#[tokio::test]
async fn a_picture_is_refused_if_its_return_changed_the_account_is_gone_or_the_upload_is_decided() {
    let fixture = OrderFixture::open().await;
    let (order, store) = (fixture.pay().await, &fixture.table.store);
    let asked = approved(&order);
    commit(&fixture, &order, asked.clone()).await;
    let upload = Upload {
        id: UploadId::new(now(), 1),
        owner: None,
        purpose: Purpose::ReturnPicture { order_id: order.id, return_id: asked.id },
        content_type: "image/png".to_owned(),
        state: UploadState::Waiting,
        created_at: now(),
    };
    store.create_upload(&upload, None).await.unwrap();
    let record = store.upload(upload.id, now()).await.unwrap().unwrap();
    let image = upload.image_id();
    let with = asked.with_picture(image, now()).unwrap();
    let show = async |n, with: &Return, buyer| {
        store.show_return_picture(TransactionId::new(now(), n), &record, image, with, buyer).await
    };
    let before = fixture.table.items();
    let gone = show(1, &with, Some(UserId::new(now(), 99))).await;
    refused(&fixture.table, &before, gone, UploadConflict::Product);
    let changed = show(2, &Return { version: 3, ..with.clone() }, None).await;
    refused(&fixture.table, &before, changed, UploadConflict::Product);
    show(3, &with, None).await.unwrap();
    assert_eq!(store.order_return(order.id, asked.id).await.unwrap(), Some(with.clone()));
    let before = fixture.table.items();
    let decided = show(4, &Return { version: 3, ..with.clone() }, None).await;
    refused(&fixture.table, &before, decided, UploadConflict::Upload);
    let removed = Event::ReturnPicturesRemoved { return_id: asked.id, images: vec![image] };
    let event = OutboxEvent { id: EventId::new(now(), 77), at: now(), event: removed };
    let stale = asked.with_picture(image, now()).unwrap();
    let outcome = store.remove_return_pictures(&stale, &event, None).await;
    refused(&fixture.table, &before, outcome, OrderConflict::Changed);
    store.remove_return_pictures(&with.without_pictures(now()).unwrap(), &event, None).await.unwrap();
    assert!(store.order_return(order.id, asked.id).await.unwrap().unwrap().pictures.is_empty());
}

#[tokio::test]
async fn an_approved_return_is_due_until_something_else_becomes_of_it() {
    let fixture = OrderFixture::open().await;
    let (order, store) = (fixture.pay().await, &fixture.table.store);
    let asked = approved(&order);
    let order = commit(&fixture, &order, asked.clone()).await;
    let task = Task::EndReturn { order_id: order.id, return_id: asked.id };
    let due = Due { at: later(), task };
    assert!(store.due_work(later(), 9).await.unwrap().contains(&due));
    let received = Return { status: ReturnStatus::Received, version: 2, ..asked };
    commit(&fixture, &order, received).await;
    assert!(!store.due_work(later(), 9).await.unwrap().contains(&due));
}
