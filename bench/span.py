"""A stretch of time with a name: a resource being made, a step being run.

Owns arithmetic on such stretches. Does not own where they come from (events.py, steps.py).
"""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict


class Span(BaseModel):
    """From `began` to `ended`, in seconds after a common beginning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


def covered(spans: Iterable[Span]) -> float:
    """Seconds in which at least one of the spans was under way."""
    total, until = 0.0, 0.0
    for span in sorted(spans, key=lambda span: span.began):
        total += max(0.0, span.ended - max(span.began, until))
        until = max(until, span.ended)
    return total


def end(spans: Iterable[Span]) -> float:
    """When the last of them ended."""
    return max((span.ended for span in spans), default=0.0)


def seconds(spans: Sequence[Span], name: str) -> float:
    """How long the one of this name took; 0 when there is none."""
    return next((span.seconds for span in spans if span.name == name), 0.0)


def critical_path(spans: Sequence[Span], after: Mapping[str, Iterable[str]]) -> tuple[Span, ...]:
    """From the last to end back along whoever ended last before it, in the order of time.

    `after` names what each one waits for.
    """
    known = {span.name: span for span in spans}
    path: list[Span] = []
    current = max(spans, key=lambda span: span.ended, default=None)
    while current is not None:
        path.append(current)
        before = [known[name] for name in after.get(current.name, ()) if name in known]
        current = max(before, key=lambda span: span.ended, default=None)
    return tuple(reversed(path))
