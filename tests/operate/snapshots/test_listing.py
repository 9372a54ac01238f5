"""What restic says of snapshots, as people see it."""

import json
from typing import Any

import pytest

from operate.failure import OperateError
from operate.snapshots.listing import chosen, read, size, table


def restic(number: str, claim: str = "data", **changes: Any) -> dict[str, Any]:
    return {
        "time": f"2026-11-22T03:17:0{number[0]}.123456789Z",
        "paths": ["/snapshot/v"],
        "hostname": "appliance-dev-1",
        "tags": [f"claim={claim}", "namespace=replicated-guestbook", "pod=web-0"],
        "summary": {"total_files_processed": 3, "total_bytes_processed": 1536},
        "id": number * 64,
        **changes,
    }


OWNER = restic("0", tags=["owner"])
LISTED = f"a warning\n{json.dumps([OWNER, restic('2', 'www'), restic('1')])}\n"


def test_snapshots_of_claims_are_listed_from_the_oldest_on() -> None:
    assert table(read(LISTED)).splitlines() == [
        "ID        TIME (UTC)           CLAIM  SIZE     FILES",
        "11111111  2026-11-22 03:17:01  data   1.5 KiB  3",
        "22222222  2026-11-22 03:17:02  www    1.5 KiB  3",
    ]


def test_an_older_restic_says_no_size() -> None:
    (found,) = read(json.dumps([restic("1", summary=None)]))
    assert (found.size, found.files) == (0, 0)


def test_a_beginning_of_an_id_is_enough_when_only_one_begins_so() -> None:
    assert chosen(read(LISTED), "2").claim == "www"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("3", "no snapshot 3 in this appliance's repository; the newest are 22222222, 11111111"),
        ("", "no snapshot .no id given."),
    ],
)
def test_an_unknown_id_is_refused_with_those_that_there_are(wanted: str, sentence: str) -> None:
    with pytest.raises(OperateError, match=sentence):
        chosen(read(LISTED), wanted)


def test_the_mark_of_who_owns_the_repository_is_no_snapshot_to_bring_back() -> None:
    with pytest.raises(OperateError, match="there is no snapshot 00000000"):
        chosen(read(LISTED), "00000000")


def test_two_that_begin_so_are_refused() -> None:
    both = json.dumps([restic("1", id="1a"), restic("2", id="1b")])
    with pytest.raises(OperateError, match="2 snapshots begin with 1: 1a, 1b"):
        chosen(read(both), "1")


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(OperateError, match="cannot be read"):
        read("Fatal: something\n")


def test_sizes_are_short() -> None:
    assert [size(each) for each in (0, 1023, 1024, 10 * 1024, 5 * 2**30)] == [
        *("0 B", "1023 B", "1.0 KiB", "10 KiB", "5.0 GiB"),
    ]
