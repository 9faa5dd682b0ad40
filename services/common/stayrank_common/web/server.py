"""Running a service: uvicorn, with a drain between SIGTERM and the closed port."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack
from socket import socket
from types import FrameType

import uvicorn
from fastapi import FastAPI

from stayrank_common.ports import listening
from stayrank_common.settings import ServiceSettings
from stayrank_common.web.glance import GlancingProtocol
from stayrank_common.web.logs import log_config
from stayrank_common.web.memory import return_large_blocks

_log = logging.getLogger(__name__)

_KEEP_ALIVE_S = 75  # longer than the idle time-out of common load balancers (60 s)


class _DrainingServer(uvicorn.Server):
    """On SIGTERM `/readyz` turns 503 at once; new calls are still taken for `drain_s`.

    The life of the application begins and ends here and not in uvicorn, which would print what a
    setting or a model's file is wrong in as a traceback, and so does the port, which uvicorn would
    leave by `sys.exit` where somebody took it while the model was loaded.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._life = AsyncExitStack()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        service, host, port = self._app.state.settings.service, self.config.host, self.config.port
        async with AsyncExitStack() as life:
            await life.enter_async_context(self._app.router.lifespan_context(self._app))
            # What was loaded stays: looking through it for garbage would take 50 ms each time.
            gc.collect()
            gc.freeze()
            listener = life.enter_context(listening(service, host, port))
            await super().startup([*(sockets or []), listener])
            _log.info("listening on %s:%d", host, port)
            self._life = life.pop_all()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._life.aclose()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        drain_s = 0 if self._app.state.draining else self._app.state.settings.drain_s
        self._app.state.draining = True
        if sig == signal.SIGINT:
            super().handle_exit(sig, frame)
            return
        self._send_callers_elsewhere()
        asyncio.get_running_loop().call_later(drain_s, self._stop)

    def _send_callers_elsewhere(self) -> None:
        """Close each connection with its next answer.

        Load balancers of the fourth layer, kube-proxy for one, take an unready service from new
        connections only: those that are open stay, and the last of them would break.
        """
        close = (b"connection", b"close")
        self.config.encoded_headers.append(close)  # for answers from the next second on
        self.server_state.default_headers.append(close)  # for those in flight

    def _stop(self) -> None:
        """Stop, and exit with 0; uvicorn's own way ends with the signal, as if by accident."""
        self.should_exit = True


def serve(app: FastAPI, host: str, port: int, *, log_level: str = "info") -> None:
    """Serve until SIGTERM or Ctrl-C; calls in flight are finished.

    Args:
        app: The service.
        host: Address to listen on.
        port: Port to listen on.
        log_level: `info` tells every call, `warning` only trouble, `debug` also probes.

    Raises:
        StayRankError: What the service needs at its start is missing, unusable or taken.
    """
    return_large_blocks()
    settings: ServiceSettings = app.state.settings
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        log_config=log_config(settings.service, settings.log_format, log_level),
        access_log=False,  # `Telemetry` tells every call
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(settings.timeout_s) + 1,
        server_header=False,
        http=GlancingProtocol.before(app),
        ws="none",
    )
    _DrainingServer(config, app).run()
