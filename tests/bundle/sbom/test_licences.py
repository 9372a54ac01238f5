import json
from pathlib import Path

import pytest
from cyclonedx.spdx import is_supported_id

from bundle import go_toolchain
from bundle.gomodule import sources
from bundle.programs import CNI_PLUGINS, WEAVE
from bundle.recipes import RECIPES
from bundle.sbom import licences

BSD = """\
Copyright (c) 2020 Someone

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
disclaimer in the documentation and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def test_the_committed_table_is_sorted_and_names_only_licences_that_spdx_knows() -> None:
    keys = list(json.loads(licences.TABLE.read_text()))
    assert keys == sorted(keys)
    assert f"stdlib@{go_toolchain.VERSION}" in keys
    unknown = {
        name for names in licences.load().values() for name in names if not is_supported_id(name)
    }
    assert unknown == set()


def test_a_table_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "TABLE", tmp_path / "licences.json")
    table = {"b.test@v1": ("MIT",), "a.test@v2": ("Apache-2.0", "ISC")}
    licences.write(table)
    assert licences.load() == table
    assert licences.TABLE.read_text().splitlines()[1].startswith(' "a.test@v2"')


def test_lists_of_others_licences_and_licences_of_documents_are_no_licence_of_a_module(
    tmp_path: Path,
) -> None:
    texts = ("COPYING.md", "LICENCE.txt", "LICENSE", "LICENSE-APACHE")
    for name in (*texts, "LICENSE-3rdparty.csv", "LICENSE.docs", "licences.go", "README"):
        (tmp_path / name).write_text("text")
    (tmp_path / "license").mkdir()
    assert [file.name for file in licences.licence_files(tmp_path)] == list(texts)


def test_files_that_all_name_their_licence_say_what_the_module_s_is(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    for name in ("one.go", "part/two.go"):
        (tmp_path / name).write_text("// Copyright\n// SPDX-License-Identifier: MPL-2.0\n")
    assert licences.named_in_files(tmp_path) == ("MPL-2.0",)
    (tmp_path / "part/three.go").write_text("package part\n")
    assert licences.named_in_files(tmp_path) == ()


def test_the_table_is_of_every_module_that_is_compiled_into_an_item() -> None:
    found = licences.modules(RECIPES.values())
    assert CNI_PLUGINS in found
    assert found.count(WEAVE) == 1


@pytest.mark.toolchain
def test_a_text_that_is_only_in_part_a_licence_is_not_recognised(tmp_path: Path) -> None:
    whole, part = tmp_path / "LICENSE", tmp_path / "COPYING"
    whole.write_text(BSD)
    part.write_text(BSD + "And then there is something else that nobody has ever read. " * 60)
    known = licences.match([whole, part])
    assert known == {whole: ("BSD-2-Clause",), part: ()}


@pytest.mark.toolchain
def test_a_module_s_entry_in_the_table_is_what_its_source_says() -> None:
    read = licences.read([CNI_PLUGINS])
    assert len(read) > 5
    committed = licences.load()
    assert {key: committed.get(key) for key in read} == read


@pytest.mark.toolchain
def test_no_module_that_is_compiled_into_a_built_program_is_missing_in_the_table() -> None:
    built = [wrapper for wrapper in licences.modules(RECIPES.values()) if wrapper.is_built()]
    assert built
    found = {key for wrapper in built for key in sources(wrapper)}
    assert found - licences.load().keys() == set()
    # A patched module counts as what it was made of.
    assert WEAVE not in built or "github.com/weaveworks/weave@v2.6.5+incompatible" in found
