"""What Lighthouse says of the storefront's home, a list and a product, on a deployed local cloud, and when the home page shows
something: with a cold start of its functions, with warm ones, and from the distribution's cache. Release binaries would be some
milliseconds faster, and take much longer to build.

It needs Chromium. Lighthouse computes how the page loads on a slow telephone. By itself it takes this machine to be four times as
fast as that one; here its benchmark of this machine tells how much faster it is. `make lighthouse` runs it.
"""

import json
import pathlib
import shutil
import statistics
import subprocess
import urllib.request

import web
from cloud import cloud
from project import HERE, chromium, fail, free_port, node_environment, npm_ci, step

TOOL = HERE / "lighthouse"
RUNS, GOAL = 3, 95
# What Lighthouse's benchmark gives for the telephone. Chrome's own tools take 1000 for an average one, and 264 for a slow one.
TELEPHONE = 500
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def run():
    web.build()
    npm_ci(TOOL)
    with cloud(free_port(), free_port(), web_port=free_port()) as running:
        with step("seed"):
            running.operate("seed")
        running.invoke("Sitemap", "sitemap-hourly.json")
        shop = Lighthouse(running)
        cold = shop.first_paint("/")
        # The distribution keeps the page, but not that of another query.
        warm = statistics.median(shop.first_paint(f"/?visit={visit}") for visit in range(RUNS))
        kept = statistics.median(shop.first_paint("/") for _ in range(RUNS))
        print("\nfirst contentful paint of the home page, without throttling", flush=True)
        for name, paint in (("cold functions", cold), ("warm functions", warm), ("kept by the distribution", kept)):
            print(f"  {name:<24} {paint:>5.0f} ms", flush=True)
        print(f"\nthis machine is {shop.slowdown():.1f} times as fast as the telephone", flush=True)
        print(f"\n{'Lighthouse, goal ' + str(GOAL):<24} {'  '.join(CATEGORIES)}   first paint, largest paint, blocking, shift")
        low = [path for path in ("/", list_of(running), product_of(running)) if not shop.score(path)]
    shutil.rmtree(running.folder)
    if low:
        fail(f"below {GOAL}: {', '.join(low)}")


def list_of(running):
    return f"/categories/{first(running, 'categories')['slug']}"


def product_of(running):
    return f"/products/{first(running, 'products')['slug']}"


def first(running, plural):
    with urllib.request.urlopen(f"{running.api}/api/v1/{plural}") as answer:
        return json.load(answer)["data"][0]


class Lighthouse:
    def __init__(self, running):
        self.web, self.folder = running.web, pathlib.Path(running.folder)
        self.benchmarks = []

    def first_paint(self, path):
        report = self.report(path, "--throttling-method=provided", "--only-categories=performance")
        return report["audits"]["first-contentful-paint"]["numericValue"]

    def score(self, path):
        """Prints the median of some runs. Whether all scores reach the goal."""
        reports = [self.report(path, f"--throttling.cpuSlowdownMultiplier={self.slowdown():.2f}") for _ in range(RUNS)]
        scores = {name: statistics.median(round(one["categories"][name]["score"] * 100) for one in reports) for name in CATEGORIES}
        figures = [statistics.median(one["audits"][name]["numericValue"] for one in reports) for name in (
            "first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")]
        print(f"{path:<24} {'  '.join(f'{scores[name]:>{len(name)}.0f}' for name in CATEGORIES)}   "
              f"{figures[0]:.0f} ms, {figures[1]:.0f} ms, {figures[2]:.0f} ms, {figures[3]:.3f}", flush=True)
        for name in CATEGORIES:
            if scores[name] < 100 and name != "performance":
                print(f"  {name}: {', '.join(failing(reports[0], name))}", flush=True)
        return min(scores.values()) >= GOAL

    def report(self, path, *words):
        file = self.folder / "lighthouse.json"
        command = [TOOL / "node_modules/.bin/lighthouse", self.web + path, "--quiet", "--output=json", f"--output-path={file}",
                   "--chrome-flags=--headless=new --no-sandbox", *words]
        finished = subprocess.run([str(word) for word in command], env={**node_environment(), "CHROME_PATH": chromium()})
        if finished.returncode != 0:
            fail(f"Lighthouse could not load {path}")
        report = json.loads(file.read_text())
        self.benchmarks.append(report["environment"]["benchmarkIndex"])
        return report

    def slowdown(self):
        return max(1, statistics.median(self.benchmarks) / TELEPHONE)


def failing(report, category):
    """The audits of a category that are not passed, by their titles."""
    audits = (report["audits"][one["id"]] for one in report["categories"][category]["auditRefs"] if one["weight"])
    return [one["title"] for one in audits if (one["score"] or 0) < 1]


if __name__ == "__main__":
    run()
