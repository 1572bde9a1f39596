"""A storm on the deployed local cloud: buyers, staff, Stripe and failures at once, and then the books, which must balance.

The seed decides what everybody wants to do and what fails. When these things meet is up to the machine, so a storm with
the same seed is similar, but not the same.
"""

import os
import random
import shutil
import time

from cloud import cloud
from project import fail, free_port, step

from . import mails
from .books import Books
from .people import Buyers, Staff
from .shop import Shop
from .trouble import Clock, Killer, Stripe

# A storm ends by then, whatever it has done.
LONGEST_SECONDS = 300
SETTLE_SECONDS = 240


def number(name, default):
    text = os.environ.get(name) or str(default)
    return int(text) if text.isdecimal() else fail(f"{name} is {text!r}; it must be a number")


def run():
    seed, orders, mail_count = number("SEED", random.randrange(1_000_000)), number("ORDERS", 300), number("MAILS", 0)
    with cloud(free_port(), free_port()) as running:
        shop = Shop(running)
        print(f"\nSEED={seed} repeats what everybody wants to do in this storm.\n", flush=True)
        broken = mails.storm(shop, seed, mail_count) if mail_count else storm(shop, seed, orders)
    if broken:
        fail(f"the books do not balance; the log of the cloud: {running.log}\n  " + "\n  ".join(broken))
    shutil.rmtree(running.folder)


def storm(shop, seed, orders):
    """What is wrong after the storm; nothing, if all is well."""
    with step("open the shop"):
        staff, stripe = Staff(shop, f"{seed}-staff"), Stripe(shop, f"{seed}-stripe")
        buyers = Buyers(shop, staff, stripe, seed, orders)
    killer, clock = Killer(shop, f"{seed}-killer", Killer.SHOP), Clock(shop, f"{seed}-clock")
    until = time.monotonic() + LONGEST_SECONDS
    with step(f"{orders} orders"):
        with stripe.faults(), stripe.busy(), staff.busy(), clock.busy(), killer.busy():
            buyers.buy(until)
            # What was bought last is shipped, refunded and disputed too.
            time.sleep(5)
    with step("settle"):
        stripe.decide_all()
        buyers.cancel_some()
        stripe.redeliver()
        unsettled = settle(shop)
    return Books(shop, buyers, staff, stripe, killer).check(unsettled)


def settle(shop):
    """Lets the janitor, the stream and the queues finish. Returns what they did not finish."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        shop.invoke("Janitor", Clock.TICK)
        left = shop.unsettled()
        if not left or time.monotonic() > deadline:
            return left
        shop.revive_mails()
        time.sleep(2)
