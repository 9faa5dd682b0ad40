"""Model folders from somebody who means harm: each is refused with a reason, and nothing runs.

Whoever makes an artifact writes its manifest too, so that all checksums are right unless a case
says otherwise. `MARKER` is what would be there, had anything been executed.
"""

import hashlib
import io
import json
import os
import pickle
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from stayrank_common.errors import ArtifactError, WeightsError
from stayrank_models.artifacts import MANIFEST, OPENVINO, WEIGHTS, Artifact
from stayrank_models.engines import open_engine

pytestmark = pytest.mark.keras

BIN = OPENVINO.replace(".xml", ".bin")
MARKER = Path("/tmp/stayrank-was-here")  # noqa: S108 - nobody writes there, which is the point


@pytest.fixture
def folder(tiny_artifact, tmp_path) -> Path:
    """A copy of a good artifact, to break."""
    return shutil.copytree(tiny_artifact.folder, tmp_path / "copy")


def edit(folder: Path, **changes) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def put(folder: Path, name: str, content: bytes) -> None:
    """Put a file into its place, with its checksum in the manifest."""
    (folder / name).write_bytes(content)
    files = json.loads((folder / MANIFEST).read_text())["files"]
    edit(folder, files={**files, name: hashlib.sha256(content).hexdigest()})


def change_graph(folder: Path, change: Callable[[str], str]) -> None:
    old = (folder / OPENVINO).read_text()
    new = change(old)
    assert new != old
    put(folder, OPENVINO, new.encode())


def hdf5(write: Callable[[h5py.File], object]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


class Payload:
    """What pickle runs when it is read."""

    def __reduce__(self):
        return os.system, (f"touch {MARKER}",)


# What each does to a folder ----------------------------------------------------------------------


def pickle_as_weights(folder):
    put(folder, WEIGHTS, pickle.dumps(Payload()))


def keras_file_with_a_lambda_layer(folder):
    code = {"class_name": "Lambda", "config": {"function": f"__import__('os').mknod('{MARKER}')"}}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "layers": [code]}))
        archive.writestr("../../../tmp/stayrank-was-here", "a path out of the archive")
        archive.writestr("model.weights.h5", b"")
    put(folder, WEIGHTS, content.getvalue())


def hdf5_with_a_model_config(folder):
    """A whole model in the old format, whose Lambda layer is marshalled code."""

    def write(file):
        layer = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}}
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": [layer]})
        file["model_weights/dense/kernel:0"] = np.zeros((2, 3))

    put(folder, WEIGHTS, hdf5(write))


def hdf5_with_an_external_link(folder):
    link = h5py.ExternalLink("/etc/hostname", "/")
    put(folder, WEIGHTS, hdf5(lambda file: file.update({"layers/dense/vars/0": link})))


def hdf5_with_values_of_another_file(folder):
    place = [("/etc/hostname", 0, 16)]
    write = lambda file: file.create_dataset("layers/dense/vars/0", (4,), "f4", external=place)  # noqa: E731
    put(folder, WEIGHTS, hdf5(write))


def hdf5_of_terabytes(folder):
    write = lambda file: file.create_dataset(  # noqa: E731
        "layers/dense/vars/0", (2**40,), "f4", chunks=(2**20,)
    )
    put(folder, WEIGHTS, hdf5(write))


def hdf5_that_unpacks_to_a_gigabyte(folder):
    def write(file):
        values = file.create_dataset(
            "layers/dense/vars/0", (2**28,), "f4", chunks=(2**24,), compression="gzip"
        )
        values[:1] = 1

    content = hdf5(write)
    assert len(content) < 2**20
    put(folder, WEIGHTS, content)


def weights_that_are_not_numbers(folder):
    content = bytearray((folder / WEIGHTS).read_bytes())
    with h5py.File(file := io.BytesIO(content), "r+") as weights:
        weights["layers/dense/vars/1"][...] = np.nan
    put(folder, WEIGHTS, file.getvalue())


def truncated_weights(folder):
    content = (folder / WEIGHTS).read_bytes()
    put(folder, WEIGHTS, content[: len(content) // 2])


def wrong_checksum_of_the_weights(folder):
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)


def wrong_checksum_of_the_graph(folder):
    (folder / BIN).write_bytes((folder / BIN).read_bytes() + b"\0")


def path_out_of_the_folder(folder):
    edit(folder, files={"../../etc/passwd": "0" * 64})


def link_out_of_the_folder(folder):
    secret = folder.parent / "secret"
    secret.write_text("of somebody else")
    put(folder, WEIGHTS, secret.read_bytes())
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).symlink_to(secret)


def folder_that_is_a_link_out(folder):
    (folder / "openvino").rename(folder.parent / "elsewhere")
    (folder / "openvino").symlink_to(folder.parent / "elsewhere")


def device_without_an_end(folder):
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).symlink_to("/dev/zero")
    (folder / OPENVINO).unlink()
    (folder / OPENVINO).symlink_to("/dev/zero")


def pipe_that_never_ends(folder):
    for name in (WEIGHTS, OPENVINO):
        (folder / name).unlink()
        os.mkfifo(folder / name)


def manifest_that_is_a_pipe(folder):
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def manifest_of_megabytes(folder):
    edit(folder, training={"notes": "x" * 2**20})


def manifest_nested_without_end(folder):
    (folder / MANIFEST).write_text('{"training":' + "[" * 200_000)


def manifest_that_names_code(folder):
    edit(folder, architecture={"backbone": "os.system", "dropout": 0.5})
    put(folder, OPENVINO, b"")


def photos_of_a_million_pixels_each_way(folder):
    edit(folder, preprocessing={"width": 10**6, "height": 10**6})


def network_a_million_times_as_wide(folder):
    architecture = {"backbone": "mobilenet", "dropout": 0.5, "options": {"alpha": 1e6}}
    edit(folder, architecture=architecture)


def labels_that_the_weights_do_not_have(folder):
    edit(folder, labels=["a", "b", "c"], calibration={"temperature": 1, "threshold": 0})


def labels_by_the_ten_thousands(folder):
    edit(folder, labels=[str(n) for n in range(20_000)])


def percentiles_that_are_not_numbers(folder):
    edit(folder, calibration={"percentiles": [float("nan")] * 101})


def graph_with_an_operation_of_its_own(folder):
    change_graph(folder, lambda xml: xml.replace('type="SoftMax"', 'type="Exfiltrate"', 1))


def graph_with_an_extension(folder):
    change_graph(
        folder,
        lambda xml: xml.replace(
            'type="SoftMax" version="opset8"', 'type="SoftMax" version="/tmp/evil.so"', 1
        ),
    )


def graph_with_state(folder):
    """An allowed operation in place of which one that OpenVINO has, but classifiers do not."""
    change_graph(
        folder,
        lambda xml: (
            xml.replace('type="Softmax"', 'type="LogSoftmax"')
            .replace('type="SoftMax"', 'type="LogSoftmax"')
            .replace('version="opset8"', 'version="opset5"')
        ),
    )


def constants_beyond_the_file(folder):
    put(folder, BIN, (folder / BIN).read_bytes()[:100])


def constants_of_terabytes(folder):
    change_graph(folder, lambda xml: xml.replace('size="', 'size="99999999999', 3))


def entities_that_multiply(folder):
    lines = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
    )
    put(folder, OPENVINO, f'<?xml version="1.0"?><!DOCTYPE net [{lines}]><net>&l11;</net>'.encode())


def entity_of_a_file(folder):
    text = '<?xml version="1.0"?><!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    put(folder, OPENVINO, f"{text}<net>&x;</net>".encode())


def graph_of_onnx_with_values_in_another_file(folder):
    put(folder, OPENVINO, onnx_that_reads("/etc/hostname"))


def weights_of_the_graph_that_are_not_numbers(folder):
    """NaN in the place of the largest kernel."""
    places = re.findall(r'offset="(\d+)" size="(\d+)"', (folder / OPENVINO).read_text())
    size, offset = max((int(size), int(offset)) for offset, size in places)
    content = bytearray((folder / BIN).read_bytes())
    content[offset : offset + size] = np.full(size // 2, np.nan, np.float16).tobytes()
    put(folder, BIN, bytes(content))


def pickle_as_graph(folder):
    put(folder, OPENVINO, pickle.dumps(Payload()))


def onnx_that_reads(path: str) -> bytes:
    """A model of ONNX (protobuf) with one tensor whose values lie in a file."""

    def of(number: int, content: bytes | str) -> bytes:
        raw = content.encode() if isinstance(content, str) else content
        return bytes([number << 3 | 2, len(raw)]) + raw

    entries = of(13, of(1, "location") + of(2, path)) + of(13, of(1, "length") + of(2, "4"))
    tensor = b"\x08\x01\x10\x01" + of(8, "x") + entries + b"\x70\x01"
    shape = of(2, of(1, b"\x08\x01"))
    value = of(1, "x") + of(2, of(1, b"\x08\x01" + shape))
    graph = of(2, "g") + of(5, tensor) + of(12, value)
    return b"\x08\x08" + of(8, b"\x10\x0d") + of(7, graph)


# runtime: which of the two has to refuse it; what the reason must name
CASES = [
    ("keras", pickle_as_weights, "weights"),
    ("keras", keras_file_with_a_lambda_layer, "weights"),
    ("keras", hdf5_with_a_model_config, "weights"),
    ("keras", hdf5_with_an_external_link, "link out of the file"),
    ("keras", hdf5_with_values_of_another_file, "outside the file"),
    ("keras", hdf5_of_terabytes, "not all there|bytes of weights"),
    ("keras", hdf5_that_unpacks_to_a_gigabyte, "packed"),
    ("keras", weights_that_are_not_numbers, "finite"),
    ("keras", truncated_weights, "weights"),
    ("keras", wrong_checksum_of_the_weights, "sha256"),
    ("openvino", wrong_checksum_of_the_graph, "sha256"),
    ("keras", path_out_of_the_folder, "plain path"),
    ("keras", link_out_of_the_folder, "leads out"),
    ("openvino", folder_that_is_a_link_out, "leads out"),
    ("keras", device_without_an_end, "leads out"),
    ("openvino", device_without_an_end, "leads out"),
    ("keras", pipe_that_never_ends, "plain file"),
    ("openvino", pipe_that_never_ends, "plain file"),
    ("keras", manifest_that_is_a_pipe, "plain file"),
    ("keras", manifest_of_megabytes, "larger"),
    ("keras", manifest_nested_without_end, "not a valid manifest"),
    ("keras", manifest_that_names_code, r"os\.system"),
    ("openvino", manifest_that_names_code, "not an OpenVINO graph"),
    ("keras", photos_of_a_million_pixels_each_way, "not a valid manifest"),
    ("keras", network_a_million_times_as_wide, "not a valid manifest"),
    ("keras", labels_that_the_weights_do_not_have, "shape"),
    ("openvino", labels_that_the_weights_do_not_have, "shape"),
    ("keras", labels_by_the_ten_thousands, "not a valid manifest"),
    ("keras", percentiles_that_are_not_numbers, "not a valid manifest"),
    ("openvino", graph_with_an_operation_of_its_own, "Exfiltrate"),
    ("openvino", graph_with_an_extension, "model.xml"),
    ("openvino", graph_with_state, "not allowed|model.xml"),
    ("openvino", constants_beyond_the_file, "model.xml"),
    ("openvino", constants_of_terabytes, "model.xml"),
    ("openvino", entities_that_multiply, "model.xml"),
    ("openvino", entity_of_a_file, "model.xml"),
    ("openvino", graph_of_onnx_with_values_in_another_file, "not an OpenVINO graph"),
    ("openvino", weights_of_the_graph_that_are_not_numbers, "finite"),
    ("openvino", pickle_as_graph, "not an OpenVINO graph"),
]


@pytest.fixture(scope="module")
def spied(tiny_artifact):
    """What Python was asked to do while `spied` was listening: (event, arguments)."""
    for runtime in ("keras", "openvino"):  # imports, which execute modules of ours
        open_engine(tiny_artifact, runtime)
    told: list[tuple[str, str]] = []
    watched = ("os.system", "subprocess.", "pickle.", "marshal.loads", "exec", "socket.connect")

    def hear(event: str, arguments: tuple) -> None:
        if told is not None and listening and event.startswith(watched):
            told.append((event, repr(arguments)[:200]))

    listening: list[bool] = []
    sys.addaudithook(hear)
    yield told, listening
    listening.clear()


@pytest.mark.parametrize(
    ("runtime", "harm", "reason"), CASES, ids=[f"{r}-{h.__name__}" for r, h, _ in CASES]
)
def test_it_is_refused_with_a_reason_and_nothing_of_it_runs(folder, spied, runtime, harm, reason):
    harm(folder)
    told, listening = spied
    told.clear()
    listening.append(True)

    try:
        with pytest.raises((ArtifactError, WeightsError), match=reason):
            open_engine(Artifact(folder), runtime)
    finally:
        listening.clear()

    assert not MARKER.exists()
    assert [entry for entry in told if not entry[0].startswith(("exec", "marshal"))] == []


def test_what_the_cases_start_from_is_a_good_artifact(folder):
    for runtime in ("keras", "openvino"):
        assert open_engine(Artifact(folder), runtime).description


def test_the_payload_would_leave_its_mark():
    """The proof above is worth something: whoever unpickles is had."""
    try:
        pickle.loads(pickle.dumps(Payload()))  # noqa: S301
        assert MARKER.exists()
    finally:
        MARKER.unlink(missing_ok=True)
