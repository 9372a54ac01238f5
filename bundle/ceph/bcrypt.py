"""bcrypt for the Ceph manager: hashes of the C library's crypt(3), instead of Debian's python3-bcrypt.

The manager loads each of its modules in an interpreter of its own. Debian's module is written in Rust and refuses to
be loaded in a second one, and then no module of the manager that imports it works. This one is in plain Python. It has
what the manager calls: `gensalt`, `hashpw` and `checkpw`.
"""

import ctypes
import hmac

_CRYPT = ctypes.CDLL("libcrypt.so.1", use_errno=True)
_CRYPT.crypt_gensalt.restype = ctypes.c_char_p
_CRYPT.crypt_gensalt.argtypes = (ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_int)
_CRYPT.crypt_rn.restype = ctypes.c_char_p
_CRYPT.crypt_rn.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
_DATA = 32768
"""The size of the C library's struct crypt_data."""
_LONGEST = 72
"""The method looks at no more bytes of a password; the module that this stands for cuts it there too."""


def gensalt(rounds: int = 12, prefix: bytes = b"2b") -> bytes:
    """A fresh salt with the cost in it. Raises ValueError for a cost or a prefix that the C library does not take."""
    # Without bytes of ours it takes the kernel's random ones.
    made = _CRYPT.crypt_gensalt(b"$" + prefix + b"$", rounds, None, 0)
    if made is None:
        raise ValueError(f"no salt with prefix {prefix!r} and {rounds} rounds")
    return bytes(made)


def hashpw(password: bytes, salt: bytes) -> bytes:
    """The hash of a password under a salt, or under a hash that has it. Raises ValueError for another kind of salt."""
    if b"\0" in password:
        raise ValueError("the password holds a NUL byte")
    if not salt.startswith(b"$2"):
        raise ValueError("Invalid salt")
    made = _CRYPT.crypt_rn(password[:_LONGEST], salt, ctypes.create_string_buffer(_DATA), _DATA)
    if made is None:
        raise ValueError("Invalid salt")
    return bytes(made)


def checkpw(password: bytes, hashed_password: bytes) -> bool:
    """Whether the password has this hash."""
    return hmac.compare_digest(hashpw(password, hashed_password), hashed_password)
