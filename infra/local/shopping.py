"""What shoppers cost, measured on a deployed local cloud with the release binaries: the CPU of each step of a shopping
journey, the times of searches through API Gateway, and how soon a change can be found.

    shopping.py [FOLDER]   the folder of the binaries, target/release by default

PRODUCTS says how many products the shop has (2,000). `make bench` runs it. The table is in the process of ministack, so
the CPU of a function is its own.
"""

import collections
import os
import pathlib
import random
import shutil
import statistics
import sys
import time
import urllib.parse

from cloud import cloud
from project import TARGET, fail, free_port, step
from storm.people import ADDRESS, register
from storm.shop import Shop, send

JOURNEYS, SEARCHES, CHANGES = 60, 200, 30
GOAL_CPU, GOAL_FRESH = 10, 1.5
# The steps of a journey, and who may compute in them.
STEPS = ("list of 24", "product page", "add to cart", "look at the cart", "order")
FUNCTIONS = ("Search", "Catalog", "Carts", "Orders")


def run(binaries, products):
    with cloud(free_port(), free_port(), binaries=binaries) as running:
        with step(f"seed {products:,} products"):
            running.operate("seed", "--products", str(products))
        shop = Shop(running)
        ready(shop)
        journeys(shop)
        searches(shop)
        freshness(shop)
    shutil.rmtree(running.folder)


def ready(shop):
    """Waits until the stream's backlog of the seed is done, and the index has all products."""
    with step("what the seed left in the stream and in the queues"):
        quiet = 0
        while quiet < 3:
            time.sleep(1)
            quiet = 0 if any(shop.queue(name) for name in ("SearchQueue", "SalesQueue", "RebuildQueue")) else quiet + 1
    print(shop.operate("search", "status"), flush=True)


def journeys(shop):
    """A list, a product page, a cart and an order, by guests, each with another page and another product."""
    spent = {name: [] for name in STEPS}
    cursor = None
    for number in range(JOURNEYS + 5):
        cursor, costs = journey(shop, number, cursor)
        # The first ones start the functions.
        if number >= 5:
            for name, cost in costs.items():
                spent[name].append(cost)
    medians = {name: statistics.median(costs) for name, costs in spent.items()}
    print(f"\nCPU of a shopping journey, median of {JOURNEYS}, goal {GOAL_CPU} ms")
    for name, median in medians.items():
        print(f"  {name:<18} {median:>6.1f} ms")
    print(f"  {'all':<18} {sum(medians.values()):>6.1f} ms", flush=True)


def journey(shop, number, cursor):
    address, costs = f"127.1.{number // 250}.{number % 250 + 1}", {}

    def ask(name, method, path, body=None, **headers):
        before = cpu(shop, FUNCTIONS)
        answer = shop.api(method, path, body, address, **headers)
        # A function that was asked ends its work after the answer.
        time.sleep(0.01)
        costs[name] = cpu(shop, FUNCTIONS) - before
        return answer if answer.ok else fail(f"{method} {path}: {answer.status} {answer.text[:300]}")

    page = ask("list of 24", "GET", "/api/v1/products?limit=24" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else "")).json
    chosen = None
    for product in page["data"]:
        whole = ask("product page", "GET", f"/api/v1/products/{product['slug']}").data
        chosen = next((one for one in whole["variants"] if one["stock"] == "in"), None)
        if chosen:
            break
    if chosen is None:
        fail("a page has no product in stock")
    cart = ask("add to cart", "POST", "/api/v1/cart/items", {"sku": chosen["sku"], "quantity": 1})
    token = cart.data["token"]
    ask("look at the cart", "GET", "/api/v1/cart", cart_token=token)
    order = {"email": f"shopper{number}@example.com", "paymentMethod": "checkout_session", "shippingAddress": ADDRESS}
    ask("order", "POST", "/api/v1/orders", order, idempotency_key=f"journey-{number}", cart_token=token)
    return next_cursor(page), costs


def next_cursor(page):
    return page.get("nextCursor") or (page.get("pagination") or {}).get("nextCursor")


def cpu(shop, functions):
    """The milliseconds that the processes of these functions have computed."""
    spent = 0
    for pid in (pid for name in functions for pid in shop.processes(name)):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e6


def searches(shop):
    """The time of whole requests through API Gateway, and of the function alone: as its request line says it, and its CPU."""
    chance = random.Random(1)
    words = names(shop)
    kinds = {
        "list": lambda: f"products?limit=24&page={chance.randint(1, 40)}",
        "list by price": lambda: f"products?limit=24&sort=price:asc&page={chance.randint(1, 40)}",
        "words": lambda: f"products?limit=24&q={phrase(chance, words)}",
        "words with a mistake": lambda: f"products?limit=24&q={mistaken(chance, phrase(chance, words))}",
        "words and facets": lambda: f"products?limit=24&q={phrase(chance, words)}&inStock=true&attributes%5BMaterial%5D=Cotton",
        "suggest": lambda: f"products/suggest?q={chance.choice(words)[:chance.randint(2, 5)]}",
    }
    print(f"\n{'search':<22} {'p50':>8} {'p99':>8}   {'CPU p50':>8} {'CPU p99':>8}   bytes, {SEARCHES} requests each")
    for name, path in kinds.items():
        whole, computed, sizes = [], [], []
        for number in range(SEARCHES):
            before, started = cpu(shop, ["Search"]), time.perf_counter()
            answer = send("GET", f"{shop.cloud.api}/api/v1/{path()}", None, f"127.2.0.{number % 250 + 1}", {})
            whole.append((time.perf_counter() - started) * 1000)
            computed.append(cpu(shop, ["Search"]) - before)
            sizes.append(len(answer.text))
            if not answer.ok:
                fail(f"{name}: {answer.status} {answer.text[:300]}")
        print(f"{name:<22} {quantile(whole, 50):>5.1f} ms {quantile(whole, 99):>5.1f} ms   "
              f"{quantile(computed, 50):>5.1f} ms {quantile(computed, 99):>5.1f} ms   {statistics.median(sizes):,.0f}", flush=True)


def names(shop):
    """Words of names, each as often as it is used."""
    words = []
    for page in range(1, 21):
        listed = shop.api("GET", f"/api/v1/products?limit=50&page={page}").json["data"]
        words += [word for product in listed for word in product["name"].split() if word.isalpha() and len(word) > 2]
    return words


def phrase(chance, words):
    return urllib.parse.quote(" ".join(chance.sample(words, chance.choice([1, 1, 2, 2, 3]))))


def mistaken(chance, text):
    at = chance.randrange(1, max(2, len(text) - 1))
    return text if "%" in text[max(0, at - 2):at + 1] else text[:at] + text[at + 1:]


def quantile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def freshness(shop):
    """How long after the answer to a change of price, stock or status customers find it changed."""
    staff = register(shop, f"staff.{time.time_ns()}@example.com", "127.3.0.1")
    shop.operate("make-admin", staff["email"])
    by = {"authorization": staff["authorization"]}
    sku = f"BENCH-{time.time_ns()}"
    made = {"name": f"Quizzaciously fresh {sku}", "sku": sku, "stock": 50, "status": "active", "price": {"amount": 1000, "currency": "usd"}}
    product = shop.api("POST", "/api/v1/products", made, **by).data
    path = f"/api/v1/products/{product['id']}"
    deadline = time.monotonic() + 60
    while found(shop, product) is None:
        if time.monotonic() > deadline:
            fail("a new product was not found in a minute")
        time.sleep(0.05)
    spans = collections.defaultdict(list)
    for number in range(CHANGES):
        price, goes = 1001 + number, number % 2 == 0
        changes = {
            "price": (("PATCH", path, {"price": {"amount": price, "currency": "usd"}}), lambda one: one and one["price"]["amount"] == price),
            "stock": (("PATCH", f"/api/v1/inventory/{sku}", {"adjust": -50 if goes else 50, "reason": "Counted"}),
                      lambda one: one and (one["stock"] == "out") == goes),
            "archived": (("PATCH", path, {"status": "archived"}), lambda one: one is None),
            "active": (("PATCH", path, {"status": "active"}), lambda one: one is not None),
        }
        for name, (change, is_seen) in changes.items():
            answer = shop.api(*change, **by, idempotency_key=f"fresh-{name}-{number}")
            if not answer.ok:
                fail(f"{change}: {answer.status} {answer.text[:300]}")
            started = time.monotonic()
            while not is_seen(found(shop, product)):
                if time.monotonic() - started > 60:
                    fail(f"a change of {name} was not found in a minute")
                time.sleep(0.02)
            spans[name].append(time.monotonic() - started)
    print(f"\n{'found after':<12} {'p50':>8} {'p99':>8}   goal {GOAL_FRESH} s, {CHANGES} changes each")
    for name, times in spans.items():
        print(f"{name:<12} {quantile(times, 50):>6.2f} s {quantile(times, 99):>6.2f} s", flush=True)


def found(shop, product):
    """The product as customers find it by its words, if they do."""
    answer = send("GET", f"{shop.cloud.api}/api/v1/products?q=quizzaciously&facets=false", None, "127.3.0.2", {})
    return next((one for one in answer.json["data"] if one["id"] == product["id"]), None) if answer.ok else None


if __name__ == "__main__":
    run(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET / "release", int(os.environ.get("PRODUCTS") or 2_000))
