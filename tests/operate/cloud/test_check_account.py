"""An account that lacks something stops `make up` before the engine starts."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from operate.cloud import look
from operate.cloud.facts import Account
from operate.commands import check_account, up
from operate.failure import OperateError
from operate.phases import Phases
from operate.workplace import Workplace
from tests.operate.cloud.test_rules import FINE
from tests.stacks.config.given import AWS, SSH, Given


def place(given: Given, directory: Path) -> Workplace:
    settings = directory / "settings.yaml"
    settings.write_text("config: {}\n")
    stack = SimpleNamespace(
        settings=settings, tracked=Path("Pulumi.dev.yaml"), name="dev", project=directory
    )
    made = SimpleNamespace(
        stack=stack, configuration=given.load(), phases=Phases(quiet=True), engine=None
    )
    return cast("Workplace", made)


def test_what_is_missing_is_told_with_the_file_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = FINE.__class__(**{**vars(FINE), "image": None})
    monkeypatch.setattr(look, "account", lambda *_, **__: lacking)
    with pytest.raises(OperateError, match=r"Pulumi\.dev\.yaml: hosts\.aws\.image\.id") as caught:
        up.look_before(place(Given(AWS), tmp_path))
    assert "nothing was made" in str(caught.value)


def test_an_account_that_has_everything_lets_it_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def answer(*_: object, **given: object) -> Account:
        asked.append(given)
        return FINE

    monkeypatch.setattr(look, "account", answer)
    check_account.check_account(place(Given(AWS), tmp_path))
    # A stack without an authority of its own owns nothing there yet.
    assert asked == [{"cluster": "appliance-dev", "authority": None}]
    assert "in eu-central-1" in capsys.readouterr().out


def test_a_stack_of_hosts_that_exist_asks_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Workplace] = []
    monkeypatch.setattr(up, "require_hosts", looked.append)
    monkeypatch.setattr(up, "require_account", lambda _: pytest.fail("asked an account"))
    up.look_before(place(Given(SSH), tmp_path))
    assert len(looked) == 1
