"""From a photo to where in it the evidence for an answer lies.

Explainers and painters answer about photos as predictors do, on the threads of the predictor that
they explain; services and the command line call both.
"""

from __future__ import annotations

import asyncio
import io
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from PIL import Image

from stayrank_common.errors import MalformedRequestError, PhotoError
from stayrank_common.heat import overlay
from stayrank_common.ratings import mean_score
from stayrank_common.schemas import (
    AestheticExplanation,
    ErrorBody,
    Explanation,
    FocalPoint,
    PhotoFailure,
    TagExplanation,
)
from stayrank_common.stages import timed
from stayrank_models.explain import (
    activation_map,
    class_direction,
    focal_point,
    mean_direction,
    relative_heat,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stayrank_common.decoding.decoder import Decoder
    from stayrank_common.inputs import PhotoInput
    from stayrank_models.predictors import Predictor, TagPredictor

Answer = TypeVar("Answer", bound=Explanation)
LONG_EDGE = 1024  # pixels of a picture
_DIGITS, _SCORE_DIGITS = 4, 6


class Explainer(ABC, Generic[Answer]):
    """Explains what a predictor says.

    Args:
        predictor: What to explain.
    """

    schema: type[Answer]

    def __init__(self, predictor: Predictor[Any]) -> None:
        self.predictor = predictor

    def predict(
        self, photos: Sequence[PhotoInput], stop: threading.Event | None = None
    ) -> list[Answer | PhotoFailure]:
        """Explain photos; as `Predictor.predict`.

        Raises:
            ExplanationError: If the runtime cannot tell for the head of this model.
        """
        return list(self.predictor.on_threads(self.explain, photos, stop))

    async def answers(
        self, photos: Sequence[PhotoInput], stop: threading.Event
    ) -> list[Answer | PhotoFailure]:
        """As `predict`, for event loops."""
        return await asyncio.to_thread(self.predict, photos, stop)

    def explain(self, photo: PhotoInput) -> Answer | PhotoFailure:
        """Explain one photo.

        Raises:
            ExplanationError: If the runtime cannot tell for the head of this model.
        """
        decoded = self.predictor.decode(photo)
        if isinstance(decoded, PhotoFailure):
            return decoded
        engine = self.predictor.engine
        with timed("predict"):
            outputs = engine.predict(decoded.pixels[None], feature_map=True)
        features = outputs.feature_map
        assert features is not None  # noqa: S101 - it was asked for
        direction, said = self._answer(outputs.probabilities[0])
        weights = engine.channel_weights(features, direction[None])
        activation = activation_map(features[0], weights[0])
        heat = relative_heat(activation)
        no_evidence = [] if heat.any() else ["no_evidence"]
        x, y = focal_point(activation)
        return self.schema.model_validate(
            {
                "model": self.predictor.info,
                "id": photo.id,
                "focal_point": FocalPoint(x=round(x, _DIGITS), y=round(y, _DIGITS)),
                "heat": heat.round(_DIGITS).tolist(),
                "warnings": [*decoded.warnings, *no_evidence],
                **said,
            }
        )

    @abstractmethod
    def _answer(self, probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float64], Any]:
        """The direction `(classes,)` of the answer, and how the schema names it."""


class TagExplainer(Explainer[TagExplanation]):
    """Explains an area.

    Args:
        predictor: What to explain.
        tag: The area; by default the most probable one of each photo.

    Raises:
        MalformedRequestError: If the model knows no such area.
    """

    schema = TagExplanation

    def __init__(self, predictor: TagPredictor, tag: str | None = None) -> None:
        super().__init__(predictor)
        self._labels = predictor.artifact.manifest.labels
        if tag is not None and tag not in self._labels:
            raise MalformedRequestError(f"no area {tag!r}; there are: {', '.join(self._labels)}")
        self._tag = tag

    def _answer(self, probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float64], Any]:
        top = int(probabilities[: len(self._labels)].argmax())  # an output of no area is no answer
        index = top if self._tag is None else self._labels.index(self._tag)
        return class_direction(index, len(probabilities)), {"tag": self._labels[index]}


class AestheticExplainer(Explainer[AestheticExplanation]):
    """Explains the mean score: what lifts it."""

    schema = AestheticExplanation

    def _answer(self, probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float64], Any]:
        distribution = probabilities.astype(np.float64) / probabilities.sum(dtype=np.float64)
        mean = round(float(mean_score(distribution)), _SCORE_DIGITS)
        return mean_direction(distribution), {"mean": mean}


class Painter:
    """Answers with pictures: each photo under its heat, as PNG.

    Args:
        explainer: What tells the heat.
    """

    def __init__(self, explainer: TagExplainer | AestheticExplainer) -> None:
        self._explainer = explainer

    def predict(
        self, photos: Sequence[PhotoInput], stop: threading.Event | None = None
    ) -> list[bytes | PhotoFailure]:
        """Paint photos; as `Explainer.predict`."""
        return list(self._explainer.predictor.on_threads(self._paint, photos, stop))

    async def answers(
        self, photos: Sequence[PhotoInput], stop: threading.Event
    ) -> list[bytes | PhotoFailure]:
        """As `predict`, for event loops."""
        return await asyncio.to_thread(self.predict, photos, stop)

    def _paint(self, photo: PhotoInput) -> bytes | PhotoFailure:
        explanation = self._explainer.explain(photo)
        if isinstance(explanation, PhotoFailure):
            return explanation
        try:
            picture = paint(photo, explanation, self._explainer.predictor.decoder)
        except PhotoError as error:
            return PhotoFailure(id=photo.id, error=ErrorBody.of(error))
        content = io.BytesIO()
        picture.save(content, "PNG")
        return content.getvalue()


def paint(
    photo: PhotoInput, explanation: Explanation, decoder: Decoder, long_edge: int = LONG_EDGE
) -> Image.Image:
    """Lay an explanation over its photo.

    Args:
        photo: The same photo.
        explanation: Where its evidence lies.
        decoder: Opens the photo.
        long_edge: Width and height are at most this many pixels.

    Raises:
        PhotoError: If the photo cannot be used.
    """
    if isinstance(photo.source, PhotoError):
        raise photo.source
    picture = Image.fromarray(decoder.open_scaled(photo.source, long_edge).pixels)
    return overlay(picture, np.array(explanation.heat))
