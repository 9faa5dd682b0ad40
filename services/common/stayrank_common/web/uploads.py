"""From a request to photos: multipart form, one raw image, or JSON with base64 or URLs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from stayrank_common.errors import (
    BodyTooLargeError,
    MalformedRequestError,
    PhotoError,
    TooManyPhotosError,
    UnsupportedMediaTypeError,
)
from stayrank_common.fetching import Fetcher
from stayrank_common.inputs import PhotoInput, check_photos, decode_base64
from stayrank_common.schemas import ImageReference
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.forms import JsonPhotos, JsonUpload, Upload

_FIELD_MAX_BYTES = 64 * 1024
_FETCHES = 16  # URLs of one call at the same time
_MEDIA_TYPES = [f"image/{name}" for name in ("jpeg", "png", "webp", "gif", "bmp", "tiff", "avif")]


async def upload_of(request: Request) -> Upload:
    """Read the photos of a request and the options beside them.

    Raises:
        RequestError: As for `photos_of`, or the options are not JSON.
    """
    settings: ServiceSettings = request.app.state.settings
    upload = await _read(request, settings, JsonUpload)
    check_photos(upload.photos, settings.max_photos)
    return upload


async def photos_of(request: Request) -> list[PhotoInput]:
    """Read the photos of a request; their content is not looked at yet.

    Raises:
        RequestError: The body is of no known type, malformed, too large, empty, holds too many
            photos, or two of them carry the same id.
    """
    settings: ServiceSettings = request.app.state.settings
    photos = (await _read(request, settings, JsonPhotos)).photos
    check_photos(photos, settings.max_photos)
    return photos


async def photo_of(request: Request) -> PhotoInput:
    """Read the only photo of a request, in the same forms.

    Raises:
        RequestError: As above; also where there are more photos than one.
    """
    settings: ServiceSettings = request.app.state.settings
    only = settings.model_copy(update={"max_photos": 1})
    photos = (await _read(request, only, JsonPhotos)).photos
    check_photos(photos, max_photos=1)
    return photos[0]


async def _read(request: Request, settings: ServiceSettings, form: type[JsonPhotos]) -> Upload:
    """Read a request; `form` says whether options may come with the photos."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = capped(request, settings.max_body_bytes)
    if media_type == "multipart/form-data":
        return await _from_form(request, body, settings, options=form is JsonUpload)
    if media_type == "application/json":
        content = b"".join([chunk async for chunk in body])
        fetcher = Fetcher(
            settings.allowed_hosts,
            settings.fetch_timeout_s,
            settings.max_photo_bytes,
            settings.max_body_bytes,
        )
        return await _from_json(content, settings.max_photos, fetcher, form)
    if media_type.startswith("image/"):
        content = b"".join([chunk async for chunk in body])
        return Upload([PhotoInput("0", content)], None)
    raise UnsupportedMediaTypeError(
        f"content type {media_type or 'missing'!r}; send multipart/form-data (field `files`), "
        "one image/*, or application/json"
    )


Uploaded = Annotated[Upload, Depends(upload_of)]
Photos = Annotated[list[PhotoInput], Depends(photos_of)]
OnePhoto = Annotated[PhotoInput, Depends(photo_of)]


async def capped(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it comes in; stops reading as soon as it is too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
        raise BodyTooLargeError(limit)
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise BodyTooLargeError(limit)
            yield chunk
    except ClientDisconnect as error:
        raise MalformedRequestError("the body ends early") from error


class _InMemoryParser(MultiPartParser):
    """Keeps files in memory: the body as a whole is capped, and a disk may be read-only."""

    spool_max_size = 2**40
    _complete = False

    def on_end(self) -> None:
        """Called at the closing boundary."""
        self._complete = True

    async def parse(self) -> FormData:
        """Read the form; one without a closing boundary may lack its last photos."""
        self.stream = self._whole(self.stream)
        return await super().parse()

    async def _whole(self, stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for chunk in stream:
            yield chunk
        if not self._complete:
            raise MultiPartException("it has no closing boundary")


async def _from_form(
    request: Request, body: AsyncIterator[bytes], settings: ServiceSettings, *, options: bool
) -> Upload:
    parser = _InMemoryParser(
        request.headers,
        body,  # type: ignore[arg-type] # any async iterator does
        max_files=settings.max_photos,
        max_fields=8,
        max_part_size=_FIELD_MAX_BYTES,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        if error.message.startswith("Too many files"):
            raise TooManyPhotosError(settings.max_photos) from error
        raise MalformedRequestError(f"the form cannot be read: {error.message}") from error
    except (KeyError, ValueError, AssertionError) as error:  # python-multipart on odd headers
        raise MalformedRequestError("the form cannot be read") from error
    try:
        photos: list[PhotoInput] = []
        given: list[Any] = []
        for name, part in form.multi_items():
            if name == "options" and options and not given:
                given.append(_parsed(await part.read() if isinstance(part, UploadFile) else part))
            elif name == "files" and isinstance(part, UploadFile):
                photos.append(PhotoInput(part.filename or str(len(photos)), await part.read()))
            else:
                raise MalformedRequestError(
                    f"unexpected form field {name!r}; send each photo as a file named `files`"
                )
        return Upload(photos, given[0] if given else None)
    finally:
        await form.close()


def _parsed(options: str | bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(options)
    except (ValueError, RecursionError) as error:
        raise MalformedRequestError(f"options: not JSON: {error}") from error


async def _from_json(
    content: bytes, max_photos: int, fetcher: Fetcher, form: type[JsonPhotos]
) -> Upload:
    try:  # megabytes of base64: not on the event loop
        parsed = await asyncio.to_thread(form.model_validate_json, content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "too_long":
            raise TooManyPhotosError(max_photos) from error
        place = ".".join(map(str, first["loc"])) or "body"
        raise MalformedRequestError(f"{place}: {first['msg']}") from error
    if len(parsed.images) > max_photos:  # before anything is fetched
        raise TooManyPhotosError(max_photos)
    slots = asyncio.Semaphore(_FETCHES)
    sources = await asyncio.gather(*(_source(image, fetcher, slots) for image in parsed.images))
    photos = [
        PhotoInput(image.id if image.id is not None else str(position), source)
        for position, (image, source) in enumerate(zip(parsed.images, sources, strict=True))
    ]
    return Upload(photos, parsed.options if isinstance(parsed, JsonUpload) else None)


async def _source(
    image: ImageReference, fetcher: Fetcher, slots: asyncio.Semaphore
) -> bytes | PhotoError:
    try:
        if image.data is not None:
            return await asyncio.to_thread(decode_base64, image.data)
        async with slots:
            return await fetcher.fetch(image.url or "")
    except PhotoError as error:
        return error


def request_body(
    example: str, *, single: bool = False, options: str | None = None
) -> dict[str, Any]:
    """Describe the three forms of a request for the OpenAPI document of an operation.

    Args:
        example: Base64 of a small picture, so that the documentation can be tried out.
        single: Whether the operation takes exactly one photo.
        options: Name of the document's schema of what may come beside the photos; none by default.
    """
    extra = {"options": {"$ref": f"#/components/schemas/{options}"}} if options else {}
    count = {"minItems": 1, "maxItems": 1} if single else {"minItems": 1}
    binary = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "properties": {"files": {"type": "array", "items": binary, **count}} | extra,
        "required": ["files"],
        "additionalProperties": False,
    }
    properties = ImageReference.model_json_schema()["properties"]
    references = [
        {
            "type": "object",
            "properties": {"id": properties["id"]["anyOf"][0], source: {"type": "string"} | kind},
            "required": [source],
            "additionalProperties": False,
        }
        for source, kind in (("data", {"format": "byte"}), ("url", {"format": "uri"}))
    ]
    json_schema = {
        "type": "object",
        "properties": {"images": {"type": "array", "items": {"anyOf": references}, **count}}
        | extra,
        "required": ["images"],
        "additionalProperties": False,
    }
    images = {"images": [{"id": "room-12", "data": example}]}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/json": {"schema": json_schema, "example": images},
                **{media_type: {"schema": binary} for media_type in _MEDIA_TYPES},
            },
        }
    }
