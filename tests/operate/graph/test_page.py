"""The page."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from operate.graph.groups import groups
from operate.graph.page import SCRIPT, STYLE, page
from operate.graph.picture import Picture, picture_of
from operate.graph.state import read
from tests.operate.graph.given import (
    HOST,
    MEMBER,
    OBJECT,
    PODS,
    PREPARE,
    SECRET,
    SMALL,
    TRICKY,
    big_picture,
    small,
    small_picture,
    up,
    work,
)

VOID = {"meta", "input", "br", "rect", "path"}


class Reader(HTMLParser):
    """The elements of a page with their attributes and text; complains of one that is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.elements if attribute in found]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def section(text: str, of: str) -> str:
    """The lines of one resource."""
    found = re.search(rf'<details class="resource" id="{of}".*?</details>', text, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("make", [small_picture, big_picture], ids=["small", "big"])
def test_every_resource_stands_on_the_page_once(make: Callable[[], Picture]) -> None:
    picture = make()
    found = Reader(page(picture))
    assert Counter(found.all("data-urn")) == Counter(list(picture.graph.resources))
    assert len(set(found.all("id"))) == len(found.all("id"))


@pytest.mark.parametrize("make", [small_picture, big_picture], ids=["small", "big"])
def test_every_link_leads_to_a_place_of_the_page(make: Callable[[], Picture]) -> None:
    found = Reader(page(make()))
    links = found.all("href")
    assert links
    assert {each.removeprefix("#") for each in links} <= set(found.all("id"))
    waits = {name for each in found.all("data-waits") for name in each.split()}
    assert waits
    assert waits <= set(found.all("id"))


def test_both_ends_of_every_dependency_name_the_other() -> None:
    picture = small_picture()
    text = page(picture)
    for urn, found in picture.waits.nearest.items():
        for before in found:
            own, other = picture.names[urn], picture.names[before]
            first, _, last = section(text, own).partition('class="self"')
            assert f'href="#{other}"' in first
            back = section(text, other).partition('class="after"')[2]
            assert f'href="#{own}"' in back
            assert f'href="#{own}"' not in last


def test_no_value_of_the_state_is_on_the_page() -> None:
    assert SECRET in small()
    text = page(small_picture())
    assert SECRET not in text
    for word in ("stdin", "colour", "f6f52678"):
        assert word in small()
        assert word not in text.replace(STYLE.read_text(), "")


def test_names_are_escaped_wherever_they_stand() -> None:
    # A work of its own, so that it stands on the path too.
    text = page(small_picture(up(work(HOST, 0, 3), work(OBJECT, 3, 9))))
    found = Reader(text)
    assert OBJECT in found.all("data-urn")
    assert found.words.count(TRICKY) >= 4, (
        "as a line, on its card, on the path and as another's follower"
    )
    assert TRICKY not in text
    assert [tag for tag, _ in found.elements].count("script") == 1


def test_a_browser_is_told_to_load_nothing_and_to_run_this_script_alone() -> None:
    text = page(small_picture())
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert scripts == [SCRIPT.read_text()]
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text
    assert Reader(text).all("src") == []
    assert set(re.findall(r"url\(([^)]*)\)|@import", text)) == {"#arrow"}


def test_the_head_says_what_there_is_and_when_it_was_changed() -> None:
    told = Reader(page(small_picture())).text
    assert "6 resources in 4 components" in told
    assert "began 2026-09-21 14:13:20 UTC: the engine worked 56 s on 4 of them" in told


def test_each_layer_has_a_box_with_its_number_and_its_time() -> None:
    text = page(small_picture())
    boxes = text.partition("<svg")[2].partition("</svg>")[0]
    assert boxes.count("<a href=") == 4
    plane = boxes.partition('href="#layer-control-plane"')[2].partition("</a>")[0]
    assert re.findall(r">([^<>]+)<", plane)[-2:] == ["2 resources", "37 s"] or "37 s" in plane
    assert "left alone" in boxes.partition('href="#layer-application"')[2].partition("</a>")[0]
    assert boxes.count("not in this stack") == 6


def test_why_it_took_so_long_is_answered_by_the_path_in_its_order() -> None:
    text = page(small_picture())
    path = text.partition('id="path"')[2].partition('id="resources"')[0]
    assert "Why it took 56 s" in path
    named = re.findall(r'<a href="#r\d+">([^<]+)</a>', path)
    assert named == ["n1-host", "n1-prepare", "n1-member", "weave-daemon-set"]
    assert "control plane 37 s, network 13 s, machines 2 s; 4 s passed between them" in path
    assert "began 2 s later" in path


def test_a_resource_says_what_it_waited_for_last() -> None:
    picture = small_picture()
    lines = section(page(picture), picture.names[MEMBER])
    name = picture.names[PREPARE]
    assert f'<dt>began when</dt><dd><a href="#{name}">n1-prepare</a>' in lines
    assert "began when" not in section(page(picture), picture.names[HOST])


def test_a_resource_that_the_last_up_left_alone_says_that_its_time_is_older() -> None:
    picture = small_picture()
    lines = section(page(picture), picture.names[OBJECT])
    assert "4 s, older" in lines
    assert "not by the last up" in lines
    assert 'class="bar' not in lines
    assert "older" not in section(page(picture), picture.names[HOST])


def test_what_lies_on_the_path_is_told_by_a_word_and_not_by_colour_alone() -> None:
    last = up(work(HOST, 0, 3), work(MEMBER, 3, 20), work(PODS, 3, 9))
    picture = small_picture(last)
    assert "on the path" in section(page(picture), picture.names[MEMBER])
    assert "on the path" not in section(page(picture), picture.names[PODS])


def test_what_failed_or_was_interrupted_says_so() -> None:
    last = up(work(HOST, 0, 3, outcome="failed"), work(MEMBER, 3, 20, outcome="interrupted"))
    picture = small_picture(last)
    assert "failed, 3 s" in section(page(picture), picture.names[HOST])
    assert "interrupted, 17 s" in section(page(picture), picture.names[MEMBER])


def test_what_the_last_up_deleted_is_on_the_path_by_its_name() -> None:
    gone = HOST.replace("n1-host", "n9-host")
    text = page(small_picture(up(work(HOST, 0, 3), work(gone, 3, 60, "delete"))))
    path = text.partition('id="path"')[2].partition('id="resources"')[0]
    assert "<b>n9-host</b> <small>gone</small>" in path
    assert "delete" in path


def test_without_times_there_is_a_picture_all_the_same() -> None:
    text = page(small_picture(None))
    assert "No times are known" in text
    assert 'id="path"' not in text
    assert "undefined" not in text.replace(SCRIPT.read_text(), "")
    assert 'class="track"' not in text


def test_of_few_resources_all_are_seen_and_of_many_the_layers_first() -> None:
    assert '<details open><summary class="cells">' in page(small_picture())
    assert '<details open><summary class="cells">' not in page(big_picture())


def test_a_page_of_six_hundred_resources_is_no_burden() -> None:
    picture = big_picture()
    assert 550 < len(picture.graph.resources) < 650
    assert len(page(picture)) < 1_500_000


def test_layers_of_the_page_are_those_of_the_groups() -> None:
    graph = read(small(), "dev")
    found = Reader(page(picture_of(graph, SMALL)))
    sections = [each for each in found.all("id") if each.startswith("layer-")]
    assert len(sections) == len(groups(graph))
