"""The ports of every host that the ingress takes.

Owns the two numbers, which also those need who only look at hosts. Does not own who serves them.
"""

from typing import Final

HTTP: Final = 80
HTTPS: Final = 443
EVERY: Final = (HTTP, HTTPS)
