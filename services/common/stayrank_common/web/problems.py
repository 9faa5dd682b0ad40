"""Errors as HTTP answers: RFC 9457 `application/problem+json` with a stable `type` slug."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from stayrank_common import errors, schemas
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.telemetry import REQUEST_ID, current_request_id
from stayrank_common.web.headers import ALL

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.types import Receive, Scope, Send

logger = logging.getLogger(__name__)
_MOST_TOLD = 20  # of what is wrong with a body
_MOST_WORDS = 4_000  # characters of a detail: names that callers chose stand in it

# The status of each error; a class that is not listed has that of its nearest listed base.
STATUS: dict[type[errors.StayRankError], int] = {
    errors.StayRankError: 500,
    errors.PhotoError: 422,
    errors.OversizedPhotoError: 413,
    errors.RequestError: 422,
    errors.UnsupportedMediaTypeError: 415,
    errors.BodyTooLargeError: 413,
    errors.SlowBodyError: 408,
    errors.UnauthorizedError: 401,
    errors.RateLimitError: 429,
    errors.ExplanationError: 501,
    errors.DeviceMemoryError: 503,
    errors.DecoderUnavailableError: 503,
    errors.BusyError: 503,
    errors.DeadlineError: 504,
    errors.UpstreamError: 502,
    errors.UpstreamTimeoutError: 504,
    errors.UpstreamBusyError: 503,
}


def status_of(error: type[errors.StayRankError]) -> int:
    """Return the HTTP status of a class of errors."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def status_of_slug(slug: str) -> int:
    """Return the HTTP status of a photo error by its slug; 422 for an unknown one."""
    return status_of(_PHOTO_ERRORS[slug]) if slug in _PHOTO_ERRORS else 422


class Problem(JSONResponse):
    """A problem answer; leaves its slug with the call, for metrics and logs."""

    media_type = "application/problem+json"

    def __init__(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(body, status, headers)
        self._slug = body["type"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; see the ASGI specification."""
        scope.setdefault("state", {})["problem"] = self._slug
        await super().__call__(scope, receive, send)


def problem(
    status: int,
    slug: str,
    title: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **extra: Any,  # noqa: ANN401 - extension members of the problem are any JSON
) -> Problem:
    """Make a problem answer."""
    if len(detail) > _MOST_WORDS:
        detail = f"{detail[: _MOST_WORDS - 1]}…"
    body = {"type": slug, "title": title, "status": status, "detail": detail, **extra}
    return Problem(status, body, headers)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem, and name their form in its document."""
    app.add_exception_handler(errors.StayRankError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components["Problem"] = schemas.Problem.model_json_schema()
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way of extending it


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of an operation for its OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _TITLES[status], "content": content}
        | ({"headers": _RETRY_AFTER} if status in (429, 503) else {})
        for status in statuses
    }


async def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.StayRankError)  # noqa: S101 - registered for this class
    return problem_of(error)


def problem_of(error: errors.StayRankError) -> JSONResponse:
    """Return the problem answer that an error is."""
    if isinstance(error, AllPhotosFailedError):
        return _all_failed(error)
    status = status_of(type(error))
    if status >= 500 and not isinstance(error, errors.BusyError):  # `Admission` tells of these
        logger.warning("%s: %s", error.slug(), error)
    return problem(status, error.slug(), error.title(), str(error), headers=_headers(error))


def _headers(error: errors.StayRankError) -> dict[str, str] | None:
    if isinstance(error, errors.BusyError | errors.UpstreamBusyError | errors.RateLimitError):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.UnauthorizedError):
        return {"WWW-Authenticate": 'Bearer realm="stayrank"'}
    return None


def _all_failed(error: AllPhotosFailedError) -> JSONResponse:
    """The photos' own status and slug where they share one; 422 where they differ."""
    results = [failure.model_dump(mode="json") for failure in error.failures]
    kinds = {(failure.error.type, failure.error.title) for failure in error.failures}
    slug, title = kinds.pop() if len(kinds) == 1 else (error.slug(), error.title())
    return problem(status_of_slug(slug), slug, title, str(error), results=results)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    told = error.errors()[:_MOST_TOLD]
    details = [f"{'.'.join(map(str, e['loc'][1:])) or 'body'}: {e['msg']}" for e in told]
    slug, title = errors.MalformedRequestError.slug(), errors.MalformedRequestError.title()
    return problem(422, slug, title, "; ".join(details))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    title = _TITLES.get(error.status_code, str(error.detail))
    slug = title.lower().replace(" ", "-")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, slug, title, detail, headers=headers)


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error", exc_info=error)
    # This answer goes out past the middleware that gives all others their headers.
    headers = ALL | {REQUEST_ID: current_request_id()}
    detail = "this is our fault, not that of the request"
    return problem(500, "internal", "Internal error", detail, headers=headers)


_PHOTO_ERRORS = {
    cls.slug(): cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, errors.PhotoError)
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    413: "Too large",
    415: "Unsupported media type",
    422: "Unusable request",
    429: "Rate limit",
    431: "Headers too large",
    501: "Not supported",
    502: "Upstream failed",
    503: "Busy",
    504: "Too late",
}
