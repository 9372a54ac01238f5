"""The document `# kind: replicated` of a release: what the application says of itself.

Owns its keys and their kinds. Does not own what config options come to (`options.py`), nor what the rest of the program
makes of it. What is kept and not acted on is named in `KEPT`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from components.application.checked import Listed, Part, Text, Truth

KEPT: Final[Mapping[str, str]] = {
    "monitors": "metrics of containers are not drawn here",
    "admin_commands": "commands are run with kubectl exec",
    "custom_metrics": "metrics of the application are not drawn here",
    "statsd": "metrics of the application are not drawn here",
    "support": "support bundles are not made here",
    "identity": "the application's users come from its own directory",
    "host_requirements": "hosts are the appliance's own; it checks them itself",
}
"""Keys that are read and kept; nothing is done with them, for this reason."""

ItemType = Literal[
    "text",
    "textarea",
    "password",
    "bool",
    "select_one",
    "select_many",
    "select",
    "file",
    "label",
    "heading",
]


class Result(Part):
    """What a command of `cmds` gave, by its place."""

    name: Text
    value_at: int = 0


class Command(Part):
    """`cmds`: something that makes values for options."""

    name: Text
    cmd: Text
    args: Annotated[tuple[Text, ...], Listed] = ()


class Regex(Part):
    """A pattern that a value must match, and what to say if it does not."""

    pattern: Text
    message: Text = ""


class Validation(Part):
    """`validation` of an option."""

    regex: Regex | None = None


class Item(Part):
    """An option."""

    name: Text
    title: Text = ""
    type: ItemType = "text"
    default: Text = ""
    value: Text = ""
    required: Truth = False
    readonly: Truth = False
    hidden: Truth = False
    when: Text = ""
    items: Annotated[tuple["Item", ...], Listed] = ()
    value_cmd: Result | None = None
    default_cmd: Result | None = None
    data_cmd: Result | None = None
    regex: Text = ""
    validation: Validation | None = None
    test_proc: Any = None

    @property
    def pattern(self) -> Regex | None:
        """What a value of it must match."""
        if self.validation is not None and self.validation.regex is not None:
            return self.validation.regex
        return Regex(pattern=self.regex) if self.regex else None


class Group(Part):
    """A group of options."""

    name: Text
    title: Text = ""
    description: Text = ""
    when: Text = ""
    items: Annotated[tuple[Item, ...], Listed] = ()
    test_proc: Any = None


class Image(Part):
    """An image that an airgap package must hold."""

    source: Text
    name: Text
    tag: Text = ""


class Requirements(Part):
    """What the cluster must be: a range of versions, nodes, cores, and memory such as 8GB."""

    server_version: Text = ""
    api_versions: Annotated[tuple[Text, ...], Listed] = ()
    cluster_size: Text = ""
    total_cores: Text = ""
    total_memory: Text = ""


class SharedFilesystem(Part):
    """Whether pods share a filesystem, and where."""

    enabled: Truth = False
    mount_paths: Annotated[tuple[Text, ...], Listed] = ()


class Kubernetes(Part):
    """`kubernetes`."""

    requirements: Requirements = Requirements()
    shared_fs: SharedFilesystem = SharedFilesystem()


class BackedUp(Part):
    """Claims, or templates of claims, and paths of the shared filesystem."""

    pvc_names: Annotated[tuple[Text, ...], Listed] = ()
    shared_fs_paths: Annotated[tuple[Text, ...], Listed] = ()
    shared_fs: Any = None


class Strategy(Part):
    """One of several kinds of snapshots."""

    name: Text
    kubernetes: BackedUp = BackedUp()


class Backup(Part):
    """`backup`: what a snapshot holds."""

    enabled: Text = ""
    kubernetes: BackedUp = BackedUp()
    strategies: Annotated[tuple[Strategy, ...], Listed] = ()


class Properties(Part):
    """`properties`; all are templates."""

    app_url: Text = ""
    logo_url: Text = ""
    console_title: Text = ""
    shell_alias: Text = ""
    console_support_markdown: Text = ""


class Description(Part):
    """The whole document."""

    replicated_api_version: Text
    name: Text
    version: Text = ""
    release_notes: Text = ""
    console_support_markdown: Text = ""
    properties: Properties = Properties()
    host_requirements: Any = None
    kubernetes: Kubernetes = Kubernetes()
    config: Annotated[tuple[Group, ...], Listed] = ()
    cmds: Annotated[tuple[Command, ...], Listed] = ()
    images: Annotated[tuple[Image, ...], Listed] = ()
    backup: Backup = Backup()
    monitors: Any = None
    admin_commands: Any = None
    custom_metrics: Any = None
    statsd: Any = None
    support: Any = None
    identity: Any = None

    def notes(self) -> Iterator[str]:
        """What is in the document and not acted on."""
        for key, why in KEPT.items():
            if getattr(self, key):
                yield f"{key} is kept and not acted on: {why}"
        backed_up = (self.backup.kubernetes, *(each.kubernetes for each in self.backup.strategies))
        if any(each.shared_fs_paths or each.shared_fs for each in backed_up):
            yield (
                "backup: paths of the shared filesystem are kept and not acted on: snapshots are of claims, so name "
                "those of that filesystem in pvc_names"
            )
        for key in self.unknown:
            yield f"{key} is no key that is known here; it is kept and not acted on"
