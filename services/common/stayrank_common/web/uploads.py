"""From a request to photos: multipart form, one raw image, or JSON with base64 or URLs."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import ValidationError
from pydantic_core import from_json

from stayrank_common.deadlines import REQUEST_TIMEOUT
from stayrank_common.errors import (
    MalformedRequestError,
    OversizedPhotoError,
    PhotoError,
    TooManyPhotosError,
    UnsupportedMediaTypeError,
)
from stayrank_common.fetching import Fetcher
from stayrank_common.inputs import PhotoInput, check_photos, decode_base64
from stayrank_common.schemas import ImageReference
from stayrank_common.settings import ServiceSettings
from stayrank_common.stages import record
from stayrank_common.web.access import charge
from stayrank_common.web.bodies import body_of, check_values, whole_body_of
from stayrank_common.web.buffers import Buffer
from stayrank_common.web.forms import JsonPhotos, JsonUpload, Upload
from stayrank_common.web.multipart import FormReader, Part

_FETCHES = 16  # URLs of one call at the same time
_DEADLINE = {
    "name": REQUEST_TIMEOUT,
    "in": "header",
    "description": "Milliseconds that the caller waits; the service's own time limit is the most.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
}
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
        RequestError: The body is of no known type, malformed, too large, too slow, empty, holds too
            many photos, or two of them carry the same id.
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
    start = time.perf_counter()
    upload = await _by_type(request, settings, form)
    record("receive", time.perf_counter() - start, len(upload.photos))
    request.state.photos = len(upload.photos)  # for the log
    charge(request, len(upload.photos))
    return upload


async def _by_type(request: Request, settings: ServiceSettings, form: type[JsonPhotos]) -> Upload:
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        reader = FormReader(content_type, settings.max_photos, settings.max_photo_bytes)
        async for chunk in body_of(request, settings.max_body_bytes):
            reader.feed(chunk)
        return await _from_parts(reader.parts(), settings, options=form is JsonUpload)
    if media_type == "application/json":
        content = await whole_body_of(request, settings.max_body_bytes)
        check_values(content, settings.max_photos)
        fetcher = Fetcher(
            settings.allowed_hosts,
            settings.fetch_timeout_s,
            settings.max_photo_bytes,
            settings.max_body_bytes,
        )
        return await _from_json(content, settings.max_photos, fetcher, form)
    if media_type.startswith("image/"):
        return Upload([PhotoInput("0", await _one_image(request, settings))], None)
    raise UnsupportedMediaTypeError(
        f"content type {media_type or 'missing'!r}; send multipart/form-data (field `files`), "
        "one image/*, or application/json"
    )


Uploaded = Annotated[Upload, Depends(upload_of)]
Photos = Annotated[list[PhotoInput], Depends(photos_of)]
OnePhoto = Annotated[PhotoInput, Depends(photo_of)]


async def _one_image(request: Request, settings: ServiceSettings) -> bytes | PhotoError:
    content = Buffer()
    async for chunk in body_of(request, settings.max_body_bytes):
        content.add(chunk)
        if len(content) > settings.max_photo_bytes:  # the rest cannot mend it
            return OversizedPhotoError("bytes", len(content), settings.max_photo_bytes)
    return await content.take()


async def _from_parts(parts: list[Part], settings: ServiceSettings, *, options: bool) -> Upload:
    photos: list[PhotoInput] = []
    given: list[Any] = []
    for part in parts:
        content = await part.content.take()
        if part.name == "options" and options and not given:
            given.append(_parsed(content))
        elif part.name == "files" and part.filename is not None:
            too_large = part.size > settings.max_photo_bytes
            source = (
                OversizedPhotoError("bytes", part.size, settings.max_photo_bytes)
                if too_large
                else content
            )
            photos.append(PhotoInput(part.filename or str(len(photos)), source))
        else:
            raise MalformedRequestError(
                f"unexpected form field {part.name!r}; send each photo as a file named `files`"
            )
    return Upload(photos, given[0] if given else None)


def _parsed(options: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return from_json(options)
    except ValueError as error:
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
    # One thread for all: many that decode at once would keep the event loop from its turn.
    decoded = await asyncio.to_thread(lambda: [_decoded(image) for image in parsed.images])
    slots = asyncio.Semaphore(_FETCHES)
    fetched = (
        _fetched(image.url, fetcher, slots) for image in parsed.images if image.url is not None
    )
    fetches = iter(await asyncio.gather(*fetched))
    photos = [
        PhotoInput(
            image.id if image.id is not None else str(position),
            source if source is not None else next(fetches),
        )
        for position, (image, source) in enumerate(zip(parsed.images, decoded, strict=True))
    ]
    return Upload(photos, parsed.options if isinstance(parsed, JsonUpload) else None)


def _decoded(image: ImageReference) -> bytes | PhotoError | None:
    """What stands in `data`; None where there is a URL in its place."""
    try:
        return None if image.data is None else decode_base64(image.data)
    except PhotoError as error:
        return error


async def _fetched(url: str, fetcher: Fetcher, slots: asyncio.Semaphore) -> bytes | PhotoError:
    try:
        async with slots:
            return await fetcher.fetch(url)
    except PhotoError as error:
        return error


def request_body(
    example: str, *, single: bool = False, options: str | None = None
) -> dict[str, Any]:
    """Describe the deadline and the three forms of a request for an operation's OpenAPI document.

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
        "parameters": [_DEADLINE],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/json": {"schema": json_schema, "example": images},
                **{media_type: {"schema": binary} for media_type in _MEDIA_TYPES},
            },
        },
    }
