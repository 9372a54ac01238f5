"""The part of the page that answers why the last `up` took as long as it did.

Owns its words and HTML. Does not own the arithmetic (chain.py).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from operate.graph.chain import Link
from operate.graph.colours import slug
from operate.graph.picture import Picture, Times, layer_of
from operate.graph.row import bar, link, pause
from operate.graph.section import axis
from operate.graph.timeline import took


def path(picture: Picture) -> str:
    """The chain that the whole waited for; nothing where no times are known."""
    if (times := picture.times) is None:
        return ""
    everything = "".join(bar(times, each.work) for each in times.chain.links)
    lines = "".join(_line(picture, times, each) for each in folded(times.chain.links))
    return (
        f'<section id="path"><h2>Why it took {took(times.up.seconds)}</h2><p>{words(times)}</p>'
        f'{axis(picture)}<div class="cells whole"><span class="title"><b>The path</b></span>'
        f'<span class="time">{took(times.chain.worked)}</span><span class="track">{everything}</span></div>'
        f"<ol>{lines}</ol></section>"
    )


def words(times: Times) -> str:
    """What the chain means, and which layers it spends its time in."""
    chain = times.chain
    spent: dict[str, int] = {}
    for each in chain.links:
        layer = layer_of(each.work.urn)
        spent[layer] = spent.get(layer, 0) + each.work.seconds
    by_layer = [
        f"{layer} {took(seconds)}"
        for layer, seconds in sorted(spent.items(), key=lambda item: -item[1])
        if seconds
    ]
    idle = f"; {took(chain.idle)} passed between them" if chain.idle else ""
    spent_on = ", ".join(by_layer) or "under 1 s"
    return (
        f"The path of steps that waited for each other, {len(chain.links)} from the first to the one that ended last. "
        f"Only what is on it, made faster, makes the whole faster. It spent: {spent_on}{idle}."
    )


def folded(links: Sequence[Link]) -> Iterator[tuple[Link, ...]]:
    """The links, with those of a layer beside each other in one that took under a second each."""

    def key(numbered: tuple[int, Link]) -> tuple[int, str]:
        number, each = numbered
        noticed = each.work.seconds or each.idle
        return (number if noticed else -1, layer_of(each.work.urn))

    for _, together in groupby(enumerate(links), key=key):
        yield tuple(each for _, each in together)


def _line(picture: Picture, times: Times, links: Sequence[Link]) -> str:
    first = links[0]
    work = first.work
    names = ", ".join(link(picture, each.work.urn) for each in links)
    verb = "" if work.operation == "create" else f' <small class="of">· {work.operation}</small>'
    late = f' <small class="of">· began {took(first.idle)} later</small>' if first.idle else ""
    outcome = "" if work.outcome == "done" else f"{work.outcome}, "
    rest = "".join(bar(times, each.work) for each in links)
    idle = pause(times, work.began - first.idle, work.began) if first.idle else ""
    layer = layer_of(work.urn)
    return (
        f'<li class="cells" style="--c:var(--{slug(layer)})">'
        f'<span class="title">{names} <small class="of">· {layer}</small>{verb}{late}</span>'
        f'<span class="time">{outcome}{took(sum(each.work.seconds for each in links))}</span>'
        f'<span class="track">{idle}{rest}</span></li>'
    )
