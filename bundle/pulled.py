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


def pull(reference: str, blobs: Path) -> image.Blob:
    """Lays an image's blobs out in `blobs` and gives its manifest. Raises BuildError."""
    crane = build(CRANE)["crane"]
    with scratch() as work:
        layout = work / "layout"
        done = subprocess.run(
            [
                str(crane),
                "pull",
                "--platform",
                "linux/amd64",
                "--format",
                "oci",
                reference,
                str(layout),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(f"{reference} could not be pulled: {done.stderr.strip()[-300:]}")
        descriptor = json.loads((layout / "index.json").read_text())["manifests"][0]
        shutil.copytree(layout / "blobs" / "sha256", blobs)
    return image.Blob(
        media_type=descriptor["mediaType"],
        sha256=descriptor["digest"].removeprefix("sha256:"),
        size=descriptor["size"],
    )
