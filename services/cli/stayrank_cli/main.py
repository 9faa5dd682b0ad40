"""The `stayrank` command. Verbs stand in the order in which a newcomer meets them."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from importlib.metadata import version as installed
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from stayrank_cli import (
    audit,
    data,
    doctor,
    evaluate,
    explain,
    keys,
    models,
    rank,
    score,
    serve,
    tag,
    train,
)
from stayrank_cli import filter as feed_filter
from stayrank_cli.console import drop_output, fail
from stayrank_common.errors import StayRankError

app = typer.Typer(
    help="Tags, scores and orders hotel photos.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("rank")(rank.rank)
app.command("audit")(audit.audit)
app.command("tag")(tag.tag)
app.command("score")(score.score)
app.command("filter")(feed_filter.filter_photos)
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)
app.add_typer(keys.app, name="keys")
app.add_typer(explain.app, name="explain")
app.add_typer(models.app, name="models")
app.add_typer(data.app, name="data")
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="evaluate")


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the release.")] = False,
) -> None:
    if version:
        typer.echo(f"stayrank {installed('stayrank')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command; errors that a user can mend are one line and exit 1, bad usage exit 2."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets at length
    # What Pillow says of a large photo, the limit on pixels says better.
    warnings.filterwarnings("ignore", "Image size .* could be decompression bomb")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # and warns of a trace for each fold
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk can still be told
    except TyperException as error:
        fail(error.format_message(), code=2)
    except StayRankError as error:
        fail(str(error), code=1)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("stayrank"):
            raise
        fail(f"{error.name} is not installed: make install, or pip install 'stayrank[train]'", 1)
    except OSError as error:
        if error.errno is None:  # a library's, about anything
            raise
        if not error.filename:
            drop_output()
        fail(f"{error.filename or 'cannot write the answer'}: {error.strerror}", code=1)
    except (Abort, KeyboardInterrupt):
        fail("stopped", code=130)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
