"""The licences of the npm packages of web/, as deny.toml has them for crates. The pages come with the texts of those that are
in them: `assets/licenses.md` of each site, which Vite writes."""

import json
import re

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
# Of what only builds and tests.
PERMITTED_TOOLS = PERMITTED | {
    "MPL-2.0",  # axe-core, lightningcss
    "Python-2.0",  # argparse
}


def check():
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    refused = [
        f"{path}: {package.get('license')}"
        for path, package in packages.items()
        if "node_modules/" in path and not package.get("link") and not is_permitted(package.get("license", ""), PERMITTED_TOOLS)
    ]
    if refused:
        fail("licences that infra/local/licenses.py does not permit:\n" + "\n".join(refused))


def check_pages(files):
    """What is in the pages, by the files that Vite wrote: lines such as `## preact - 10.29.0 (MIT)`."""
    heading = re.compile(r"^## (\S+ - \S+)(?: \((.*)\))?$", re.MULTILINE)
    found = {package for file in files for package in heading.findall(file.read_text())}
    refused = sorted(f"{name}: {license}" for name, license in found if not is_permitted(license, PERMITTED))
    if refused or not found:
        fail("licences in the pages that infra/local/licenses.py does not permit:\n" + "\n".join(refused))


def is_permitted(expression, permitted):
    """Whether one alternative, such as of `(MPL-2.0 OR Apache-2.0)`, is all permitted."""
    alternatives = expression.strip("()").split(" OR ")
    return any(set(alternative.split(" AND ")) <= permitted for alternative in alternatives)
