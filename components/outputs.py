"""Values of which some are known only later, put together.

Owns doing that with one Output. Pulumi makes several futures for every value that it is handed, and of what a thousand
nodes are told almost all is plain text: left to `Output.all` and `apply`, that costs as much as half the registrations.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pulumi

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Known(Generic[T]):
    """What Pulumi keeps of an Output."""

    resources: set[pulumi.Resource]
    value: T | None
    known: bool
    secret: bool


class _Part(Awaitable[T]):
    """One field of what is known later. Unlike a coroutine it may be left alone when another part has failed."""

    def __init__(self, whole: asyncio.Future[_Known[Any]], field: str) -> None:
        self.whole, self.field = whole, field

    def __await__(self) -> Generator[Any, Any, T]:
        whole = yield from self.whole.__await__()
        return getattr(whole, self.field)  # type: ignore[no-any-return]


def together(
    values: Mapping[str, pulumi.Input[Any]], make: Callable[[Mapping[str, Any]], T]
) -> pulumi.Output[T]:
    """What `make` makes of all values under their names, once those that are Outputs are known.

    It depends on what one of them depends on, and is secret if one of them is; as with `apply`, `make` is not called
    while one is unknown. Only Outputs are waited for: what is inside a value must be plain.
    """
    later = {name: value for name, value in values.items() if isinstance(value, pulumi.Output)}
    whole: asyncio.Future[_Known[T]] = asyncio.ensure_future(_gather(values, later, make))
    return pulumi.Output(
        _Part[set[pulumi.Resource]](whole, "resources"),
        _Part[T](whole, "value"),
        _Part[bool](whole, "known"),
        _Part[bool](whole, "secret"),
    )


async def _gather(
    values: Mapping[str, Any],
    later: Mapping[str, pulumi.Output[Any]],
    make: Callable[[Mapping[str, Any]], T],
) -> _Known[T]:
    outputs = later.values()
    resources: set[pulumi.Resource] = set()
    for output in outputs:
        resources |= await output.resources()
    known = all([await output.is_known() for output in outputs])
    secret = any([await output.is_secret() for output in outputs])
    value = None
    if known:
        now = {name: await output.future() for name, output in later.items()}
        value = make({**values, **now})
    return _Known(resources=resources, value=value, known=known, secret=secret)
