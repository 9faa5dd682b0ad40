"""The models: their definitions (Keras), their artifacts, and the engines that run them."""

import sys

# At its import OpenVINO would tell Google Analytics of it, from a process that it forks, and keep a
# client's id in the home folder. Where this package cannot be imported it tells nobody.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
