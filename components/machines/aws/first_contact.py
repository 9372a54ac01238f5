"""First contact with a new machine: its host key of the first minutes is exchanged for the one that it keeps.

    python -m components.machines.aws.first_contact create|update < document

Owns the exchange. Does not own the keys (host_keys.py), nor the verb `host_key` of the node script, which puts the new
one in place. Prints the public key that the machine shows from now on. `create` may be run again at any moment: a
machine that has its lasting key is left as it is. `update` believes that key only.
"""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from components.machines.node_script import SOURCE, command_line, script_digest
from components.machines.parameters import render
from components.machines.session import Endpoint, connect

DEADLINE: Final = 600
"""Seconds for a machine to boot and to be reached."""
LIMIT: Final = 60
"""Seconds for one command there."""
PAUSE: Final = 2
KEPT: Final = 600
"""Characters of ssh's own words that a message carries at most."""


class ContactError(Exception):
    """No contact was made; the message names the machine, what is the matter, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A machine and its keys: `first` and `lasting` are public, `private` is the lasting one's other half."""

    name: str
    endpoint: Endpoint
    first: str
    lasting: str
    private: str

    @classmethod
    def read(cls, text: str) -> "Contact":
        """The document on standard input."""
        document: Mapping[str, Any] = json.loads(text)
        endpoint = Endpoint.read({**document["connection"], "hostKey": ""})
        keys = {key: str(document[key]) for key in ("name", "first", "lasting", "private")}
        return cls(endpoint=endpoint, **keys)

    def showing(self, key: str) -> Endpoint:
        """The machine, if it shows this key."""
        return replace(self.endpoint, host_key=key)


@dataclass(frozen=True, kw_only=True)
class Said:
    """How a command on the machine ended; `code` 255 is ssh's own."""

    code: int
    errors: str


def make(contact: Contact, *, new: bool, deadline: float = DEADLINE, pause: float = PAUSE) -> str:
    """The public key that the machine shows from now on. Raises ContactError."""
    ends = time.monotonic() + deadline
    while True:
        said = call(contact.showing(contact.lasting), "true")
        if said.code == 0:
            return contact.lasting
        if new:
            said = exchange(contact)
            if said.code == 0:
                # Whether it shows the new key is seen from outside, in the next round.
                continue
        if time.monotonic() > ends:
            raise ContactError(_explain(contact, said, new=new))
        time.sleep(pause)


def exchange(contact: Contact) -> Said:
    """Give the machine its lasting key, over a connection that its first one proves."""
    script = SOURCE.read_bytes()
    path = f".appliance/node-{script_digest(script)}.sh"
    there = contact.showing(contact.first)
    copy = (
        f"umask 077 && mkdir -p .appliance && cat > {path}.part && mv -f {path}.part {path} "
        f"&& chmod 0600 {path}"
    )
    said = call(there, f"sh -c {shlex.quote(copy)}", script.decode())
    if said.code != 0:
        return said
    parameters = render({"NODE_NAME": contact.name, "HOST_KEY": contact.private})
    return call(there, command_line(path, "host_key"), parameters)


def call(endpoint: Endpoint, command: str, stdin: str = "") -> Said:
    """Run a command there. What ssh says is kept: on the way most attempts fail, and that is nothing to tell."""
    with connect(endpoint, attempts=1) as session:
        try:
            done = subprocess.run(
                [*session.command, endpoint.address, command],
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Said(code=255, errors=f"gave no answer within {LIMIT} s")
    return Said(code=done.returncode, errors=done.stderr.strip()[-KEPT:])


def _explain(contact: Contact, said: Said, *, new: bool) -> str:
    where = f"{contact.name} ({contact.endpoint.user}@{contact.endpoint.address})"
    if "HOST IDENTIFICATION HAS CHANGED" in said.errors or "verification failed" in said.errors:
        whose = "neither of its two host keys" if new else "another host key than the one it keeps"
        return f"{where} shows {whose}: find out who answers there, or make the machine anew"
    if "Permission denied" in said.errors:
        return (
            f"{where} does not let us in: the SSH agent lacks the key of its key pair, or hosts.aws.image.user is not "
            "the image's user"
        )
    last = said.errors.splitlines()[-1] if said.errors else "ssh said nothing"
    return (
        f"{where} could not be reached within {DEADLINE} s ({last}): see its system log in EC2, and whether this "
        "machine is in hosts.aws.operators"
    )


def main(words: list[str], text: str) -> int:
    """The command line; 0 if contact was made."""
    match words:
        case ["create" | "update" as verb]:
            try:
                print(make(Contact.read(text), new=verb == "create"))
            except ContactError as fault:
                print(fault, file=sys.stderr)
                return 1
            return 0
    print("usage: python -m components.machines.aws.first_contact create|update", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.read()))
