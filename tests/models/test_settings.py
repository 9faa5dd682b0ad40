import pytest
from pydantic import ValidationError

from stayrank_common.errors import ConfigurationError
from stayrank_models.settings import ModelServiceSettings
from stayrank_tagger.settings import TaggerSettings

pytestmark = pytest.mark.keras  # its fixture exports a Keras model


def test_precision_and_fallback_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("TAGGER_PRECISION", "bf16")
    monkeypatch.setenv("TAGGER_FALLBACK", "true")

    settings = TaggerSettings()

    assert (settings.precision, settings.fallback) == ("bf16", True)
    monkeypatch.setenv("TAGGER_PRECISION", "fast")
    with pytest.raises(ValidationError, match="precision"):
        TaggerSettings()


def test_the_engine_is_opened_as_the_settings_say(tiny_artifact):
    exact = ModelServiceSettings(runtime="openvino", precision="f32", threads=1)
    assert exact.open_engine(tiny_artifact).description["why"] == "asked for"

    wrong = ModelServiceSettings(runtime="openvino", precision="int8")
    with pytest.raises(ConfigurationError, match="does not offer the precision int8"):
        wrong.open_engine(tiny_artifact)

    forgiving = ModelServiceSettings(runtime="openvino", precision="int8", fallback=True)
    assert "does not offer" in forgiving.open_engine(tiny_artifact).description["fallback"]
