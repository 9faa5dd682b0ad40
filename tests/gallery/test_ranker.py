import asyncio

import pytest

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import (
    InvalidBase64Error,
    MalformedRequestError,
    OptionError,
    UndecodablePhotoError,
    UnknownPolicyError,
    UpstreamError,
)
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import TagProbability
from stayrank_gallery.policy import Policy
from stayrank_gallery.ranker import Ranker, ranked_from
from stayrank_gallery.schemas import RankOptions, ScoredGallery
from stayrank_gallery.scored import split
from stayrank_gallery.scorers import FakeScorer

NOT_RECEIVED = InvalidBase64Error("not base64")


def rank(scorer: FakeScorer, *photos: PhotoInput):
    return asyncio.run(Ranker(scorer, 0.9).rank(photos, RankOptions()))


def test_photos_that_were_not_received_are_not_scored_and_not_lost():
    scorer = FakeScorer()

    ranked = rank(scorer, PhotoInput("a", b"a"), PhotoInput("b", NOT_RECEIVED))

    assert scorer.calls == [["a"]]
    assert [place.id for place in ranked.response.ranking] == ["a"]
    (gone,) = ranked.response.removed
    assert (gone.id, gone.reason) == ("b", "unreadable")
    assert gone.error.type == "invalid-base64"
    assert [result.id for result in ranked.scores.tags.results] == ["a"]


def test_where_no_photo_was_received_nothing_is_scored():
    scorer = FakeScorer()

    with pytest.raises(AllPhotosFailedError) as caught:
        rank(scorer, PhotoInput("a", NOT_RECEIVED), PhotoInput("b", NOT_RECEIVED))

    assert scorer.calls == []
    assert [failed.id for failed in caught.value.failures] == ["a", "b"]


def test_where_no_photo_can_be_used_every_reason_is_told():
    with pytest.raises(AllPhotosFailedError) as caught:
        rank(FakeScorer(), PhotoInput("a", b"bad"), PhotoInput("b", NOT_RECEIVED))

    assert {failed.id: failed.error.type for failed in caught.value.failures} == {
        "a": "undecodable-photo",
        "b": "invalid-base64",
    }


def test_a_scorer_that_fails_gives_no_half_ranking():
    with pytest.raises(UpstreamError):
        rank(FakeScorer(UpstreamError("tagger", "down")), PhotoInput("a", b"a"))


def test_where_the_scorer_fails_no_further_photo_is_looked_at():
    class Counting(PlainDecoder):
        opened = 0

        def open_scaled(self, source, long_edge):
            self.opened += 1
            raise UndecodablePhotoError("not this time")

    decoder = Counting()
    photos = [PhotoInput(str(n), b"photo") for n in range(50)]
    ranker = Ranker(FakeScorer(UpstreamError("tagger", "down")), 0.9, decoder=decoder)

    async def scene() -> None:
        with pytest.raises(UpstreamError):
            await ranker.rank(photos, RankOptions())
        await asyncio.sleep(0.5)

    asyncio.run(scene())

    assert decoder.opened < len(photos)


def test_scores_that_are_there_already_give_the_same_ranking():
    photos = [PhotoInput(name, name.encode()) for name in "abcdef"]
    ranked = rank(FakeScorer(), *photos)

    again = ranked_from(ranked.scores, RankOptions(), 0.9)

    assert again.response == ranked.response


def test_a_model_that_cannot_use_any_of_them_is_told(scores_of, shot):
    scores = scores_of([shot("a", unusable="tagger"), shot("b", unusable="aesthetic")])

    with pytest.raises(AllPhotosFailedError, match="1 more"):
        ranked_from(scores, RankOptions(), 0.9)


POLICIES = {"strict": Policy(min_mean=9.9), "mild": Policy(min_mean=1.5)}


def test_a_policy_is_known_by_its_name(scores_of, shot):
    scores = scores_of([shot("a", mean=9), shot("b", mean=2, direction=90)])
    ranker = Ranker(FakeScorer(), 0.9, POLICIES)
    photos, _ = split(scores, {})

    for policy, kept in (("mild", ["a", "b"]), ("strict", [])):
        gallery = ScoredGallery(photos=photos, options=RankOptions(policy=policy))
        assert [place.id for place in ranker.rank_again(gallery).ranking] == kept
    with pytest.raises(UnknownPolicyError, match="no policy 'lax'; there are: mild, strict"):
        ranker.rank_again(ScoredGallery(photos=photos, options=RankOptions(policy="lax")))


def test_a_policy_that_nothing_passes_is_no_failure_of_the_photos(scores_of, shot):
    ranked = ranked_from(scores_of([shot("a")]), RankOptions(policy=POLICIES["strict"]), 0.9)

    assert [gone.reason for gone in ranked.response.removed] == ["policy"]


def test_options_that_do_not_fit_are_refused_before_anything_is_scored():
    scorer = FakeScorer()
    photos = [PhotoInput("a", b"a")]

    for options in (RankOptions(exclude=["a"]), RankOptions(policy="lax")):
        with pytest.raises(OptionError):
            asyncio.run(Ranker(scorer, 0.9).rank(photos, options))

    assert scorer.calls == []


def test_scores_that_an_answer_brings_give_the_same_order_again(picture):
    photos = [PhotoInput(f"{seed}.jpg", picture(seed=seed)) for seed in range(4)]
    photos.append(PhotoInput("bad.jpg", b"bad"))
    ranker = Ranker(FakeScorer(), 0.9)

    answer = asyncio.run(ranker.rank(photos, RankOptions())).with_scores
    again = ranker.rank_again(ScoredGallery(photos=answer.photos, models=answer.models))

    assert [photo.id for photo in answer.photos] == [f"{seed}.jpg" for seed in range(4)]
    assert all(photo.look and photo.look.width == 96 for photo in answer.photos)
    assert (again.ranking, again.models) == (answer.ranking, answer.models)


def test_scores_of_callers_that_name_areas_without_end_are_refused(scores_of, shot):
    photos, _ = split(scores_of([shot("a")]), {})
    tags = [TagProbability(tag=str(number), probability=0) for number in range(1001)]
    endless = photos[0].tags.model_copy(update={"tags": tags})
    strange = photos[0].model_copy(update={"tags": endless})

    with pytest.raises(MalformedRequestError, match="1,001 areas"):
        Ranker(FakeScorer(), 0.9).rank_again(ScoredGallery(photos=[strange]))


def test_scores_of_callers_that_cannot_be_compared_are_their_mistake(scores_of, shot):
    photos, _ = split(scores_of([shot("a")]), {})
    bare = photos[0].model_copy(update={"tags": photos[0].tags.without("embedding")})

    with pytest.raises(MalformedRequestError, match="photos: its embeddings"):
        Ranker(FakeScorer(), 0.9).rank_again(ScoredGallery(photos=[bare]))
