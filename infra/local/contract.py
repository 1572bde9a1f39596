"""Checks functions/status/openapi.json, the description of the API, as the tools of others read it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from project import HERE, LOCAL, NODE_TOOLS, ROOT, VENV, fail, install, node_environment, npm_ci, run, step

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
        words = ["generate", "--path", DESCRIPTION, "--output-path", folder, "--overwrite", "--fail-on-warning"]
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
