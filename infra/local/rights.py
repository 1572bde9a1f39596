"""The rights of functions at the table: template.yaml grants what the tests use, and nothing else.

The tests note every right that a function uses as a file in .local/rights, whose name is `function action place prefix`:
`carts PutItem Table CART#`. Two places do it: tests/src/rights.rs for tests in one process, and start_ministack.py for
journeys through deployed functions. Both refuse what the template does not grant, unless KONTOR_RIGHTS=record.
"""

import collections
import difflib
import json
import os
import re
import shutil

from project import LOCAL, ROOT, fail

RIGHTS = LOCAL / "rights"
TEMPLATE = ROOT / "template.yaml"
FIRST = "            # Rights at the table: made from what the tests use with `make rights`, up to the next comment.\n"
LAST = "            # Other rights.\n"
ACTIONS = ["GetItem", "BatchGetItem", "Query", "ConditionCheckItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"]


def forget():
    shutil.rmtree(RIGHTS, ignore_errors=True)


def used():
    """The rights that were used: for each function, for each place and action, the patterns of partition keys."""
    functions = collections.defaultdict(lambda: collections.defaultdict(set))
    for file in RIGHTS.iterdir():
        function, action, place, prefix = file.name.split(" ")
        functions[function][place, action].add(f"{prefix}*" if prefix.endswith("#") else prefix)
    return functions


def statements(rights):
    """Each action at one place is in one statement only. IAM must find all keys of a batch in the same statement."""
    groups = collections.defaultdict(list)
    for (place, action), patterns in rights.items():
        groups[place != "Table", place, tuple(sorted(patterns))].append(action)
    text = ""
    for (_, place, patterns), actions in sorted(groups.items(), key=lambda group: (group[0][:2], order(group[1]))):
        resource = "!GetAtt Table.Arn" if place == "Table" else f'!Sub "${{Table.Arn}}/index/{place}"'
        text += f"""\
            - Effect: Allow
              Action: [{", ".join(f"dynamodb:{action}" for action in sorted(actions, key=ACTIONS.index))}]
              Resource: {resource}
              Condition: {{ "ForAllValues:StringLike": {{ "dynamodb:LeadingKeys": [{", ".join(f'"{p}"' for p in patterns)}] }} }}
"""
    return text


def order(actions):
    return min(map(ACTIONS.index, actions))


def granted(template, functions):
    """The template with the statements that these functions need."""
    left = dict(functions)

    def rewrite(section):
        folder = re.search(r"CodeUri: target/lambda/([\w-]+)/", section[0])
        if folder is None or FIRST not in section[0]:
            return section[0]
        before, _, rest = section[0].partition(FIRST)
        return before + FIRST + statements(left.pop(folder[1], {})) + LAST + rest.partition(LAST)[2]

    # A section is a resource: the lines from its name to the next name.
    text = re.sub(r"^  \w+:\n(?:    .*\n|\n)+", rewrite, template, flags=re.MULTILINE)
    if left:
        fail(f"the roles of {', '.join(sorted(left))} have no place for their rights in template.yaml: {FIRST.strip()}")
    return text


def write():
    TEMPLATE.write_text(granted(TEMPLATE.read_text(), used()))


def check():
    now = TEMPLATE.read_text()
    wanted = granted(now, used())
    if now != wanted:
        lines = difflib.unified_diff(now.splitlines(), wanted.splitlines(), "granted", "used", lineterm="", n=1)
        fail("template.yaml does not grant exactly what the tests use; `make rights` writes it:\n" + "\n".join(lines))


def try_role(cloud):
    """Fails if the local cloud lets the role of carts write a user, alone or in a transaction with a cart."""
    import boto3
    import botocore.exceptions

    if os.environ.get("KONTOR_RIGHTS") == "record":
        return
    iam = cloud.client("iam")
    role = next(role for role in iam.list_roles()["Roles"] if "-CartsRole-" in role["RoleName"])
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=policy)
    keys = cloud.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="trial")["Credentials"]
    carts = boto3.client(
        "dynamodb",
        endpoint_url=cloud.url,
        region_name="eu-west-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    table = cloud.client("dynamodb").list_tables()["TableNames"][0]
    puts = [{"TableName": table, "Item": {"PK": {"S": pk}, "SK": {"S": "TRIAL"}}} for pk in ("CART#trial", "USER#trial")]
    for call in (lambda: carts.put_item(**puts[1]), lambda: carts.transact_write_items(TransactItems=[{"Put": put} for put in puts])):
        try:
            call()
        except botocore.exceptions.ClientError as refused:
            if refused.response["Error"]["Code"] == "AccessDeniedException":
                continue
        fail("the local cloud lets the role of carts write a user")
