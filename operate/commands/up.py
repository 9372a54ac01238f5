"""`make up`: from nothing, or from whatever is there, to what the configuration says."""

import json
from collections.abc import Sequence
from pathlib import Path

from bundle.cache import cache_dir, state_dir
from operate import (
    disk,
    event_log,
    last_up,
    policies,
    settings,
    subprograms,
    tool_chain,
    workplace,
)
from operate.commands.check_account import require_account
from operate.commands.check_hosts import require_hosts
from operate.frozen import excluded, leave_application
from operate.phases import Phases
from operate.tunnel import reaching
from operate.workplace import Workplace, alone, open_workplace
from stacks.config import Configuration


def up(
    name: str,
    extra: Sequence[str],
    phases: Phases,
    *,
    wait: bool,
    look_at_hosts: bool,
    hold_policies: bool,
) -> None:
    """Bring a stack up; `extra` are options for `pulumi up`."""
    stack, configuration = workplace.read(name)
    disk.check(space(configuration, stack.directory))
    if configuration.hosts.provider == "local":
        # Before anything is built for half an hour on a machine that cannot run it.
        subprograms.packages("build", "lab")
        subprograms.check_lab()
    opened = open_workplace(name, phases)
    with alone(opened, "up", wait=wait) as held:
        if look_at_hosts:
            look_before(held)
        with reaching(held) as place:
            bring_up(place, extra, hold_policies=hold_policies)


def look_before(held: Workplace) -> None:
    """Refuse hosts that cannot be used, or an account that lacks what is asked of it, before anything is made."""
    match held.configuration.hosts.provider:
        case "ssh":
            require_hosts(held)
        case "aws":
            require_account(held)
        case "local":
            pass


def bring_up(place: Workplace, extra: Sequence[str], *, hold_policies: bool) -> None:
    """Run the engine with the stack's bundle, and hand over what it made."""
    bundle = workplace.bundle_of(place.configuration, place.phases)
    workplace.fetch_manifests(place.configuration, place.phases)
    if hold_policies:
        policies.require(policies.look(place.stack.checkout, place.configuration, place.phases))
    bundled = {"APPLIANCE_BUNDLE": str(bundle)} if bundle else {}
    if images := workplace.application_bundle_of(place.configuration, place.phases):
        bundled["APPLIANCE_APPLICATION_BUNDLE"] = str(images)
    ready = leave_application(place.using(**event_log.ALLOWED, **bundled))
    with last_up.timed(ready.phases, "pulumi up", ready.stack.directory) as options:
        ready.engine.operate("up", "--yes", "--skip-preview", *excluded(ready), *options, *extra)
    finish(ready)


def space(configuration: Configuration, directory: Path) -> list[disk.Need]:
    """What the command may write: builds only where none has been, hosts only where they are new."""
    cache = cache_dir()
    needs = [disk.Need(directory=state_dir(), bytes=disk.SPARE, what="a running cluster")]
    if not tool_chain.built(cache):
        needs.append(disk.Need(directory=cache, bytes=disk.TOOL_CHAIN, what="the tool chain"))
    if configuration.bundled and not (cache / "bundle").exists():
        needs.append(disk.Need(directory=cache, bytes=disk.BUNDLE, what="the bundle"))
    if configuration.hosts.provider == "local" and not (directory / "kubeconfig").exists():
        count = len(configuration.hosts.nodes)
        what = f"{count} hosts"
        needs.append(disk.Need(directory=state_dir(), bytes=count * disk.HOST, what=what))
    return needs


def finish(place: Workplace) -> None:
    """Write the kubeconfig and print the stack's closing message, as far as the stack has them."""
    outputs = json.loads(place.engine.ask("stack", "output", "--json", "--show-secrets"))
    if "kubeconfig" in outputs:
        settings.write(place.stack.kubeconfig, outputs["kubeconfig"])
    if "message" in outputs:
        print(f"\n{outputs['message']}\n", flush=True)
