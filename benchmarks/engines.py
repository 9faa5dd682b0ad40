"""How fast the engines are: `python benchmarks/engines.py [--json] [--cpu-time]`.

Beside ours, what a plain Keras service does: `predict` photo by photo and in batches of 64, and a
`tf.function`. All take turns in one process, on one core and then on all; figures are medians of
the rounds in milliseconds a photo, with how many times as fast as `predict` photo by photo. The
weights of VGG16 are random here, which no instruction takes longer for. On a busy machine take
`--cpu-time`: seconds of the processor in the place of seconds on the wall.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from timing import measure, on_cores

from stayrank_models.artifacts import DEFAULT_AESTHETIC, OPENVINO_INT8, Artifact, find
from stayrank_models.engines import open_engine
from stayrank_models.engines.precisions import native_precisions

_BASE = "keras predict, one by one"
_BATCH = 64
_EACH = 8  # photos that a thread takes
_PHOTOS = np.random.default_rng(0).integers(0, 256, (_BATCH, 224, 224, 3), dtype=np.uint8)

Work = Callable[[], int]


def main() -> None:
    """Measure in a process for each number of cores, whose libraries start with that many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--cpu-time", action="store_true", help="for a busy machine")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backbones", nargs="*", default=["mobilenet", "vgg16"])
    parser.add_argument("--on", type=int, help="measure on so many cores, in this process")
    options = parser.parse_args()
    if options.on:
        clock = time.process_time if options.cpu_time else time.perf_counter
        on_cores(options.on)
        results = {
            name: measure(_works(name, options.on), rounds=options.rounds, clock=clock)
            for name in options.backbones
        }
        print(json.dumps(results))
        return
    everything = {}
    for cores in sorted({1, len(os.sched_getaffinity(0))}):
        command = [sys.executable, __file__, *sys.argv[1:], "--on", str(cores)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        everything[cores] = json.loads(done.stdout.splitlines()[-1])
    if options.json:
        print(json.dumps({"processor": _processor(), "milliseconds": everything}, indent=1))
        return
    print(f"{_processor()}; {'CPU' if options.cpu_time else 'wall'} time a photo")
    for cores, results in everything.items():
        for backbone, times in results.items():
            print(f"\n{backbone}, {cores} core{'s' if cores > 1 else ''}")
            for name, ms in times.items():
                print(f"{ms:9.2f} ms {times[_BASE] / ms:7.1f} ×  {name}")


def _works(backbone: str, cores: int) -> dict[str, Work]:
    with tempfile.TemporaryDirectory() as scratch:
        artifact = _artifact(backbone, Path(scratch))
        return {**_plain(artifact), **_ours(artifact, cores)}


def _plain(artifact: Artifact) -> dict[str, Work]:
    """What there is without us, on the same weights."""
    import tensorflow as tf

    from stayrank_models.loading import load_model

    model = load_model(artifact)
    graph = tf.function(lambda x: model(x, training=False))

    def predict(size: int) -> int:
        model.predict(_PHOTOS[:size], verbose=0, batch_size=size)
        return size

    def function(size: int) -> int:
        graph(tf.constant(_PHOTOS[:size])).numpy()
        return size

    return {
        _BASE: lambda: predict(1),
        f"keras predict, batches of {_BATCH}": lambda: predict(_BATCH),
        "tf.function, one by one": lambda: function(1),
        f"tf.function, batches of {_BATCH}": lambda: function(_BATCH),
    }


def _ours(artifact: Artifact, cores: int) -> dict[str, Work]:
    precisions = ["f32", *reversed(native_precisions())]
    if OPENVINO_INT8 not in artifact.manifest.files and "int8" in precisions:
        precisions.remove("int8")
    works: dict[str, Work] = {}
    for precision in precisions:
        offering = artifact if precision == "f32" else artifact.offering(precision)
        engine = open_engine(offering, "openvino", cores, precision)
        pool = ThreadPoolExecutor(cores)
        for size in (1, 4, _EACH):

            def work(engine=engine, pool=pool, size=size) -> int:  # noqa: ANN001
                chunks = [_PHOTOS[at : at + size] for at in range(0, cores * _EACH, size)]
                return sum(len(out.probabilities) for out in pool.map(engine.predict, chunks))

            works[f"ours {precision}, {f'batches of {size}' if size > 1 else 'one by one'}"] = work
    return works


def _artifact(backbone: str, folder: Path) -> Artifact:
    """The shipped NIMA for MobileNet; for others one with random weights."""
    shipped = find(DEFAULT_AESTHETIC)
    if backbone == "mobilenet":
        return shipped
    from stayrank_models.exporting import export_artifact
    from stayrank_models.nima import build_nima

    facts = shipped.manifest.model_dump(exclude={"files", "precisions"})
    facts["architecture"] = {"backbone": backbone, "dropout": 0.2}
    artifact = export_artifact(build_nima(backbone), folder, facts, "# Random\n")
    if importlib.util.find_spec("nncf"):
        from PIL import Image

        from stayrank_models.quantizing import quantize

        paths = [folder / f"{number}.png" for number in range(4)]
        for path, pixels in zip(paths, _PHOTOS, strict=False):
            Image.fromarray(pixels).save(path)
        artifact = quantize(artifact, paths)
    return artifact


def _processor() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    units = ", ".join(f"{name} {unit}" for name, unit in native_precisions().items())
    return f"{(names or [platform.machine()])[0]} ({units or 'no reduced precision'})"


if __name__ == "__main__":
    main()
