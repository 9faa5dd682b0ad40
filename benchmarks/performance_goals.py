"""What was wished beside what was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from statistics import median
from typing import Any

from in_process import CALLS, OURS, PLAIN
from over_http import fastest

EDGE = "1024"
PREDICT, FUNCTION = "keras predict, one by one", "tf.function, "

Found = dict[str, Any]
Goal = tuple[str, str, str]  # what, wished, reached


def goals(parts: Found) -> list[Goal]:
    """The goals of the parts that were measured."""
    return [goal for name, of in _WISHED.items() if name in parts for goal in of(parts[name])]


def reference(part: Found, path: str, call: str) -> float:
    """Photos a second in process, in the rounds of the calls over HTTP."""
    return 1000 / median(row[f"{path}, {call}"] for row in part["in process"])


def _engine_goals(part: Found) -> Iterable[Goal]:
    for backbone, times in part["1"].items():
        ours = min(ms for name, ms in times.items() if name.startswith(OURS))
        function = min(ms for name, ms in times.items() if name.startswith(FUNCTION))
        ratio = f"{times[PREDICT] / ours:.1f}"
        yield f"engine, {backbone}: × `predict` one by one", "≥ 40", ratio
        yield f"engine, {backbone}: × best `tf.function`", "≥ 10", f"{function / ours:.1f}"


def _decode_goals(part: Found) -> Iterable[Goal]:
    for edge, wished in {"1024": 2, "2048": 4, "4000": 7}.items():
        if row := part.get(edge):
            ratio = row["Pillow, bilinear"] / row[OURS]
            yield f"decoding, {edge} px: × plain Pillow", f"≥ {wished}", f"{ratio:.1f}"


def _both_goals(part: Found, title: str = "two MobileNets") -> Iterable[Goal]:
    row = part["1"][EDGE]
    for name in filter(lambda name: name.startswith(OURS), row):
        ratio = f"{row[PLAIN] / row[name]:.1f}"
        yield f"both answers, {title}, {name}: × {PLAIN}", "≥ 25", ratio


def _http_goals(part: Found) -> Iterable[Goal]:
    for (path, table), call in product(part["1 core"].items(), CALLS):
        share = fastest(table, call)["photos/s"] / reference(part, path, call)
        yield f"`{path}` at saturation, {call}, of in process", "≥ 85 %", f"{100 * share:.0f} %"
    most = max(row["resident"] for row in part["MiB"].values())
    yield "worker and its decoder, resident", "≤ 350 MB", f"{most * 2**20 / 1e6:.0f} MB"


def _gallery_goals(part: Found) -> Iterable[Goal]:
    for scorers, times in part.items():
        title = f"`/rank-gallery` of 50 new photos, all cores, scorers `{scorers}`"
        yield title, "≤ 0.8 s", f"{median(times):.2f} s"


def _start_goals(part: Found) -> Iterable[Goal]:
    slowest = max(median(times) for times in part.values())
    yield "worker ready after its start", "≤ 3 s", f"{slowest:.1f} s"


_WISHED: dict[str, Callable[[Found], Iterable[Goal]]] = {
    "engine": _engine_goals,
    "decode": _decode_goals,
    "both": _both_goals,
    "vgg16": lambda part: _both_goals({"1": part}, "VGG16 and MobileNet"),
    "http": _http_goals,
    "gallery": _gallery_goals,
    "start": _start_goals,
}
