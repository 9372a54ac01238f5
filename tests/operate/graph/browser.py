"""A browser without a screen: pictures of a page, and what a script of the test sees in it."""

import json
import re
import shutil
import subprocess
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

PROGRAMS = ("chromium", "google-chrome")
WIDTH, HEIGHT = 1280, 1600

needs_browser = pytest.mark.skipif(
    not any(map(shutil.which, PROGRAMS)),
    reason="needs Chromium or Chrome: `operate/packages test` installs one",
)


def run(directory: Path, page: str, *words: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """Opens a page with these options of the browser; what it prints."""
    file = directory / "page.html"
    file.write_text(page)
    program = next(found for name in PROGRAMS if (found := shutil.which(name)))
    done = subprocess.run(
        [
            program,
            "--headless=new",
            # The tests run as root, in containers too.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            f"--user-data-dir={directory / 'profile'}",
            f"--window-size={size[0]},{size[1]}",
            "--virtual-time-budget=2000",
            *words,
            file.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


def picture(directory: Path, page: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """The page as it is seen."""
    file = directory / "page.png"
    run(directory, page, f"--screenshot={file}", size=size)
    return Image.open(file).convert("RGB")


def colours(seen: Image.Image) -> Counter[str]:
    """How many points of the picture have each colour."""
    found = seen.getcolors(seen.width * seen.height)
    assert found is not None
    return Counter(
        {"#{:02x}{:02x}{:02x}".format(*colour): count for count, colour in found}  # type: ignore[misc]
    )


def seen(directory: Path, page: str, script: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Any:
    """What a script returns that runs in the page when it is there; the page's own policy would not let it."""
    free = re.sub(r"<meta http-equiv.*?>", "", page)
    told = f"document.body.dataset.seen = JSON.stringify((() => {{{script}}})());"
    printed = run(
        directory,
        free.replace("</body>", f"<script>{told}</script></body>"),
        "--dump-dom",
        size=size,
    )
    found = re.search(r'data-seen="([^"]*)"', printed)
    assert found is not None, printed[-2000:]
    return json.loads(unescape(found[1]))
