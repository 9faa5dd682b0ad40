"""Logs: one line an event on stderr, as JSON for machines or as text for people."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

from stayrank_common.telemetry import answered_request_id

if TYPE_CHECKING:
    from stayrank_common.settings import LogFormat

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
# Tell every call to another service, addresses included; quote what a caller sent.
_CHATTY = {"httpx": "WARNING", "httpcore": "WARNING", "python_multipart": "ERROR"}


class TextLines(logging.Formatter):
    """Time, level, request id and message.

    Args:
        service: Which service tells.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self, service: str) -> None:
        super().__init__(f"%(asctime)sZ %(levelname)s {service} %(id)s%(message)s")
        self.default_time_format, self.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; see `logging.Formatter`."""
        request_id = answered_request_id()
        record.id = f"[{request_id}] " if request_id else ""
        return super().format(record)


class JsonLines(TextLines):
    """One JSON object a line, with all that was given as `extra`.

    Args:
        service: Which service tells.
    """

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; see `logging.Formatter`."""
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line = {
            "time": f"{self.formatTime(record)}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": answered_request_id(),
            **extra,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        known = {name: value for name, value in line.items() if value is not None}
        return json.dumps(known, default=str, ensure_ascii=False)


def log_config(service: str, log_format: LogFormat, level: str) -> dict[str, Any]:
    """Describe logging for `logging.config.dictConfig`.

    Args:
        service: Which service tells.
        log_format: `text` or `json`.
        level: The least that is told: `debug` (probes as well), `info` or `warning`.
    """
    lines = JsonLines if log_format == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": lines, "service": service}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": level.upper(), "handlers": ["stderr"]},
        "loggers": {name: {"level": level} for name, level in _CHATTY.items()},
    }
