"""What speaks TLS in a test would trust nobody, and reads no authorities to find that out."""

from __future__ import annotations

import ssl
import subprocess
import sys


def test_no_authority_is_read() -> None:
    assert ssl.create_default_context().get_ca_certs() == []


def test_nor_by_a_process_of_a_test() -> None:
    program = "import ssl; print(ssl.create_default_context().get_ca_certs())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"
