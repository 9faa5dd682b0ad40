"""The shipped aesthetic model on LitServe with plain Keras: `python benchmarks/peer.py PORT BATCH`.

What someone builds who follows LitServe's documentation: form in, `load_img`, `predict`, JSON out.
"""

from __future__ import annotations

import io
import sys

import keras
import litserve
import numpy as np
from numpy.typing import NDArray

from stayrank_models.artifacts import DEFAULT_AESTHETIC, find
from stayrank_models.loading import load_model

_SIZE = (224, 224)


class Aesthetics(litserve.LitAPI):
    """Predicts how people would rate a photo."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - the processor
        """Load the model, in each worker."""
        self.model = load_model(find(DEFAULT_AESTHETIC))

    # LitServe would take an annotation that is text for that of a query parameter.
    def decode_request(self, request, **_: object) -> NDArray[np.float32]:  # noqa: ANN001
        """The photo of a form."""
        image = keras.utils.load_img(io.BytesIO(request["files"].file.read()), target_size=_SIZE)
        return np.asarray(keras.utils.img_to_array(image))

    def batch(self, inputs: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Put photos that came together into one array."""
        return np.stack(inputs)

    def predict(self, x: NDArray[np.float32], **_: object) -> NDArray[np.float32]:
        """Rate one photo, or a batch."""
        single = x.ndim == 3
        rated = self.model.predict(x[np.newaxis] if single else x, verbose=0)
        return np.asarray(rated[0] if single else rated)

    def encode_response(self, output: NDArray[np.float32], **_: object) -> dict[str, list[float]]:
        """Its distribution."""
        return {"distribution": output.tolist()}


if __name__ == "__main__":
    port, batch = int(sys.argv[1]), int(sys.argv[2])
    api = Aesthetics(max_batch_size=batch, batch_timeout=0.01 if batch > 1 else 0)
    server = litserve.LitServer(api, accelerator="cpu")
    server.run(host="127.0.0.1", port=port, generate_client_file=False, log_level="warning")
