import gzip
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import ConfigurationError
from stayrank_common.telemetry import REQUEST_ID
from stayrank_gallery.app import create_app as create_gallery
from stayrank_gallery.scorers import FakeScorer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def collector(monkeypatch):
    """Receives traces as a collector does, and tells `(service, span)` of all that came in."""
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                facts = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    received.extend((facts["service.name"], span) for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{server.server_port}")
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def call(collector, clients, picture):
    """Rank a photo through all three services."""
    clients["gallery"].get("/readyz")
    files = [("files", ("a.jpg", picture()))]
    clients["gallery"].post("/rank-gallery", files=files, headers={REQUEST_ID: "trace-7"})
    for client in clients.values():
        client.app.state.tracer_provider.shutdown()


@pytest.fixture
def spans(call, collector):
    """The spans of the call: the first probe asks what the other services are, in other traces."""
    (ours,) = {span.trace_id for _, span in collector if span.name == "POST /rank-gallery"}
    return [(service, span) for service, span in collector if span.trace_id == ours]


def header(span, name: str) -> str:
    (values,) = [a.value.array_value.values for a in span.attributes if a.key.endswith(name)]
    return values[0].string_value


def test_a_call_has_one_trace_through_all_three_services(spans):
    counts = Counter(service for service, _ in spans)
    assert counts == {"stayrank-gallery": 3, "stayrank-tagger": 1, "stayrank-aesthetic": 1}
    by_id = {span.span_id: service for service, span in spans}
    parents = {service: by_id.get(span.parent_span_id) for service, span in spans}
    assert parents["stayrank-tagger"] == parents["stayrank-aesthetic"] == "stayrank-gallery"


def test_a_span_carries_the_request_id_and_the_times_of_the_stages(spans):
    answered = [span for _, span in spans if span.kind == Span.SPAN_KIND_SERVER]

    assert [header(span, "x_request_id") for span in answered] == ["trace-7"] * 3
    timings = " ".join(header(span, "server_timing") for span in answered)
    for stage in ("receive", "queue", "decode", "predict", "tagger", "aesthetic", "rank"):
        assert f"{stage};dur=" in timings


def test_without_an_endpoint_nothing_is_traced(monkeypatch):
    monkeypatch.delenv(ENDPOINT, raising=False)

    app = create_gallery(scorer=FakeScorer(), decoder=PlainDecoder())

    assert app.state.tracer_provider is None


def test_an_endpoint_without_what_sends_traces_is_one_clear_message(monkeypatch):
    monkeypatch.setenv(ENDPOINT, "http://collector:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.fastapi", None)

    with pytest.raises(ConfigurationError, match=r"stayrank\[otel\]"):
        create_gallery(scorer=FakeScorer(), decoder=PlainDecoder())
