import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stayrank_common.errors import ConfigurationError
from stayrank_models.engines import fake_artifact
from stayrank_models.engines.precisions import choose, native_precisions
from stayrank_models.manifests import Manifest

ZEN_5 = "fpu avx2 avx512f avx_vnni avx512_bf16 avx512_vnni"
SAPPHIRE_RAPIDS = f"{ZEN_5} amx_bf16 amx_tile amx_int8"
FAST = st.lists(st.sampled_from(["int8", "bf16", "f16"]), unique=True)


@pytest.fixture
def cpuinfo(tmp_path):
    """Write what Linux would say of a processor: `cpuinfo("avx2 …")` → the file."""

    def write(flags):
        path = tmp_path / "cpuinfo"
        path.write_text(f"processor\t: 0\nmodel name\t: X\nflags\t\t: {flags}\n\nprocessor\t: 1\n")
        return path

    return write


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Manifest:
    return fake_artifact(tmp_path_factory.mktemp("model"), "tagging").manifest


def _recording(manifest, precisions):
    return manifest.model_copy(update={"precisions": {name: {} for name in precisions}})


@pytest.mark.parametrize(
    ("flags", "native"),
    [
        ("fpu sse4_2 avx avx2 fma", {}),
        ("avx2 avx_vnni", {"int8": "AVX-VNNI"}),
        ("avx2 avx512f avx512_vnni", {"int8": "AVX-512 VNNI"}),
        (ZEN_5, {"int8": "AVX-512 VNNI", "bf16": "AVX-512 BF16"}),
        (SAPPHIRE_RAPIDS, {"int8": "AMX", "bf16": "AMX"}),
    ],
)
def test_a_processor_is_made_for_what_its_flags_say(cpuinfo, flags, native):
    assert native_precisions(cpuinfo(flags)) == native


def test_a_system_that_does_not_tell_counts_as_made_for_none(tmp_path):
    assert native_precisions(tmp_path / "absent") == {}

    arm = tmp_path / "cpuinfo"
    arm.write_text("processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n")
    assert native_precisions(arm) == {}


@given(recorded=FAST, native=FAST)
def test_auto_takes_the_fastest_that_is_both_recorded_and_native_or_float32(
    manifest, recorded, native
):
    units = dict.fromkeys(native, "units")

    choice = choose(_recording(manifest, recorded), "auto", units, "this processor")

    both = [name for name in native if name in recorded]
    assert choice.precision == (both or ["f32"])[0]
    assert choice.why


@given(recorded=FAST, native=FAST, wanted=st.sampled_from(["int8", "bf16", "f16"]))
def test_a_precision_that_is_asked_for_is_given_or_refused_and_never_replaced(
    manifest, recorded, native, wanted
):
    units = dict.fromkeys(native, "units")
    model = _recording(manifest, recorded)
    if wanted in recorded and wanted in native:
        assert choose(model, wanted, units, "this processor").precision == wanted
        return
    unmet = "does not offer" if wanted not in recorded else "is not made for"
    with pytest.raises(ConfigurationError, match=f"{unmet} the precision {wanted}"):
        choose(model, wanted, units, "this processor")


def test_the_exact_precision_is_always_there(manifest):
    assert choose(manifest, "f32", {}, "this processor").precision == "f32"


def test_openvino_agrees_that_this_processor_has_bf16():
    """The flags are ours to read; the runtime looks by itself."""
    code = (
        "import json, stayrank_models, openvino as ov;"
        "print(json.dumps(ov.Core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, check=True
    )
    assert ("BF16" in json.loads(done.stdout)) == ("bf16" in native_precisions())
