"""`make test`, after the checks: the tests that need built programs, real hosts or a real cluster."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bundle.cache import cache_dir
from operate import subprograms, workplace
from operate.checks import NEEDS_MORE
from operate.failure import OperateError
from operate.phases import Phases, duration

LAST: Final = "tests/e2e"
"""The suite that takes longest and says least about what is wrong when something is."""


def test(phases: Phases, *, full: bool) -> None:
    """Build what the tests need, then run them; raises OperateError if one fails."""
    with phases.phase("tool chain"):
        subprograms.packages("build", "lab", "test")
        chain = Path(subprograms.tool_chain())
    workplace.bundle_of(workplace.read("dev")[1], phases)
    report = cache_dir() / "logs" / "test.xml"
    report.unlink(missing_ok=True)
    with phases.phase("tests with tool chain, hosts and cluster"):
        done = subprocess.run(
            command(suites(Path("tests")), report),
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment(chain, full=full),
        )
    if report.exists():
        print("Time by suite:")
        for suite, (count, seconds) in times(report.read_text()).items():
            print(f"  {duration(seconds):>12}  {suite} ({count} tests)", flush=True)
    if done.returncode != 0:
        raise OperateError(
            "make test: tests failed; pytest's summary above names them", code=done.returncode
        )


def suites(tests: Path) -> list[str]:
    """The directories of tests, the end-to-end ones last: whatever fails sooner should."""
    found = sorted(str(path) for path in tests.iterdir() if path.is_dir())
    return sorted((path for path in found if "__" not in path), key=lambda path: path == LAST)


def command(directories: list[str], report: Path) -> list[str]:
    """Pytest over these directories, with a report of each test's time."""
    options = ["-v", "--durations=15", f"--junitxml={report}"]
    return [sys.executable, "-m", "pytest", *options, "-m", " or ".join(NEEDS_MORE), *directories]


def environment(chain: Path, *, full: bool) -> dict[str, str]:
    """The tests' environment: the tool chain's command plugin, and whether the long ones run too."""
    plugin = next((chain / "home" / "plugins").glob("resource-command-v*/pulumi-resource-command"))
    # Tests that take too long for every change skip themselves by name without this variable.
    long = {"APPLIANCE_TEST_FULL": "1"} if full else {}
    return {**os.environ, "APPLIANCE_COMMAND_PLUGIN": str(plugin), **long}


def times(report: str) -> dict[str, tuple[int, float]]:
    """How many tests ran in each directory below `tests`, and for how many seconds, the longest first."""
    sums: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    # The report was written by our own pytest a moment ago.
    for case in ET.fromstring(report).iter("testcase"):  # noqa: S314
        suite = "/".join(case.get("classname", "?").split(".")[:-1][:3])
        count, seconds = sums[suite]
        sums[suite] = (count + 1, seconds + float(case.get("time", "0")))
    return dict(sorted(sums.items(), key=lambda item: -item[1][1]))
