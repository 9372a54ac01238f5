"""The times of the last `up`: told by layers when it ended, and kept by resources."""

from pathlib import Path

import pytest

from operate import settings
from operate.event_log import OPTION
from operate.last_up import FILE, forget, load, timed
from operate.phases import Phases
from tests.operate.events import HOST, WORKER, changed, event, urn


def run(directory: Path, log: list[str], phases: Phases | None = None) -> None:
    """An `up` with this log."""
    with timed(phases or Phases(quiet=True), "pulumi up", directory) as (option, file):
        assert option == OPTION
        assert not Path(file).exists(), "what an earlier, killed operation left must not count"
        Path(file).write_text("\n".join(log))


def times(directory: Path) -> tuple[dict[str, int], dict[str, int]]:
    """The seconds of each resource, of the last `up` and from before, by the resource's name."""
    found = load(directory)
    assert found is not None

    def name(of: str) -> str:
        return of.rpartition("::")[2]

    return (
        {name(each.urn): each.seconds for each in found.works},
        {name(each.urn): each.seconds for each in found.older.values()},
    )


def test_a_phase_is_divided_when_it_ended_and_its_log_is_gone(tmp_path: Path) -> None:
    phases = Phases()
    (tmp_path / "events.log").write_text("\n".join(changed(1, 200, *HOST)))
    run(tmp_path, changed(100, 112, *HOST), phases)
    assert not (tmp_path / "events.log").exists()
    lines = [line.strip() for line in phases.summary().splitlines()]
    assert [line.rpartition("  ")[2] for line in lines] == ["pulumi up", "machines", "all"]
    assert lines[1].startswith("12 s ")


def test_an_operation_that_failed_shows_its_layers_and_keeps_its_times_too(tmp_path: Path) -> None:
    phases = Phases()

    def interrupted() -> None:
        with timed(phases, "pulumi up", tmp_path) as (_, log):
            Path(log).write_text("\n".join(changed(100, 112, *HOST, failed=True)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert phases.parts == {"pulumi up": [("machines", 12.0)]}
    kept = load(tmp_path)
    assert kept is not None
    assert [(each.outcome, each.seconds) for each in kept.works] == [("failed", 12)]


def test_an_engine_that_writes_no_log_is_no_fault(tmp_path: Path) -> None:
    phases = Phases()
    with timed(phases, "pulumi up", tmp_path):
        pass
    assert phases.parts == {}
    assert load(tmp_path) is None


def test_a_resource_that_an_up_leaves_alone_keeps_its_time_as_an_older_one(tmp_path: Path) -> None:
    run(tmp_path, [*changed(10, 14, *HOST, name="n1"), *changed(14, 20, *WORKER, name="n2")])
    assert times(tmp_path) == ({"n1": 4, "n2": 6}, {})
    run(tmp_path, [*changed(90, 91, *HOST, name="n1", op="same"), *changed(91, 92, *WORKER)])
    assert times(tmp_path) == ({"x": 1}, {"n1": 4, "n2": 6})
    run(tmp_path, changed(200, 203, *WORKER, name="n2", op="update"))
    assert times(tmp_path) == ({"n2": 3}, {"n1": 4, "x": 1})


def test_an_up_that_changed_nothing_leaves_the_one_before_as_the_last(tmp_path: Path) -> None:
    run(tmp_path, changed(10, 14, *HOST))
    run(tmp_path, [*changed(90, 99, *HOST, op="same"), *changed(90, 99, HOST[0])])
    kept = load(tmp_path)
    assert kept is not None
    assert (kept.began, kept.ended, kept.seconds) == (10, 14, 4)


def test_what_is_gone_is_told_of_by_the_up_that_deleted_it_and_by_no_later_one(
    tmp_path: Path,
) -> None:
    run(tmp_path, changed(10, 14, *HOST, name="n1"))
    run(tmp_path, changed(20, 25, *HOST, name="n1", op="delete"))
    assert times(tmp_path) == ({"n1": 5}, {})
    run(tmp_path, changed(30, 31, *WORKER, name="n2"))
    assert times(tmp_path) == ({"n2": 1}, {})


def test_of_a_replacement_the_making_is_remembered_and_not_the_end_of_the_one_before(
    tmp_path: Path,
) -> None:
    log = [
        *changed(10, 30, *HOST, name="n1", op="create-replacement"),
        *changed(50, 51, *HOST, name="n1", op="delete-replaced"),
    ]
    run(tmp_path, log)
    run(tmp_path, changed(90, 91, *WORKER, name="n2"))
    assert times(tmp_path) == ({"n2": 1}, {"n1": 20})


def test_components_have_no_time_of_their_own(tmp_path: Path) -> None:
    stack = changed(1, 99, "pulumi:pulumi:Stack")
    run(tmp_path, [*changed(1, 99, HOST[0]), *stack, *changed(5, 9, *HOST)])
    assert times(tmp_path)[0] == {"x": 4}


def test_the_record_is_for_its_owner_alone_and_holds_names_and_times_only(tmp_path: Path) -> None:
    told = event("resourcePreEvent", 1, "create", *HOST)
    run(tmp_path, [told.replace('"op"', '"new": {"inputs": {"key": "hunter2"}}, "op"')])
    text = (tmp_path / FILE).read_text()
    assert urn(*HOST) in text
    assert "hunter2" not in text
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_record_that_cannot_be_read_or_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("torn", '{"format": 0}', "[]", '{"format": 1, "older": [{"colour": "red"}]}'):
        (tmp_path / FILE).write_text(text)
        assert load(tmp_path) is None
    run(tmp_path, changed(1, 3, *HOST))
    assert times(tmp_path) == ({"x": 2}, {})

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(settings, "write", full)
    run(tmp_path, changed(11, 15, *HOST))
    assert "the times of this up are not kept: no space left" in capsys.readouterr().err
    assert times(tmp_path) == ({"x": 2}, {})


def test_a_stack_that_went_has_no_last_up(tmp_path: Path) -> None:
    run(tmp_path, changed(1, 3, *HOST))
    forget(tmp_path)
    assert load(tmp_path) is None
    forget(tmp_path)
