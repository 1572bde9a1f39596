"""The shop as the storm sees it: its API from many addresses, and behind it the table, the queues and the mailbox."""

import collections
import contextlib
import http.client
import json
import pathlib
import threading
import time
import urllib.parse

from cloud import REGION, STACK

PATIENCE = 8
# If an order has one of these, something is still to be done at Stripe.
UNDONE = ("open_refunds", "refunding")


class Answer:
    def __init__(self, status, text, headers=None):
        self.status, self.text, self.headers = status, text, headers or {}
        with contextlib.suppress(ValueError):
            self.json = json.loads(text)

    json = None

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def data(self):
        return (self.json or {}).get("data") or {}

    @property
    def code(self):
        """The error code of the shop. None in an answer of API Gateway itself, which says only that something failed."""
        return (self.json or {}).get("code") if isinstance(self.json, dict) else None


class Shop:
    def __init__(self, cloud):
        self.cloud = cloud
        self.lock = threading.Lock()
        self.statuses = collections.Counter()
        self.codes = collections.Counter()
        # Answers with 5xx: when they were asked for and given, what was asked, and the answer.
        self.failures = []
        # What still had such an answer after the last try.
        self.stuck = []
        self.lambdas = cloud.client("lambda")
        resources = cloud.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        self.resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
        self.table = table_of(cloud, self.resources["Table"])
        self.queues = cloud.client("sqs")

    def api(self, method, path, body=None, address="127.0.0.1", **headers):
        """A request to the API, as a good client makes it: what was busy or failed is asked again, with the same key."""
        for attempt in range(PATIENCE):
            started = time.time()
            answer = send(method, self.cloud.api + path, body, address, headers)
            with self.lock:
                self.statuses[answer.status] += 1
                if answer.code:
                    self.codes[answer.code] += 1
                if answer.status >= 500:
                    self.failures.append((started, time.time(), f"{method} {path}", answer))
            if answer.status < 500 and answer.status != 429:
                return answer
            time.sleep(min(0.2 * 2**attempt, 5))
        with self.lock:
            self.stuck.append(f"{method} {path}: {answer.status} {answer.code or answer.text[:100]}")
        return answer

    def stripe(self, method, path, body=None, form=False, **headers):
        return send(method, self.cloud.stripe + path, body, "127.0.0.1", headers, form)

    def operate(self, *words):
        return self.cloud.operate(*words)

    def invoke(self, name, event):
        self.lambdas.invoke(FunctionName=self.resources[name], Payload=json.dumps(event))

    def items(self):
        """Every item of the table. Only this auditor scans; the roles of the shop may not."""
        found, more = [], {}
        while True:
            page = self.table.scan(ConsistentRead=True, **more)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def mailbox(self):
        answer = send("GET", f"{self.cloud.url}/_ministack/ses/messages", None, "127.0.0.1", {})
        return [mail for mails in answer.json["messages"].values() for mail in mails]

    def queue(self, name):
        """How many messages a queue has, waiting and taken."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
        found = self.queues.get_queue_attributes(QueueUrl=self.resources[name], AttributeNames=list(names))["Attributes"]
        return sum(int(found[one]) for one in names)

    def unsettled(self):
        """What is still under way, in words."""
        left = [f"{name} has {count} messages" for name in ("MailQueue", "MailFeedbackQueue") if (count := self.queue(name))]
        items = self.items()
        mailed = {item["PK"].removeprefix("MAIL#") for item in items if item["PK"].startswith("MAIL#")}
        for item in items:
            kind, _, key = item["PK"].partition("#")
            if kind == "ORDER" and item["SK"] == "ORDER":
                undone = [name for name in UNDONE if item.get(name)]
                if item["payment"].get("closing"):
                    undone.append("closing")
                left += [f"{item['id']} has {' and '.join(undone)}"] if undone else []
            elif item["SK"].startswith("DUE#AFTERMATH"):
                left.append(f"{item['PK']} has deferred writes")
            elif kind == "MAIL" and item.get("state") == "sending":
                left.append(f"{item['PK']} is being sent")
            elif kind == "OUTBOX" and item["event"]["type"] in MAILS and key not in mailed:
                left.append(f"{key} has no mail yet")
        return left

    def revive_mails(self):
        """What an operator does with messages that failed too often."""
        if self.queue("MailDeadLetters"):
            self.operate("redrive")

    def processes(self, name):
        """The running processes of a function. ministack starts each as its child."""
        parent, found = self.cloud.processes[-1].pid, []
        children = pathlib.Path(f"/proc/{parent}/task")
        for task in children.glob("*/children"):
            with contextlib.suppress(OSError):
                for pid in task.read_text().split():
                    environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
                    if f"AWS_LAMBDA_FUNCTION_NAME={self.resources[name]}\0".encode() in environment:
                        found.append(int(pid))
        return found


# The mail that an event of an order or account causes. The mailer may find that its recipient does not want it.
MAILS = {
    "user.registered": "verify", "user.email_verified": "welcome", "order.confirmation_requested": "confirm-order",
    "order.placed": "order-placed", "order.paid": "order-paid", "order.payment_failed": "payment-failed",
    "order.shipped": "order-shipped", "parcel.shipped": "parcel-shipped", "order.delivered": "order-delivered", "order.cancelled": "order-cancelled",
    "order.expired": "order-expired", "order.refunded": "order-refunded",
}


def table_of(cloud, name):
    """The table with items in Python's own types."""
    import boto3

    keys = {"aws_access_key_id": "000000000000", "aws_secret_access_key": "local"}
    return boto3.resource("dynamodb", endpoint_url=cloud.url, region_name=REGION, **keys).Table(name)


def send(method, url, body, address, headers, form=False):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=40, source_address=(address, 0))
    headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
    content = None
    if body is not None:
        content = urllib.parse.urlencode(body) if form else json.dumps(body)
        headers["content-type"] = "application/x-www-form-urlencoded" if form else "application/json"
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), content, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(errors="replace"), response.headers)
    except OSError as error:
        return Answer(599, str(error))
    finally:
        connection.close()


class Busy:
    """Something that acts again and again in a thread of its own, while a block runs."""

    @contextlib.contextmanager
    def busy(self):
        self.ended = threading.Event()
        thread = threading.Thread(target=self._loop, name=type(self).__name__)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()

    def _loop(self):
        while not self.ended.wait(self.pause()):
            self.act()
