"""The books after a storm: stock, money, coupons, orders and mails, from the table, from Stripe and from the mailbox."""

import collections

from .shop import MAILS, PATIENCE

# An order that is over carries no use of its coupon.
OVER = ("cancelled", "expired")
SOLD = ("paid", "processing", "shipped", "delivered")
ONLINE = ("payment_intent", "checkout_session")
# What a function may answer with 5xx: that it is busy.
ALLOWED_CODES = ("busy",)
# A refund with one of these states at Stripe has not given money back.
NO_MONEY = ("failed", "canceled")


def table(title, rows, head=()):
    """Prints a title and rows: a dictionary, or lists with a head."""
    rows = [[str(cell) for cell in row] for row in (rows.items() if isinstance(rows, dict) else rows)]
    rows = ([list(head)] if head else []) + rows
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    print(f"\n{title}")
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        print("  " + first[0].ljust(first[1]) + "".join("  " + cell.rjust(width) for cell, width in others))
    print(end="", flush=True)


def mail_books(items, mailbox, wanted):
    """Compares records of mails with the mailbox. `wanted` has the template that each key must have a record of.

    Each record of a mail that was sent names one message. A message that no record names is a second copy.
    """
    records = {(item["PK"], item["SK"].partition("#")[0]): item for item in items if item["PK"].startswith("MAIL#")}
    named = {item["message_id"] for item in records.values() if item["state"] == "sent"}
    messages = {mail["MessageId"] for mail in mailbox}
    doubled = sorted(messages - named)
    lost = [key for key, template in wanted.items() if records.get((key, template), {}).get("state") != "sent"]
    # A record without a message, unless it says why there is none.
    lost += sorted(name for name in named - messages if "@" in name)
    return doubled, lost, len(messages)


class Charges:
    """What Stripe has: the charges of each order, and what went back of each charge."""

    def __init__(self, stripe):
        self.of_order, self.sums = collections.defaultdict(list), collections.Counter()
        self.refunded, self.states = collections.Counter(), collections.defaultdict(list)
        self.lost = {dispute["charge"] for dispute in stripe.objects("dispute") if dispute["status"] == "lost"}
        for charge in stripe.charges():
            self.of_order[charge["metadata"].get("order_id")].append(charge)
        for refund in stripe.objects("refund"):
            self.states[refund["charge"]].append(f"{refund['amount']} {refund['status']}")
            self.refunded[refund["charge"]] += 0 if refund["status"] in NO_MONEY else refund["amount"]


class Books:
    def __init__(self, shop, buyers, staff, stripe, killer):
        self.shop, self.buyers, self.staff, self.stripe, self.killer = shop, buyers, staff, stripe, killer
        self.items = shop.items()
        self.by_key = {(item["PK"], item["SK"]): item for item in self.items}
        self.orders = [item for item in self.items if item["PK"].startswith("ORDER#") and item["SK"] == "ORDER"]
        self.broken = []

    def check(self, unsettled):
        self.broken += [f"not settled: {one}" for one in unsettled]
        self.counts()
        for check in (self.stock, self.money, self.coupons, self.keys, self.mails, self.answers):
            check()
        table("Result", {"broken": len(self.broken), "orders": len(self.orders)})
        return self.broken

    def must(self, holds, what):
        if not holds:
            self.broken.append(what)

    def counts(self):
        table("Answers of the API, by status", dict(sorted(self.shop.statuses.items())))
        table("Refusals, by code", dict(sorted(self.shop.codes.items())))
        table("Buyers", dict(sorted(self.buyers.done.items())))
        table("Staff", dict(sorted(self.staff.done.items())))
        table("Stripe and banks", dict(sorted(self.stripe.done.items())))
        table("Functions killed", {name: len(times) for name, times in sorted(self.killer.kills.items())})
        table("Orders, by status", dict(collections.Counter(order["status"] for order in self.orders)))

    def stock(self):
        """On hand and sold, without what came back, is what there was at the beginning. Reserved is what orders hold."""
        counts = collections.defaultdict(collections.Counter)
        for order in self.orders:
            lines = self.by_key[order["PK"], "PURCHASE"]["lines"]
            sku_of = {line["variant_id"]: line["sku"] for line in lines}
            for line in lines:
                counts[line["sku"]][order["hold"]["state"]] += int(line["quantity"])
            for refund in self.refunds_of(order):
                # If the whole order was released later, all of it is back already.
                if order["hold"]["state"] == "taken":
                    returned = refund.get("lines", []) if refund.get("restocked") else []
                    for variant, units in [*returned, *refund.get("unsent", [])]:
                        counts[sku_of[variant]]["returned"] += int(units)
        rows = []
        for sku, beginning in self.staff.stock.items():
            level, count = self.by_key[f"STOCK#{sku}", "STOCK"], counts[sku]
            available, reserved = int(level["available"]), int(level["reserved"])
            total = available + reserved + count["taken"] - count["returned"]
            history = sum(int(item["delta"]) for (pk, sk), item in self.by_key.items() if pk == f"STOCK#{sku}" and sk.startswith("CHANGE#"))
            rows.append([sku, beginning, available, reserved, count["held"], count["taken"], count["returned"], total])
            self.must(total == beginning, f"{sku}: {total} units, and {beginning} at the beginning")
            self.must(reserved == count["held"], f"{sku}: {reserved} are reserved, and orders hold {count['held']}")
            self.must(history == available + reserved, f"{sku}: its history adds up to {history}")
        table("Stock", rows, ["SKU", "beginning", "available", "reserved", "held", "sold", "returned", "sum"])

    def refunds_of(self, order):
        return [item for (pk, sk), item in self.by_key.items() if pk == order["PK"] and sk.startswith("REFUND#")]

    def story(self, order):
        """What happened to an order, for whoever looks for the reason."""
        entries = sorted((sk, item["what"]) for (pk, sk), item in self.by_key.items() if pk == order["PK"] and sk.startswith("HISTORY#"))
        return f"{order['number']} ({order['status']}: {', '.join(what for _, what in entries)})"

    def money(self):
        """What Stripe has of an order is what the order says."""
        stripe = Charges(self.stripe)
        for order in self.orders:
            paid_by = order["payment"].get("charge")
            charges = stripe.of_order.pop(order["id"], [])
            for charge in charges:
                if charge["payment_intent"] == paid_by:
                    self.payment(order, charge, stripe)
                else:
                    self.second_charge(order, charge, stripe)
            if not any(charge["payment_intent"] == paid_by for charge in charges):
                self.must(not paid_by, f"{self.story(order)}: paid in the shop, not at Stripe")
                is_sold = order["payment"]["method"] in ONLINE and order["status"] in SOLD
                self.must(not is_sold, f"{self.story(order)}: sold without a charge")
        strays = [charge["id"] for charges in stripe.of_order.values() for charge in charges]
        self.must(not strays, f"charges without an order: {', '.join(strays)}")
        table("Money at Stripe, in cents", dict(stripe.sums))

    def payment(self, order, charge, stripe):
        """The charge that paid the order."""
        total, back = int(order["totals"]["total"]), int(order["refunded"]) + int(order["refunding"])
        refunded, is_lost = stripe.refunded[charge["id"]], charge["id"] in stripe.lost
        stripe.sums["charged"] += charge["amount"]
        stripe.sums["refunded"] += refunded
        stripe.sums["charged back"] += charge["amount"] - refunded if is_lost else 0
        story, dispute = self.story(order), order.get("dispute")
        self.must(charge["amount"] == total, f"{story}: {charge['amount']} were charged of {total}")
        self.must(refunded == back, f"{story}: refunds of {back} in the shop, at Stripe {stripe.states[charge['id']]}")
        self.must(is_lost == (dispute == "lost"), f"{story}: its dispute is {dispute} in the shop, {'' if is_lost else 'not '}lost at Stripe")

    def second_charge(self, order, charge, stripe):
        """A charge that came twice or too late goes back. If its refund failed, or the bank decides, staff see that."""
        kept = charge["amount"] - stripe.refunded[charge["id"]]
        stripe.sums["charged twice or too late"] += charge["amount"]
        failed = [refund for refund in self.refunds_of(order) if refund["state"] == "failed"]
        known = sum(int(refund["amount"]) for refund in failed if refund.get("charge") == charge["payment_intent"])
        is_disputed = charge["id"] in stripe.lost or charge["disputed"]
        self.must(kept <= known or is_disputed, f"{self.story(order)}: {kept} of a second charge is kept, refunds at Stripe {stripe.states[charge['id']]}")

    def coupons(self):
        rows = []
        for code, terms in self.staff.coupons.items():
            carrying = [order for order in self.orders if (order.get("coupon") or {}).get("code") == code and order["status"] not in OVER]
            used = int(self.by_key[f"COUPON#{code}", "COUPON"].get("used", 0))
            uses = [int(item["uses"]) for (pk, sk), item in self.by_key.items() if pk == f"COUPON#{code}" and sk.startswith("USE#")]
            most, limit, each = max(uses, default=0), terms.get("totalUses"), terms.get("usesPerCustomer")
            rows.append([code, len(carrying), used, limit or "–", most, each or "–"])
            self.must(used == len(carrying), f"{code}: used {used} times by {len(carrying)} orders")
            self.must(not each or sum(uses) == used, f"{code}: its customers used it {sum(uses)} times, all together {used} times")
            self.must(not limit or used <= limit, f"{code}: used {used} times of {limit}")
            self.must(not each or most <= each, f"{code}: used {most} times by a customer, of {each}")
        table("Coupons", rows, ["code", "orders", "used", "at most", "most by one", "at most"])

    def keys(self):
        """One order for each Idempotency-Key."""
        known, keys = {order["id"] for order in self.orders}, self.buyers.keys
        for key, ids in keys.items():
            self.must(len(ids) <= 1, f"{key}: {len(ids)} orders")
            self.must(ids <= known, f"{key}: its order is not in the table")
        answered = sum(len(ids) for ids in keys.values())
        extra = len(known) - answered
        self.must(0 <= extra <= len(self.buyers.unanswered), f"{len(known)} orders, {answered} were answered")
        table("Orders, by key", {"keys": len(keys), "orders": len(known), "answered": answered, "without an answer": len(self.buyers.unanswered)})

    def mails(self):
        events = [item for item in self.items if item["PK"].startswith("OUTBOX#") and item["event"]["type"] in MAILS]
        wanted = {item["PK"].replace("OUTBOX#", "MAIL#"): MAILS[item["event"]["type"]] for item in events}
        doubled, lost, mails = mail_books(self.items, self.shop.mailbox(), wanted)
        table("Mails", {"events": len(events), "mails": mails, "doubled": len(doubled), "lost": len(lost)})
        self.broken += [f"a mail came twice: {one}" for one in doubled] + [f"a mail never came: {one}" for one in lost]

    def answers(self):
        """A function answers 503 at most, and not for ever. API Gateway may fail only while the function was killed."""
        for start, end, what, answer in self.shop.failures:
            if answer.code:
                self.must(answer.code in ALLOWED_CODES, f"{what}: {answer.status} {answer.code}")
            else:
                function = "Payments" if "/payments/" in what else "Orders"
                was_killed = self.killer.killed_between(function, start, end)
                self.must(was_killed, f"{what}: {answer.status} {answer.text[:200]}, and nothing was killed")
        self.broken += [f"still fails after {PATIENCE} tries: {one}" for one in self.shop.stuck]
