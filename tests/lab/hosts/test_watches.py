from pathlib import Path

from lab.hosts import watches
from lab.hosts.check import inotify


def test_a_limit_that_is_too_low_for_many_hosts_is_raised(tmp_path: Path) -> None:
    limit = tmp_path / "limit"
    limit.write_text("128\n")
    watches.allow(limit)
    assert watches.allowed(limit) == watches.ENOUGH


def test_a_limit_that_is_high_enough_is_left_alone(tmp_path: Path) -> None:
    limit = tmp_path / "limit"
    limit.write_text("100000\n")
    watches.allow(limit)
    assert watches.allowed(limit) == 100_000


def test_a_machine_that_does_not_let_us_raise_it_is_told_how(tmp_path: Path) -> None:
    limit = tmp_path / "limit"
    limit.write_text("128\n")
    assert inotify(limit, may_write=lambda *_: True).ok
    fact = inotify(limit, may_write=lambda *_: False)
    assert not fact.ok
    assert "sysctl fs.inotify.max_user_instances=" in fact.cure
