"""A stack's own key and the user's agent are never mixed up."""

from pathlib import Path

import pytest

from operate.commands.init import refuse_key
from operate.failure import OperateError
from operate.stack import Stack

SETTINGS = "config:\n  appliance:sshPrivateKey:\n    secure: v1:abc\n"


def stack(directory: Path, settings: str) -> Stack:
    made = Stack(name="site", checkout=directory, directory=directory)
    made.tracked.write_text(settings)
    return made


def test_a_key_that_the_stack_already_has_is_not_passed_over_for_an_agent(tmp_path: Path) -> None:
    with pytest.raises(OperateError, match=r"stack site has an SSH key of its own.*config rm"):
        refuse_key(stack(tmp_path, SETTINGS))


def test_a_stack_without_a_key_may_use_an_agent(tmp_path: Path) -> None:
    refuse_key(stack(tmp_path, "config: {}\n"))
