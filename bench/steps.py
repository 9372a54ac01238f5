"""Steps with an order, each run as soon as those before it are done.

Owns the order and each step's time. Does not own what a step does.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter

from bench.span import Span


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to do after others."""

    run: Callable[[], None]
    after: frozenset[str] = frozenset()


def run(steps: Mapping[str, Step]) -> tuple[Span, ...]:
    """Run all of them; whatever waits for nothing any more runs at once. The first failure ends it."""
    order = TopologicalSorter({name: step.after & steps.keys() for name, step in steps.items()})
    order.prepare()
    began = time.monotonic()
    spans: list[Span] = []

    def timed(name: str) -> str:
        since = time.monotonic() - began
        steps[name].run()
        spans.append(Span(name=name, began=since, ended=time.monotonic() - began))
        return name

    with ThreadPoolExecutor(max_workers=len(steps)) as pool:
        waiting: set[Future[str]] = set()
        while order.is_active():
            waiting |= {pool.submit(timed, name) for name in order.get_ready()}
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                order.done(future.result())
    return tuple(sorted(spans, key=lambda span: span.began))
