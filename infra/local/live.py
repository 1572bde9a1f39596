"""How soon a change reaches a connection that watches it, measured on a deployed local cloud with the release binaries.

    live.py [FOLDER]   the folder of the binaries, target/release by default

The time is from the answer to the change until the message is at the client. Its parts: the stream and the relay, the queue,
and the push, whose beginning is the sequence of the message. `make bench` runs it.
"""

import base64
import json
import os
import pathlib
import shutil
import socket
import statistics
import struct
import sys
import time

from cloud import cloud
from project import TARGET, fail, free_port, step
from storm.people import register
from storm.shop import Shop

CHANGES, EVENTS = 200, 1_000
GOAL = 1_000


def run(binaries):
    with cloud(free_port(), free_port(), binaries=binaries) as running:
        shop = Shop(running)
        staff = register(shop, f"staff.{time.time_ns()}@example.com", "127.3.0.1")
        shop.operate("make-admin", staff["email"])
        by = {"authorization": staff["authorization"]}
        with step("changes of a price"):
            prices(shop, by)
        with step("many events"):
            throughput(shop, by)
    shutil.rmtree(running.folder)


def prices(shop, by):
    sku = f"BENCH-{time.time_ns()}"
    made = {"name": f"Live {sku}", "sku": sku, "stock": 50, "status": "active", "price": {"amount": 1000, "currency": "usd"}}
    product = shop.api("POST", "/api/v1/products", made, **by).data
    watcher = watching(shop, f"product:{product['id']}", {})
    parts = {"all": [], "stream": [], "push": []}
    for number in range(CHANGES):
        body = {"price": {"amount": 2000 + number, "currency": "usd"}}
        answer = shop.api("PATCH", f"/api/v1/products/{product['id']}", body, **by)
        changed = time.time() * 1000
        if not answer.ok:
            fail(f"a price was not changed: {answer.status} {answer.text[:300]}")
        message = watcher.hear()
        while (message.get("price") or {}).get("amount") != 2000 + number:
            message = watcher.hear()
        heard = time.time() * 1000
        parts["all"].append(heard - changed)
        parts["stream"].append(message["sequence"] - changed)
        parts["push"].append(heard - message["sequence"])
        time.sleep(0.05)
    print(f"\nfrom the answer to a change until its message, {CHANGES} changes, goal {GOAL} ms (p99)")
    for part, name in (("stream", "stream, relay and queue"), ("push", "log and push"), ("all", "all")):
        print(f"  {name:<26} p50 {quantile(parts[part], 50):>6.0f} ms   p99 {quantile(parts[part], 99):>6.0f} ms")
    waits = metric(shop, "LiveWaitMillis")
    if waits:
        print(f"  {'of it in the queue':<26} p50 {quantile(waits, 50):>6.0f} ms   p99 {quantile(waits, 99):>6.0f} ms", flush=True)


def throughput(shop, by):
    """Events straight into the queue, as the relay puts them there, with one member of staff who watches."""
    watcher = watching(shop, "staff:orders", by)
    started = time.monotonic()
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for first in range(0, EVENTS, 10):
        entries = []
        for number in range(first, first + 10):
            tail = "".join(letters[number // 32**place % 32] for place in (2, 1, 0))
            event = {"id": f"evt_01M7W6C3804Q9PV3Y1B8S4H{tail}", "type": "order.paid", "at": "2026-11-20T10:00:00.000Z",
                     "object": {"order": f"ord_01M7W6C3804Q9PV3Y1B8S4H{tail}"}}
            entries.append({"Id": str(number), "MessageBody": json.dumps({"job": "event", "event": event})})
        shop.queues.send_message_batch(QueueUrl=shop.resources["LiveQueue"], Entries=entries)
    heard = 0
    while heard < EVENTS:
        watcher.hear()
        heard += 1
    spent = time.monotonic() - started
    print(f"\n{EVENTS} events of one feed in {spent:.1f} s: {EVENTS / spent:.0f} a second", flush=True)


def metric(shop, name):
    """The values of a metric of the pusher, from its log."""
    logs = shop.cloud.client("logs")
    events = logs.filter_log_events(logGroupName="/kontor/kontor/live-pusher", filterPattern="", limit=10_000)["events"]
    lines = [event["message"] for event in events if name in event["message"]]
    return [json.loads(line[line.index("{"):])[name] for line in lines if "{" in line]


def watching(shop, topic, headers):
    given = shop.api("POST", "/api/v1/live/tickets", {}, **headers).data
    connection = Connection(f"{given['url']}?ticket={given['ticket']}")
    connection.say({"action": "subscribe", "topics": [topic]})
    heard = connection.hear()
    return connection if heard["type"] == "subscribed" else fail(str(heard))


class Refused(Exception):
    """The status line in place of a connection."""


class Connection:
    """A WebSocket, as small as this needs it."""

    def __init__(self, url):
        host, _, path = url.removeprefix("ws://").partition("/")
        name, _, port = host.partition(":")
        self.socket = socket.create_connection((name, int(port)), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
                             f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n").encode())
        self.stream = self.socket.makefile("rb")
        status = self.stream.readline().decode()
        if " 101 " not in status:
            raise Refused(status)
        while self.stream.readline().strip():
            pass

    def say(self, message):
        body = json.dumps(message).encode()
        length = struct.pack(">B", 0x80 | len(body)) if len(body) < 126 else struct.pack(">BH", 0x80 | 126, len(body))
        self.socket.sendall(b"\x81" + length + bytes(4) + body)

    def hear(self):
        first, second = self.stream.read(2)
        length = second & 127
        if length >= 126:
            length = int.from_bytes(self.stream.read(2 if length == 126 else 8), "big")
        body = self.stream.read(length)
        return json.loads(body) if first & 15 == 1 else self.hear()


def quantile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else statistics.nan


if __name__ == "__main__":
    run(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET / "release")
