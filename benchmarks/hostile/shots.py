"""One file to send, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Expectation = Literal["any", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A file.

    Args:
        name: What tells it from the others of its set; sent as its file name.
        content: The file, or a whole body where `content_type` is given.
        content_type: Of the body; by default the file is a part of a form.
        expected: What must become of it.
        head: Headers, as they go over the wire: `content` is then what follows them.
    """

    name: str
    content: bytes = field(repr=False)
    content_type: str | None = None
    expected: Expectation = "any"
    head: bytes | None = None
