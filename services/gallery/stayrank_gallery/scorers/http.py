"""Tags and scores from the tagger and the aesthetic service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Literal, NoReturn, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from stayrank_common.deadlines import REQUEST_TIMEOUT, due_in, remaining_s
from stayrank_common.errors import UpstreamBusyError, UpstreamError, UpstreamTimeoutError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import (
    AestheticResponse,
    ModelDescription,
    PhotoFailure,
    Problem,
    TagResponse,
)
from stayrank_common.stages import timed
from stayrank_common.tasks import both
from stayrank_common.telemetry import REQUEST_ID, current_request_id
from stayrank_gallery.scorers.base import Scores, scores_of
from stayrank_gallery.scorers.retries import RetryBudget

logger = logging.getLogger(__name__)

Response = TypeVar("Response", TagResponse, AestheticResponse)
Upstream = Literal["tagger", "aesthetic"]
_TASKS = {"tagger": "tagging", "aesthetic": "aesthetics"}
_REACH_LIMIT_S = 2  # probes of `/readyz` do not wait much longer
_ANSWER_BYTES = 4 * 2**20  # a picture, or a model's card
_PHOTO_BYTES = 64 * 1024  # more than ten times what a service says of a photo


class HttpScorer:
    """Sends each photo once to each service, to both at the same time, over one pool.

    Without an address of the second, the model of the tagger service gives both answers, and each
    photo is sent once in all.

    Args:
        tagger_url: Base address of the tagger service.
        aesthetic_url: Base address of the aesthetic service; empty if there is none.
        timeout_s: Seconds for an answer.
        transport: Takes the place of the network in tests.
        key: For both services, where they ask for one.
    """

    def __init__(
        self,
        tagger_url: str,
        aesthetic_url: str,
        timeout_s: float,
        transport: httpx.AsyncBaseTransport | None = None,
        key: SecretStr | None = None,
    ) -> None:
        self._tagger_url, self._aesthetic_url = tagger_url, aesthetic_url
        self._unreached: dict[Upstream, str] = {"tagger": tagger_url, "aesthetic": aesthetic_url}
        self._duo = not aesthetic_url
        if self._duo:
            del self._unreached["aesthetic"]
        self._timeout_s, self._retries = timeout_s, RetryBudget()
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=2.0),
            headers={"Accept-Encoding": "identity"}  # a small answer must not become a large one
            | ({"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}),
            transport=transport,
            trust_env=False,
        )

    async def reach(self) -> None:
        """See `Scorer.reach`: a wrong address shows before the first photo comes.

        What has answered is not asked again. Once it fails, calls say so; a gallery that were
        unready for it would take its pages away too.
        """
        await asyncio.gather(*(self._recognise(*each) for each in self._unreached.items()))

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`.

        Raises:
            AllPhotosFailedError: A service could use none of the photos.
        """
        tag_url = f"{self._tagger_url.rstrip('/')}/tag"
        if self._duo:
            answer = await self._call("tagger", f"{tag_url}?include=all", photos, TagResponse)
            return _both("tagger", answer)
        aesthetic_url = f"{self._aesthetic_url.rstrip('/')}/aesthetic"
        tags, aesthetics = await both(
            self._call("tagger", f"{tag_url}?include=embedding", photos, TagResponse),
            self._call("aesthetic", aesthetic_url, photos, AestheticResponse),
        )
        return Scores(tags, aesthetics)

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """See `Scorer.explain`.

        Raises:
            AllPhotosFailedError: The photo cannot be used.
            UpstreamError: Also where the service knows no such area.
        """
        if tag is None and not self._duo:
            url = f"{self._aesthetic_url.rstrip('/')}/aesthetic/explain"
            return (await self._ask("aesthetic", url, [photo], "image/png")).content
        what = {"of": "aesthetic"} if tag is None else {"tag": tag}
        url = f"{self._tagger_url.rstrip('/')}/tag/explain?{urlencode(what)}"
        return (await self._ask("tagger", url, [photo], "image/png")).content

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.aclose()

    async def _recognise(self, service: Upstream, url: str) -> None:
        try:
            async with asyncio.timeout(_REACH_LIMIT_S):
                request = self.client.build_request("GET", f"{url.rstrip('/')}/model")
                response = await self._send(service, request, _ANSWER_BYTES)
        except TimeoutError as error:
            raise UpstreamTimeoutError(service, f"no answer in time ({url})") from error
        except httpx.HTTPError as error:
            raise UpstreamError(service, f"{type(error).__name__} ({url})") from error
        answer = _parse(service, response, ModelDescription)
        suitable = {"duo"} if self._duo else {"duo", _TASKS[service]}
        if answer.manifest.get("task") not in suitable:
            raise UpstreamError(service, f"the model at {url} is {answer.model.name}")
        self._unreached.pop(service, None)  # another probe may have been quicker

    async def _call(
        self, service: Upstream, url: str, photos: Sequence[PhotoInput], schema: type[Response]
    ) -> Response:
        response = await self._ask(service, url, photos, "application/json")
        answer = _parse(service, response, schema)
        if [result.id for result in answer.results] != _names(photos):
            raise UpstreamError(service, "it answered for other photos than were sent")
        results = [
            result.model_copy(update={"id": photo.id})
            for result, photo in zip(answer.results, photos, strict=True)
        ]
        return answer.model_copy(update={"results": results})

    async def _ask(
        self, service: Upstream, url: str, photos: Sequence[PhotoInput], accept: str
    ) -> httpx.Response:
        """An answer of status 200 and the media type asked for; else it is an error of ours."""
        limit_s = min(self._timeout_s, remaining_s())
        try:
            # httpx bounds each read, not the answer.
            async with asyncio.timeout(limit_s):
                with timed(service, len(photos)), due_in(limit_s):
                    response = await self._post(service, url, photos, accept)
        except TimeoutError as error:
            raise UpstreamTimeoutError(service, "no answer in time") from error
        if response.status_code != httpx.codes.OK:
            _raise(service, response, photos)
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if media_type != accept:
            raise UpstreamError(service, f"it answered with {media_type or 'nothing'!r}")
        return response

    async def _post(
        self, service: str, url: str, photos: Sequence[PhotoInput], accept: str
    ) -> httpx.Response:
        """Send the photos; once more where the connection broke (an answer changes nothing)."""
        files = [
            ("files", (name, photo.source, "application/octet-stream"))
            for name, photo in zip(_names(photos), photos, strict=True)
        ]
        headers = {REQUEST_ID: current_request_id(), "Accept": accept}
        limit = _ANSWER_BYTES + len(photos) * _PHOTO_BYTES
        self._retries.called()
        for last_try in (False, True):
            headers[REQUEST_TIMEOUT] = str(max(0, int(1000 * remaining_s())))
            request = self.client.build_request("POST", url, files=files, headers=headers)  # type: ignore[arg-type]
            try:
                return await self._send(service, request, limit)
            except httpx.HTTPError as error:
                broken = isinstance(error, _BROKEN) and not last_try and self._retries.spend()
                if broken:
                    continue
                # Operators get the address; who asks for an order has no business with it.
                logger.warning("the %s service at %s: %r", service, url, error)
                if isinstance(error, httpx.TimeoutException):
                    raise UpstreamTimeoutError(service, "no answer in time") from error
                raise UpstreamError(service, type(error).__name__) from error
        raise AssertionError("unreachable")

    async def _send(self, service: str, request: httpx.Request, limit: int) -> httpx.Response:
        """An answer, read as far as an answer may be long."""
        response = await self.client.send(request, stream=True)
        try:
            if "content-encoding" in response.headers:
                raise UpstreamError(service, "its answer is packed, which nobody asked for")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise UpstreamError(service, f"its answer is longer than {limit:,} bytes")
        finally:
            await response.aclose()
        return httpx.Response(
            response.status_code, headers=response.headers, content=bytes(content)
        )


# Nothing was answered, and an answer changes nothing: these calls may be made once more.
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)


def _both(service: str, answer: TagResponse) -> Scores:
    try:
        return scores_of(answer.model, answer.model, answer.results)
    except ValueError as error:
        raise UpstreamError(service, str(error)) from error


def _names(photos: Sequence[PhotoInput]) -> list[str]:
    """Positions stand for ids on the wire: ids may hold what no file name can."""
    return [str(position) for position in range(len(photos))]


def _raise(service: str, response: httpx.Response, photos: Sequence[PhotoInput]) -> NoReturn:
    """Turn a problem of a service into an error of ours.

    Raises:
        AllPhotosFailedError: It could use none of the photos.
        UpstreamError: It failed for another reason.
    """
    # A proxy in between may give these three answers in any form.
    if response.status_code in {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS}:
        raise UpstreamBusyError(service, _retry_after_s(response))
    if response.status_code == httpx.codes.GATEWAY_TIMEOUT:
        raise UpstreamTimeoutError(service, "no answer in time")
    problem = _parse(service, response, Problem)
    if not problem.results or len(problem.results) != len(photos):
        raise UpstreamError(service, f"it answered {response.status_code}: {problem.detail}")
    try:
        failures = [
            PhotoFailure.model_validate({**result, "id": photo.id})
            for result, photo in zip(problem.results, photos, strict=True)
        ]
    except ValidationError as error:
        raise UpstreamError(service, "its answer is not of the agreed form") from error
    raise AllPhotosFailedError(failures)


Schema = TypeVar("Schema", bound=BaseModel)


def _parse(service: str, response: httpx.Response, schema: type[Schema]) -> Schema:
    try:
        return schema.model_validate_json(response.content)
    except ValidationError as error:
        reason = f"its answer ({response.status_code}) is not of the agreed form"
        raise UpstreamError(service, reason) from error


def _retry_after_s(response: httpx.Response) -> int:
    value = response.headers.get("retry-after", "")
    return int(value) if value.isdecimal() and len(value) < 6 else 1
