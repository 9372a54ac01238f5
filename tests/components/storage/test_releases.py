import pytest

from components.storage.releases import RELEASES
from stacks.config.kubernetes import NEWEST_MINOR, OLDEST


@pytest.mark.parametrize("release", RELEASES.values(), ids=lambda release: release.version)
def test_every_release_runs_on_the_newest_kubernetes(release: object) -> None:
    assert RELEASES[release.version].fits(".".join(map(str, NEWEST_MINOR)))  # type: ignore[attr-defined]


def test_a_release_for_production_mounts_volumes_and_is_maintained() -> None:
    assert any(
        release.csi and release.maintained and release.fits("1.35.4")
        for release in RELEASES.values()
    )


@pytest.mark.parametrize(
    ("kubernetes", "fits"),
    [("1.29.9", False), ("1.30.0", True), ("1.35.4", True), ("1.36.0", False)],
)
def test_a_release_fits_its_range_and_no_other(kubernetes: str, *, fits: bool) -> None:
    assert RELEASES["1.19.4"].fits(kubernetes) is fits


def test_the_oldest_kubernetes_of_the_appliance_is_covered() -> None:
    version = ".".join(map(str, OLDEST))
    assert all(release.fits(version) for release in RELEASES.values())


def test_only_a_release_with_csi_has_images_and_manifests_of_it() -> None:
    without, with_csi = RELEASES["1.12.11"], RELEASES["1.19.4"]
    assert without.images == ("docker.io/rook/ceph:v1.12.11", "quay.io/ceph/ceph:v18.2.7")
    assert without.files == ("crds.yaml", "common.yaml")
    assert len(with_csi.images) == 9
    assert with_csi.files[-1] == "csi-operator.yaml"
