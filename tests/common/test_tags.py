from stayrank_common.tags import TAGS, Tag, words


def test_the_areas_stand_in_the_order_of_the_models_outputs():
    """Changing it would silently rename every answer of the trained models."""
    assert TAGS == (
        "bedroom",
        "bathroom",
        "foyer",
        "restaurant",
        "swimming_pool",
        "kitchen",
        "exterior",
        "reception",
    )


def test_an_area_is_written_as_its_name():
    assert f"{Tag.SWIMMING_POOL}" == "swimming_pool"
    assert words(Tag.SWIMMING_POOL) == "swimming pool"
