"""What a browser may do on our pages: as little as they need, in place of nothing at all."""

from __future__ import annotations

from typing import Final

from stayrank_common.web.headers import CSP

_FRAME = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

# Pictures are the visitor's own files (blob:) or the sample; everything else is ours.
WORKBENCH: Final = {
    "Cache-Control": "no-cache",
    CSP: f"{_FRAME}; connect-src 'self'; img-src 'self' blob: data:; "
    "script-src 'self'; style-src 'self'",
}
# A contact sheet holds all that it shows, and runs nothing.
SHEET: Final = {CSP: f"{_FRAME}; img-src data:; style-src 'unsafe-inline'"}
