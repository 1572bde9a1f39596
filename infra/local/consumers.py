"""How many messages a second each consumer of a queue carries, measured on a deployed local cloud with the release binaries.

    consumers.py [FOLDER]   the folder of the binaries, target/release by default

While the consumers are switched off, guests order and pay and staff change prices, so that the relay fills each queue as it
does in a shop. Then one consumer after the other is switched on, and measured until its queue is empty. ministack gives a
function one batch after the other, where Lambda runs several at once, so these are figures of one instance. `make bench`
runs it.
"""

import concurrent.futures
import contextlib
import http.server
import pathlib
import shutil
import sys
import threading
import time

from cloud import cloud
from project import TARGET, fail, free_port, step
from shopping import cpu
from storm.people import ADDRESS, reference, register
from storm.shop import Shop

ORDERS, BUYERS = 400, 8
# Each queue and its function. That of events comes before that of webhooks, which it fills.
CONSUMERS = {
    "SearchQueue": "Indexer", "MailQueue": "Mailer", "StatsQueue": "StatsCounter", "DocumentsQueue": "Documents",
    "LiveQueue": "LivePusher", "EventsQueue": "Events", "WebhookQueue": "WebhookSender",
}


def run(binaries):
    with cloud(free_port(), free_port(), binaries=binaries) as running, merchant() as address:
        shop = Shop(running)
        staff = register(shop, f"staff.{time.time_ns()}@example.com", "127.3.0.1")
        shop.operate("make-admin", staff["email"])
        by = {"authorization": staff["authorization"]}
        made = {"name": "Bench", "sku": "BENCH", "stock": 10 * ORDERS, "status": "active", "price": {"amount": 1000, "currency": "usd"}}
        product = expect(shop.api("POST", "/api/v1/products", made, **by))
        expect(shop.api("POST", "/api/v1/admin/webhooks", {"url": address, "maxPerMinute": 6000}, **by))
        settled(shop)
        for queue in CONSUMERS:
            switch(shop, queue, False)
        with step(f"{ORDERS} orders that are paid, and {ORDERS} changes of a price"):
            with concurrent.futures.ThreadPoolExecutor(BUYERS) as pool:
                list(pool.map(lambda number: buy(shop, number), range(ORDERS)))
            for number in range(ORDERS):
                price = {"price": {"amount": 1001 + number, "currency": "usd"}}
                expect(shop.api("PATCH", f"/api/v1/products/{product['id']}", price, **by))
        print(f"\n{'queue':<16} {'messages':>9} {'seconds':>8} {'a second':>9} {'CPU of one':>11}")
        for queue, function in CONSUMERS.items():
            settled(shop)
            measure(shop, queue, function)
    shutil.rmtree(running.folder)


def buy(shop, number):
    """A guest orders and pays, from an address of their own."""
    address = f"127.4.{number // 250}.{number % 250 + 1}"
    item = {"sku": "BENCH", "quantity": 1, "price": {"amount": 1000, "currency": "usd"}}
    body = {"item": item, "email": f"bench{number}@example.com", "paymentMethod": "checkout_session", "shippingAddress": ADDRESS}
    order = expect(shop.api("POST", "/api/v1/orders", body, address, idempotency_key=f"bench-{number}"))
    paid = shop.stripe("POST", f"/pay/{reference(order['payment'])}", {"card": "pay"}, form=True)
    if paid.status >= 400:
        fail(f"an order was not paid: {paid.status} {paid.text[:300]}")


def expect(answer):
    return answer.data if answer.ok else fail(f"{answer.status} {answer.text[:300]}")


def settled(shop):
    """Waits until the queues do not change any more."""
    before, same = None, 0
    while same < 5:
        time.sleep(1)
        now = [shop.queue(queue) for queue in CONSUMERS]
        same = same + 1 if now == before else 0
        before = now


def switch(shop, queue, on):
    names = {"QueueUrl": shop.resources[queue], "AttributeNames": ["QueueArn"]}
    arn = shop.queues.get_queue_attributes(**names)["Attributes"]["QueueArn"]
    for source in shop.lambdas.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]:
        shop.lambdas.update_event_source_mapping(UUID=source["UUID"], Enabled=on)


def measure(shop, queue, function):
    messages, before, started = shop.queue(queue), cpu(shop, [function]), time.monotonic()
    switch(shop, queue, True)
    while shop.queue(queue):
        time.sleep(0.02)
    spent = time.monotonic() - started
    computed = (cpu(shop, [function]) - before) / messages
    print(f"{queue:<16} {messages:>9} {spent:>8.1f} {messages / spent:>9.0f} {computed:>8.2f} ms", flush=True)


@contextlib.contextmanager
def merchant():
    """A server that takes every webhook."""

    class Endpoint(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


if __name__ == "__main__":
    run(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET / "release")
