import asyncio

from stayrank_common.decoding.decoder import PlainDecoder
from stayrank_common.errors import InvalidBase64Error
from stayrank_common.images import PhotoLimits
from stayrank_common.inputs import PhotoInput
from stayrank_common.look import look_at
from stayrank_gallery.looking import look_at_all


def look(*photos: PhotoInput, limits: PhotoLimits | None = None):
    return asyncio.run(look_at_all(photos, PlainDecoder(limits)))


def test_each_photo_is_looked_at_by_its_id(picture):
    photos = [PhotoInput(f"{seed}.jpg", picture(seed=seed)) for seed in range(5)]

    assert look(*photos) == {photo.id: look_at(photo.source) for photo in photos}


def test_files_are_looked_at_as_their_content_is(picture, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(picture())

    looks = look(PhotoInput("file", path), PhotoInput("content", picture()))

    assert looks["file"] == looks["content"]


def test_photos_that_cannot_be_decoded_are_missing_and_cost_no_other(picture, tmp_path):
    looks = look(
        PhotoInput("good", picture()),
        PhotoInput("broken", b"no picture"),
        PhotoInput("gone", tmp_path / "gone.jpg"),
        PhotoInput("lost", InvalidBase64Error("not base64")),
    )

    assert list(looks) == ["good"]


def test_the_limits_hold(picture):
    photo = PhotoInput("a", picture(size=(96, 64)))

    assert look(photo, limits=PhotoLimits(max_pixels=96 * 64 - 1)) == {}
