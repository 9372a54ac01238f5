import pytest

from components.application.options import Given
from components.application.template.late import Source
from tests.components.application.made import HEAD, RELEASES, body, faults, reading, release

TEXT = (RELEASES / "options.yaml").read_text()
OBJECT = "---\n# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def wrong(**values: str) -> list[str]:
    return [str(each) for each in reading(TEXT, Given(values=values)).faults]


def with_items(*items: str) -> str:
    return (
        f"{HEAD}config:\n- name: g\n  items:\n"
        + "".join(f"  - {{{each}}}\n" for each in items)
        + OBJECT
    )


def test_a_value_that_is_given_comes_before_what_the_release_has() -> None:
    made = release("options", Given(values={"kind": "external", "host": "db", "from_http": "0"}))
    data = body(made, "ConfigMap", "options")["data"]
    assert (data["kind"], data["url"], data["http"]) == ("external", "postgres://db:5432/", "0")


def test_defaults_hold_where_nothing_is_given() -> None:
    data = body(release("options"), "ConfigMap", "options")["data"]
    assert (data["kind"], data["url"], data["http"]) == ("embedded", "postgres://:5432/", "1")


def test_a_required_option_without_a_value_is_refused_only_while_its_condition_holds() -> None:
    assert wrong() == []
    (found,) = wrong(kind="external")
    assert found == (
        "release.yaml, document 1, line 16: the option host (Host) is required and has no value; give "
        "release.config.host"
    )


def test_a_required_file_wants_content() -> None:
    assert "the option certificate is required" in wrong(tls="1")[0]
    given = Given(values={"tls": "1", "certificate": "a.pem"}, files={"certificate": "PEM"})
    data = body(release("options", given), "ConfigMap", "options")["data"]
    assert (data["certificate"], data["file"]) == ("PEM", "a.pem")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "extrenal"}, "'extrenal' is not one of embedded, external"),
        ({"port": "http"}, "it does not match ^[0-9]+$"),
        ({"tls": "maybe"}, "is neither 0 nor 1"),
        ({"url": "x"}, "the option url is read-only; leave it out"),
        ({"heading": "x"}, "the option heading is a heading and has no value"),
        ({"secret": "x"}, "is a password and stands in clear"),
        ({"hots": "x"}, "the release has no such option; did you mean host?"),
    ],
)
def test_a_wrong_value_is_refused_with_the_options_name(
    values: dict[str, str], sentence: str
) -> None:
    (found,) = wrong(**values)
    assert sentence in found


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("other=1", "when asks for an unknown option other"),
        ("b", "when is 'b'; give option=value"),
        ("{{repl ConfigOption `b`}}", "when comes to 'x', which is neither true nor false"),
        ("{{repl ServiceAddress `a` 1}}", "only known after deployment"),
        ("{{repl ConfigOption `none`}}", "the release has no option none"),
    ],
)
def test_a_condition_that_means_nothing_is_refused_with_its_line(when: str, sentence: str) -> None:
    (found,) = faults(with_items(f"name: a, when: '{when}'", "name: b, default: x"))
    assert "release.yaml, document 1, line 7: the option a" in found
    assert sentence in found


def test_true_and_false_are_one_and_zero_wherever_they_come_from() -> None:
    text = with_items("name: a, type: bool, default: true", "name: b, type: bool, value: 'False'")
    found = reading(
        f"{text}data: {{a: '{{{{repl ConfigOption `a`}}}}{{{{repl ConfigOption `b`}}}}'}}\n"
    )
    assert found.release is not None
    assert body(found.release, "ConfigMap", "a")["data"] == {"a": "10"}


def test_options_that_ask_for_each_other_are_refused() -> None:
    found = faults(
        with_items(
            "name: a, default: '{{repl ConfigOption `b`}}'",
            "name: b, default: '{{repl ConfigOption `a`}}'",
        )
    )
    assert "the options ask for each other: a → b → a" in found[0]


def test_one_name_for_two_options_is_refused() -> None:
    assert "is there already" in faults(with_items("name: a", "name: a"))[0]


def test_a_secret_option_is_late_and_never_in_the_text() -> None:
    made = reading(
        f"{HEAD}config: [{{name: g, items: [{{name: p, type: password, required: true}}]}}]\n{OBJECT}"
        "data: {p: '{{repl ConfigOption `p` | Base64Encode}}'}\n",
        Given(secrets=frozenset({"p"})),
    )
    assert made.faults == ()
    assert made.release is not None
    data = body(made.release, "ConfigMap", "a")["data"]
    source = Source(kind="secretOption", arguments=("p",))
    assert made.release.stand_ins.filled(data["p"], {source: "x"}) == "eA=="


def test_a_secret_option_cannot_decide_what_there_is() -> None:
    text = (
        f"{HEAD}config: [{{name: g, items: [{{name: p, type: password}}]}}]\n---\n"
        "# kind: scheduler-kubernetes\n{{repl if ConfigOptionEquals `p` `x`}}\na: b\n{{repl end}}\n"
    )
    found = reading(text, Given(secrets=frozenset({"p"}))).faults
    assert "secretOption p, which is a secret" in str(found[0])
