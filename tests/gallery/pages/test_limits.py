"""The page of a service that takes less at once than the page would send."""

import pytest


@pytest.fixture(params=[{"max_photos": 2}, {"max_body_bytes": 50_000}], ids=["photos", "bytes"])
def settings(settings, request):
    return settings.model_copy(update=request.param)


def test_no_call_is_larger_than_the_service_takes(page, shots, scorer):
    photos = shots(5)
    for photo in photos:
        photo.write_bytes(photo.read_bytes() + bytes(20_000))  # behind its end

    page.choose(photos)

    assert len(page.order) == 5
    assert sorted(len(call) for call in scorer.calls) == [1, 2, 2]
