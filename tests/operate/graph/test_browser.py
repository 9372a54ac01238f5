"""The page in a browser: that something is drawn, can be read, and helps."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from operate.graph.colours import DARK, LIGHT, slug
from operate.graph.page import page
from operate.graph.picture import Picture
from stacks.picture import BOXES
from tests.operate.graph.browser import colours, needs_browser, picture, run, seen
from tests.operate.graph.given import big_picture, small_picture

pytestmark = [pytest.mark.browser, needs_browser, pytest.mark.timeout(300)]

WIDE, NARROW = (1280, 1600), (600, 1600)
# Everything that would not be read: words wider than their place, boxes on each other, a page wider than the window.
FAULTS = """
const faults = [];
const inside = (a, b) =>
  a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
const apart = (a, b) =>
  a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
document.querySelectorAll("details").forEach((each) => { each.open = true; });
if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is wider than the window");
document.querySelectorAll(".cells > *, .more > *, p, h1, h2, h3, #path li").forEach((each) => {
  if (!each.matches(".track") && each.scrollWidth > each.clientWidth + 1) faults.push("clipped: " + each.textContent);
});
const boxes = [...document.querySelectorAll("svg .box")].map((each) => each.getBoundingClientRect());
boxes.forEach((one, place) => boxes.slice(place + 1).forEach((other) => {
  if (!apart(one, other)) faults.push("boxes lie on each other");
}));
document.querySelectorAll("svg > text, svg a > text").forEach((each) => {
  const own = each.getBoundingClientRect();
  if (own.width && !boxes.some((box) => inside(own, box))) faults.push("outside of its box: " + each.textContent);
});
const lines = [...document.querySelectorAll(".cells, .more, .component")].filter((each) => !each.matches(".axis"));
lines.map((each) => each.getBoundingClientRect()).reduce((above, own, place) => {
  if (own.top < above.bottom - 1) faults.push("lies on the line above: " + lines[place].textContent);
  return own;
});
document.querySelectorAll(".track .bar").forEach((each) => {
  const own = each.getBoundingClientRect(), line = each.parentElement.getBoundingClientRect();
  if (own.left < line.left - 1 || own.right > line.right + 4) faults.push("a bar leaves its line");
  if (own.width < 2) faults.push("a bar is too thin");
});
return {faults, boxes: boxes.length, lines: lines.length};
"""
HELP = """
const field = document.querySelector("#search input");
const visible = () => [...document.querySelectorAll(".resource")].filter((each) => each.checkVisibility()).length;
const told = document.getElementById("told");
const before = visible();
field.value = "MEMBER command";
field.dispatchEvent(new Event("input"));
const hits = visible();
const output = document.querySelector("#search output").textContent;
const called = (each) => each.querySelector("b").textContent;
const row = [...document.querySelectorAll(".resource")].find((each) => called(each) === "n1-member");
row.querySelector("summary").dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
const words = told.textContent;
const marked = [".is-before", ".is-after", ".is-chosen"].map((each) => document.querySelectorAll(each).length);
field.value = "";
field.dispatchEvent(new Event("input"));
const button = document.querySelector("#search button");
const pushed = [button.textContent];
for (const _ of [1, 2]) {
  button.click();
  pushed.push(button.textContent, visible());
}
const search = field.checkVisibility();
return {pushed, hits, output, words, marked, hidden: told.hidden, search, before, after: visible()};
"""

BARE = """
const row = document.querySelector(".resource");
row.querySelector("summary").click();
return {
  rows: document.querySelectorAll(".resource").length,
  search: document.querySelector("#search").checkVisibility(),
  opened: row.querySelector(".more a").checkVisibility(),
};
"""


@pytest.mark.parametrize(
    ("make", "palette"),
    [(small_picture, LIGHT), (big_picture, DARK)],
    ids=["small and light", "big and dark"],
)
def test_something_is_drawn_with_a_colour_for_each_layer(
    make: Callable[[], Picture], palette: dict[str, str], tmp_path: Path
) -> None:
    given = make()
    text = page(given)
    if palette is DARK:
        # What a screen asks for cannot be said on the command line.
        text = text.replace("(prefers-color-scheme:dark)", "all")
    found = colours(picture(tmp_path, text))
    (ground, most), *_ = found.most_common(1)
    assert ground == palette["ground"]
    assert most < 0.95 * found.total(), "the page is empty"
    assert len(found) > 50, "there are no words on it"
    drawn = {slug(name) for name in given.layers if name != "other"}
    assert drawn <= {name for name, colour in palette.items() if found[colour] > 100}


@pytest.mark.parametrize(
    ("make", "size"),
    [(small_picture, WIDE), (big_picture, WIDE), (big_picture, NARROW)],
    ids=["small", "big", "big in a narrow window"],
)
def test_no_word_is_clipped_and_nothing_lies_on_anything_else(
    make: Callable[[], Picture], size: tuple[int, int], tmp_path: Path
) -> None:
    given = make()
    told = seen(tmp_path, page(given), FAULTS, size)
    assert told["faults"] == []
    assert told["boxes"] == len(BOXES)
    assert told["lines"] > len(given.graph.resources)


def test_words_that_are_clipped_would_be_found(tmp_path: Path) -> None:
    broken = page(small_picture()).replace(
        "</style>",
        ".title { width: 3rem; white-space: nowrap } #layers .name { font-size: 60px }</style>",
    )
    faults = seen(tmp_path, broken, FAULTS)["faults"]
    assert any(each.startswith("clipped: n1-host") for each in faults)
    assert any(each.startswith("outside of its box") for each in faults)


def test_the_search_and_what_waits_for_what_are_shown(tmp_path: Path) -> None:
    told = seen(tmp_path, page(small_picture()), HELP)
    assert (told["before"], told["hits"], told["after"]) == (6, 1, 6)
    assert told["output"] == "1 of 6"
    closed, opened = "open all layers", "close all layers"
    assert told["pushed"] == [opened, closed, 0, opened, 6]
    assert told["search"] is True
    assert told["hidden"] is False
    assert told["words"].startswith(
        "n1-member waits for ← n1-prepare and 2 more; it is waited for by → weave-daemon-set and 1 more"
    )
    assert told["marked"] == [3, 2, 1]


def test_without_the_script_all_is_there_but_what_only_it_can_do(tmp_path: Path) -> None:
    given = small_picture()
    bare = re.sub(r"<script>.*?</script>", "", page(given), flags=re.DOTALL)
    told = seen(tmp_path, bare, BARE)
    assert told["rows"] == sum(each.custom for each in given.graph)
    assert told["search"] is False
    assert told["opened"] is True


def test_the_page_runs_its_own_script_and_none_that_came_with_a_name(tmp_path: Path) -> None:
    stranger = "<script>document.title = 'other'</script></body>"
    printed = run(tmp_path, page(small_picture()).replace("</body>", stranger), "--dump-dom")
    assert '<div id="search">' in printed, "its own script did not run"
    assert "<title>Stack dev</title>" in printed
