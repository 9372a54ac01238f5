"""The one error of the operator's commands: a sentence for the person at the terminal."""


class OperateError(Exception):
    """What is wrong, what is allowed and what to do, in one sentence; `code` becomes the exit code."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
