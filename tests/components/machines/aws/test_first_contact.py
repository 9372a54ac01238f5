"""First contact: the key that came in user data is exchanged for the one that the machine keeps."""

import getpass
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.machines.aws import first_contact
from components.machines.aws.first_contact import Contact, ContactError, Said, make
from components.machines.aws.host_keys import HostKey, first, lasting
from components.machines.node_script import SOURCE
from components.machines.session import Endpoint
from operate.agent import agent
from tests.components.machines.aws.made import SEED
from tests.lab.toolchain.ssh_server import SshServer

FIRST, LASTING = first(SEED), lasting(SEED)
CONTACT = Contact(
    name="w1",
    endpoint=Endpoint(address="192.0.2.1", host_key=""),
    first=FIRST.public,
    lasting=LASTING.public,
    private=LASTING.private,
)
REFUSED = Said(code=255, errors="ssh: connect to host 192.0.2.1 port 22: Connection refused")
CHANGED = Said(code=255, errors="@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @")
FINE = Said(code=0, errors="")


@dataclass
class Machine:
    """A machine that shows `key`, None while it boots; what it was asked for with which key is in `asked`."""

    key: str | None
    boots_after: int = 0
    asked: list[tuple[str, str]] | None = None

    def call(self, endpoint: Endpoint, command: str, stdin: str = "") -> Said:
        self.asked = [*(self.asked or []), (endpoint.host_key, command)]
        if len(self.asked) <= self.boots_after:
            return REFUSED
        if endpoint.host_key != self.key:
            return CHANGED
        if "host_key" in command:
            assert LASTING.private.splitlines()[1] in stdin
            self.key = LASTING.public
        return FINE


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Machine]:
    def there(**given: object) -> Machine:
        made = Machine(**given)  # type: ignore[arg-type]
        monkeypatch.setattr(first_contact, "call", made.call)
        return made

    return there


def test_a_new_machine_ends_with_the_key_that_it_keeps(machine: Callable[..., Machine]) -> None:
    there = machine(key=FIRST.public, boots_after=4)
    assert make(CONTACT, new=True, pause=0) == LASTING.public
    assert there.key == LASTING.public


def test_a_machine_that_has_its_key_is_left_as_it_is(machine: Callable[..., Machine]) -> None:
    there = machine(key=LASTING.public)
    assert make(CONTACT, new=True, pause=0) == LASTING.public
    assert there.asked == [(LASTING.public, "true")]


def test_after_first_contact_the_first_key_is_believed_no_more(
    machine: Callable[..., Machine],
) -> None:
    there = machine(key=FIRST.public)
    with pytest.raises(ContactError, match="another host key than the one it keeps"):
        make(CONTACT, new=False, deadline=0, pause=0)
    assert {key for key, _ in there.asked or []} == {LASTING.public}


def test_a_stranger_gets_no_key(machine: Callable[..., Machine]) -> None:
    there = machine(key="ecdsa-sha2-nistp256 STRANGER")
    with pytest.raises(ContactError, match="neither of its two host keys"):
        make(CONTACT, new=True, deadline=0, pause=0)
    assert there.key == "ecdsa-sha2-nistp256 STRANGER"


def test_a_machine_that_does_not_come_is_named_with_what_to_do(
    machine: Callable[..., Machine],
) -> None:
    machine(key=None, boots_after=10**6)
    with pytest.raises(ContactError, match=r"w1 \(root@192.0.2.1\) could not be reached") as caught:
        make(CONTACT, new=True, deadline=0, pause=0)
    assert "hosts.aws.operators" in str(caught.value)


def test_no_message_holds_a_private_key(
    machine: Callable[..., Machine], capsys: pytest.CaptureFixture[str]
) -> None:
    machine(key=None, boots_after=10**6)
    with pytest.raises(ContactError) as caught:
        make(CONTACT, new=True, deadline=0, pause=0)
    assert "PRIVATE" not in str(caught.value) + capsys.readouterr().err


STUBS = """
systemctl() {{ if [[ $1 == is-active ]]; then [[ $3 == ssh ]]; else kill -HUP {pid}; fi; }}
sshd() {{ :; }}
main "$@"
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    """An sshd whose host keys lie in a directory of the test's, where the verb finds them."""
    keys = tmp_path / "ssh"
    keys.mkdir()
    (tmp_path / "home").mkdir()
    write(keys / "ssh_host_ecdsa_key", FIRST)
    running = SshServer(
        tmp_path, settings=[f'ForceCommand cd {tmp_path}/home && eval "$SSH_ORIGINAL_COMMAND"']
    )
    # Another kind of key, as an image may have it: Go's client could choose that one.
    shutil.copy(running.host_keys[1], keys / "ssh_host_ed25519_key")
    settings = [
        line for line in running._configuration.read_text().splitlines() if "HostKey" not in line
    ]
    mine = [f"HostKey {keys}/ssh_host_{kind}_key" for kind in ("ecdsa", "ed25519")]
    running._configuration.write_text("\n".join([*settings, *mine, ""]))
    running.start()
    assert running._process is not None
    script = SOURCE.read_text().replace("directory=/etc/ssh", f"directory={keys}")
    script = script.replace("STATE=/var/lib/appliance", f"STATE={tmp_path}/state")
    changed = tmp_path / "script.sh"
    changed.write_text(script.replace('main "$@"\n', STUBS.format(pid=running._process.pid)))
    monkeypatch.setattr(first_contact, "SOURCE", changed)
    with agent(running.client_key.read_text()) as socket:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        yield running
    running.stop()


def write(file: Path, key: HostKey) -> None:
    file.write_text(key.private)
    file.chmod(0o600)


@pytest.mark.lab
def test_a_real_sshd_shows_the_new_key_and_no_other(server: SshServer, tmp_path: Path) -> None:
    endpoint = Endpoint(address="127.0.0.1", port=server.port, user=getpass.getuser(), host_key="")
    contact = Contact(
        name="w1",
        endpoint=endpoint,
        first=FIRST.public,
        lasting=LASTING.public,
        private=LASTING.private,
    )
    assert make(contact, new=True, deadline=60, pause=0.2) == LASTING.public
    shown = subprocess.run(
        ["ssh-keyscan", "-p", str(server.port), "127.0.0.1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {" ".join(line.split()[1:]) for line in shown.splitlines()} == {LASTING.public}
    kept = tmp_path / "ssh"
    assert {file.name for file in kept.iterdir()} == {
        "ssh_host_ecdsa_key",
        "ssh_host_ecdsa_key.pub",
    }
    assert (kept / "ssh_host_ecdsa_key").stat().st_mode & 0o777 == 0o600
    # Once more is no harm, and the first key opens nothing now.
    assert make(contact, new=False, deadline=10, pause=0.2) == LASTING.public
    assert first_contact.call(contact.showing(FIRST.public), "true").code != 0
