"""Deploys the shop with a domain, and tries to get around its distribution."""

import json
import shutil
import urllib.error
import urllib.request

import live
import web
from cloud import cloud
from project import fail, free_port, step

# What a client may write itself, to pass for the distribution.
FORGED = {"origin-secret": "guess", "viewer-address": "198.51.100.9"}


def run():
    web.build()
    with cloud(free_port(), free_port(), web_port=free_port(), domain="shop.example.com") as running:
        with step("a shop with a domain is called through its distribution alone"):
            for headers in ({}, FORGED):
                expect(403, call(running.api, "/api/v1/shop", headers=headers))
                expect(200, call(running.web, "/api/v1/shop", headers=headers))
            expect(200, call(running.api, "/health"))
            connect(running)
    shutil.rmtree(running.folder)


def connect(running):
    """A ticket opens one connection through the distribution, and none around it."""
    ticket = expect(201, call(running.web, "/api/v1/live/tickets", {}))["data"]["ticket"]
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


def call(base, path, body=None, headers=None):
    """The status and the body of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"content-type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def expect(status, answer):
    return answer[1] if answer[0] == status else fail(f"expected {status}, got {answer[0]}: {answer[1]}")
