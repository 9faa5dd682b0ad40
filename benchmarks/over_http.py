"""From bytes to answers over HTTP: `python benchmarks/over_http.py WHAT`, JSON of what was found.

`calls`: photos a second of services on one core and on all, at several concurrencies, with one
photo a call and with eight, beside the same model in process in the same rounds; where their
processor time goes, and memory; how long answers take at half the load. `gallery`: 50 new photos
through three services. `start`: from the start of the process to the first `/readyz` with 200.
`peer`: LitServe with the same Keras model, where it is installed (`make bench-peer`).
`performance.py` calls it.

Services have the first cores, the generator of calls has the last: on a machine with two, one
core each; where a service has all, it shares one with the generator.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from in_process import CALLS
from open_loop import Call
from services import Generator, form_of, memory_mib, running

PATHS = {"/tag": "tagger", "/aesthetic": "aesthetic"}
CONCURRENCIES = (1, 4, 16)
ALONE, TOGETHER = CALLS
_LOADS = {ALONE: CONCURRENCIES, TOGETHER: CONCURRENCIES[:2]}
_PORT = 18900
_EDGE = 1024
_GALLERY = 50
_CORES = sorted(os.sched_getaffinity(0))
# Nobody is to be refused here; `overload.py` tells who is, and when.
_PATIENT = {f"{name}_MAX_WAIT_S": "30" for name in ("TAGGER", "AESTHETIC", "GALLERY")}
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=_WHAT)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each load")
    given = parser.parse_args()
    print(json.dumps(_WHAT[given.what](given.rounds, given.seconds)))


def _calls(rounds: int, seconds: float) -> dict[str, Any]:
    found: dict[str, Any] = {"in process": [], "1 core": {}, f"{len(_CORES)} cores": {}}
    with ExitStack() as stack:
        url, services = {}, {}
        for number, (path, name) in enumerate(PATHS.items()):
            for cores in {1, len(_CORES)}:
                port = _PORT + 10 * cores + number
                services[path, cores] = stack.enter_context(
                    running(name, port, _CORES[:cores], _PATIENT)
                )
                url[path, cores] = f"http://127.0.0.1:{port}{path}"
        rows: dict[tuple[str, int, str], list[dict[str, float]]] = {}
        for _ in range(rounds):
            found["in process"].append(_reference(seconds))
            for ((path, cores), address), call in product(url.items(), CALLS):
                with Generator(address, form_of(CALLS[call], _EDGE), _CORES[-1:]) as generator:
                    generator.calls(callers=4, calls=16)  # the first calls are slow
                    for callers in _LOADS[call]:
                        row = _load(generator, services[path, cores], callers, CALLS[call], seconds)
                        load = f"{call}, {callers} at once"
                        rows.setdefault((path, cores, load), []).append(row)
        for (path, cores, load), several in rows.items():
            table = found["1 core" if cores == 1 else f"{cores} cores"].setdefault(path, {})
            table[load] = {key: median(row[key] for row in several) for key in several[0]}
        found["half load"] = {
            path: _half_load(url[path, 1], found["1 core"][path], seconds) for path in PATHS
        }
        found["MiB"] = {path: _memory(services[path, 1]) for path in PATHS}
    return found


def _reference(seconds: float) -> dict[str, float]:
    """The same photo through the same model in process, on one core."""
    script = str(Path(__file__).with_name("in_process.py"))
    options = ["single", "--rounds", "1", "--least", str(seconds / 2), "--edges", str(_EDGE)]
    done = subprocess.run(
        [sys.executable, script, *options], check=True, stdout=subprocess.PIPE, text=True
    )
    reference: dict[str, float] = json.loads(done.stdout.splitlines()[-1])[str(_EDGE)]
    return reference


def _load(
    generator: Generator,
    service: subprocess.Popen[bytes],
    callers: int,
    photos: int,
    seconds: float,
) -> dict[str, float]:
    before = _spent_s(service.pid)
    calls = generator.calls(callers=callers, seconds=seconds)
    after = _spent_s(service.pid)
    if failed := [call.status for call in calls if call.status != 200]:
        raise RuntimeError(f"calls were answered {failed}")
    end = max(call.due + call.seconds for call in calls)
    done = photos * len(calls)
    spent = {f"{who} ms": 1000 * (after[who] - before[who]) / done for who in after}
    return {"photos/s": done / end, **_percentiles(calls), **spent}


def fastest(table: Mapping[str, dict[str, float]], call: str) -> dict[str, float]:
    """The row with most photos a second, of calls that bring so many photos."""
    rows = (row for load, row in table.items() if load.startswith(call))
    return max(rows, key=lambda row: row["photos/s"])


def _half_load(url: str, table: dict[str, dict[str, float]], seconds: float) -> dict[str, float]:
    rate = fastest(table, ALONE)["photos/s"] / 2
    with Generator(url, form_of(1, _EDGE), _CORES[-1:]) as generator:
        generator.calls(callers=1, calls=8)
        calls = generator.calls(rate=rate, seconds=4 * seconds)
    return {"calls/s": rate, **_percentiles(calls)}


def _percentiles(calls: Sequence[Call]) -> dict[str, float]:
    p50, p99 = np.percentile([1000 * call.seconds for call in calls], (50, 99))
    return {"p50 ms": float(p50), "p99 ms": float(p99)}


def _spent_s(pid: int) -> dict[str, float]:
    """Processor time of a service and of its decoders."""
    decoders = _children(pid)
    return {"service": _cpu_s(pid), "decoders": sum(map(_cpu_s, decoders))}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return _TICK_S * (int(fields[11]) + int(fields[12]))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("ascii").split()]


def _memory(service: subprocess.Popen[bytes]) -> dict[str, float]:
    """Resident, the most that it was, and that of all its decoders."""
    decoders = (Path(f"/proc/{pid}/status").read_text() for pid in _children(service.pid))
    lines = [line for text in decoders for line in text.splitlines() if line.startswith("VmRSS")]
    return {
        "resident": memory_mib(service),
        "peak": memory_mib(service, "VmHWM"),
        "decoders": sum(int(line.split()[1]) for line in lines) / 1024,
    }


def _gallery(rounds: int, _: float) -> dict[str, list[float]]:
    """Seconds until 50 photos without scores are ranked, nothing else going on."""
    settings = {
        "GALLERY_TAGGER_URL": f"http://127.0.0.1:{_PORT + 1}",
        "GALLERY_AESTHETIC_URL": f"http://127.0.0.1:{_PORT + 2}",
        "OPENBLAS_NUM_THREADS": "1",  # as `stayrank serve all` does
        **_PATIENT,
    }
    found = {}
    with ExitStack() as stack:
        for number, name in enumerate(PATHS.values(), start=1):
            stack.enter_context(running(name, _PORT + number, settings=settings))
        for scorers, port in {"http": _PORT, "local": _PORT + 3}.items():
            with running("gallery", port, settings=settings | {"GALLERY_SCORERS": scorers}):
                url = f"http://127.0.0.1:{port}/rank-gallery"
                with Generator(url, form_of(_GALLERY, _EDGE)) as generator:
                    generator.calls(callers=1, calls=1)
                    calls = generator.calls(callers=1, calls=3 * rounds)
            if any(call.status != 200 for call in calls):
                raise RuntimeError(f"calls were answered {[call.status for call in calls]}")
            found[scorers] = [call.seconds for call in calls]
    return found


def _start(rounds: int, _: float) -> dict[str, list[float]]:
    """Seconds from the start of a process to its readiness, in steps of 0.1 s.

    The gallery with both models in its own process.
    """
    local = {"GALLERY_SCORERS": "local"}  # else it waits for the two others
    found: dict[str, list[float]] = {name: [] for name in ("tagger", "aesthetic", "gallery")}
    for _ in range(rounds):
        for name, seconds in found.items():
            start = time.perf_counter()
            with running(name, _PORT, settings=local):
                seconds.append(time.perf_counter() - start)
    return found


def _peer(rounds: int, seconds: float) -> dict[str, dict[int, float]]:
    """Photos a second of LitServe on one core, rounds' medians; nothing where it is missing."""
    if not importlib.util.find_spec("litserve"):
        print("LitServe is not installed: `make bench-peer` installs it", file=sys.stderr)
        return {}
    found = {}
    for batch in (1, 16):
        rates: dict[int, list[float]] = {callers: [] for callers in CONCURRENCIES}
        url = f"http://127.0.0.1:{_PORT}/predict"
        with _litserve(batch), Generator(url, form_of(1, _EDGE), _CORES[-1:]) as generator:
            generator.calls(callers=16, calls=32)
            for _ in range(rounds):
                for callers, several in rates.items():
                    calls = generator.calls(callers=callers, seconds=seconds)
                    if any(call.status != 200 for call in calls):
                        raise RuntimeError(f"answered {[call.status for call in calls]}")
                    several.append(len(calls) / max(call.due + call.seconds for call in calls))
        found[f"batches of {batch}" if batch > 1 else "one by one"] = {
            callers: median(several) for callers, several in rates.items()
        }
    return found


@contextmanager
def _litserve(batch: int) -> Iterator[None]:
    script = str(Path(__file__).with_name("peer.py"))
    where = ["taskset", "-c", str(_CORES[0])]
    # A session of its own: LitServe's workers are to end with it.
    process = subprocess.Popen(
        [*where, sys.executable, script, str(_PORT), str(batch)], start_new_session=True
    )
    try:
        with Generator(f"http://127.0.0.1:{_PORT}/predict", form_of(1, _EDGE)) as generator:
            deadline = time.monotonic() + 120
            while [call.status for call in generator.calls(callers=1, calls=1)] != [200]:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("LitServe did not become ready")
                time.sleep(0.5)
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait(60)


_WHAT = {"calls": _calls, "gallery": _gallery, "start": _start, "peer": _peer}


if __name__ == "__main__":
    main()
