"""The bill of materials of a container image, as CycloneDX 1.6: `python tools/sbom.py IMAGE >FILE`.

Nothing is guessed from locks or Dockerfiles: the image itself is asked, without a network.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

INVENTORY = Path(__file__).with_name("inventory.py")


def docker(*arguments: str, program: str = "") -> Any:  # noqa: ANN401 - it is JSON
    """What Docker answers; what goes wrong, it says itself."""
    command = ["docker", *arguments]
    done = subprocess.run(command, input=program, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def components(inventory: dict[str, Any]) -> Iterator[Component]:
    """Everything in an image; see `inventory.py`."""
    yield component("python", inventory["python"], PackageURL("generic", None, "python"))
    distribution = {"distro": f"debian-{inventory['debian']}"}
    for name, version, architecture in inventory["packages"]:
        where = {"arch": architecture, **distribution}
        yield component(name, version, PackageURL("deb", "debian", name, qualifiers=where))
    for found in inventory["distributions"]:
        name = found["name"].lower().replace("_", "-").replace(".", "-")
        outer = component(found["name"], found["version"], PackageURL("pypi", None, name))
        if found["licence"]:
            outer.licenses.add(LicenseExpression(found["licence"]))
        for bill in found["inside"]:
            outer.components.update(Bom.from_json(bill).components)
        yield outer
    for model in inventory["models"]:
        yield Component(
            type=ComponentType.MACHINE_LEARNING_MODEL,
            name=model["name"],
            version=model["version"],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=model["sha256"])],
        )


def component(name: str, version: str, place: PackageURL) -> Component:
    """A package of some version, where vulnerability databases look for it."""
    return Component(name=name, version=version, purl=place._replace(version=version))


def main(image: str) -> None:
    """Print the bill; stop where it does not keep to the schema."""
    (known,) = docker("image", "inspect", image)
    ask = ("run", "--rm", "--interactive", "--network=none", "--entrypoint=python", image, "-")
    inventory = docker(*ask, program=INVENTORY.read_text())
    bom = Bom(components=components(inventory))
    bom.metadata.component = Component(
        type=ComponentType.CONTAINER,
        name=known["Config"]["Labels"]["org.opencontainers.image.title"],
        version=known["Config"]["Labels"]["org.opencontainers.image.version"],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=known["Id"].removeprefix("sha256:"))],
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"error: {error}")
    print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
