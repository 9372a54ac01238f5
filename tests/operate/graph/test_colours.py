"""The colours: that each is seen on its ground, by the measure of WCAG 2."""

import re

import pytest

from operate.graph.colours import DARK, LIGHT, NAMES, slug, variables
from operate.graph.page import STYLE

SHAPES, WORDS = 3.0, 4.5
"""The contrast that shapes and words need at least."""


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", [slug(name) for name in NAMES])
def test_every_layer_is_seen_on_both_grounds(colours: dict[str, str], name: str) -> None:
    for ground in ("ground", "card"):
        assert contrast(colours[name], colours[ground]) >= SHAPES


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("words", ["text", "quiet", "link"])
def test_words_can_be_read_on_both_grounds(colours: dict[str, str], words: str) -> None:
    grounds = ("ground", "card", "mark") if words == "text" else ("ground", "card")
    for ground in grounds:
        assert contrast(colours[words], colours[ground]) >= WORDS


def test_no_two_layers_have_one_colour() -> None:
    for colours in (LIGHT, DARK):
        assert len({colours[slug(name)] for name in NAMES}) == len(NAMES)


def test_every_variable_that_the_style_uses_is_there_for_both_screens() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)", STYLE.read_text())) - {"c", "depth", "step"}
    assert used
    assert used <= LIGHT.keys()
    assert LIGHT.keys() == DARK.keys()
    assert all(colour in variables() for colour in (*LIGHT.values(), *DARK.values()))
