"""Checks that take hours, one after the other: `python benchmarks/nightly.py TARGET…`.

Each is a target of the Makefile and writes a log of its own; one that fails stops no other. Prints
a line for each, and for those that failed the end of the log; exits 1 where one failed, or where
it was stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_LAST_LINES = 20
_STOP_LIMIT_S = 60


def main() -> int:
    """Run the targets; return how many failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--logs", type=Path, default=Path("dist") / "nightly")
    given = parser.parse_args()
    given.logs.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed: list[str] = []
    for target in given.targets:
        log = given.logs / f"{target}.log"
        start = time.monotonic()
        code = _made(target, log)
        verdict = f"failed with {code}" if code else "passed"
        print(f"{target:12} {verdict:16} {time.monotonic() - start:8.0f} s  {log}", flush=True)
        failed += [target] if code else []
    for target in failed:
        lines = (given.logs / f"{target}.log").read_text(errors="replace").splitlines()
        print(f"\n{target}: …", *lines[-_LAST_LINES:], sep="\n")
    return len(failed)


def _made(target: str, log: Path) -> int:
    """Make a target, and all of it end with this process; return its exit code."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "--no-print-directory", target],  # noqa: S607 - the one of the caller
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait()
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(_STOP_LIMIT_S)
            raise


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
