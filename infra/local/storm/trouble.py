"""What goes wrong in a storm: functions that are killed, and all that Stripe and the buyers' banks do."""

import collections
import contextlib
import os
import random
import signal
import time

from .shop import Busy


class Killer(Busy):
    """Kills processes of functions at random moments, as an instance that crashes or runs out of memory."""

    SHOP = ("Orders", "Payments", "StripeWebhook", "Janitor", "Relay", "Mailer")

    def __init__(self, shop, seed, names, shortest=0.1, longest=1.0):
        self.shop, self.random, self.names = shop, random.Random(seed), names
        self.pauses = (shortest, longest)
        # The time of each kill, by function.
        self.kills = collections.defaultdict(list)

    def pause(self):
        return self.random.uniform(*self.pauses)

    def act(self):
        name = self.random.choice(self.names)
        processes = self.shop.processes(name)
        if processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(processes), signal.SIGKILL)
                self.kills[name].append(time.time())

    def killed_between(self, name, start, end):
        return any(start - 1 <= at <= end for at in self.kills[name])


class Clock(Busy):
    """Calls the janitor more often than every minute, so that it is at work whenever others are."""

    TICK = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}

    def __init__(self, shop, seed):
        self.shop, self.random = shop, random.Random(seed)

    def pause(self):
        return self.random.uniform(0.2, 1.5)

    def act(self):
        self.shop.invoke("Janitor", self.TICK)


# What a buyer pays an intent with, in the words of Stripe's documentation of test payments. Some refunds of the second
# and third card fail later.
METHODS = {
    "pay": ["pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail"],
    "authenticated": ["pm_card_visa"], "authenticate": ["pm_card_authenticationRequired"],
    "decline": ["pm_card_visa_chargeDeclined"], "insufficient": ["pm_card_visa_chargeDeclinedInsufficientFunds"],
    "slow": ["pm_usBankAccount_success"],
}
OPEN_DISPUTES = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


class Stripe(Busy):
    """Stripe, its dashboard and the banks. What a stand-in does not know (404) is left out."""

    # Percent of the requests to Stripe.
    FAULTS = {"internalErrors": 3, "rateLimits": 3, "lostRequests": 3, "lostAnswers": 3}

    def __init__(self, shop, seed):
        self.shop, self.random = shop, random.Random(seed)
        self.done = collections.Counter()
        # References of payments that the bank has not decided.
        self.slow = []
        self.version = None

    def ask(self, method, path, body=None, what=None):
        answer = self.shop.stripe(method, f"/_stand_in/{path}", body)
        if what:
            self.done[what if answer.ok else f"{what}: refused"] += 1
        return answer

    def objects(self, kind):
        answer = self.ask("GET", f"objects/{kind}")
        found = answer.json if answer.ok else []
        return found["data"] if isinstance(found, dict) else found or []

    def events(self):
        return self.ask("GET", "events").json["data"]

    @contextlib.contextmanager
    def faults(self):
        self.ask("PUT", "faults", {**self.FAULTS, "seed": self.random.randrange(1_000_000)}, "faults switched on")
        try:
            yield
        finally:
            self.ask("PUT", "faults", dict.fromkeys(self.FAULTS, 0) | {"seed": 0})

    def pay(self, reference, card, chance):
        """The buyer pays on Stripe's page, or with Stripe's elements on the shop's page."""
        self.done[f"paid with {card}"] += 1
        if reference.startswith("cs_"):
            return self.shop.stripe("POST", f"/pay/{reference}", {"card": card}, form=True)
        self.version = self.version or self.events()[0]["api_version"]
        method = chance.choice(METHODS[card])
        headers = {"authorization": "Bearer sk_test_buyer", "stripe_version": self.version}
        path = f"/v1/payment_intents/{reference}/confirm"
        return self.shop.stripe("POST", path, {"payment_method": method}, form=True, **headers)

    def pause(self):
        return self.random.uniform(0.2, 0.8)

    def act(self):
        acts = [self.refund_in_dashboard, self.open_dispute, self.close_dispute, self.decide, self.decide_refund]
        self.random.choices(acts, [2, 2, 2, 4, 1])[0]()
        if self.random.random() < 0.03:
            self.redeliver(self.random.choice([1, 2]))

    def charges(self):
        """Those that took money. A slow payment has a charge from its beginning, and keeps it if it fails."""
        return [charge for charge in self.objects("charge") if charge["status"] == "succeeded"]

    def charge(self):
        charges = [charge for charge in self.charges() if not charge["refunded"] and not charge["disputed"]]
        return self.random.choice(charges) if charges else None

    def refund_in_dashboard(self):
        if charge := self.charge():
            amount = self.random.randint(1, charge["amount"] - charge["amount_refunded"])
            body = {"paymentIntent": charge["payment_intent"], "amount": amount}
            self.ask("POST", "refunds", body, "refunds in the dashboard")

    def decide_refund(self):
        """A pending refund ends in some way; one that seemed to have succeeded may still come back."""
        refunds = [refund for refund in self.objects("refund") if refund["status"] in ("pending", "succeeded")]
        if refunds:
            refund = self.random.choice(refunds)
            ends = ["succeeded", "succeeded", "failed", "canceled"] if refund["status"] == "pending" else ["failed"]
            self.end_refund(refund, self.random.choice(ends))

    def end_refund(self, refund, status):
        self.ask("POST", f"refunds/{refund['id']}", {"status": status}, f"refunds, {refund['status']} and then {status}")

    def open_dispute(self):
        if charge := self.charge():
            body = {"paymentIntent": charge["payment_intent"], "inquiry": self.random.random() < 0.2}
            self.ask("POST", "disputes", body, "inquiries opened" if body["inquiry"] else "disputes opened")

    def open_disputes(self):
        return [dispute for dispute in self.objects("dispute") if dispute["status"] in OPEN_DISPUTES]

    def close_dispute(self):
        if open_ones := self.open_disputes():
            dispute, won = self.random.choice(open_ones), self.random.random() < 0.5
            # An inquiry that is not won becomes a dispute.
            self.ask("POST", f"disputes/{dispute['id']}", {"won": won}, f"disputes {'won' if won else 'lost'}")

    def decide(self, paid=None):
        if self.slow:
            paid = self.random.random() < 0.7 if paid is None else paid
            self.ask("POST", f"payments/{self.slow.pop(0)}", {"paid": paid}, "slow payments that " + ("were paid" if paid else "failed"))

    def decide_all(self):
        """Every slow payment, pending refund and dispute."""
        while self.slow:
            self.decide()
        for refund in self.objects("refund"):
            if refund["status"] == "pending":
                self.end_refund(refund, "succeeded")
        while self.open_disputes():
            self.close_dispute()

    def redeliver(self, times=2):
        self.ask("POST", "redeliver", {"times": times, "reversed": self.random.random() < 0.7}, f"all events again, {times} times")
