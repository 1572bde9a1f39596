"""Deploys examples/chat beside the shop, pays an order, and waits for its line in the chat."""

import http.server
import io
import json
import queue
import threading
import time
import zipfile

from cloud import STACK
from project import ROOT, fail, free_port, step
from storm.people import ADDRESS, reference, register, usd
from storm.shop import Shop

FOLDER = ROOT / "examples/chat"
ADDRESS_OF_BUYER = "127.0.9.1"


class Chat:
    """A chat with an incoming webhook. `lines` has what was written into it."""

    def __enter__(self):
        self.lines = lines = queue.Queue()

        class Webhook(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                lines.put(json.loads(self.rfile.read(int(self.headers["content-length"])))["text"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Webhook)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()


def run(running):
    with Chat() as chat, step("the example in examples/chat"):
        deploy(running, chat.url)
        shop = Shop(running)
        order = pay_an_order(shop)
        expected = f"Order {order['number']} is paid: 44.98 USD for 2 units."
        deadline = time.monotonic() + 60
        try:
            while (line := chat.lines.get(timeout=max(0.0, deadline - time.monotonic()))) != expected:
                print(f"  the chat also got: {line}")
        except queue.Empty:
            fail(f"the chat did not get the line “{expected}”")


def deploy(running, chat_url):
    """As `sam deploy` does: the folder as a zip, and the template."""
    from samtranslator.yaml_helper import yaml_parse

    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.write(FOLDER / "app.py", "app.py")
    running.client("s3").put_object(Bucket="artifacts", Key="chat.zip", Body=code.getvalue())
    template = yaml_parse((FOLDER / "template.yaml").read_text())
    template["Resources"]["Chat"]["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": "chat.zip"}
    cloudformation, name = running.client("cloudformation"), f"{STACK}-chat"
    parameters = {"EventBus": STACK, "ChatUrl": chat_url}
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template, default=str),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def pay_an_order(shop):
    staff = register(shop, "chat.staff@example.com", ADDRESS_OF_BUYER)
    shop.operate("make-admin", staff["email"])
    product = {"name": "Chat shirt", "sku": "CHAT-1", "stock": 5, "status": "active", "price": usd(1999)}
    taken(shop.api("POST", "/api/v1/products", product, authorization=staff["authorization"]))
    order = {
        "item": {"sku": "CHAT-1", "quantity": 2, "price": usd(1999)}, "email": "chat.buyer@example.com",
        "paymentMethod": "checkout_session", "shippingAddress": ADDRESS,
    }
    placed = taken(shop.api("POST", "/api/v1/orders", order, ADDRESS_OF_BUYER, idempotency_key="chat-1"))
    taken(shop.stripe("POST", f"/pay/{reference(placed['payment'])}", {"card": "pay"}, form=True))
    return placed


def taken(answer):
    return answer.data if answer.ok else fail(f"the example's order: {answer.status} {answer.text[:300]}")
