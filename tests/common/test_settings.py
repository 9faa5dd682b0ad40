import pytest
from pydantic import ValidationError

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
