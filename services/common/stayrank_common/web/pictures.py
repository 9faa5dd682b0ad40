"""Operations that answer with a picture or with JSON, as the caller's `Accept` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import Request

PNG = "image/png"
_JSON = "application/json"

# For the OpenAPI document, beside the JSON of the operation's return type.
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON; with `Accept: image/png` the photo under its heat.",
        "content": {PNG: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def wants_png(request: Request) -> bool:
    """Whether the caller prefers PNG to JSON; without a preference it gets JSON."""
    accept = request.headers.get("accept", "*/*")
    return _quality(accept, PNG) > _quality(accept, _JSON)


def _quality(accept: str, media_type: str) -> float:
    """How much an `Accept` header wants a media type: 0..1, its most specific range counts.

    >>> _quality("image/*;q=0.5, application/json", "image/png")
    0.5
    """
    kind = media_type.partition("/")[0]
    ranks = {"*/*": 1, f"{kind}/*": 2, media_type: 3}
    found = (0, 0.0)
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = [p[2:] for p in parameters if p.startswith("q=")]
        found = max(found, (ranks.get(name, 0), _number(given[0]) if given else 1.0))
    return found[1] if found[0] else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # as if it were not acceptable at all
        return 0.0
