"""The file of `trust.caFile`: read once, here, since its text goes to the hosts.

Owns what may be in it. Does not own how hosts come to trust it (the node script, components/cluster/trust.py).
"""

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from stacks.config import Configuration


def authorities(configuration: Configuration) -> str:
    """The certificates as PEM, one after the other and nothing else; empty without a file.

    Raises ValueError with the end of a sentence that begins with the file's name.
    """
    file = configuration.trust.ca_file
    if file is None:
        return ""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}); give a file of PEM") from None
    if b"PRIVATE KEY-----" in data:
        raise ValueError("holds a private key, which must not go to hosts; give certificates alone")
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError:
        raise ValueError("is no PEM of certificates; give one or more, as text") from None
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in found)


def faults(configuration: Configuration) -> Iterator[str]:
    """What is wrong with the file."""
    try:
        authorities(configuration)
    except ValueError as error:
        yield f"trust.caFile: {configuration.trust.ca_file} {error}"
