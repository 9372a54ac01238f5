"""What the node script makes of devices and files for Ceph, and what it refuses to touch."""

import subprocess
from pathlib import Path

import pytest

from components.machines.node_script import SOURCE

# Stand-ins for a host: a device that is there, empty and free, unless a test says otherwise.
HOST = """\
is_device() { [[ $1 != /dev/absent ]]; }
readlink() { echo "$2"; }
lsblk() { case "$2" in NAME) echo sdb; echo -n "${CHILDREN:-}" ;; *) echo "${MOUNTED:-}" ;; esac; }
flock() { echo "flock $2" >>log; [[ -z ${HELD:-} ]]; }
wipefs() { case "$*" in *--all*) echo "wipefs $*" >>log ;; *) echo -n "${CARRIES:-}" ;; esac; }
blkdiscard() { return 1; }
blockdev() { echo "${SIZE:-10737418240}"; }
dd() { echo "dd $*" >>log; }
systemctl() { echo "systemctl $*" >>log; }
losetup() { [[ $1 != --detach ]] || echo "losetup $*" >>log; }
df() { printf 'Avail\\n%sM\\n' "${FREE:-20000}"; }
same_cluster() { :; }
sleep() { :; }
"""


def script() -> str:
    text = Path(SOURCE).read_text().removesuffix('main "$@"\n')
    text = text.replace("readonly STATE=/var/lib/appliance\n", "readonly STATE=.\n")
    for place in (
        "/opt/replicated/rook",
        "/etc/systemd/system",
        "/usr/local/sbin/appliance",
        "/var/lib/rook",
        "/run/udev",
    ):
        text = text.replace(place, f"./{place.strip('/').replace('/', '-')}")
    return text


def run(directory: Path, call: str) -> subprocess.CompletedProcess[str]:
    (directory / "opt-replicated-rook").mkdir(exist_ok=True)
    (directory / "log").touch()
    return subprocess.run(
        ["bash", "-c", f"{script()}\n{HOST}\nNODE_NAME=n2 OSD_ENDS_WITHIN=0\n{call}"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(directory: Path, call: str) -> str:
    done = run(directory, call)
    assert done.returncode != 0, done.stdout
    return done.stderr


def test_empty_devices_are_taken_and_printed_as_they_were_named(tmp_path: Path) -> None:
    done = run(tmp_path, "OSD_DEVICES='/dev/sdb /dev/disk/by-id/x' osd")
    assert done.returncode == 0, done.stderr
    assert done.stdout == '["/dev/sdb","/dev/disk/by-id/x"]\n'
    assert (tmp_path / "osd-devices").read_text() == "/dev/sdb /dev/disk/by-id/x\n"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("", "the storage device /dev/absent is absent: there is no block device of that name"),
        ("CHILDREN=sdb1", "the storage device /dev/sdb is in use: it holds sdb1"),
        ("MOUNTED=/srv", "the storage device /dev/sdb is in use: it is mounted on /srv"),
        ("HELD=1", "the storage device /dev/sdb is in use: another program holds it"),
        ("CARRIES=ext4", "the storage device /dev/sdb is not empty: it carries ext4"),
    ],
)
def test_a_device_that_is_absent_in_use_or_not_empty_is_refused(
    tmp_path: Path, state: str, sentence: str
) -> None:
    device = "/dev/sdb" if state else "/dev/absent"
    said = refusal(tmp_path, f"{state} OSD_DEVICES={device}; osd")
    assert sentence in said
    assert not (tmp_path / "osd-devices").exists()


def test_a_device_that_is_ours_already_may_carry_our_data(tmp_path: Path) -> None:
    (tmp_path / "osd-devices").write_text("/dev/sdb\n")
    done = run(tmp_path, "CARRIES=ceph_bluestore HELD=1 OSD_DEVICES=/dev/sdb; osd")
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_larger_than_the_free_disk_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, "FREE=1000 OSD_FILE_MIB=12288; make_osd_file")
    assert "has 1000 MiB free and storage.rook.loopFile wants 12288 MiB" in said
    assert list((tmp_path / "opt-replicated-rook").iterdir()) == []


def test_the_file_is_sparse_and_for_root_alone(tmp_path: Path) -> None:
    assert run(tmp_path, "OSD_FILE_MIB=6144; make_osd_file").returncode == 0
    file = (tmp_path / "opt-replicated-rook" / "osd.img").stat()
    assert file.st_size == 6 * 2**30
    assert file.st_blocks == 0
    assert file.st_mode & 0o777 == 0o600


def test_a_file_keeps_its_size_for_life(tmp_path: Path) -> None:
    assert run(tmp_path, "OSD_FILE_MIB=6144; make_osd_file").returncode == 0
    assert run(tmp_path, "FREE=0 OSD_FILE_MIB=6144; make_osd_file").returncode == 0
    said = refusal(tmp_path, "OSD_FILE_MIB=8192; make_osd_file")
    assert "has 6144 MiB and storage.rook.loopFile says 8192 MiB" in said


def test_the_device_is_attached_before_kubelet_at_each_boot(tmp_path: Path) -> None:
    run(tmp_path, "SHARED_KERNEL=1; attach_osd_file")
    unit = (tmp_path / "etc-systemd-system" / "appliance-osd.service").read_text()
    assert "Before=kubelet.service" in unit
    assert "After=local-fs.target lab-host.service" in unit
    log = (tmp_path / "log").read_text()
    assert "systemctl enable -q appliance-osd" in log


def program(directory: Path, attached: str, busy: str, shared: str = "1") -> str:
    """What the boot unit's program does; `busy` are devices that another has."""
    done = run(directory, "loop_program >program")
    assert done.returncode == 0, done.stderr
    text = (directory / "program").read_text().replace("/dev/loop", "./dev/loop")
    stand_ins = f"""\
losetup() {{
  case "$1" in
    --noheadings) echo -n '{attached}' ;;
    --direct-io=on) ;;
    *) case " {busy} " in *" $1 "*) return 1 ;; esac; echo "attached $1" ;;
  esac
}}
mknod() {{ : >"$3"; }}
modprobe() {{ :; }}
set -- osd.img memory
SHARED_KERNEL={shared}
"""
    (directory / "dev").mkdir(exist_ok=True)
    done = subprocess.run(
        ["sh", "-c", stand_ins + text],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_number_that_another_host_has_is_passed_over(tmp_path: Path) -> None:
    assert program(tmp_path, "", "./dev/loop32 ./dev/loop33") == "attached ./dev/loop34\n"
    assert (tmp_path / "memory").read_text() == "./dev/loop34\n"


def test_the_number_of_last_time_is_tried_first(tmp_path: Path) -> None:
    (tmp_path / "memory").write_text("./dev/loop40\n")
    assert program(tmp_path, "", "") == "attached ./dev/loop40\n"
    assert program(tmp_path, "", "./dev/loop40") == "attached ./dev/loop32\n"


def test_what_is_attached_stays(tmp_path: Path) -> None:
    assert program(tmp_path, "./dev/loop50", "") == ""
    assert (tmp_path / "memory").read_text() == "./dev/loop50\n"


def test_no_free_number_is_said(tmp_path: Path) -> None:
    busy = " ".join(f"./dev/loop{number}" for number in range(32, 64))
    assert "no loop device from 32 to 63 is free" in program(tmp_path, "", busy)


@pytest.mark.parametrize(("shared", "left"), [("1", ["loop32"]), ("0", ["loop0", "loop33"])])
def test_a_host_with_a_kernel_of_others_does_not_see_their_devices(
    tmp_path: Path, shared: str, left: list[str]
) -> None:
    # Ceph looks at all devices that it sees, and would take another host's OSD for this one's.
    (tmp_path / "dev").mkdir()
    for name in ("loop0", "loop33"):
        (tmp_path / "dev" / name).touch()
    program(tmp_path, "", "", shared)
    assert sorted(file.name for file in (tmp_path / "dev").iterdir()) == left


def test_only_devices_that_were_taken_are_wiped(tmp_path: Path) -> None:
    (tmp_path / "osd-devices").write_text("/dev/sdb\n")
    done = run(tmp_path, "SIZE=12884901888; osd_gone")
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_text()
    assert "wipefs --all --quiet /dev/sdb" in log
    # A copy of the label lies at 1 and at 10 GiB of 12.
    assert [line for line in log.splitlines() if "seek=" in line] == [
        f"dd if=/dev/zero of=/dev/sdb bs=1M count=1 seek={at * 1024} conv=fsync status=none"
        for at in (1, 10)
    ]
    assert not (tmp_path / "osd-devices").exists()


def test_a_device_that_an_osd_still_holds_is_not_wiped(tmp_path: Path) -> None:
    (tmp_path / "osd-devices").write_text("/dev/sdb\n")
    said = refusal(tmp_path, "HELD=1; osd_gone")
    assert "the end of the OSD on /dev/sdb did not come true within 0 s. Take the OSD out" in said
    assert "wipefs" not in (tmp_path / "log").read_text()


def test_a_host_without_anything_of_ceph_is_left_as_it_is(tmp_path: Path) -> None:
    done = run(tmp_path, "osd_gone")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "log").read_text() == ""


KUBE = """\
kube() {
  case "$*" in
    *"get cephclusters"*confirmation*) echo -n "${CONFIRMED:-}" ;;
    *"get cephclusters"*continueUpgrade*) echo -n "${UNASKED:-}" ;;
    *"get cephclusters"*) echo -n "${CLUSTER:-}" ;;
    *patch*|*annotate*|*delete*) echo "$*" >>log ;;
    *"get namespace"*jsonpath*) echo -n "${DISCARDED:-}" ;;
    *"get jobs"*) echo -n "${JOBS:-}" ;;
    *"get pods"*) echo -n "${PODS:-}" ;;
  esac
}
"""


def test_data_is_given_up_only_where_there_is_a_cluster(tmp_path: Path) -> None:
    assert run(tmp_path, f"{KUBE}\ndiscard").returncode == 0
    assert (tmp_path / "log").read_text() == ""
    assert run(tmp_path, f"{KUBE}\nCLUSTER=x discard").returncode == 0
    log = (tmp_path / "log").read_text()
    assert '"confirmation":"yes-really-destroy-data"' in log
    assert '"allowUninstallWithVolumes":true' in log
    # A user with buckets goes only while the cluster is on its way out.
    assert (
        log.splitlines()[-1]
        == "-n rook-ceph delete cephclusters.ceph.rook.io rook-ceph --wait=false"
    )


def test_a_cluster_that_was_given_up_and_is_kept_after_all_is_looked_after_again(
    tmp_path: Path,
) -> None:
    assert run(tmp_path, f"{KUBE}\nCEPH_COPIES=2 CLUSTER=x; keep").returncode == 0
    assert (tmp_path / "log").read_text() == ""
    confirmed = "CEPH_COPIES=2 CONFIRMED=yes-really-destroy-data"
    assert run(tmp_path, f"{KUBE}\n{confirmed}; keep").returncode == 0
    assert '"confirmation":""' in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("copies", "before", "told"),
    [
        (1, "", "true"),
        (1, "false", "true"),
        (1, "true", None),
        (2, "true", "false"),
        (3, "", None),
    ],
)
def test_rook_restarts_osds_without_cephs_word_only_where_data_lies_once(
    tmp_path: Path, copies: int, before: str, told: str | None
) -> None:
    done = run(tmp_path, f"{KUBE}\nCEPH_COPIES={copies} UNASKED={before}; keep")
    assert done.returncode == 0, done.stderr
    patched = f'{{"spec":{{"continueUpgradeAfterChecksEvenIfNotHealthy":{told}}}}}'
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split(" -p ")[1] for line in lines] == ([patched] if told else [])
    # Fields of a manager called kubectl… go when Pulumi next applies the object.
    assert all(" --field-manager appliance-node " in line for line in lines)


# Each look at the cluster is one line of the file `looks`, the last one for ever; a second passes with each sleep.
LOOKS = """\
unset SECONDS
SECONDS=0
sleep() { SECONDS=$((SECONDS + 1)); }
kube() {
  case "$*" in
    *"get deployment"*) echo -n "${OPERATOR-1}" ;;
    *"get cephclusters"*)
      # Who reads the line does not wait for what comes after it.
      line=$(head -n 1 looks)
      [[ $(wc -l <looks) == 1 ]] || sed -i 1d looks
      echo "$line"
      ;;
  esac
}
formed_after() {
  CEPH_OSDS=2 QUIET_FOR=5 FORMED_WITHIN=${1:-20} formed
  echo "$SECONDS"
}
"""


def formed(directory: Path, *looks: str) -> int:
    """After how many seconds Ceph is called formed."""
    (directory / "looks").write_text("".join(f"{look}\n" for look in looks))
    done = run(directory, f"{LOOKS}\nformed_after")
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(
    "unformed",
    [
        "",
        "3//Progressing//",
        "3/3/Progressing/HEALTH_OK/2",
        "3/3/Failure/HEALTH_OK/2",
        "3/3/Ready//2",
        "3/3/Ready/HEALTH_OK/",
        "3/3/Ready/HEALTH_OK/1",
    ],
)
def test_ceph_is_formed_when_rook_says_so_of_this_generation_and_all_osds_run(
    tmp_path: Path, unformed: str
) -> None:
    assert formed(tmp_path, unformed, unformed, "3/3/Ready/HEALTH_OK/2") == 2


@pytest.mark.parametrize("look", ["3/4/Ready/HEALTH_WARN/2", "1//Ready/HEALTH_OK/1 1"])
def test_of_several_kinds_of_osd_and_of_a_first_pass_nothing_more_is_asked(
    tmp_path: Path, look: str
) -> None:
    assert formed(tmp_path, look) == 0


def test_a_generation_that_rook_failed_to_write_down_is_believed_after_it_was_quiet(
    tmp_path: Path,
) -> None:
    # Its last word lost a race with its own look at the health (only logged: "failed to update cluster condition").
    assert formed(tmp_path, "3/2/Ready/HEALTH_OK/2") == 5


def test_what_was_ready_before_rook_began_is_not_taken_for_its_answer(tmp_path: Path) -> None:
    before, under_way = "3/2/Ready/HEALTH_OK/2", "3/2/Progressing/HEALTH_OK/2"
    assert formed(tmp_path, *[before] * 3, *[under_way] * 2, before) == 3 + 2 + 5


def test_silence_says_nothing_while_the_operator_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "looks").write_text("3/2/Ready/HEALTH_OK/2\n")
    said = refusal(tmp_path, f"{LOOKS}\nOPERATOR= formed_after 9")
    assert "Ceph with 2 OSDs, as its resource says, did not come true within 9 s" in said
    assert "get cephcluster,pods" in said


def test_the_keys_of_the_object_store_are_two_words_and_nothing_else(tmp_path: Path) -> None:
    kube = """kube() {
  case "$*" in
    *"get secret keys -o jsonpath={.data.SecretKey}") echo c2VjcmV0 ;;
    *"get secret keys"*) echo "YWNjZXNz c2VjcmV0" ;;
  esac
}"""
    done = run(tmp_path, f"{kube}\nOBJECT_SECRET=keys object_keys")
    assert (done.returncode, done.stdout) == (0, "YWNjZXNz c2VjcmV0\n")
    assert done.stderr == ""


def test_keys_that_rook_does_not_make_are_waited_for_and_then_missed_by_name(
    tmp_path: Path,
) -> None:
    waits = 'await() { "${@:4}" || die "$2 did not come true. $3"; }\nkube() { :; }'
    said = refusal(tmp_path, f"{waits}\nOBJECT_SECRET=keys object_keys")
    assert "the Secret of the object store's user did not come true" in said
    assert "cephobjectstoreusers" in said


@pytest.mark.parametrize(
    ("jobs", "clean"), [("1x1x", True), ("1xx", False), ("", False), ("x", False)]
)
def test_disks_are_clean_when_every_job_of_rook_has_succeeded(
    tmp_path: Path, jobs: str, *, clean: bool
) -> None:
    done = run(tmp_path, f"{KUBE}\nDISCARDED=true JOBS={jobs} CLEAN_WITHIN=0; discarded")
    assert done.returncode == 0, done.stderr
    assert ("Rook has not cleaned every host in time" in done.stderr) is not clean


def test_whoever_was_not_told_to_clean_is_not_waited_for(tmp_path: Path) -> None:
    done = run(tmp_path, f"{KUBE}\nCLEAN_WITHIN=0; discarded")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("left", ["CLUSTER=x", "PODS=pod/rook-ceph-osd-0"])
def test_the_operator_outlives_cephs_pods(tmp_path: Path, left: str) -> None:
    said = refusal(
        tmp_path, f'{KUBE}\nawait() {{ shift 3; "$@" || die not yet; }}\n{left}; discarded'
    )
    assert "not yet" in said


ACCOUNT = """\
await() { shift 3; "$@"; }
kube() { case $2 in services) ${SERVICES:-true} ;; *) ${VOLUMES:-true} ;; esac; }
"""


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ("SERVICES='echo the Service web in shop'", "the Service web in shop"),
        (
            "VOLUMES='echo the PersistentVolume pvc-1 of shop/data'",
            "the PersistentVolume pvc-1 of shop/data",
        ),
        # Who does not answer has not said that there is nothing.
        ("VOLUMES=false", "what the API server does not tell"),
        ("SERVICES=false", "what the API server does not tell"),
    ],
)
def test_a_cluster_does_not_end_before_its_account_has_everything_back(
    tmp_path: Path, state: str, named: str
) -> None:
    said = refusal(tmp_path, f"{ACCOUNT}{state}; returned")
    assert f"the account still holds load balancers or volumes for {named}" in said
    assert "Delete these objects" in said


def test_a_cluster_ends_when_its_account_has_everything_back(tmp_path: Path) -> None:
    done = run(tmp_path, f"{ACCOUNT}returned")
    assert done.returncode == 0, done.stderr
