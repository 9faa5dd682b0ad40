"""OpenVINO graphs that may be hostile: what they may consist of, and whether they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import openvino as ov

from stayrank_common.errors import ArtifactError

if TYPE_CHECKING:
    from stayrank_models.engines.base import Outputs
    from stayrank_models.manifests import Manifest

# What image classifiers are made of: no loop that need not end, no state, no extension.
OPERATIONS = frozenset(
    """
    Add AvgPool BatchNormInference Broadcast Clamp Concat Constant Convert Convolution Divide
    FakeQuantize Gather Gelu GroupConvolution HSigmoid HSwish MatMul MaxPool Maximum Minimum
    Multiply PRelu Pad Parameter Power ReduceMean ReduceSum Relu Reshape Result Reverse
    ReverseSequence ReverseV2 ShapeOf Sigmoid Slice SoftPlus Softmax Split Sqrt Squeeze
    StridedSlice Subtract Swish Tanh Transpose Unsqueeze VariadicSplit
    """.split()  # noqa: SIM905 - fifty words are easier to read
)


def read_graph(core: Any, graph: bytes, weights: Any) -> Any:  # noqa: ANN401 - OpenVINO ships no types
    """Read a graph, but compile nothing of it.

    Args:
        core: OpenVINO.
        graph: The content of an `.xml`.
        weights: That of its `.bin`, as uint8.

    Raises:
        ArtifactError: It is no such graph, or holds an operation that no image classifier needs, or
            values that are not finite.
        RuntimeError: OpenVINO cannot read it.
    """
    # OpenVINO goes by content. Graphs of ONNX, for one, can name files to read values from.
    if not graph.lstrip().startswith((b"<?xml", b"<net")):
        raise ArtifactError("not an OpenVINO graph (XML)")
    model = core.read_model(graph, ov.Tensor(weights))
    strange = {operation.get_type_name() for operation in model.get_ops()} - OPERATIONS
    if strange:
        raise ArtifactError(f"the operations {', '.join(sorted(strange))} are not allowed")
    for operation in model.get_ops():
        real = operation.get_type_name() == "Constant" and operation.get_element_type().is_real()
        if real and not np.isfinite(operation.data).all():
            raise ArtifactError(f"{operation.get_friendly_name()}: not all values are finite")
    return model


def check_answer(outputs: Outputs, manifest: Manifest) -> None:
    """Check what a graph says about one photo.

    Raises:
        ArtifactError: It has another number of outputs than the manifest names, or they are no
            probabilities.
    """
    found, expected = outputs.probabilities.shape, (1, len(manifest.outputs))
    if found != expected:
        raise ArtifactError(f"the graph answers with shape {found}, the manifest says {expected}")
    values = outputs.probabilities[0]
    fine = np.isfinite(outputs.embedding).all() and np.all(values >= 0)
    parts = np.split(values, np.cumsum(manifest.distributions)[:-1])
    if not fine or not all(abs(part.sum() - 1) <= 0.01 for part in parts):  # NaN is neither
        raise ArtifactError("the graph's answers are no probabilities")
