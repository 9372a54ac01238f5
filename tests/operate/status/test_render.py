import json
from collections.abc import Callable
from dataclasses import replace

from operate.status.render import as_json, as_text
from operate.status.report import Report, judge
from operate.status.section import bad, ok
from operate.status.sections import SECTIONS
from tests.operate.status.seen import (
    HEALTHY,
    HOST1,
    N2,
    OFF,
    daemon_set,
    node,
    pod,
    with_objects,
    without_api,
)

Golden = Callable[[str, str], None]
COLUMNS = 120


def test_a_healthy_stack_is_one_screen(golden: Golden) -> None:
    text = as_text(judge(HEALTHY, SECTIONS), COLUMNS)
    golden("healthy.txt", text)
    assert len(text.splitlines()) < 24


def test_a_worker_without_power_is_shown_with_all_that_follows_from_it(golden: Golden) -> None:
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    facts = with_objects(
        node(N2, Ready="Unknown"),
        daemon_set("weave-net", ready=1, env="WEAVE_PASSWORD"),
        daemon_set("broken", ready=0),
        pod("weave-net-b", "n2", owner="weave-net", ready=False),
        pod("broken-a", "n1", owner="broken", ready=False, container=waiting),
        pod("broken-b", "n2", owner="broken", ready=False, container=waiting),
    )
    facts = replace(facts, hosts={"n1": HOST1, "n2": OFF})
    golden("worker-off.txt", as_text(judge(facts, SECTIONS), COLUMNS))


def test_a_cluster_whose_api_is_down_is_shown_by_its_hosts(golden: Golden) -> None:
    stopped = replace(HOST1, units={**HOST1.units, "kubelet": "inactive"}, api="000")
    facts = without_api("The connection to the server 10.0.0.11:6443 was refused")
    facts = replace(facts, hosts={"n1": stopped, "n2": OFF})
    golden("api-down.txt", as_text(judge(facts, SECTIONS), COLUMNS))


def test_many_good_lines_become_their_number_and_a_bad_one_stays() -> None:
    lines = (*(ok(f"n{number}", "fine") for number in range(12)), bad("n99", "broken", "because"))
    text = as_text(Report(stack="s", sentence="", sections=(("nodes", lines),)), COLUMNS)
    assert text.splitlines()[2:] == [
        "nodes  n99         BAD   broken",
        "                         ← because",
        "       all others  ok    12 of 13",
    ]


def test_no_line_is_longer_than_the_terminal_and_nothing_is_lost() -> None:
    words = [f"word{number}" for number in range(60)]
    report = Report(stack="s", sentence="", sections=(("t", (bad("x", " ".join(words)),)),))
    rows = as_text(report, 80).splitlines()
    assert max(map(len, rows)) <= 80
    assert " ".join(" ".join(rows).split()).endswith(" ".join(words))


def test_json_has_everything_and_folds_nothing() -> None:
    lines = tuple(ok(f"n{number}", "fine") for number in range(12))
    document = json.loads(as_json(Report(stack="s", sentence="fine", sections=(("nodes", lines),))))
    assert (document["stack"], document["healthy"], document["sentence"]) == ("s", True, "fine")
    assert len(document["sections"][0]["lines"]) == 12
    broken = Report(stack="s", sentence="", sections=(("t", (bad("x", "is", "why"),)),))
    document = json.loads(as_json(broken))
    assert document["healthy"] is False
    assert document["sections"] == [
        {
            "title": "t",
            "lines": [{"subject": "x", "health": "bad", "text": "is", "why": ["why"]}],
        }
    ]
