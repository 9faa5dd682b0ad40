import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance

from stayrank_training.data.duplicates import EXACT, NEAR, DedupeReport, deduplicate
from stayrank_training.data.fingerprints import Fingerprint, fingerprints, near_pairs
from stayrank_training.data.manifests import read_manifest


@pytest.fixture
def view(picture):
    """Pictures with shapes of all sizes, as photos have: `view(seed, size)`."""

    def make(seed, size):
        large = Image.open(io.BytesIO(picture(seed=seed, size=size)))
        noise = np.random.default_rng(seed).integers(0, 256, (14, 20, 3), dtype=np.uint8)
        small = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
        return Image.blend(large, small, 0.4)

    return make


@pytest.fixture
def photos(tmp_path, picture, view, encode):
    """A scene with copies of it, and two other pictures."""
    large = view(0, (400, 300))
    (tmp_path / "small.jpg").write_bytes(encode(large.resize((200, 150)), "JPEG"))
    (tmp_path / "best.jpg").write_bytes(encode(large, "JPEG", quality=95))
    (tmp_path / "best-again.jpg").write_bytes(encode(large, "JPEG", quality=95))
    (tmp_path / "coarse.webp").write_bytes(encode(large, "WEBP", quality=60))
    (tmp_path / "other.jpg").write_bytes(picture(seed=1))
    (tmp_path / "another.jpg").write_bytes(picture(seed=2))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    names = ["another", "best-again", "best", "broken", "other", "small"]
    table = pd.DataFrame({"file": [f"{n}.jpg" for n in names] + ["coarse.webp"], "tag": "foyer"})
    table.loc[table["file"] == "small.jpg", "tag"] = "kitchen"
    table.assign(split="train", extra=7).to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path


def test_the_best_copy_is_kept_and_every_dropped_one_explained(photos):
    result = deduplicate(read_manifest(photos))

    assert result.kept["file"].tolist() == ["another.jpg", "best-again.jpg", "other.jpg"]
    assert result.kept["cluster"].tolist() == ["", "best-again.jpg", ""]
    assert result.kept["extra"].tolist() == ["7"] * 3
    dropped = result.dropped.set_index("file")
    assert dropped["reason"].to_dict() == {
        "best.jpg": EXACT,
        "coarse.webp": NEAR,
        "small.jpg": NEAR,
    }
    assert set(dropped["kept"]) == {"best-again.jpg"}
    assert list(result.unreadable) == ["broken.jpg"]
    assert len(result.marked) == 6
    assert {path.name for path in photos.iterdir()} >= {*dropped.index, "broken.jpg"}


def test_the_figures_count_what_is_in_the_tables(photos):
    report = DedupeReport.of(deduplicate(read_manifest(photos)))

    assert report == DedupeReport(
        kept=3, clusters=1, exact=1, near=2, across_splits=0, other_tag=1, unreadable=1
    )


@pytest.mark.parametrize("change", ["crop", "shift", "brighter", "png"])
def test_a_changed_copy_is_near_and_another_scene_is_not(tmp_path, change, view, encode, picture):
    image = view(0, (640, 480))
    changed = {
        "crop": lambda: image.crop((19, 14, 621, 466)),
        "shift": lambda: image.crop((25, 0, 640, 480)),
        "brighter": lambda: ImageEnhance.Brightness(image).enhance(1.15),
        "png": lambda: image,
    }[change]()
    contents = [encode(image, "JPEG"), encode(changed, "PNG"), picture(seed=3)]
    paths = [tmp_path / str(number) for number in range(3)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)

    assert near_pairs(fingerprints(paths), 14, 0.9).T.tolist() == [[0, 1]]


def test_all_pairs_are_found_across_chunks():
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 1300, dtype=np.uint64)
    hashes[1200], hashes[700] = hashes[5], hashes[600] ^ np.uint64(0b111)
    thumbnails = np.eye(4, dtype=np.float32)[np.zeros(1300, int)]
    prints = [
        Fingerprint("", int(h), thumbnail, 1, 1)
        for h, thumbnail in zip(hashes, thumbnails, strict=True)
    ]

    pairs = near_pairs(prints, 3, 0.9).T.tolist()

    assert sorted(pairs) == [[5, 1200], [600, 700]]


def test_a_hash_alone_is_not_enough(tmp_path, view, encode):
    image = view(0, (400, 300))
    swapped = Image.merge("RGB", image.split()[::-1])  # the same shapes in other colours
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(encode(image, "PNG"))
    two.write_bytes(encode(swapped, "PNG"))
    prints = fingerprints([one, two])

    assert near_pairs(prints, 64, -1).shape == (2, 1)
    assert near_pairs(prints, 64, 0.9).shape == (2, 0)
