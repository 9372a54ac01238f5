"""A bar that is missed is told as missed, whatever the committed results are."""

from datetime import UTC, datetime

import pytest

from bench.machine import Machine
from bench.results import Cost
from bench.rows import bring_up, many_nodes, one_more_worker, rewrites, unchanged
from bench.span import Span
from bench.state_size import Field

MACHINE = Machine(
    date=datetime(2026, 1, 1, tzinfo=UTC), cores=2, memory_gb=24, kernel="6.1", load=0.5
)


def cost(seconds: float) -> Cost:
    return Cost(seconds=seconds, cpu=seconds, megabytes=100)


def lived(**changed: float) -> bring_up.Run:
    times = {"up": 100.0, "push": 10.0, "scripts": 20.0, "kubeadm": 20.0, **changed}
    spans = (
        Span(name="n1-bundle", began=1, ended=1 + times["push"]),
        Span(name="n1-member", began=20, ended=97),
    )
    return bring_up.Run(
        machine=MACHINE,
        whole=times["up"] + 2,
        phases=(("tool chain", 1.0), ("pulumi up", times["up"])),
        up=times["up"],
        resources=spans,
        after={"n1-member": ("n1-bundle",)},
        replay=spans,
        scripts=(Span(name="n1-member", began=0, ended=times["scripts"]),),
        kubeadm=(Span(name="kubeadm init", began=0, ended=times["kubeadm"]),),
    )


def test_the_push_counts_on_neither_side() -> None:
    assert lived().pulumi - lived().direct == pytest.approx(100 - 97)


@pytest.mark.parametrize(
    ("changed", "missed"),
    [({}, 0), ({"up": 103.0}, 1), ({"scripts": 25.0}, 1), ({"up": 301.0}, 2)],
)
def test_each_bar_of_bringing_up_is_judged_by_itself(
    changed: dict[str, float], missed: int
) -> None:
    assert bring_up.section([lived(**changed)]).count("**missed**") == missed


def test_the_median_of_three_counts() -> None:
    runs = [lived(), lived(up=150.0), lived()]
    assert "**missed**" not in bring_up.section(runs)


@pytest.mark.parametrize(("ours", "missed"), [(13.0, 0), (13.2, 2)])
def test_both_commands_are_held_against_the_bare_program(ours: float, missed: int) -> None:
    run = unchanged.Run(
        machine=MACHINE,
        resources=26,
        bare_resources=26,
        up=cost(ours),
        bare_up=cost(10),
        preview=cost(ours),
        bare_preview=cost(10),
    )
    assert unchanged.section([run]).count("**missed**") == missed


def size(nodes: int, seconds: float, **changed: int) -> many_nodes.Size:
    return many_nodes.Size(
        nodes=nodes,
        resources=4 * nodes,
        worker_resources=changed.get("resources", 4),
        worker_commands=changed.get("commands", 3),
        ours=cost(seconds),
        bare=cost(nodes * 0.04),
    )


@pytest.mark.parametrize(
    ("largest", "missed"),
    [
        (size(1000, 40), 0),
        (size(1000, 46), 0),
        (size(700, 28), 1),
        # Slower than the bare program, and each resource dearer than those before.
        (size(1000, 60), 2),
        (size(1000, 40, resources=7), 1),
        (size(1000, 40, commands=5), 1),
    ],
)
def test_a_thousand_nodes_are_judged_by_the_largest_size(
    largest: many_nodes.Size, missed: int
) -> None:
    run = many_nodes.Run(machine=MACHINE, sizes=(size(100, 4), size(300, 12), largest))
    assert many_nodes.section([run]).count("**missed**") == missed


def test_a_busy_machine_is_named() -> None:
    assert "busy" not in one_more_worker.section([worker()])
    busy = MACHINE.model_copy(update={"load": 2.5})
    assert "busy" in one_more_worker.section([worker(machine=busy)])


def worker(**changed: object) -> one_more_worker.Run:
    values: dict[str, object] = {
        "machine": MACHINE,
        "changed": ("n3", "n3-host"),
        "sessions": {"n1": 3, "n2": 0, "n3": 5},
        "seconds": 30.0,
        "state": (Field(resource="n3-host", name="inputs", bytes=20_000),),
        **changed,
    }
    return one_more_worker.Run.model_validate(values)


@pytest.mark.parametrize(
    ("run", "missed"),
    [
        (worker(), 0),
        (worker(changed=("n3", "n2-prepare")), 1),
        (worker(sessions={"n1": 3, "n2": 1, "n3": 5}), 1),
        (worker(state=(Field(resource="n3", name="inputs", bytes=20_001),)), 1),
    ],
)
def test_another_nodes_change_session_or_too_much_state_misses(
    run: one_more_worker.Run, missed: int
) -> None:
    assert one_more_worker.section([run]).count("**missed**") == missed


def filtered(**changed: object) -> rewrites.Run:
    values: dict[str, object] = {
        "machine": MACHINE,
        "ours": cost(2),
        "floor": cost(2),
        "kbld": cost(3),
        "kustomize": cost(70),
        "images": 7500,
        "memory": 40.0,
        "memory_many": 42.0,
        "seconds_many": 40.0,
        "preview_whole": 6.0,
        "preview_rewrites": 0.5,
        "same": 5000,
        "different": (),
        **changed,
    }
    return rewrites.Run.model_validate(values)


@pytest.mark.parametrize(
    ("run", "missed"),
    [
        (filtered(), 0),
        (filtered(floor=cost(1.5)), 1),
        (filtered(kbld=cost(1.9)), 1),
        (filtered(kustomize=cost(59)), 1),
        (filtered(memory_many=60.0), 1),
        (filtered(preview_rewrites=1.0), 1),
        (filtered(different=("nginx",)), 1),
    ],
)
def test_each_bar_of_the_rewrites_is_judged_by_itself(run: rewrites.Run, missed: int) -> None:
    assert rewrites.section([run]).count("**missed**") == missed
