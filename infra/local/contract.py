"""Checks functions/status/openapi.json, the description of the API, as the tools of others read it, and a deployed shop
against it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request

from cloud import WEBHOOK_SECRET, cloud
from project import (HERE, LOCAL, NODE_TOOLS, ROOT, VENV, fail, free_port, install, node_environment, npm_ci, run, step)

DESCRIPTION = ROOT / "functions/status/openapi.json"
CONTRACT = LOCAL / "contract"


def operations():
    """The names of all operations."""
    paths = json.loads(DESCRIPTION.read_text())["paths"].values()
    return {operation["operationId"] for path in paths for operation in path.values()}


def check():
    lint()
    generate_python_client()


def lint():
    """Three linters find nothing. What they may find is listed beside their rules, with the reason."""
    run([VENV / "bin/openapi-spec-validator", DESCRIPTION])
    npm_ci(NODE_TOOLS)
    quiet = {**node_environment(), "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    programs = NODE_TOOLS / "node_modules/.bin"
    run([programs / "redocly", "lint", "--config", NODE_TOOLS / "redocly.yaml", DESCRIPTION], env=quiet)
    run([programs / "spectral", "lint", "--fail-severity", "hint", "--ruleset", NODE_TOOLS / "spectral.yaml", DESCRIPTION], env=quiet)


def generate_python_client():
    """A generated client has every operation, and Python imports all of it. A warning is an error."""
    install(CONTRACT, ["-r", HERE / "requirements-contract.txt"])
    with tempfile.TemporaryDirectory() as folder:
        words = ["generate", "--path", DESCRIPTION, "--config", HERE / "python-client.yaml", "--output-path", folder]
        words += ["--overwrite", "--fail-on-warning"]
        path = f"{CONTRACT / 'bin'}{os.pathsep}{os.environ['PATH']}"
        run([CONTRACT / "bin/openapi-python-client", *words], env={**os.environ, "PATH": path})
        imported = subprocess.run(
            [CONTRACT / "bin/python", "-W", "error", "-c", IMPORT_ALL], cwd=folder, capture_output=True, text=True
        )
        if imported.returncode != 0:
            fail(f"the generated Python client cannot be imported:\n{imported.stderr[-2000:]}")
    snake = lambda name: re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    missing = {snake(name) for name in operations()} - set(imported.stdout.split())
    if missing:
        fail(f"the generated Python client lacks {', '.join(sorted(missing))}")


# Prints the names of the modules that have an operation each.
IMPORT_ALL = """
import importlib, pkgutil, kontor_client
for module in pkgutil.walk_packages(kontor_client.__path__, "kontor_client."):
    if hasattr(importlib.import_module(module.name), "asyncio_detailed"):
        print(module.name.rpartition(".")[2])
"""


def try_all():
    """The Postman collection and schemathesis, on a cloud of their own, because they use up limits and delete."""
    npm_ci(NODE_TOOLS)
    install(CONTRACT, ["-r", HERE / "requirements-contract.txt"])
    with cloud(free_port(), free_port()) as running:
        said = running.operate("seed", "--products", "60")
        passwords = dict(re.findall(r"^(\S+@\S+) (\S+)$", said, re.MULTILINE))
        with step("the Postman collection"):
            run_collection(running, passwords)
        with step("schemathesis"):
            probe(running, passwords)
    shutil.rmtree(running.folder)


def run_collection(running, passwords):
    """Every request of the collection gets 2xx."""
    variables = {
        "api": running.api,
        "mailbox": f"{running.url}/_ministack/ses/messages",
        "stripe": running.stripe,
        "staffPassword": passwords["root@example.com"],
        "webhookSecret": WEBHOOK_SECRET,
    }
    report = running.folder / "newman.json"
    words = ["--working-dir", ROOT / "infra", "--reporters", "json", "--reporter-json-export", report]
    for name, value in variables.items():
        words += ["--env-var", f"{name}={value}"]
    newman = [NODE_TOOLS / "node_modules/.bin/newman", "run", ROOT / "infra/kontor.postman_collection.json", *words]
    # It fails with the requests, of which the report says more.
    subprocess.run([str(word) for word in newman], env={**node_environment(), "NODE_OPTIONS": "--no-deprecation"}, cwd=ROOT)
    result = json.loads(report.read_text())["run"]
    # What scripts ask comes before the request itself.
    answers = {one["item"]["id"]: (one["item"]["name"], one.get("response", {})) for one in result["executions"]}
    bad = [f"{name}: {answer.get('code')}" for name, answer in answers.values() if not 200 <= answer.get("code", 0) < 300]
    print(f"  {len(answers)} requests, {len(answers) - len(bad)} of them 2xx", flush=True)
    failures = [f"{one['source'].get('name')}: {one['error']['message']}" for one in result["failures"]]
    if bad or failures:
        fail("the Postman collection failed:\n  " + "\n  ".join([*bad, *failures]))


def sign_in(running, email, password, path="login", **more):
    url = f"{running.api}/api/v1/auth/{path}"
    body = json.dumps({"email": email, "password": password, **more}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))["data"]["accessToken"]


# Nothing of this may happen, whatever is sent.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance"
)


def probe(running, passwords):
    """Sends what the description allows and what it does not, and compares the answers with it."""
    leaver = sign_in(running, "leaver@example.com", "a sentence to leave with", "register", name="Lea Ver")
    tokens = {
        "nobody": None,
        "leaver": leaver,
        "customer": sign_in(running, "ada@example.com", passwords["ada@example.com"]),
        "admin": sign_in(running, "root@example.com", passwords["root@example.com"]),
    }
    # Who asks, and what is sent. `SHARE=1` sends all that the schemas call for, and takes many minutes.
    runs = (
        ("owner", "--phases", "coverage,fuzzing", "--max-examples", "5"),
        ("customer", "--phases", "fuzzing", "--max-examples", "2"),
        ("nobody", "--phases", "fuzzing", "--max-examples", "2"),
    )
    for person, *words in runs:
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": str(HERE / "contract_hooks.py"),
            "KONTOR_API": running.api,
            "KONTOR_PERSON": person,
            "KONTOR_TOKENS": json.dumps(tokens),
            "KONTOR_SHARE": os.environ.get("SHARE", "4"),
        }
        # One worker: CPython 3.11 cannot parse Python code in several threads, which schemathesis does.
        fixed = ["--url", running.api, "--checks", CHECKS, "--seed", "1", "--workers", "1", "--no-shrink", "--warnings", "off"]
        program = [CONTRACT / "bin/schemathesis", "--config-file", HERE / "schemathesis.toml"]
        run([*program, "run", DESCRIPTION, *fixed, *words], env=environment)
        # What ends their sessions would make all other answers 401, and schemathesis would find nothing.
        for token in (tokens["customer"], tokens["admin"]):
            url = f"{running.api}/api/v1/users/me"
            urllib.request.urlopen(urllib.request.Request(url, headers={"authorization": f"Bearer {token}"}))
