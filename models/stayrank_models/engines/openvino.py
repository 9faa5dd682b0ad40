"""OpenVINO on the CPU: one single-threaded stream a core, no batching delay."""

from __future__ import annotations

import os
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import openvino as ov

from stayrank_common.errors import ArtifactError, ExplanationError
from stayrank_models.artifacts import OPENVINO, OPENVINO_INT8, Artifact
from stayrank_models.engines.base import Outputs
from stayrank_models.engines.graphs import check_answer, read_graph
from stayrank_models.engines.precisions import Precision, choose, native_precisions

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OpenVinoEngine:
    """Runs an artifact's OpenVINO model.

    Args:
        artifact: Its files `openvino/model.xml` and `.bin`, or `int8.xml` and `.bin`, are read
            and checked.
        threads: Streams, that is predictions at the same time; 0 means one a core.
        precision: `f32`, `bf16`, `int8`, or `auto`; see `choose`.

    Raises:
        ArtifactError: If the files are missing, altered, or no model with the outputs
            `probabilities`, `embedding` and `feature_map`.
        ConfigurationError: If the artifact or the processor does not offer the precision.
    """

    def __init__(self, artifact: Artifact, threads: int = 0, precision: Precision = "auto") -> None:
        self._choice = choose(artifact.manifest, precision, native_precisions(), "this processor")
        name = OPENVINO_INT8 if self._choice.precision == "int8" else OPENVINO
        graph = artifact.read(name)
        weights = np.frombuffer(artifact.read(name.replace(".xml", ".bin")), dtype=np.uint8)
        streams = threads or len(os.sched_getaffinity(0))
        config = {
            "NUM_STREAMS": str(streams),
            "INFERENCE_NUM_THREADS": str(streams),
            "INFERENCE_PRECISION_HINT": "bf16" if self._choice.precision == "bf16" else "f32",
        }
        core = ov.Core()
        try:
            model = read_graph(core, graph, weights)
            self._kernel = _dense_kernel(model)
            self._model = core.compile_model(model, "CPU", config)
            self._outputs = {name: self._model.output(name) for name in _OUTPUTS}
            self._local = threading.local()
            # The first conversions between NumPy and OpenVINO must not happen in two threads at
            # once: their one-time set-up (pybind11) waits for the interpreter lock that the other
            # holds.
            size = artifact.manifest.preprocessing
            photo = np.zeros((1, size.height, size.width, 3), np.uint8)
            check_answer(self.predict(photo, feature_map=True), artifact.manifest)
        except (ArtifactError, RuntimeError) as error:
            raise ArtifactError(f"{artifact.folder / name}: {error}") from error

    @property
    def description(self) -> dict[str, str]:
        """Runtime, version, device, precision and why that one."""
        return {
            "runtime": "openvino",
            "version": version("openvino"),
            "device": str(self._model.get_property("EXECUTION_DEVICES")[0]),
            "precision": self._choice.precision,
            "why": self._choice.why,
        }

    @property
    def batch_size(self) -> int:
        """Four: what decoding and other models do in between drives the weights from the cache."""
        return 4

    def predict(self, batch: NDArray[np.uint8], *, feature_map: bool = False) -> Outputs:
        """Run the model; see `Engine.predict`."""
        request = self._request()
        # Unshared, all that goes in and out is copied, the feature map that nobody asked for too.
        request.infer([batch], share_inputs=True, share_outputs=True)
        return Outputs(
            self._copy(request, "probabilities"),
            self._copy(request, "embedding"),
            self._copy(request, "feature_map") if feature_map else None,
        )

    def channel_weights(
        self,
        feature_maps: NDArray[np.float32],  # noqa: ARG002 - the gradient is the same everywhere
        directions: NDArray[np.floating],
    ) -> NDArray[np.float32]:
        """Closed form after average pooling and one dense layer; see `Engine.channel_weights`."""
        if self._kernel is None:
            raise ExplanationError(
                "the head of this model is more than average pooling and one dense layer: its "
                "maps need gradients, which the runtime `keras` has and `openvino` has not"
            )
        return np.asarray(directions @ self._kernel.T, dtype=np.float32)

    def _request(self) -> Any:  # noqa: ANN401 - OpenVINO ships no types
        """One request a thread: a request runs one prediction at a time."""
        if not hasattr(self._local, "request"):
            self._local.request = self._model.create_infer_request()
        return self._local.request

    def _copy(self, request: Any, name: str) -> NDArray[np.float32]:  # noqa: ANN401
        """The tensor belongs to the request and is overwritten by its next run."""
        return np.array(request.get_tensor(self._outputs[name]).data, dtype=np.float32)


_OUTPUTS = ("probabilities", "embedding", "feature_map")


def _dense_kernel(model: Any) -> NDArray[np.float32] | None:  # noqa: ANN401
    """The kernel `(channels, classes)` of a head that is pooling ─> dense ─> softmax, or None.

    Several softmaxes may stand side by side, each over its share of the dense layer's outputs.

    It lies in the graph, whose checksum the manifest pins, so that no further file is needed.
    """
    nodes = [_logits(_input(model.output("probabilities").get_node(), 0))]
    for wanted in ("Add", "MatMul"):
        if nodes[-1] is None or nodes[-1].get_type_name() != wanted:
            return None
        nodes.append(_input(nodes[-1], 0))
    product, pooling = nodes[-2:]
    pooled = _input(model.output("embedding").get_node(), 0)
    if pooled.get_type_name() == "StridedSlice":  # the channels of one end of two
        pooled = _input(pooled, 0)
    if pooling.get_type_name() != "ReduceMean" or pooling.get_name() != pooled.get_name():
        return None
    kernel = _input(product, 1)
    if kernel.get_type_name() == "Convert":  # large kernels are stored as float16
        kernel = _input(kernel, 0)
    if kernel.get_type_name() != "Constant":
        return None
    values = np.array(kernel.data, dtype=np.float32)
    return values.T if product.get_attributes()["transpose_b"] else values


def _logits(answer: Any) -> Any:  # noqa: ANN401
    """What goes into a softmax, or into several side by side that share it out; None otherwise."""
    if answer.get_type_name() == "Softmax":
        return _input(answer, 0)
    parts = [source.get_node() for source in answer.input_values()]
    if answer.get_type_name() != "Concat" or {p.get_type_name() for p in parts} != {"Softmax"}:
        return None
    shares = [part.input_value(0) for part in parts]
    split = shares[0].get_node()
    in_order = [(s.get_node().get_name(), s.get_index()) for s in shares] == [
        (split.get_name(), index) for index in range(split.get_output_size())
    ]
    return _input(split, 0) if in_order and split.get_type_name() == "VariadicSplit" else None


def _input(node: Any, index: int) -> Any:  # noqa: ANN401
    return node.input_value(index).get_node()
