"""`make shell`: a shell, or commands from standard input, in the stack's environment."""

import os
import shlex
import sys

from operate import kubeconfig, settings
from operate.failure import OperateError
from operate.phases import Phases
from operate.tunnel import reaching
from operate.workplace import (
    Workplace,
    built_application_bundle,
    built_bundle,
    fetch_manifests,
    open_workplace,
)


def shell(name: str) -> None:
    """Become a shell with pulumi, kubectl and KUBECONFIG of the stack; does not return."""
    place = open_workplace(name, Phases(quiet=True))
    # A plain `pulumi up` in the shell pushes it; where none is built yet, `make bundle` says what to do.
    if (bundle := built_bundle(place.configuration)) is not None:
        place = place.using(APPLIANCE_BUNDLE=str(bundle))
    if (images := built_application_bundle(place.configuration)) is not None:
        place = place.using(APPLIANCE_APPLICATION_BUNDLE=str(images))
    # A plain `pulumi` reads them; a cluster can be looked at without.
    try:
        fetch_manifests(place.configuration, place.phases)
    except OperateError as fault:
        print(f"pulumi preview and up will not work in this shell: {fault}", file=sys.stderr)
    # While the first `make up` is at work, the cluster can be looked at from the moment that it answers.
    kubeconfig.bring(place.stack, place.engine)
    with reaching(place) as ready:
        interactive = sys.stdin.isatty()
        command = ["bash", "--rcfile", greeting(ready), "-i"] if interactive else ["bash", "-s"]
        sys.stdout.flush()
        os.execvpe(command[0], command, ready.engine.environment)  # noqa: S606 - it is a shell that is asked for


def greeting(place: Workplace) -> str:
    """A start-up file: the person's own, then our PATH once more and a prompt that names the stack."""
    file = place.stack.directory / "shell.rc"
    path = shlex.quote(place.engine.environment["PATH"])
    lines = (
        '[ ! -r "$HOME/.bashrc" ] || . "$HOME/.bashrc"',
        f"PATH={path}",
        f'PS1="({place.stack.name}) $PS1"',
        f"echo 'pulumi and kubectl work on stack {place.stack.name} here; leave with exit'",
    )
    settings.write(file, "\n".join(lines) + "\n")
    return str(file)
