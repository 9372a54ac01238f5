from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.manifest.document import Document, documents


def only(text: str) -> Document:
    (found,) = documents(text, "f.yaml")
    return found


def faults(text: str) -> list[str]:
    return [str(fault) for document in documents(text, "f.yaml") for fault in document.faults]


def test_documents_are_told_apart_by_lines_of_hyphens_and_empty_ones_do_not_count() -> None:
    text = "# licence\n---\na: 1\n--- # next\n\n# nothing\n---\n~\n---\nb: 2\n"
    found = list(documents(text, "f.yaml"))
    assert [document.value for document in found] == [{"a": 1}, {"b": 2}]
    assert [str(document.place) for document in found] == [
        "f.yaml, document 1, line 3",
        "f.yaml, document 2, line 10",
    ]


def test_hyphens_inside_a_line_or_indented_separate_nothing() -> None:
    assert only("a: |\n  x\n  ---\n  y\nb: x---y\n").value == {"a": "x\n---\ny\n", "b": "x---y"}


@pytest.mark.parametrize("end", ["", "\n", "\n---\n", "\n---"])
def test_a_block_of_text_ends_with_its_line_whatever_comes_after_it(end: str) -> None:
    assert only(f"a: |\n  x{end}").value == {"a": "x\n"}
    assert only(f"a: |-\n  x{end}").value == {"a": "x"}
    assert only(f"a: |+\n  x\n{end}").value == {"a": "x\n\n" if end else "x\n"}


def test_windows_line_ends_and_a_byte_order_mark_are_no_content() -> None:
    found = list(documents("\ufeffa: 1\r\n---\r\nb: x\r\n", "f.yaml"))
    assert [document.value for document in found] == [{"a": 1}, {"b": "x"}]


def test_quotes_and_tags_keep_text_what_it_is() -> None:
    found = only("a: 'on'\nb: \"0755\"\nc: !!str 1\nd: |-\n  yes\n")
    assert found.value == {"a": "on", "b": "0755", "c": "1", "d": "yes"}


def test_tags_say_what_a_scalar_is_and_a_wrong_one_is_a_fault() -> None:
    assert only('a: !!int "7"\nb: !!float 1\nc: !!bool "yes"').value == {"a": 7, "b": 1, "c": True}
    assert faults("a: !!int x") == ["f.yaml, document 1, line 1: 'x' is no !!int"]


@pytest.mark.parametrize("tag", ["!!binary", "!!python/object/apply:os.system", "!mine", "!!set"])
def test_tags_that_kubernetes_has_no_use_for_are_refused(tag: str) -> None:
    (fault,) = faults(f"a: {tag} x") if tag != "!!set" else faults("a: !!set {x}")
    assert (
        fault
        == f"f.yaml, document 1, line 1: the tag {tag} means nothing to Kubernetes; take it out"
    )


def test_keys_are_text_as_kubectl_makes_them() -> None:
    assert only("8080: a\non: b\n010: c\n'1.5': d\n").value == {
        "8080": "a",
        "true": "b",
        "8": "c",
        "1.5": "d",
    }


@pytest.mark.parametrize("key", ["~", "1.5", "[a]", "{a: b}"])
def test_keys_that_are_no_text_at_all_are_refused(key: str) -> None:
    assert len(faults(f"? {key}\n: x\n")) == 1


def test_a_key_given_twice_is_refused_with_its_line_also_as_another_word() -> None:
    assert faults("a: 1\nb:\n  c: 1\n  c: 2\n8: x\n'8': y\n") == [
        "f.yaml, document 1, line 4: the key 'c' is given twice",
        "f.yaml, document 1, line 6: the key '8' is given twice",
    ]


def test_anchors_are_copied_and_merged_keys_give_way() -> None:
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [*x, {b: 4, c: 5}]}\nl: [*x, *x]\nw: {<<: *x, <<: {a: 9}}\n"
    value: Any = only(text).value
    # `y` is a word for true.
    assert value["true"] == {"a": 1, "b": 3}
    assert value["z"] == {"a": 1, "b": 2, "c": 5}
    assert value["w"] == {"a": 9, "b": 2}
    assert value["l"][0] == value["l"][1]
    assert value["l"][0] is not value["l"][1]


def test_a_merge_after_the_key_that_it_brings_is_refused_as_kubectl_lets_it_win() -> None:
    assert faults("x: &x {a: 1}\nz: {a: 2, <<: *x}\n") == [
        "f.yaml, document 1, line 2: 'a' is given before << and by it; put << first"
    ]


@pytest.mark.parametrize("merged", ["1", "[1]", "text"])
def test_only_groups_of_keys_can_be_merged(merged: str) -> None:
    assert faults(f"<<: {merged}") == [
        "f.yaml, document 1, line 1: << takes a group of keys, or a list of them"
    ]


def test_an_anchor_within_itself_and_a_flood_of_anchors_are_refused() -> None:
    assert faults("a: &a [1, *a]") == ["f.yaml, document 1, line 1: the anchor contains itself"]
    flood = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert faults(flood) == [
        "f.yaml, document 1, line 1: its anchors stand for more than 1000000 values"
    ]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("depth", [101, 100_000])
def test_nesting_that_would_end_the_process_is_refused(opening: str, depth: int) -> None:
    assert faults(opening * depth) == [
        "f.yaml, document 1, line 1: is nested deeper than 100 levels"
    ]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (".nan", ".nan cannot be sent as JSON; put it in quotes"),
        ("-.inf", "-.inf cannot be sent as JSON; put it in quotes"),
        (str(2**53 + 1), f"{2**53 + 1} is too large to be kept exactly; put it in quotes"),
    ],
)
def test_numbers_that_would_not_arrive_as_they_are_written_are_refused(
    word: str, sentence: str
) -> None:
    assert faults(f"a: {word}") == [f"f.yaml, document 1, line 1: {sentence}"]


def test_every_fault_of_a_file_is_found_each_with_its_line() -> None:
    text = "a: [\n---\nb: 1\nb: 2\n--- x\nc: {d: .nan}\n---\nfine: 1\n"
    assert faults(text) == [
        "f.yaml, document 1, line 2: is no YAML: did not find expected node content",
        "f.yaml, document 2, line 4: the key 'b' is given twice",
        "f.yaml, document 3, line 5: '--- x' is no separator; put a line break after ---",
        "f.yaml, document 3, line 6: .nan cannot be sent as JSON; put it in quotes",
    ]


def test_the_place_of_a_value_deep_inside_is_its_line() -> None:
    found = only("a:\n  b:\n  - x\n  - c: 1\n")
    assert found.at("a", "b", 1, "c").line == 4
    assert found.at("a", "b", 1, "missing", "d").line == 4
    assert found.at("a", "other").line == 2


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029\ufeff")
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abyn01~.", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["kind", "spec", "on", "1"]), JSON, min_size=1))
def test_what_is_written_with_quotes_is_read_back(value: dict[str, Any]) -> None:
    text = yaml.safe_dump(value, default_style='"')
    assert only(text).value == value
    assert only(text).faults == ()


@given(st.text(st.sampled_from("a1 -:#[]{}&*!|>'\"%@`?,~<\n\t\r\x00\ud800é.")))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for document in documents(text, "f.yaml"):
        assert document.value is not None or document.faults
