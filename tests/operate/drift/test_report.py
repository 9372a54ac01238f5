import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from operate.drift.facts import Facts, Looked, Seen
from operate.drift.judgements import JUDGEMENTS
from operate.drift.render import as_json, as_text
from operate.drift.report import Report, judge
from operate.drift.row import CELL, MISSING, row
from tests.operate.drift.given import FACTS, NETWORK, line, looked, with_host, with_objects

Golden = Callable[[str, str], None]
SYSCTL = line("sysctl", "net.ipv4.ip_forward", "1", "0")
OFF = Seen(fault="port 22 of 10.0.0.12 does not answer: the host is off, or the way to it is cut")


def report(facts: Facts) -> Report:
    return judge(facts, JUDGEMENTS)


def test_no_drift_is_one_line() -> None:
    assert report(FACTS).code == 0
    assert as_text(report(FACTS)) == "core: no drift: 2 hosts and 1 object are as the stack says\n"


def test_drift_is_a_table(golden: Golden) -> None:
    facts = with_objects(looked(NETWORK, spec={"minReadySeconds": 1}))
    hosts = with_host("n2", SYSCTL, line("unit", "haproxy", "enabled, active", "disabled, active"))
    found = report(replace(facts, hosts=hosts.hosts))
    assert found.code == 2
    golden("drift.txt", as_text(found))


def test_what_could_not_be_asked_is_told_before_what_was_seen(golden: Golden) -> None:
    facts = replace(with_host("n1", SYSCTL), mute="no answer within 8 s", objects=())
    found = report(replace(facts, hosts={**facts.hosts, "n2": OFF}, command="`make up` is at work"))
    assert found.code == 1
    golden("unseen.txt", as_text(found))


def test_an_object_that_an_api_server_would_not_judge_is_not_asked() -> None:
    refused = Looked(declared=NETWORK, found={"metadata": {}}, refused="failed calling webhook")
    found = report(with_objects(refused))
    assert (found.code, found.rows, found.objects) == (1, (), 0)
    assert found.unseen[0].why == "failed calling webhook"
    immutable = replace(refused, refused="spec.selector: field is immutable")
    assert report(with_objects(immutable)).code == 2


def test_a_machine_gets_every_row_and_whether_all_was_seen() -> None:
    facts = with_host("n2", SYSCTL)
    document = json.loads(as_json(report(facts)))
    assert document == {
        "stack": "core",
        "drifted": True,
        "complete": True,
        "sentence": "core: 1 thing drifted, on 2 hosts and 1 object",
        "rows": [
            {
                "what": "sysctl net.ipv4.ip_forward",
                "where": "n2",
                "wanted": "1",
                "found": "0",
                "cure": "on n2: sysctl --load /etc/sysctl.d/90-appliance.conf",
            }
        ],
        "unseen": [],
    }
    gone = json.loads(as_json(report(replace(facts, hosts={"n1": FACTS.hosts["n1"], "n2": OFF}))))
    assert (gone["complete"], gone["unseen"]) == (False, [{"where": "n2", "why": OFF.fault}])


@pytest.mark.parametrize(
    ("wanted", "found", "cells"),
    [
        (MISSING, "", ("absent", '""')),
        ({"a": 1}, True, ('{"a": 1}', "true")),
        ("a\n b", None, ("a b", "null")),
    ],
)
def test_a_value_is_shown_in_a_line(wanted: object, found: object, cells: tuple[str, str]) -> None:
    shown = row(what="", where="", wanted=wanted, found=found, cure="")
    assert (shown.wanted, shown.found) == cells


def test_of_long_values_the_piece_is_shown_in_which_they_differ() -> None:
    shown = row(what="", where="", wanted=f"{'a' * 500}b{'c' * 500}", found="a" * 501, cure="")
    assert "b" in shown.wanted
    assert shown.wanted != shown.found
    assert max(len(shown.wanted), len(shown.found)) <= CELL + 2
