"""Choosing between an official binary and one built here."""

import subprocess
import sys
from pathlib import Path

import pytest

from lab.toolchain import official, plugin, selection, sources, versions
from lab.toolchain.tool import Origin

ROOT = Path(__file__).parents[3]
FAKE_PLUGIN = f"""#!{sys.executable}
from concurrent.futures import ThreadPoolExecutor
import grpc
from pulumi.runtime.proto.plugin_pb2 import PluginInfo
from pulumi.runtime.proto.provider_pb2_grpc import (
    ResourceProviderServicer, add_ResourceProviderServicer_to_server)

class Provider(ResourceProviderServicer):
    def GetPluginInfo(self, request, context):
        return PluginInfo(version="VERSION")

server = grpc.server(ThreadPoolExecutor(1))
add_ResourceProviderServicer_to_server(Provider(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH directory, an own PULUMI_HOME and a cache of its own."""
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


def fake_pulumi(directory: Path, version: str) -> Path:
    program(directory / "pulumi-language-python", "#!/bin/sh\n")
    program(directory / "pulumi-language-python-exec", "#!/bin/sh\n")
    return program(directory / "pulumi", f"#!/bin/sh\necho v{version}\n")


def test_a_pulumi_of_the_exact_version_is_used_with_the_language_host_beside_it(
    machine: Path,
) -> None:
    fake_pulumi(machine / "bin", "3.259.0")
    wanted = versions.load()
    (tool,) = selection.engine(wanted, official.pulumi(wanted.pulumi))
    assert tool.origin is Origin.OFFICIAL
    assert tool.files()["bin/pulumi-language-python"] == machine / "bin" / "pulumi-language-python"


def test_a_pulumi_in_its_own_home_is_found_without_being_on_the_path(machine: Path) -> None:
    found = fake_pulumi(machine / "home" / "bin", "3.259.0")
    assert official.pulumi("3.259.0") == found


@pytest.mark.parametrize("version", ["3.258.0", "3.259.1", "3.259.0-dev"])
def test_a_pulumi_of_another_version_is_not_used(machine: Path, version: str) -> None:
    fake_pulumi(machine / "bin", version)
    assert official.pulumi("3.259.0") is None


def test_a_pulumi_without_its_language_host_is_not_used(machine: Path) -> None:
    fake_pulumi(machine / "bin", "3.259.0")
    (machine / "bin" / "pulumi-language-python").unlink()
    assert official.pulumi("3.259.0") is None


def test_what_was_built_here_is_never_called_official(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pulumi(machine / "cache" / "toolchain" / "k" / "bin", "3.259.0")
    monkeypatch.setenv("PATH", f"{machine}/cache/toolchain/k/bin:/usr/bin:/bin")
    assert official.pulumi("3.259.0") is None


def test_a_kubectl_that_only_begins_with_the_version_is_not_used(machine: Path) -> None:
    text = '{"clientVersion": {"gitVersion": "v1.35.4-dispatcher"}}'
    program(machine / "bin" / "kubectl", f"#!/bin/sh\necho '{text}'\n")
    assert official.kubectl("1.35.4") is None


def test_a_kubectl_of_the_exact_version_is_used(machine: Path) -> None:
    text = '{"clientVersion": {"gitVersion": "v1.35.4"}}'
    found = program(machine / "bin" / "kubectl", f"#!/bin/sh\necho '{text}'\n")
    assert official.kubectl("1.35.4") == found


@pytest.mark.parametrize(("reported", "used"), [("4.25.0", True), ("4.25.1", False)])
def test_an_installed_plugin_is_used_if_it_reports_the_version_that_its_directory_claims(
    machine: Path,
    reported: str,
    used: bool,  # noqa: FBT001
) -> None:
    place = machine / "home" / "plugins" / "resource-kubernetes-v4.25.0"
    program(place / "pulumi-resource-kubernetes", FAKE_PLUGIN.replace("VERSION", reported))
    assert (official.provider("kubernetes", "4.25.0") is not None) is used


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "no program"])
def test_a_plugin_that_does_not_answer_has_no_version(tmp_path: Path, text: str) -> None:
    assert plugin.version(program(tmp_path / "plugin", text)) is None


def test_the_command_plugin_that_is_built_here_is_called_a_stand_in(machine: Path) -> None:
    assert not (machine / "home").exists()
    wanted = versions.load()
    made = selection.provider("command", wanted.provider_command, sources.provider_command(wanted))
    assert made.origin is Origin.STAND_IN
    other = sources.provider_kubernetes(wanted)
    assert selection.provider("kubernetes", "4.25.0", other).origin is Origin.BUILT


def test_the_python_packages_fit_the_plugins() -> None:
    wanted = versions.load()
    pinned = (ROOT / "requirements.txt").read_text().splitlines()
    assert f"pulumi-kubernetes=={wanted.provider_kubernetes}" in pinned
    assert f"pulumi-command=={wanted.provider_command}" in pinned


def test_the_modules_pin_the_versions_that_the_file_names() -> None:
    wanted = versions.load()
    engine = (sources.MODULES / "pulumi" / "go.mod").read_text()
    host = (sources.MODULES / "language-python" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{wanted.pulumi}\n" in engine
    assert f"github.com/pulumi/pulumi/sdk/v3 v{wanted.language_python}\n" in host


def test_modules_without_a_checksum_record_are_vouched_for_by_the_committed_sums() -> None:
    module = sources.provider_kubernetes(versions.load())
    sums = (module.directory / "go.sum").read_text()
    assert module.nosumdb == (sources.KUBERNETES, sources.READY_CHECKS)
    assert "f47bc2d6f199 h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4=\n" in sums
    assert f"{sources.READY_CHECKS} v1.3.0 h1:" in sums


def test_no_other_module_is_exempted_from_the_checksum_database() -> None:
    wanted = versions.load()
    others = (sources.pulumi(wanted), sources.language_python(), sources.provider_command(wanted))
    assert all(module.nosumdb == () for module in others)


def test_standard_output_is_for_the_directory_alone() -> None:
    script = "from lab.toolchain.assembly import say; say('building')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("", "building\n")
