"""Builds and checks the pages of web/: storefront, console and docs. The function `publisher` uploads them."""

import gzip
import hashlib
import re
import shutil
import subprocess

import client
import distribution
import licenses
from client import CLIENT, WEB
from project import LOCAL, ROOT, fail, npm, npm_ci

# Each site with the folder of the bucket that its files are in. The docs have files in two: llms.txt is at the root.
SITES = {"storefront": "", "console": "console/", "docs": ""}
# What a build is made of, beside the folder of its site.
SHARED = [WEB / "package-lock.json", WEB / "tsconfig.pages.json", ROOT / "functions/status/openapi.json", WEB / "client/src", WEB / "client/scripts"]
# The docs have the colours of the storefront.
LOOK = WEB / "storefront/src/ui/look.css"
READMES = [ROOT / folder / "README.md" for folder in ("lib/store", "web/client", "web/storefront", "web/console")]
INPUTS = {"docs": [ROOT / "docs", ROOT / "infra/kontor.postman_collection.json", LOOK, *READMES]}
# What people load who open the shop for the first time: the script of the home page, compressed.
FIRST_PAGE_LIMIT = 70_000
# Where the function finds them, beside its binary.
PAGES = "pages"


def check():
    """Looks at licences, lints the workspace, checks, tests and builds each site, and prints the sizes. Tests what stands in for CloudFront."""
    client.check()
    licenses.check()
    npm(WEB, "run", "lint")
    tested = subprocess.run(distribution.TESTS, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if tested.returncode != 0:
        fail(f"what stands in for CloudFront fails its tests:\n{tested.stdout}")
    npm(WEB, "run", "--workspace", "@kontor/e2e", "check")
    for site in SITES:
        npm(WEB, "run", "--workspace", f"@kontor/{site}", "test")
    # It compiles them too: a change of the API that breaks a page breaks its build.
    build()
    licenses.check_pages(file for site in SITES for file in dist(site).rglob("licenses.md"))
    for site in SITES:
        script, style = size(site, ".js"), size(site, ".css")
        print(f"· {site}: {script / 1000:.0f} kB of script and {style / 1000:.0f} kB of styles, compressed")
    first = first_page()
    print(f"· the first page of the storefront: {first / 1000:.1f} kB of script, compressed; at most {FIRST_PAGE_LIMIT / 1000:.0f} are allowed")
    if first > FIRST_PAGE_LIMIT:
        fail("the first page of the storefront is too large")


def build():
    """Builds each site whose files changed since it was built."""
    npm_ci(WEB)
    stamps = LOCAL / "web"
    stamps.mkdir(exist_ok=True)
    client_is_built = False
    for site in SITES:
        stamp, wanted = stamps / site, fingerprint(site)
        if dist(site).exists() and stamp.exists() and stamp.read_text() == wanted:
            continue
        if not client_is_built:
            client.generate()
            npm(CLIENT, "run", "build")
            client_is_built = True
        npm(WEB, "run", "--workspace", f"@kontor/{site}", "build")
        stamp.write_text(wanted)


def files():
    """All built files, by the names that they have in the bucket."""
    return {prefix + path.relative_to(dist(site)).as_posix(): path for site, prefix in SITES.items() for path in files_of(dist(site))}


def add_to(package):
    """Puts the built pages into the package of the publisher."""
    folder = package / PAGES
    shutil.rmtree(folder, ignore_errors=True)
    for name, path in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)


def dist(site):
    return WEB / site / "dist"


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def fingerprint(site):
    """A hash of everything that a site is built from."""
    folder = WEB / site
    own = [path for path in files_of(folder) if not {"dist", "node_modules"} & set(path.relative_to(folder).parts)]
    others = [file for path in [*SHARED, *INPUTS.get(site, [])] for file in ([path] if path.is_file() else files_of(path))]
    made = hashlib.sha256()
    for path in [*own, *(path for path in others if "generated" not in path.parts)]:
        made.update(f"{path.relative_to(ROOT)} {path.stat().st_size} ".encode() + path.read_bytes())
    return made.hexdigest()


def size(site, ending):
    return sum(compressed(path) for path in files_of(dist(site)) if path.suffix == ending)


def compressed(path):
    return len(gzip.compress(path.read_bytes()))


def first_page():
    """The scripts that index.html names, those of the home page, and what they import at once."""
    scripts = dist("storefront") / "assets/shop"
    page = (dist("storefront") / "index.html").read_text()
    waiting = {scripts / name for name in re.findall(r'assets/shop/([^"]+\.js)"', page)} | set(scripts.glob("home-*.js"))
    loaded = set()
    while waiting:
        path = waiting.pop()
        loaded.add(path)
        imported = re.findall(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""", path.read_text())
        waiting |= {scripts / name for name in imported} - loaded
    return sum(map(compressed, loaded))
