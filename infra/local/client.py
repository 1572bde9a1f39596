"""Builds and checks the TypeScript client of web/client."""

import subprocess

from project import ROOT, VENV, fail, node_environment, npm_ci

# The workspace of all npm packages of ours.
WEB = ROOT / "web"
CLIENT = WEB / "client"
# A whole purchase, in Node and in a browser, on the cloud of the journeys.
JOURNEY = [VENV / "bin/node", "--test", CLIENT / "tests/journey.ts"]


def check():
    """Compiles the client, its tests and the examples of the documents, runs the tests and prints the size."""
    generate()
    for words in (["run", "build"], ["run", "check"], ["test"]):
        npm(*words)
    print("·", npm("run", "size").strip())


def generate():
    """Makes the types from the description of the API."""
    npm_ci(WEB)
    npm("run", "generate")


def npm(*words):
    """Runs npm for the client. What it prints is returned, and shown only after a failure."""
    command = [VENV / "bin/npm", "--silent", "--prefix", CLIENT, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    finished = subprocess.run(command, cwd=CLIENT, env=node_environment(), **pipes)
    if finished.returncode != 0:
        print(finished.stdout, flush=True)
        fail(f"npm {' '.join(words)} failed in web/client")
    return finished.stdout
