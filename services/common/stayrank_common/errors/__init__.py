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
    │   ├── SlowBodyError               it comes too slowly, or stays away
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

from stayrank_common.errors.base import (
    StayRankError,
)
from stayrank_common.errors.calls import (
    BodyTooLargeError,
    DuplicateIdError,
    MalformedRequestError,
    NoPhotosError,
    RateLimitError,
    RequestError,
    SlowBodyError,
    TooManyPhotosError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from stayrank_common.errors.files import (
    ArtifactError,
    ConfigurationError,
    DatasetError,
    ExplanationError,
    WeightsError,
)
from stayrank_common.errors.options import (
    NothingToRankError,
    OptionError,
    PinError,
    UnknownPackError,
    UnknownPhotoError,
    UnknownPolicyError,
)
from stayrank_common.errors.photos import (
    ForbiddenUrlError,
    InvalidBase64Error,
    LethalPhotoError,
    OversizedPhotoError,
    PhotoError,
    PhotoFetchError,
    UndecodablePhotoError,
)
from stayrank_common.errors.running import (
    BusyError,
    DeadlineError,
    DecoderUnavailableError,
    DeviceMemoryError,
    EngineError,
    UnreachableDeadlineError,
    UpstreamBusyError,
    UpstreamError,
    UpstreamTimeoutError,
)

__all__ = [
    "ArtifactError",
    "BodyTooLargeError",
    "BusyError",
    "ConfigurationError",
    "DatasetError",
    "DeadlineError",
    "DecoderUnavailableError",
    "DeviceMemoryError",
    "DuplicateIdError",
    "EngineError",
    "ExplanationError",
    "ForbiddenUrlError",
    "InvalidBase64Error",
    "LethalPhotoError",
    "MalformedRequestError",
    "NoPhotosError",
    "NothingToRankError",
    "OptionError",
    "OversizedPhotoError",
    "PhotoError",
    "PhotoFetchError",
    "PinError",
    "RateLimitError",
    "RequestError",
    "SlowBodyError",
    "StayRankError",
    "TooManyPhotosError",
    "UnauthorizedError",
    "UndecodablePhotoError",
    "UnknownPackError",
    "UnknownPhotoError",
    "UnknownPolicyError",
    "UnreachableDeadlineError",
    "UnsupportedMediaTypeError",
    "UpstreamBusyError",
    "UpstreamError",
    "UpstreamTimeoutError",
    "WeightsError",
]
