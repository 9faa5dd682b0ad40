"""Training knows no backend: the same tiny run of both recipes under JAX."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from stayrank_models.artifacts import Artifact
from stayrank_models.engines import open_engine

pytestmark = pytest.mark.keras

PROGRAM = """
import sys
from pathlib import Path
from stayrank_training import aesthetics, tagging
from stayrank_training.recipe import AestheticRecipe, TaggerRecipe

recipe, data, out = map(Path, sys.argv[1:])
tagging.train(TaggerRecipe.load(recipe), data, out / "tagger")
nima = AestheticRecipe.load(recipe, ["finetune.epochs=1", "finetune.precision=mixed_bfloat16"])
aesthetics.train(nima, data, out / "nima")
"""


def test_both_models_train_under_jax_and_their_artifacts_serve(dataset, tmp_path):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(
        'name = "tiny"\nfolds = 2\n'
        '[start]\nweights = "random"\noptions = {alpha = 0.25}\n'
        "[preprocessing]\nwidth = 32\nheight = 32\n[head]\nepochs = 2\n"
    )
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, recipe, dataset, tmp_path],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for name in ("tagger", "nima"):
        record = json.loads((tmp_path / name / "run.json").read_text())
        assert record["backend"] == "jax"
        artifact = Artifact(tmp_path / name / "artifact" / "tiny" / "1.0.0")
        engine = open_engine(artifact, "openvino")
        assert engine.predict(_photos()).probabilities.sum(axis=1) == pytest.approx(1, abs=1e-3)


def _photos():
    return np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
