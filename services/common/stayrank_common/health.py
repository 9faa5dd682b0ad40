"""Whether the service in this container is ready: `python -m stayrank_common.health PORT`.

Container engines run it every few seconds, in images that hold no curl: the standard library only.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection, HTTPException

_TIMEOUT_S = 4


def unready(port: int) -> str | None:
    """Ask the service on this machine for `/readyz`.

    Args:
        port: Where it listens.

    Returns:
        Why it is not ready; None where it is.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return None if response.status == 200 else response.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        return f"no answer on port {port}: {error}"
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(unready(int(sys.argv[1])))
