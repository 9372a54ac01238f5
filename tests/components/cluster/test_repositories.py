import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from components.cluster.repositories import CONTAINERD, KUBERNETES, VENDORS, lines

Golden = Callable[[str, str], None]


def test_the_vendors_repositories_are_those_that_were_reviewed(golden: Golden) -> None:
    golden("vendors.txt", lines(VENDORS, "1.35.4") + "\n")


@pytest.mark.parametrize("name", [KUBERNETES, CONTAINERD])
def test_both_formats_of_packages_have_a_repository_with_a_pinned_key(name: str) -> None:
    for form in ("deb", "rpm"):
        repository = VENDORS[name, form]
        assert re.fullmatch(r"[0-9A-F]{40}", repository.fingerprint)
        assert repository.source.startswith("https://")


def test_the_repository_of_kubernetes_is_that_of_the_minor_version() -> None:
    assert "core:/stable:/v1.34/deb/ /" in lines(VENDORS, "1.34.2")
    assert "{minor}" not in lines(VENDORS, "1.34.2")


def test_a_line_is_read_back_as_five_fields_the_last_with_its_spaces() -> None:
    mirror = replace(VENDORS[CONTAINERD, "deb"], source="http://mirror/debian bookworm stable main")
    fields = lines({(CONTAINERD, "deb"): mirror}, "1.35.4").split(" ", 4)
    assert fields[:2] == ["containerd", "deb"]
    assert fields[2] == mirror.fingerprint
    assert fields[4] == "http://mirror/debian bookworm stable main"
