"""A service, or one that it needs, cannot do the work now."""

from __future__ import annotations

from stayrank_common.errors.base import StayRankError


class DecoderUnavailableError(StayRankError):
    """No process that decodes photos can be started."""


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
        super().__init__(f"no answer within {round(limit_s, 3):g} s; send fewer photos a call")
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
