//! Pages of a list: complete, in order, without gaps or repetitions, whatever the cursor.

use harness::table::TestTable;
use store::page::{Cursor, PageRequest};

use crate::fixtures::registration;

#[tokio::test]
async fn pages_of_every_size_make_up_the_whole_list() {
    let table = TestTable::create().await;
    for n in 1..=11 {
        table.store.register(&registration(n)).await.unwrap();
    }
    for limit in 1..=12 {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = table.store.users(&PageRequest { limit, after }).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            listed.extend(page.items.into_iter().map(|user| user.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut sorted = listed.clone();
        sorted.sort();
        sorted.reverse();
        assert_eq!((listed.len(), &listed), (11, &sorted), "{limit} a page");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_stays_in_the_list_that_is_read() {
    let table = TestTable::create().await;
    let (one, two) = (registration(1), registration(2));
    for r in [&one, &two] {
        table.store.register(r).await.unwrap();
    }
    for place in ["PROFILE", "SESSION#", "SESSION#~", "\u{10ffff}", &format!("SESSION#{}", two.session.id)] {
        let request = PageRequest { limit: 10, after: Some(Cursor::after(place)) };
        let page = table.store.sessions(one.user.id, &request).await.unwrap();
        assert!(page.items.iter().all(|session| session.user_id == one.user.id), "{place}");
    }
}
