"""`--out`: a record a photo, written as they come; what was stopped goes on from its file."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeAlias

import typer

from stayrank_cli.console import fail, printable, with_progress, writing
from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    ModelInfo,
    PhotoFailure,
    TagResponse,
    TagResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from stayrank_common.inputs import PhotoInput
    from stayrank_models.predictors import Predictor

Answer: TypeAlias = TagResponse | AestheticResponse
Result: TypeAlias = TagResult | AestheticResult | PhotoFailure
Out = Annotated[
    Path | None,
    typer.Option(
        dir_okay=False,
        help="Write results as they come: .jsonl or .csv. The same command goes on after a stop.",
    ),
]
_VALUES: Mapping[type[Answer], Mapping[str, Callable[[Any], object]]] = {
    TagResponse: {
        "top_tag": attrgetter("top_tag"),
        "probability": lambda result: result.tags[0].probability,
        "rejected": attrgetter("rejected"),
    },
    AestheticResponse: {name: attrgetter(name) for name in ("mean", "std", "percentile")},
}


class _Form(ABC):
    """How results stand in a file; each says by which model it is.

    Args:
        answer: What `--json` would print.
        model: The model that answers.
    """

    head = b""

    def __init__(self, answer: type[Answer], model: ModelInfo) -> None:
        self.answer = answer
        self.model = model

    @abstractmethod
    def write(self, result: Result) -> str:
        """Return the record of a result."""

    @abstractmethod
    def read(self, lines: Iterable[str]) -> Iterator[tuple[str, ModelInfo]]:
        """Give the id and the model of each record.

        Raises:
            ValueError, TypeError, csv.Error: At the first that `write` would not return.
        """


class _Jsonl(_Form):
    """The results of `--json`, one a line."""

    def write(self, result: Result) -> str:
        record = result.model_dump(mode="json", exclude={"embedding"})
        return json.dumps({**record, "model": self.model.model_dump()}) + "\n"

    def read(self, lines: Iterable[str]) -> Iterator[tuple[str, ModelInfo]]:
        for line in lines:
            record = {**json.loads(line)}
            model = record.pop("model", None)
            one = self.answer.model_validate({"model": model, "results": [record]})
            yield one.results[0].id, one.model


class _Csv(_Form):
    """A row a photo (RFC 4180)."""

    def __init__(self, answer: type[Answer], model: ModelInfo) -> None:
        super().__init__(answer, model)
        self._columns = ["id", *_VALUES[answer], "warnings", "error", "model", "version", "sha256"]
        self.head = _row(self._columns).encode()

    def write(self, result: Result) -> str:
        said: dict[str, object]
        if isinstance(result, PhotoFailure):
            said = {"error": f"{result.error.type}: {result.error.detail}"}
        else:
            said = {name: value(result) for name, value in _VALUES[self.answer].items()}
            said["warnings"] = " ".join(result.warnings)
        model = {"model": self.model.name, **self.model.model_dump(exclude={"name"})}
        record = {"id": result.id, **said, **model}
        return _row([record.get(column, "") for column in self._columns])

    def read(self, lines: Iterable[str]) -> Iterator[tuple[str, ModelInfo]]:
        for row in csv.reader(lines, strict=True):
            record = dict(zip(self._columns, row, strict=True))
            name, version, sha256 = row[-3:]
            yield record["id"], ModelInfo(name=name, version=version, sha256=sha256)


_FORMS: Mapping[str, type[_Form]] = {".csv": _Csv, ".jsonl": _Jsonl}


def check_out(path: Path, *, json: bool) -> None:
    """Refuse what cannot be done, before the models work in vain.

    Raises:
        typer.BadParameter: There is no such form, or the results are to be printed too.
    """
    if path.suffix.lower() not in _FORMS:
        raise typer.BadParameter(f"--out {path}: the name must end with one of {', '.join(_FORMS)}")
    if json:
        raise typer.BadParameter("goes without --json", param_hint="--out")


def write_batch(
    path: Path,
    photos: Sequence[PhotoInput],
    predictor: Predictor[TagResult] | Predictor[AestheticResult],
    answer: type[Answer],
) -> None:
    """Look at the photos that a file does not hold yet, and add each result as soon as it is there.

    Args:
        path: The file; its suffix says the form.
        photos: All, also those that the file holds.
        predictor: Looks at the others.
        answer: What `--json` would print.

    Raises:
        typer.BadParameter: The file cannot be written, or holds something else.
        typer.Exit: With 1 if no photo could be used, as without a file.
    """
    form = _FORMS[path.suffix.lower()](answer, predictor.info)
    written = failed = 0
    with writing(path), path.open("a+b") as file:
        held = _held(path, file, form)
        left = [photo for photo in photos if photo.id not in held]
        skipped = len(photos) - len(left)
        try:
            with closing(with_progress(predictor.stream(left), len(left), "Writing")) as results:
                for result in results:
                    file.write(form.write(result).encode())
                    file.flush()
                    written += 1
                    failed += isinstance(result, PhotoFailure)
        except KeyboardInterrupt:
            done = f"{skipped + written} of {len(photos)} photos are in {path}"
            fail(f"stopped; {done}, and the same command goes on", code=130)
    counts = f"{written} written, {failed} of them failed, {skipped} skipped"
    typer.echo(printable(f"Wrote {path}: {counts}"), err=True)
    if failed == len(photos):
        raise typer.Exit(1)


def _held(path: Path, file: BinaryIO, form: _Form) -> set[str]:
    """Read the ids in a file that is open at its end, and cut off a torn record there."""
    if not file.tell():
        file.write(form.head)
        return set()
    file.seek(0)
    ours = file.read(len(form.head)) == form.head
    whole = len(form.head)
    held: set[str] = set()
    # A line without its end is torn, also where it can be read.
    lines = (line.decode() for line in iter(file.readline, b"") if line.endswith(b"\n"))
    try:
        for photo_id, model in form.read(lines):
            if model != form.model:
                raise typer.BadParameter(
                    f"{path} holds answers of {_named(model)}, not of {_named(form.model)}: "
                    "name another file"
                )
            held.add(photo_id)
            whole = file.tell()
    except (ValueError, TypeError, csv.Error):
        ours &= not file.read(1)  # only the last may be torn
    if not (ours and whole):
        raise typer.BadParameter(
            f"{path} holds something else than what this command writes, "
            f"in record {len(held) + 1}: name another file"
        )
    file.truncate(whole)
    return held


def _named(model: ModelInfo) -> str:
    return f"{model.name} {model.version} ({model.sha256[:12]})"


def _row(values: Iterable[object]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue()
