from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.application.template.evaluator import Rendered, render, value_of
from components.application.template.fault import TemplateError
from components.application.template.late import Late, Source, StandIns, of
from components.application.template.sprig import SPRIG
from components.application.template.values import shown

ADDRESS = Source(kind="ServiceAddress", arguments=("web", "80"))


def rendered(text: str, **functions: Callable[..., object]) -> Rendered:
    return render(text, {**SPRIG, **functions}, StandIns.of(text, shown))


def fault(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as raised:
        rendered(text, Address=lambda: of(ADDRESS))
    return raised.value


def test_every_line_is_traced_to_the_line_of_the_template_it_came_from() -> None:
    found = rendered(
        'one\n{{repl if true}}\n  two\n{{repl end}}\nfour: {{repl print "a\\nb"}}\nfive'
    )
    assert list(zip(found.text.split("\n"), found.lines, strict=True)) == [
        ("one", 1),
        ("", 2),
        ("  two", 3),
        ("", 4),
        ("four: a", 5),
        ("b", 5),
        ("five", 6),
    ]


def test_lines_of_a_loop_are_traced_to_the_loop() -> None:
    found = rendered("{{repl range list 1 2 -}}\n- {{repl .}}\n{{repl end}}end")
    assert found.text == "- 1\n- 2\nend"
    assert found.lines == (2, 2, 3)


@given(st.text(alphabet="ab \n\t-", max_size=40), st.text(alphabet="ab \n", max_size=20))
def test_plain_text_stays_as_it_is_and_has_a_source_for_each_line(before: str, after: str) -> None:
    found = rendered(f"{before}{{{{repl 1}}}}{after}")
    assert found.text == f"{before}1{after}"
    assert found.lines == tuple(range(1, found.text.count("\n") + 2))


@given(st.text(alphabet='{}repl "$.|()-/*\\x\n“', max_size=40))
def test_no_text_whatever_ends_in_anything_but_a_sentence_with_a_line(text: str) -> None:
    lines = range(1, text.count("\n") + 2)
    try:
        found = set(rendered(text).lines)
    except TemplateError as error:
        found = {error.line}
    assert found <= set(lines)


def test_typographic_quotes_hold_text() -> None:
    assert rendered("{{repl upper “a”}}").text == "A"


def test_an_unknown_function_is_refused_with_its_line_and_the_nearest_name() -> None:
    found = fault('a\nb: {{repl uper "x"}}')
    assert (found.line, found.text) == (2, "there is no function uper; did you mean upper?")


def test_a_backslash_before_a_quote_is_explained() -> None:
    assert "rendered before YAML is read" in fault('a: "{{repl upper \\"x\\"}}"').text


@pytest.mark.parametrize(
    "text",
    [
        "{{repl if Address}}x{{repl end}}",
        "{{repl range Address}}x{{repl end}}",
        "{{repl and 1 Address}}",
    ],
)
def test_a_late_value_cannot_decide_what_there_is(text: str) -> None:
    found = fault(f"\n{text}")
    assert found.line == 2
    assert "ServiceAddress web 80" in found.text
    assert "only known after deployment" in found.text


def test_a_comparison_with_a_late_value_cannot_decide_either() -> None:
    assert "ServiceAddress" in fault('{{repl if eq Address "x"}}x{{repl end}}').text


def test_functions_of_a_late_value_are_done_when_it_is_known() -> None:
    text = 'url: {{repl Address | printf "http://%s/" | upper | b64enc}}'
    stand_ins = StandIns.of(text, shown)
    found = render(text, {**SPRIG, "Address": lambda: of(ADDRESS)}, stand_ins).text
    assert "10.0.0.1" not in found
    assert stand_ins.filled(found, {ADDRESS: "10.0.0.1"}) == "url: SFRUUDovLzEwLjAuMC4xLw=="
    assert stand_ins.named(found) == "url: <ServiceAddress web 80>"


def test_a_text_with_a_late_value_in_it_is_late_itself() -> None:
    functions = {"Address": lambda: of(ADDRESS)}
    for text, made in (("{{repl Address}}", "a"), ("http://{{repl Address}}/", "http://a/")):
        value = value_of(text, functions)
        assert isinstance(value, Late)
        assert value.sources == (ADDRESS,)
        assert value.compute({ADDRESS: "a"}) == made
    assert value_of("{{repl print 1}}", functions) == "1"


def test_what_differs_at_every_run_is_refused() -> None:
    assert "another value at every run" in fault("{{repl randAlphaNum 5}}").text
    assert "asks the clock" in fault("{{repl now}}").text


def test_a_loop_cannot_fill_the_memory() -> None:
    assert (
        "more than" in fault("{{repl range until 100000}}{{repl repeat 1000 `x`}}{{repl end}}").text
    )


def test_a_wrong_kind_of_argument_is_named() -> None:
    assert fault("{{repl trunc `a` `b`}}").text == (
        'trunc takes a whole number and gets the string "a"'
    )
