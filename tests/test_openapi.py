"""Each service keeps the promises of its OpenAPI document, whatever comes in."""

import base64
import io
import os
from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from stayrank_aesthetic.app import create_app as aesthetic_app
from stayrank_common.deadlines import REQUEST_TIMEOUT
from stayrank_common.keys import digest, new_key
from stayrank_gallery.app import create_app as gallery_app
from stayrank_gallery.scorers import FakeScorer
from stayrank_gallery.settings import GallerySettings
from stayrank_models.engines import FakeEngine, fake_artifact
from stayrank_models.predictors import AestheticPredictor, TagPredictor
from stayrank_tagger.app import create_app as tagger_app

# Requests to each operation: about a thousand in all. More, for a night:
EXAMPLES = int(os.environ.get("STAYRANK_EXAMPLES", "40"))

# Two photos with one id, or a URL while URLs are off, cannot be told by a schema.
BEYOND_SCHEMAS = [positive_data_acceptance]


def _picture(picture_format: str, size: int) -> bytes:
    content = io.BytesIO()
    picture = Image.radial_gradient("L").resize((size, 30)).convert("RGB")
    picture.save(content, picture_format)
    return content.getvalue()


FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
PICTURES = {name: [_picture(name, size) for size in (16, 40)] for name in FORMATS}
pictures = st.sampled_from([picture for both in PICTURES.values() for picture in both])
for name, both in PICTURES.items():
    schemathesis.openapi.media_type(f"image/{name.lower()}", st.sampled_from(both))
schemathesis.openapi.format("binary", pictures)
schemathesis.openapi.format("byte", pictures.map(lambda p: base64.b64encode(p).decode()))


@pytest.fixture(params=["tagger", "aesthetic", "gallery"])
def app(request, tmp_path):
    if request.param == "tagger":
        return tagger_app(predictor=TagPredictor(fake_artifact(tmp_path, "tagging"), FakeEngine(8)))
    if request.param == "aesthetic":
        artifact = fake_artifact(tmp_path, "aesthetics")
        return aesthetic_app(predictor=AestheticPredictor(artifact, FakeEngine(10)))
    return gallery_app(scorer=FakeScorer())


NAMING = ("pin", "exclude", "current", "policy", "pack")  # options that name what must be there
EMBEDDING = {"dimension": 2, "data": base64.b64encode(bytes(4)).decode()}


def _mended(case):
    """The case, with what no schema can say: names that are there, embeddings of one length."""
    bodies = [case.body] if isinstance(case.body, dict) else []
    for options in [case.query or {}, *(body.get("options") or {} for body in bodies)]:
        for name in NAMING:
            options.pop(name, None)
    for body in bodies:
        for photo in body.get("photos") or []:
            photo["tags"]["embedding"] = EMBEDDING
    return case


def _fuzz(
    operation, headers: dict[str, str] | None = None, examples: int = EXAMPLES
) -> Counter[int]:
    """Answer arbitrary valid requests, check each answer against the document, count statuses."""
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), mend=st.sampled_from([True, True, False]))
    def answers_as_documented(case, mend):
        (case.headers or {}).pop(REQUEST_TIMEOUT, None)  # what passes is answered with a 504
        case = _mended(case) if mend else case
        response = case.call_and_validate(excluded_checks=BEYOND_SCHEMAS, headers=headers)
        statuses[response.status_code] += 1

    answers_as_documented()
    return statuses


def test_every_operation_answers_as_documented_and_often_with_success(app):
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)

    shares = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        statuses = _fuzz(operation)
        shares[operation.label] = statuses[200] / statuses.total()

    assert shares
    assert min(shares.values()) >= 0.2, shares


def _references(node) -> set[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    own = {node["$ref"]} if isinstance(node, dict) and isinstance(node.get("$ref"), str) else set()
    return own.union(*map(_references, children))


def test_every_reference_within_a_document_leads_somewhere(app):
    document = app.openapi()

    for reference in _references(document):
        target = document
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]
        assert target


def _operations(document):
    return [
        (path, operation)
        for path, operations in document["paths"].items()
        for operation in operations.values()
    ]


def test_generated_clients_find_a_name_for_each_operation(app):
    names = [operation["operationId"] for _, operation in _operations(app.openapi())]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_the_examples_of_the_document_are_answered(app):
    document = app.openapi()
    schemas = document["components"]["schemas"]
    examples = {
        path: operation["requestBody"]["content"]["application/json"].get("example")
        for path, operation in _operations(document)
        if "requestBody" in operation
    }
    if "ScoredPhoto" in schemas:
        (options,) = schemas["RankOptions"]["examples"]
        scored = {"photos": schemas["ScoredPhoto"]["examples"]}
        examples |= {"/rank-scored": scored | {"options": options}, "/audit-scored": scored}

    with TestClient(app) as client:
        for path, example in examples.items():
            if example:
                assert client.post(path, json=example).status_code == 200, path


def test_with_keys_on_the_document_tells_where_they_are_needed_and_they_are(tmp_path):
    key = new_key()
    path = tmp_path / "keys.txt"
    path.write_text(f"fuzz {digest(key)}")
    app = gallery_app(GallerySettings(keys_file=path), FakeScorer())
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)

    for result in schema.get_all_operations():
        operation = result.ok()
        statuses = _fuzz(operation, {"Authorization": f"Bearer {key}"})
        without = _fuzz(operation, examples=5)

        assert 401 not in statuses, operation.label
        if operation.path not in {"/livez", "/readyz", "/metrics"}:
            assert set(without) == {401}, operation.label
