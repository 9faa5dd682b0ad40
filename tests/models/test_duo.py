import numpy as np
import pytest
from tests.models.conftest import FACTS

from stayrank_common.tags import TAGS

pytestmark = pytest.mark.keras

SIZE = 64  # the last feature map has four places


@pytest.fixture(scope="module")
def model():
    from stayrank_models.duo import build_duo
    from stayrank_models.exporting import round_kernels
    from stayrank_models.loading import settle_normalisations

    model = build_duo("mobilenet", height=SIZE, width=SIZE, alpha=0.25)
    settle_normalisations(model, seed=0)
    dense = model.get_layer("probabilities")
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel, bias + np.arange(len(bias)) / 10])
    round_kernels(model)
    return model


@pytest.fixture(scope="module")
def photos():
    """`(7, 64, 64, 3)` uint8 noise."""
    return np.random.default_rng(0).integers(0, 256, (7, SIZE, SIZE, 3)).astype(np.uint8)


def facts(**architecture):
    """Those of a model for both tasks."""
    return {
        **FACTS,
        "task": "duo",
        "architecture": {**FACTS["architecture"], **architecture},
        "rating_calibration": {"percentiles": [1 + i / 12 for i in range(101)]},
        "preprocessing": {"width": SIZE, "height": SIZE},
    }


def test_both_halves_are_distributions_of_their_own(model, photos):
    answers = model.predict(photos, verbose=0)

    assert answers.shape == (7, len(TAGS) + 10)
    np.testing.assert_allclose(answers[:, : len(TAGS)].sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(answers[:, len(TAGS) :].sum(axis=1), 1, rtol=1e-5)


def test_a_logit_of_one_half_leaves_the_other_half_alone(model, photos):
    from stayrank_training.priors import shift_head

    before = model.predict(photos, verbose=0)
    shifts = np.zeros(len(TAGS) + 10, np.float32)
    shifts[0] = 2
    shift_head(model, shifts)
    after = model.predict(photos, verbose=0)
    shift_head(model, -shifts)

    assert (after[:, 0] > before[:, 0]).all()
    np.testing.assert_allclose(after[:, len(TAGS) :], before[:, len(TAGS) :], atol=1e-5)


def test_it_is_the_same_function_with_folded_normalisations_and_as_a_copy_in_full_precision(
    model, photos
):
    import keras

    from stayrank_models.folding import fold

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    expected = model.predict(photos, verbose=0)

    np.testing.assert_allclose(copy.predict(photos, verbose=0), expected, atol=1e-6)
    np.testing.assert_allclose(fold(model).predict(photos, verbose=0), expected, atol=1e-3)


def test_both_runtimes_say_and_explain_the_same(model, photos, tmp_path):
    from stayrank_models.engines import open_engine
    from stayrank_models.exporting import export_artifact

    artifact = export_artifact(model, tmp_path, facts(), "# Tiny\n")

    engines = [open_engine(artifact, runtime, precision="f32") for runtime in ("keras", "openvino")]
    keras_says, openvino_says = (engine.predict(photos, feature_map=True) for engine in engines)

    np.testing.assert_allclose(keras_says.probabilities, openvino_says.probabilities, atol=0.01)
    direction = np.zeros((len(photos), len(TAGS) + 10))
    direction[:, 1:3] = 1, -1
    np.testing.assert_allclose(
        *(e.channel_weights(keras_says.feature_map, direction) for e in engines), atol=1e-3
    )


def parts(branch="conv_pw_11_relu", seeds=(0, 0)):
    """A random tagger, a random NIMA model, and a model that has both to begin from."""
    from stayrank_models.duo import build_duo, join
    from stayrank_models.loading import settle_normalisations
    from stayrank_models.nima import build_nima
    from stayrank_models.tagger import build_tagger

    size = {"height": SIZE, "width": SIZE, "alpha": 0.25}
    tagger, nima, both = build_tagger(**size), build_nima(**size), build_duo(**size, branch=branch)
    for seed, model in zip(seeds, (tagger, nima), strict=True):
        settle_normalisations(model, seed)
        kernel, bias = model.get_layer("probabilities").get_weights()
        model.get_layer("probabilities").set_weights([kernel, bias + np.arange(len(bias)) / 10])
    names = [layer.name for layer in tagger.layers]
    for name in names[: names.index(branch) + 1] if seeds[0] == seeds[1] else ():
        nima.get_layer(name).set_weights(tagger.get_layer(name).get_weights())
    join(both, tagger, nima)
    return tagger, nima, both


def test_two_models_that_begin_alike_become_one_that_answers_as_they_do(photos):
    tagger, nima, both = parts()

    answers = both.predict(photos, verbose=0)

    expected = [model.predict(photos, verbose=0) for model in (tagger, nima)]
    np.testing.assert_allclose(answers, np.concatenate(expected, axis=1), atol=1e-3)
    assert both.count_params() < tagger.count_params() + nima.count_params()


def test_what_both_share_begins_as_their_average_and_each_end_as_its_own():
    from stayrank_models.branching import SECOND
    from stayrank_models.folding import fold

    tagger, nima, both = (fold(model) for model in parts(seeds=(1, 2)))

    shared, ends = "conv_pw_4", "conv_pw_12"
    average = (kernel_of(tagger, shared) + kernel_of(nima, shared)) / 2
    np.testing.assert_allclose(kernel_of(both, shared), average, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(kernel_of(both, ends), kernel_of(tagger, ends), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(
        kernel_of(both, ends + SECOND), kernel_of(nima, ends), rtol=1e-3, atol=1e-5
    )


def kernel_of(model, name):
    """The kernel of a convolution."""
    return model.get_layer(name).get_weights()[0]


def test_a_joined_model_is_served_by_both_runtimes_with_the_taggers_embedding(photos, tmp_path):
    from stayrank_models.engines import open_engine
    from stayrank_models.exporting import export_artifact
    from stayrank_models.heads import embedding_model

    tagger, _, both = parts("conv_pw_6_relu")
    artifact = export_artifact(both, tmp_path, facts(branch="conv_pw_6_relu"), "# Tiny\n")

    engines = [open_engine(artifact, runtime, precision="f32") for runtime in ("keras", "openvino")]
    says = [engine.predict(photos, feature_map=True) for engine in engines]

    embeddings = embedding_model(tagger).predict(photos, verbose=0)
    direction = np.zeros((len(photos), len(TAGS) + 10))
    direction[:, [1, len(TAGS)]], direction[:, [2, -1]] = 1, -1
    weights = [
        engine.channel_weights(said.feature_map, direction)
        for engine, said in zip(engines, says, strict=True)
    ]
    for said in says:
        np.testing.assert_allclose(said.probabilities, both.predict(photos, verbose=0), atol=0.01)
        np.testing.assert_allclose(said.embedding, embeddings, atol=0.02)
        assert said.feature_map.shape[-1] == weights[0].shape[-1] == 2 * embeddings.shape[-1]
    np.testing.assert_allclose(*weights, atol=1e-3)


@pytest.mark.parametrize("layer", ["no-such-layer", "conv_pw_13_relu"])
def test_what_cannot_be_shared_is_refused(layer):
    from stayrank_models.duo import build_duo

    with pytest.raises(ValueError, match=layer):
        build_duo("mobilenet", height=SIZE, width=SIZE, alpha=0.25, branch=layer)


def test_the_loss_is_the_sum_of_both_losses():
    import keras

    from stayrank_models.duo import DuoLoss
    from stayrank_models.losses import EarthMoversDistance

    rng = np.random.default_rng(0)
    areas, ratings = (rng.dirichlet(np.ones(n), (2, 5)).astype(np.float32) for n in (9, 10))
    given, said = np.concatenate([areas, ratings], axis=-1)

    loss = float(DuoLoss(rating_weight=3.0, r=1.0)(given, said))

    crossed = float(keras.losses.CategoricalCrossentropy()(areas[0], areas[1]))
    moved = float(EarthMoversDistance(r=1)(ratings[0], ratings[1]))
    assert loss == pytest.approx(crossed + 3 * moved, rel=1e-5)
    assert DuoLoss.from_config(DuoLoss(3.0, 1.0).get_config()).rating_weight == 3
