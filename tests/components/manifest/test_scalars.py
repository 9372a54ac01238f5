import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifest.scalars import BOOL, FLOAT, INT, NULL, STR, Scalar, resolve


@pytest.mark.parametrize("word", ["y", "Y", "yes", "Yes", "YES", "true", "True", "on", "On", "ON"])
def test_words_that_yaml_1_1_takes_for_true_are_true(word: str) -> None:
    assert resolve(word) == (BOOL, True)


@pytest.mark.parametrize("word", ["n", "N", "no", "No", "NO", "false", "FALSE", "off", "Off"])
def test_words_that_yaml_1_1_takes_for_false_are_false(word: str) -> None:
    assert resolve(word) == (BOOL, False)


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_nothing_has_five_spellings(word: str) -> None:
    assert resolve(word) == (NULL, None)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *(("0", 0), ("-0", 0), ("+7", 7), ("42", 42), ("1_000", 1000)),
        *(("0755", 493), ("0o17", 15), ("00", 0), ("-010", -8)),
        *(("0x1F", 31), ("0X1f", 31), ("0b101", 5), ("-0b1", -1), ("0x_f", 15)),
    ],
)
def test_whole_numbers_have_four_bases(word: str, number: int) -> None:
    assert resolve(word) == (INT, number)


@pytest.mark.parametrize(
    ("word", "number"),
    [("1.5", 1.5), (".5", 0.5), ("1.", 1), ("1e3", 1000), ("08", 8), ("-1.5E-3", -0.0015)],
)
def test_fractions_and_what_only_looks_octal(word: str, number: float) -> None:
    tag, value = resolve(word)
    assert (tag, value) == (FLOAT, number)
    assert isinstance(value, int) == (number == int(number))


@pytest.mark.parametrize(
    "word",
    [
        *("22:22", "12:30:45", "1:2"),  # base 60 to YAML 1.1, and to PyYAML
        *("2024-01-01", "2001-12-14t21:59:43.10-05:00"),  # dates to PyYAML
        *("=", "tRUE", "nULL", "0x", "0b", "0b2", "1__x", "_1", ".", ".e5", "+", "-", "1.2.3"),
        *("v1", "10.96.0.1", "1e400", "yes ", "\u0661"),
    ],
)
def test_everything_else_is_text(word: str) -> None:
    assert resolve(word) == (STR, word)


def test_a_number_beyond_64_bits_is_a_fraction_as_for_kubernetes() -> None:
    assert resolve("18446744073709551615") == (INT, 2**64 - 1)
    assert resolve("18446744073709551616") == (FLOAT, 2.0**64)
    assert resolve("+18446744073709551615") == (FLOAT, 2.0**64)


@given(st.text(max_size=12))
def test_no_word_is_too_strange_to_be_read(word: str) -> None:
    tag, value = resolve(word)
    assert tag != STR or value == word


@given(st.integers(min_value=-(2**53), max_value=2**53))
def test_a_written_number_is_read_back(number: int) -> None:
    assert resolve(str(number)) == (INT, number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_fraction_is_read_back(fraction: float) -> None:
    value: Scalar = resolve(repr(fraction))[1]
    assert isinstance(value, int | float)
    assert math.isclose(value, fraction, rel_tol=0, abs_tol=0)
