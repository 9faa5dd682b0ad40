"""`stayrank serve`: run one service, or the whole stack."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stayrank_common.errors import ConfigurationError


class Service(StrEnum):
    """What can be served."""

    TAGGER = "tagger"
    AESTHETIC = "aesthetic"
    GALLERY = "gallery"
    ALL = "all"


class LogLevel(StrEnum):
    """How much a service tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


_LAST_PORT = 65535
PORTS = {Service.GALLERY: 8000, Service.TAGGER: 8001, Service.AESTHETIC: 8002}


def port_of(service: Service) -> int:
    """Return the port that `GALLERY_PORT`, `TAGGER_PORT` or `AESTHETIC_PORT` gives, or the usual.

    Kubernetes gives pods a variable of that name too, with an address (`tcp://…`) in it.

    Raises:
        ConfigurationError: It is no port.
    """
    variable = f"{service.value.upper()}_PORT"
    given = os.environ.get(variable, "")
    if not given or "://" in given:
        return PORTS[service]
    if re.fullmatch("[0-9]{1,5}", given) and 1 <= int(given) <= _LAST_PORT:
        return int(given)
    raise ConfigurationError(f"{variable}: {given!r} is no port; give 1 to {_LAST_PORT}")


def serve(
    service: Annotated[Service, typer.Argument(help="Which one.")] = Service.ALL,
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=_LAST_PORT - 2,
            help="Port; of `all`: the gallery's, the others take the next two. "
            "By default GALLERY_PORT, TAGGER_PORT, AESTHETIC_PORT, or 8000, 8001, 8002.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    log_level: Annotated[
        LogLevel,
        typer.Option(help="`debug` tells probes too, `info` every call, `warning` only trouble."),
    ] = LogLevel.INFO,
    sample: Annotated[
        Path | None,
        typer.Option(file_okay=False, exists=True, help="Photos to rank once `all` are ready."),
    ] = None,
) -> None:
    """Serve until Ctrl-C: the gallery on 8000, the tagger on 8001, the aesthetic model on 8002."""
    if service is Service.ALL:
        from stayrank_cli.stack import run_stack

        ports = {
            name.value: port + offset if port else port_of(name)
            for offset, name in enumerate(PORTS)
        }
        run_stack(host, ports, sample)
        return
    if sample:
        raise typer.BadParameter("--sample goes with `all`")

    from stayrank_common.ports import check_free
    from stayrank_common.web.server import serve as run

    port = port or port_of(service)
    check_free(service.value, host, port)
    if service is Service.TAGGER:
        from stayrank_tagger.app import create_app
    elif service is Service.AESTHETIC:
        from stayrank_aesthetic.app import create_app  # type: ignore[assignment]
    else:
        from stayrank_gallery.app import create_app  # type: ignore[assignment]
    with _readable_settings(service):
        app = create_app()
    run(app, host, port, log_level=log_level.value)


@contextmanager
def _readable_settings(service: Service) -> Iterator[None]:
    """Name the variable that is wrong, rather than pydantic's idea of it."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    prefix = f"{service.value.upper()}_"
    try:
        yield
    except ValidationError as error:
        wrong = (
            f"{prefix}{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        )
        raise ConfigurationError("; ".join(wrong)) from error
    except SettingsError as error:  # only lists are parsed before they are validated
        field = re.search(r'field "(\w+)"', str(error))
        name = f"{prefix}{field[1].upper()}" if field else str(error)
        example = '["img.example.com"]'
        raise ConfigurationError(f"{name}: not JSON; a list looks like {example}") from error
