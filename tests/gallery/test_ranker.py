import asyncio

import pytest

from stayrank_common.errors import InvalidBase64Error, UpstreamError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_gallery.ranker import Ranker, rank_scored
from stayrank_gallery.schemas import RankOptions
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


def test_scores_that_are_there_already_give_the_same_ranking():
    photos = [PhotoInput(name, name.encode()) for name in "abcdef"]
    ranked = rank(FakeScorer(), *photos)

    again = rank_scored(ranked.scores, RankOptions(), 0.9)

    assert again.response == ranked.response


def test_a_model_that_cannot_use_any_of_them_is_told(scores_of, shot):
    scores = scores_of([shot("a", unusable="tagger"), shot("b", unusable="aesthetic")])

    with pytest.raises(AllPhotosFailedError, match="1 more"):
        rank_scored(scores, RankOptions(), 0.9)
