"""Memory of freed bodies: it goes back to the system."""

import ctypes

_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h


def return_large_blocks() -> None:
    """Have this process give freed blocks of a mebibyte and more back to the system.

    Left alone, glibc takes the largest block that was ever freed as the measure of what to keep.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, 2**20)
