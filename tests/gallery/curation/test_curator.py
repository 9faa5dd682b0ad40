import base64
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import OptionError, UnknownPhotoError, UpstreamError
from stayrank_common.look import Look, look_at
from stayrank_common.schemas import Embedding
from stayrank_common.web.examples import EXAMPLE
from stayrank_gallery.contexts import contexts
from stayrank_gallery.curation import curate, curate_scored
from stayrank_gallery.schemas import Models, QualityScale, RankOptions, RankResponse, Strategy
from stayrank_gallery.scored import split

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
def wishes(shots):
    """A strategy of galleries, each with options that fit it."""

    @st.composite
    def draw_both(draw):
        gallery = draw(shots)
        order = draw(st.permutations([shot.id for shot in gallery]))
        excluded = order[: draw(st.integers(0, min(2, len(order) - 1)))]
        rest = order[len(excluded) :]
        places = draw(st.permutations(range(1, len(rest) + 1)))
        pins = list(zip(rest, places, strict=True))[: draw(st.integers(0, 2))]
        options = RankOptions(
            strategy=draw(strategies),
            pin=[{"id": photo, "place": place} for photo, place in pins],
            exclude=excluded,
            current=draw(st.permutations(order))[: draw(st.integers(0, len(order)))],
            stability=draw(st.sampled_from([0.0, 0.02, 0.5])),
            max_run=draw(st.none() | st.integers(1, 2)),
            context=draw(st.sampled_from(["default", "family", "business"])),
            score=draw(st.sampled_from(QualityScale)),
            policy=draw(st.none() | st.just({"min_mean": 4})),
        )
        return gallery, options

    return draw_both()


@pytest.fixture(scope="module")
def ranked(scores_of):
    def rank(shots, threshold=FOLDS_NOTHING, unreadable=(), looks=None, **options) -> RankResponse:
        return curate(
            scores_of(shots),
            RankOptions(**options),
            duplicate_threshold=threshold,
            unreadable=unreadable,
            looks=looks,
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


@given(st.data())
def test_without_variety_mmr_is_a_sort_by_score_and_ties_go_by_id(shots, ranked, data):
    gallery = data.draw(shots)
    usable = [shot for shot in gallery if not shot.unusable]

    expected = [shot.id for shot in sorted(usable, key=lambda shot: (-shot.mean, shot.id))]
    assert ids(ranked(gallery, strategy="mmr", trade_off=0)) == expected
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


def test_a_rejected_photo_counts_half_where_beauty_alone_counts(ranked, shot):
    gallery = [
        shot("bed", mean=6),
        shot("bed-2", mean=4),
        shot("desert", "exterior", mean=8, rejected=True),
    ]

    assert ids(ranked(gallery, trade_off=0)) == ["bed", "desert", "bed-2"]
    assert ids(ranked(gallery, strategy="score")) == ["desert", "bed", "bed-2"]


def test_the_same_view_framed_again_stands_behind_other_photos_and_says_so(ranked, shot):
    gallery = [
        shot("facade", "exterior", mean=8),
        shot("facade-again", "exterior", mean=7.5, direction=30),
        shot("garden", "exterior", mean=6, direction=150),
    ]

    response = ranked(gallery, 0.9)

    assert ids(response) == ["facade", "garden", "facade-again"]
    told = ["resembles the photo at place 1" in place.reasons for place in response.ranking]
    assert told == [False, False, True]
    assert ids(ranked(gallery, FOLDS_NOTHING)) == ["facade", "facade-again", "garden"]


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
    assert (response.models.tagger.name, response.models.aesthetic.name) == (
        "tagger",
        "nima-mobilenet",
    )
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


def reasons_of(response: RankResponse) -> dict[str, list[str]]:
    return {place.id: place.reasons for place in response.ranking}


@given(st.data())
def test_whatever_is_wished_every_photo_is_once_in_the_ranking_or_removed(wishes, scores_of, data):
    gallery, options = data.draw(wishes)

    response = curate(scores_of(gallery), options, duplicate_threshold=0.95)

    everything = ids(response) + [gone.id for gone in response.removed]
    assert sorted(everything) == sorted(shot.id for shot in gallery)
    assert set(removed(response, "excluded")) == {
        shot.id for shot in gallery if shot.id in options.exclude and not shot.unusable
    }


@given(st.data())
def test_pins_hold_and_are_told_and_no_pinned_photo_is_folded(wishes, scores_of, data):
    gallery, options = data.draw(wishes)

    response = curate(scores_of(gallery), options, duplicate_threshold=0.95)

    removed_ids = {gone.id: gone.reason for gone in response.removed}
    for pin in options.pin:
        if pin.id in removed_ids:
            assert removed_ids[pin.id] in {"unreadable", "policy"}
        else:
            (place,) = [place for place in response.ranking if place.id == pin.id]
            assert place.pinned
            assert place.reasons[0] == "pinned to this place"
            assert place.position == pin.place or place.position < pin.place
    assert sum(place.pinned for place in response.ranking) <= len(options.pin)


@given(st.data())
def test_the_order_that_came_out_comes_out_again(wishes, scores_of, data):
    gallery, options = data.draw(wishes)
    options = options.model_copy(update={"stability": max(options.stability, 0.01)})
    once = ids(curate(scores_of(gallery), options, duplicate_threshold=0.95))

    held = options.model_copy(update={"current": once})

    assert ids(curate(scores_of(gallery), held, duplicate_threshold=0.95)) == once


def test_a_pinned_photo_stands_at_its_place_and_moves_up_where_places_are_missing(ranked, shot):
    gallery = [
        shot("a", mean=9),
        shot("a-again", mean=8, direction=1),
        shot("b", mean=7, direction=90),
        shot("c", mean=6, direction=180),
    ]

    second = ranked(gallery, 0.99, strategy="score", pin=["c:2"])
    last = ranked(gallery, 0.99, strategy="score", pin=["c:4"])
    both = ranked(gallery, 0.99, strategy="score", pin=["a-again:1"])

    assert ids(second) == ["a", "c", "b"]
    assert ids(last) == ["a", "b", "c"]
    assert ids(both) == ["a-again", "b", "c"]
    assert [place.pinned for place in second.ranking] == [False, True, False]
    assert both.removed[0].duplicate_of == "a-again"


def test_two_copies_that_are_both_pinned_are_both_shown(ranked, shot):
    gallery = [shot("a", mean=9), shot("b", mean=8), shot("c", mean=7)]

    response = ranked(gallery, 0.99, pin=["a:2", "c:1"])

    assert ids(response) == ["c", "a"]
    assert [(gone.id, gone.duplicate_of) for gone in response.removed] == [("b", "a")]


def test_of_copies_as_good_as_each_other_the_larger_is_kept(ranked, shot):
    gallery = [shot("a", mean=6.0), shot("b", mean=5.9, direction=1), shot("c", mean=5.0)]

    looks = {name: look_of(edge) for name, edge in (("a", 640), ("b", 1280), ("c", 4000))}

    assert ids(ranked(gallery, 0.99, looks=looks)) == ["b"]
    assert ids(ranked(gallery, 0.99)) == ["a"]


def test_a_copy_that_is_shown_already_stays_unless_another_is_pinned(ranked, shot):
    gallery = [shot("a", mean=6), shot("b", mean=8)]

    assert ids(ranked(gallery, 0.99, current=["a"])) == ["a"]
    assert ids(ranked(gallery, 0.99, current=["a"], stability=0)) == ["b"]
    assert ids(ranked(gallery, 0.99, current=["a"], pin=["b:1"])) == ["b"]


def test_where_embeddings_are_nearly_alike_the_hashes_of_the_looks_decide(ranked, shot):
    gallery = [shot("a", mean=6), shot("b", mean=5, direction=30)]  # cos 30° = 0.87

    same = {"a": look_of(640), "b": look_of(640)}
    other = {"a": look_of(640), "b": look_of(640, phash="0" * 16)}

    assert ids(ranked(gallery, 0.9, looks=same)) == ["a"]
    assert ids(ranked(gallery, 0.9, looks=other)) == ["a", "b"]


def test_an_excluded_photo_neither_stands_nor_hides_its_copy(ranked, shot):
    response = ranked([shot("a", mean=9), shot("b", mean=5)], 0.99, exclude=["a"])

    assert ids(response) == ["b"]
    assert removed(response, "excluded") == ["a"]


def test_a_photo_against_the_policy_is_removed_with_its_violations(ranked, shot):
    gallery = [shot("a", mean=9), shot("b", mean=3, direction=90)]

    response = ranked(gallery, policy={"min_mean": 4})

    (gone,) = response.removed
    assert (gone.id, gone.reason) == ("b", "policy")
    assert [broken.detail for broken in gone.violations] == ["mean score 3.00 is below 4"]


def test_a_policy_that_nothing_passes_leaves_an_empty_ranking_that_says_why(ranked, shot):
    response = ranked([shot("a"), shot("b")], policy={"min_mean": 9})

    assert ids(response) == []
    assert removed(response, "policy") == ["a", "b"]


def test_a_broken_run_says_so_and_an_unbroken_one_does_not(ranked, shot):
    gallery = [shot(f"bed-{n}", mean=9 - n) for n in range(3)] + [shot("bath", "bathroom", mean=2)]

    response = ranked(gallery, strategy="score", max_run=2)

    assert ids(response) == ["bed-0", "bed-1", "bath", "bed-2"]
    told = [name for name, why in reasons_of(response).items() if "in a row" in why[0]]
    assert told == ["bath"]


def test_a_photo_that_keeps_its_place_says_so(ranked, shot):
    gallery = [shot("a", mean=5.0), shot("b", mean=5.1)]

    response = ranked(gallery, strategy="score", current=["a", "b"])

    assert ids(response) == ["a", "b"]
    assert reasons_of(response)["a"][0].startswith("kept from the present order")
    assert reasons_of(response)["b"][0] == "2nd bedroom"


def test_the_context_brings_areas_forward_and_says_why(ranked, shot):
    """Weighed alike, the better photo comes first; for business the other area does."""
    gallery = [shot("bath", "bathroom", mean=6), shot("bed", "bedroom", mean=5.5)]

    plain, business = (
        ranked(gallery, trade_off=1.0),
        ranked(gallery, trade_off=1.0, context="business"),
    )

    assert (ids(plain), ids(business)) == (["bath", "bed"], ["bed", "bath"])
    why = contexts()["business"].weights["bedroom"].reason
    assert f"matters more here (Business travellers): {why}" in reasons_of(business)["bed"]
    assert not [r for told in reasons_of(plain).values() for r in told if "matters" in r]


def test_contexts_say_nothing_where_the_strategy_does_not_weigh_areas(ranked, shot):
    response = ranked([shot("bed")], strategy="score", context="business")

    assert reasons_of(response)["bed"] == ["first bedroom", "best photo overall"]


def test_by_area_percentile_a_good_bathroom_beats_a_fair_bedroom(ranked, shot):
    gallery = [shot("bath", "bathroom", mean=5.6), shot("bed", "bedroom", mean=5.8)]

    by_mean = ranked(gallery, strategy="score")
    by_percentile = ranked(gallery, strategy="score", score="area_percentile")

    assert (ids(by_mean), ids(by_percentile)) == (["bed", "bath"], ["bath", "bed"])
    percentiles = [place.aesthetic.area_percentile for place in by_percentile.ranking]
    assert percentiles == sorted(percentiles, reverse=True)
    assert all("within each area" in told[-1] for told in reasons_of(by_percentile).values())


def test_a_photo_of_no_known_area_has_no_area_percentile_and_is_ranked_among_all(ranked, shot):
    gallery = [
        shot("cat", rejected=True, mean=5.0),  # better than 50 % of all training photos
        shot("low", mean=3.0),
        shot("high", mean=7.0),
    ]

    response = ranked(gallery, strategy="score", score="area_percentile")

    assert ids(response) == ["high", "cat", "low"]
    assert response.ranking[1].aesthetic.area_percentile is None


def test_options_that_do_not_fit_are_refused(ranked, shot, failure):
    with pytest.raises(UnknownPhotoError, match="ghost"):
        ranked([shot("a")], exclude=["ghost"])
    # One that could not be read is there all the same.
    assert ids(ranked([shot("a")], unreadable=[failure("b")], pin=["b:1"])) == ["a"]


def test_scores_without_photos_rank_the_same(scores_of, shot):
    scores = scores_of([shot("a", mean=4), shot("b", mean=6, direction=90)])
    photos, _ = split(scores, {})

    first = curate(scores, RankOptions(), duplicate_threshold=0.9)
    again = curate_scored(photos[::-1], RankOptions(), models=first.models, duplicate_threshold=0.9)

    assert again == first


@pytest.mark.parametrize(
    ("stated", "configured", "shown"),
    [
        (None, None, ["a"]),  # the cosine is 0.92
        (0.93, None, ["a", "b"]),
        (0.93, 0.91, ["a"]),
        (0.91, 0.93, ["a", "b"]),
    ],
)
def test_copies_are_told_by_what_the_model_states_unless_the_service_is_set_otherwise(
    scores_of, shot, stated, configured, shown
):
    scores = scores_of([shot("a", mean=6), shot("b", direction=23)])
    model = scores.tags.model.model_copy(update={"duplicate_threshold": stated})
    scores = replace(scores, tags=scores.tags.model_copy(update={"model": model}))

    ranked = curate(scores, RankOptions(), duplicate_threshold=configured)

    assert ids(ranked) == shown


@pytest.mark.parametrize("named", [True, False])
def test_scores_by_another_model_have_no_percentiles_within_an_area(scores_of, shot, named):
    scores = scores_of([shot("a", mean=4), shot("b", "bathroom", mean=6, direction=90)])
    mine = scores.aesthetics.model.model_copy(update={"version": "1.3.0"})
    models = Models(tagger=scores.tags.model, aesthetic=mine) if named else None
    photos, _ = split(scores, {})
    ordered = partial(curate_scored, photos, models=models, duplicate_threshold=0.9)

    plain = ordered(RankOptions())

    assert (ids(plain), plain.models) == (["b", "a"], models)
    assert [place.aesthetic.area_percentile for place in plain.ranking] == [None, None]
    with pytest.raises(OptionError, match="1.3.0" if named else "do not name their model"):
        ordered(RankOptions(score="area_percentile"))


def look_of(edge: int, phash: str = "f0" * 8) -> Look:
    """The look of a photo of that many pixels a side."""
    look = look_at(base64.b64decode(EXAMPLE))
    return look.model_copy(update={"width": edge, "height": edge, "phash": phash})


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
