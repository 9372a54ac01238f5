import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.manifest.document import documents
from components.manifest.yaml_text import text

TRICKY = [
    *("", "~", "null", "y", "No", "on", "0755", "0o17", "0x1f", "1_000", "1e3", ".5", "22:22"),
    *("2024-01-01", "=", "<<", "- a", "a: b", "#a", "a #b", "'", '"', "{", "[", "*a", "&a", "!a"),
    *(
        "%a",
        "@a",
        "`a",
        "|",
        ">",
        "a\nb",
        "a\nb\n",
        "\na",
        " a",
        "a ",
        "a\n b",
        "  a\nb",
        "\t",
        "---",
    ),
    *(
        "...",
        "--- a\nb",
        "a\n---\nb",
        "\u00e9",
        "\U0001f600",
        "\ufeff",
        "a\r\nb",
        "\x07",
        "a\u2028b",
    ),
    *("x" * 200, "a " * 200, "1.0", "true", ".inf", "-", "?", ":", "a:", "0b1", "+1", "\u0085"),
]


def back(written: str) -> Any:
    (found,) = documents(f"{written}", "f.yaml")
    assert not found.faults
    return found.value


@pytest.mark.parametrize("value", TRICKY, ids=repr)
def test_text_is_read_back_as_that_text_as_a_value_and_as_a_key(value: str) -> None:
    written = text({"a": value, "b": [value], value: 1})
    assert back(written) == {"a": value, "b": [value], value: 1}


@pytest.mark.parametrize("value", TRICKY, ids=repr)
def test_readers_of_plain_yaml_see_the_same(value: str) -> None:
    assert yaml.safe_load(text({"a": value})) == {"a": value}


@pytest.mark.parametrize(
    "value", [None, True, False, 0, -1, 2**53, 1.5, 1e20, -2.5e-7, [], {}, [[]], [{}], {"a": []}]
)
def test_other_values_are_read_back_as_they_are(value: object) -> None:
    assert back(text({"a": value})) == {"a": value}
    assert yaml.safe_load(text({"a": value})) == {"a": value}


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False).filter(
            lambda value: not (value.is_integer() and math.fabs(value) >= 2**53)
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.sampled_from(TRICKY),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3
        ),
    ),
    max_leaves=10,
)


@given(VALUES)
def test_whatever_json_holds_is_read_back_as_it_was(value: object) -> None:
    assert back(text({"a": value})) == {"a": value}


def test_keys_keep_their_order_and_lines_their_length() -> None:
    long = " ".join(["word"] * 60)
    assert text({"b": long, "a": 1}) == f"b: {long}\na: 1\n"


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        text({"a": set()})
