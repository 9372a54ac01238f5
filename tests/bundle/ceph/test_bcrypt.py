"""What the Ceph manager calls of bcrypt; the hashes are known answers of the method (crypt_blowfish's own tests)."""

import pytest

from bundle.ceph import bcrypt


@pytest.mark.parametrize(
    ("password", "hashed"),
    [
        (b"U*U", b"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        (b"U*U*U", b"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    ],
)
def test_a_known_password_has_its_known_hash(password: bytes, hashed: bytes) -> None:
    assert bcrypt.hashpw(password, hashed[:29]) == hashed
    assert bcrypt.checkpw(password, hashed)
    assert not bcrypt.checkpw(password + b"!", hashed)


def test_two_salts_are_never_equal_and_carry_the_cost() -> None:
    one, two = bcrypt.gensalt(4), bcrypt.gensalt(4)
    assert one != two
    assert one.startswith(b"$2b$04$")
    assert bcrypt.checkpw(b"secret", bcrypt.hashpw(b"secret", one))


def test_what_is_no_salt_of_the_method_is_refused() -> None:
    for salt in (b"", b"$1$abc$", b"$2b$05$short"):
        with pytest.raises(ValueError, match="Invalid salt"):
            bcrypt.hashpw(b"secret", salt)
    with pytest.raises(ValueError, match="no salt with"):
        bcrypt.gensalt(99)


def test_a_password_with_a_nul_byte_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="NUL"):
        bcrypt.hashpw(b"a\0b", bcrypt.gensalt(4))
