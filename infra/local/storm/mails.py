"""`make storm MAILS=2000`: the mailer sends so many mails and is killed again and again. How many come twice, or never?"""

import json
import random
import time

from project import step

from .books import mail_books, table
from .people import register
from .trouble import Killer

PEOPLE = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
QUIET_AFTER_SECONDS = 150


def storm(shop, seed, count):
    chance = random.Random(seed)
    with step("register people"):
        people = [register(shop, f"mail{n}@example.com", f"127.0.9.{n + 1}") for n in range(PEOPLE)]
    settled(shop, 200)
    # Mail about the security of an account, because it is not limited.
    events = [event_id(chance) for _ in range(count)]
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    jobs = [
        {"eventId": event, "to": {"user": chance.choice(people)["id"]}, "at": now, "letter": {"template": "password-changed"}}
        for event in events
    ]
    killer = Killer(shop, f"{seed}-killer", ("Mailer",), 0.02, 0.4)
    with step(f"send {count} mails"), killer.busy():
        enqueue(shop, jobs)
        until = time.monotonic() + QUIET_AFTER_SECONDS
        while time.monotonic() < until and shop.queue("MailQueue"):
            time.sleep(1)
    with step("settle"):
        unsettled = settled(shop, 400)
    doubled, lost, mails = mail_books(shop.items(), shop.mailbox(), {f"MAIL#{event}": "password-changed" for event in events})
    table("The mailer", {"jobs": count, "kills": len(killer.kills["Mailer"]), "mails": mails, "doubled": len(doubled), "lost": len(lost)})
    # A mail may come twice; docs/decisions.md says when. None may be lost.
    return unsettled + [f"{key}: its mail never came" for key in lost]


def event_id(chance):
    moment, random_part = int(time.time() * 1000), chance.getrandbits(80)
    bits = moment << 80 | random_part
    return "evt_" + "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(26)))


def enqueue(shop, jobs):
    for start in range(0, len(jobs), 10):
        entries = [{"Id": str(n), "MessageBody": json.dumps(job)} for n, job in enumerate(jobs[start:start + 10])]
        shop.queues.send_message_batch(QueueUrl=shop.resources["MailQueue"], Entries=entries)


def settled(shop, seconds):
    """Waits until no mail is under way, and returns what still is."""
    deadline = time.monotonic() + seconds
    while (left := shop.unsettled()) and time.monotonic() < deadline:
        shop.revive_mails()
        time.sleep(2)
    return left
