import datetime as dt

import pytest

from components.certificates import fingerprint, new_authority
from operate import settings
from operate.commands.check_hosts import check_hosts, cluster, refuse, require_hosts
from operate.engine import Engine
from operate.failure import OperateError
from operate.hosts.facts import Cluster
from operate.hosts.inspection import Inspection, judge
from operate.hosts.look import Look
from operate.phases import Phases
from operate.stack import Stack
from operate.workplace import Workplace
from tests.operate.conftest import FakePulumi
from tests.operate.hosts.given import OURS, seen
from tests.stacks.config.given import LOCAL, SSH, Given

CERTIFICATE = new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).certificate_pem


def inspection(*looks: Look) -> Inspection:
    return Inspection(looks=looks, findings=tuple(judge(looks, OURS)))


@pytest.fixture
def place(stack: Stack, engine: Engine) -> Workplace:
    configuration = Given(SSH).load("site")
    settings.write(stack.settings, "config:\n  appliance:caCertificate: {secure: v1:a}\n")
    return Workplace(
        stack=stack, configuration=configuration, engine=engine, phases=Phases(quiet=True)
    )


def test_the_stacks_own_cluster_is_known_by_name_and_authority(
    place: Workplace, pulumi: FakePulumi
) -> None:
    pulumi.says(f"cat <<'EOF'\n{CERTIFICATE}EOF")
    assert cluster(place) == Cluster(name="appliance-site", fingerprint=fingerprint(CERTIFICATE))


def test_a_stack_without_an_authority_is_known_by_its_name(
    place: Workplace, pulumi: FakePulumi
) -> None:
    settings.write(place.stack.settings, "config:\n")
    assert cluster(place) == Cluster(name="appliance-site", fingerprint=None)
    assert pulumi.calls == []


def test_a_fault_ends_the_command_and_a_warning_does_not() -> None:
    refuse(inspection(seen("n1", swap=("1 /swap",))))
    with pytest.raises(OperateError, match="nothing was changed on any"):
        refuse(inspection(seen("n1"), seen("n2", architecture="aarch64")))


def test_within_another_command_hosts_that_are_fine_are_not_listed(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.write(place.stack.settings, "config:\n")
    found = [inspection(seen("n1")), inspection(seen("n1", memory=1750))]
    monkeypatch.setattr("operate.commands.check_hosts.inspected", lambda *_: found.pop(0))
    require_hosts(place)
    assert capsys.readouterr().out == ""
    require_hosts(place)
    assert "has 1750 MiB of memory" in capsys.readouterr().out


def test_a_stack_that_makes_its_hosts_has_none_to_check(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    makes = Workplace(
        stack=place.stack,
        configuration=Given(LOCAL).load(),
        engine=place.engine,
        phases=place.phases,
    )
    monkeypatch.setattr("operate.commands.check_hosts.open_workplace", lambda *_: makes)
    with pytest.raises(OperateError, match="makes its hosts itself"):
        check_hosts("dev", Phases(quiet=True))
