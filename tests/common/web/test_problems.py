import json
import logging

import pytest
from fastapi import FastAPI, Query
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from stayrank_common import errors
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import ErrorBody, PhotoFailure, Problem
from stayrank_common.web.problems import (
    STATUS,
    install,
    problem,
    responses,
    status_of,
    status_of_slug,
)

INTERNALS = "/srv/models/tagger.bin of 10.2.3.4"


IDS = Query(default=[])


def subclasses(root: type) -> list[type]:
    return [root, *(cls for child in root.__subclasses__() for cls in subclasses(child))]


def client_of(error: Exception) -> TestClient:
    """A service that raises `error` on `GET /`."""
    app = FastAPI()
    install(app)

    @app.get("/")
    async def fail(limit: int = Query(default=1, ge=1), ids: list[int] = IDS) -> None:
        raise error

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "short and stout", {"X-Spout": "yes"})

    return TestClient(app, raise_server_exceptions=False)


def problem_of(response) -> Problem:
    """Check the form of a problem, RFC 9457."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert problem.status == response.status_code
    assert problem.title
    assert problem.detail
    return problem


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UndecodablePhotoError, 422),
        (errors.OversizedPhotoError, 413),
        (errors.InvalidBase64Error, 422),
        (errors.PhotoFetchError, 422),
        (errors.ForbiddenUrlError, 422),
        (errors.NoPhotosError, 422),
        (errors.TooManyPhotosError, 422),
        (errors.DuplicateIdError, 422),
        (errors.MalformedRequestError, 422),
        (errors.UnsupportedMediaTypeError, 415),
        (errors.BodyTooLargeError, 413),
        (errors.SlowBodyError, 408),
        (errors.UnauthorizedError, 401),
        (errors.RateLimitError, 429),
        (errors.ArtifactError, 500),
        (errors.WeightsError, 500),
        (errors.ExplanationError, 501),
        (errors.BusyError, 503),
        (errors.DeadlineError, 504),
        (errors.UpstreamError, 502),
        (errors.UpstreamTimeoutError, 504),
        (errors.UpstreamBusyError, 503),
        (AllPhotosFailedError, 422),
    ],
)
def test_each_error_has_the_status_that_the_design_gives_it(error, status):
    assert status_of(error) == status


def test_every_error_of_the_project_has_the_status_of_a_base_that_fits():
    """A class added later lands with its family, and never as a 500 for a bad request."""
    for error in subclasses(errors.StayRankError):
        status = status_of(error)

        assert status in STATUS.values()
        if issubclass(error, errors.PhotoError | errors.RequestError):
            assert 400 <= status < 500, error
        else:
            assert status >= 500, error


def test_a_known_error_is_a_problem_with_its_slug_and_words():
    response = client_of(errors.DuplicateIdError("a.jpg")).get("/")

    problem = problem_of(response)
    assert (problem.status, problem.type, problem.title) == (422, "duplicate-id", "Duplicate id")
    assert "a.jpg" in problem.detail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BusyError(7), 503),
        (errors.UpstreamBusyError("tagger", 7), 503),
        (errors.RateLimitError(7), 429),
    ],
)
def test_who_is_too_early_hears_when_to_come_again(error, status):
    response = client_of(error).get("/")

    assert problem_of(response).status == status
    assert response.headers["retry-after"] == "7"


def test_other_errors_do_not_ask_for_another_try():
    assert "retry-after" not in client_of(errors.DeadlineError(1)).get("/").headers


def failure(photo_id: str, error: errors.PhotoError) -> PhotoFailure:
    return PhotoFailure(id=photo_id, error=ErrorBody.of(error))


def test_where_all_photos_are_bad_for_one_reason_that_is_the_problem():
    too_big = errors.OversizedPhotoError("pixels", 60, 40)
    error = AllPhotosFailedError([failure("a", too_big), failure("b", too_big)])

    problem = problem_of(client_of(error).get("/"))

    assert (problem.status, problem.type) == (413, "oversized-photo")
    assert [result["id"] for result in problem.results] == ["a", "b"]
    assert problem.results[0]["error"]["type"] == "oversized-photo"
    assert problem.results[0]["status"] == "error"


def test_where_all_photos_are_bad_for_several_reasons_it_is_422():
    too_big = errors.OversizedPhotoError("pixels", 60, 40)
    broken = errors.UndecodablePhotoError("broken")
    error = AllPhotosFailedError([failure("a", too_big), failure("b", broken)])

    problem = problem_of(client_of(error).get("/"))

    assert (problem.status, problem.type) == (422, "all-photos-failed")
    assert [r["error"]["type"] for r in problem.results] == ["oversized-photo", "undecodable-photo"]


def test_a_slug_from_another_service_that_nobody_knows_is_422():
    assert status_of_slug("oversized-photo") == 413
    assert status_of_slug("of-a-later-version") == 422


def test_a_parameter_out_of_range_is_a_problem_that_names_it():
    problem = problem_of(client_of(errors.BusyError()).get("/", params={"limit": "0"}))

    assert (problem.status, problem.type) == (422, "malformed-request")
    assert problem.detail.startswith("limit: ")


def test_of_countless_faults_the_first_are_told():
    problem = problem_of(client_of(errors.BusyError()).get("/", params={"ids": ["x"] * 99}))

    assert [fault.split(":")[0] for fault in problem.detail.split("; ")] == [
        f"ids.{n}" for n in range(20)
    ]


def test_of_countless_words_the_first_are_told():
    long, most = (problem(422, "slug", "Title", "ä" * count).body for count in (4_001, 4_000))

    assert json.loads(long)["detail"] == "ä" * 3_999 + "…"
    assert json.loads(most)["detail"] == "ä" * 4_000


def test_unknown_paths_and_methods_are_problems():
    client = client_of(errors.BusyError())

    missing, not_allowed = client.get("/missing"), client.delete("/")

    assert (problem_of(missing).status, problem_of(missing).type) == (404, "not-found")
    assert problem_of(not_allowed).status == 405
    assert problem_of(not_allowed).type == "method-not-allowed"
    assert not_allowed.headers["allow"] == "GET"


def test_another_http_error_keeps_its_status_and_headers():
    response = client_of(errors.BusyError()).get("/teapot")

    assert problem_of(response).status == 418
    assert response.headers["x-spout"] == "yes"


def test_an_unexpected_error_tells_the_log_everything_and_the_caller_nothing(caplog):
    with caplog.at_level(logging.ERROR):
        response = client_of(RuntimeError(INTERNALS)).get("/")

    problem = problem_of(response)
    assert (problem.status, problem.type) == (500, "internal")
    assert INTERNALS not in response.text
    assert "Traceback" not in response.text
    assert INTERNALS in caplog.text


def test_a_fault_of_ours_is_logged_and_a_callers_is_not(caplog):
    with caplog.at_level(logging.INFO, logger="stayrank_common"):
        client_of(errors.DuplicateIdError("a.jpg")).get("/")
        assert not [r for r in caplog.records if r.name.startswith("stayrank")]
        client_of(errors.UpstreamError("tagger", "it fell over")).get("/")

    assert "it fell over" in caplog.text


def test_documented_problems_describe_what_is_sent():
    documented = responses(413, 422, 503)

    assert set(documented) == {413, 422, 503}
    app = FastAPI()
    install(app)
    for description in documented.values():
        schema = description["content"]["application/problem+json"]["schema"]
        name = schema["$ref"].removeprefix("#/components/schemas/")
        form = app.openapi()["components"]["schemas"][name]
        assert {"type", "title", "status", "detail"} <= set(form["properties"])
    assert [status for status, d in documented.items() if "headers" in d] == [503]
