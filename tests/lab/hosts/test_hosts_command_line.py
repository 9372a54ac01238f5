import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.hosts import __main__ as command_line
from lab.hosts import check, host, listing, nspawn, packages, state
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab

N1 = HostId(lab=Lab(home=Path("/state/lab"), name="dev"), name="n1")


def test_what_create_prints_is_one_line_of_json_with_everything_to_log_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, object] = {}

    def create(chosen: HostId, **options: object) -> host.Made:
        seen.update(options, name=chosen.name, lab=chosen.lab.name)
        return host.Made(host=chosen, address="10.77.0.11", host_key="ssh-ed25519 AAAA")

    monkeypatch.setattr(host, "create", create)
    words = "create --lab dev --name n1 --subnet 10.77.0.0/24 --address 10.77.0.11 --authorized-key"
    assert command_line.main([*words.split(), "ssh-ed25519 BBBB"]) == 0

    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    assert json.loads(printed.out) == {
        "name": "n1",
        "address": "10.77.0.11",
        "port": 22,
        "user": "root",
        "hostKey": "ssh-ed25519 AAAA",
        "lab": "dev",
    }
    assert (seen["subnet"], seen["authorized_key"]) == ("10.77.0.0/24", "ssh-ed25519 BBBB")


def test_a_refusal_is_one_sentence_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LabError("there is no host dev/n1; create it first")

    monkeypatch.setattr(host, "reboot", refuse)
    assert command_line.main(["reboot", "--name", "n1"]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "lab.hosts: there is no host dev/n1; create it first\n"


def test_delete_wants_a_name_or_all_and_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["delete"], ["delete", "--name", "n1", "--all"]):
        with pytest.raises(SystemExit) as end:
            command_line.main(words)
        assert end.value.code == 2
    capsys.readouterr()


def test_the_list_has_a_line_for_each_host_and_says_what_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path))
    assert command_line.main(["list"]) == 0
    assert capsys.readouterr().out == "no hosts\n"
    (tmp_path / "lab/dev/n1").mkdir(parents=True)

    assert command_line.main(["list", "--lab", "dev"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:4] == ["dev", "n1", "-", "broken"]
    assert command_line.main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["state"] == "broken"


def test_a_host_that_is_being_changed_is_not_called_broken(tmp_path: Path) -> None:
    each = HostId(lab=Lab(home=tmp_path, name="dev"), name="n1")
    each.directory.mkdir(parents=True)
    with state.locked(each.lock, "n1"):
        assert [found.state for found in listing.listed(labs=tmp_path)] == ["changing"]
    assert [found.state for found in listing.listed(labs=tmp_path)] == ["broken"]


def test_systemd_nspawn_boots_the_root_in_the_hosts_own_namespaces() -> None:
    command = nspawn.command(N1)

    assert f"--directory={N1.root}" in command
    assert f"--network-namespace-path=/run/netns/{N1.namespace}" in command
    assert {"--boot", "--register=no", "--keep-unit", "--capability=all"} <= set(command)
    assert "--hostname=n1" in command
    # Without these runc is refused keyctl, kubelet cannot set sysctls, and two kubelets share kubepods.
    assert nspawn.ENVIRONMENT["SYSTEMD_SECCOMP"] == "0"
    assert nspawn.ENVIRONMENT["SYSTEMD_NSPAWN_API_VFS_WRITABLE"] == "yes"
    assert nspawn.ENVIRONMENT["SYSTEMD_NSPAWN_USE_CGNS"] == "1"


def test_missing_programs_are_named_by_their_package_once() -> None:
    assert packages.missing(lambda program: f"/bin/{program}") == []
    absent = {"setpriv", "unshare", "systemd-nspawn"}
    found = packages.missing(lambda program: None if program in absent else program)

    assert found == ["systemd-container", "util-linux"]


def test_without_apt_the_refusal_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "missing", lambda **_: ["mmdebstrap"])
    monkeypatch.setattr("shutil.which", lambda _: None)

    with pytest.raises(LabError, match="has no apt-get and lacks mmdebstrap"):
        packages.install()


def test_a_full_disk_refuses_a_new_host_and_not_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise LabError("free disk until 5 GiB are free")

    def past_the_check(*_: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(packages, "install", list)
    monkeypatch.setattr(check, "require", full)
    monkeypatch.setattr(host, "_create", past_the_check)
    each = HostId(lab=Lab(home=tmp_path, name="dev"), name="n1")
    with pytest.raises(LabError, match="5 GiB"):
        host.create(each)

    there = state.Record(
        phase=state.Phase.READY, address=IPv4Address("10.77.0.11"), subnet="10.77.0.0/24"
    )
    state.save(each, there)
    with pytest.raises(InterruptedError):
        host.create(each)
