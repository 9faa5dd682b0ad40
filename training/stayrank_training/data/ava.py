"""The label file of AVA: `AVA.txt`, one photo a line, fifteen numbers.

    index image_id votes_for_1 … votes_for_10 semantic_tag_1 semantic_tag_2 challenge

Reference:
    Murray, Marchesotti and Perronnin, "AVA: A Large-Scale Database for Aesthetic Visual
    Analysis", CVPR 2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stayrank_common.errors import DatasetError
from stayrank_training.data.votes import Votes, read_label_file, refuse_twice, write_label_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FIELDS = 15


def read_ava(path: Path) -> list[Votes]:
    """Read `AVA.txt`.

    Raises:
        DatasetError: If a line is malformed, or a photo stands there twice.
    """
    votes = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    try:
                        votes.append(_votes(line.split()))
                    except ValueError as error:
                        raise DatasetError(f"{path}:{number}: {error}") from error
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text: {error}") from error
    if not votes:
        raise DatasetError(f"{path}: holds no photo")
    return refuse_twice(path, votes)


def write_ava(path: Path, votes: Iterable[Votes]) -> None:
    """Write `AVA.txt`.

    Raises:
        DatasetError: If an id has spaces, or votes are no whole numbers.
    """
    lines = []
    for index, one in enumerate(votes, start=1):
        if len(one.image_id.split()) != 1:
            raise DatasetError(f"{path}: AVA.txt cannot hold the id {one.image_id!r} (spaces)")
        if not all(float(count).is_integer() for count in one.counts):
            raise DatasetError(f"{path}: AVA.txt holds whole votes; {one.image_id} has frequencies")
        counts = [int(count) for count in one.counts]
        numbers = (index, one.image_id, *counts, *one.semantic_tags, one.challenge)
        lines.append(" ".join(map(str, numbers)) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def convert(source: Path, target: Path) -> int:
    """Turn `AVA.txt` into JSON labels, or back; what the files end with says which.

    JSON labels hold neither the index nor semantic tags nor challenges; `AVA.txt` written from
    them says 0.

    Returns:
        How many photos there are.

    Raises:
        DatasetError: If a file ends with neither `.txt` nor `.json`, or is malformed.
    """
    readers = {".txt": read_ava, ".json": read_label_file}
    writers = {".txt": write_ava, ".json": write_label_file}
    for path in (source, target):
        if path.suffix not in readers:
            raise DatasetError(f"{path}: expected a name that ends with .txt (AVA) or .json")
    votes = readers[source.suffix](source)
    writers[target.suffix](target, votes)
    return len(votes)


def _votes(fields: list[str]) -> Votes:
    if len(fields) != _FIELDS:
        raise ValueError(f"expected {_FIELDS} numbers, got {len(fields)}")
    _, image_id, *numbers = fields
    counts = [int(number) for number in numbers]
    first, second, challenge = counts[10:]
    return Votes(image_id, tuple(counts[:10]), (first, second), challenge)
