"""Deploys the shop with a domain, and tries to get around its distribution."""

import shutil

import live
import web
from cloud import cloud
from project import fail, free_port, step
from storm.shop import send

# What a client may write itself, to pass for the distribution.
FORGED = {"origin-secret": "guess", "viewer-address": "198.51.100.9"}


def run():
    web.build()
    with cloud(free_port(), free_port(), web_port=free_port(), domain="shop.example.com") as running:
        with step("a shop with a domain is called through its distribution alone"):
            for headers in ({}, FORGED):
                expect(403, "GET", f"{running.api}/api/v1/shop", headers=headers)
                expect(200, "GET", f"{running.web}/api/v1/shop", headers=headers)
            expect(200, "GET", f"{running.api}/health")
            connect(running)
    shutil.rmtree(running.folder)


def connect(running):
    """A ticket opens one connection through the distribution, and none around it."""
    ticket = expect(201, "POST", f"{running.web}/api/v1/live/tickets", {})["ticket"]
    around = running.live.replace("http://", "ws://")
    try:
        live.Connection(f"{around}?ticket={ticket}")
    except live.Refused:
        pass
    else:
        fail("a connection was opened around the distribution")
    through = live.Connection(f"{running.web.replace('http://', 'ws://')}/live?ticket={ticket}")
    through.say({"action": "ping"})
    if (heard := through.hear())["type"] != "pong":
        fail(f"a ping was answered with {heard}")


def expect(status, method, url, body=None, headers=None):
    """What an answer with this status has as `data`."""
    answer = send(method, url, body, "127.0.0.1", headers or {})
    return answer.data if answer.status == status else fail(f"expected {status}, got {answer.status}: {answer.text}")
