"""Options of a ranking as query parameters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from stayrank_common.errors import MalformedRequestError
from stayrank_gallery.schemas import PlainOptions, RankOptions

LISTS = ("pin", "exclude", "current")  # may be repeated

_PinText = Annotated[str, Field(pattern=r"^[\s\S]+:[1-9][0-9]{0,3}$")]


class RankQuery(PlainOptions):
    """Query of a ranking; its options may come beside the photos instead."""

    pin: list[_PinText] = Field(
        default=[], description="`ID:PLACE`, places from 1: the photo stands there."
    )
    policy: str | None = Field(
        default=None,
        min_length=1,
        description="Name of a feed policy of the service. Photos that break it are removed.",
    )

    def options(self, beside: Any = None) -> RankOptions:  # noqa: ANN401 - any JSON
        """The options of the request.

        Args:
            beside: Those that came with the photos, as parsed JSON; None where none did.

        Raises:
            MalformedRequestError: They came in both ways, or are not `RankOptions`.
        """
        given = self.model_dump(exclude_unset=True, include=set(RankQuery.model_fields))
        if given and beside is not None:
            raise MalformedRequestError(
                f"options both in the query ({', '.join(given)}) and beside the photos; "
                "give them in one place"
            )
        try:
            return RankOptions.model_validate(given if beside is None else beside)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, ("options", *first["loc"])))
            raise MalformedRequestError(f"{place}: {first['msg']}") from error


class RankCall(RankQuery):
    """Query of `POST /rank-gallery`."""

    include: Literal["scores"] | None = Field(
        default=None, description="`scores`: add `photos`, the input of `POST /rank-scored`."
    )
