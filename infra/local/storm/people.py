"""Buyers and staff. Each has an address and a random source of their own."""

import collections
import concurrent.futures
import random
import re
import threading
import time

from .shop import Busy

AT_ONCE = 10
PASSWORD = "a storm is coming up"
ADDRESS = {"name": "Ada Lovelace", "line1": "1 Harbour Street", "city": "Berlin", "postalCode": "10115", "country": "DE"}
SHIPPING = 500
# What a buyer does at Stripe, card by card, and how often. An empty list: nothing, the order stays unpaid.
CARDS = (
    (["pay"], 50), (["decline", "pay"], 10), (["insufficient", "decline"], 4), (["authenticate", "authenticated"], 8),
    (["authenticate", "decline", "pay"], 4), (["slow"], 14), ([], 10),
)
METHODS = (("checkout_session", 5), ("payment_intent", 4), ("cash_on_delivery", 1))
OPENERS = {"payment_intent": "create-intent", "checkout_session": "checkout-session"}


def usd(amount):
    return {"amount": amount, "currency": "usd"}


def pick(chance, pairs):
    return chance.choices([one for one, _ in pairs], [weight for _, weight in pairs])[0]


def at_once(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def register(shop, email, address):
    """A person with an account and a confirmed mail address."""
    body = {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
    answer = shop.api("POST", "/api/v1/auth/register", body, address)
    person = {"id": answer.data["user"]["id"], "authorization": f"Bearer {answer.data['accessToken']}", "email": email}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        texts = [mail["BodyText"] for mail in shop.mailbox() if email in str(mail["To"])]
        if tokens := re.findall(r"verify-email\?token=([\w-]{64})", "".join(texts)):
            verify = {"token": tokens[0]}
            shop.api("POST", "/api/v1/auth/email/verify", verify, address, authorization=person["authorization"])
            return person
        time.sleep(0.2)
    raise TimeoutError(f"the mail to {email} did not come")


class Staff(Busy):
    """Makes products and coupons, and then handles orders as they come."""

    def __init__(self, shop, seed):
        self.shop, self.random = shop, random.Random(seed)
        self.done = collections.Counter()
        self.person = register(shop, "storm.staff@example.com", "127.0.8.1")
        shop.operate("make-admin", self.person["email"])
        # The stock at the beginning, and the price of each SKU.
        self.stock, self.prices, self.coupons = {}, {}, {}

    def ask(self, method, path, body=None, what=None, **headers):
        answer = self.shop.api(method, path, body, "127.0.8.1", authorization=self.person["authorization"], **headers)
        if what:
            self.done[what if answer.ok else f"{what}: {answer.code or answer.status}"] += 1
        return answer

    def fill(self, orders):
        """Enough for most of the orders; some SKUs sell out."""
        for n in range(max(4, orders // 25)):
            sku, price, stock = f"STORM-{n}", self.random.randint(500, 6_000), self.random.randint(30, 90)
            body = {"name": f"Thing {n}", "sku": sku, "stock": stock, "status": "active", "price": usd(price)}
            assert self.ask("POST", "/api/v1/products", body).ok
            self.stock[sku], self.prices[sku] = stock, price
        for body in (
            {"code": "STORM-ALL", "percent": 10, "totalUses": max(2, orders // 8)},
            {"code": "STORM-EACH", "amount": usd(300), "usesPerCustomer": 2},
            {"code": "STORM-FREE", "percent": 100, "totalUses": max(2, orders // 30)},
        ):
            assert self.ask("POST", "/api/v1/coupons", body).ok
            self.coupons[body["code"]] = body

    def pause(self):
        return self.random.uniform(0.05, 0.3)

    def act(self):
        status = pick(self.random, (("paid", 5), ("processing", 3), ("shipped", 3), ("delivered", 1), ("pending", 1)))
        listed = self.ask("GET", f"/api/v1/admin/orders?status={status}&limit=50")
        if not (listed.ok and listed.json["data"]):
            return
        order = self.random.choice(listed.json["data"])
        act = pick(self.random, {
            "paid": ((self.advance, 6), (self.refund, 3), (self.cancel, 1)),
            "processing": ((self.advance, 6), (self.refund, 2), (self.cancel, 1)),
            "shipped": ((self.advance, 6), (self.refund, 2)),
            "delivered": ((self.refund, 1),),
            "pending": ((self.advance, 4), (self.cancel, 1)),
        }[status])
        act(order)

    def advance(self, order):
        """Pending ones are for cash on delivery; for others the shop refuses it."""
        after = {"pending": ["processing"], "paid": ["processing", "shipped"], "processing": ["shipped"], "shipped": ["delivered"]}
        status = self.random.choice(after[order["status"]])
        body = {"status": status} | ({"carrier": "DHL", "trackingCode": "00340"} if status == "shipped" else {})
        self.ask("PATCH", f"/api/v1/admin/orders/{order['id']}", body, f"orders {status}")

    def cancel(self, order):
        self.ask("POST", f"/api/v1/orders/{order['id']}/cancel", {"reason": "Sold out"}, "orders cancelled by staff")

    def refund(self, order):
        body = {"reason": "As agreed"}
        kind = self.random.choice(["all", "amount", "lines"])
        if kind == "amount":
            body["amount"] = usd(self.random.randint(1, order["total"]["amount"]))
        if kind == "lines":
            whole = self.ask("GET", f"/api/v1/orders/{order['id']}").data
            line = self.random.choice(whole["items"])
            body["items"] = [{"id": line["id"], "quantity": self.random.randint(1, line["quantity"])}]
            body["restock"] = self.random.random() < 0.7
        path = f"/api/v1/payments/{order['id'].replace('ord_', 'pay_')}/refunds"
        key = f"refund-{self.random.getrandbits(64)}"
        for _ in range(self.random.choice([1, 1, 2])):
            self.ask("POST", path, body, f"refunds of {kind}", idempotency_key=key)


class Buyers:
    def __init__(self, shop, staff, stripe, seed, orders):
        self.shop, self.staff, self.stripe, self.orders = shop, staff, stripe, orders
        self.lock, self.done = threading.Lock(), collections.Counter()
        # The ids that were answered to each key, and the keys whose last answer was no answer.
        self.keys, self.unanswered = collections.defaultdict(set), set()
        staff.fill(orders)
        self.buyers = [Buyer(self, n, f"{seed}-{n}") for n in range(max(2, orders // 6))]

    def buy(self, until):
        left = [buyer for buyer in self.buyers for _ in range(6)][:self.orders]
        random.Random(self.orders).shuffle(left)

        def visit(buyer):
            if time.monotonic() < until:
                with buyer.lock:
                    buyer.visit()

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for future in [pool.submit(visit, buyer) for buyer in left]:
                future.result()

    def cancel_some(self):
        """Of the orders that nobody paid, two of three are cancelled. The holds of the others go on."""
        for n, (id, access) in enumerate(order for buyer in self.buyers for order in buyer.unpaid):
            if n % 3:
                answer = self.shop.api("POST", f"/api/v1/orders/{id}/cancel", {}, "127.0.8.2", **access)
                self.count("unpaid orders cancelled at the end", answer)

    def count(self, what, answer):
        with self.lock:
            self.done[what if answer.ok else f"{what}: {answer.code or answer.status}"] += 1


class Buyer:
    def __init__(self, buyers, n, seed):
        self.buyers, self.shop, self.staff, self.stripe = buyers, buyers.shop, buyers.staff, buyers.stripe
        self.n, self.random, self.visits = n, random.Random(seed), 0
        # One visit after the other; many buyers at once.
        self.lock = threading.Lock()
        self.address = f"127.0.{10 + n // 250}.{n % 250 + 1}"
        self.email = f"storm{n}@example.com"
        self.account = register(self.shop, self.email, self.address) if n % 3 == 0 else None
        self.unpaid = []

    def ask(self, method, path, body=None, **headers):
        if self.account:
            headers["authorization"] = self.account["authorization"]
        return self.shop.api(method, path, body, self.address, **headers)

    def visit(self):
        self.visits += 1
        order = self.place()
        if order is None:
            return
        access = {"authorization": self.account["authorization"]} if self.account else {"order_token": order["token"]}
        path = f"/api/v1/orders/{order['id']}"
        if order["payment"]["method"] in OPENERS and not self.pay(order, access):
            self.unpaid.append((order["id"], access))
        if self.random.random() < 0.15:
            self.buyers.count("orders cancelled by buyers", self.ask("POST", f"{path}/cancel", {}, **access))
        self.ask("GET", self.random.choice([path, f"{path}/track"]), **access)

    def place(self):
        """Orders a cart or an item, sometimes with the same key at once or again. None: the shop refused it."""
        headers = {"idempotency_key": f"storm-{self.n}-{self.visits}"}
        body = {"shippingAddress": ADDRESS, "paymentMethod": pick(self.random, METHODS)}
        body |= {} if self.account else {"email": self.email}
        if self.random.random() < 0.4:
            body["couponCode"] = self.random.choice(list(self.staff.coupons))
        lines = [
            {"sku": sku, "quantity": self.random.randint(1, 3)}
            for sku in self.random.sample(list(self.staff.stock), self.random.randint(1, 3))
        ]
        if self.random.random() < 0.4:
            body["item"] = lines[0]
            body["expectedTotal"] = usd(self.total(lines[0], body.get("couponCode")))
        else:
            for line in lines:
                answer = self.ask("POST", "/api/v1/cart/items", line, **headers_of_cart(headers))
                self.buyers.count("carts filled", answer)
                headers["cart_token"] = answer.data.get("token") or headers.get("cart_token")
        order = lambda: self.ask("POST", "/api/v1/orders", body, **headers)
        answers = at_once(order, order, order) if self.random.random() < 0.15 else [order()]
        if self.random.random() < 0.2:
            answers.append(order())
        while answers[-1].code == "idempotency_key_in_flight":
            time.sleep(0.5)
            answers.append(order())
        for answer in answers:
            self.buyers.count(f"orders, {body['paymentMethod']}", answer)
        placed = [answer.data for answer in answers if answer.ok]
        key = headers["idempotency_key"]
        with self.buyers.lock:
            self.buyers.keys[key] |= {order["id"] for order in placed}
            if not placed and answers[-1].status >= 500:
                self.buyers.unanswered.add(key)
        return placed[0] if placed else None

    def total(self, line, coupon):
        price, off = self.staff.prices[line["sku"]] * line["quantity"], 0
        if coupon:
            answer = self.ask("POST", "/api/v1/coupons/validate", {"code": coupon, "items": [line]})
            off = answer.data["discount"]["amount"] if answer.ok else 0
        return price - off + SHIPPING

    def open(self, order, access, method):
        answer = self.ask("POST", f"/api/v1/payments/{OPENERS[method]}", {"orderId": order["id"]}, **access)
        self.buyers.count(f"payments opened again, {method}", answer)
        return reference(answer.data) if answer.ok else None

    def pay(self, order, access):
        """Returns whether Stripe took money, or will."""
        method = order["payment"]["method"]
        found = reference(order["payment"]) or self.open(order, access, method)
        if self.random.random() < 0.1:
            method = self.random.choice(list(OPENERS))
            # The first way to pay may still be open in another tab.
            first, found = found, self.open(order, access, method) or found
            if first and self.random.random() < 0.5:
                self.stripe.pay(first, "pay", self.random)
        paid = False
        for card in pick(self.random, CARDS) if found else []:
            if card == "slow":
                if self.stripe.pay(found, card, self.random).ok:
                    self.stripe.slow.append(found)
                    return True
                card = "pay"
            calls = [lambda: self.stripe.pay(found, card, self.random)] * (2 if self.random.random() < 0.15 else 1)
            paid = any([answer.ok for answer in at_once(*calls)]) and card in ("pay", "authenticated") or paid
        return paid


def headers_of_cart(headers):
    return {"cart_token": headers.get("cart_token")}


def reference(payment):
    """The id of the session or the intent that can be paid."""
    if payment.get("checkoutUrl"):
        return payment["checkoutUrl"].rsplit("/", 1)[1].partition("#")[0]
    return payment["clientSecret"].partition("_secret_")[0] if payment.get("clientSecret") else None
