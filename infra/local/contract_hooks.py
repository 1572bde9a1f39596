"""What schemathesis needs to know of the shop: who asks, from which address, and which ids exist.

`contract.py` starts it once for each KONTOR_PERSON. `owner` is whoever may do what the operation does: an admin if it needs
a permission, else a customer.
"""

import base64
import itertools
import json
import os
import random
import re
import urllib.parse

import requests
import schemathesis
import urllib3.connection

API = os.environ["KONTOR_API"]
PERSON = os.environ["KONTOR_PERSON"]
TOKENS = json.loads(os.environ["KONTOR_TOKENS"])
SHARE = int(os.environ["KONTOR_SHARE"])
# These end the session of their token, so they have one of somebody else.
END_SESSIONS = ("signOut", "endSession", "endAllSessions")

# Each connection comes from another address of this machine, because most limits count requests by address. Without it
# nearly all answers would be 429.
addresses = (f"127.1.{a}.{b}" for a, b in itertools.product(range(256), range(1, 255)))
connect = urllib3.connection.HTTPConnection.__init__


def connect_from_another_address(connection, *words, **options):
    connect(connection, *words, **{**options, "source_address": (next(addresses), 0)})


urllib3.connection.HTTPConnection.__init__ = connect_from_another_address


@schemathesis.hook
def before_call(context, case, **kwargs):
    case.headers = {**(case.headers or {}), "Connection": "close"}


def person(operation):
    if PERSON != "nobody" and operation["operationId"] in END_SESSIONS:
        return "leaver"
    if PERSON != "owner":
        return PERSON
    return "admin" if "Needs the permission" in operation["description"] else "customer"


@schemathesis.auth(refresh_interval=None, retry_on=[])
class Token:
    def get(self, case, context):
        return TOKENS.get(person(context.operation.definition.raw))

    def set(self, case, token, context):
        if token and context.operation.definition.raw["security"]:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


def user(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]


# Whom an admin bans, or gives another role, is signed out.
OURS = {user(token) for token in TOKENS.values() if token}


def listed(path, name):
    """Ids that the list of this path shows to an admin or to the customer: `sku` for `/inventory/{sku}`."""
    found = []
    for token in (TOKENS["customer"], TOKENS["admin"]):
        answer = requests.get(API + path, headers={"Authorization": f"Bearer {token}"}, params={"limit": "20"})
        rows = answer.json().get("data") if answer.ok else []
        if isinstance(rows, list):
            found += [row[name] for row in rows if name in row and row[name] not in OURS]
    return found[:20]


known = {}


@schemathesis.hook
def map_case(context, case):
    """Half of the requests name something that exists."""
    found = re.match(r"(.*?)/[{](\w+)[}]", case.operation.path)
    if found:
        before, parameter = found.groups()
        if before not in known:
            known[before] = listed(before, parameter)
        # The same for the same generated value, so that a run can be repeated.
        chance = random.Random(repr(case.path_parameters.get(parameter)))
        if known[before] and chance.random() < 0.5:
            case.path_parameters[parameter] = chance.choice(known[before])
    return case


cases = itertools.count()


@schemathesis.hook
def filter_case(context, case):
    """One in SHARE of the requests that the schemas call for, because all of them take too long for every run."""
    # ministack makes another path of these: it ends at a decoded # or ?, takes a backslash for a slash, and loses control
    # characters and spaces at the end.
    values = [urllib.parse.unquote(str(value)) for value in case.path_parameters.values()]
    if any(re.search(r"[#?\\\x00-\x1f\x7f-\x9f]|\s$", value) for value in values):
        return False
    return case.meta.phase.name != "coverage" or next(cases) % SHARE == 0
