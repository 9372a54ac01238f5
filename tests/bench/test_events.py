import json
import time
from pathlib import Path
from typing import Any

from bench.events import Event, Follower, spans


def event(kind: str, name: str, at: float = 0.0) -> Event:
    metadata = {"urn": f"urn:pulumi:s::p::t::{name}", "op": "create"}
    return Event(at=at, document={kind: {"metadata": metadata}})


def test_a_resource_lasts_from_before_it_is_made_to_its_outputs_or_its_failure() -> None:
    found = spans(
        [
            event("resourcePreEvent", "a", 11.0),
            event("resourcePreEvent", "b", 12.0),
            event("resOpFailedEvent", "b", 13.0),
            event("resOutputsEvent", "a", 15.0),
            event("resourcePreEvent", "unfinished", 16.0),
        ],
        began=10.0,
    )
    assert [(span.name, span.began, span.seconds) for span in found] == [
        ("a", 1.0, 4.0),
        ("b", 2.0, 1.0),
    ]


def test_a_log_is_read_while_it_grows_and_to_its_last_line(tmp_path: Path) -> None:
    log = tmp_path / "events.log"
    follower = Follower(log)
    follower.start()
    documents: list[dict[str, Any]] = [{"sequence": number, "text": "ä"} for number in range(3)]
    with log.open("w") as stream:
        stream.write(json.dumps(documents[0]) + "\n" + json.dumps(documents[1])[:5])
        stream.flush()
        deadline = time.monotonic() + 10
        while not follower.seen and time.monotonic() < deadline:
            time.sleep(0.01)
        stream.write(json.dumps(documents[1])[5:] + "\n" + json.dumps(documents[2]) + "\n")
    assert [each.document for each in follower.end()] == documents
