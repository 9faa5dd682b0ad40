"""Ports: listening on one, or saying why that cannot be."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from stayrank_common.errors import ConfigurationError


@contextmanager
def listening(name: str, host: str, port: int) -> Iterator[socket.socket]:
    """Listen on a port.

    Args:
        name: The service that needs it.
        host: Address to listen on.
        port: Of that address.

    Raises:
        ConfigurationError: It is taken, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except (TypeError, UnicodeError) as error:  # `ü..de`: Python cannot even look it up
            raise ConfigurationError(
                f"{host!r} is not the name of a host; choose another --host"
            ) from error
        except OSError as error:
            elsewhere = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
            setting = "--host" if elsewhere else f"--port or {name.upper()}_PORT"
            raise ConfigurationError(
                f"the {name} service needs {host}:{port}: {error.strerror}; "
                f"choose another {setting}"
            ) from error
        yield listener


def check_free(name: str, host: str, port: int) -> None:
    """Check that a port can be listened on; see `listening`."""
    with listening(name, host, port):
        pass
