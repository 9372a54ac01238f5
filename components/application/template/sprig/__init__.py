"""Sprig's functions as far as releases use them, with Sprig's own names and order of arguments.

Owns putting the parts together, and a sentence for those that cannot be had: what differs at every run, what asks the
machine that runs the program, what makes keys. Results are held against Sprig itself in the tests' table.
"""

from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from components.application.template.sprig.encodings import ENCODINGS
from components.application.template.sprig.lists import LISTS
from components.application.template.sprig.maps import MAPS
from components.application.template.sprig.numbers import NUMBERS
from components.application.template.sprig.regex import REGEX
from components.application.template.sprig.text import TEXT

_CHANCE: Final = "makes another value at every run; let `cmds` of the release make it, which stays"
_CLOCK: Final = "asks the clock; Now and NowFmt give the time of the release, which stays"
_MACHINE: Final = "asks the machine that deploys, which is not the appliance; take a config option"
_KEYS: Final = (
    "makes a key at every run; let the command `cert` of the release make it, which stays"
)
_WHY: Final = {
    **dict.fromkeys(
        ("randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randInt", "uuidv4", "shuffle"),
        _CHANCE,
    ),
    **dict.fromkeys(("now", "date", "ago", "htmlDate", "dateInZone", "unixEpoch"), _CLOCK),
    **dict.fromkeys(("env", "expandenv", "getHostByName"), _MACHINE),
    **dict.fromkeys(
        ("genPrivateKey", "genCA", "genSelfSignedCert", "genSignedCert", "bcrypt", "htpasswd"),
        _KEYS,
    ),
}


def _refused(name: str, why: str) -> Callable[..., object]:
    def refuse(*_: object) -> NoReturn:
        raise ValueError(f"{name} {why}")

    return refuse


SPRIG: Final[Mapping[str, Callable[..., object]]] = {
    **TEXT,
    **REGEX,
    **NUMBERS,
    **LISTS,
    **MAPS,
    **ENCODINGS,
    **{name: _refused(name, why) for name, why in _WHY.items()},
}
