"""The filter as people run it: a process, its streams and its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: nginx:1}]}\n"
CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {}\n"


def filtered(text: str | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "operate", "rewrite", *options],
        cwd=REPOSITORY,
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_yaml_goes_in_and_comes_out_rewritten() -> None:
    done = filtered(POD, "--registry", "r.test:1", "--pull-secret", "own")
    assert done.returncode == 0
    assert "image: r.test:1/docker.io/library/nginx:1\n" in done.stdout
    assert "- name: own\n" in done.stdout
    assert done.stderr == "rewrite: 1 documents, 1 changed, 0 values left alone, 0 faults\n"


def test_without_options_only_versions_are_converted() -> None:
    assert filtered(f"{POD}---\n{CLAIM}").stdout == f"{POD}---\n{CLAIM}"


def test_a_fault_ends_it_with_one_and_a_sentence_on_stderr() -> None:
    done = filtered(POD.replace("nginx:1", "Nginx"), "--registry", "r.test:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: stdin, document 1, line 4: Pod/x spec.containers[0].image"
    )


def test_what_is_left_over_is_refused_only_without_internet() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: quay.io/a/b:1}\n"
    assert filtered(text, "--registry", "r.test:1").returncode == 0
    assert filtered(text, "--registry", "r.test:1", "--closed").returncode == 1
    allowed = ("--allow", "quay.io/a")
    assert filtered(text, "--registry", "r.test:1", "--closed", *allowed).returncode == 0


@pytest.mark.parametrize("suffix", ["json", "md"])
def test_the_report_is_written_as_json_or_as_a_table(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"report.{suffix}"
    filtered(POD, "--registry", "r.test:1", "--report", str(file))
    if suffix == "json":
        assert [row["object"] for row in json.loads(file.read_text())] == ["Pod/x", "Pod/x"]
    else:
        assert len(file.read_text().splitlines()) == 4


def test_live_claims_keep_their_class(tmp_path: Path) -> None:
    file = tmp_path / "claims.json"
    metadata = {"namespace": "default", "name": "data"}
    items = [{"metadata": metadata, "spec": {"storageClassName": "older"}}]
    file.write_text(json.dumps({"items": items}))
    done = filtered(CLAIM, "--storage-class", "new", "--live-claims", str(file))
    assert "storageClassName: older\n" in done.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--snapshot-claim", "a"), "--snapshot-image and --snapshot-secret must be given too"),
        (("--shared-filesystem", "a"), "--check-image must be given too"),
        (("--live-claims", "/nowhere", "--storage-class", "a"), "is no list of claims"),
        (("--report", "/nowhere/at/all"), "the report cannot be written"),
        (("--closed",), "--closed means nothing without --registry"),
        (("--shared-class", "a"), "--shared-class means nothing without --storage-class"),
        (("--registry", "https://r.test"), "is no HOST[:PORT][/PATH]"),
        (("--unknown",), "`rewrite` does not know --unknown"),
    ],
)
def test_wrong_options_are_refused_with_two(options: tuple[str, ...], sentence: str) -> None:
    done = filtered(POD, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_text_is_utf_8_whatever_the_terminal_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert filtered("a: \u00e9\n").stdout == "a: \u00e9\n"


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "in.yaml"
    file.write_text(f"{POD}---\n" * 5000)
    command = f"{sys.executable} -m operate rewrite --registry r.test:1 < {file} | head -1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("apiVersion: v1\n", "")


def test_what_is_no_utf_8_is_refused() -> None:
    done = filtered(b"a: \xff\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "stdin is no UTF-8" in done.stderr


def test_pulumi_is_not_needed() -> None:
    code = "import sys; import operate.commands.rewrite; sys.exit('pulumi' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)
