"""Routes that take photos with their scores."""

from __future__ import annotations

from typing import cast

from stayrank_common.settings import ServiceSettings
from stayrank_common.web.bodies import CappedRoute
from stayrank_gallery.settings import GallerySettings


class ScoredRoute(CappedRoute):
    """A route whose body tells of as many photos as `max_scored_photos` allows."""

    # Four times what embedding, tags and distribution take.
    bytes_a_photo = 16 * 1024

    @staticmethod
    def most_photos(settings: ServiceSettings) -> int:
        """See `CappedRoute.most_photos`."""
        return cast("GallerySettings", settings).max_scored_photos
