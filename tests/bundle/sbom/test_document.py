import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bundle import layout
from bundle.lock import Item, content
from bundle.sbom import document, inventory
from tests.bundle.sbom.made import DEBS, HOST, PLAIN, ROOT

LICENCES = {
    "one.test/tool@v1.0.0": ("Apache-2.0",),
    "two.test/Library@v0.1.0+incompatible": ("BSD-3-Clause", "MIT"),
    "stdlib@go1.26.8": ("BSD-3-Clause",),
}
DEB = "pkg:deb/debian/{}?arch={}&distro=bookworm"
TOOL, BASH = DEB.format("tool@1:2.0-1", "all"), DEB.format("bash@5.2.15-2%2Bb13", "amd64")
LIBRARY = "pkg:golang/two.test/Library@v0.1.0%2Bincompatible"
STDLIB, UNKNOWN = "pkg:golang/stdlib@1.26.8", "pkg:golang/three.test/unknown@v3.0.0"


@pytest.fixture
def items(small: Path) -> list[Item]:
    return layout.read(small)[0]


@pytest.fixture
def text(small: Path, items: list[Item]) -> str:
    return document.text(items, inventory.read(small, items), LICENCES)


@pytest.fixture
def components(text: str) -> dict[str, Any]:
    return {entry["bom-ref"]: entry for entry in json.loads(text)["components"]}


def licences(component: dict[str, Any]) -> list[str]:
    return [
        next(iter(set(one["license"].values()) - {"declared"})) for one in component["licenses"]
    ]


def test_the_library_s_own_validator_accepts_the_document(text: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"SHA-256"', '"SHA-257"')) is not None


def test_equal_items_give_equal_bytes_and_a_changed_fact_another_serial_number(
    text: str, small: Path, items: list[Item]
) -> None:
    contents = inventory.read(small, items)
    assert document.text(items, contents, LICENCES) == text
    other = document.text(items, contents, {})
    assert json.loads(other)["serialNumber"] != json.loads(text)["serialNumber"]
    assert "timestamp" not in text


def test_the_document_is_about_the_bundle_whose_digest_the_registries_are_filled_by(
    text: str, items: list[Item]
) -> None:
    about = json.loads(text)["metadata"]["component"]
    assert about["version"] == content((item.name, item.digest) for item in items)


def test_every_item_stands_there_under_its_name_with_its_digest(
    components: dict[str, Any], items: list[Item]
) -> None:
    for item in items:
        component = components[item.name]
        assert component["hashes"][0]["content"] == item.digest.removeprefix("sha256:")
        assert f"@{item.digest}?" in component["purl"]
        assert "repository_url" not in component["purl"]
    assert components[ROOT]["type"] == "container"
    assert (components[HOST]["name"], components[HOST]["version"]) == ("host/tool", "v1")


def test_what_contains_what_is_said_from_the_bundle_down_to_the_modules(text: str) -> None:
    depends = {
        entry["ref"]: set(entry.get("dependsOn", ())) for entry in json.loads(text)["dependencies"]
    }
    assert depends["bundle"] == {DEBS, HOST, PLAIN, ROOT}
    assert depends[PLAIN] == {BASH, TOOL, f"{PLAIN}#launch.sh"}
    assert depends[ROOT] == {BASH, TOOL, f"{ROOT}#usr/bin/tool"}
    assert depends[DEBS] == {TOOL}
    assert depends[f"{HOST}#tool"] == {STDLIB, LIBRARY, UNKNOWN}


def test_a_program_is_its_module_s_package_and_says_when_it_was_patched(
    components: dict[str, Any],
) -> None:
    program = components[f"{ROOT}#usr/bin/tool"]
    assert program["purl"] == "pkg:golang/one.test/tool@v1.0.0#cmd/tool"
    assert (program["type"], program["name"]) == ("application", "tool")
    assert program["pedigree"]["ancestors"][0]["purl"] == "pkg:golang/one.test/tool@v1.0.0"
    assert "edits of ours" in program["pedigree"]["notes"]
    assert "pedigree" not in components[LIBRARY]


def test_licences_are_stated_only_where_they_are_known(components: dict[str, Any]) -> None:
    assert licences(components[LIBRARY]) == ["BSD-3-Clause", "MIT"]
    assert licences(components[STDLIB]) == ["BSD-3-Clause"]
    assert licences(components[f"{HOST}#tool"]) == ["Apache-2.0"]
    assert "licenses" not in components[UNKNOWN]
    assert "licenses" not in components[BASH]


def test_a_package_that_lies_there_as_an_archive_has_its_digest_and_licences_in_every_image(
    components: dict[str, Any],
) -> None:
    tool = components[TOOL]
    assert len(tool["hashes"][0]["content"]) == 64
    named = [one["license"] for one in tool["licenses"]]
    # MIT is a name that SPDX has, GPL-2+ one that only Debian has.
    assert [one.get("id") or one["name"] for one in named] == ["MIT", "GPL-2+"]
    assert "hashes" not in components[BASH]
    assert components[BASH]["properties"][0]["value"] == "bash 5.2.15-2"


def test_a_go_sum_is_no_file_s_hash(components: dict[str, Any]) -> None:
    assert "hashes" not in components[LIBRARY]
    assert {"name": "appliance:go.sum", "value": "h1:abc="} in components[LIBRARY]["properties"]


def test_equal_names_of_two_items_are_two_components(small: Path, items: list[Item]) -> None:
    contents = dict(inventory.read(small, items))
    twin = dataclasses.replace(items[0], name="host/debian:2")
    contents[twin.name] = contents[items[0].name]
    made = json.loads(document.text([*items, twin], contents, LICENCES))
    named = [entry["bom-ref"] for entry in made["components"]]
    assert len(named) == len(set(named))
    assert "host/debian:2" in named
