"""A run of the tests knows no certificate authorities: nothing in it speaks TLS to anybody. A plugin, see
`tests.conftest`.

PyMySQL gets ready for TLS at every connection, also to a server that offers none. Where OpenSSL's authorities are in
one file, it reads all of them each time: 40 ms of work, more than most tests of the store do otherwise.
"""

from __future__ import annotations

import os

FILE = "SSL_CERT_FILE"
"""OpenSSL's name for the file with the authorities, in the environment."""


def pytest_configure() -> None:
    """Every process that a test starts inherits it."""
    os.environ[FILE] = os.devnull
