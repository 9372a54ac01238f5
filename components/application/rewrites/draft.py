"""An object while a rule changes it: the original stays as it was, and every change leaves a finding.

Owns copying only what changes. Does not own what is changed.
"""

from typing import Any

from components.application.rewrites.finding import Beside, Finding, Path, Rewritten, Verdict
from components.manifest.body import Body


class Draft:
    """A body that shares with the original all that no change touched."""

    def __init__(self, rule: str, body: Body) -> None:
        self.rule = rule
        self.body = body
        self.findings: list[Finding] = []
        self.beside: list[Beside] = []

    def set(self, path: Path, value: object, why: str) -> None:
        """Put a value at a path, whose groups are made where they are missing."""
        self._find(Verdict.CHANGED, path, _at(self.body, path), value, why)
        self.body = _replaced(self.body, path, value)

    def remove(self, path: Path, why: str) -> None:
        """Take out the key at the end of a path."""
        self._find(Verdict.CHANGED, path, _at(self.body, path), None, why)
        self.body = _without(self.body, path)

    def rename(self, path: Path, key: str, value: object, why: str) -> None:
        """Put another key, with a value, where the one at the end of a path stands."""
        self._find(Verdict.CHANGED, (*path[:-1], key), _at(self.body, path), value, why)
        holder = _at(self.body, path[:-1])
        renamed = {key if each == path[-1] else each: inner for each, inner in holder.items()}
        self.body = _replaced(self.body, path[:-1], {**renamed, key: value})

    def insert(self, path: Path, index: int, value: object, why: str) -> None:
        """Put an item into the list at a path, which is made if it is missing."""
        before = _at(self.body, path) or []
        self._find(Verdict.CHANGED, (*path, index), None, value, why)
        self.body = _replaced(self.body, path, [*before[:index], value, *before[index:]])

    def add(self, path: Path, value: object, why: str) -> None:
        """Put an item at the end of the list at a path."""
        self.insert(path, len(_at(self.body, path) or []), value, why)

    def leave(self, path: Path, why: str) -> None:
        """Say that a value was deliberately left as it is."""
        value = _at(self.body, path)
        self._find(Verdict.LEFT, path, value, value, why)

    def refuse(self, path: Path, why: str) -> None:
        """Say that the object cannot be taken as it is."""
        self._find(Verdict.REFUSED, path, _at(self.body, path), None, why)

    def need(self, body: Body, why: str) -> None:
        """Say that the object needs another one beside it."""
        found = Finding(
            rule=self.rule, verdict=Verdict.CHANGED, path=(), old=None, new=body, why=why
        )
        self.beside.append(Beside(body=body, finding=found))

    def done(self) -> Rewritten:
        """The result."""
        return Rewritten(body=self.body, findings=tuple(self.findings), beside=tuple(self.beside))

    def _find(self, verdict: Verdict, path: Path, old: object, new: object, why: str) -> None:
        found = Finding(rule=self.rule, verdict=verdict, path=path, old=old, new=new, why=why)
        self.findings.append(found)


def _at(holder: Any, path: Path) -> Any:  # noqa: ANN401 - whatever the vendor wrote
    for part in path:
        if isinstance(holder, dict):
            holder = holder.get(part)
        elif isinstance(holder, list) and isinstance(part, int) and part < len(holder):
            holder = holder[part]
        else:
            return None
    return holder


def _replaced(holder: Any, path: Path, value: object) -> Any:  # noqa: ANN401
    if not path:
        return value
    if isinstance(holder, list) and isinstance(path[0], int):
        items = list(holder)
        items[path[0]] = _replaced(items[path[0]], path[1:], value)
        return items
    group = dict(holder) if isinstance(holder, dict) else {}
    group[path[0]] = _replaced(group.get(path[0]), path[1:], value)
    return group


def _without(body: Body, path: Path) -> Body:
    holder = {key: value for key, value in _at(body, path[:-1]).items() if key != path[-1]}
    result: Body = _replaced(body, path[:-1], holder)
    return result
