"""`make test`, after the checks: the tests that need built programs, real hosts or a real cluster.

The end-to-end tests wait for clusters more than they compute. The other suites therefore run beside them, at low
priority; and before these the whole bundle is built there, of which the first end-to-end tests need a small part.
"""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bundle.cache import cache_dir
from operate import disk, subprograms, workplace
from operate.beside import beside
from operate.checks import NEEDS_MORE
from operate.failure import OperateError
from operate.phases import Phases, duration

LAST: Final = "tests/e2e"
"""The suite that takes as long as all others together."""

FIRST_STACK, WHOLE_STACK = "core", "dev"
"""What the first end-to-end tests are installed from, and what holds the bundle of all."""

SUITES: Final = "test-suites"
"""The command of the other suites."""


def test(phases: Phases, *, full: bool) -> None:
    """Build what the tests need, and run them; raises OperateError if one fails."""
    subprograms.packages("build", "lab", "test")
    with beside((SUITES, *(["--full"] if full else [])), log(SUITES)) as others:
        chain = tool_chain(phases)
        workplace.bundle_of(workplace.read(FIRST_STACK)[1], phases)
        with phases.phase("end-to-end tests"):
            failed = run("e2e", [LAST], chain, full=full)
        with phases.phase("the other suites, after these"):
            others_failed = others.wait()
    print(f"== {SUITES}\n{others.log.read_text()}", flush=True)
    if os.environ.get("CI") == "true":
        # A machine of CI compiles everything only once.
        disk.drop_compiler_cache(cache_dir(), frugal=True)
    if failed or others_failed:
        raise OperateError(
            "make test: tests failed; pytest's summaries above name them",
            code=failed or others_failed,
        )


def test_suites(phases: Phases, *, full: bool) -> None:
    """The same for all tests but the end-to-end ones."""
    subprograms.packages("build", "lab", "test")
    for name in (FIRST_STACK, WHOLE_STACK):
        workplace.bundle_of(workplace.read(name)[1], phases)
    chain = tool_chain(phases)
    with phases.phase("tests with tool chain and hosts"):
        failed = run(SUITES, suites(Path("tests")), chain, full=full)
    if failed:
        raise OperateError(
            f"make {SUITES}: tests failed; the summary above names them", code=failed
        )


def tool_chain(phases: Phases) -> Path:
    """The tool chain's directory; it is built when it is not there."""
    with phases.phase("tool chain"):
        return Path(subprograms.tool_chain())


def run(name: str, directories: Sequence[str], chain: Path, *, full: bool) -> int:
    """Pytest over these directories, then the time by suite. Returns pytest's exit code."""
    report = log(name).with_suffix(".xml")
    report.unlink(missing_ok=True)
    done = subprocess.run(
        command(directories, report),
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment(chain, full=full),
    )
    if report.exists():
        print("Time by suite:")
        for suite, (count, seconds) in times(report.read_text()).items():
            print(f"  {duration(seconds):>12}  {suite} ({count} tests)", flush=True)
    return done.returncode


def log(name: str) -> Path:
    """A file among the logs."""
    return cache_dir() / "logs" / f"{name}.log"


def suites(tests: Path) -> list[str]:
    """The directories of tests, but for the end-to-end ones."""
    found = sorted(str(path) for path in tests.iterdir() if path.is_dir())
    return [path for path in found if "__" not in path and path != LAST]


def command(directories: Sequence[str], report: Path) -> list[str]:
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
