"""The rewrites: as a filter beside kbld, kustomize and libyaml alone, in constant memory, and within a preview."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import peers
from bench.command import Place
from bench.failure import BenchError
from bench.machine import now
from bench.manifests import IMAGES, manifests
from bench.references import references
from bench.results import Cost, Measured, Row, median
from bench.rows.many_nodes import cost
from bench.table import circumstances, seconds, table, verdict
from components.application.rewrites.images import ImageSettings, rewritten
from operate.checkout import REPOSITORY

REGISTRY: Final = "10.100.100.101:9874"
SETTINGS: Final = ImageSettings(registry=REGISTRY)
MANIFESTS, MANY, REFERENCES, RESOURCES = 5_000, 100_000, 5_000, 960
FLOOR_BAR, KUSTOMIZE_BAR, PREVIEW_BAR, MEMORY_BAR = 1.3, 30, 1.0, 1.25
IMAGE: Final = re.compile(r"^[ -]*image: (\S+)$", re.MULTILINE)

WHAT: Final = """\
{manifests:,} manifests of {kinds} kinds through each program, from a file to a file, start of the program included:
`python -m operate rewrite --registry … --storage-class …` (all rules but snapshots), kbld {kbld} with an override for
each of six images, kustomize {kustomize} with six image rules, and PyYAML's libyaml reading and writing the same and
doing nothing. All three give the same {images:,} images. kustomize, which takes minutes, runs in the first
turn alone."""

PREVIEW: Final = """\
Within a preview: processor time of the transformation over {resources} objects registered under Pulumi's mocks, where
a resource takes {whole:.1f} ms in all. Memory is that of the filter's process at its largest; the larger lot is the
smaller one twenty times."""

SAME: Final = """\
References at random ({references:,}, with digests, so that no registry is asked): {same:,} become the same image by
both, {different} do not. kbld drops the tag of what has a digest; here it stays, and is not compared. Not thrown,
since kbld reads them otherwise than containerd does: names of one letter, which it refuses, and `localhost/name`,
which it takes for a repository of the Docker Hub."""


class Run(Measured):
    """All programs on the same manifests, one after the other."""

    ours: Cost
    floor: Cost
    kbld: Cost
    kustomize: Cost | None = None
    """In the first turn alone: it takes longer than all others together."""
    images: int
    memory: float
    """Megabytes of the filter on the manifests."""
    memory_many: float
    """The same on twenty times as many."""
    seconds_many: float
    preview_whole: float
    """Processor seconds of registering the objects under mocks."""
    preview_rewrites: float
    """Those of the transformation among them."""
    same: int
    different: tuple[str, ...]

    @property
    def preview(self) -> float:
        """Milliseconds of a resource that are the rewrites'."""
        return self.preview_rewrites * 1000 / RESOURCES


def measure(times: int) -> Iterator[Run]:
    """Build the peers, write the manifests, then run everything by turns."""
    peers.kbld(), peers.kustomize()
    with TemporaryDirectory() as directory:
        work = Path(directory)
        lots = {number: work / f"{number}.yaml" for number in (MANIFESTS, MANY)}
        lot = "".join(manifests(MANIFESTS))
        for number, file in lots.items():
            with file.open("w") as stream:
                stream.writelines(lot for _ in range(number // MANIFESTS))
        prepare(work, lots[MANIFESTS])
        place = Place(directory=work, environment={**os.environ, "PYTHONPATH": str(REPOSITORY)})
        for turn in range(times):
            yield run(place, lots, slow=turn == 0)


def prepare(work: Path, lot: Path) -> None:
    """The peers' own files."""
    images = {image: rewritten(image, SETTINGS) for image in IMAGES}
    (work / "kbld.yaml").write_text(peers.kbld_rules(images))
    (work / "kustomization.yaml").write_text(peers.kustomize_rules(lot.name, images))


def run(place: Place, lots: Mapping[int, Path], *, slow: bool) -> Run:
    """One turn of each; kustomize's only if it is the turn of the slow one too."""
    machine = now()
    kbld = peers.kbld()
    options = f"--registry {REGISTRY} --storage-class default --replicas"
    ours = f"{sys.executable} -m operate rewrite {options} < {{file}} > ours.yaml"
    small, many = lots[MANIFESTS], lots[MANY]
    found = {
        "ours": shell(place, ours.format(file=small)),
        "floor": shell(place, f"{sys.executable} -m bench.floor < {small} > floor.yaml"),
        "kbld": shell(
            place, f"{kbld} --images-annotation=false -f {small} -f kbld.yaml > kbld.out"
        ),
    }
    if slow:
        found["kustomize"] = shell(place, f"{peers.kustomize()} build . > kustomize.yaml")
    results = [place.directory / name for name in ("ours.yaml", "kbld.out", "kustomize.yaml")]
    counted = [images_of(file) for file in results]
    if len({tuple(each) for each in counted}) != 1:
        raise BenchError("the programs do not give the same images")
    long = shell(place, ours.format(file=many))
    preview = json.loads(
        place.run(sys.executable, "-m", "bench.mocked", str(RESOURCES), together=False).output
    )
    same, different = compared(place, kbld)
    return Run(
        machine=machine,
        **found,
        images=len(counted[0]),
        memory=found["ours"].megabytes,
        memory_many=long.megabytes,
        seconds_many=long.seconds,
        preview_whole=preview["whole"],
        preview_rewrites=preview["rewrites"],
        same=same,
        different=different,
    )


def shell(place: Place, command: str) -> Cost:
    """A command with its streams in files. The shell gives its place to the program: its memory is not counted."""
    return cost(place.run("sh", "-c", f"exec {command}"))


def images_of(file: Path) -> list[str]:
    """All images in a file's documents, sorted: kbld changes the order of keys, and kustomize that of objects."""
    return sorted(IMAGE.findall(file.read_text()))


def compared(place: Place, kbld: str) -> tuple[int, tuple[str, ...]]:
    """How many references become the same image here and by kbld, and those that do not."""
    thrown = list(dict.fromkeys(references(REFERENCES)))
    pods = (
        f"---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {each}\n"
        for each in thrown
    )
    answer = place.run(
        kbld, "--images-annotation=false", "-f", "-", stdin="".join(pods), together=False
    )
    theirs = {image.partition("@")[2]: image for image in IMAGE.findall(answer.output)}
    different = []
    for each in thrown:
        digest = each.partition("@")[2]
        if plain(rewritten(each, SETTINGS)) != theirs.get(digest):
            different.append(each)
    return len(thrown) - len(different), tuple(different)


def plain(image: str) -> str:
    """An image of ours by the name that kbld has for it: its own registry, no tag."""
    name, _, digest = image.removeprefix(f"{REGISTRY}/").partition("@")
    host, _, path = name.partition("/")
    path = path.rpartition(":")[0] if ":" in path else path
    host = "index.docker.io" if host == "docker.io" else host.replace("_", ":")
    return f"{host}/{path}@{digest}"


def section(runs: Sequence[Run]) -> str:
    """The row's text."""
    one = runs[0]
    what = WHAT.format(
        manifests=MANIFESTS,
        kinds=11,
        kbld=peers.KBLD_VERSION,
        kustomize=peers.KUSTOMIZE_VERSION,
        images=one.images,
    )
    columns = (
        ("`rewrite`", "ours"),
        ("libyaml alone", "floor"),
        ("kbld", "kbld"),
        ("kustomize", "kustomize"),
    )
    rows = [
        (
            name,
            seconds(median(found.seconds for found, _ in costs)),
            seconds(median(found.cpu for found, _ in costs)),
            f"{median(found.megabytes for found, _ in costs):.0f} MB",
            f"{median(found.seconds / ours.seconds for found, ours in costs):.2f}",
        )
        for name, field in columns
        if (costs := [(cost, each.ours) for each in runs if (cost := getattr(each, field))])
    ]
    return "\n\n".join(
        (
            "## Rewrites",
            what,
            table(("", "time", "processor", "memory", "over `rewrite`"), rows),
            table(("bar", "", "measured", ""), bars(runs)),
            PREVIEW.format(
                resources=RESOURCES,
                whole=median(each.preview_whole for each in runs) * 1000 / RESOURCES,
            ),
            SAME.format(references=REFERENCES, same=one.same, different=len(one.different)),
            circumstances(runs),
        )
    )


def bars(runs: Sequence[Run]) -> Sequence[Sequence[str]]:
    """What the bars are about."""
    floor = median(each.ours.seconds / each.floor.seconds for each in runs)
    kbld = median(each.kbld.seconds / each.ours.seconds for each in runs)
    kustomize = median(
        each.kustomize.seconds / each.ours.seconds for each in runs if each.kustomize is not None
    )
    preview = median(each.preview for each in runs)
    growth = median(each.memory_many / each.memory for each in runs)
    many = f"{median(each.memory_many for each in runs):.0f} MB, {growth:.2f} times"
    different = max(len(each.different) for each in runs)
    held = (
        ("time over libyaml alone", f"≤ {FLOOR_BAR}", f"{floor:.2f}", floor <= FLOOR_BAR),
        ("kbld's time over ours", "> 1", f"{kbld:.2f}", kbld > 1),
        (
            "kustomize's time over ours",
            f"≥ {KUSTOMIZE_BAR}",
            f"{kustomize:.1f}",
            kustomize >= KUSTOMIZE_BAR,
        ),
        (
            f"memory of {MANY:,} over that of {MANIFESTS:,}",
            f"≤ {MEMORY_BAR}",
            many,
            growth <= MEMORY_BAR,
        ),
        (
            "a resource within preview",
            f"≤ {PREVIEW_BAR} ms",
            f"{preview:.2f} ms",
            preview <= PREVIEW_BAR,
        ),
        ("images that kbld reads otherwise", "0", f"{different}", different == 0),
    )
    return tuple((what, bar, value, verdict(met=met)) for what, bar, value, met in held)


ROW: Final = Row(name="rewrites", kind=Run, measure=measure, section=section)
