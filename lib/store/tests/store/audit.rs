//! The audit trail: filters by who, what and when, in pages; and entries that are limited.

use std::time::Duration;

use domain::id::{AuditId, UserId};
use domain::rate::Limit;
use domain::time::Time;
use harness::table::TestTable;
use store::audit::{AuditActor, AuditEntry, AuditFilter};
use store::page::{Cursor, PageRequest};

use crate::fixtures::{entry, now};

const DAY: Duration = Duration::from_hours(24);

/// Entries of three actors on each of 80 days, oldest first.
async fn written(table: &TestTable) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    for n in 0..240 {
        let at = now() - DAY * 79 + Duration::from_hours(8) * u32::try_from(n).unwrap();
        let actor = (n % 3 > 0).then(|| UserId::new(now(), n % 3).into());
        let action = if n % 20 == 7 { "user.ban" } else { "user.read" };
        entries.push(AuditEntry { id: AuditId::new(at, n), at, actor, ..entry(n, action) });
    }
    for entry in &entries {
        table.store.add_audit_entry(entry).await.unwrap();
    }
    entries
}

async fn read_all(table: &TestTable, filter: &AuditFilter, limit: u32) -> Vec<AuditEntry> {
    let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = table.store.audit_trail(filter, &PageRequest { limit, after }).await.unwrap();
        assert!(page.items.len() <= limit as usize);
        read.extend(page.items);
        after = page.next;
        pages += 1;
        assert!(pages < 500, "the list ends");
        if after.is_none() {
            return read;
        }
    }
}

#[tokio::test]
async fn every_filter_in_pages_of_every_size_finds_exactly_the_entries_that_fit_newest_first() {
    let table = TestTable::create().await;
    let entries = written(&table).await;
    let ada = UserId::new(now(), 1).into();
    let actors = [None, Some(AuditActor::Id(ada)), Some(AuditActor::Shop)];
    let actions = [None, Some("user.ban".to_owned()), Some("user.delete".to_owned())];
    let spans = [
        (now() - DAY * 100, now() + DAY),
        (entries[30].at, entries[90].at),
        (entries[30].at, entries[30].at),
        (now() + DAY, now() + DAY * 2),
    ];
    for actor in actors {
        for action in &actions {
            for (from, to) in spans {
                let fits = |entry: &&AuditEntry| {
                    let by = match actor {
                        None => true,
                        Some(AuditActor::Shop) => entry.actor.is_none(),
                        Some(AuditActor::Id(id)) => entry.actor == Some(id),
                    };
                    by && action.as_ref().is_none_or(|action| *action == entry.action) && (from..to).contains(&entry.at)
                };
                let wanted: Vec<AuditEntry> = entries.iter().rev().filter(fits).cloned().collect();
                let filter = AuditFilter { actor, action: action.clone(), from, to };
                for limit in [1, 7, 100] {
                    assert_eq!(read_all(&table, &filter, limit).await, wanted, "{filter:?}, {limit} a page");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_forged_cursor_stays_between_the_times_of_the_filter_and_with_its_actor() {
    let table = TestTable::create().await;
    let entries = written(&table).await;
    let (from, to) = (entries[30].at, entries[90].at);
    for actor in [None, Some(AuditActor::Shop)] {
        let filter = AuditFilter { actor, action: None, from, to };
        for place in ["0", "~", "\u{10ffff}", "9999-12-31T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "2026-11-31"] {
            let request = PageRequest { limit: 10, after: Some(Cursor::after(place)) };
            let page = table.store.audit_trail(&filter, &request).await.unwrap();
            assert!(page.items.iter().all(|entry| (from..to).contains(&entry.at)), "{place}");
            assert!(actor.is_none() || page.items.iter().all(|entry| entry.actor.is_none()), "{place}");
        }
    }
}

#[tokio::test]
async fn a_page_reads_a_bounded_number_of_entries_and_says_how_far_it_looked() {
    let table = TestTable::create().await;
    for n in 0..1_500 {
        let at = now() + Duration::from_millis(n);
        let entry = AuditEntry { id: AuditId::new(at, n.into()), at, ..entry(1, "user.read") };
        table.store.add_audit_entry(&entry).await.unwrap();
    }
    let filter = AuditFilter { actor: None, action: Some("user.ban".to_owned()), from: now(), to: now() + DAY };
    table.network.take_calls();
    let page = table.store.audit_trail(&filter, &PageRequest { limit: 10, after: None }).await.unwrap();
    assert!(table.network.take_calls().len() <= 6);
    assert!(page.items.is_empty() && page.next.is_some());
    assert!(read_all(&table, &filter, 10).await.is_empty());
}

#[tokio::test]
async fn of_many_entries_of_one_person_only_the_first_of_a_window_are_kept() {
    let table = TestTable::create().await;
    let limit = Limit::new("audit", 3, Duration::from_hours(1));
    let add = async |n: u128, at: Time| {
        let entry = AuditEntry { id: AuditId::new(at, n), at, ..entry(n, "access.refused") };
        table.store.add_limited_audit_entry(limit, "usr", entry.id, Some(&entry), at).await.unwrap();
    };
    for n in 0..5 {
        add(n, now()).await;
    }
    assert_eq!(table.items_under("AUDIT#").len(), 3);
    add(6, now() + Duration::from_hours(1)).await;
    assert_eq!(table.items_under("AUDIT#").len(), 4);
    table.store.add_limited_audit_entry(limit, "nobody", AuditId::new(now(), 9), None, now()).await.unwrap();
    assert_eq!(table.items_under("AUDIT#").len(), 4);
}
