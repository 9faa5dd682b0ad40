"""What a browser may do on our pages: as little as they need."""

from __future__ import annotations

from typing import Final

_COMMON = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_FRAME = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

# Pictures are the visitor's own files (blob:) or the sample; everything else is ours.
WORKBENCH: Final = _COMMON | {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": f"{_FRAME}; connect-src 'self'; img-src 'self' blob: data:; "
    "script-src 'self'; style-src 'self'",
}
# A contact sheet holds all that it shows, and runs nothing.
SHEET: Final = _COMMON | {
    "Content-Security-Policy": f"{_FRAME}; img-src data:; style-src 'unsafe-inline'"
}
