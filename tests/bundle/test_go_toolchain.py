from pathlib import Path

import pytest

from bundle import go_toolchain
from bundle.go_toolchain import MODULE, VERSION, NoGoError

GO = """#!/bin/sh
case $1 in
  env) [ "$GOTOOLCHAIN" = local ] && echo {version} || echo "$GOTOOLCHAIN" ;;
  mod)
    [ "$GOTOOLCHAIN" = local ] || exit 1
    echo {failure} >&2
    [ -z "{failure}" ] || exit 1
    root="$GOMODCACHE/{module}"
    mkdir -p "$root/bin" "$root/pkg/tool/linux_amd64" "$root/src"
    echo 'module std' >"$root/src/_go.mod"
    echo go >"$root/bin/go"
    echo compile >"$root/pkg/tool/linux_amd64/compile" ;;
esac
"""


def install(directory: Path, version: str, failure: str = "") -> str:
    directory.mkdir()
    (directory / "go").write_text(GO.format(version=version, failure=failure, module=MODULE))
    (directory / "go").chmod(0o755)
    return f"{directory}:/usr/bin:/bin"


def test_the_machine_s_own_compiler_is_used_when_it_is_the_pinned_one(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path / "bin", VERSION)
    monkeypatch.setenv("PATH", path)
    environment = go_toolchain.environment()
    assert (environment["PATH"], environment["GOTOOLCHAIN"]) == (path, "local")
    assert not cache.exists()


def test_another_one_fetches_the_pinned_one_and_makes_it_whole(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", install(tmp_path / "bin", "go1.19.8"))
    # A go that is set up to call the pinned one is not the pinned one.
    monkeypatch.setenv("GOTOOLCHAIN", VERSION)
    environment = go_toolchain.environment()
    root = cache / "go" / VERSION / "go"
    assert environment["PATH"].startswith(f"{root}/bin:")
    assert (environment["GOROOT"], environment["GOTOOLCHAIN"]) == (str(root), "local")
    # A module's zip keeps no mode, and hides the go.mod of the standard library.
    assert (root / "bin/go").stat().st_mode & 0o111
    assert (root / "pkg/tool/linux_amd64/compile").stat().st_mode & 0o111
    assert (root / "src/go.mod").exists()
    assert not (root / "src/_go.mod").exists()


def test_without_any_compiler_the_package_to_install_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoGoError, match="apt-get install golang-go"):
        go_toolchain.environment()


def test_a_proxy_that_does_not_serve_it_is_told_in_its_own_words(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", install(tmp_path / "bin", "go1.19.8", "403"))
    with pytest.raises(NoGoError, match=rf"{MODULE} could not be fetched by .*/go: 403"):
        go_toolchain.environment()
    assert not (cache / "go" / VERSION).exists()
