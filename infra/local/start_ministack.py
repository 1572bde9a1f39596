"""Starts ministack, changed where it would let pass or refuse what AWS does not. `cloud.py` runs this file."""

import functools
import gc
import json
import os
import pathlib
import re
import socketserver
import time

from ministack.core import iam_actions, iam_evaluator
from ministack.core.concurrency import spawn_background
from ministack.core.responses import get_request_client_ip
from ministack.services import apigateway, dynamodb, lambda_svc, ses, ses_v2

# A full collection looks at every object, and with a million items in the table nothing is answered for seconds. Nearly all
# garbage is found young.
gc.set_threshold(10_000, 20, 1_000_000)

# Without TCP_NODELAY each invocation waits 40 ms.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

# API Gateway has no wildcard for ports in origins, so the origin of each request from this machine is allowed.
cors_headers = apigateway._cors_response_headers


def local_cors_headers(configuration, origin):
    if configuration and re.fullmatch("https?://(localhost|127[.]0[.]0[.]1|[[]::1[]])(:[0-9]+)?", origin or ""):
        configuration = {**configuration, "allowOrigins": [origin]}
    return cors_headers(configuration, origin)


apigateway._cors_response_headers = local_cors_headers

# Functions get the address that a request really came from, as on AWS. ministack says 127.0.0.1 for all of them.
run_function = apigateway.run_reentrant


def run_function_with_address(call, *arguments, **options):
    for argument in arguments:
        if isinstance(argument, dict) and "http" in argument.get("requestContext", {}):
            argument["requestContext"]["http"]["sourceIp"] = get_request_client_ip()
    return run_function(call, *arguments, **options)


apigateway.run_reentrant = run_function_with_address

# SES reports each mail that it accepted to the event destinations of its configuration set, with the mail's tags. ministack
# does not. The report comes later, because SES does not say how soon it comes.
send_raw_mail = ses._send_raw_email
REPORT_AFTER_SECONDS = 2


def send_and_report(params):
    name = ses._p(params, "ConfigurationSetName")
    tags, n = {}, 1
    while tag := ses._p(params, f"Tags.member.{n}.Name"):
        tags[tag], n = [ses._p(params, f"Tags.member.{n}.Value")], n + 1
    for text in [text for tag, values in tags.items() for text in (tag, *values)]:
        if not re.fullmatch("[A-Za-z0-9_-]{1,255}", text):
            return ses._error("InvalidParameterValue", f"Invalid message tag <{text}>", 400)
    answer = send_raw_mail(params)
    if accepted := re.search("<MessageId>(.*)</MessageId>", str(answer[2])):
        mail = {"messageId": accepted[1], "tags": {**tags, "ses:configuration-set": [name]}}
        spawn_background(report_mail, name, {"eventType": "Send", "mail": mail, "send": {}})
    return answer


def report_mail(name, event):
    time.sleep(REPORT_AFTER_SECONDS)
    for destination in ses_v2._config_sets.get(name, {}).get("EventDestinations", {}).values():
        if destination["Enabled"] and "SEND" in destination["MatchingEventTypes"] and "SnsDestination" in destination:
            ses._publish_notification(destination["SnsDestination"]["TopicArn"], event)


ses._send_raw_email = send_and_report

# ministack reads the condition of a query again for each item of the partition: two seconds for a hundred thousand.
evaluate = dynamodb._evaluate_condition
RANGE = re.compile(r"(\w+) = (:\w+) AND (\w+) BETWEEN (:\w+) AND (:\w+)")
parts_of = functools.lru_cache(RANGE.fullmatch)


def evaluate_once(condition, item, values, *others, **options):
    found = parts_of(condition) if options.get("slot") == "KeyConditionExpression" else None
    if not found:
        return evaluate(condition, item, values, *others, **options)
    pk, value, sk, low, high = found.groups()
    return item[pk]["S"] == values[value]["S"] and values[low]["S"] <= item[sk]["S"] <= values[high]["S"]


dynamodb._evaluate_condition = evaluate_once

# ministack keeps the table's stream for a day. What no function takes from it is not kept: of a large seed, nine records of ten.
emit = dynamodb._emit_stream_event


def emit_what_is_taken(table, kind, old, new, **options):
    item = new or old or {}
    record = {"eventName": kind, "dynamodb": {"Keys": {key: item.get(key) for key in ("PK", "SK")}, "NewImage": new, "OldImage": old}}
    mappings = [one for _, _, one in lambda_svc._iter_all_esms() if f":table/{table}/stream/" in one["EventSourceArn"]]
    if not mappings or any(lambda_svc._apply_filter_criteria([record], one) for one in mappings):
        emit(table, kind, old, new, **options)


dynamodb._emit_stream_event = emit_what_is_taken

# ministack does not know the condition key dynamodb:LeadingKeys, and IAM takes a condition on an unknown key as met. So
# it gets the partition keys of each call, and of each item of a transaction.
LEADING_KEYS = "dynamodb:LeadingKeys"
context_of = iam_actions.dynamodb_service_context
transaction_checks = iam_actions.dynamodb_transaction_checks
enforce = iam_evaluator.enforce


class Arn(str):
    """The table's ARN in the check of one item of a transaction, with the item's partition key."""

    def __new__(cls, arn, part):
        made = super().__new__(cls, arn)
        made.keys = partition_keys(part)
        return made


def partition_keys(request):
    """The partition keys that a call, or one item of a transaction, names."""
    if expression := request.get("KeyConditionExpression"):
        # The store writes the partition first: `PK = :pk AND …`.
        keys = [request["ExpressionAttributeValues"][expression.split(" ")[2]]]
    else:
        items = [request.get("Key") or request.get("Item") or {}]
        for table in request.get("RequestItems", {}).values():
            if isinstance(table, list):
                items += [write.get("Item") or write.get("Key") or {} for one in table for write in one.values()]
            else:
                items += table.get("Keys", [])
        keys = [item["PK"] for item in items if "PK" in item]
    return [key["S"] for key in keys]


def context_with_keys(body):
    return {**context_of(body), LEADING_KEYS: partition_keys(json.loads(body or b"{}"))}


def checks_with_keys(action, body, region, account):
    checks = transaction_checks(action, body, region, account)
    parts = [part for item in json.loads(body)["TransactItems"] for part in item.values()] if checks else []
    return [(one, Arn(arn, part)) for (one, arn), part in zip(checks, parts, strict=True)]


def enforce_with_keys(access_key, action, service, region, resource_arn="*", service_context=None):
    if service != "dynamodb":
        return enforce(access_key, action, service, region, resource_arn, service_context)
    keys = getattr(resource_arn, "keys", service_context.get(LEADING_KEYS))
    refused = enforce(access_key, action, service, region, resource_arn, {**service_context, LEADING_KEYS: keys})
    function = function_of(access_key)
    if function and (not refused or RECORDING):
        record(function, action.removeprefix("dynamodb:"), resource_arn, keys or [])
        return None
    return refused


iam_actions.dynamodb_service_context = context_with_keys
iam_actions.dynamodb_transaction_checks = checks_with_keys
iam_evaluator.enforce = enforce_with_keys

# The rights that functions use are noted as tests/src/rights.rs does it: files without content.
RIGHTS = os.environ.get("KONTOR_RIGHTS_FOLDER")
RECORDING = os.environ.get("KONTOR_RIGHTS") == "record"


def function_of(access_key):
    """`stripe-webhook` for the role kontor-StripeWebhookRole-1; None if the caller is not a function."""
    principal = iam_evaluator.resolve_principal(access_key or "", "000000000000")
    role = re.search(r":assumed-role/[^/]*-(\w+)Role-", getattr(principal, "arn", ""))
    return role and re.sub(r"(?<!^)([A-Z])", r"-\1", role[1]).lower()


def record(function, action, arn, keys):
    if RIGHTS:
        folder = pathlib.Path(RIGHTS)
        folder.mkdir(parents=True, exist_ok=True)
        place = arn.partition("/index/")[2] or "Table"
        for key in keys:
            (folder / f"{function} {action} {place} {''.join(key.partition('#')[:2])}").touch()


if __name__ == "__main__":
    from ministack.app import main

    main()
