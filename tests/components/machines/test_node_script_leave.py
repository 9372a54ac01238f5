"""What the node script asks of others when a host leaves: kube-proxy and Weave know what they left in the kernel."""

import subprocess
from pathlib import Path

import pytest

from components.machines.node_script import SOURCE

CTR = """\
timeout() { shift; "$@"; }
ctr() {
  case "$*" in
    "-n k8s.io images list -q") cat images ;;
    *) echo "ctr $*" >>log; return "$(cat status)" ;;
  esac
}
"""


def run(directory: Path, call: str, images: str = "", status: int = 0) -> str:
    """What was called, and what was said."""
    (directory / "images").write_text(images)
    (directory / "status").write_text(str(status))
    (directory / "log").write_text("")
    functions = Path(SOURCE).read_text().removesuffix('main "$@"\n')
    functions = functions.replace("readonly STATE=/var/lib/appliance\n", "readonly STATE=.\n")
    done = subprocess.run(
        ["bash", "-c", f"{functions}\n{CTR}\nNODE_NAME=n2\n{call}"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (directory / "log").read_text() + done.stderr


IMAGES = "registry.k8s.io/coredns/coredns:v1.13.1\nregistry.k8s.io/kube-proxy:v1.35.4\nsha256:aa\n"


def test_kube_proxy_clears_what_it_left_in_the_kernel(tmp_path: Path) -> None:
    called = run(tmp_path, "clear_services", IMAGES)
    assert "run --rm --net-host --privileged registry.k8s.io/kube-proxy:v1.35.4 leave-" in called
    assert called.endswith(" kube-proxy --cleanup\n")


def test_a_host_with_more_images_than_a_pipe_holds_leaves_all_the_same(tmp_path: Path) -> None:
    # What is found is the first of them: a reader that stops there ends the writer, and with it the script.
    many = IMAGES + "".join(f"example.com/image:{number}\n" for number in range(20_000))
    assert run(tmp_path, "clear_services", many).count("kube-proxy:v1.35.4") == 1


def test_a_host_without_kube_proxys_image_leaves_all_the_same(tmp_path: Path) -> None:
    assert run(tmp_path, "clear_services", "registry.k8s.io/pause:3.10.1\n") == ""


def test_a_clean_up_that_fails_is_said_and_stops_nothing(tmp_path: Path) -> None:
    said = run(tmp_path, "clear_services; echo >>log left", IMAGES, status=1)
    assert "left\n" in said
    assert "kube-proxy could not clear all its rules; see ./kube-proxy-cleanup.log" in said


@pytest.mark.parametrize("status", [0, 1])
def test_weaves_plugin_deletes_its_switch(tmp_path: Path, status: int) -> None:
    plugin = tmp_path / "weave-plugin-2.6.5"
    plugin.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/log\nexit {status}\n')
    plugin.chmod(0o755)
    assert run(tmp_path, f"delete_datapath {tmp_path}") == "delete-datapath datapath\n"


def test_a_host_without_weave_has_no_switch_to_delete(tmp_path: Path) -> None:
    assert run(tmp_path, f"delete_datapath {tmp_path}/none") == ""
