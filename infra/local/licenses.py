"""The licences of the npm packages of web/, as deny.toml has them for crates. The pages carry the texts of those that are in
them: `assets/licenses.md` of each site, which Vite writes."""

import json

from client import WEB
from project import fail

PERMITTED = {
    "0BSD",  # tslib
    "Apache-2.0",
    "BSD",  # css-mediaquery: the one with three clauses
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
}
# Nothing of these packages is in the pages.
PERMITTED_TOOLS = PERMITTED | {
    "MPL-2.0",  # axe-core, lightningcss
    "Python-2.0",  # argparse
}


def check():
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    refused = [
        f"{path}: {package.get('license')}"
        for path, package in packages.items()
        if "node_modules/" in path and not package.get("link") and not is_permitted(package)
    ]
    if refused:
        fail("licences that infra/local/licenses.py does not permit:\n" + "\n".join(refused))


def is_permitted(package):
    """Whether one alternative of the expression, such as `(MPL-2.0 OR Apache-2.0)`, is all permitted."""
    permitted = PERMITTED_TOOLS if package.get("dev") else PERMITTED
    alternatives = package.get("license", "").strip("()").split(" OR ")
    return any(set(alternative.split(" AND ")) <= permitted for alternative in alternatives)
