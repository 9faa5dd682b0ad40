"""Ports: whether a service will be able to listen."""

from __future__ import annotations

import errno
import socket

from stayrank_common.errors import StayRankError


class StackError(StayRankError):
    """The services cannot be started, or one of them stopped."""


def check_free(name: str, host: str, port: int) -> None:
    """Check that a port can be listened on.

    Raises:
        StackError: It is taken, or the address is not one of this machine.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (TypeError, UnicodeError) as error:  # `ü..de`: Python cannot even look it up
            raise StackError(
                f"{host!r} is not the name of a host; choose another --host"
            ) from error
        except OSError as error:
            elsewhere = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
            raise StackError(
                f"the {name} service needs {host}:{port}: {error.strerror}; "
                f"choose another {'--host' if elsewhere else '--port'}"
            ) from error
