import pytest

from components.machines.machine import Profile
from stacks.machines import ssh_arguments
from tests.stacks.config.given import SSH, Given


@pytest.mark.parametrize(("kernel", "profile"), [("own", Profile.MACHINE), ("shared", Profile.LAB)])
def test_hosts_on_a_shared_kernel_are_told_to_live_with_it(kernel: str, profile: Profile) -> None:
    given = Given(SSH)
    given.hosts["kernel"] = kernel
    assert {node.profile for node in ssh_arguments(given.load()).nodes} == {profile}
