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
JOINS: Final = ("", "", "", "-", "--", ".", "_", "__")


def references(number: int) -> Iterator[str]:
    """That many references with digests; most have tags too."""
    chance = random.Random(SEED)  # noqa: S311 - the same references in every run
    for _ in range(number):
        path = "/".join(_component(chance) for _ in range(chance.randint(1, 4)))
        tag = chance.choice(
            ("", "", ":latest", f":v{chance.randrange(99)}.{chance.randrange(99)}-x_y")
        )
        digest = f"{chance.getrandbits(256):064x}"
        yield f"{chance.choice(HOSTS)}{path}{tag}@sha256:{digest}"


def _component(chance: random.Random) -> str:
    parts = [_word(chance) for _ in range(chance.randint(1, 3))]
    joined = parts[0]
    for part in parts[1:]:
        joined += chance.choice(JOINS) + part
    return joined


def _word(chance: random.Random) -> str:
    # One of the peers takes no name of a single letter.
    return "".join(chance.choices(LETTERS, k=chance.randint(2, 6)))
