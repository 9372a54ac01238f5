import pulumi
import pytest
from pulumi.runtime.settings import SETTINGS

from components.outputs import together


@pulumi.runtime.test
async def test_values_known_now_and_later_come_together_under_their_names() -> None:
    later = pulumi.Output.from_input("b")
    found = together({"now": "a", "number": 22, "none": None, "later": later}, dict)
    assert await found.future() == {"now": "a", "number": 22, "none": None, "later": "b"}


@pulumi.runtime.test
async def test_nothing_to_wait_for_is_no_fault() -> None:
    assert await together({"now": "a"}, dict).future() == {"now": "a"}


@pulumi.runtime.test
async def test_one_secret_makes_all_of_it_secret() -> None:
    assert await together({"now": "a", "later": pulumi.Output.secret("b")}, dict).is_secret()
    assert not await together({"later": pulumi.Output.from_input("b")}, dict).is_secret()


@pulumi.runtime.test
async def test_nothing_is_made_of_what_is_not_known_yet() -> None:
    made: list[object] = []
    unknown: pulumi.Output[object] = pulumi.Output.from_input(pulumi.UNKNOWN)
    found = together({"now": "a", "later": unknown}, made.append)
    assert not await found.is_known()
    assert not made


@pytest.mark.usefixtures("engine")
@pulumi.runtime.test
async def test_it_depends_on_all_that_its_values_depend_on() -> None:
    first, second = (pulumi.ComponentResource("test:a:B", name) for name in ("a", "b"))
    found = together({"first": first.urn, "second": second.urn}, dict)
    assert await found.resources() == {first, second}


@pulumi.runtime.test
async def test_what_fails_while_it_is_made_says_so_once(recwarn: pytest.WarningsRecorder) -> None:
    def failing(_: object) -> None:
        raise ValueError("an address is missing")

    with pytest.raises(ValueError, match="an address is missing"):
        await together({"later": pulumi.Output.from_input("b")}, failing).future()
    SETTINGS.outputs.clear()
    assert not recwarn.list


@pulumi.runtime.test
async def test_all_of_it_costs_one_output() -> None:
    later = {str(number): pulumi.Output.from_input("b") for number in range(9)}
    before = len(SETTINGS.outputs)
    together(later, dict)
    assert len(SETTINGS.outputs) == before + 1
