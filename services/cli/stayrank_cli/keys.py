"""`stayrank keys`: API keys."""

from __future__ import annotations

import os
from typing import Annotated

import typer

VARIABLE = "STAYRANK_KEY"

app = typer.Typer(help="API keys.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Keep `new` a word of its own."""


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Whom it is for; logs name it.")],
    rate: Annotated[
        float | None,
        typer.Option(min=0.001, max=100_000, help="Photos a second; without, no limit."),
    ] = None,
    burst: Annotated[
        int | None, typer.Option(min=1, help="Photos at once; by default those of 20 seconds.")
    ] = None,
) -> None:
    """Make a key: tells it once, on stderr, and prints the line for the file of keys.

    stayrank keys new shop --rate 20 >> keys.txt
    """
    from stayrank_common.errors import ConfigurationError
    from stayrank_common.keys import digest, new_key, parse_keys

    if burst and rate is None:
        raise typer.BadParameter("--burst goes with --rate")
    key = new_key()
    line = f"{name} {digest(key)}"
    if rate is not None:
        line += f" {round(rate, 3):g} {burst or max(1, round(20 * rate))}"
    try:
        parse_keys(line, "the new key")
    except ConfigurationError as error:
        raise typer.BadParameter(
            "a name has 1 to 64 letters, digits, dots, dashes or underscores"
        ) from error
    typer.echo(line)
    typer.echo(f"The key of {name}, which cannot be seen again: {key}", err=True)


def key_header() -> dict[str, str]:
    """The key to call services with, where the environment holds one."""
    key = os.environ.get(VARIABLE)
    return {"Authorization": f"Bearer {key}"} if key else {}
