"""The one way in which a measurement ends early."""


class BenchError(Exception):
    """Something that was to be measured failed; the message says what and how it ended."""
