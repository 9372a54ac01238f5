import pulumi
import pytest

from components.outputs import together


@pulumi.runtime.test
async def test_values_known_now_and_later_come_together_under_their_names() -> None:
    later = pulumi.Output.from_input("b")
    found = together({"now": "a", "number": 22, "none": None, "later": later})
    assert await found.future() == {"now": "a", "number": 22, "none": None, "later": "b"}


@pulumi.runtime.test
async def test_nothing_to_wait_for_is_no_fault() -> None:
    assert await together({"now": "a"}).future() == {"now": "a"}


@pulumi.runtime.test
async def test_one_secret_makes_all_of_it_secret() -> None:
    assert await together({"now": "a", "later": pulumi.Output.secret("b")}).is_secret()


@pulumi.runtime.test
async def test_a_plain_value_costs_no_output_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lifted: list[object] = []
    lift = pulumi.Output.from_input
    later = lift("b")

    def counted(value: object) -> pulumi.Output[object]:
        lifted.append(value)
        return lift(value)

    monkeypatch.setattr(pulumi.Output, "from_input", staticmethod(counted))
    together({**{f"key{number}": "a" for number in range(50)}, "later": later})
    assert lifted == [later]
