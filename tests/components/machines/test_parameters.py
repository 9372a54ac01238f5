import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.machines.parameters import render

shell_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(shell_text)
def test_a_shell_reads_back_exactly_what_was_rendered(value: str) -> None:
    script = render({"VALUE": value}) + 'printf %s "$VALUE"'
    read = subprocess.run(["bash"], input=script.encode(), capture_output=True, check=True)
    # A shell variable ends where bash drops carriage returns nowhere: bytes are compared, not lines.
    assert read.stdout.decode() == value


def test_equal_values_give_equal_text_whatever_their_order() -> None:
    assert render({"B": "2", "A": "1"}) == render({"A": "1", "B": "2"}) == "A=1\nB=2\n"


@pytest.mark.parametrize("key", ["lower", "A-B", "1A", "", "A=1\nB"])
def test_a_key_that_no_shell_variable_can_have_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a shell variable"):
        render({key: "x"})


def test_a_value_that_no_shell_variable_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="A holds a NUL"):
        render({"A": "a\0b"})
