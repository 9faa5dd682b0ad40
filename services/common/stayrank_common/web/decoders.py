"""The decoders of a service: one pool of processes, watched by its metrics."""

from __future__ import annotations

from stayrank_common.decoding.pool import DecoderPool
from stayrank_common.metrics import Metrics
from stayrank_common.settings import ServiceSettings


def supervised(settings: ServiceSettings, metrics: Metrics) -> DecoderPool:
    """Make the pool that settings describe; each process starts when it is needed."""
    return DecoderPool(
        settings.limits, settings.decoders, settings.decode_s, on_death=metrics.decoder_died
    )
