"""All about speed in one run: `make bench`, or `python benchmarks/performance.py`.

    --only engine,http  these parts alone, of the ones below
    --quick             one short round each: whether all works, not how fast it is
    --json FILE         keep what was measured
    --from FILE         take these figures; measure anew what `--only` names, or nothing
    --markdown FILE     renew the tables of this page, and the chart beside it

Each part is a program of its own, so that its libraries start with the cores that they are to
use. Prints the tables. Needs a quiet machine: figures are of the wall, medians of rounds that take
turns.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from performance_page import renew, tables
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

from stayrank_models.engines.precisions import native_precisions

_HERE = Path(__file__).parent
_CORES = len(os.sched_getaffinity(0))
_PEER = _HERE.parent / ".venv" / "litserve"

Part = Callable[[bool], Any]


def main() -> None:
    """Run the parts, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help=f"of {', '.join(_PARTS)}")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--from", type=Path, dest="given")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [] if options.given else list(_PARTS)
    if unknown := set(names) - _PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.given:
        found = json.loads(options.given.read_bytes())
    else:
        found = {"date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", **_machine()}
        found |= {"quick": options.quick, "seconds": {}, "parts": {}}
    failed = _run(names, options.quick, found, options.json)
    print(tables(found))
    if options.markdown:
        renew(options.markdown, found)
    if failed:
        raise SystemExit("\n".join(failed))


def _run(names: list[str], quick: bool, found: dict[str, Any], kept: Path | None) -> list[str]:
    """Measure, and keep what was found after each part; which failed, and why."""
    failed = []
    columns = (SpinnerColumn(), *Progress.get_default_columns()[:2], TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=len(names))
        for name in names:
            progress.update(bar, description=name)
            start = time.monotonic()
            try:
                # Through JSON at once: keys are text, whether measured now or read again.
                found["parts"][name] = json.loads(json.dumps(_PARTS[name](quick)))
            except subprocess.CalledProcessError as error:  # the others have cost minutes
                failed.append(f"{name}: {error}")
            found["seconds"][name] = time.monotonic() - start
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            progress.advance(bar)
    return failed


def _engine(quick: bool) -> dict[str, Any]:
    """Milliseconds of the models alone, by cores and backbone."""
    rounds = ["--rounds", "1" if quick else "3"]
    backbones = {1: ["mobilenet", "vgg16"], _CORES: ["mobilenet"]}
    return {
        str(cores): _told("engines.py", "--on", str(cores), *rounds, "--backbones", *names)
        for cores, names in ({_CORES: ["mobilenet"]} | backbones).items()
    }


def _in_process(what: str, cores: int = 1, *options: str, rounds: int = 3) -> Part:
    def part(quick: bool) -> Any:  # noqa: ANN401 - what JSON can hold
        turns = ["--rounds", "1", "--least", "0.1"] if quick else ["--rounds", str(rounds)]
        return _told("in_process.py", what, "--on", str(cores), *turns, *options)

    return part


def _end_to_end(quick: bool) -> dict[str, Any]:
    # `predict` varies from second to second, by as much as a half.
    several = _in_process("both", _CORES, "--edges", "1024", rounds=9)(quick)
    return {"1": _in_process("both", rounds=9)(quick), str(_CORES): several}


def _over_http(what: str) -> Part:
    def part(quick: bool) -> Any:  # noqa: ANN401 - what JSON can hold
        options = (
            ["--rounds", "1", "--seconds", "1"] if quick else ["--rounds", "3", "--seconds", "2"]
        )
        return _told("over_http.py", what, *options)

    return part


def _told(script: str, *options: str) -> Any:  # noqa: ANN401 - what JSON can hold
    """The last line that a script prints."""
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    if script == "over_http.py" and options[0] == "peer":  # nobody else is to see its packages
        paths = [os.environ.get("PYTHONPATH", ""), str(os.environ.get("LITSERVE_DIR", _PEER))]
        environment["PYTHONPATH"] = ":".join(filter(None, paths))
    done = subprocess.run(
        [sys.executable, str(_HERE / script), *options],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _machine() -> dict[str, Any]:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    units = ", ".join(f"{name} {unit}" for name, unit in native_precisions().items())
    processor = f"{(names or [os.uname().machine])[0]} ({units or 'no reduced precision'})"
    return {
        "machine": f"{processor}, {_CORES} cores, {memory:.0f} GiB",
        "load": os.getloadavg()[0],
    }


_PARTS: dict[str, Part] = {
    "decode": _in_process("decode"),
    "both": _end_to_end,
    "vgg16": _in_process("vgg16", 1, "--edges", "1024"),
    "http": _over_http("calls"),
    "gallery": _over_http("gallery"),
    "start": _over_http("start"),
    "peer": _over_http("peer"),
    "engine": _engine,
}


if __name__ == "__main__":
    main()
