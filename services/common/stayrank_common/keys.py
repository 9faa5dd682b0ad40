"""API keys: who may call, and how many photos a second.

A key is 32 random bytes, so that sha256 is all that its file needs: nobody can try 2^256 keys.
Slow hashes such as bcrypt protect passwords that can be guessed. There are none here, and half a
second a call would only help whoever wants to keep a service busy.

One key a line, `#` begins a comment:

    # name  sha256                                     photos a second  at once
    shop    5e884898da28047151d0e56f8dc62927…          20               400
    press   6b86b273ff34fce19d6b804eff5a3f57…
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path

from stayrank_common.errors import ConfigurationError
from stayrank_common.limits import TokenBucket

logger = logging.getLogger(__name__)

PREFIX = "stayrank_"  # lets scanners of secrets find what leaked
_LINE = re.compile(
    r"(?P<name>[\w.-]{1,64})\s+(?P<sha256>[0-9a-f]{64})"
    r"(?:\s+(?P<rate>\d{1,6}(?:\.\d{1,3})?)\s+(?P<burst>\d{1,7}))?",
    re.ASCII,
)
_MAX_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a key.

    Args:
        name: In logs.
        sha256: Of the key, in hexadecimal digits.
        allowance: Photos that it may send; None without a limit.
    """

    name: str
    sha256: str
    allowance: TokenBucket | None = field(default=None, compare=False)


def new_key() -> str:
    """Make a key."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What a key file holds of a key."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def parse_keys(text: str, source: str) -> list[Caller]:
    """Read the lines of a key file.

    Args:
        text: Its content.
        source: Its name, for errors.

    Raises:
        ConfigurationError: A line is no key, or two have the same name or key.
    """
    callers: list[Caller] = []
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        found = _LINE.fullmatch(content)
        if not found:
            raise ConfigurationError(
                f"{source}, line {number}: not `NAME SHA256 [PHOTOS_A_SECOND AT_ONCE]`; "
                "`stayrank keys new NAME` makes one"
            )
        name, sha256, rate, burst = found.group("name", "sha256", "rate", "burst")
        if any(name == caller.name or sha256 == caller.sha256 for caller in callers):
            raise ConfigurationError(f"{source}, line {number}: its name or key is there already")
        allowance = TokenBucket(float(rate), int(burst)) if rate else None
        callers.append(Caller(name, sha256, allowance))
    return callers


class KeyRing:
    """The keys of a file, read again whenever it changes.

    A file that has become unreadable or wrong changes nothing but the log: who could call before
    still can. An empty file lets nobody in.

    Args:
        path: The file.

    Raises:
        ConfigurationError: It cannot be read, or is wrong, at the start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._look()
        self._callers = self._read()

    def find(self, key: str) -> Caller | None:
        """Return whose key this is; the time that takes tells nothing about the known keys."""
        self._refresh()
        given = digest(key)
        found = None
        for caller in self._callers:
            if compare_digest(caller.sha256, given):
                found = caller
        return found

    def _refresh(self) -> None:
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            callers = self._read()
        except ConfigurationError as error:
            logger.error("the keys stay as they were: %s", error)  # noqa: TRY400 - no traceback
            return
        # Who has the same line keeps what is left of its allowance.
        known = {(c.name, c.sha256, c.allowance): c for c in self._callers}
        self._callers = [known.get((c.name, c.sha256, c.allowance), c) for c in callers]
        logger.info("%d keys are known", len(callers))

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> list[Caller]:
        try:
            with self._path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
            if len(content) > _MAX_BYTES:
                raise ConfigurationError(f"{self._path}: larger than {_MAX_BYTES:,} bytes")
            return parse_keys(content.decode(), str(self._path))
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{self._path}: not UTF-8") from error
