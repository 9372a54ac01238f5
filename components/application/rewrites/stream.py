"""The rewrites for YAML that streams by: any vendor's, one document at a time.

Owns what happens to a document: written on byte for byte when no rule changes it, else written anew with the comments
above it; lists are taken apart for the rules and put together again. Does not own the rules, nor files and options.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from components.application.rewrites.composition import RewriteSettings, Rule, compose, refused
from components.application.rewrites.finding import Finding, Path, Verdict
from components.application.rewrites.replicas import RULE as REPLICAS
from components.application.rewrites.replicas import Workload, autoscaled, workload
from components.application.rewrites.report import Line, name_of
from components.manifest.body import Body, text_at
from components.manifest.document import Chunk, Document, chunks, document
from components.manifest.place import Fault
from components.manifest.yaml_text import text as as_yaml

FILE: Final = "stdin"


@dataclass(kw_only=True)
class Counts:
    """How much went by."""

    documents: int = 0
    changed: int = 0
    left: int = 0
    """Values that were deliberately left alone."""
    faults: int = 0


@dataclass(kw_only=True)
class Stream:
    """One run. `report` gets every finding and `complain` every fault, as they come.

    After a fault nothing more is written, since a part of an application is worse than none; the rest is still looked
    at, so that everything wrong is said at once.
    """

    settings: RewriteSettings
    report: Callable[[Line], None]
    complain: Callable[[Fault], None]
    counts: Counts = field(default_factory=Counts)
    _beside: set[str] = field(default_factory=set)
    _scaled: set[Workload] = field(default_factory=set)
    _rewrite: Rule = field(init=False)

    def __post_init__(self) -> None:
        self._rewrite = compose(self.settings)

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """What is to be written, a piece at a time."""
        for chunk in chunks(lines):
            found = document(chunk, self.counts.documents + 1, FILE)
            if found is None:
                pieces = chunk.head + chunk.text
            else:
                self.counts.documents += 1
                pieces = self._document(chunk, found)
            if not self.counts.faults:
                yield pieces

    def _document(self, chunk: Chunk, found: Document) -> str:
        """The text that a document becomes, with claims that it needs before it."""
        for fault in found.faults:
            self._fault(fault)
        if found.faults or not isinstance(found.value, dict):
            return chunk.head + chunk.text
        before: list[Body] = []
        after = self._object(found, found.value, (), before)
        if after is found.value:
            return chunk.head + chunk.text
        self.counts.changed += 1
        beside = "".join(f"---\n{as_yaml(body)}" for body in before)
        head = chunk.head or ("---\n" if beside else "")
        return f"{beside}{head}{_comments(chunk.text)}{as_yaml(after)}"

    def _object(
        self,
        found: Document,
        body: Body,
        path: Path,
        beside: list[Body],
    ) -> Body:
        """An object, or all those in a list, rewritten; the very same if nothing changed."""
        items = body.get("items")
        if isinstance(items, list) and text_at(body, "kind").endswith("List"):
            return self._list(found, body, path, beside)
        name = name_of(body)
        result = self._rewrite(body)
        self._scale(found, body, result.findings, path)
        for each in result.findings:
            self.report(Line(object=name, finding=each))
        for each in refused(result.findings):
            place = found.at(*path, *each.path)
            self._fault(Fault(place=place, text=str(Line(object=name, finding=each))))
        self.counts.left += sum(each.verdict is Verdict.LEFT for each in result.findings)
        for needed in result.beside:
            added = name_of(needed.body)
            if added not in self._beside:
                self._beside.add(added)
                beside.append(needed.body)
                self.report(Line(object=added, finding=needed.finding))
        return result.body

    def _list(
        self,
        found: Document,
        body: Body,
        path: Path,
        beside: list[Body],
    ) -> Body:
        kind = text_at(body, "kind").removesuffix("List")
        # Items of a typed list may leave out what the list says.
        said = {"apiVersion": body.get("apiVersion"), "kind": kind} if kind else {}
        before = body["items"]
        after = []
        for index, item in enumerate(before):
            if not isinstance(item, dict):
                after.append(item)
                continue
            whole = item if "kind" in item and "apiVersion" in item else {**said, **item}
            result = self._object(found, whole, (*path, "items", index), beside)
            after.append(item if result is whole else result)
        if all(one is other for one, other in zip(before, after, strict=True)):
            return body
        # Items may be of another version now than the list.
        return {**body, **({"apiVersion": "v1", "kind": "List"} if kind else {}), "items": after}

    def _scale(
        self, found: Document, body: Body, findings: tuple[Finding, ...], path: Path
    ) -> None:
        """Autoscalers own what comes behind them; what came before would have its number taken away."""
        known = self.settings.autoscaled
        if known is None:
            return
        if any(each.rule == REPLICAS and each.verdict is Verdict.CHANGED for each in findings):
            self._scaled.add(workload(body, self.settings.namespace))
        owned = frozenset(autoscaled((body,), self.settings.namespace)) - known
        for _, kind, _, name in owned & self._scaled:
            sentence = (
                f"{name_of(body)} comes behind the {kind} {name} that it scales; put it before that"
            )
            self._fault(Fault(place=found.at(*path), text=sentence))
        if owned:
            self.settings = replace(self.settings, autoscaled=known | owned)
            self._rewrite = compose(self.settings)

    def _fault(self, fault: Fault) -> None:
        self.counts.faults += 1
        self.complain(fault)


def _comments(text: str) -> str:
    """The lines above the first that is no comment: vendors say there what a document is."""
    kept = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        kept.append(line)
    return "".join(kept)
