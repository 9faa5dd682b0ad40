"""The int8 graph of an artifact, by NNCF's post-training quantisation on real photos.

Weights get a scale a channel, activations one a tensor, and biases take up the mean error that each
layer has where all before it are quantised as well. What the first convolutions round, all others
carry on: these stay in float32, and so does the last layer, whose output is the answer. Weights use
all 8 bits; the half that NNCF leaves free by default keeps sums from saturating on processors
without VNNI, to which int8 is not offered.

Reference:
    Jacob et al., "Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference", CVPR 2018.
"""

from __future__ import annotations

import importlib.util
import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import openvino as ov

from stayrank_common.errors import ArtifactError, ConfigurationError
from stayrank_common.images import open_image
from stayrank_models.artifacts import OPENVINO, OPENVINO_INT8, Artifact
from stayrank_models.sealing import seal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXACT_CONVOLUTIONS = 3


def quantize(artifact: Artifact, photos: Sequence[Path]) -> Artifact:
    """Add an int8 graph to an artifact.

    It is offered only once `stayrank evaluate parity --record` has found that it passes.

    Args:
        artifact: Its manifest is sealed anew; an int8 graph that it has is replaced.
        photos: To calibrate on: like those to come, and none that the model is judged on.

    Returns:
        The artifact as it is now, with another checksum.

    Raises:
        ArtifactError: If there is no photo, or the graph is missing or altered.
        ConfigurationError: If NNCF is not installed.
        PhotoError: If a photo cannot be decoded.
    """
    if not importlib.util.find_spec("nncf"):
        raise ConfigurationError("nncf is not installed: pip install 'stayrank[quantize]'")
    if not photos:
        raise ArtifactError("quantising needs photos to calibrate on, and there is none")
    import nncf
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix

    nncf.set_log_level(logging.WARNING)  # else it names every layer
    preprocessing = artifact.manifest.preprocessing
    weights = np.frombuffer(artifact.read(OPENVINO.replace(".xml", ".bin")), dtype=np.uint8)
    graph = ov.Core().read_model(artifact.read(OPENVINO), ov.Tensor(weights))
    pixels = [open_image(path, preprocessing).pixels[None] for path in photos]
    quantized = nncf.quantize(
        graph,
        nncf.Dataset(pixels),
        preset=nncf.QuantizationPreset.MIXED,
        target_device=nncf.TargetDevice.CPU,
        subset_size=len(pixels),
        fast_bias_correction=False,
        advanced_parameters=AdvancedQuantizationParameters(overflow_fix=OverflowFix.DISABLE),
        ignored_scope=nncf.IgnoredScope(names=_exact(graph)),
    )
    ov.save_model(quantized, artifact.folder / OPENVINO_INT8, compress_to_fp16=False)
    recorded = {k: v for k, v in artifact.manifest.precisions.items() if k != "int8"}
    manifest = artifact.manifest.model_copy(update={"precisions": recorded})
    return seal(artifact.folder, manifest, (OPENVINO_INT8, OPENVINO_INT8.replace(".xml", ".bin")))


def _exact(graph: Any) -> list[str]:  # noqa: ANN401
    """Names of the layers that stay in float32."""
    nodes = graph.get_ordered_ops()
    convolutions = [n for n in nodes if n.get_type_name() in ("Convolution", "GroupConvolution")]
    last = [n for n in nodes if n.get_type_name() == "MatMul"]
    return [n.get_friendly_name() for n in (*convolutions[:EXACT_CONVOLUTIONS], *last)]
