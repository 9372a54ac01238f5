"""The kubeconfig while the first `up` is at work."""

import json
from typing import Any

import pytest

from operate.engine import Engine
from operate.kubeconfig import bring
from operate.stack import Stack
from tests.conftest import SECRET_MARK
from tests.operate.conftest import FakePulumi

URN = "urn:pulumi:dev::appliance::appliance:cluster:ControlPlane$command:remote:Command::control-plane"
TEXT = 'kind: Config\nname: "dev"\n'


def says(pulumi: FakePulumi, stack: Stack, *resources: dict[str, Any]) -> None:
    """Lets pulumi export these resources."""
    file = stack.directory / "export.json"
    file.write_text(json.dumps({"deployment": {"resources": resources}}))
    pulumi.says(f"cat {file}")


def made(outputs: dict[str, Any]) -> dict[str, Any]:
    return {"urn": f"{URN}-kubeconfig", "outputs": outputs}


def secret(text: str) -> dict[str, Any]:
    mark = {SECRET_MARK: "1b47061264138c4ac30d75fd1eb44270"}
    return {"stdout": {**mark, "plaintext": json.dumps(text)}}


def test_it_is_written_as_soon_as_the_state_has_it_and_only_its_owner_reads_it(
    pulumi: FakePulumi, stack: Stack, engine: Engine
) -> None:
    says(pulumi, stack, {"urn": f"{URN}-provider"}, made(secret(TEXT)))
    bring(stack, engine)
    assert stack.kubeconfig.read_text() == TEXT
    assert stack.kubeconfig.stat().st_mode & 0o077 == 0
    assert pulumi.calls == ["stack export --show-secrets --non-interactive"]


def test_one_that_is_there_stays_and_nobody_is_asked(
    pulumi: FakePulumi, stack: Stack, engine: Engine
) -> None:
    stack.kubeconfig.write_text("mine")
    bring(stack, engine)
    assert stack.kubeconfig.read_text() == "mine"
    assert pulumi.calls == []


@pytest.mark.parametrize("resources", [[], [made({})], [{"urn": f"{URN}-kubeconfig"}]])
def test_before_there_is_a_control_plane_none_is_written(
    pulumi: FakePulumi, stack: Stack, engine: Engine, resources: list[dict[str, Any]]
) -> None:
    says(pulumi, stack, *resources)
    bring(stack, engine)
    assert not stack.kubeconfig.exists()


def test_a_stack_without_any_state_has_none(
    pulumi: FakePulumi, stack: Stack, engine: Engine
) -> None:
    pulumi.says("""echo '{"version": 3, "deployment": null}'""")
    bring(stack, engine)
    assert not stack.kubeconfig.exists()
