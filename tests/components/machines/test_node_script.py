import re
import subprocess
from pathlib import Path

import pulumi
import pytest

from components.machines.connection import Connection
from components.machines.node_script import (
    CURRENT,
    SOURCE,
    command_line,
    current_command,
    install,
    script_digest,
)
from tests.conftest import Engine

SCRIPT = Path(SOURCE).read_text()


def connection() -> Connection:
    return Connection(address="192.0.2.1", host_key="ssh-ed25519 AAAA")


def test_the_script_runs_in_strict_mode_from_its_first_command_on() -> None:
    commands = [line for line in SCRIPT.splitlines() if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"


def test_every_wait_of_the_script_is_a_poll_with_a_deadline() -> None:
    lines = [line.strip() for line in SCRIPT.splitlines() if re.search(r"\bsleep\b", line)]
    assert lines == ["sleep 1"]
    assert "((SECONDS < deadline)) || die" in SCRIPT


def test_every_verb_that_main_accepts_is_a_function_of_the_script() -> None:
    accepted = re.search(r"case \$command in\n\s+(.*)\) ;;", SCRIPT)
    assert accepted is not None
    for verb in accepted.group(1).split(" | "):
        assert re.search(rf"^{verb}\(\) \{{", SCRIPT, re.MULTILINE), verb


def test_a_command_is_one_line_and_works_without_sudo_for_root() -> None:
    assert command_line(".appliance/node-1.sh", "prepare").count("\n") == 0
    assert "then bash .appliance/node-1.sh prepare;" in command_line(
        ".appliance/node-1.sh", "prepare"
    )


@pulumi.runtime.test
async def test_a_changed_script_is_another_file_on_the_host(engine: Engine) -> None:
    script = install("n1", connection(), pulumi.ResourceOptions())
    await script.path.future()
    digest = script_digest(SCRIPT.encode())
    assert engine["n1-script"].inputs["remotePath"] == f".appliance/node-{digest}.sh"


@pytest.mark.usefixtures("engine")
@pulumi.runtime.test
async def test_a_command_depends_on_the_script_being_there() -> None:
    script = install("n1", connection(), pulumi.ResourceOptions())
    resources = await script.command("prepare").resources()
    names = [await resource.urn.future() for resource in resources]
    assert [str(name).rpartition("::")[2] for name in names] == ["n1-script"]


def test_the_script_that_prepares_a_host_is_found_there_without_its_version(
    tmp_path: Path,
) -> None:
    place = tmp_path / Path(CURRENT).parent
    place.mkdir()
    for version in ("1", "2"):
        script = place / f"node-{version}.sh"
        functions = SCRIPT.removesuffix('main "$@"\n')
        script.write_text(f"{functions}\ncheck_host() {{ exit 7; }}\n$1\necho version {version}\n")
        # It does so before anything else, from the user's home directory.
        done = subprocess.run(
            ["bash", f"{place.name}/{script.name}", "prepare"], cwd=tmp_path, check=False
        )
        assert done.returncode == 7
        assert (tmp_path / CURRENT).resolve() == script
    assert sorted(path.name for path in place.iterdir()) == ["node-1.sh", "node-2.sh", "node.sh"]
    assert f"bash {CURRENT} kubeconfig;" in current_command("kubeconfig")


@pytest.mark.parametrize("text", [b"a", b"b"])
def test_the_digest_tells_two_scripts_apart(text: bytes) -> None:
    assert script_digest(text) != script_digest(text + b"\n")
