"""Which precision a model runs in: one that keeps its answers and that the processor is made for.

A precision is offered where the artifact records that it passed the parity gate (`stayrank
evaluate parity`). int8 without VNNI or AMX is not: there the sums of products saturate at 16 bits,
and the answers are no longer those that were judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stayrank_common.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stayrank_models.manifests import FastPrecision, Manifest

Precision = Literal["auto", "f32", "f16", "bf16", "int8"]

# Precision, fastest first → the flags of Linux that stand for an instruction set made for it.
_MADE_FOR: dict[FastPrecision, dict[str, str]] = {
    "int8": {"amx_int8": "AMX", "avx512_vnni": "AVX-512 VNNI", "avx_vnni": "AVX-VNNI"},
    "bf16": {"amx_bf16": "AMX", "avx512_bf16": "AVX-512 BF16"},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A precision and the reason for it.

    Args:
        precision: `f32`, `f16`, `bf16` or `int8`.
        why: The reason, for `GET /model`.
    """

    precision: str
    why: str


def native_precisions(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[FastPrecision, str]:
    """The reduced precisions that the processor is made for.

    Args:
        cpuinfo: Where Linux tells what the processor can.

    Returns:
        Precision → its fastest instruction set, the fastest precision first; nothing where the
        processor has none, is no x86, or the system does not tell.
    """
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    sets = {
        precision: [name for flag, name in units.items() if flag in flags]
        for precision, units in _MADE_FOR.items()
    }
    return {precision: names[0] for precision, names in sets.items() if names}


def choose(
    manifest: Manifest, wanted: Precision, native: Mapping[FastPrecision, str], device: str
) -> Choice:
    """Choose the precision that a model runs in.

    Args:
        manifest: Of the model: which precisions it was judged in.
        wanted: `auto` takes the fastest that is recorded and native, else `f32`.
        native: Precision → what makes it fast here, the fastest first.
        device: What it runs on, for messages: `this processor`.

    Raises:
        ConfigurationError: If the model or the device does not offer the one that is wanted.
    """
    recorded = manifest.precisions
    if wanted == "f32":
        return Choice("f32", "asked for")
    if wanted == "auto":
        for precision, unit in native.items():
            if precision in recorded:
                return Choice(precision, f"{device} has {unit}, and the model passed parity in it")
        if not native:
            return Choice("f32", f"{device} is known to be made for no other")
        return Choice("f32", f"the model is not recorded to pass parity in {' or '.join(native)}")
    if wanted not in recorded:
        offered = ", ".join(("f32", *recorded))
        raise ConfigurationError(
            f"{manifest.name} {manifest.version} does not offer the precision {wanted}, only "
            f"{offered}: `stayrank evaluate parity` finds out and records what it may offer"
        )
    if wanted not in native:
        can = ", ".join(("f32", *native))
        raise ConfigurationError(
            f"{device} is not made for the precision {wanted}, only for {can}; choose one of them, "
            "or auto"
        )
    return Choice(wanted, f"asked for; {device} has {native[wanted]}")
