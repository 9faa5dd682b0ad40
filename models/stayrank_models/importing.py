"""Models that others trained, made into artifacts."""

from __future__ import annotations

import hashlib
from statistics import NormalDist
from typing import TYPE_CHECKING

from stayrank_common.errors import WeightsError
from stayrank_models.artifacts import Artifact
from stayrank_models.exporting import export_artifact
from stayrank_models.loading import assign_start
from stayrank_models.manifests import RATING_LABELS
from stayrank_models.nima import build_nima
from stayrank_models.tensors import read_tensors
from stayrank_models.weights import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

NAME, VERSION = "nima-mobilenet-ava", "1.0.0"
# The paper's rate; it only matters to whoever trains on.
_DROPOUT = 0.75
# Mean scores of AVA lie around 5.4 with a spread of 0.7 (Murray et al., CVPR 2012, section 3);
# lacking the photos, this normal distribution stands in for the percentiles.
_AVA_MEAN, _AVA_SPREAD = 5.38, 0.73

_CARD = f"""---
license: apache-2.0
library_name: keras
pipeline_tag: image-classification
tags:
  - stayrank
  - mobilenet
  - nima
  - image-aesthetics
---

# {NAME} {VERSION}

NIMA MobileNet trained on AVA by idealo, © 2018 idealo internet GmbH, Apache-2.0: the file
`models/MobileNet/weights_mobilenet_aesthetic_0.07.hdf5` of idealo/image-quality-assessment with
large kernels rounded to float16. Its owners report an EMD (r = 2) of 0.071, LCC 0.626 and SRCC
0.609 on AVA.

It was trained on photos resized by nearest neighbour, and its manifest says so. Photos of hotels
are not what it was made for. The percentiles are those of a normal distribution with AVA's mean
and spread, not measured ones.
"""


def import_nima_ava(weights_file: Path, out: Path) -> Artifact:
    """Make an artifact from idealo's NIMA MobileNet weights.

    Args:
        weights_file: `weights_mobilenet_aesthetic_0.07.hdf5`, under any name.
        out: The artifact is written to `<out>/nima-mobilenet-ava/1.0.0`.

    Raises:
        WeightsError: If the file cannot be read or is not that one.
    """
    entry = CATALOGUE[NAME]
    try:
        content = weights_file.read_bytes()
    except OSError as error:
        raise WeightsError(f"{weights_file}: {error.strerror}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry.file_hash:
        raise WeightsError(f"{weights_file}: sha256 is {digest}, expected {entry.file_hash}")
    model = build_nima("mobilenet", _DROPOUT)
    assign_start(model, read_tensors(content))
    facts = {
        "name": NAME,
        "version": VERSION,
        "task": "aesthetics",
        "architecture": {"backbone": "mobilenet", "dropout": _DROPOUT},
        "labels": RATING_LABELS,
        "preprocessing": {"interpolation": "nearest"},
        "calibration": {"percentiles": _normal_percentiles()},
        "license": entry.license,
        "training": {"credit": entry.credit, "address": entry.address, "sha256": digest},
        "metrics": {},
    }
    return export_artifact(model, out / NAME / VERSION, facts, _CARD)


def _normal_percentiles() -> list[float]:
    scores = NormalDist(_AVA_MEAN, _AVA_SPREAD)
    # The 0th and the 100th percentile of a normal distribution are infinite.
    ranks = [min(max(percent / 100, 0.001), 0.999) for percent in range(101)]
    return [round(scores.inv_cdf(rank), 4) for rank in ranks]
