"""Templates hold against Go's own text/template with Sprig, whose results stand in go.json.

The table was written by text/template of Go 1.26.8 and github.com/Masterminds/sprig/v3 v3.3.0, with the delimiters that
releases have.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from components.application.template.evaluator import render
from components.application.template.fault import TemplateError
from components.application.template.late import StandIns
from components.application.template.sprig import SPRIG
from components.application.template.values import shown

CASES = json.loads((Path(__file__).parent / "go.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["template"][:60] for case in CASES])
def test_a_template_makes_what_go_makes_of_it(case: dict[str, Any]) -> None:
    stand_ins = StandIns.of(case["template"], shown)
    if case.get("error"):
        with pytest.raises(TemplateError):
            render(case["template"], SPRIG, stand_ins)
        return
    assert render(case["template"], SPRIG, stand_ins).text == case["text"]
