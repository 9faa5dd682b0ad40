import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import BusyError
from stayrank_common.inputs import PhotoInput
from stayrank_common.schemas import PhotoFailure
from stayrank_gallery.scorers import FakeScorer


def scores_of(*photos: PhotoInput):
    return asyncio.run(FakeScorer().score(photos))


@given(st.binary(min_size=1, max_size=20).filter(lambda content: not content.startswith(b"bad")))
def test_equal_content_gets_equal_answers_of_the_agreed_form(content):
    scores = scores_of(PhotoInput("a", content), PhotoInput("b", content))

    first, second = scores.tags.results
    assert first.model_copy(update={"id": "b"}) == second
    assert first.top_tag == first.tags[0].tag
    probabilities = [tag.probability for tag in first.tags]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    assert sum(scores.aesthetics.results[0].distribution) == pytest.approx(1)


def test_bad_content_fails_in_both_answers_and_leaves_the_others():
    scores = scores_of(PhotoInput("a", b"bad photo"), PhotoInput("b", b"good"))

    for results in (scores.tags.results, scores.aesthetics.results):
        assert [isinstance(result, PhotoFailure) for result in results] == [True, False]
        assert [result.id for result in results] == ["a", "b"]


def test_it_remembers_what_it_was_asked_and_fails_on_demand():
    scorer = FakeScorer(BusyError())

    with pytest.raises(BusyError):
        asyncio.run(scorer.score([PhotoInput("a", b"a")]))

    assert scorer.calls == [["a"]]
