"""The one error of the lab's hosts."""


class LabError(Exception):
    """What is wrong, what is allowed and what to do, in one sentence for the person at the terminal."""
