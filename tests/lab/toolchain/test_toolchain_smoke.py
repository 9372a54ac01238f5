"""The assembled tool chain, used as a person uses it: preview, up, second up, destroy."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.toolchain import plugin, versions
from lab.toolchain.assembly import assemble
from lab.toolchain.selection import tools

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(1800)]

PROGRAM = """\
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions
from pulumi_command import local
provider = kubernetes.Provider("rendered", render_yaml_to_directory="rendered")
command = local.Command("command", create="echo made", delete="touch deleted")
kubernetes.core.v1.ConfigMap("map", data={"said": command.stdout}, opts=ResourceOptions(provider=provider))
"""

Pulumi = Callable[..., str]


@pytest.fixture(scope="module")
def directory() -> Path:
    return assemble(tools(versions.load()))


@pytest.fixture
def pulumi(directory: Path, tmp_path: Path) -> Pulumi:
    """Pulumi of the tool chain in a project of its own, with nothing of the user's."""
    (tmp_path / "Pulumi.yaml").write_text("name: smoke\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "state").mkdir()
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{directory / 'bin'}:{os.defpath}",
        "PULUMI_HOME": str(directory / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "smoke",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert "warning" not in done.stdout
        return done.stdout

    return run


def test_a_program_with_both_providers_lives_its_whole_life(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi("stack", "init", "one")
    assert "+ 4 to create" in pulumi("preview")
    assert "+ 4 created" in pulumi("up", "--yes", "--skip-preview")
    (rendered,) = (tmp_path / "rendered").rglob("*configmap*.yaml")
    assert "said: made" in rendered.read_text()
    assert "4 unchanged" in pulumi("up", "--yes", "--skip-preview")
    assert "- 4 deleted" in pulumi("destroy", "--yes", "--skip-preview")
    assert (tmp_path / "deleted").exists()


def test_the_plugins_report_the_versions_of_their_directories(directory: Path) -> None:
    wanted = versions.load()
    plugins = directory / "home" / "plugins"
    for name, version in (
        ("kubernetes", wanted.provider_kubernetes),
        ("command", wanted.provider_command),
    ):
        file = plugins / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
        assert plugin.version(file) == version


def test_pulumi_reports_the_version_of_the_file(pulumi: Pulumi) -> None:
    assert pulumi("version").strip() == f"v{versions.load().pulumi}"
