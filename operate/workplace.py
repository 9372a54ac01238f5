"""Everything that a stack's command works with, made ready: settings, tool chain, environment, secrets.

Owns the order in which these are made. Does not own any of them.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bundle import application, go_toolchain
from bundle.builder import key as bundle_key
from bundle.cache import cache_dir, state_dir
from bundle.lock import MissingFromLockError
from bundle.lock import load as load_lock
from bundle.lock import read as read_lock
from bundle.manifests import missing as missing_manifests
from operate import leftovers, lock, secrets, settings, stack, subprograms, tool_chain
from operate.engine import Engine
from operate.environment import RUN, environment
from operate.failure import OperateError
from operate.phases import Phases
from operate.stack import Stack
from stacks.config import Configuration, ConfigurationError
from stacks.limits import refuse
from stacks.needs import manifests, needs, tracked

BASTION_SESSIONS: Final = "8"
"""How many resources pulumi handles at a time through a bastion: sshd drops some of more than ten logins at once."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """A stack, what its file says, and the engine in its environment."""

    stack: Stack
    configuration: Configuration
    engine: Engine
    phases: Phases

    @property
    def local(self) -> bool:
        """Whether the stack's machines are hosts of the lab on this machine."""
        return self.configuration.hosts.provider == "local"

    def using(self, **variables: str) -> "Workplace":
        """The same with more variables in the engine's environment."""
        engine = replace(self.engine, environment={**self.engine.environment, **variables})
        return replace(self, engine=engine)


def read(name: str) -> tuple[Stack, Configuration]:
    """A stack and its checked configuration. Raises OperateError with every fault of the file."""
    found = stack.find(name, Path.cwd())
    try:
        return found, tracked(name)
    except ConfigurationError as fault:
        raise OperateError(str(fault)) from None


def open_workplace(name: str, phases: Phases) -> Workplace:
    """Make a stack ready for a command that changes nothing outside of this machine's own directories."""
    place = _located(name, phases)
    with phases.phase(f"settings of stack {name}"):
        settle(place)
    return place


def look_at(name: str, phases: Phases) -> Workplace:
    """A stack as the last command left it, for a command that only looks; one that none has opened is made ready."""
    place = _located(name, phases)
    if not place.stack.settings.exists():
        settle(place)
    return place


def _located(name: str, phases: Phases) -> Workplace:
    found, configuration = read(name)
    with phases.phase("tool chain"):
        chain = tool_chain.choose(configuration.hosts.provider)
    variables = environment(
        os.environ,
        stack=found,
        state=state_dir(),
        tool_chain=chain,
        programs=Path(sys.executable).parent,
    )
    variables[RUN] = uuid.uuid4().hex
    if configuration.hosts.behind_bastion:
        variables.setdefault("PULUMI_PARALLEL", BASTION_SESSIONS)
    engine = Engine(environment=variables, checkout=found.checkout, logs=found.logs)
    return Workplace(stack=found, configuration=configuration, engine=engine, phases=phases)


def settle(place: Workplace) -> None:
    """Bring settings, passphrase, state and (for local hosts) secrets of a stack to where a command may start."""
    variables = place.engine.environment
    with lock.brief(place.stack.directory / "settings.lock"):
        if variables.get("PULUMI_CONFIG_PASSPHRASE_FILE") == str(place.stack.passphrase):
            give_passphrase(place.stack)
        if not place.stack.own:
            dropped = settings.refresh(place.stack.tracked, place.stack.settings)
            for key in dropped:
                print(
                    f"{key} was set for this machine alone and is dropped; plain settings belong in "
                    f"{place.stack.tracked.name}",
                    file=sys.stderr,
                )
        backend = variables["PULUMI_BACKEND_URL"]
        if backend.startswith("file:///"):
            Path(backend.removeprefix("file://")).mkdir(parents=True, exist_ok=True, mode=0o700)
        stack.ensure(place.stack, place.engine)
        if place.local:
            initialise(place)


def give_passphrase(stack: Stack) -> None:
    """Make the stack's passphrase. Raises OperateError if its file is encrypted with one that is not here."""
    text = stack.tracked.read_text()
    if stack.own and not stack.passphrase.exists() and settings.secrets_provider(text) is None:
        raise OperateError(
            f"{stack.tracked.name} is encrypted with a passphrase that is not on this machine; set "
            f"PULUMI_CONFIG_PASSPHRASE, or write it to {stack.passphrase}"
        )
    secrets.passphrase(stack.passphrase)


def initialise(place: Workplace, *, without: frozenset[str] = frozenset()) -> None:
    """Make the secrets that the stack lacks, and say which."""
    made = secrets.initialise(place.stack, place.engine, without=without)
    if made:
        print(f"made and encrypted: {', '.join(made)} (in {place.stack.settings})", flush=True)


@contextmanager
def alone(place: Workplace, command: str, *, wait: bool) -> Iterator[Workplace]:
    """Hold the stack's lock for the life of the block, after putting right what a killed command left."""
    with lock.hold(
        place.stack.directory / "operate.lock",
        command=f"make {command} STACK={place.stack.name}",
        run=place.engine.environment[RUN],
        wait=wait,
    ) as held:
        engine = replace(place.engine, started=held.started)
        leftovers.recover(place.stack, engine, held.previous)
        yield replace(place, engine=engine)


def bundle_of(configuration: Configuration, phases: Phases) -> Path | None:
    """The bundle that a stack is installed from, None if from none; a local one is built when it is not there.

    Raises OperateError with everything that the stack's file asks for in vain: a bundle without it would be no help.
    """
    try:
        refuse(configuration, load_lock(configuration.airgap.lock_path))
    except ConfigurationError as fault:
        raise OperateError(str(fault)) from None
    chosen = configuration.airgap.bundle
    if chosen is None:
        return None
    if chosen != "local":
        return Path(chosen).absolute()
    with phases.phase("bundle"):
        subprograms.packages("build")
        return subprograms.bundle(needs(configuration))


def application_bundle_of(configuration: Configuration, phases: Phases) -> Path | None:
    """The bundle of the stack's application, None if none is delivered; a local one is built when it is not there."""
    release = configuration.release
    if not delivers(configuration) or release.lock_path is None:
        return None
    if release.bundle != "local":
        return Path(release.bundle).absolute()
    with phases.phase("application bundle"):
        return subprograms.application_bundle(release.lock_path)


def built_application_bundle(configuration: Configuration) -> Path | None:
    """The same if it lies ready; nothing is built for it."""
    release = configuration.release
    if not delivers(configuration) or release.lock_path is None or not release.lock_path.is_file():
        return None
    if release.bundle != "local":
        return Path(release.bundle).absolute()
    items = application.wanted(read_lock(release.lock_path))
    names = sorted(items)
    found = (
        cache_dir() / "bundle" / bundle_key([items[each] for each in names], go_toolchain.VERSION)
    )
    return found if found.is_dir() else None


def delivers(configuration: Configuration) -> bool:
    """Whether an application's images travel: there is one, and no internet."""
    return configuration.bundled and configuration.license.file is not None


def built_bundle(configuration: Configuration) -> Path | None:
    """The bundle of a stack if it has one and it lies ready; nothing is built for it."""
    chosen = configuration.airgap.bundle
    if chosen is None:
        return None
    if chosen != "local":
        return Path(chosen).absolute()
    lock = load_lock(configuration.airgap.lock_path)
    try:
        wanted = [lock.item(name) for name in sorted(needs(configuration))]
        found = cache_dir() / "bundle" / bundle_key(wanted, go_toolchain.VERSION)
    except (ConfigurationError, MissingFromLockError):
        # Then there cannot be one; and a shell is no place to say what the stack's file lacks.
        return None
    return found if found.is_dir() else None


def fetch_manifests(configuration: Configuration, phases: Phases) -> None:
    """Put the upstream manifests that the program reads for this stack where it looks for them; mostly they are there.

    Raises OperateError. A bundle that lies ready has them, so that nothing is asked of the internet.
    """
    lock = load_lock(configuration.airgap.lock_path)
    names = manifests(configuration)
    if lock.missing(names):
        # The program refuses the stack for it, with everything else that it asks for in vain.
        return
    if absent := missing_manifests(lock, names):
        bundle = built_bundle(configuration)
        with phases.phase("upstream manifests"):
            subprograms.manifests(absent, lock.path, bundle if bundle and bundle.is_dir() else None)
