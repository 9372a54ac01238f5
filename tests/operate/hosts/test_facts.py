import pytest

from operate.hosts.facts import AnswerError, Cluster, Listener, System, parse
from tests.operate.hosts.given import ANSWER


def answer(*more: str, without: str = "") -> str:
    lines = [
        line
        for line in ANSWER.splitlines()
        if line != "end" and not (without and line.startswith(f"{without}="))
    ]
    return "\n".join((*lines, *more, "end"))


def test_every_fact_of_an_answer_is_read() -> None:
    facts = parse(ANSWER)
    assert (facts.privilege, facts.user) == ("sudo", "admin")
    assert facts.system == System(
        id="debian", version="12", like=(), name="Debian GNU/Linux 12 (bookworm)"
    )
    assert facts.memory == 8192
    assert facts.free == {"/": 10240, "/var/lib": 51200}
    assert facts.addresses == {"127.0.0.1", "192.0.2.11"}
    assert facts.listeners == (
        Listener(protocol="tcp", port=22, program="sshd", unit="ssh.service"),
        Listener(protocol="udp", port=68, program=None, unit=None),
    )
    assert facts.kernel_parts == {"overlay": True, "br_netfilter": True, "openvswitch": False}
    assert (facts.systemd, facts.sftp, facts.synchronised) == (True, True, True)
    assert facts.clock == pytest.approx(1795266939.586986524)


def test_what_a_login_prints_before_the_answer_is_passed_over() -> None:
    assert parse(f"Welcome=to n1\n\n{ANSWER}") == parse(ANSWER)


@pytest.mark.parametrize("key", ["product_uuid", "machine_id", "cgroup", "synchronised", "sftp"])
def test_what_a_host_cannot_tell_is_left_out_and_no_fault(key: str) -> None:
    assert getattr(parse(ANSWER), key) is not None
    assert getattr(parse(answer(without=key)), key) is None


def test_without_a_program_that_lists_them_ports_are_unknown_and_not_free() -> None:
    assert parse(answer(without="ports")).listeners is None


@pytest.mark.parametrize("text", ["", "Permission denied", ANSWER.replace("end\n", "")])
def test_half_an_answer_is_none(text: str) -> None:
    with pytest.raises(AnswerError, match="cut off"):
        parse(text)


@pytest.mark.parametrize("key", ["privilege", "system", "architecture", "memory_kib", "clock"])
def test_an_answer_without_what_every_host_can_tell_is_none(key: str) -> None:
    with pytest.raises(AnswerError, match=key):
        parse(answer(without=key))


@pytest.mark.parametrize("line", ["no fact", "port=tcp", "free_kib=much /", "kernel_part=overlay"])
def test_an_answer_of_another_form_is_none(line: str) -> None:
    with pytest.raises(AnswerError):
        parse(answer(line))


def test_the_cluster_is_known_by_the_note_of_the_appliance() -> None:
    facts = parse(answer("cluster=appliance-site AB:CD:EF", "authority=012345"))
    assert facts.cluster == Cluster(name="appliance-site", fingerprint="abcdef")


def test_a_host_without_the_note_is_known_by_the_ca_that_it_was_given() -> None:
    assert parse(answer("authority=abcdef")).cluster == Cluster(name=None, fingerprint="abcdef")


def test_a_note_without_a_fingerprint_still_names_the_cluster() -> None:
    found = parse(answer("cluster=appliance-site"))
    assert found.cluster == Cluster(name="appliance-site", fingerprint=None)


def test_what_a_host_was_installed_from_and_what_it_defends_itself_with_is_read() -> None:
    more = "sftp=yes\ninstalled_from=vendors\ndefence=ufw\ndefence=SELinux\n"
    facts = parse(ANSWER.replace("sftp=yes\n", more))
    assert facts.source == "vendors"
    assert facts.defences == {"ufw", "SELinux"}
    assert (parse(ANSWER).source, parse(ANSWER).defences) == (None, frozenset())
