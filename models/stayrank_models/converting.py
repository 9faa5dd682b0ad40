"""The OpenVINO graph of an artifact.

OpenVINO reads what TensorFlow writes. Under another Keras backend the conversion runs in an
interpreter of its own that has TensorFlow, from the weights that the artifact holds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import keras
import numpy as np

from stayrank_common.errors import ArtifactError
from stayrank_models.artifacts import OPENVINO, Artifact
from stayrank_models.heads import OUTPUTS, serving_model
from stayrank_models.loading import load_model

if TYPE_CHECKING:
    from collections.abc import Sequence

# Tensors with fewer values stay in float32.
LARGE = 2**14
# Convolutions that compute in float32 in every precision: what they round, all others carry on. In
# bfloat16 that halves the error of MobileNet's answers, for 12 % of its products.
EXACT_CONVOLUTIONS = 5
_CONVOLUTIONS = ("Convolution", "GroupConvolution")
_TENSORFLOW = "tensorflow"


def write_openvino(artifact: Artifact, served: Any) -> None:  # noqa: ANN401
    """Write the graph into the folder of an artifact; its manifest is left as it is.

    Args:
        artifact: With its weights.
        served: What `serving_model` made of the model with the same weights.

    Raises:
        ArtifactError: If TensorFlow is not installed, or the graph has other outputs.
    """
    if keras.backend.backend() == _TENSORFLOW:
        _convert(served, artifact.folder / OPENVINO)
        return
    command = [sys.executable, "-m", __name__, str(artifact.folder)]
    environment = {**os.environ, "KERAS_BACKEND": _TENSORFLOW, "TF_CPP_MIN_LOG_LEVEL": "2"}
    # The other backend may hold all memory of an accelerator; converting needs none.
    environment["CUDA_VISIBLE_DEVICES"] = "-1"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ArtifactError(f"the OpenVINO graph could not be made with TensorFlow: {last}")


def main(arguments: Sequence[str]) -> None:
    """Write the graph of the artifact whose folder is given."""
    artifact = Artifact(Path(arguments[0]))
    _convert(serving_model(load_model(artifact)), artifact.folder / OPENVINO)


def _convert(served: Any, path: Path) -> None:  # noqa: ANN401
    import openvino as ov

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        served.export(scratch, format="tf_saved_model", verbose=False)
        graph = ov.convert_model(scratch)
        for output, name in zip(graph.outputs, _names(graph), strict=True):
            output.get_tensor().set_names({name})
        _halve(graph)
        ov.save_model(graph, path, compress_to_fp16=False)
    keep_exact(path)


def keep_exact(path: Path) -> None:
    """Mark the first convolutions of a graph file, with what is fused into them, as float32.

    The mark is OpenVINO's own (`ov::DisableFP16Compression`), which Python has no name for.

    Args:
        path: The `.xml` of the graph; rewritten.
    """
    tree = ET.parse(path)  # noqa: S314 - OpenVINO has just written it
    layers = [x for x in tree.iter("layer") if x.get("type") in _CONVOLUTIONS]
    for layer in layers[:EXACT_CONVOLUTIONS]:
        marks = ET.SubElement(layer, "rt_info")
        ET.SubElement(marks, "attribute", name="precise", version="0")
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _halve(graph: Any) -> None:  # noqa: ANN401
    """Store large constants as float16; OpenVINO's own compression would take the small as well."""
    import openvino as ov
    from openvino import opset13 as ops

    for node in graph.get_ordered_ops():
        if node.get_type_name() != "Constant" or node.get_element_type() != ov.Type.f32:
            continue
        if node.data.size >= LARGE:
            half = ops.convert(ops.constant(node.data.astype(np.float16)), "f32")
            for target in node.output(0).get_target_inputs():
                target.replace_source_output(half.output(0))


def _names(graph: Any) -> list[str]:  # noqa: ANN401
    """Which of our outputs each output of a converted graph is."""
    names = [next(iter(set(OUTPUTS) & output.get_names()), "") for output in graph.outputs]
    if sorted(names) != sorted(OUTPUTS):
        raise ArtifactError(f"the converted graph has the outputs {names}, expected {OUTPUTS}")
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
