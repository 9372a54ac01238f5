"""The tool chain's programs as Go modules: what is built here when no official binary is at hand.

Owns which package of which wrapper module is which program. Does not own building (`bundle.gomodule`) or the pinned
versions of what they import (`modules/*/go.mod`).
"""

import json
import subprocess
from pathlib import Path
from typing import Final

from bundle import go_toolchain
from bundle.gomodule import GoModule
from bundle.programs import kubernetes_module
from lab.toolchain.versions import Versions

MODULES: Final = Path(__file__).with_name("modules")

ENGINE: Final = "github.com/pulumi/pulumi"
KUBERNETES: Final = "github.com/pulumi/pulumi-kubernetes/provider/v4"
READY_CHECKS: Final = "github.com/pulumi/cloud-ready-checks"


def pulumi(versions: Versions) -> GoModule:
    """The pulumi command with the engine in it."""
    return GoModule(
        name="pulumi",
        directory=MODULES / "pulumi",
        binaries={"pulumi": f"{ENGINE}/pkg/v3/cmd/pulumi"},
        ldflags=f"-X {ENGINE}/sdk/v3/go/common/version.Version=v{versions.pulumi}",
    )


def language_python() -> GoModule:
    """The engine's host for Python programs."""
    return GoModule(
        name="pulumi-language-python",
        directory=MODULES / "language-python",
        binaries={"pulumi-language-python": f"{ENGINE}/sdk/v3/python/cmd/pulumi-language-python"},
    )


def language_python_script() -> Path:
    """The second program of the language host: a script in the same module."""
    environment = {**go_toolchain.environment(), "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    done = subprocess.run(
        ["go", "mod", "download", "-json", f"{ENGINE}/sdk/v3"],
        cwd=MODULES / "language-python",
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    directory = Path(json.loads(done.stdout)["Dir"])
    return directory / "python" / "cmd" / "pulumi-language-python-exec"


def provider_kubernetes(versions: Versions) -> GoModule:
    """The Kubernetes provider plugin."""
    generated = f"{KUBERNETES}//cmd/pulumi-resource-kubernetes"
    return GoModule(
        name="pulumi-resource-kubernetes",
        directory=MODULES / "provider-kubernetes",
        binaries={"pulumi-resource-kubernetes": "."},
        ldflags=f"-X {KUBERNETES}/pkg/version.Version={versions.provider_kubernetes}",
        nosumdb=(KUBERNETES, READY_CHECKS),
        copies={
            "schema.json": f"{generated}/schema.json",
            "terraform-mapping.json": f"{generated}/terraform-mapping.json",
        },
    )


def provider_command(versions: Versions) -> GoModule:
    """The stand-in for the command provider plugin."""
    return GoModule(
        name="pulumi-resource-command",
        directory=MODULES / "provider-command",
        binaries={"pulumi-resource-command": "."},
        ldflags=f"-X main.version={versions.provider_command}",
    )


def kubernetes(versions: Versions) -> GoModule:
    """The cluster's own programs, exactly as the bundle builds them; kubectl is one of them."""
    return kubernetes_module(versions.kubectl)
