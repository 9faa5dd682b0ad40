"""What opening a photo costs: `python benchmarks/decoding.py [FOLDER]`, by default of the sample.

Prints medians of the CPU time a photo, in rounds that take turns: plain Pillow (full decode,
bilinear resize to 224 × 224), ours, and how far apart their pixels are (mean absolute difference,
0..255); then what it costs to have another process do it. Photos are enlarged to each size
(Lanczos) and saved as 4:2:0 JPEG of quality 85. What entropy decoding costs goes with the bytes, so
these are printed too.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray
from photos import EDGES, SAMPLE, encoded
from PIL import Image

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.images import SUFFIXES, Preprocessing, open_image

_PHOTOS, _ROUNDS = 6, 9
_INPUT = Preprocessing()

Work = Callable[[bytes], NDArray[np.uint8]]


def main(folder: Path) -> None:
    """Measure with photos of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:_PHOTOS]
    photos = [Image.open(path).convert("RGB") for path in paths]
    works = {"plain": _plain, "ours": lambda data: open_image(data).pixels}
    print(f"{'JPEG':>10} {'KB':>6} {'plain/ms':>9} {'ours/ms':>8} {'ratio':>6} {'difference':>11}")
    for edge in EDGES:
        contents = [encoded(photo, edge) for photo in photos]
        _show(str(edge), contents, works)
    for name, options in {"WEBP": {"quality": 80}, "PNG": {"compress_level": 3}}.items():
        _show(f"{name} 2048", [encoded(photo, 2048, name, **options) for photo in photos], works)
    contents = [encoded(photo, 1024) for photo in photos]
    _show_processes(contents)
    _show_throughput(contents)


def _show(name: str, contents: Sequence[bytes], works: Mapping[str, Work]) -> None:
    took = _milliseconds(contents, works)
    ratio = median(plain / ours for plain, ours in zip(took["plain"], took["ours"], strict=True))
    size = fmean(map(len, contents)) / 1000
    apart = fmean(
        np.abs(_plain(data).astype(float) - open_image(data).pixels).mean() for data in contents
    )
    plain, ours = median(took["plain"]), median(took["ours"])
    print(f"{name:>10} {size:6.0f} {plain:9.2f} {ours:8.2f} {ratio:6.2f} {apart:11.2f}")


def _show_processes(contents: Sequence[bytes]) -> None:
    """CPU time of this process and of its worker, photos of 1024 pixels."""
    decoder = PlainDecoder()
    with DecoderPool(workers=1) as pool:
        pool.open_image(contents[0], _INPUT)
        (worker,) = _children()
        start = _cpu_s(worker)
        works = {
            "here": lambda data: decoder.open_image(data, _INPUT).pixels,
            "there": lambda data: pool.open_image(data, _INPUT).pixels,
        }
        took = _milliseconds(contents, works)
        worked = 1000 * (_cpu_s(worker) - start) / (_ROUNDS * len(contents))
    here, asked = median(took["here"]), median(took["there"])
    print(
        f"1024 px in this process {here:.2f} ms; in another {worked:.2f} ms and {asked:.2f} ms here"
    )


def _show_throughput(contents: Sequence[bytes]) -> None:
    """Photos a second by the clock, with a thread a core; on a busy machine it says little."""
    cores = len(os.sched_getaffinity(0))
    rates: dict[str, list[float]] = {"this process": [], "others": []}
    with PlainDecoder() as plain, DecoderPool() as pool, ThreadPoolExecutor(cores) as threads:
        pool.start(cores)
        for _ in range(_ROUNDS):
            for found, decoder in zip(rates.values(), (plain, pool), strict=True):
                work = partial(decoder.open_image, preprocessing=_INPUT)
                start = time.perf_counter()
                list(threads.map(work, contents * 10))
                found.append(10 * len(contents) / (time.perf_counter() - start))
    text = ", ".join(f"{median(found):.0f} in {name}" for name, found in rates.items())
    print(f"1024 px, {cores} threads: {text} (photos a second)")


def _plain(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        size = (_INPUT.width, _INPUT.height)
        return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))


def _milliseconds(contents: Sequence[bytes], works: Mapping[str, Work]) -> dict[str, list[float]]:
    """CPU time a photo of each work, in rounds that take turns."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(_ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            for data in contents:
                work(data)
            took[name].append(1000 * (time.process_time() - start) / len(contents))
    return took


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def _cpu_s(pid: int) -> float:
    """From the scheduler, in nanoseconds; the ticks of `stat` are too long."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
