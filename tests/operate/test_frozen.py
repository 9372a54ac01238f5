"""What a license that has ended makes of `make up` and `make preview`."""

from pathlib import Path
from typing import Any, cast

import pytest

from operate.engine import Engine
from operate.frozen import excluded, leave_application
from operate.phases import Phases
from operate.stack import Stack
from operate.workplace import Workplace
from stacks import license as licenses
from tests.components.application.made import LICENSE
from tests.components.application.test_license import public, text
from tests.stacks.test_license import configuration


def place(directory: Path, expires: str) -> Workplace:
    (directory / "vendor.pem").write_bytes(public())
    (directory / "license.yaml").write_text(text({**LICENSE, "expires": expires}))
    return Workplace(
        stack=cast("Stack", None),
        configuration=configuration(directory),
        engine=Engine(environment={}, checkout=directory, logs=directory),
        phases=Phases(quiet=True),
    )


def test_engine_and_program_are_both_told_to_leave_the_application(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = leave_application(place(tmp_path, "2020-01-01"))
    assert licenses.frozen(found.engine.environment)
    assert excluded(found) == ("--exclude", licenses.RESOURCES)
    assert "ended on 2020-01-01: the application stays as it is" in capsys.readouterr().err


def test_neither_is_told_while_the_license_holds(tmp_path: Path) -> None:
    found = leave_application(place(tmp_path, "9999-12-31"))
    assert not licenses.frozen(found.engine.environment)
    assert excluded(found) == ()


def test_the_pattern_names_the_component_that_the_program_makes() -> None:
    from components.application import application  # noqa: PLC0415

    source: Any = Path(application.__file__).read_text()
    token = licenses.RESOURCES.split("::", 2)[2].removesuffix("**")
    assert f'"{token}"' in source
