"""The forms of what a request brings: photos, and options beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field, model_validator

from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import ImageReference, Schema


class JsonPhotos(Schema):
    """A JSON request."""

    images: list[ImageReference] = Field(
        description="The photos, in your order.",
        max_length=10_000,  # what no setting allows either: megabytes of `{}` are not validated
    )

    @model_validator(mode="after")
    def _one_source_each(self) -> JsonPhotos:
        for position, image in enumerate(self.images):
            if (image.url is None) == (image.data is None):
                raise ValueError(f"images[{position}] needs either `url` or `data`")
        return self


class JsonUpload(JsonPhotos):
    """A JSON request that may bring options beside its photos."""

    options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request brings.

    Args:
        photos: At least one, none with the id of another.
        options: The part or member `options`, as parsed JSON; None where there is none.
    """

    photos: list[PhotoInput]
    options: Any
