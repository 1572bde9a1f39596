//! How fast one SKU sells on the engine, and the cost of a photo of twelve megapixels. `make bench` prints it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

use std::time::Instant;

use domain::access::Role;
use domain::sku::Sku;
use domain::stock::StockDelta;
use harness::shop::Shop;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;
use store::Commit;
use store::stock::StockWrites;

const SALES: u32 = 4_000;

#[tokio::main]
async fn main() {
    photo();
    for buyers in [1, 8, 32] {
        sell(buyers).await;
    }
}

/// Reservations of one unit each, in the way of a checkout: read the level, decide, commit one conditional write.
async fn sell(buyers: usize) {
    let shop = Shop::open().await;
    let staff = shop.staff("root@example.com", Role::Admin).await;
    let body = json!({ "name": "Hot", "sku": "HOT", "stock": SALES, "price": { "amount": 1, "currency": "usd" } });
    shop.post("/api/v1/products", &body).by(&staff).send().await.expect(201);
    let started = Instant::now();
    let tasks: Vec<_> = (0..buyers)
        .map(|_| {
            let (store, ids, now) = (shop.store().clone(), shop.app.context.ids.clone(), shop.now());
            tokio::spawn(async move {
                let (sku, mut again) = (Sku::parse("HOT").unwrap(), 0);
                loop {
                    let level = store.stock_level(&sku).await.unwrap().unwrap();
                    let Ok(decided) = level.adjust(StockDelta { available: -1, reserved: 1 }) else {
                        return again;
                    };
                    let token = ids.stock_change(now);
                    match store.adjust_stock(token, &level, &decided, &StockWrites::default(), now).await {
                        Ok(()) => {}
                        Err(Commit::Refused(_)) => again += 1,
                        Err(Commit::Store(error)) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut again = 0;
    for task in tasks {
        again += task.await.unwrap();
    }
    let rate = f64::from(SALES) / started.elapsed().as_secs_f64();
    let level = shop.store().stock_level(&Sku::parse("HOT").unwrap()).await.unwrap().unwrap();
    assert_eq!(level.reserved, i64::from(SALES));
    println!("one hot SKU, {buyers:>2} buyers at once: {rate:.0} sales a second, {again} of {SALES} decided again");
}

fn photo() {
    let noisy = |x: u32, y: u32| {
        let mix = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503);
        let noise = (mix >> 3).to_le_bytes();
        let [x, y] = [x, y].map(|n| (n / 16).to_le_bytes()[0]);
        Rgb([x / 2 + noise[0] / 8, y / 2 + noise[1] / 8, (x ^ y) / 2 + noise[2] / 8])
    };
    let picture = RgbImage::from_fn(4_000, 3_000, noisy);
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Jpeg).unwrap();
    drop(picture);
    let file = file.into_inner();
    let before = peak();
    let started = Instant::now();
    let made = picture_files::encode_sizes(&file, "image/jpeg").unwrap();
    let took = started.elapsed().as_millis();
    let bytes: Vec<usize> = made.sizes.iter().map(|sized| sized.jpeg.len() / 1024).collect();
    println!(
        "a JPEG of 12 megapixels and {} KB: {took} ms to three sizes of {bytes:?} KB, peak memory {} MiB (before it {before})",
        file.len() / 1024,
        peak()
    );
}

/// The highest resident memory of the process since the last use of this function, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    // Writing 5 makes the kernel reset the value.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    kib.unwrap_or(0) / 1024
}
