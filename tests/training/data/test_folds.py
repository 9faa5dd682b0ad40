from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stayrank_training.data.folds import fold_numbers
from stayrank_training.data.photos import TaggedPhoto


def _photo(name: str, hotel: str) -> TaggedPhoto:
    return TaggedPhoto(Path(name), name, "foyer", "train", hotel=hotel)


@given(st.lists(st.tuples(st.text(), st.sampled_from("abcdef")), max_size=40), st.integers(0, 99))
def test_a_hotel_lies_in_one_fold_whatever_else_there_is(pairs, seed):
    photos = [_photo(name, hotel) for name, hotel in pairs]

    folds = fold_numbers(photos, 3, seed).tolist()

    of_hotel = {photo.hotel: fold for photo, fold in zip(photos, folds, strict=True)}
    assert [of_hotel[photo.hotel] for photo in photos] == folds
    assert fold_numbers(photos[1:], 3, seed).tolist() == folds[1:]


def test_folds_are_about_equally_large():
    folds = fold_numbers([_photo(str(n), "") for n in range(2000)], 4, seed=0)

    assert all(400 < size < 600 for size in np.bincount(folds, minlength=4))
