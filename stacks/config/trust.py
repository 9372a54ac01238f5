"""Certificate authorities of the user's own.

Owns the path of their file. Does not own what is in it: `stacks/trust.py` reads it.
"""

from pydantic import Field

from stacks.config.schema import FilePath, Settings


class Trust(Settings):
    """`trust`: whom hosts believe besides the authorities of their system."""

    ca_file: FilePath | None = Field(
        default=None,
        title="the path of a PEM file",
        description="Certificate authorities, one or more, that go into every host's store: of a proxy that opens TLS, "
        "or of mirrors inside a company.",
        examples=["certificates/company.pem"],
    )
