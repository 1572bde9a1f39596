"""How each release binary starts: time to its first poll, resident memory, size of its zip, and time of a warm request.

    bench.py [FOLDER]   the folder of the binaries, target/release by default

It serves Lambda's Runtime API to the real binary and prints the median of several starts. The request is one that the
function answers without the table. `make bench` runs it with the Python of .local/venv, which can read template.yaml.
"""

import http.server
import io
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time
import zipfile

from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
STARTS, REQUESTS = 15, 200
# The cases in events/ that a function answers without the table.
NO_TABLE = ("unauthenticated", "nothing")
RUNTIME = {
    "RUST_LOG": "error", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_LOG_GROUP_NAME": "g", "AWS_LAMBDA_LOG_STREAM_NAME": "s",
}


def environments():
    """The variables of each function in template.yaml: defaults of parameters, and a URL for values that AWS makes."""
    template = yaml_parse((ROOT / "template.yaml").read_text())

    def value(written):
        if not isinstance(written, dict):
            return str(written)
        if "Fn::If" in written:
            # As without a domain and the like.
            return value(written["Fn::If"][2])
        default = template["Parameters"].get(written.get("Ref"), {}).get("Default")
        return "https://example.com" if default is None else str(default)

    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    found = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            own = properties.get("Environment", {}).get("Variables", {})
            variables = {name: value(written) for name, written in {**shared, **own}.items()}
            found[pathlib.PurePath(properties["CodeUri"]).name] = {**variables, **RUNTIME}
    return found


def event_of(function):
    """A request that the function answers without the table, or None."""
    files = (ROOT / "events" / f"{function}-{case}.json" for case in NO_TABLE)
    return next((file.read_bytes() for file in files if file.exists()), None)


class Runtime(http.server.BaseHTTPRequestHandler):
    """Lambda's Runtime API, for one function at a time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.polled.append(time.perf_counter())
        self.server.first_poll.set()
        self.server.go_on.acquire()
        self.send_response(200)
        self.send_header("lambda-runtime-aws-request-id", "bench")
        self.send_header("lambda-runtime-deadline-ms", str(int(time.time() * 1000) + 60_000))
        self.send_header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-1:1:function:f")
        self.send_header("content-length", str(len(self.server.event)))
        self.end_headers()
        self.server.sent.append(time.perf_counter())
        self.wfile.write(self.server.event)

    def do_POST(self):
        self.server.answered.append(time.perf_counter())
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()


def start(binary, variables, event, requests):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
    server.daemon_threads = True
    server.polled, server.sent, server.answered = [], [], []
    server.first_poll, server.go_on, server.event = threading.Event(), threading.Semaphore(0), event
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {**variables, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}", "PATH": os.environ["PATH"]}
    began = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL)
    try:
        if not server.first_poll.wait(20):
            sys.exit(f"{binary} never polled for an event")
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        resident = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024
        for _ in range(requests):
            server.go_on.release()
        deadline = time.monotonic() + 20
        while len(server.answered) < requests and time.monotonic() < deadline:
            time.sleep(0.01)
        warm = [answered - sent for sent, answered in zip(server.sent, server.answered)]
    finally:
        process.kill()
        process.wait()
        server.shutdown()
    return (server.polled[0] - began) * 1000, resident, [span * 1000 for span in warm]


def zip_size(binary):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.write(binary, "bootstrap")
    return len(archive.getvalue()) / 1e6


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release")
    print(f"{'function':<14} {'first poll':>12} {'resident':>10} {'binary':>9} {'zip':>8} {'warm request':>14}")
    for name, variables in sorted(environments().items()):
        binary = folder / name
        if not binary.exists():
            sys.exit(f"{binary} is missing; `make bench` builds it")
        event = event_of(name)
        starts = [start(binary, variables, event or b"{}", 0) for _ in range(STARTS)]
        warm = start(binary, variables, event, REQUESTS)[2][20:] if event else []
        print(
            f"{name:<14} {statistics.median(s[0] for s in starts):>9.1f} ms {statistics.median(s[1] for s in starts):>6.1f} MiB"
            f" {binary.stat().st_size / 1e6:>6.1f} MB {zip_size(binary):>5.1f} MB"
            + (f" {statistics.median(warm):>11.2f} ms" if warm else f" {'–':>14}")
        )


if __name__ == "__main__":
    main()
