import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from stayrank_common.errors import ConfigurationError
from stayrank_common.images import PhotoLimits
from stayrank_common.settings import ServiceSettings


def test_the_defaults_are_the_documented_limits():
    settings = ServiceSettings()

    assert settings.limits == PhotoLimits(max_bytes=20 * 2**20, max_pixels=40_000_000)
    assert settings.max_photos == 200
    assert settings.max_body_bytes == 256 * 2**20
    assert settings.allowed_hosts == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_photos": 0},
        {"max_photos": 10_001},
        {"max_body_bytes": 10},
        {"max_photo_pixels": 200_000_000},  # Pillow itself refuses these
        {"timeout_s": 0},
        {"drain_s": -1},
        {"max_photoz": 5},
        {"allowed_hosts": "img.example.com"},
    ],
)
def test_a_setting_out_of_range_or_misspelt_stops_the_start(wrong):
    with pytest.raises(ValidationError):
        ServiceSettings(**wrong)


def test_settings_do_not_change_while_running():
    with pytest.raises(ValidationError, match="frozen"):
        ServiceSettings().max_photos = 5


def test_hosts_are_a_json_list_in_the_environment(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", '["img.example.com", "cdn.example.com"]')

    assert ServiceSettings().allowed_hosts == {"img.example.com", "cdn.example.com"}


class Prefixed(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="TEST_SERVICE_")


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("TEST_SERVICE_MAX_PHOTO", "did you mean TEST_SERVICE_MAX_PHOTOS?"),
        ("test_service_timeout", "did you mean TEST_SERVICE_TIMEOUT_S?"),
        ("TEST_SERVICE_XYZZY", "see docs/settings.md"),
        ("TEST_SERVICE_PORTAL", "no such setting"),
    ],
)
def test_a_misspelt_variable_stops_the_start(monkeypatch, variable, hint):
    monkeypatch.setenv(variable, "1")

    with pytest.raises(ConfigurationError, match=f"^{variable}: ") as caught:
        Prefixed()
    assert hint in str(caught.value)


def test_what_kubernetes_tells_about_services_is_no_setting(monkeypatch):
    """For every service of a namespace a pod gets these; with a name like ours they look alike."""
    for name in (
        *("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8001_TCP"),
        *("PORT_8001_TCP_PROTO", "PORT_8001_TCP_PORT", "PORT_8001_TCP_ADDR", "CANARY_SERVICE_HOST"),
    ):
        monkeypatch.setenv(f"TEST_SERVICE_{name}", "tcp://10.0.0.1:8001")
    monkeypatch.setenv("TEST_SERVICE_MAX_PHOTOS", "7")
    monkeypatch.setenv("ANOTHER_SERVICE_XYZZY", "1")

    assert Prefixed().max_photos == 7
