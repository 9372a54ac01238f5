"""Images that are pulled from their own registry, by digest.

Owns the call of crane. Does not own which images these are (recipes).
"""

import json
import shutil
import subprocess
from pathlib import Path

from bundle import image
from bundle.cache import scratch
from bundle.gomodule import BuildError, build
from bundle.programs import CRANE

PLATFORM = "linux/amd64"


def pinned(reference: str) -> str:
    """A reference with the digest that its tag stands for today; one that has a digest is kept. Raises BuildError."""
    if "@" in reference:
        return reference
    return f"{reference}@{_crane(reference, 'digest', '--platform', PLATFORM, reference).strip()}"


def pull(reference: str, blobs: Path) -> image.Blob:
    """Lays an image's blobs out in `blobs` and gives its manifest. Raises BuildError."""
    with scratch() as work:
        layout = work / "layout"
        options = ("--platform", PLATFORM, "--format", "oci")
        _crane(reference, "pull", *options, reference, str(layout))
        descriptor = json.loads((layout / "index.json").read_text())["manifests"][0]
        shutil.copytree(layout / "blobs" / "sha256", blobs)
    return image.Blob(
        media_type=descriptor["mediaType"],
        sha256=descriptor["digest"].removeprefix("sha256:"),
        size=descriptor["size"],
    )


def _crane(reference: str, *words: str) -> str:
    """What crane prints. Raises BuildError in the registry's own words."""
    done = subprocess.run(
        [str(build(CRANE)["crane"]), *words], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{reference} could not be pulled: {done.stderr.strip()[-300:]}")
    return done.stdout
