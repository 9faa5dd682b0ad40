"""Heat maps, whichever way a scorer asks for them."""

import asyncio
import io

import httpx
import pytest
from PIL import Image

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import MalformedRequestError, UpstreamError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import PhotoFailure
from stayrank_gallery.scorers import FakeScorer, HttpScorer, Scorer
from stayrank_gallery.scorers.local import open_local

PNG = {"Content-Type": "image/png"}


def explain(scorer: Scorer, photo: PhotoInput, tag: str | None) -> bytes:
    async def call() -> bytes:
        try:
            return await scorer.explain(photo, tag)
        finally:
            await scorer.aclose()

    return asyncio.run(call())


def answering(response: httpx.Response) -> tuple[HttpScorer, list[httpx.Request]]:
    """A scorer whose services always answer so, and what they are asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return response

    transport = httpx.MockTransport(answer)
    return HttpScorer("http://tagger:8001/", "http://aesthetic:8002", 5, transport), asked


@pytest.mark.parametrize(
    ("tag", "url"),
    [
        ("swimming_pool", "http://tagger:8001/tag/explain?tag=swimming_pool"),
        ("a&b=c ü", "http://tagger:8001/tag/explain?tag=a%26b%3Dc+%C3%BC"),
        (None, "http://aesthetic:8002/aesthetic/explain"),
    ],
)
def test_the_service_that_knows_is_asked_for_a_picture(tag, url):
    scorer, asked = answering(httpx.Response(200, content=b"a picture", headers=PNG))

    picture = explain(scorer, PhotoInput("pool.jpg", b"content of the pool"), tag)

    assert picture == b"a picture"
    (request,) = asked
    assert str(request.url) == url
    assert request.headers["accept"] == "image/png"
    assert b"content of the pool" in request.content


def test_a_photo_that_the_service_cannot_use_fails_under_its_own_name():
    error = {"type": "undecodable-photo", "title": "Undecodable photo", "detail": "broken"}
    failure = PhotoFailure(id="0", error=error).model_dump()
    body = {**error, "status": 422, "results": [failure]}
    scorer, _ = answering(httpx.Response(422, json=body))

    with pytest.raises(AllPhotosFailedError) as caught:
        explain(scorer, PhotoInput("pool.jpg", b"broken"), None)

    assert [failure.id for failure in caught.value.failures] == ["pool.jpg"]


def test_a_model_that_cannot_be_explained_is_an_error_that_says_so():
    body = {"type": "explanation", "title": "Explanation", "status": 501, "detail": "no such head"}
    scorer, _ = answering(httpx.Response(501, json=body))

    with pytest.raises(UpstreamError, match=r"tagger service failed: .*no such head"):
        explain(scorer, PhotoInput("pool.jpg", b"pool"), "bedroom")


def test_the_fake_paints_pictures_of_the_shape_of_the_photo_and_remembers_the_questions(picture):
    scorer = FakeScorer()

    painted = explain(scorer, PhotoInput("a", picture(size=(90, 60))), "bedroom")

    assert Image.open(io.BytesIO(painted)).size == (90, 60)
    assert scorer.explained == [("a", "bedroom")]
    with pytest.raises(AllPhotosFailedError):
        explain(scorer, PhotoInput("b", b"bad"), None)


@pytest.mark.parametrize("tag", ["kitchen", None])
def test_models_in_process_paint_as_the_services_do(tag, picture):
    painted = explain(open_local(PlainDecoder()), PhotoInput("a", picture(size=(90, 60))), tag)

    image = Image.open(io.BytesIO(painted))
    assert (image.format, image.size) == ("PNG", (90, 60))


def test_models_in_process_refuse_what_the_services_refuse(picture):
    with pytest.raises(AllPhotosFailedError):
        explain(open_local(PlainDecoder()), PhotoInput("a", b"no picture"), None)
    with pytest.raises(MalformedRequestError, match="no area 'garage'"):
        explain(open_local(PlainDecoder()), PhotoInput("a", picture()), "garage")
