"""A worker as its master sees it: started, asked, distrusted, and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stayrank_common.decoding.pixels import Photo, PhotoLimits, Wanted
from stayrank_common.decoding.wire import (
    MAX_DETAIL,
    FrameError,
    channel_pair,
    receive_header,
    receive_into,
    send,
)
from stayrank_common.errors import (
    DecoderUnavailableError,
    OversizedPhotoError,
    UndecodablePhotoError,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DeathReason = Literal["crash", "exit", "idle", "killed", "rubbish", "time"]
COMMAND = (sys.executable, "-P", "-m", "stayrank_common.decoding.worker")
# A worker that a photo has taken over finds no key in its environment.
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ", "VIRTUAL_ENV")
_SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # What one large photo took goes back to the system; what all take stays.
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(16 * 2**20),
}
_START_LIMIT_S, _STOP_LIMIT_S = 30, 2
_BASE_BYTES, _BYTES_A_PIXEL = 256 * 2**20, 24  # AVIF needs up to 18: planes, RGBA, two copies
_WALL = 10  # times its processor time a photo may take by the clock: machines are busy


class DeathError(Exception):
    """A worker died, or had to be killed.

    Args:
        reason: Of what.
    """

    def __init__(self, reason: DeathReason) -> None:
        super().__init__(reason)
        self.reason: DeathReason = reason


class Answer(BaseModel):
    """What a worker may say about a photo."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: Literal["oversized", "undecodable"] | None = None
    detail: str = Field(default="", max_length=MAX_DETAIL)
    pixels: int = Field(default=0, ge=0)
    width: int = Field(default=1, ge=1)
    height: int = Field(default=1, ge=1)
    rows: int = Field(default=0, ge=0)
    columns: int = Field(default=0, ge=0)
    warnings: tuple[Literal["truncated", "invalid_color_profile"], ...] = Field((), max_length=2)


class Worker:
    """One worker; used by one thread at a time. `ready` once it has been heard of.

    Args:
        limits: What a photo may cost.
        seconds: Of the processor that a photo may take.
        command: What to start.
    """

    def __init__(
        self, limits: PhotoLimits, seconds: float, command: Sequence[str] = COMMAND
    ) -> None:
        self._limits, self._seconds, self._command = limits, seconds, command
        self._channel, self._process = self._started()
        self.ready = False

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def ask(self, data: bytes, wanted: Wanted) -> Photo:
        """Have a photo decoded.

        Raises:
            OversizedPhotoError: It has too many pixels.
            UndecodablePhotoError: Nothing of it decodes.
            DeathError: The worker died of it, or had to be killed.
            DecoderUnavailableError: It does not start.
        """
        self._get_ready()
        deadline = time.monotonic() + _WALL * self._seconds
        try:
            job = {"size": wanted.size, "interpolation": wanted.interpolation}
            send(self._channel, job, data, patience_s=_WALL * self._seconds)
            most = _most_bytes(wanted)
            told, length = receive_header(self._channel, most, deadline)
            answer = Answer.model_validate_json(told)
            shape = _shape(answer, wanted, length)
            pixels = np.empty(shape, np.uint8)
            receive_into(self._channel, pixels.reshape(-1).data, deadline)
        except TimeoutError as error:
            raise DeathError(self._killed("time")) from error
        except (FrameError, ValidationError) as error:
            raise DeathError(self._killed("rubbish")) from error
        except (EOFError, OSError) as error:
            raise DeathError(self._cause()) from error
        except BaseException:  # what is left of this answer must not become the next one's
            self.stop(patience_s=0)
            raise
        return self._photo(answer, pixels)

    def stop(self, patience_s: float = _STOP_LIMIT_S) -> None:
        """End the worker and wait until it is gone."""
        self._channel.close()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _started(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = channel_pair()
        memory = _BASE_BYTES + _BYTES_A_PIXEL * self._limits.max_pixels
        told = (theirs.fileno(), self._limits.max_pixels, memory, self._seconds)
        with theirs:
            try:
                process = subprocess.Popen(
                    [*self._command, *map(str, told)],
                    pass_fds=[theirs.fileno()],
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the master
                )
            except OSError as error:
                ours.close()
                raise DecoderUnavailableError(f"it cannot be started: {error}") from error
        return ours, process

    def _get_ready(self) -> None:
        if self.ready:
            return
        try:
            receive_header(self._channel, 0, time.monotonic() + _START_LIMIT_S)
        except (EOFError, FrameError, OSError) as error:
            self.stop(patience_s=0)
            raise DecoderUnavailableError(f"it does not start: {error}") from error
        self.ready = True

    def _killed(self, reason: DeathReason) -> DeathReason:
        self.stop(patience_s=0)
        return reason

    def _cause(self) -> DeathReason:
        """Why it hung up."""
        self._channel.close()
        try:
            code = self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            return self._killed("rubbish")
        if code >= 0:
            return "exit"
        known: dict[int, DeathReason] = {signal.SIGPROF: "time", signal.SIGKILL: "killed"}
        return known.get(-code, "crash")

    def _photo(self, answer: Answer, pixels: NDArray[np.uint8]) -> Photo:
        if answer.error == "oversized":
            raise OversizedPhotoError("pixels", answer.pixels, self._limits.max_pixels)
        if answer.error:
            raise UndecodablePhotoError(answer.detail)
        return Photo(pixels, answer.width, answer.height, answer.warnings)


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _ENVIRONMENT or name.startswith("PYTHON")
    }
    return kept | _SETTINGS


def _most_bytes(wanted: Wanted) -> int:
    width, height = (wanted.size,) * 2 if isinstance(wanted.size, int) else wanted.size
    return 3 * width * height


def _shape(answer: Answer, wanted: Wanted, length: int) -> tuple[int, int, int]:
    """The shape of the pixels that follow.

    Raises:
        FrameError: It is not what was wanted, or not what follows.
    """
    shape = (answer.rows, answer.columns, 3)
    if isinstance(wanted.size, int):
        fits = min(shape) > 0 and max(shape[:2]) <= wanted.size
    else:
        fits = shape[:2] == wanted.size[::-1]
    if answer.error:
        fits = shape == (0, 0, 3)
    if not fits or length != answer.rows * answer.columns * 3:
        raise FrameError("other pixels than were asked for")
    return shape
