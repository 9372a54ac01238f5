from dataclasses import replace
from pathlib import Path

import pytest

from lab.hosts import network, state
from lab.hosts.admission import Request, admit
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab
from lab.hosts.state import Phase


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labs on disk; this machine's routes are of no account."""
    monkeypatch.setattr(network, "refuse_overlap", lambda *_: None)
    return tmp_path / "lab"


def host(home: Path, name: str, lab: str = "dev") -> HostId:
    return HostId(lab=Lab(home=home, name=lab), name=name)


def test_hosts_get_the_next_address_and_a_record_that_says_creating(home: Path) -> None:
    one, two = (admit(host(home, name), Request()) for name in ("n1", "n2"))

    assert (str(one.address), str(two.address)) == ("10.77.0.11", "10.77.0.12")
    assert state.load(host(home, "n1")) == one
    assert one.phase is Phase.CREATING


def test_asking_again_gives_the_same_whatever_the_phase(home: Path) -> None:
    first = admit(host(home, "n1"), Request(address="10.77.0.40"))
    ready = replace(first, phase=Phase.READY, host_key="ssh-ed25519 AAAA")
    state.save(host(home, "n1"), ready)

    assert admit(host(home, "n1"), Request()) == ready
    assert admit(host(home, "n1"), Request(address="10.77.0.40", subnet="10.77.0.0/24")) == ready


def test_an_address_of_a_half_made_host_is_taken_and_that_of_a_deleted_one_free(home: Path) -> None:
    admit(host(home, "n1"), Request(address="10.77.0.20"))
    with pytest.raises(LabError, match=r"10\.77\.0\.20 belongs to another host of the lab"):
        admit(host(home, "n2"), Request(address="10.77.0.20"))

    state.file(host(home, "n1")).unlink()
    assert str(admit(host(home, "n2"), Request(address="10.77.0.20")).address) == "10.77.0.20"


@pytest.mark.parametrize("asked", ["10.77.0.12", "nonsense"])
def test_a_host_never_changes_its_address(home: Path, asked: str) -> None:
    admit(host(home, "n1"), Request())

    with pytest.raises(LabError, match=r"10\.77\.0\.11"):
        admit(host(home, "n1"), Request(address=asked))


def test_a_lab_never_changes_its_subnet_while_it_has_hosts(home: Path) -> None:
    admit(host(home, "n1"), Request(subnet="10.79.0.0/24"))
    with pytest.raises(LabError, match=r"lab dev has subnet 10\.79\.0\.0/24"):
        admit(host(home, "n2"), Request(subnet="10.80.0.0/24"))

    assert str(admit(host(home, "n2"), Request()).address) == "10.79.0.12"


def test_two_labs_need_two_subnets(home: Path) -> None:
    admit(host(home, "n1"), Request(subnet="10.79.0.0/24"))
    with pytest.raises(LabError, match=r"overlaps the subnet 10\.79\.0\.0/24 of lab dev"):
        admit(host(home, "n1", lab="test"), Request(subnet="10.79.0.0/20"))

    assert admit(host(home, "n1", lab="test"), Request(subnet="10.80.0.0/24"))


@pytest.mark.parametrize("request_", [Request(subnet="10.32.0.0/24"), Request(address="10.77.0.1")])
def test_a_refused_first_host_leaves_no_lab(home: Path, request_: Request) -> None:
    with pytest.raises(LabError):
        admit(host(home, "n1"), request_)

    assert state.labs(home) == []
    # Nor does one that was killed between the lab's file and the host's.
    (home / "dev").mkdir(parents=True)
    (home / "dev/lab.json").write_text('{"subnet": "10.99.0.0/24"}')
    assert str(admit(host(home, "n1"), Request(subnet="10.79.0.0/24")).address) == "10.79.0.11"
