"""Builds and checks the TypeScript client of web/client."""

from project import ROOT, VENV, npm, npm_ci

# The workspace of all npm packages of ours.
WEB = ROOT / "web"
CLIENT = WEB / "client"
# A whole purchase, in Node and in a browser, on the cloud of the journeys.
JOURNEY = [VENV / "bin/node", "--test", CLIENT / "tests/journey.ts"]


def check():
    """Compiles the client, its tests and the examples of the documents, runs the tests and prints the size."""
    generate()
    for words in (["run", "build"], ["run", "check"], ["test"]):
        npm(CLIENT, *words)
    print("·", npm(CLIENT, "run", "size").strip())


def generate():
    """Makes the types from the description of the API."""
    npm_ci(WEB)
    npm(CLIENT, "run", "generate")
