import platform
import subprocess
import sys

import pytest

# Prints by how many MiB a process has grown by bodies that it does not hold any more.
BODIES = """
import sys
from pathlib import Path
from stayrank_common.web.memory import return_large_blocks

def resident_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

if sys.argv[1] == "yes":
    return_large_blocks()
before = resident_mib()
bytearray(20 * 2**20)
bodies = [bytearray(b"x" * 2**23) for _ in range(8)]
last = bytearray(100_000)
del bodies
print(resident_mib() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have no such habit")
def test_bodies_that_are_gone_take_no_memory():
    grown = {
        how: float(subprocess.check_output([sys.executable, "-c", BODIES, how]))
        for how in ("no", "yes")
    }
    assert grown["yes"] < 8
    assert grown["no"] > 32, "the test shows nothing: this allocator keeps nothing anyway"
