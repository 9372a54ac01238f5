"""What `make check` looks at."""

import sys
from pathlib import Path

import pytest

from operate import checks


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.sh", "echo", True),
        ("a.bash", "", True),
        ("run", "#!/usr/bin/env bash\n", True),
        ("run", "#!/bin/sh\n", True),
        ("run", "#!/bin/sh -e\n", True),
        ("run", "#!/usr/bin/python3\n", False),
        ("run", "text", False),
        ("run", "", False),
        ("run.py", "#!/bin/sh\n", False),
    ],
)
def test_shell_scripts_are_known_by_name_or_first_line(
    tmp_path: Path,
    name: str,
    text: str,
    expected: bool,  # noqa: FBT001
) -> None:
    file = tmp_path / name
    file.write_text(text)
    assert checks.is_shell_script(file) is expected


def test_the_scripts_that_people_start_are_among_the_checked() -> None:
    scripts = {file for file in checks.tracked_files() if checks.is_shell_script(Path(file))}
    assert {"operate/bootstrap", "operate/packages", ".ci/run"} <= scripts


def test_a_check_that_must_be_silent_fails_on_output() -> None:
    command = (sys.executable, "-c", "print('a.go')")
    assert not checks.run(checks.Check(name="c", command=command, silent=True)).passed
    assert checks.run(checks.Check(name="c", command=command)).passed


def test_a_check_that_fails_keeps_what_it_said() -> None:
    outcome = checks.run(checks.Check(name="c", command=("sh", "-c", "echo why >&2; exit 1")))
    assert (outcome.passed, outcome.output) == (False, "why\n")


def test_the_unit_tests_leave_out_every_test_that_needs_more_than_python() -> None:
    expression = checks.unit_tests().command[checks.unit_tests().command.index("-m", 3) + 1]
    assert all(f"not {marker}" in expression for marker in checks.NEEDS_MORE)
