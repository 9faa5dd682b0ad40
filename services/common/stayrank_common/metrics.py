"""What a service counts and measures, for Prometheus. `docs/metrics.md` explains each.

Every label is bounded: routes, methods, problem types, areas and the version of the one model that
runs are known beforehand, and nothing that a caller sends becomes a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, ProcessCollector
from prometheus_client.registry import Collector

from stayrank_common.decoding.process import DeathReason
from stayrank_common.schemas import (
    AestheticResult,
    ModelDescription,
    ModelInfo,
    PhotoFailure,
    TagResult,
)
from stayrank_common.stages import Lap

_CALL_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STAGE_S = (0.001, 0.0025, *_CALL_S)
_PHOTOS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_SCORES = tuple(2 + step / 2 for step in range(15))  # 2 to 9
_DECILES = tuple(range(10, 101, 10))


class _First(Collector):
    """Metrics are collected in the order of their registration: time to count what is not yet."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []

    def collect(self) -> Iterable[Metric]:
        for callback in self.callbacks:
            callback()
        return ()


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._first = _First()
        self.registry.register(self._first)
        ProcessCollector(registry=self.registry)
        self.requests = self._counter(
            "http_requests", "Answered calls.", "route", "method", "status"
        )
        self.seconds = self._histogram(
            "http_request_duration_seconds",
            "From the first byte of a call to the last of its answer.",
            _CALL_S,
            "route",
        )
        self.problems = self._counter(
            "stayrank_problems", "Calls that were answered with a problem, by its type.", "type"
        )
        self.photos = self._counter("stayrank_photos", "Photos by what became of them.", "result")
        self._decoder_deaths = self._counter(
            "stayrank_decoder_deaths", "Decoders that died and were replaced.", "reason"
        )
        self.waiting = self._gauge(
            "stayrank_photos_waiting", "Photos accepted and not yet answered."
        )
        self.waiting_limit = self._gauge(
            "stayrank_photos_waiting_limit", "Photos that may wait before calls are refused."
        )
        self.wait_seconds = self._gauge(
            "stayrank_wait_seconds", "Seconds that one more photo would wait, by estimate."
        )
        self.load = self._gauge(
            "stayrank_load", "Work asked for, refused calls included, over what can be done."
        )
        self.held_bytes = self._gauge(
            "stayrank_body_bytes_held", "Bytes of bodies of calls that are not yet answered."
        )
        self._stage_seconds = self._histogram(
            "stayrank_stage_seconds", "Time that a stage takes at once.", _STAGE_S, "stage"
        )
        self._stage_photos = self._histogram(
            "stayrank_stage_photos", "Photos that a stage takes at once.", _PHOTOS, "stage"
        )
        model = ("model", "version")
        self._answers = self._counter(
            "stayrank_model_answers", "Photos that a model answered about.", *model
        )
        self._tags = self._counter(
            "stayrank_tags", "Photos by their most probable area.", *model, "tag", "rejected"
        )
        self._scores = self._histogram(
            "stayrank_aesthetic_score", "Mean scores, from 1 to 10.", _SCORES, *model
        )
        self._percentiles = self._histogram(
            "stayrank_aesthetic_percentile",
            "Percentiles of mean scores among the training photos: evenly spread without drift.",
            _DECILES,
            *model,
        )
        self._model = self._gauge(
            "stayrank_model_info",
            "The model that is loaded.",
            *model,
            "sha256",
            "runtime",
            "precision",
        )
        self._fallback = self._gauge(
            "stayrank_model_fallback",
            "1 where a slower engine answers in the place of the one that was asked for.",
            *model,
        )
        self._build = self._gauge("stayrank_build_info", "The release that runs.", "version")
        self._build.labels(version("stayrank")).set(1)

    def before_it_tells(self, callback: Callable[[], None]) -> None:
        """Have a function called each time before the metrics are read."""
        self._first.callbacks.append(callback)

    def loaded(self, description: ModelDescription) -> None:
        """Show which model is loaded."""
        info, engine = description.model, description.engine
        names = (engine["runtime"], engine["precision"])
        self._model.labels(info.name, info.version, info.sha256, *names).set(1)
        self._fallback.labels(info.name, info.version).set("fallback" in engine)

    def observe_laps(self, laps: Iterable[Lap]) -> None:
        """Take in the stages of a call."""
        for lap in laps:
            self._stage_seconds.labels(lap.stage).observe(lap.seconds)
            self._stage_photos.labels(lap.stage).observe(lap.photos)

    def observe_results(self, model: ModelInfo, results: Iterable[object]) -> None:
        """Take in what a model said about photos; failures and explanations are counted only."""
        for result in results:
            if isinstance(result, PhotoFailure):
                self.photos.labels(result.error.type).inc()
                continue
            self.photos.labels("ok").inc()
            self.answered(model, 1)
            if isinstance(result, TagResult):
                rejected = str(result.rejected).lower()
                self._tags.labels(model.name, model.version, result.top_tag, rejected).inc()
            elif isinstance(result, AestheticResult):
                self._scores.labels(model.name, model.version).observe(result.mean)
                self._percentiles.labels(model.name, model.version).observe(result.percentile)

    def decoder_died(self, reason: DeathReason) -> None:
        """Count a process that decoded, and was replaced."""
        self._decoder_deaths.labels(reason).inc()

    def answered(self, model: ModelInfo, photos: int) -> None:
        """Count photos for the version of the model that answered about them."""
        self._answers.labels(model.name, model.version).inc(photos)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def _histogram(
        self, name: str, help_text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(name, help_text, labels, buckets=buckets, registry=self.registry)
