"""Tags and scores from the tagger and the aesthetic service."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NoReturn, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, ValidationError

from stayrank_common.errors import UpstreamBusyError, UpstreamError, UpstreamTimeoutError
from stayrank_common.inputs import PhotoInput
from stayrank_common.results import AllPhotosFailedError
from stayrank_common.schemas import AestheticResponse, PhotoFailure, Problem, TagResponse
from stayrank_common.telemetry import REQUEST_ID, current_request_id
from stayrank_gallery.scorers.base import Scores

Response = TypeVar("Response", TagResponse, AestheticResponse)


class HttpScorer:
    """Sends each photo once to each service, to both at the same time, over one pool.

    Args:
        tagger_url: Base address of the tagger service.
        aesthetic_url: Base address of the aesthetic service.
        timeout_s: Seconds for an answer.
        transport: Takes the place of the network in tests.
    """

    def __init__(
        self,
        tagger_url: str,
        aesthetic_url: str,
        timeout_s: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._tagger_url, self._aesthetic_url = tagger_url, aesthetic_url
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=2.0), transport=transport, trust_env=False
        )

    async def score(self, photos: Sequence[PhotoInput]) -> Scores:
        """See `Scorer.score`.

        Raises:
            AllPhotosFailedError: A service could use none of the photos.
        """
        tag_url = f"{self._tagger_url.rstrip('/')}/tag?include=embedding"
        aesthetic_url = f"{self._aesthetic_url.rstrip('/')}/aesthetic"
        tagging = asyncio.create_task(self._call("tagger", tag_url, photos, TagResponse))
        rating = asyncio.create_task(
            self._call("aesthetic", aesthetic_url, photos, AestheticResponse)
        )
        try:
            tags, aesthetics = await asyncio.gather(tagging, rating)
        finally:  # where one failed, the other's answer is of no use
            tagging.cancel()
            rating.cancel()
        return Scores(tags, aesthetics)

    async def explain(self, photo: PhotoInput, tag: str | None) -> bytes:
        """See `Scorer.explain`.

        Raises:
            AllPhotosFailedError: The photo cannot be used.
            UpstreamError: Also where the service knows no such area.
        """
        if tag is None:
            service, url = "aesthetic", f"{self._aesthetic_url.rstrip('/')}/aesthetic/explain"
        else:
            query = urlencode({"tag": tag})
            service, url = "tagger", f"{self._tagger_url.rstrip('/')}/tag/explain?{query}"
        return (await self._ask(service, url, [photo], "image/png")).content

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _call(
        self, service: str, url: str, photos: Sequence[PhotoInput], schema: type[Response]
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
        self, service: str, url: str, photos: Sequence[PhotoInput], accept: str
    ) -> httpx.Response:
        """An answer of status 200; anything else is an error of ours."""
        try:
            async with asyncio.timeout(self._timeout_s):  # httpx bounds each read, not the answer
                response = await self._post(service, url, photos, accept)
        except TimeoutError as error:
            raise UpstreamTimeoutError(service, "no answer in time") from error
        if response.status_code != httpx.codes.OK:
            _raise(service, response, photos)
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
        for last_try in (False, True):
            try:
                return await self._client.post(url, files=files, headers=headers)  # type: ignore[arg-type]
            except httpx.TimeoutException as error:
                if isinstance(error, httpx.ConnectTimeout) and not last_try:
                    continue
                raise UpstreamTimeoutError(service, "no answer in time") from error
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                if last_try:
                    raise UpstreamError(service, f"{type(error).__name__} ({url})") from error
            except httpx.HTTPError as error:  # an answer that cannot be unpacked, for example
                raise UpstreamError(service, f"{type(error).__name__} ({url})") from error
        raise AssertionError("unreachable")


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
