import json
import subprocess
from pathlib import Path

from bench.bare import harmless, located
from tests.bench.recording import ACCESS, MEMBER, PODS, ROLE, SCRIPT, recorded

FOUND = {each.urn: each for each in recorded()}


def test_an_idle_command_reads_its_input_and_prints_as_much_as_the_real_one_without_running_it() -> (
    None
):
    create = harmless(FOUND[ACCESS]).inputs["create"]
    done = subprocess.run(["sh", "-c", create], capture_output=True, check=True)
    assert done.stdout == b"x" * len("credentials")
    assert create.endswith(FOUND[ACCESS].inputs["create"])
    assert harmless(FOUND[MEMBER]).inputs["create"].startswith("cat >/dev/null;")


def test_objects_get_names_of_their_own_and_their_pods_run_nowhere() -> None:
    twin = harmless(FOUND[PODS]).inputs
    assert "weave" not in json.dumps([harmless(FOUND[ROLE]).inputs, twin])
    assert twin["spec"]["template"]["spec"]["nodeSelector"] == {"bare": "none"}
    assert len(twin["metadata"]["name"]) == len(FOUND[PODS].inputs["metadata"]["name"])


def test_a_copied_file_is_found_from_another_directory() -> None:
    inputs = located(FOUND[SCRIPT], Path("/checkout")).inputs
    assert inputs["source"] == {"path": "/checkout/a/script.sh"}
