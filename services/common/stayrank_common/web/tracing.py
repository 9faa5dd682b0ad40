"""OpenTelemetry traces: on where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to send them.

One trace holds a call's spans in all three services. Each of them carries the request id and the
times of its stages, as they stand in the headers of the answer.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stayrank_common.errors import ConfigurationError
from stayrank_common.telemetry import REQUEST_ID, SERVER_TIMING

if TYPE_CHECKING:
    import httpx
    from fastapi import FastAPI

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_PROBES = "/livez,/readyz,/metrics"


def trace_app(app: FastAPI, service: str) -> None:
    """Trace the calls that a service answers, if traces are on; sets `state.tracer_provider`.

    Args:
        app: The service; not yet started.
        service: Its name; `OTEL_SERVICE_NAME` takes precedence, as everywhere in OpenTelemetry.

    Raises:
        ConfigurationError: Traces are on, but what sends them is not installed.
    """
    app.state.tracer_provider = None
    if not os.environ.get(ENDPOINT):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{ENDPOINT} is set, but {error.name} is not installed: pip install 'stayrank[otel]', "
            "or unset it"
        ) from error
    name = os.environ.get("OTEL_SERVICE_NAME", f"stayrank-{service}")
    provider = TracerProvider(
        resource=Resource.create({"service.name": name, "service.version": app.version})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=_PROBES,
        http_capture_headers_server_response=[REQUEST_ID, SERVER_TIMING],
        exclude_spans=["receive", "send"],
    )
    app.state.tracer_provider = provider


def trace_client(app: FastAPI, client: httpx.AsyncClient) -> None:
    """Let the calls of a client continue the traces of a service, if it is traced.

    Other clients, which fetch photos from hosts of other people, tell them nothing.
    """
    if app.state.tracer_provider is not None:
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

        HTTPXClientInstrumentor.instrument_client(client, tracer_provider=app.state.tracer_provider)
