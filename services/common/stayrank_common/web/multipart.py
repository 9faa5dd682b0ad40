"""A multipart form, read piece by piece as it comes in, in memory and without waiting.

Of a photo that is larger than it may be, nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from stayrank_common.errors import MalformedRequestError, TooManyPhotosError
from stayrank_common.web.buffers import Buffer

_MAX_FIELDS = 8
_MAX_FIELD_BYTES = 64 * 1024


@dataclass(slots=True)
class Part:
    """A part of a form.

    Args:
        name: Of the field.
        filename: None where the part is no file.
        size: Bytes that came.
        content: What was kept of them: nothing of a file that is too large.
    """

    name: str
    filename: str | None
    size: int = 0
    content: Buffer = field(default_factory=Buffer, repr=False)


class FormReader:
    """Takes in a form; the parser bounds the headers of a part (8 of 4 KiB).

    Args:
        content_type: Of the request; names the boundary.
        max_photos: How many files there may be.
        max_photo_bytes: Size of a file; of a larger one only its size is known in the end.

    Raises:
        MalformedRequestError: No usable boundary is named.
    """

    def __init__(self, content_type: str, max_photos: int, max_photo_bytes: int) -> None:
        self._max_photos, self._max_photo_bytes = max_photos, max_photo_bytes
        self._files = 0
        self._parts: list[Part] = []
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._ended = False
        self._delimiters = 0
        _, parameters = parse_options_header(content_type)
        if not parameters.get(b"boundary"):
            raise MalformedRequestError("the form cannot be read: its boundary is missing")
        self._delimiter = b"\r\n--" + parameters[b"boundary"]
        try:
            self._parser = MultipartParser(
                parameters[b"boundary"],
                {
                    "on_header_field": self._take_header_field,
                    "on_header_value": self._take_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._begin_part,
                    "on_part_data": self._take_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise MalformedRequestError(f"the form cannot be read: {error}") from error

    def feed(self, chunk: bytes) -> None:
        """Take in what came next.

        Raises:
            MalformedRequestError: It cannot be the next piece of a form of photos.
            TooManyPhotosError: There are more files than `max_photos`.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise MalformedRequestError(f"the form cannot be read: {error}") from error
        # Where it ends no part, the parser stops at each in Python, on the event loop.
        self._delimiters += chunk.count(self._delimiter)
        if self._delimiters > self._max_photos + _MAX_FIELDS + 1:
            raise MalformedRequestError("the form cannot be read: its boundary stands within parts")

    def parts(self) -> list[Part]:
        """All parts, in order.

        Raises:
            MalformedRequestError: The closing boundary is missing: there may have been more.
        """
        if not self._ended:
            raise MalformedRequestError("the form cannot be read: it has no closing boundary")
        return self._parts

    def _take_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _begin_part(self) -> None:
        _, parameters = parse_options_header(self._disposition)
        self._disposition = b""
        if b"name" not in parameters:
            raise MalformedRequestError("the form cannot be read: a part has no name")
        filename = parameters.get(b"filename")
        part = Part(_text(parameters[b"name"]), None if filename is None else _text(filename))
        self._files += part.filename is not None
        if self._files > self._max_photos:
            raise TooManyPhotosError(self._max_photos)
        self._parts.append(part)
        if len(self._parts) - self._files > _MAX_FIELDS:
            raise MalformedRequestError(f"the form has more than {_MAX_FIELDS} fields")

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        part.size += end - start
        if part.filename is None and part.size > _MAX_FIELD_BYTES:
            raise MalformedRequestError(
                f"the field {part.name[:40]!r} has more than {_MAX_FIELD_BYTES:,} bytes"
            )
        if part.size > self._max_photo_bytes:
            part.content.clear()
        else:
            part.content.add(data[start:end])

    def _end(self) -> None:
        self._ended = True


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
