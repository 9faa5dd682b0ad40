"""The records that `--out` writes: a photo each, as JSON Lines or CSV."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from stayrank_common.cells import from_cell, to_cell
from stayrank_common.schemas import (
    AestheticResponse,
    AestheticResult,
    ModelInfo,
    PhotoFailure,
    TagResponse,
    TagResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Answer: TypeAlias = TagResponse | AestheticResponse
Result: TypeAlias = TagResult | AestheticResult | PhotoFailure
_VALUES: Mapping[type[Answer], Mapping[str, Callable[[Any], object]]] = {
    TagResponse: {
        "top_tag": attrgetter("top_tag"),
        "probability": lambda result: result.tags[0].probability,
        "rejected": attrgetter("rejected"),
    },
    AestheticResponse: {name: attrgetter(name) for name in ("mean", "std", "percentile")},
}


class Form(ABC):
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


class _Jsonl(Form):
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


class _Csv(Form):
    """A row a photo (RFC 4180); see `cells` for text that a spreadsheet would run."""

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
            record = dict(zip(self._columns, map(from_cell, row), strict=True))
            name, version, sha256 = (record[column] for column in self._columns[-3:])
            yield record["id"], ModelInfo(name=name, version=version, sha256=sha256)


FORMS: Mapping[str, type[Form]] = {".csv": _Csv, ".jsonl": _Jsonl}


def _row(values: Iterable[object]) -> str:
    text = io.StringIO(newline="")
    cells = (to_cell(value) if isinstance(value, str) else value for value in values)
    csv.writer(text).writerow(cells)
    return text.getvalue()
