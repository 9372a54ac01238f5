"""References to images at random, for holding two readers of them against each other.

Owns what is thrown: hosts of many forms, paths, tags, digests, the same in every run.
"""

import random
from collections.abc import Iterator
from typing import Final

SEED: Final = 20261121
HOSTS: Final = (
    *("", "", "", "docker.io/", "index.docker.io/", "quay.io/", "gcr.io/", "registry.k8s.io/"),
    *(
        "registry.example.test:5000/",
        "10.0.0.1:8443/",
        "a-b.c-d.test/",
        "127.0.0.1/",
        "localhost:5000/",
    ),
)
LETTERS: Final = "abcxyz019"
JOINS_OF_THE_FIRST: Final = ("", "", "", "-", "--", "_", "__")
JOINS: Final = (*JOINS_OF_THE_FIRST, ".")
TAGS: Final = ("", "", ":latest", ":v{0}.{0}-x_y")


def references(number: int) -> Iterator[str]:
    """That many references with digests; most have tags too."""
    chance = random.Random(SEED)  # noqa: S311 - the same references in every run
    for _ in range(number):
        host = chance.choice(HOSTS)
        # Without a host in front, a first part with a dot would be taken for one, and not each of them can be one.
        parts = [_component(chance, JOINS if host else JOINS_OF_THE_FIRST)]
        parts += [_component(chance, JOINS) for _ in range(chance.randint(0, 3))]
        tag = chance.choice(TAGS).format(chance.randrange(99))
        yield f"{host}{'/'.join(parts)}{tag}@sha256:{chance.getrandbits(256):064x}"


def _component(chance: random.Random, joins: tuple[str, ...]) -> str:
    joined = _word(chance)
    for _ in range(chance.randint(0, 2)):
        joined += chance.choice(joins) + _word(chance)
    return joined


def _word(chance: random.Random) -> str:
    # One of the peers takes no name of a single letter.
    return "".join(chance.choices(LETTERS, k=chance.randint(2, 6)))
