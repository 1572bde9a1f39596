"""Writes a line into a chat for each paid order.

The bus may deliver an event twice. A line that comes twice does no harm, so this function remembers nothing. If the chat
does not answer, Lambda tries again two times; then the event waits in the dead-letter queue of template.yaml.
"""

import json
import os
import urllib.request

# Currencies without cents. The amounts of all others are in cents.
WITHOUT_CENTS = ("jpy", "krw")


def handler(event, context):
    say(line(event["detail"]))


def line(payload):
    order = payload["data"]
    # Null if the order is too large for an event. Its id is enough to find it.
    if order is None:
        return f"Order {payload['object']['id']} is paid."
    units = "1 unit" if order["units"] == 1 else f"{order['units']} units"
    return f"Order {order['number']} is paid: {money(order['total'])} for {units}."


def money(total):
    currency = total["currency"]
    amount = total["amount"] if currency in WITHOUT_CENTS else f"{total['amount'] // 100}.{total['amount'] % 100:02}"
    return f"{amount} {currency.upper()}"


def say(text):
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(os.environ["CHAT_URL"], body, {"content-type": "application/json"})
    urllib.request.urlopen(request, timeout=5).close()
