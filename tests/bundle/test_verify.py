import hashlib
from pathlib import Path

import pytest

from bundle import verify
from bundle.builder import assemble, build
from bundle.lock import Lock
from bundle.recipe import Recipe


def files(bundle: Path) -> list[Path]:
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def test_a_bundle_as_it_was_built_has_no_fault(bundle: Path) -> None:
    assert verify.faults(bundle) == []


def test_every_changed_byte_is_found(bundle: Path) -> None:
    for file in files(bundle):
        before = file.read_bytes()
        for position in range(0, len(before), 1 + len(before) // 40):
            after = bytearray(before)
            after[position] ^= 1
            file.write_bytes(after)
            assert verify.faults(bundle), f"byte {position} of {file}"
        file.write_bytes(before)
    assert verify.faults(bundle) == []


def test_every_missing_and_every_extra_file_is_named(bundle: Path) -> None:
    for file in files(bundle):
        kept = file.read_bytes()
        file.unlink()
        assert str(file) in " ".join(verify.quick_faults(bundle))
        file.write_bytes(kept)
    (bundle / "blobs" / "sha256" / ("0" * 64)).write_text("")
    assert "nothing names it" in " ".join(verify.quick_faults(bundle))


def test_a_file_cut_short_is_found_without_reading_every_byte(bundle: Path) -> None:
    for blob in sorted((bundle / "blobs" / "sha256").iterdir()):
        kept = blob.read_bytes()
        # A link to the item's own: a new file, so that only the bundle is damaged.
        blob.unlink()
        blob.write_bytes(kept[:-1])
        assert verify.quick_faults(bundle), blob
        blob.write_bytes(kept)


def test_a_directory_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    (fault,) = verify.faults(tmp_path)
    assert "manifest.json cannot be read" in fault


@pytest.mark.parametrize("suffix", [b"", b"x"])
def test_a_discarded_bundle_is_made_anew_from_undamaged_items(
    bundle: Path, recipes: dict[str, Recipe], no_lock: Lock, suffix: bytes
) -> None:
    blob = next((bundle / "blobs" / "sha256").iterdir())
    before = blob.read_bytes()
    # Writing in place damages the item's own blob as well: it is the same file.
    blob.write_bytes(b"damaged" + suffix)
    verify.discard(bundle)
    again = assemble(build(recipes, no_lock), "go0")
    assert again == bundle
    assert verify.faults(again) == []
    assert blob.read_bytes() == before
    assert hashlib.sha256(before).hexdigest() == blob.name
