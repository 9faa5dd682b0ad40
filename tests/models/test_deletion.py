"""Whether maps point at what models look at: hide it, and the answer must suffer.

Petsiuk et al., "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018,
section 4.2 (deletion), with one cut at a fifth of the photo.
"""

import csv

import numpy as np
import pytest
from PIL import Image, ImageFilter

from stayrank_common.images import open_image
from stayrank_common.ratings import mean_score
from stayrank_models.artifacts import find
from stayrank_models.engines import open_engine
from stayrank_models.explain import activation_map, class_direction, mean_direction

pytestmark = [pytest.mark.shared, pytest.mark.slow]
PHOTOS, HIDDEN = 200, 0.2


def _hide(pixels: np.ndarray, activation: np.ndarray) -> np.ndarray:
    """Blur the hottest fifth beyond recognition."""
    small = Image.fromarray(activation.astype(np.float32))
    spread = np.asarray(small.resize(pixels.shape[1::-1], Image.Resampling.BILINEAR))
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(20)))
    return np.where((spread >= np.quantile(spread, 1 - HIDDEN))[..., None], blurred, pixels)


def _photos(shared):
    folder = shared / "datasets" / "tagging"
    with (folder / "manifest.csv").open() as file:
        rows = [row["file"] for row in csv.DictReader(file) if row["split"] == "test"]
    chosen = np.random.default_rng(0).choice(sorted(rows), PHOTOS, replace=False)
    return [open_image(folder / name).pixels for name in chosen]


@pytest.mark.parametrize("model", ["tagger-mobilenet", "nima-mobilenet"])
def test_hiding_the_hottest_fifth_costs_more_than_hiding_as_much_anywhere(shared, model):
    engine = open_engine(find(model), "openvino", threads=1)
    rng = np.random.default_rng(0)
    hottest, anywhere = [], []
    for pixels in _photos(shared):
        outputs = engine.predict(pixels[None], feature_map=True)
        p = outputs.probabilities[0]
        top = int(p.argmax())
        tagging = model.startswith("tagger")
        direction = class_direction(top, len(p)) if tagging else mean_direction(p)
        weights = engine.channel_weights(outputs.feature_map, direction[None])[0]
        activation = activation_map(outputs.feature_map[0], weights)

        def answer(photo, top=top, tagging=tagging):
            found = engine.predict(photo[None]).probabilities[0]
            return found[top] if tagging else mean_score(found)

        before = answer(pixels)
        hottest.append(before - answer(_hide(pixels, activation)))
        noise = rng.normal(size=activation.shape)  # hides spots of like size and shape
        anywhere.append(before - answer(_hide(pixels, noise)))

    gap = np.subtract(hottest, anywhere)
    error = gap.std() / np.sqrt(len(gap))
    print(  # noqa: T201 - the figure to report
        f"{model}: hottest {np.mean(hottest):.3f}, anywhere {np.mean(anywhere):.3f} ± {error:.3f}"
    )
    assert gap.mean() > 3 * error
