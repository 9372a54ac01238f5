import json

from bench.recorded import commands, of_plan
from tests.bench.recording import ACCESS, HOST, PODS, PROVIDER, RESOURCES, ROLE, document, recorded


def test_the_stack_and_the_engines_own_providers_are_not_registered_by_a_program() -> None:
    assert [each.name for each in recorded()] == [
        "n1-host",
        "n1-script",
        "n1-member",
        "control-plane-kubeconfig",
        "provider",
        "weave-role",
        "weave-daemon-set",
    ]


def test_secrets_are_read_as_the_values_that_they_hide() -> None:
    found = {each.urn: each for each in recorded()}
    assert found[ACCESS].inputs["connection"] == {"host": "10.0.0.1"}
    assert found[ACCESS].outputs["stdout"] == "credentials"


def test_an_object_needs_its_provider_before_it() -> None:
    found = {each.urn: each for each in recorded()}
    assert found[ROLE].provider == PROVIDER
    assert found[PODS].needs >= {PROVIDER, ROLE}


def test_commands_and_copies_are_counted_and_objects_are_not() -> None:
    assert commands(recorded()) == 4


def test_a_plan_is_read_in_an_order_in_which_it_can_be_registered() -> None:
    plans = {
        each["urn"]: {"goal": {**each, "inputDiff": {"adds": each.get("inputs")}}}
        for each in sorted(RESOURCES, key=lambda each: str(each["urn"]))
    }
    planned = of_plan(json.dumps({"resourcePlans": plans}))
    place = {each.urn: index for index, each in enumerate(planned)}
    assert len(planned) == len(recorded())
    for each in planned:
        assert all(place[urn] < place[each.urn] for urn in each.needs & place.keys())
    assert next(each for each in planned if each.urn == HOST).inputs == {"create": "make"}


def test_a_providers_own_notes_are_no_inputs() -> None:
    noted = document(HOST, inputDiff={"adds": {"__internal": {}, "create": "make"}})
    planned = of_plan(json.dumps({"resourcePlans": {HOST: {"goal": noted}}}))
    assert planned[0].inputs == {"create": "make"}
