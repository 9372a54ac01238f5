"""The programs that the rewrites are measured beside, built from pinned modules.

Owns which versions, and the files that tell each of them what to rewrite. Does not own the measurement.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bundle.gomodule import GoModule, build

MODULES: Final = Path(__file__).parent / "modules"
KBLD_VERSION, KUSTOMIZE_VERSION = "0.46.0", "5.7.1"
KBLD: Final = GoModule(
    name="kbld",
    directory=MODULES / "kbld",
    binaries={"kbld": "carvel.dev/kbld/cmd/kbld"},
)
KUSTOMIZE: Final = GoModule(
    name="kustomize",
    directory=MODULES / "kustomize",
    binaries={"kustomize": "sigs.k8s.io/kustomize/kustomize/v5"},
)


@cache
def kbld() -> str:
    """The program's path."""
    return str(build(KBLD)["kbld"])


@cache
def kustomize() -> str:
    """The program's path."""
    return str(build(KUSTOMIZE)["kustomize"])


def kbld_rules(images: Mapping[str, str]) -> str:
    """A document that tells kbld what each reference becomes, without asking a registry."""
    overrides = [
        {"image": before, "newImage": after, "preresolved": True}
        for before, after in images.items()
    ]
    return _yaml({"apiVersion": "kbld.k14s.io/v1alpha1", "kind": "Config", "overrides": overrides})


def kustomize_rules(file: str, images: Mapping[str, str]) -> str:
    """A kustomization of one file; rules name images without their tags."""
    rules = [
        {"name": before.rpartition(":")[0], "newName": after.rpartition(":")[0]}
        for before, after in images.items()
    ]
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return _yaml({**head, "resources": [file], "images": rules})


def _yaml(document: Mapping[str, Any]) -> str:
    written: str = yaml.safe_dump(dict(document), sort_keys=False)
    return written
