import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bundle.cache import cache_dir, digest, entry, scratch, state_dir


def test_the_directories_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", "/one")
    monkeypatch.setenv("APPLIANCE_STATE", "/two")
    assert (cache_dir(), state_dir()) == (Path("/one"), Path("/two"))


def test_the_directories_follow_xdg_and_else_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPLIANCE_CACHE", raising=False)
    monkeypatch.delenv("APPLIANCE_STATE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert cache_dir() == Path("/xdg/kubernetes-appliance")
    assert state_dir() == Path.home() / ".local/state/kubernetes-appliance"


def test_a_key_knows_the_borders_of_its_parts() -> None:
    assert digest("a", "bc") != digest("ab", "c")


def test_an_entry_is_built_once(cache: Path) -> None:
    calls: list[Path] = []
    assert entry("kind", "key", calls.append) == entry("kind", "key", calls.append)
    assert len(calls) == 1
    assert (cache / "kind" / "key").is_dir()


def test_two_that_want_the_same_entry_build_it_once(cache: Path) -> None:
    calls: list[Path] = []
    begun, never = threading.Event(), threading.Event()

    def slow(directory: Path) -> None:
        calls.append(directory)
        begun.set()
        never.wait(0.3)  # long enough for the other one to come

    threads = [threading.Thread(target=entry, args=("kind", "key", slow)) for _ in range(2)]
    threads[0].start()
    assert begun.wait(5)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert cache.is_dir()


def test_a_build_that_fails_leaves_nothing(cache: Path) -> None:
    def fail(directory: Path) -> None:
        (directory / "half").write_text("")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        entry("kind", "key", fail)
    assert [path.name for path in (cache / "kind").iterdir()] == [".key.lock"]


def test_what_a_killed_build_left_is_not_an_entry_and_goes_with_the_next_call(cache: Path) -> None:
    program = (
        "import sys, time; from bundle.cache import entry\n"
        "def build(directory):\n"
        "    (directory / 'half').write_text(''); print('begun', flush=True); time.sleep(60)\n"
        "entry('kind', 'key', build)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert list((cache / "kind").glob(".key.*.part"))
    made = entry("kind", "key", lambda directory: (directory / "whole").touch())
    assert [path.name for path in made.iterdir()] == ["whole"]
    assert not list((cache / "kind").glob(".key.*.part"))


def test_a_work_directory_is_gone_after_use_and_so_is_one_of_a_dead_process(cache: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    dead, alive = cache / "scratch" / f"{ended.pid}-x", cache / "scratch" / "1-x"
    dead.mkdir(parents=True)
    alive.mkdir()
    with scratch() as work:
        assert work.is_dir()
    assert [path.name for path in (cache / "scratch").iterdir()] == ["1-x"]
