"""Tags and scores from models in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import cast

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import refuse_if_all_failed
from stayrank_gallery.scorers.base import Scores, scores_of
from stayrank_models.both import BothPredictor, open_both
from stayrank_models.explainers import AestheticExplainer, Painter, TagExplainer


class LocalScorer:
    """Asks a predictor of both answers: each photo is decoded once.

    Args:
        predictor: Names areas and predicts ratings.
    """

    def __init__(self, predictor: BothPredictor) -> None:
        self._predictor = predictor

    async def reach(self) -> None:
        """Nothing to reach."""

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`."""
        stop = threading.Event()
        try:
            results = await self._predictor.answers(photos, stop)
        finally:
            stop.set()  # a call that was given up must not keep the threads
        tagger, aesthetic = self._predictor.tagger, self._predictor.aesthetic
        return scores_of(tagger.info, aesthetic.info, results)

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """See `Scorer.explain`.

        Raises:
            AllPhotosFailedError: The photo cannot be used.
        """
        explainer = (
            AestheticExplainer(self._predictor.aesthetic)
            if tag is None
            else TagExplainer(self._predictor.tagger, tag)
        )
        painted = await asyncio.to_thread(Painter(explainer).predict, [photo])
        refuse_if_all_failed(painted)
        return cast("bytes", painted[0])

    async def aclose(self) -> None:
        """Release the predictor's threads."""
        self._predictor.close()


def open_local(decoder: Decoder, model: str | None = None) -> LocalScorer:
    """Load models into this process; see `open_both`."""
    return LocalScorer(open_both(decoder, model))
