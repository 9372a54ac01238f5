"""The page of a stack: one file, with its style and its script inside, that asks nothing of any network.

Owns the frame, the head's words and the boxes of the layers. Does not own the parts (path.py, section.py), nor the
layers' own picture (stacks/picture.py). All that the script does is a help: without it the page opens and links the
same.
"""

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import Final

from operate.graph.colours import slug, variables
from operate.graph.path import path
from operate.graph.picture import Picture
from operate.graph.row import moment
from operate.graph.section import axis, count, layer_time, sections
from operate.graph.timeline import took
from review.graph import STACK
from stacks.picture import BOXES, svg

STYLE: Final = Path(__file__).with_name("page.css")
SCRIPT: Final = Path(__file__).with_name("page.js")
ABSENT: Final = ("not in this stack", "")


def page(picture: Picture) -> str:
    """The whole file."""
    stack = escape(picture.graph.stack)
    script = SCRIPT.read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Stack {stack}</title>\n"
        f"<style>{variables()}{STYLE.read_text(encoding='utf-8')}</style></head>\n"
        f"<body><header><h1>Stack {stack}</h1><p>{words(picture)}</p></header>\n"
        f"<main{_step(picture)}>{layers(picture)}\n{path(picture)}\n{_resources(picture)}</main>\n"
        '<div id="told" role="status" hidden></div>\n'
        f"<script>{script}</script></body></html>\n"
    )


def policy(script: str) -> str:
    """What a browser may load for the page: nothing; and run: this script and no other."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def words(picture: Picture) -> str:
    """What the stack is made of, and when it was last changed."""
    made = sum(each.custom for each in picture.graph)
    parts = len([each for each in picture.graph if not each.custom and each.type != STACK])
    told = f"{made} resources in {parts} components, as the stack's state has them."
    if picture.times is None:
        return f"{told} No times are known: no make up of this version has changed anything yet."
    up = picture.times.up
    changed = len({work.urn for work in up.works})
    return (
        f"{told} The last <code>make up</code> that changed anything began {moment(up.began)}: the engine worked "
        f"{took(up.seconds)} on {changed} of them."
    )


def layers(picture: Picture) -> str:
    """The boxes of the layers; each leads to its resources."""
    told = {box.name: ABSENT for box in BOXES}
    told |= {
        name: (count(found), layer_time(picture, found))
        for name, found in picture.layers.items()
        if name in told
    }
    links = {name: f"layer-{slug(name)}" for name in told if name in picture.layers}
    return f'<section id="layers"><h2>Layers</h2>{svg(told, links=links)}</section>'


def _step(picture: Picture) -> str:
    """How far the marks of the line of time stand from each other."""
    if picture.times is None:
        return ""
    line = picture.times.line
    return f' style="--step:{100 * line.step / line.seconds:.3f}%"'


def _resources(picture: Picture) -> str:
    times = (
        " A bar is the time in the last <code>make up</code>; one with a frame lies on the path above."
        if picture.times
        else ""
    )
    return (
        '<section id="resources"><h2>Resources</h2>'
        f"<p>Each line opens and says what waits for what.{times}</p>"
        '<div id="search" hidden><label>Search <input type="search" placeholder="name or kind" size="24"></label>'
        '<button type="button">open all layers</button><output></output></div>'
        f"{axis(picture)}{sections(picture)}</section>"
    )
