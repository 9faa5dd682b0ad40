import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import UpstreamError
from stayrank_common.schemas import Embedding
from stayrank_gallery.curation import curate
from stayrank_gallery.schemas import RankOptions, RankResponse, Strategy

FOLDS_NOTHING = 1.01
strategies = st.sampled_from(Strategy)


@pytest.fixture(scope="module")
def shots(shot):
    """A strategy of galleries: few distinct values, so that ties and duplicates are common."""
    ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
    one = st.builds(
        shot,
        id=ids,
        tag=st.sampled_from(["bedroom", "bathroom", "exterior"]),
        mean=st.integers(1, 10).map(float),
        direction=st.integers(0, 8).map(lambda step: 30.0 * step),
        probability=st.sampled_from([0.4, 0.7, 1.0]),
        rejected=st.booleans(),
        unusable=st.sampled_from(["", "", "", "", "tagger", "aesthetic", "both"]),
    )
    return st.lists(one, min_size=1, max_size=12, unique_by=lambda shot: shot.id)


@pytest.fixture(scope="module")
def ranked(scores_of):
    def rank(shots, threshold=FOLDS_NOTHING, unreadable=(), **options) -> RankResponse:
        return curate(
            scores_of(shots),
            RankOptions(**options),
            duplicate_threshold=threshold,
            unreadable=unreadable,
        )

    return rank


def ids(response: RankResponse) -> list[str]:
    return [place.id for place in response.ranking]


def removed(response: RankResponse, reason: str) -> list[str]:
    return [gone.id for gone in response.removed if gone.reason == reason]


@given(st.data(), strategies, st.none() | st.integers(1, 6), st.sampled_from([0.5, 0.99, 1.01]))
def test_every_photo_is_once_in_the_ranking_or_removed(
    shots, ranked, failure, data, strategy, limit, threshold
):
    gallery = data.draw(shots)
    missing = [failure(f"missing-{n}") for n in range(2)]

    response = ranked(gallery, threshold, missing, strategy=strategy, limit=limit)

    everything = ids(response) + [gone.id for gone in response.removed]
    expected = [shot.id for shot in gallery] + ["missing-0", "missing-1"]
    assert sorted(everything) == sorted(expected)
    assert [place.position for place in response.ranking] == list(range(1, len(ids(response)) + 1))
    assert sorted(removed(response, "unreadable")) == sorted(
        [shot.id for shot in gallery if shot.unusable] + ["missing-0", "missing-1"]
    )


@given(st.data(), strategies, st.randoms())
def test_the_order_in_which_photos_come_in_does_not_matter(shots, ranked, data, strategy, random):
    gallery = data.draw(shots)
    shuffled = list(gallery)
    random.shuffle(shuffled)

    options = {"strategy": strategy, "limit": 5}
    assert ranked(gallery, 0.95, **options) == ranked(shuffled, 0.95, **options)


@given(st.data(), strategies, st.integers(1, 12))
def test_a_limit_cuts_the_ranking_and_changes_nothing_before_the_cut(
    shots, ranked, data, strategy, limit
):
    gallery = data.draw(shots)
    whole = ranked(gallery, 0.95, strategy=strategy)
    cut = ranked(gallery, 0.95, strategy=strategy, limit=limit)

    assert cut.ranking == whole.ranking[:limit]
    assert removed(cut, "over_limit") == ids(whole)[limit:]
    assert removed(cut, "duplicate") == removed(whole, "duplicate")


@given(st.data(), st.sampled_from(["coverage", "mmr"]))
def test_without_variety_every_strategy_is_a_sort_by_score_and_ties_go_by_id(
    shots, ranked, data, strategy
):
    gallery = data.draw(shots)
    usable = [shot for shot in gallery if not shot.unusable]

    expected = [shot.id for shot in sorted(usable, key=lambda shot: (-shot.mean, shot.id))]
    assert ids(ranked(gallery, strategy=strategy, trade_off=0)) == expected
    assert ids(ranked(gallery, strategy="score")) == expected


@given(st.data())
def test_a_duplicate_names_a_photo_that_is_ranked_and_no_worse(shots, ranked, data):
    gallery = data.draw(shots)
    by_id = {shot.id: shot for shot in gallery}

    response = ranked(gallery, 0.95)

    for gone in response.removed:
        if gone.reason == "duplicate":
            assert gone.duplicate_of in ids(response)
            assert by_id[gone.duplicate_of].mean >= by_id[gone.id].mean
        else:
            assert gone.duplicate_of is None


@given(st.data(), st.integers(1, 12))
def test_coverage_lists_the_shown_photos_of_each_area_in_ranked_order(shots, ranked, data, limit):
    gallery = data.draw(shots)
    by_id = {shot.id: shot for shot in gallery}

    response = ranked(gallery, limit=limit)

    for area, listed in response.coverage.items():
        assert listed == [
            photo
            for photo in ids(response)
            if by_id[photo].tag == area and not by_id[photo].rejected
        ]
    if response.ranking:
        assert set(response.coverage) == {"bedroom", "bathroom", "exterior"}


def test_duplicates_do_not_count_for_the_limit(ranked, shot):
    gallery = [
        shot("a", mean=9, direction=0),
        shot("a-again", mean=8, direction=1),
        shot("b", mean=7, direction=90),
        shot("c", mean=6, direction=180),
    ]

    response = ranked(gallery, 0.99, limit=2, strategy="score")

    assert ids(response) == ["a", "b"]
    assert [(gone.id, gone.reason, gone.duplicate_of) for gone in response.removed] == [
        ("a-again", "duplicate", "a"),
        ("c", "over_limit", None),
    ]


def test_of_a_group_of_duplicates_the_best_is_shown(ranked, shot):
    gallery = [shot("a", mean=4), shot("b", mean=6, direction=1), shot("c", mean=5, direction=2)]

    response = ranked(gallery, 0.99)

    assert ids(response) == ["b"]
    assert {gone.duplicate_of for gone in response.removed} == {"b"}


def test_a_rejected_photo_covers_nothing(ranked, shot):
    """Else the only picture of a cat would be shown early, as the only foyer."""
    gallery = [
        shot("bed", mean=8),
        shot("bed-2", mean=5),
        shot("cat", "exterior", mean=5, rejected=True),
        shot("bath", "bathroom", mean=4),
    ]

    response = ranked(gallery, trade_off=0.9)

    assert ids(response) == ["bed", "bath", "bed-2", "cat"]
    assert response.coverage == {"bathroom": ["bath"], "bedroom": ["bed", "bed-2"], "exterior": []}
    cat = response.ranking[3]
    assert (cat.tag, cat.reasons[0]) == ("exterior", "area not certain")


def test_a_place_tells_tag_score_and_reasons(ranked, shot):
    gallery = [shot("pool", "exterior", mean=7, warnings=("truncated",)), shot("bed", mean=4)]

    response = ranked(gallery)

    assert response.ranking[0].model_dump() == {
        "id": "pool",
        "position": 1,
        "tag": "exterior",
        "tag_probability": 0.9,
        "aesthetic": {
            "mean": 7.0,
            "std": 1.5,
            "percentile": 70.0,
            "area_percentile": response.ranking[0].aesthetic.area_percentile,
        },
        "pinned": False,
        "reasons": ["first exterior", "best photo overall", "truncated"],
    }
    assert (response.models.tagger.name, response.models.aesthetic.name) == ("tagger", "nima")
    assert response.strategy == "coverage"


def test_ranks_in_reasons_count_all_photos_and_not_only_those_within_the_limit(ranked, shot):
    gallery = [shot("a", mean=9), shot("b", mean=8), shot("bath", "bathroom", mean=3)]

    response = ranked(gallery, limit=2, strategy="round_robin")

    assert ids(response) == ["a", "bath"]
    assert response.ranking[1].reasons == ["first bathroom", "3rd best photo overall"]


def test_each_unreadable_photo_says_why_and_which_model_could_not_use_it(ranked, shot, failure):
    gallery = [
        shot("good"),
        shot("z", unusable="tagger"),
        shot("y", unusable="aesthetic"),
        shot("x", unusable="both"),
    ]

    response = ranked(gallery, unreadable=[failure("a", "not even sent")])

    assert [(gone.id, gone.error.detail) for gone in response.removed] == [
        ("a", "not even sent"),
        ("x", "by the tagger"),
        ("y", "by the aesthetic model"),
        ("z", "by the tagger"),
    ]


def test_where_nothing_is_usable_the_ranking_is_empty(ranked, shot):
    response = ranked([shot("a", unusable="both")])

    assert (response.ranking, response.coverage) == ([], {})


def encoded(*values: float) -> str:
    return base64.b64encode(np.array(values, "<f2").tobytes()).decode()


@pytest.mark.parametrize(
    "embeddings",
    [
        [None, encoded(1, 0)],
        [None, None],
        ["", ""],
        ["?", encoded(1, 0)],
        [encoded(1, 0), "ä"],
        [encoded(1, 0), encoded(1, 0, 0)],
        [encoded(1, 0), "AAA="],
        [encoded(1, 0), encoded(np.inf, 0)],
        [encoded(1, 0), encoded(np.nan, 0)],
    ],
)
def test_embeddings_that_cannot_be_compared_are_the_taggers_fault(scores_of, shot, embeddings):
    scores = scores_of([shot("a"), shot("b")])
    results = [
        result.model_copy(
            update={"embedding": None if data is None else Embedding(dimension=2, data=data)}
        )
        for result, data in zip(scores.tags.results, embeddings, strict=True)
    ]
    tags = scores.tags.model_copy(update={"results": results})

    with pytest.raises(UpstreamError, match="tagger"):
        curate(type(scores)(tags, scores.aesthetics), RankOptions(), duplicate_threshold=0.9)
