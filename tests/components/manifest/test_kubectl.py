"""The reader against kubectl itself: what Kubernetes reads in a file is what we read in it."""

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.manifest.objects import read
from lab.toolchain import versions
from lab.toolchain.assembly import assemble
from lab.toolchain.selection import tools

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(1800)]

HEAD = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: one, annotations: {x.y/read: 'yes'}}\n"
# Words that look like something, and pieces that such words are made of.
WORDS = (
    *("yes", "No", "ON", "off", "y", "N", "true", "False", "tRUE"),
    *("null", "NULL", "~", "Null", "nULL", "=", "<<", "12:30:45", "1:2"),
    *(
        "2024-01-01",
        "2024-1-1",
        "1.",
        "0.",
        ".5",
        ".e5",
        "2001-12-14t21:59:43.10-05:00",
        "1e3",
        "1E+3",
    ),
    *("1.e3", "1e400", "0x", "0b", "0o", "00", "-0", "0o8", "08"),
    *(
        "0_8",
        "1__0",
        "_1",
        "123e",
        "9007199254740992",
        "18446744073709551616",
        "99999999999999999999",
        ".4_814",
        "._1",
    ),
    *("!!str"),
)
PIECES = "+-._0123456789abcdefxXoObBeEyYnN~=tTIF"
STRUCTURES = """
tags: {a: !!str 1, b: !!int "7", c: !!float 1, d: !!bool on}
keys: {8080: a, on: b, 010: c, "1.5": d}
base: &base {a: 1, b: {c: [1, 2]}}
merged: {<<: *base, a: 2}
several: {<<: [*base, {a: 3, d: 4}]}
twice: {<<: *base, <<: {a: 9}}
folded: >
  one
  two

  three
kept: |+
  ---
  x

quoted: "\\u00e9\\t\\x41 \\
  joined"
"""


def words() -> list[str]:
    """Words for plain scalars: known ones, and two thousand made of pieces; always the same."""
    chance = random.Random(0)  # noqa: S311 - not for secrets
    made = ["".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(1000)]
    made += ["".join(chance.choices(PIECES[:14], k=chance.randint(1, 7))) for _ in range(1000)]
    # A hyphen alone begins a list.
    return [word for word in (*WORDS, *made) if word.strip("-")]


@pytest.fixture(scope="module")
def kubectl() -> Path:
    return assemble(tools(versions.load())) / "bin" / "kubectl"


def as_kubectl_reads(kubectl: Path, text: str) -> list[Any]:
    """The objects in a file; `annotate --local` asks no cluster, and takes any kind."""
    command = [str(kubectl), "annotate", "--local", "-f", "-", "x.y/read=yes", "--overwrite"]
    done = subprocess.run(
        [*command, "-o", "json"], input=text, capture_output=True, text=True, check=True
    )
    return list(_values(done.stdout))


def _values(text: str) -> Iterator[Any]:
    decoder, position = json.JSONDecoder(), 0
    while position < len(text.rstrip()):
        value, position = decoder.raw_decode(text, position)
        position += len(text[position:]) - len(text[position:].lstrip())
        yield value


def test_words_without_quotes_mean_what_they_mean_to_kubectl(kubectl: Path) -> None:
    written = words()
    text = HEAD + "spec:\n" + "".join(f"  k{n}: {word}\n" for n, word in enumerate(written))
    ours = read(text, "f.yaml")
    assert ours.faults == ()
    (theirs,) = as_kubectl_reads(kubectl, text)
    mine = ours.objects[0].body["spec"]
    assert len(mine) > 1500
    different = {
        word: (theirs["spec"].get(f"k{n}"), mine[f"k{n}"])
        for n, word in enumerate(written)
        if not same(theirs["spec"].get(f"k{n}"), mine[f"k{n}"])
    }
    assert different == {}


def same(theirs: object, mine: object) -> bool:
    """Equal, where numbers beyond 53 bits are as near as the wire has them."""
    numbers = isinstance(theirs, int | float) and isinstance(mine, int | float)
    if numbers and not isinstance(theirs, bool) and not isinstance(mine, bool):
        return float(theirs) == float(mine)  # type: ignore[arg-type]
    return theirs == mine and type(theirs) is type(mine)


def test_documents_lists_anchors_and_tags_are_what_they_are_to_kubectl(kubectl: Path) -> None:
    items = "".join(f"- {{metadata: {{name: m{n}}}, data: {{a: b}}}}\n" for n in range(3))
    text = (
        f"# first\n---\n{HEAD}spec:{STRUCTURES.replace(chr(10), chr(10) + '  ')}\n"
        "--- # a list\napiVersion: v1\nkind: ConfigMapList\nitems:\n"
        f"{items}---\n\n---\n# the end\n"
    )
    ours = read(text, "f.yaml", namespace="")
    assert ours.faults == ()
    theirs = as_kubectl_reads(kubectl, text)
    for one in theirs[1:]:
        del one["metadata"]["annotations"]
    mine = [one.body for one in ours.objects]
    for body in mine[1:]:
        del body["metadata"]["namespace"]
    assert mine == theirs
