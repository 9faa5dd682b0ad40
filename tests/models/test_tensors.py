import io

import h5py
import numpy as np
import pytest

from stayrank_common.errors import WeightsError
from stayrank_models.tensors import read_tensors


def _file(write) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        write(file)
    return content.getvalue()


def test_both_layouts_give_the_tensors_of_each_layer_in_order():
    kernel, bias = np.ones((2, 3), np.float16), np.zeros(3, np.float32)

    def keras3(file):
        file["layers/dense/vars/0"], file["layers/dense/vars/1"] = kernel, bias
        file["layers/dropout/seed_generator/vars/0"] = np.zeros(2, np.float32)

    def keras2(file):
        file["head/head/kernel:0"], file["head/head/bias:0"] = kernel, bias
        file.create_group("relu").attrs["weight_names"] = np.array([], "S")
        file["head"].attrs["weight_names"] = [b"head/kernel:0", b"head/bias:0"]
        file.attrs["layer_names"] = [b"head", b"relu"]

    for layout, layer in ((keras3, "dense"), (keras2, "head")):
        tensors = read_tensors(_file(layout))
        assert list(tensors) == [layer]
        assert [t.shape for t in tensors[layer]] == [(2, 3), (3,)]
        assert all(t.dtype == np.float32 for t in tensors[layer])


def _external_link(file):
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/hostname", "/x")


def _soft_link(file):
    file["secret"] = np.zeros(3)
    file["layers/dense/vars/0"] = h5py.SoftLink("/secret")


def _external_values(file):
    file.create_dataset("layers/dense/vars/0", (4,), "f4", external=[("/etc/hostname", 0, 16)])


def _virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def _terabytes(file):
    file.create_dataset("layers/dense/vars/0", (2**40,), "f4", chunks=(2**20,))


def _ring(file):
    file.create_group("layers/dense")
    file["layers/dense/again"] = file["layers"]


def _text(file):
    file["layers/dense/vars/0"] = b"import os"


def _stray(file):
    file["elsewhere"] = np.zeros(3)


def _gap(file):
    file["layers/dense/vars/1"] = np.zeros(3)


def _unnamed(file):
    file["head/kernel"] = np.zeros(3)
    file["head"].attrs["weight_names"] = np.array([], "S")
    file.attrs["layer_names"] = [b"head"]


def _foreign_path(file):
    file["head/kernel"] = np.zeros(3)
    file["head"].attrs["weight_names"] = [b"no/such"]
    file.attrs["layer_names"] = [b"head"]


@pytest.mark.parametrize(
    "write",
    [
        _external_link, _soft_link, _external_values, _virtual, _terabytes, _ring, _text, _stray,
        _gap, _unnamed, _foreign_path,
    ],
)  # fmt: skip
def test_a_file_with_a_trick_or_a_gap_is_refused(write):
    with pytest.raises(WeightsError):
        read_tensors(_file(write))


def test_what_is_no_hdf5_is_refused():
    with pytest.raises(WeightsError, match="not a readable"):
        read_tensors(b"PK\x03\x04 a zip with a Lambda layer in it")


@pytest.mark.keras
class TestAssign:
    @pytest.fixture
    def model(self):
        import keras

        photo = keras.Input((4,))
        return keras.Model(photo, keras.layers.Dense(3, name="head")(photo))

    def test_tensors_are_put_by_class_number_or_by_name(self, model):
        from stayrank_models.tensors import assign

        for layer in ("dense", "head"):
            kernel = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
            assign(model, {layer: [kernel, np.ones(3, np.float32)]})
            np.testing.assert_array_equal(model.get_layer("head").get_weights()[0], kernel)

    @pytest.mark.parametrize(
        "tensors",
        [
            {},
            {"head": [np.ones((4, 3))]},
            {"head": [np.ones((3, 4)), np.ones(3)]},
            {"head": [np.full((4, 3), np.nan), np.ones(3)]},
            {"head": [np.ones((4, 3)), np.ones(3)], "tail": [np.ones(1)]},
        ],
        ids=["missing", "too few", "shape", "not finite", "too many"],
    )
    def test_what_does_not_fit_exactly_is_refused_and_changes_nothing(self, model, tensors):
        from stayrank_models.tensors import assign

        before = model.get_weights()

        with pytest.raises(WeightsError):
            assign(model, tensors)
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
