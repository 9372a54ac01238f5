"""The layers as a picture: which there are, and which waits for which.

Owns the picture `docs/images/layers.svg`. Does not own the graph: a test builds the whole stack and holds the arrows
against it. `python -m stacks.picture` writes the picture.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

PICTURE: Final = Path("docs/images/layers.svg")
WIDTH: Final = 160
HEIGHT: Final = 88
GAP: Final = 25
"""Between two boxes of a row; an arrow fits in."""
SIZE: Final = (940, 526)
TOP: Final = 24
ROW: Final = 130
"""From the top of one row to the top of the next."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A layer by the name that `make up` gives it, two lines about it, its place, and the layers it waits for."""

    name: str
    what: tuple[str, str]
    column: int
    row: int
    after: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Its left side."""
        return 20 + self.column * (WIDTH + GAP)

    @property
    def top(self) -> int:
        """Its upper side."""
        return TOP + self.row * ROW

    @property
    def middle(self) -> tuple[int, int]:
        """The point in its middle."""
        return self.left + WIDTH // 2, self.top + HEIGHT // 2


BOXES: Final = (
    Box(name="machines", what=("hosts made here,", "or reached by ssh"), column=0, row=1),
    Box(
        name="registry",
        what=("the bundle's images", "and packages, if any"),
        column=1,
        row=1,
        after=("machines",),
    ),
    Box(
        name="control plane",
        what=("kubeadm, etcd,", "API server"),
        column=2,
        row=1,
        after=("registry",),
    ),
    Box(
        name="network",
        what=("Weave, Flannel,", "or one of your own"),
        column=3,
        row=1,
        after=("control plane",),
    ),
    Box(
        name="cloud",
        what=("AWS's controller,", "if it is wanted"),
        column=4,
        row=0,
        after=("control plane",),
    ),
    Box(
        name="workers",
        what=("join in parallel,", "drained when they go"),
        column=4,
        row=1,
        after=("network", "cloud"),
    ),
    Box(
        name="storage",
        what=("Rook with Ceph,", "host paths, EBS"),
        column=1,
        row=2,
        after=("workers",),
    ),
    Box(
        name="replicated",
        what=("daemon, registry,", "console"),
        column=2,
        row=2,
        after=("storage",),
    ),
    Box(
        name="ingress",
        what=("Contour or", "ingress-nginx"),
        column=1,
        row=3,
        after=("workers",),
    ),
    Box(
        name="application",
        what=("the vendor's release", "as typed resources"),
        column=3,
        row=3,
        after=("replicated", "ingress"),
    ),
)

_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="{3}"
  aria-labelledby="title desc">
  <title id="title">The layers of the appliance</title>
  <desc id="desc">{2}</desc>
  <defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
      <path d="M0 0 L8 4 L0 8 z" fill="#334155"/>
    </marker>
  </defs>
  <style>
    text {{ font-family: "DejaVu Sans", Verdana, Arial, sans-serif; fill: #0f172a; text-anchor: middle }}
    .name {{ font-size: 17px; font-weight: bold }}
    .what {{ font-size: 13px; fill: #334155 }}
    .box {{ fill: #dbeafe; stroke: #1d4ed8; stroke-width: 2 }}
    .loud {{ fill: #fee2e2; stroke: #b91c1c; stroke-width: 4 }}
    .flow {{ fill: none; stroke: #334155; stroke-width: 2; marker-end: url(#arrow) }}
  </style>
  <!-- An opaque ground of its own, so that it reads the same on a light and on a dark page. -->
  <rect width="{0}" height="{1}" rx="12" fill="#f8fafc"/>"""


def svg(
    words: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    loud: Collection[str] = (),
    *,
    links: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The whole picture; with other `words` in some of the boxes, and some boxes `loud`, by the layers' names.

    Boxes in `links` lead to that place of the page that the picture stands in.
    """
    by_name = {box.name: box for box in BOXES}
    # What is one image to a reader of screens has no links inside.
    lines = [_HEAD.format(*SIZE, description(), "group" if links else "img")]
    for box in BOXES:
        drawn = _box(box, words.get(box.name, box.what), loud=box.name in loud)
        if (place := links.get(box.name)) is not None:
            lines += [f'  <a href="#{place}">', *drawn, "  </a>"]
        else:
            lines += drawn
        lines += [_arrow(by_name[before], box) for before in box.after]
    return "\n".join([*lines, "</svg>"]) + "\n"


def description() -> str:
    """The same in words, for who cannot see it."""
    waits = (f"{box.name} waits for {' and '.join(box.after)}" for box in BOXES if box.after)
    return f"{BOXES[0].name.capitalize()} come first; {'; '.join(waits)}."


def _box(box: Box, words: tuple[str, str], *, loud: bool) -> Iterator[str]:
    x, _ = box.middle
    style = "loud box" if loud else "box"
    yield f'  <rect class="{style}" x="{box.left}" y="{box.top}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    yield f'  <text class="name" x="{x}" y="{box.top + 30}">{box.name.capitalize()}</text>'
    for number, text in enumerate(words):
        yield f'  <text class="what" x="{x}" y="{box.top + 54 + 18 * number}">{text}</text>'


def _arrow(start: Box, end: Box) -> str:
    """Along the row, straight down, or up or down and along.

    Along is around the left side of a row below, or into the next box from the left.
    """
    _, y = end.middle
    if start.row == end.row:
        return f'  <path class="flow" d="M{start.left + WIDTH} {y} H{end.left - 3}"/>'
    x, _ = start.middle
    below = start.top + HEIGHT
    if start.column == end.column and start.row + 1 == end.row:
        return f'  <path class="flow" d="M{x} {below} V{end.top - 3}"/>'
    if end.row < start.row:
        return f'  <path class="flow" d="M{x} {start.top} V{y} H{end.left - 3}"/>'
    if end.column < start.column:
        lane, side = below + (ROW - HEIGHT) // 2, end.left - 2 * GAP
        return f'  <path class="flow" d="M{x} {below} V{lane} H{side} V{y} H{end.left - 3}"/>'
    return f'  <path class="flow" d="M{x} {below} V{y} H{end.left - 3}"/>'


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
