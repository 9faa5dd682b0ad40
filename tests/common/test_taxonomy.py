import pytest

from stayrank_common.errors import DatasetError
from stayrank_common.taxonomy import Taxonomy, default_taxonomy

GYM_AND_REST = """
[rejection]
folders = ["other", "memes"]

[[areas]]
id = "fitness_studio"
names = { en = "fitness studio", de = "Fitnessraum" }
folders = ["gym", "spa"]
threshold = 0.6

[[areas]]
id = "anything_else"
names = { en = "anything else" }
folders = ["*"]
"""


@pytest.fixture
def loaded(tmp_path):
    def load(text: str) -> Taxonomy:
        path = tmp_path / "areas.toml"
        path.write_text(text)
        return Taxonomy.load(path)

    return load


def test_the_default_areas_stand_in_the_order_of_the_shipped_models_outputs():
    """Changing it would silently rename every answer of the trained models."""
    assert default_taxonomy().labels == (
        "bedroom",
        "bathroom",
        "foyer",
        "restaurant",
        "swimming_pool",
        "kitchen",
        "exterior",
        "reception",
    )


def test_each_folder_leads_to_the_output_that_claims_it_and_the_star_takes_the_rest(loaded):
    taxonomy = loaded(GYM_AND_REST)

    outputs = {f: taxonomy.output(f) for f in ("gym", "spa", "bedroom", "other", "memes")}

    assert outputs == {"gym": 0, "spa": 0, "bedroom": 1, "other": 2, "memes": 2}
    assert taxonomy.labels == ("fitness_studio", "anything_else")
    assert taxonomy.unrelated == ("other",)
    assert taxonomy.thresholds == {"fitness_studio": 0.6}


def test_a_folder_that_nothing_claims_has_no_output():
    assert default_taxonomy().output("gym") is None
    assert default_taxonomy().output("other") == 8


def test_names_fall_back_to_english_and_unknown_tags_to_their_id(loaded):
    taxonomy = loaded(GYM_AND_REST)

    assert taxonomy.words("fitness_studio", "de") == "Fitnessraum"
    assert taxonomy.words("anything_else", "de") == "anything else"
    assert taxonomy.words("roof_terrace", "de") == "roof terrace"


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('"anything_else"', '"fitness_studio"', "name 'fitness_studio'"),
        ('"anything_else"', '"other"', "name 'other'"),
        ('"anything_else"', '"Anything Else"', "areas.1.id"),
        ('["*"]', '["spa"]', "'spa' is claimed twice"),
        ('["*"]', '["memes"]', "'memes' is claimed twice"),
        ('["*"]', "[]", "areas.1.folders"),
        ('en = "anything else"', 'de = "alles"', "English"),
        ("threshold = 0.6", "threshold = 1.6", "threshold"),
        ("threshold = 0.6", "treshold = 0.6", "treshold"),
        ("[rejection]", "[rejection", "not a taxonomy"),
    ],
)
def test_a_malformed_taxonomy_is_refused_by_file_and_reason(loaded, old, new, wrong):
    assert old in GYM_AND_REST

    with pytest.raises(DatasetError, match=r"areas\.toml") as refusal:
        loaded(GYM_AND_REST.replace(old, new))

    assert wrong in str(refusal.value)


def test_one_area_alone_is_no_taxonomy(loaded):
    with pytest.raises(DatasetError, match="at least 2"):
        loaded('[[areas]]\nid = "pool"\nnames = { en = "pool" }\n')


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"none\.toml: No such file"):
        Taxonomy.load(tmp_path / "none.toml")
