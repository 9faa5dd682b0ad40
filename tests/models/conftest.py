"""A model small enough to build and export in seconds."""

import numpy as np
import pytest

from stayrank_common.tags import TAGS

SIZE = 32
FACTS = {
    "name": "tiny",
    "version": "1.0.0",
    "task": "tagging",
    "architecture": {"backbone": "mobilenet", "dropout": 0.5, "options": {"alpha": 0.25}},
    "labels": TAGS,
    "preprocessing": {"width": SIZE, "height": SIZE},
    "calibration": {"temperature": 1.5, "threshold": 0.3},
    "license": "Apache-2.0",
    "training": {"data": "none"},
    "metrics": {"top1": 0.125},
}


def tiny_tagger(seed: int = 0):
    """A MobileNet of 200,000 weights, random but with lively batch normalisations."""
    import keras

    from stayrank_models.loading import settle_normalisations
    from stayrank_models.tagger import build_tagger

    keras.utils.set_random_seed(seed)
    model = build_tagger("mobilenet", height=SIZE, width=SIZE, dropout=0.5, alpha=0.25)
    settle_normalisations(model, seed)
    return model


@pytest.fixture(scope="session")
def tiny_artifact(tmp_path_factory):
    """An exported artifact. Read only: tests that break files copy it first."""
    from stayrank_models.exporting import export_artifact

    folder = tmp_path_factory.mktemp("artifact")
    return export_artifact(tiny_tagger(), folder, FACTS, "---\nlicense: apache-2.0\n---\n# Tiny\n")


@pytest.fixture(scope="session")
def photos() -> np.ndarray:
    """`(7, 32, 32, 3)` uint8 noise of different contrast."""
    rng = np.random.default_rng(0)
    return np.stack([rng.integers(0, 20 + 30 * i, (SIZE, SIZE, 3)) for i in range(7)]).astype(
        np.uint8
    )
