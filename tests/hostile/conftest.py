import importlib
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sample() -> list[Image.Image]:
    """The sample's photos, 200 pixels wide."""
    paths = sorted((ROOT / "samples" / "miramar").glob("*.jpg"))
    return [Image.open(path).convert("RGB").resize((200, 133)) for path in paths]


@pytest.fixture
def sets(monkeypatch):
    """The modules of `benchmarks/hostile` that make files: `sets("bombs")`."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "hostile"))
    return importlib.import_module
