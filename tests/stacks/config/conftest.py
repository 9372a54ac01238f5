"""Configurations to start from, as fixtures."""

import pytest

from tests.stacks.config.given import LOCAL, SSH, Given


@pytest.fixture
def local() -> Given:
    return Given(LOCAL)


@pytest.fixture
def ssh() -> Given:
    return Given(SSH)
