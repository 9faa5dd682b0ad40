import asyncio
import threading
import time

import pytest
from fastapi import Request
from pydantic_settings import SettingsConfigDict
from starlette.testclient import TestClient

from stayrank_common.errors import ArtifactError, UndecodablePhotoError
from stayrank_common.schemas import ErrorBody, ModelDescription, ModelInfo, PhotoFailure
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.model_service import ask, new_model_app
from stayrank_common.web.uploads import Photos

INFO = ModelInfo(name="sizes", version="1", sha256="a" * 64)
ENGINE = {"runtime": "none", "precision": "none"}
BAD = b"bad"


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="TEST_SERVICE_")


class Sizes:
    """A model that answers how many bytes a photo has; for a `slow` one it waits to be let go."""

    info = INFO

    def __init__(self) -> None:
        self.seen: list[list[str]] = []
        self.stopped, self.let_go = threading.Event(), threading.Event()
        self.closed = False

    async def answers(self, photos, stop):
        return await asyncio.to_thread(self.predict, photos, stop)

    def predict(self, photos, stop):
        self.seen.append([photo.id for photo in photos])
        if any(photo.id == "slow" for photo in photos):
            patience = iter(range(1000))  # ten seconds, should nobody let it go
            while not self.let_go.wait(0.01) and next(patience, None) is not None:
                if stop.is_set():
                    self.stopped.set()
                    break
        return [
            PhotoFailure(id=photo.id, error=ErrorBody.of(UndecodablePhotoError("it is bad")))
            if photo.source == BAD
            else {"id": photo.id, "bytes": len(photo.source)}
            for photo in photos
        ]

    def describe(self):
        return ModelDescription(model=INFO, manifest={}, engine=ENGINE, card="# Sizes")

    def close(self):
        self.closed = True


@pytest.fixture
def model():
    return Sizes()


@pytest.fixture
def make_client(model):
    def make(load=None, **settings):
        def chosen(decoder):
            return load(decoder) if load else model

        app = new_model_app("Test", "Counts bytes.", Settings(**settings), chosen)

        @app.post("/sizes")
        async def sizes(request: Request, photos: Photos) -> list[PhotoFailure | dict[str, object]]:
            return await ask(request, request.app.state.predictor, photos)

        return TestClient(app)

    return make


def form(**photos):
    return {"files": [("files", (name, content)) for name, content in photos.items()]}


def counted(client, outcome):
    labels = {"result": outcome}
    return client.app.state.metrics.registry.get_sample_value("stayrank_photos_total", labels)


def test_it_is_loaded_and_warmed_up_before_the_first_call_and_closed_after_the_last(
    make_client, model
):
    with make_client() as client:
        assert model.seen == [["warm-up"]]
        assert client.get("/readyz").status_code == 200
        assert not model.closed
    assert model.closed


def test_a_model_that_cannot_be_loaded_stops_the_start(make_client):
    def load(decoder):
        raise ArtifactError("altered")

    with pytest.raises(ArtifactError, match="altered"), make_client(load):
        pytest.fail("started")


def test_a_model_is_closed_where_the_start_goes_wrong_after_it_was_loaded(make_client, model):
    model.describe = lambda: 1 / 0

    with pytest.raises(ZeroDivisionError), make_client():
        pass

    assert model.closed


def test_the_model_describes_itself(make_client, model):
    with make_client() as client:
        assert client.get("/model").json() == model.describe().model_dump(mode="json")


def test_answers_come_in_order_and_are_counted_by_outcome(make_client):
    with make_client() as client:
        answer = client.post("/sizes", **form(b=b"four", bad=BAD, a=b"x")).json()

        assert [result["id"] for result in answer] == ["b", "bad", "a"]
        assert [result.get("bytes") for result in answer] == [4, None, 1]
        assert counted(client, "ok") == 2  # the warm-up is no call
        assert counted(client, "undecodable-photo") == 1


def test_where_no_photo_can_be_used_that_is_a_problem_and_they_are_counted(make_client):
    with make_client() as client:
        response = client.post("/sizes", **form(a=BAD, b=BAD))

        assert (response.status_code, response.json()["type"]) == (422, "undecodable-photo")
        assert counted(client, "undecodable-photo") == 2


def test_after_a_deadline_the_model_is_told_to_stop_and_answers_again(make_client, model):
    with make_client(timeout_s=0.1) as client:
        late = client.post("/sizes", **form(slow=b"x"))

        assert (late.status_code, late.json()["type"]) == (504, "deadline")
        assert model.stopped.wait(10)
        assert client.app.state.metrics.registry.get_sample_value("stayrank_photos_waiting") == 0


def test_a_service_that_is_full_refuses_before_the_model_is_asked(make_client, model):
    with make_client(max_waiting_photos=1) as client:
        slow = threading.Thread(target=client.post, args=("/sizes",), kwargs=form(slow=b"x"))
        slow.start()
        while ["slow"] not in model.seen:
            time.sleep(0.01)

        refused = client.post("/sizes", **form(a=b"x"))
        model.let_go.set()
        slow.join(30)

        assert (refused.status_code, refused.json()["type"]) == (503, "busy")
        assert ["a"] not in model.seen
