from stayrank_gallery.scored import split


def test_photos_that_both_models_could_use_are_scored_and_the_others_say_why(scores_of, shot):
    scores = scores_of(
        [shot("a"), shot("b", unusable="tagger"), shot("c", unusable="aesthetic"), shot("d")]
    )

    scored, failures = split(scores, {})

    assert [photo.id for photo in scored] == ["a", "d"]
    assert [(failed.id, failed.error.detail) for failed in failures] == [
        ("b", "by the tagger"),
        ("c", "by the aesthetic model"),
    ]
    assert (scored[0].tags, scored[0].aesthetic, scored[0].look) == (
        scores.tags.results[0],
        scores.aesthetics.results[0],
        None,
    )
