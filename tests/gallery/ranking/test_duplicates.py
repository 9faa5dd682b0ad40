import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_gallery.ranking import Gallery, duplicate_groups, duplicates, like_views


def at_angles(quality, degrees) -> Gallery:
    """Photos whose embeddings point in these directions."""
    angles = np.radians(degrees)
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Gallery(quality, np.ones((len(quality), 1)), embeddings)


def test_like_photos_are_folded_under_the_best():
    gallery = at_angles([0.2, 0.9, 0.5, 0.1], [0, 5, 90, 92])

    assert duplicate_groups(gallery, threshold=0.99).tolist() == [1, 1, 2, 2]


def test_of_equal_copies_the_first_is_kept():
    assert duplicate_groups(at_angles([0.5] * 3, [0, 0, 0]), threshold=0.9).tolist() == [0, 0, 0]


def test_a_chain_of_likeness_is_one_group_in_any_order():
    """The ends are not alike, and no photo sees more than its neighbours."""
    degrees = np.arange(0, 100, 10)
    for seed in range(10):
        shuffled = np.random.default_rng(seed).permutation(degrees)
        quality = shuffled / 100

        best = duplicate_groups(at_angles(quality, shuffled), threshold=np.cos(np.radians(11)))

        assert set(best) == {int(np.argmax(shuffled))}


SIGNS = st.tuples(*4 * [st.sampled_from([-1, 1])])  # cosines are multiples of ½, exactly
HASHES = st.sampled_from([None, 0, 2**14 - 1, ~0 % 2**64])  # of these the middle two are near
PHOTOS = st.lists(st.tuples(st.sampled_from([0.2, 0.9]), SIGNS, HASHES), min_size=1, max_size=12)


@given(PHOTOS, st.sampled_from([-1.0, 0.0, 0.5, 0.52, 1.0, 1.01]), st.integers(1, 5))
def test_groups_are_those_that_chains_of_likeness_join(photos, threshold, rows):
    """However many rows of all cosines are in memory at once."""
    quality, embeddings, hashes = zip(*photos, strict=True)
    gallery = Gallery(quality, np.ones((len(photos), 1)), embeddings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "_ROWS", rows)
        best = duplicate_groups(gallery, threshold=threshold, hashes=hashes)
        views = like_views(gallery, threshold=threshold)

    cosines = np.array(embeddings) @ np.array(embeddings).T / 4
    near = np.array([[are_near(one, other) for other in hashes] for one in hashes])
    nearly = (cosines >= threshold - 0.05) & (threshold <= 1)
    copies = nearly & (near | (cosines >= threshold))
    assert views.tolist() == [group[0] for group in chained(nearly)]
    assert best.tolist() == [max(group, key=quality.__getitem__) for group in chained(copies)]


def are_near(one, other) -> bool:
    return None not in {one, other} and (one ^ other).bit_count() <= 14


def chained(alike):
    """For each photo what any number of steps leads to, in ascending order."""
    reached = alike | np.eye(len(alike), dtype=bool)
    for _ in alike:
        reached = reached @ reached
    return [np.flatnonzero(row).tolist() for row in reached]


def test_memory_does_not_grow_with_the_square_of_the_number_of_photos(floats_held):
    count = 4000
    embeddings = np.eye(8)[np.arange(count) % 8]
    gallery = Gallery(np.linspace(0, 1, count), np.ones((count, 1)), embeddings)

    assert floats_held(lambda: duplicate_groups(gallery, threshold=0.9)) < count**2 / 2
    assert floats_held(lambda: like_views(gallery, threshold=0.9)) < count**2 / 2


def test_a_threshold_above_one_folds_nothing():
    gallery = at_angles([0.5] * 3, [0, 0, 0])

    assert duplicate_groups(gallery, threshold=1.01, hashes=[0] * 3).tolist() == [0, 1, 2]


COPY, OTHER = 0b11 << 61, ~0 % 2**64  # of hash 0: a copy's differs in 2 bits, another's in 64


@pytest.mark.parametrize(
    ("degrees", "hashes", "kept"),
    [
        (30, [0, COPY], [0, 0]),  # cos 30° = 0.87: the hashes decide
        (30, [0, OTHER], [0, 1]),
        (30, [0, 2**14 - 1], [0, 0]),
        (30, [0, 2**15 - 1], [0, 1]),
        (30, [0, None], [0, 1]),
        (30, [None, None], [0, 1]),
        (30, None, [0, 1]),
        (33, [0, 0], [0, 1]),  # 0.84: whatever the hashes say
        (25, [0, OTHER], [0, 0]),  # 0.91
    ],
)
def test_where_embeddings_are_nearly_alike_the_hashes_decide(degrees, hashes, kept):
    gallery = at_angles([0.9, 0.5], [0, degrees])

    assert duplicate_groups(gallery, threshold=0.9, hashes=hashes).tolist() == kept


def test_the_copy_that_is_preferred_is_kept_whatever_its_quality():
    gallery = at_angles([0.9, 0.5, 0.7], [0, 1, 2])

    assert duplicate_groups(gallery, threshold=0.9, preference=[0, 2, 1]).tolist() == [1, 1, 1]


def test_an_empty_gallery_has_no_groups():
    assert duplicate_groups(at_angles([], []), threshold=0.9).tolist() == []


def test_without_embeddings_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="embeddings"):
        duplicate_groups(Gallery([0.5], [[1]]), threshold=0.9)


def test_photos_that_are_nearly_duplicates_show_one_view():
    gallery = at_angles([0.1, 0.9, 0.5, 0.7], [0, 90, 30, 60])  # cos 30° = 0.87

    assert like_views(gallery, threshold=0.9).tolist() == [0, 0, 0, 0]  # by a chain
    assert like_views(gallery.take(np.array([0, 1, 2])), threshold=0.9).tolist() == [0, 1, 0]
    assert like_views(gallery, threshold=0.93).tolist() == [0, 1, 2, 3]


def test_where_nothing_is_a_duplicate_no_two_photos_show_one_view():
    assert like_views(at_angles([0.5] * 3, [0, 0, 0]), threshold=1.01).tolist() == [0, 1, 2]
