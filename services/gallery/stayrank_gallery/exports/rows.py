"""An order as rows, one a photo: what every form of export is made from."""

from __future__ import annotations

from pydantic import Field

from stayrank_common.schemas import Percentile, Probability, Schema, Score
from stayrank_gallery.exports.categories import categories
from stayrank_gallery.schemas import Place, RankResponse


class Row(Schema):
    """A photo at its place."""

    display_order: int = Field(ge=1, description="The cover is 1.")
    id: str
    area: str | None = Field(description="None for a photo of no known area.")
    area_probability: Probability
    picture_category_code: int = Field(description="OpenTravel PIC.")
    picture_category: str
    mean: Score
    std: float
    percentile: Percentile
    area_percentile: Percentile | None
    pinned: bool
    reasons: list[str]


class Order(Schema):
    """An order as it is exported."""

    picture_categories: str = Field(description="Edition of the code list.")
    photos: list[Row]


def order_of(response: RankResponse) -> Order:
    """Turn a ranking into rows; photos without a place have none."""
    # `tag` is the most probable area also where the photo is rejected; `coverage` leaves it out.
    shown = {(area, photo_id) for area, ids in response.coverage.items() for photo_id in ids}
    rows = [
        _row(place, place.tag if (place.tag, place.id) in shown else None)
        for place in response.ranking
    ]
    return Order(picture_categories=categories().version, photos=rows)


def _row(place: Place, area: str | None) -> Row:
    category = categories().of(area)
    rating = place.aesthetic
    return Row(
        display_order=place.position,
        id=place.id,
        area=area,
        area_probability=place.tag_probability,
        picture_category_code=category.code,
        picture_category=category.name,
        mean=rating.mean,
        std=rating.std,
        percentile=rating.percentile,
        area_percentile=rating.area_percentile,
        pinned=place.pinned,
        reasons=place.reasons,
    )
