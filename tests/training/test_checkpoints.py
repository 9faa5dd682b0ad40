import numpy as np
import pytest

from stayrank_common.errors import DatasetError

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(40, 6)).astype(np.float32)
TARGETS = np.eye(3, dtype=np.float32)[np.arange(40) % 3]
EPOCHS = 5


def _model(units=3):
    import keras

    keras.utils.set_random_seed(0)
    features = keras.Input((6,))
    model = keras.Model(features, keras.layers.Dense(units, activation="softmax")(features))
    optimizer = keras.optimizers.AdamW(0.05, use_ema=True, ema_overwrite_frequency=1)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy")
    return model


def _train(model, path, epochs=EPOCHS, patience=10):
    from stayrank_training.checkpoints import Checkpoint

    checkpoint = Checkpoint(path, patience)
    done = checkpoint.resume(model)
    model.fit(
        FEATURES,
        TARGETS,
        shuffle=False,
        initial_epoch=done,
        epochs=epochs,
        validation_data=(FEATURES, TARGETS),
        callbacks=[checkpoint],
        verbose=0,
    )
    return checkpoint


def test_an_interrupted_phase_ends_like_one_that_was_not(tmp_path):
    straight = _model()
    _train(straight, tmp_path / "straight.npz").finish(straight, before=9.0)
    _train(_model(), tmp_path / "halved.npz", epochs=2)
    again = _model()
    checkpoint = _train(again, tmp_path / "halved.npz")
    checkpoint.finish(again, before=9.0)

    assert [row["epoch"] for row in checkpoint.rows] == list(range(1, EPOCHS + 1))
    for one, other in zip(straight.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_finished_phase_gives_its_weights_at_once(tmp_path):
    from stayrank_training.checkpoints import Checkpoint

    model = _model()
    _train(model, tmp_path / "phase.npz").finish(model, before=9.0)
    fresh = _model()
    checkpoint = Checkpoint(tmp_path / "phase.npz", patience=10)

    assert checkpoint.resume(fresh) == EPOCHS
    assert checkpoint.finished
    checkpoint.finish(fresh, before=9.0)
    for one, other in zip(model.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_where_nothing_is_held_out_the_last_epoch_counts(tmp_path):
    from stayrank_training.checkpoints import Checkpoint

    model = _model()
    checkpoint = Checkpoint(tmp_path / "phase.npz", patience=1)
    checkpoint.resume(model)
    checkpoint.set_model(model)
    for epoch, loss in enumerate([1.0, 2.0, 3.0]):
        checkpoint.on_epoch_begin(epoch)
        checkpoint.on_epoch_end(epoch, {"loss": loss})
    last = model.get_weights()
    model.set_weights([np.zeros_like(value) for value in last])

    assert not model.stop_training
    assert checkpoint.finish(model, before=float("inf")) == 3.0
    np.testing.assert_array_equal(model.get_weights()[0], last[0])


def test_training_stops_where_patience_ends(tmp_path):
    from stayrank_training.checkpoints import Checkpoint

    model = _model()
    checkpoint = Checkpoint(tmp_path / "phase.npz", patience=2)
    checkpoint.resume(model)
    checkpoint.set_model(model)
    for epoch, loss in enumerate([1.0, 2.0, 1.5]):
        checkpoint.on_epoch_begin(epoch)
        checkpoint.on_epoch_end(epoch, {"loss": loss, "val_loss": loss})

    assert model.stop_training
    assert checkpoint.finish(model, before=0.5) == 0.5


def test_a_checkpoint_of_another_model_or_a_broken_one_is_refused(tmp_path):
    _train(_model(), tmp_path / "phase.npz", epochs=1)
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 no more")

    with pytest.raises(DatasetError, match="another model"):
        _train(_model(units=4), tmp_path / "phase.npz")
    with pytest.raises(DatasetError, match=r"broken\.npz"):
        _train(_model(), tmp_path / "broken.npz")


def test_a_loss_that_is_no_number_is_an_error_if_no_epoch_was_better(tmp_path):
    from stayrank_training.checkpoints import Checkpoint

    model = _model()
    checkpoint = Checkpoint(tmp_path / "head-0.npz", patience=2)
    checkpoint.resume(model)
    checkpoint.set_model(model)
    checkpoint.on_epoch_begin(0)
    checkpoint.on_epoch_end(0, {"loss": float("nan"), "val_loss": float("nan")})

    assert model.stop_training
    with pytest.raises(DatasetError, match=r"head-0.*learning rate"):
        checkpoint.finish(model, before=1.0)


def test_the_curves_can_be_read_back(tmp_path):
    from stayrank_training.checkpoints import read_rows

    checkpoint = _train(_model(), tmp_path / "phase.npz", epochs=2)

    assert read_rows(tmp_path / "phase.npz") == checkpoint.rows
