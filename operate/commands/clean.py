"""`make clean`: the disk space of everything that can be built again."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from bundle.cache import cache_dir, state_dir
from operate import lock
from operate.disk import gigabytes
from operate.failure import OperateError
from operate.stack import PROJECT


def clean() -> None:
    """Delete the cache and say how much that gave back. Raises OperateError while anything still uses it."""
    cache = cache_dir()
    if not cache.is_dir():
        print(f"{cache} is not there: nothing to give back")
        return
    refuse_stacks(state_dir())
    refuse_parent(cache)
    refuse_mounts(cache, Path("/proc/self/mountinfo").read_text())
    before = shutil.disk_usage(cache).free
    for child in cache.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    after = shutil.disk_usage(cache).free
    print(
        f"removed {cache}: {gigabytes(max(0, after - before))} given back; state and secrets stay"
    )


def refuse_stacks(state: Path) -> None:
    """Raises OperateError if a stack in this machine's own state has resources, or a command works on one."""
    up = {name: count for name, count in resources(state) if count}
    if up:
        names = ", ".join(f"{name} ({count} resources)" for name, count in up.items())
        raise OperateError(
            f"stacks are still up: {names}; run `make down STACK={next(iter(up))}` first, which needs the tool chain "
            "that this removes"
        )
    for file in sorted((state / "stacks").glob("*/operate.lock")):
        with file.open() as stream:
            if not lock.taken(stream):
                raise OperateError(
                    f"{lock.described(lock.parse(stream.read()))}; wait for it to end"
                )


def resources(state: Path) -> Iterator[tuple[str, int]]:
    """The stacks in this machine's own Pulumi state, with how many resources each still has."""
    for file in sorted((state / "pulumi" / ".pulumi" / "stacks" / PROJECT).glob("*.json")):
        latest = json.loads(file.read_text()).get("checkpoint", {}).get("latest") or {}
        yield file.stem, len(latest.get("resources") or ())


def refuse_parent(cache: Path) -> None:
    """Raises OperateError if the cache holds something that is no cache, because a variable names the wrong place."""
    for kept in (Path.home(), Path.cwd(), state_dir()):
        if kept.resolve().is_relative_to(cache.resolve()):
            raise OperateError(
                f"APPLIANCE_CACHE is {cache}, which holds {kept}; set it to a directory of its own"
            )


def refuse_mounts(cache: Path, mounts: str) -> None:
    """Raises OperateError if a file system is mounted below the cache or stands on it; `mounts` is a mountinfo."""
    for line in mounts.splitlines():
        target = line.split()[4]
        if f"{cache}/" in line:
            raise OperateError(
                f"{target} is mounted on the cache: a build or a local host is at work; wait for it, or end it"
            )
