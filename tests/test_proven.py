"""The table of what was last proven where: that it names what there is, and says when or why not."""

import ast
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

TABLE = Path("docs/contributing/proven.md")
NOT_YET = re.compile(r"not yet, because \S.{10,}")
PROVEN = re.compile(r"(\d{4}-\d\d-\d\d), (.+)")
TEST = re.compile(r"`(tests/[^`]+)`")
NO_TEST = "no test"


@dataclass(frozen=True, kw_only=True)
class Row:
    what: str
    proven: str
    by: str


def tables() -> list[list[str]]:
    """The cells of every table's line, headings and rules left out."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [line for line in cells if line[0] not in {"what", "place"}]


ROWS = [Row(what=line[0], proven=line[1], by=line[2]) for line in tables() if len(line) == 3]
PLACES = {line[0] for line in tables() if len(line) == 2}


def test_the_table_is_read() -> None:
    assert len(ROWS) > 20
    assert "KVM runner" in PLACES
    assert len({row.what for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_row_says_when_and_where_or_why_not(row: Row) -> None:
    if found := PROVEN.fullmatch(row.proven):
        assert date.fromisoformat(found[1])
        assert found[2] in PLACES
        assert row.by != NO_TEST, "what no test has shown was not proven"
    else:
        assert NOT_YET.fullmatch(row.proven), row.proven


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_row_names_tests_that_exist(row: Row) -> None:
    named = TEST.findall(row.by)
    assert named or row.by == NO_TEST
    for test in named:
        file, _, function = test.partition("::")
        tree = ast.parse(Path(file).read_text())
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        names = {node.name for node in tree.body if isinstance(node, kinds)}
        assert not function or function in names, test


def test_every_file_of_end_to_end_tests_is_named() -> None:
    named = {test.partition("::")[0] for row in ROWS for test in TEST.findall(row.by)}
    assert {str(file) for file in Path("tests/e2e").glob("test_*.py")} <= named
