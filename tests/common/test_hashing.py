import imagehash
import numpy as np
import pytest
from PIL import Image

from stayrank_common.hashing import perceptual_hash


def blotches(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("seed", range(20))
def test_the_hash_is_that_of_the_imagehash_library(seed):
    grey = blotches(seed)

    assert f"{perceptual_hash(grey):016x}" == str(imagehash.phash(grey))


@pytest.mark.parametrize("seed", range(5))
def test_a_smaller_copy_has_nearly_the_same_hash_and_other_pictures_have_others(seed):
    grey = blotches(seed)
    copy, turned = grey.resize((200, 150)), grey.rotate(180)

    assert (perceptual_hash(grey) ^ perceptual_hash(copy)).bit_count() <= 4
    assert (perceptual_hash(grey) ^ perceptual_hash(turned)).bit_count() > 14
    assert (perceptual_hash(grey) ^ perceptual_hash(blotches(seed + 5))).bit_count() > 14


def test_a_picture_of_one_colour_has_a_hash_too():
    assert 0 <= perceptual_hash(Image.new("L", (50, 40), 128)) < 2**64
