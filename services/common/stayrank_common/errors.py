"""Everything that StayRank raises on purpose.

    StayRankError
    ├── PhotoError                    one photo cannot be used; the others still can
    │   ├── UndecodablePhotoError       not an image, or broken beyond its header
    │   │   └── LethalPhotoError          the process that decoded it died of it
    │   ├── OversizedPhotoError         too many bytes or pixels
    │   ├── InvalidBase64Error          `data` is not base64
    │   └── PhotoFetchError             a URL could not be read
    │       └── ForbiddenUrlError         URLs are off, or this one points where it may not
    ├── RequestError                  the whole request cannot be used
    │   ├── NoPhotosError
    │   ├── TooManyPhotosError
    │   ├── DuplicateIdError
    │   ├── MalformedRequestError
    │   ├── UnsupportedMediaTypeError
    │   ├── BodyTooLargeError
    │   ├── SlowBodyError
    │   ├── UnauthorizedError           a key is needed
    │   ├── RateLimitError              a key has used up its photos for now
    │   └── OptionError                 an option asks for what this gallery cannot give
    │       ├── UnknownPhotoError         it names a photo that is not there
    │       ├── PinError                  a pinned place is out of range, taken, or contradicted
    │       ├── UnknownPolicyError        it names a feed policy that the service does not have
    │       ├── UnknownPackError          it names a rule pack that the service does not have
    │       └── NothingToRankError        every photo is excluded
    ├── ConfigurationError            a setting is unusable
    ├── ArtifactError                 a model artifact is missing, altered or malformed
    ├── EngineError                   a model could not be run
    │   └── DeviceMemoryError           the memory of the GPU does not suffice
    ├── ExplanationError              this runtime cannot say where the evidence lies
    ├── WeightsError                  a pre-trained starting point cannot be had
    ├── DatasetError                  training data or a recipe is unusable
    ├── DecoderUnavailableError       no process that decodes can be started
    ├── BusyError                     the queue is full; try again later
    │   └── UnreachableDeadlineError    the answer would come after the caller's deadline
    ├── DeadlineError                 the answer would come too late
    └── UpstreamError                 a service that we depend on failed
        ├── UpstreamTimeoutError
        └── UpstreamBusyError

Errors carry facts (path, limit, service). They know nothing of HTTP: one table in
`stayrank_common.web.problems` gives each its status, and the command line prints
`error: …` and exits 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


class StayRankError(Exception):
    """Base of all errors that a caller can cause or should expect."""

    @classmethod
    def slug(cls) -> str:
        """The stable name of this error in answers.

        >>> UndecodablePhotoError.slug()
        'undecodable-photo'
        """
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__.removesuffix("Error")).lower()

    @classmethod
    def title(cls) -> str:
        """The slug in plain words.

        >>> UndecodablePhotoError.title()
        'Undecodable photo'
        """
        return cls.slug().replace("-", " ").capitalize()


class PhotoError(StayRankError):
    """One photo cannot be used."""


class UndecodablePhotoError(PhotoError):
    """The bytes are no image of a supported format, or nothing of it can be decoded."""


class LethalPhotoError(UndecodablePhotoError):
    """The process that decoded it died of it, or took more time than a photo may."""


class OversizedPhotoError(PhotoError):
    """The photo has more bytes or pixels than allowed.

    Args:
        what: `bytes` or `pixels`.
        actual: How many it has (the least that is known).
        limit: How many it may have.
    """

    def __init__(self, what: str, actual: int, limit: int) -> None:
        super().__init__(f"the photo has {actual:,} {what}; at most {limit:,} are allowed")
        self.what, self.actual, self.limit = what, actual, limit


class InvalidBase64Error(PhotoError):
    """`data` is not base64 or a base64 data URI."""


class PhotoFetchError(PhotoError):
    """A photo could not be fetched from its URL."""


class ForbiddenUrlError(PhotoFetchError):
    """The URL may not be fetched: URLs are off, or its host or address is not allowed."""


class RequestError(StayRankError):
    """The request as a whole cannot be used."""


class NoPhotosError(RequestError):
    """There is not a single photo."""


class TooManyPhotosError(RequestError):
    """More photos than one call may bring.

    Args:
        limit: How many are allowed.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"one call takes at most {limit} photos; send the rest in further calls")
        self.limit = limit


class DuplicateIdError(RequestError):
    """Two photos carry the same id, so that answers could not be told apart.

    Args:
        photo_id: The id that occurs twice.
    """

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"two photos have the id {photo_id!r}; give each photo its own")
        self.photo_id = photo_id


class MalformedRequestError(RequestError):
    """The body is not what its content type says, or a parameter is out of range."""


class UnsupportedMediaTypeError(RequestError):
    """The content type is none that the service reads."""


class BodyTooLargeError(RequestError):
    """The body exceeds the limit for one call.

    Args:
        limit: Allowed size in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than {limit:,} bytes; send fewer photos a call")
        self.limit = limit


class SlowBodyError(RequestError):
    """The body comes too slowly, or stays away.

    Args:
        total_s: Seconds that it may take in all.
        idle_s: Seconds in which at least something must come.
    """

    def __init__(self, total_s: float, idle_s: float) -> None:
        super().__init__(
            f"the body must come within {total_s:g} s, without a pause of {idle_s:g} s; "
            "send fewer photos a call"
        )
        self.total_s, self.idle_s = total_s, idle_s


class UnauthorizedError(RequestError):
    """The call brings no key, or one that is not known."""

    def __init__(self) -> None:
        super().__init__("send a known key: `Authorization: Bearer …`")


class RateLimitError(RequestError):
    """The caller has had all that its key allows for now.

    Args:
        retry_after_s: Seconds after which another try makes sense.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"this key may send more photos in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class OptionError(RequestError):
    """An option of a ranking asks for what this gallery cannot give."""


class UnknownPhotoError(OptionError):
    """An option names a photo that the gallery does not have.

    Args:
        option: The option, for example `pin`.
        photo_id: The id that it names.
    """

    def __init__(self, option: str, photo_id: str) -> None:
        super().__init__(f"{option}: no photo of this gallery has the id {photo_id!r}")
        self.option, self.photo_id = option, photo_id


class PinError(OptionError):
    """A photo cannot be pinned to a place.

    Args:
        photo_id: The photo.
        place: The place, from 1.
        reason: Why not.
    """

    def __init__(self, photo_id: str, place: int, reason: str) -> None:
        super().__init__(f"{photo_id!r} cannot be pinned to place {place}: {reason}")
        self.photo_id, self.place, self.reason = photo_id, place, reason


class UnknownPolicyError(OptionError):
    """An option names a feed policy that the service does not have.

    Args:
        name: The name.
        known: The policies that it has.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        there = ", ".join(sorted(known)) or "none (GALLERY_POLICIES_DIR)"
        super().__init__(f"policy: there is no policy {name!r}; there are: {there}")
        self.name = name


class UnknownPackError(OptionError):
    """An audit is to go by a rule pack that the service does not have.

    Args:
        name: Its name.
        known: The packs that it has.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"pack: there is no pack {name!r}; there are: {', '.join(sorted(known))}")
        self.name = name


class NothingToRankError(OptionError):
    """Every photo is excluded."""

    def __init__(self) -> None:
        super().__init__("exclude: every photo is excluded; leave at least one to rank")


class ConfigurationError(StayRankError):
    """A setting in the environment is unusable."""


class ArtifactError(StayRankError):
    """A model artifact is missing, altered or malformed."""


class EngineError(StayRankError):
    """A model could not be run on photos that were in order."""


class DeviceMemoryError(EngineError):
    """The memory of the GPU does not suffice for the model or for a batch.

    Args:
        device: Which GPU.
        what: What does not fit, for example `32 photos at once`.
    """

    def __init__(self, device: str, what: str) -> None:
        super().__init__(
            f"the memory of {device} does not suffice for {what}; give the service a GPU of its "
            "own, or a larger one"
        )
        self.device, self.what = device, what


class ExplanationError(StayRankError):
    """The model's runtime cannot give what an explanation needs."""


class WeightsError(StayRankError):
    """Pre-trained weights are missing, altered, or do not fit the architecture."""


class DatasetError(StayRankError):
    """A dataset, a manifest row or a recipe is unusable."""


class DecoderUnavailableError(StayRankError):
    """No process that decodes photos can be started."""


class BusyError(StayRankError):
    """The bounded queue is full.

    Args:
        retry_after_s: Seconds after which another try makes sense.
    """

    reason = "too much work is waiting"

    def __init__(self, retry_after_s: int = 1) -> None:
        super().__init__(f"{self.reason}; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class UnreachableDeadlineError(BusyError):
    """So much work is waiting that the answer would come after the caller's deadline."""

    reason = "the answer would come after the deadline of the call"


class DeadlineError(StayRankError):
    """The work could not be finished in time.

    Args:
        limit_s: The time limit in seconds.
    """

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"no answer within {limit_s:g} s; send fewer photos a call")
        self.limit_s = limit_s


class UpstreamError(StayRankError):
    """A service that this one depends on failed.

    Args:
        service: Which one, for example `tagger`.
        reason: What happened, in a few words.
    """

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"the {service} service failed: {reason}")
        self.service, self.reason = service, reason


class UpstreamTimeoutError(UpstreamError):
    """A service that this one depends on did not answer in time."""


class UpstreamBusyError(UpstreamError):
    """A service that this one depends on is full.

    Args:
        service: Which one.
        retry_after_s: Seconds after which another try makes sense.
    """

    def __init__(self, service: str, retry_after_s: int = 1) -> None:
        super().__init__(service, f"it is busy; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
