"""Tags and scores from models in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import cast

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import refuse_if_all_failed
from stayrank_common.schemas import AestheticResponse, TagResponse
from stayrank_gallery.scorers.base import Scores, scores_of
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, find
from stayrank_models.explainers import AestheticExplainer, Painter, TagExplainer
from stayrank_models.predictors import AestheticPredictor, DuoPredictor, TagPredictor


class LocalScorer:
    """Calls the two predictors in threads.

    Args:
        tagger: Names areas.
        aesthetic: Predicts ratings.
    """

    def __init__(self, tagger: TagPredictor, aesthetic: AestheticPredictor) -> None:
        self._tagger, self._aesthetic = tagger, aesthetic

    async def reach(self) -> None:
        """Nothing to reach."""

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`."""
        stop = threading.Event()
        try:
            tags, aesthetics = await asyncio.gather(
                asyncio.to_thread(self._tagger.predict, photos, stop),
                asyncio.to_thread(self._aesthetic.predict, photos, stop),
            )
        finally:
            stop.set()  # a call that was given up must not keep the threads
        return Scores(
            TagResponse(model=self._tagger.info, results=tags),
            AestheticResponse(model=self._aesthetic.info, results=aesthetics),
        )

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """See `Scorer.explain`.

        Raises:
            AllPhotosFailedError: The photo cannot be used.
        """
        explainer = (
            AestheticExplainer(self._aesthetic) if tag is None else TagExplainer(self._tagger, tag)
        )
        painted = await asyncio.to_thread(Painter(explainer).predict, [photo])
        refuse_if_all_failed(painted)
        return cast("bytes", painted[0])

    async def aclose(self) -> None:
        """Release the predictors' threads."""
        self._tagger.close()
        self._aesthetic.close()


class DuoScorer(LocalScorer):
    """Calls a predictor of both answers: each photo is decoded and looked at once.

    Args:
        duo: Names areas and predicts ratings.
    """

    def __init__(self, duo: DuoPredictor) -> None:
        super().__init__(duo.tagger, duo.aesthetic)
        self._duo = duo

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`."""
        stop = threading.Event()
        try:
            results = await asyncio.to_thread(self._duo.predict, photos, stop)
        finally:
            stop.set()  # a call that was given up must not keep the threads
        return scores_of(self._duo.info, results)

    async def aclose(self) -> None:
        """Release the predictor's threads."""
        self._duo.close()


def open_local(decoder: Decoder, model: str | None = None) -> LocalScorer:
    """Load models into this process.

    Args:
        decoder: Opens the photos.
        model: One for both answers; by default the two shipped default models.

    Raises:
        ArtifactError: If there is no such model, or it does not give both answers.
    """
    if model:
        return DuoScorer(DuoPredictor.open(find(model), decoder))
    return LocalScorer(
        TagPredictor.open(find(DEFAULT_TAGGER), decoder),
        AestheticPredictor.open(find(DEFAULT_AESTHETIC), decoder),
    )
