"""What hostile files do to the services: `make hostile`, or `python benchmarks/hostile --quick`.

Every file goes over HTTP to the gallery (which sends it on to the two others and looks at it
itself), to the tagger and to the aesthetic service, with two callers at a time; what takes a core
for most of a second goes alone. Exits with 1 where a promise is broken: no 5xx, no hang, every
refusal typed, 99 % of the refusals within 50 ms, no file over 1.5 s, memory back to its level.
`--untimed` promises nothing about times, for machines that are busy with other things.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path

import bombs
import crowds
import damage
import httpx
import patterns
from PIL import Image
from shooting import FILE_S, HANG_S, REFUSAL_S, Answer, line, p99_s, send
from shots import Shot
from stack import PATHS, Stack, running

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "miramar"
HOSTILE = ROOT.parent / "shared" / "hostile"
_PHOTOS, _QUICK = 50, 19  # of --quick: each 19th of all files, so that the mix is the same
_ALONE = "at the limit"
_GROWTH_MIB = 64
_HEAD = (
    f"{'':22}{'answers':>9}{'accepted':>9}{'refused':>9}{'killed':>9}{'5xx/none':>9}{'untyped':>9}"
    f"{'p99 ref/ms':>11}{'slowest/ms':>11}"
)


def main(port: int, shared: Path, *, quick: bool, timed: bool) -> int:
    """Shoot at services on `port` and the next two; return how many promises are broken."""
    photos = [Image.open(path).convert("RGB") for path in sorted(SAMPLE.glob("*.jpg"))]
    with running(port) as stack:
        plain = [Shot(p.name, p.read_bytes()) for p in sorted(SAMPLE.glob("*.jpg"))]
        _shoot(stack, "photos", plain * 4)
        before = stack.resident_mib()
        print(_HEAD)
        answers: list[Answer] = []
        numbers = count()
        for name, shots in _sets(photos, shared, quick=quick):
            kept = (shot for shot in shots if not quick or next(numbers) % _QUICK == 0)
            if found := _shoot(stack, name, kept):
                print(line(name, found), flush=True)
            answers += found
        print(line("all", answers))
        complaints = [f"{a.service}: {a.shot.name} {a.complaint}" for a in answers if a.complaint]
        complaints += _grown(before, stack.resident_mib())
        if timed:
            complaints += _late(answers)
        deaths = ", ".join(f"{n} by {reason}" for reason, n in stack.deaths().items())
        print(f"Decoders that died: {deaths or 'none'}")
    print("\n".join(complaints[:50]) or "Every promise was kept.")
    return len(complaints)


def _sets(
    photos: list[Image.Image], shared: Path, *, quick: bool
) -> Iterator[tuple[str, Iterable[Shot]]]:
    many, small = damage.variants(photos, _PHOTOS), damage.variants(photos, 1)[0]
    yield "truncated", damage.truncated(many)
    yield "bits flipped", damage.flipped(many)
    yield "bombs", bombs.bombs(small)
    yield "animations", bombs.animations()
    yield "crowds of parts", crowds.crowds(small)
    yield "contradictions", crowds.contradictions(small)
    yield "polyglots", damage.polyglots(small)
    yield "no photos, wrong names", damage.mislabelled(small)
    yield "base64 and JSON", damage.in_json(small)
    yield "heads", patterns.heads(small)
    yield "parts of forms", patterns.forms(small)
    if not quick:
        yield _ALONE, bombs.at_the_limit(photos[0])
    if shared.is_dir():
        files = sorted(path for path in shared.rglob("*") if path.is_file())
        yield "shared/hostile", (Shot(p.name, p.read_bytes()) for p in files)
    else:
        print(f"{shared} is absent: its files are left out")


def _shoot(stack: Stack, name: str, shots: Iterable[Shot]) -> list[Answer]:
    aims = ((service, shot) for shot in shots for service in PATHS)
    answers: list[Answer] = []
    at_once = 1 if name == _ALONE else 2
    with httpx.Client(timeout=HANG_S) as client, ThreadPoolExecutor(at_once) as callers:
        while batch := list(islice(aims, 200)):
            answers += callers.map(lambda aim: send(client, stack.addresses[aim[0]], *aim), batch)
            print(f"{name}: {len(answers):,} …", end="\r", file=sys.stderr, flush=True)
    return answers


def _late(answers: list[Answer]) -> list[str]:
    late = [
        f"{answer.service}: {answer.shot.name} took {answer.seconds:.2f} s"
        for answer in answers
        if answer.seconds > FILE_S
    ]
    p99 = p99_s([answer.seconds for answer in answers if answer.refused])
    if p99 > REFUSAL_S:
        late.append(f"99 % of the refusals took up to {1000 * p99:.0f} ms")
    return late


def _grown(before: dict[str, float], after: dict[str, float]) -> list[str]:
    found = []
    for name, size in after.items():
        print(f"Memory of {name}: {before[name]:.0f} MiB before, {size:.0f} MiB after")
        if size - before[name] > _GROWTH_MIB:
            found.append(f"{name} grew by {size - before[name]:.0f} MiB")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each 19th file")
    parser.add_argument("--untimed", action="store_true", help="promise nothing about times")
    parser.add_argument("--port", type=int, default=18400)
    parser.add_argument("--shared", type=Path, default=HOSTILE, help="a folder of further files")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the services end with it
    broken = main(options.port, options.shared, quick=options.quick, timed=not options.untimed)
    sys.exit(1 if broken else 0)
