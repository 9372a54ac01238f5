"""What is wrong with a template, and at which line.

Owns the exception. Does not own the file's name or the document's number: who renders a file adds them.
"""


class TemplateError(Exception):
    """One fault of a template: the line in the text that was rendered, from 1, and a sentence."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line
        self.text = text
