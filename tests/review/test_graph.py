import json

import pytest

from review.graph import FORMAT, GraphError, dump, read
from tests.review.given import claim, graph, resource


def test_a_graph_comes_back_from_its_text_as_it_was() -> None:
    given = graph(
        claim(storageClassName="default"),
        resource(
            "n1", "command:remote:Command", secret=("stdin",), waits=("urn:a",), protected=True
        ),
    )
    assert read(dump(given)) == given


@pytest.mark.parametrize("text", ["no JSON", json.dumps({"format": FORMAT + 1})])
def test_what_is_no_graph_of_this_format_is_refused(text: str) -> None:
    with pytest.raises(GraphError):
        read(text)


def test_what_stands_at_a_path_is_found_and_what_does_not_is_nothing() -> None:
    found = claim(storageClassName="default")
    assert found.at("spec", "storageClassName") == "default"
    assert found.at("spec", "storageClassName", "deeper") is None
