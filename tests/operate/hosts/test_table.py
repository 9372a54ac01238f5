from collections.abc import Callable

from operate.hosts.inspection import Inspection, judge
from operate.hosts.look import Look, Unseen
from tests.operate.hosts.given import OURS, seen, wanted

LOOKS: tuple[Look, ...] = (
    seen("n1"),
    seen("control-plane-2", swap=("2048 /dev/sda2",), memory=1024, machine_id="same"),
    seen("n3", -93.0, machine_id="same", leftovers=("/etc/kubernetes/kubelet.conf", "link cni0")),
    Unseen(
        wanted=wanted(name="n4", address="192.0.2.114"),
        found="cannot be reached by SSH at 192.0.2.114:22 (No route to host)",
        cure="start it",
    ),
)


def inspection(*looks: Look) -> Inspection:
    return Inspection(looks=looks, findings=tuple(judge(looks, OURS)))


def test_one_table_has_every_fault_of_every_host(golden: Callable[[str, str], None]) -> None:
    golden("table.txt", f"{inspection(*LOOKS).text}\n")


def test_hosts_come_in_the_order_of_the_file_and_of_each_the_faults_first() -> None:
    lines = inspection(*LOOKS).text.splitlines()[1:-1]
    assert list(dict.fromkeys(line.split()[0] for line in lines)) == [
        "n1",
        "control-plane-2",
        "n3",
        "n4",
    ]
    results = [line.split()[2] for line in lines if line.startswith("control-plane-2")]
    assert results == ["FAIL", "FAIL", "warn"]


def test_no_line_ends_in_blanks() -> None:
    assert all(line == line.rstrip() for line in inspection(*LOOKS).text.splitlines())


def test_the_sum_counts_faults_and_warnings() -> None:
    assert inspection(*LOOKS).text.endswith("4 hosts: 6 faults, 1 warning")
    assert inspection(seen("n1")).text.endswith("1 host: 0 faults, 0 warnings")
