"""A dataset of plain colours: every tag has its own, so that a tiny model can learn it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stayrank_common.tags import TAGS

COLOURS = np.random.default_rng(5).integers(0, 256, (len(TAGS) + 1, 3))


@pytest.fixture(scope="session")
def dataset(tmp_path_factory) -> Path:
    """`tagging/manifest.csv` with photos of six hotels, and `aesthetics/labels_*.json`."""
    folder = tmp_path_factory.mktemp("data")
    rows = ["file,tag,split,source,property,ratings,rating_sd"]
    votes = {"train": [], "test": []}
    rng = np.random.default_rng(0)
    for hotel in range(6):
        split = "test" if hotel == 5 else "train"
        for index, tag in enumerate((*TAGS, "other")):
            name = f"{split}/{tag}/{hotel}.jpg"
            path = folder / "tagging" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            noise = rng.normal(0, 10, (40, 48, 3))
            Image.fromarray((COLOURS[index] + noise).clip(0, 255).astype(np.uint8)).save(path)
            rows.append(f"{name},{tag},{split},hotelsite,hotel-{hotel},,")
            rating = 1 + index
            label = [int(100 * (k == rating)) for k in range(1, 11)]
            votes[split].append({"image_id": name, "label": label})
    (folder / "tagging" / "manifest.csv").write_text("\n".join(rows))
    (folder / "aesthetics").mkdir()
    for split, labels in votes.items():
        (folder / "aesthetics" / f"labels_{split}.json").write_text(json.dumps(labels))
    return folder


@pytest.fixture
def copy(dataset, tmp_path) -> Path:
    """A dataset of one's own, to change."""
    return shutil.copytree(dataset, tmp_path / "data")


TINY = {
    "start.weights": "random",
    "start.options.alpha": 0.25,
    "preprocessing.width": 32,
    "preprocessing.height": 32,
    "head.epochs": 4,
    "folds": 2,
}


@pytest.fixture
def tagger_recipe(tmp_path):
    """Make a tagger's recipe for a tiny model that begins at random: `tagger_recipe(key=value)`."""
    from stayrank_training.recipe import TaggerRecipe

    return lambda **changes: _load(TaggerRecipe, tmp_path, changes)


@pytest.fixture
def aesthetic_recipe(tmp_path):
    """The same for a NIMA model."""
    from stayrank_training.recipe import AestheticRecipe

    return lambda **changes: _load(AestheticRecipe, tmp_path, changes)


def _load(kind, folder, changes):
    (folder / "recipe.toml").write_text('name = "tiny"\n')
    overrides = [f"{key}={value}" for key, value in {**TINY, **changes}.items()]
    return kind.load(folder / "recipe.toml", overrides)
