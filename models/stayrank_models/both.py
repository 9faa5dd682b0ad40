"""Tag and rating of each photo from one decode: by one model for both, or by two."""

from __future__ import annotations

from collections.abc import Sequence

from stayrank_common.decoding.decoder import Decoder
from stayrank_common.errors import ArtifactError
from stayrank_common.images import Photo
from stayrank_common.schemas import AestheticResult, TagResult
from stayrank_models.answers import aesthetic_results, tag_results
from stayrank_models.artifacts import DEFAULT_AESTHETIC, DEFAULT_TAGGER, Artifact, find
from stayrank_models.engines import Engine
from stayrank_models.engines.part import part_of
from stayrank_models.manifests import DUO_TASKS
from stayrank_models.predictors import AestheticPredictor, Predictor, TagPredictor


class BothPredictor(Predictor[TagResult]):
    """Names the area of each photo and predicts its rating, in one `TagResult`, for one decode.

    Its `tagger` and its `aesthetic` give one of the answers each, by the same engines.
    """

    tagger: TagPredictor
    aesthetic: AestheticPredictor

    def close(self) -> None:
        """Release the threads."""
        super().close()
        self.tagger.close()
        self.aesthetic.close()


class PairPredictor(BothPredictor):
    """Gives the answers of two models, for a pass through each.

    Args:
        tagger: Names areas; its decoder opens the photos.
        aesthetic: Predicts ratings.
        threads: Photos at the same time; 0 means one a core.

    Raises:
        ArtifactError: If the two do not look at the same pixels.
    """

    task = "tagging"

    def __init__(
        self, tagger: TagPredictor, aesthetic: AestheticPredictor, threads: int = 0
    ) -> None:
        inputs = [model.artifact.manifest.preprocessing for model in (tagger, aesthetic)]
        if inputs[0] != inputs[1]:
            names = f"{tagger.info.name} and {aesthetic.info.name}"
            raise ArtifactError(f"{names} take photos of different sizes, or scaled differently")
        super().__init__(tagger.artifact, tagger.engine, tagger.decoder, threads)
        self.tagger, self.aesthetic = tagger, aesthetic

    def answer(self, photos: Sequence[tuple[str, Photo]]) -> list[TagResult]:
        """See `Predictor.answer`."""
        return _joined(self.tagger.answer(photos), self.aesthetic.answer(photos))


class DuoPredictor(BothPredictor):
    """Gives both answers by one model, for one pass.

    Args:
        artifact: A model for both tasks.
        engine: Its runtime; by default the best that is installed.
        decoder: Opens the photos; by default this process does.
        threads: Photos at the same time; 0 means one a core.

    Raises:
        ArtifactError: If the artifact does not give both answers.
    """

    task = "duo"

    def __init__(
        self,
        artifact: Artifact,
        engine: Engine | None = None,
        decoder: Decoder | None = None,
        threads: int = 0,
    ) -> None:
        super().__init__(artifact, engine, decoder, threads)
        self.tagger = TagPredictor(artifact, self.engine, self.decoder, threads)
        self.aesthetic = AestheticPredictor(artifact, self.engine, self.decoder, threads)

    def answer(self, photos: Sequence[tuple[str, Photo]]) -> list[TagResult]:
        """See `Predictor.answer`."""
        outputs, manifest = self.infer(photos), self.artifact.manifest
        tagging, aesthetics = (
            (manifest.part(task), photos, part_of(outputs, manifest.distributions, index))
            for index, task in enumerate(DUO_TASKS)
        )
        return _joined(tag_results(*tagging), aesthetic_results(*aesthetics))


def open_both(decoder: Decoder, model: str | None = None) -> BothPredictor:
    """Load what gives both answers.

    Args:
        decoder: Opens the photos.
        model: One for both answers; by default the two shipped default models.

    Raises:
        ArtifactError: If there is no such model, or it does not give both answers.
    """
    if model:
        return DuoPredictor.open(find(model), decoder)
    return PairPredictor(
        TagPredictor.open(find(DEFAULT_TAGGER), decoder),
        AestheticPredictor.open(find(DEFAULT_AESTHETIC), decoder),
    )


def _joined(tagged: Sequence[TagResult], rated: Sequence[AestheticResult]) -> list[TagResult]:
    return [
        tag.model_copy(update={"aesthetic": rating})
        for tag, rating in zip(tagged, rated, strict=True)
    ]
