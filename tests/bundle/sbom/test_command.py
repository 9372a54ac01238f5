import io
import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bundle import __main__ as program
from bundle import lock
from bundle.sbom import command
from stacks.needs import needs, tracked
from tests.bundle.sbom.made import DEBS, HOST, PLAIN, ROOT


def items(text: str) -> set[str]:
    document = json.loads(text)
    return next(set(one["dependsOn"]) for one in document["dependencies"] if one["ref"] == "bundle")


def test_the_document_of_a_whole_bundle_is_printed(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(["sbom", str(small)]) == 0
    assert items(capsys.readouterr().out) == {DEBS, HOST, PLAIN, ROOT}


def test_only_the_items_that_are_asked_for_stand_in_it(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps([HOST])))
    assert program.main(["sbom", str(small), "--items", "-"]) == 0
    assert items(capsys.readouterr().out) == {HOST}


def test_an_item_that_the_bundle_lacks_is_refused(
    small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "names").write_text(json.dumps([HOST, "host/other:1"]))
    assert program.main(["sbom", str(small), "--items", str(tmp_path / "names")]) == 1
    assert f"{small} does not hold host/other:1; give" in capsys.readouterr().err


def test_a_damaged_bundle_is_refused(small: Path) -> None:
    # The largest is no manifest: one that cannot be read shows by what it does not name any more.
    blob = max((small / "blobs" / "sha256").iterdir(), key=lambda one: one.stat().st_size)
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    with pytest.raises(command.NotInBundleError, match="its bytes have the digest"):
        command.sbom(small, ())


@pytest.mark.toolchain
def test_the_real_bundle_s_document_agrees_with_its_lock_and_knows_every_module_s_licence() -> None:
    names = list(needs(tracked("core")))
    text = command.sbom(program.bundle(names), names)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert items(text) == set(names)
    document = json.loads(text)
    depends = {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]}
    components = {one["bom-ref"]: one for one in document["components"]}
    for name in names:
        parts = [components[reference] for reference in depends[name]]
        debian = {one["name"]: one["version"] for one in parts if one["bom-ref"][:7] == "pkg:deb"}
        assert debian == dict(lock.load().item(name).packages), name
    modules = [one for one in components.values() if one["bom-ref"].startswith("pkg:golang")]
    assert len(modules) > 400
    assert [one["bom-ref"] for one in modules if not one.get("licenses")] == []
