"""Compares what checkov finds in template.yaml with infra/checkov.yaml, which says why a finding is accepted."""

import fnmatch
import json
import re
import subprocess

from project import HERE, LOCAL, ROOT, fail, install

CHECKOV = LOCAL / "checkov"
ACCEPTED = ROOT / "infra/checkov.yaml"


def findings():
    """The findings as pairs of check and resource: `CKV_AWS_18 AWS::S3::Bucket.Files`, with the title of each check."""
    install(CHECKOV, ["-r", HERE / "requirements-checkov.txt"])
    # checkov leaves out what a parameter switches off, so it gets the template without conditions.
    template = CHECKOV / "template.yaml"
    text = (ROOT / "template.yaml").read_text()
    template.write_text(re.sub(r"^    Condition: \w+\n", "", text, flags=re.MULTILINE))
    words = ["--file", template, "--framework", "cloudformation", "--output", "json", "--quiet", "--compact", "--skip-download"]
    finished = subprocess.run([CHECKOV / "bin/python", CHECKOV / "bin/checkov", *words], capture_output=True, text=True)
    try:
        found = json.loads(finished.stdout)["results"]["failed_checks"]
    except (ValueError, KeyError):
        fail(f"checkov did not work:\n{finished.stdout[-2000:]}\n{finished.stderr[-2000:]}")
    return {(one["check_id"], one["resource"]): one["check_name"] for one in found}


def check():
    import yaml

    found = findings()
    accepted = yaml.safe_load(ACCEPTED.read_text())
    pairs = [(check, pattern) for check, entry in accepted.items() for pattern in entry["resources"]]
    fits = lambda pair, one: pair[0] == one[0] and fnmatch.fnmatchcase(one[1], pair[1])
    new = [f"{one[0]} {one[1]}: {title}" for one, title in found.items() if not any(fits(pair, one) for pair in pairs)]
    gone = [" ".join(pair) for pair in pairs if not any(fits(pair, one) for one in found)]
    if new:
        fail("checkov finds what infra/checkov.yaml does not list; mend it, or list it with a reason:\n  " + "\n  ".join(new))
    if gone:
        fail("infra/checkov.yaml lists what checkov does not find any more:\n  " + "\n  ".join(gone))
