import asyncio
from collections.abc import Awaitable, Callable
from email.parser import BytesParser
from email.policy import HTTP

import httpx
import pytest
from pydantic import SecretStr

from stayrank_common import telemetry
from stayrank_common.errors import UpstreamBusyError, UpstreamError, UpstreamTimeoutError
from stayrank_common.inputs import PhotoInput
from stayrank_common.metrics import Metrics
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import PhotoFailure
from stayrank_gallery.scorers import FakeScorer, HttpScorer, Scores

Answer = httpx.Response | Exception
Reaction = Callable[[httpx.Request], Answer | Awaitable[Answer]]

JSON = {"Content-Type": "application/json"}
PHOTOS = [
    PhotoInput("lobby.jpg", b"lobby"),
    PhotoInput('odd "id"\r\n; ä/../', b"odd"),
    PhotoInput("broken", b"bad"),
]


def files_of(request: httpx.Request) -> list[tuple[str, str, bytes]]:
    """Field, file name and content of each part of a form."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + request.content)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in form.iter_parts()
    ]


class Services:
    """Both services behind one transport, and a memory of what they were asked.

    A service answers as the fake scorer does unless `reactions` say otherwise, one for each call.
    """

    def __init__(self) -> None:
        self.reactions: dict[str, list[Reaction]] = {"/tag": [], "/aesthetic": []}
        self.requests: list[httpx.Request] = []
        self.cancelled: list[str] = []
        self.cancelled_in_time: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        left = self.reactions[request.url.path]
        reaction = left.pop(0) if left else whole_answer
        try:
            answer = reaction(request)
            if isinstance(answer, Awaitable):
                answer = await answer
        except asyncio.CancelledError:
            self.cancelled.append(request.url.path)
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def scorer(self) -> HttpScorer:
        transport = httpx.MockTransport(self)
        return HttpScorer("http://tagger:8001", "http://aesthetic:8002/", 5, transport)

    def score(self, photos=PHOTOS) -> Scores:
        async def call() -> Scores:
            scorer = self.scorer()
            try:
                return await scorer.score(photos)
            finally:
                await asyncio.sleep(0.01)  # lets what was cancelled come to its end
                self.cancelled_in_time = sorted(self.cancelled)  # not by the end of the loop
                await scorer.aclose()

        return asyncio.run(call())

    def paths(self) -> list[str]:
        return sorted(request.url.path for request in self.requests)


async def whole_answer(request: httpx.Request) -> httpx.Response:
    photos = [PhotoInput(name, content) for _, name, content in files_of(request)]
    scores = await FakeScorer().score(photos)
    answer = scores.tags if request.url.path == "/tag" else scores.aesthetics
    return httpx.Response(200, json=answer.model_dump(mode="json"))


async def never(_: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


def always(answer: Answer) -> Reaction:
    return lambda _: answer


def problem(status: int, **more: object) -> httpx.Response:
    body = {"type": "a-slug", "title": "A title", "status": status, "detail": "a detail", **more}
    return httpx.Response(status, json=body)


@pytest.fixture
def services() -> Services:
    return Services()


def test_each_photo_is_sent_once_to_each_service(services):
    services.score()

    assert services.paths() == ["/aesthetic", "/tag"]
    for request in services.requests:
        assert request.method == "POST"
        assert [(field, content) for field, _, content in files_of(request)] == [
            ("files", b"lobby"),
            ("files", b"odd"),
            ("files", b"bad"),
        ]


def test_the_tagger_is_asked_for_embeddings_and_each_at_its_own_address(services):
    services.score()

    assert sorted(str(request.url) for request in services.requests) == [
        "http://aesthetic:8002/aesthetic",
        "http://tagger:8001/tag?include=embedding",
    ]


def test_answers_carry_our_ids_whatever_they_contain_and_are_otherwise_unchanged(services):
    scores = services.score()

    expected = asyncio.run(FakeScorer().score(PHOTOS))
    assert scores == expected


def test_both_services_are_asked_at_the_same_time(services):
    both_asked = asyncio.Event()

    async def wait_for_the_other(request: httpx.Request) -> httpx.Response:
        if len(services.requests) == 2:
            both_asked.set()
        await asyncio.wait_for(both_asked.wait(), 10)
        return await whole_answer(request)

    for reactions in services.reactions.values():
        reactions.append(wait_for_the_other)

    services.score()

    assert services.paths() == ["/aesthetic", "/tag"]


def test_the_gallerys_key_goes_to_both_services_and_is_not_shown(services):
    key = SecretStr("the gallery's own")
    transport = httpx.MockTransport(services)
    scorer = HttpScorer("http://tagger", "http://aesthetic", 5, transport, key)

    asyncio.run(scorer.score(PHOTOS))

    sent = [request.headers["authorization"] for request in services.requests]
    assert sent == ["Bearer the gallery's own"] * 2
    assert "own" not in repr(key)


def test_the_request_id_travels(services):
    async def call() -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/rank-gallery",
            "headers": [(telemetry.REQUEST_ID.lower().encode(), b"trace-7")],
        }

        async def app(*_: object) -> None:
            await services.scorer().score(PHOTOS)

        await telemetry.Telemetry(app, Metrics())(scope, None, None)

    asyncio.run(call())

    assert [r.headers[telemetry.REQUEST_ID] for r in services.requests] == ["trace-7"] * 2


@pytest.mark.parametrize("path", ["/tag", "/aesthetic"])
@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("no route"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
    ],
    ids=type,
)
def test_a_broken_connection_is_tried_once_more_with_all_photos(services, path, error):
    services.reactions[path] = [always(error)]

    scores = services.score()

    assert [result.id for result in scores.tags.results] == [photo.id for photo in PHOTOS]
    assert services.paths().count(path) == 2
    bodies = {tuple(files_of(r)) for r in services.requests if r.url.path == path}
    assert len(bodies) == 1


@pytest.mark.parametrize(("path", "name"), [("/tag", "tagger"), ("/aesthetic", "aesthetic")])
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (httpx.ConnectError("refused"), UpstreamError),
        (httpx.RemoteProtocolError("closed"), UpstreamError),
        (httpx.ConnectTimeout("no route"), UpstreamTimeoutError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_connection_that_breaks_twice_is_an_error_that_names_the_service(
    services, path, name, error, raised
):
    services.reactions[path] = [always(error)] * 3

    with pytest.raises(UpstreamError, match=name) as caught:
        services.score()

    assert type(caught.value) is raised
    assert caught.value.service == name
    assert services.paths().count(path) == 2


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (httpx.ReadTimeout("slow"), UpstreamTimeoutError),
        (httpx.WriteTimeout("slow"), UpstreamTimeoutError),
        (httpx.PoolTimeout("slow"), UpstreamTimeoutError),
        (httpx.DecodingError("rubbish"), UpstreamError),
        (problem(504), UpstreamTimeoutError),
        (httpx.Response(504, html="<h1>Gateway Timeout</h1>"), UpstreamTimeoutError),
        (problem(503), UpstreamBusyError),
        (httpx.Response(503, html="<h1>Service Unavailable</h1>"), UpstreamBusyError),
        (httpx.Response(429), UpstreamBusyError),
        (problem(500), UpstreamError),
        (problem(413), UpstreamError),
        (problem(422), UpstreamError),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), UpstreamError),
        (httpx.Response(404, json={"detail": "Not Found"}), UpstreamError),
        (httpx.Response(302, headers={"Location": "http://elsewhere/"}), UpstreamError),
        (httpx.Response(204), UpstreamError),
        (httpx.Response(200), UpstreamError),
        (httpx.Response(200, html="<h1>Welcome</h1>"), UpstreamError),
        (httpx.Response(200, json={}), UpstreamError),
        (httpx.Response(200, json=[]), UpstreamError),
        (httpx.Response(200, content=b"\xff\xfe", headers=JSON), UpstreamError),
        (
            httpx.Response(200, content=b"{}", headers=JSON | {"Content-Encoding": "x"}),
            UpstreamError,
        ),
    ],
    ids=repr,
)
def test_what_went_wrong_is_told_apart_and_not_tried_again(services, answer, raised):
    services.reactions["/tag"] = [always(answer)] * 2

    with pytest.raises(UpstreamError, match="tagger") as caught:
        services.score()

    assert type(caught.value) is raised
    assert services.paths().count("/tag") == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("soon", 1), ("", 1), (None, 1), ("9" * 30, 1), ("\xb2", 1)]
)
def test_a_busy_service_says_when_to_come_again(services, header, seconds):
    headers = [] if header is None else [(b"retry-after", header.encode("latin-1"))]
    services.reactions["/aesthetic"] = [always(httpx.Response(503, headers=headers))]

    with pytest.raises(UpstreamBusyError) as caught:
        services.score()

    assert caught.value.retry_after_s == seconds


def altered(change: Callable[[list[dict]], list[dict]]) -> Reaction:
    """The whole answer with another list of results."""

    async def reaction(request: httpx.Request) -> httpx.Response:
        body = (await whole_answer(request)).json()
        return httpx.Response(200, json={**body, "results": change(body["results"])})

    return reaction


@pytest.mark.parametrize("path", ["/tag", "/aesthetic"])
@pytest.mark.parametrize(
    "change",
    [
        lambda results: results[:-1],
        lambda results: results + results[:1],
        lambda results: results[::-1],
        lambda results: [{**result, "id": "x"} for result in results],
        lambda results: [{**result, "surprise": 1} for result in results],
        lambda results: [{**result, "status": "perhaps"} for result in results],
        lambda _: [],
    ],
    ids=["one short", "one more", "other order", "other ids", "other form", "no status", "none"],
)
def test_results_that_cannot_be_matched_to_photos_are_an_error(services, path, change):
    services.reactions[path] = [altered(change)]

    with pytest.raises(UpstreamError):
        services.score()


def all_failed(*names: str) -> httpx.Response:
    error = {"type": "oversized-photo", "title": "Oversized photo", "detail": "too large"}
    results = [{"id": name, "status": "error", "error": error} for name in names]
    return problem(413, results=results)


@pytest.mark.parametrize("path", ["/tag", "/aesthetic"])
def test_where_a_service_can_use_no_photo_the_reasons_come_with_our_ids(services, path):
    services.reactions[path] = [always(all_failed("0", "1", "2"))]

    with pytest.raises(AllPhotosFailedError) as caught:
        services.score()

    assert [failed.id for failed in caught.value.failures] == [photo.id for photo in PHOTOS]
    assert caught.value.failures[0].error.type == "oversized-photo"


@pytest.mark.parametrize(
    "answer", [all_failed("0", "1"), problem(422, results=[{"id": "0"}] * 3)], ids=["short", "odd"]
)
def test_reasons_that_cannot_be_matched_to_photos_are_an_error(services, answer):
    services.reactions["/tag"] = [always(answer)]

    with pytest.raises(UpstreamError, match="tagger"):
        services.score()


@pytest.mark.parametrize(("failing", "other"), [("/tag", "/aesthetic"), ("/aesthetic", "/tag")])
def test_when_one_service_fails_the_other_is_not_waited_for(services, failing, other):
    services.reactions[failing] = [always(problem(500))]
    services.reactions[other] = [never]

    with pytest.raises(UpstreamError):
        services.score()

    assert services.cancelled_in_time == [other]


def test_a_caller_that_gives_up_takes_both_calls_back(services):
    services.reactions = {"/tag": [never], "/aesthetic": [never]}

    async def call() -> None:
        scorer = services.scorer()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await scorer.score(PHOTOS)
        await asyncio.sleep(0.01)

        assert sorted(services.cancelled) == ["/aesthetic", "/tag"]

    asyncio.run(call())


def test_the_log_tells_the_address_the_error_does_not_and_neither_a_photo(services, caplog):
    services.reactions["/tag"] = [always(httpx.ConnectError("refused"))] * 2

    with pytest.raises(UpstreamError, match="tagger service failed: ConnectError") as caught:
        services.score()

    assert "http://tagger:8001/tag" in caplog.text
    assert "http://" not in str(caught.value)
    assert "lobby" not in str(caught.value) + caplog.text


class Cards:
    """Model services that say what they are: host → task, or an error."""

    def __init__(self, **hosts: str | Exception) -> None:
        self.hosts, self.asked = hosts, []
        self.scorer = HttpScorer(
            "http://tagger:8001", "http://aesthetic:8002/", 5, httpx.MockTransport(self.answer)
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        task = self.hosts[request.url.host]
        if isinstance(task, Exception):
            raise task
        if not task:
            return httpx.Response(404, text="nginx")
        model = {"name": f"a-{task}-model", "version": "1", "sha256": "0" * 64}
        card = {"model": model, "manifest": {"task": task}, "engine": {}, "card": ""}
        return httpx.Response(200, json=card)

    def reach(self) -> None:
        asyncio.run(self.scorer.reach())


def test_services_that_have_answered_once_are_not_asked_again():
    services = Cards(tagger="tagging", aesthetic=httpx.ConnectError("refused"))
    with pytest.raises(UpstreamError, match=r"aesthetic.*ConnectError.*http://aesthetic:8002"):
        services.reach()

    services.hosts = {"tagger": httpx.ConnectError("down"), "aesthetic": "aesthetics"}
    services.reach()
    services.reach()

    assert sorted(services.asked) == [
        "http://aesthetic:8002/model",
        "http://aesthetic:8002/model",
        "http://tagger:8001/model",
    ]


@pytest.mark.parametrize(
    ("task", "why"),
    [("aesthetics", "is a-aesthetics-model"), ("", r"\(404\) is not of the agreed")],
)
def test_an_address_of_something_else_is_not_reached(task, why):
    with pytest.raises(UpstreamError, match=f"tagger.*{why}"):
        Cards(tagger=task, aesthetic="aesthetics").reach()


def duo(answer: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> tuple[HttpScorer, list]:
    """A scorer of one service for both answers, and what it is asked."""
    asked: list[httpx.Request] = []

    async def remember(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return await answer(request)

    return HttpScorer("http://duo:8001/", "", 5, httpx.MockTransport(remember)), asked


async def both_answers(request: httpx.Request) -> httpx.Response:
    photos = [PhotoInput(name, content) for _, name, content in files_of(request)]
    scores = await FakeScorer().score(photos)
    results = [
        tagged
        if isinstance(tagged, PhotoFailure)
        else tagged.model_copy(update={"aesthetic": rated})
        for tagged, rated in zip(scores.tags.results, scores.aesthetics.results, strict=True)
    ]
    answer = scores.tags.model_copy(update={"results": results})
    return httpx.Response(200, json=answer.model_dump(mode="json"))


def test_one_service_for_both_answers_is_sent_each_photo_once_in_all():
    scorer, asked = duo(both_answers)

    scores = asyncio.run(scorer.score(PHOTOS))

    assert scores == asyncio.run(FakeScorer().score(PHOTOS))
    assert [str(request.url) for request in asked] == ["http://duo:8001/tag?include=all"]


def test_one_service_that_rates_nothing_is_an_error_of_that_service():
    scorer, _ = duo(whole_answer)

    with pytest.raises(UpstreamError, match=r"tagger.*no rating of lobby\.jpg"):
        asyncio.run(scorer.score(PHOTOS))


@pytest.mark.parametrize(("task", "suits"), [("duo", True), ("tagging", False)])
def test_one_service_is_reached_if_its_model_gives_both_answers(task, suits):
    async def model(_: httpx.Request) -> httpx.Response:
        info = {"name": "a-model", "version": "1", "sha256": "0" * 64}
        body = {"model": info, "manifest": {"task": task}, "engine": {}, "card": ""}
        return httpx.Response(200, json=body)

    scorer, asked = duo(model)

    if suits:
        asyncio.run(scorer.reach())
    else:
        with pytest.raises(UpstreamError, match="a-model"):
            asyncio.run(scorer.reach())
    assert [request.url.path for request in asked] == ["/model"]


def test_one_service_explains_a_rating_where_it_explains_areas():
    async def picture(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "image/png"}, content=b"a picture")

    scorer, asked = duo(picture)

    assert asyncio.run(scorer.explain(PHOTOS[0], None)) == b"a picture"
    assert str(asked[0].url) == "http://duo:8001/tag/explain?of=aesthetic"
