import re
from pathlib import Path

import pytest

from bundle import lock, push
from bundle.lock import Item, Lock
from bundle.push import BundleError
from tests.bundle.conftest import HOST, ONE


def test_a_whole_bundle_may_be_pushed_and_brings_the_registry_s_program(
    bundle: Path, no_lock: Lock
) -> None:
    items = push.check(bundle, no_lock)
    assert push.registry_program(bundle, items).read_bytes() == b"not a program"


def test_a_directory_that_is_not_there_is_told(tmp_path: Path, no_lock: Lock) -> None:
    with pytest.raises(BundleError, match="make bundle builds it"):
        push.check(tmp_path / "absent", no_lock)


def test_a_damaged_bundle_is_refused_before_anything_moves(bundle: Path, no_lock: Lock) -> None:
    (bundle / "index.json").write_text("{}")
    with pytest.raises(BundleError, match=r"index.json is not as it was written"):
        push.check(bundle, no_lock)


def test_a_bundle_that_is_not_the_lock_s_is_refused(
    bundle: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = Item(name=ONE, kind="image", digest="sha256:" + "0" * 64, size=1)
    lock.write(tmp_path / "own.json", "go1", {ONE: other})
    words = ["--bundle", str(bundle), "--host", "192.0.2.1", "--host-key", "x y"]
    assert push.main([*words, "--lock", str(tmp_path / "own.json")]) == 1
    said = capsys.readouterr().err
    assert re.search(rf"holds {ONE} as sha256:\w+, {tmp_path}/own.json says sha256:0", said)


def test_a_bundle_without_a_registry_is_refused(bundle: Path, no_lock: Lock) -> None:
    items = [item for item in push.check(bundle, no_lock) if item.name != HOST]
    with pytest.raises(BundleError, match="holds no host/registry"):
        push.registry_program(bundle, items)


def test_an_unreachable_host_is_one_sentence(
    bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--bundle", str(bundle), "--host", "127.0.0.1", "--port", "1", "--host-key", "x y"]
    assert push.main(words) == 1
    said = capfd.readouterr()
    assert "error: root@127.0.0.1:1: the registry for the push did not start" in said.err
