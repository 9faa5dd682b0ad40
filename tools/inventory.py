"""What an image holds, told by the image itself: run by its own Python, the standard library only.

Prints JSON: the base, Debian's packages, Python's distributions with the bills of materials that
their wheels bring (PEP 770: the libraries inside), and the models.
"""

import json
import platform
import subprocess
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

PACKAGES = [
    *Path("/opt").glob("*/lib/python*/site-packages"),
    *Path("/usr/local/lib").glob("python*/site-packages"),
]
DEBIAN = "${Package}\t${Version}\t${Architecture}\n"

debian = subprocess.run(
    ["/usr/bin/dpkg-query", "--show", f"--showformat={DEBIAN}"],
    capture_output=True,
    text=True,
    check=True,
).stdout
models = [
    {**json.loads(content := path.read_bytes()), "sha256": sha256(content).hexdigest()}
    for folder in PACKAGES
    for path in folder.glob("stayrank_models/shipped/*/*/manifest.json")
]
inventory = {
    "python": platform.python_version(),
    "debian": platform.freedesktop_os_release()["VERSION_ID"],
    "packages": [line.split("\t") for line in debian.splitlines()],
    "distributions": [
        {
            "name": found.metadata["Name"],
            "version": found.version,
            "licence": found.metadata["License-Expression"],
            "inside": [
                json.loads(file.locate().read_text())
                for file in found.files or []
                if "sboms" in file.parts and file.suffix == ".json"
            ],
        }
        for found in distributions(path=[str(folder) for folder in PACKAGES])
    ],
    "models": [{key: model[key] for key in ("name", "version", "sha256")} for model in models],
}
print(json.dumps(inventory))
