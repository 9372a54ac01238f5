"""The colours of the page, for light and for dark screens.

Owns a colour for each layer. No colour says anything alone: the layer's name always stands with it. A test holds each
against the ground that it is drawn on.
"""

from collections.abc import Mapping
from typing import Final

from operate.layers import LAYERS
from review.difference import OTHER

NAMES: Final = (*dict.fromkeys(LAYERS.values()), OTHER)
"""The layers in their order, and what belongs to none."""

LIGHT: Final[Mapping[str, str]] = {
    "ground": "#ffffff",
    "card": "#f1f5f9",
    "text": "#0f172a",
    "quiet": "#475569",
    "line": "#cbd5e1",
    "link": "#1d4ed8",
    "mark": "#fde68a",
    "machines": "#332288",
    "registry": "#0e86b8",
    "control-plane": "#c2495b",
    "network": "#117733",
    "cloud": "#7a4a21",
    "workers": "#c75b00",
    "storage": "#882255",
    "ingress": "#1f8a7c",
    "replicated": "#aa4499",
    "application": "#77771a",
    "other": "#64748b",
}
DARK: Final[Mapping[str, str]] = {
    "ground": "#0f172a",
    "card": "#1e293b",
    "text": "#f1f5f9",
    "quiet": "#b6c2d2",
    "line": "#475569",
    "link": "#93c5fd",
    "mark": "#854d0e",
    "machines": "#a79dff",
    "registry": "#62c4f0",
    "control-plane": "#f28b9b",
    "network": "#57bd74",
    "cloud": "#d9b08c",
    "workers": "#f6964a",
    "storage": "#d6639c",
    "ingress": "#4fc7b5",
    "replicated": "#d98fd0",
    "application": "#cbca52",
    "other": "#94a3b8",
}


def slug(layer: str) -> str:
    """A layer's name as it stands in the page's own names."""
    return layer.replace(" ", "-")


def variables() -> str:
    """The colours as CSS: the light ones, the dark ones where a screen asks for them, and the layers' boxes."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in each.items()) for each in (LIGHT, DARK)
    )
    boxes = "".join(
        f'#layers [href="#layer-{slug(name)}"]{{--c:var(--{slug(name)})}}\n' for name in NAMES
    )
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{boxes}"
