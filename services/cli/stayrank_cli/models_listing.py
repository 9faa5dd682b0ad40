"""The form of `stayrank models --json`."""

from __future__ import annotations

from stayrank_common.schemas import Schema
from stayrank_models.artifacts import Artifact


class InstalledModel(Schema):
    """A model that is installed."""

    name: str
    version: str
    task: str
    sha256: str
    license: str
    labels: list[str]
    metrics: dict[str, float]
    folder: str

    @property
    def summary(self) -> str:
        """The metrics of the model as a whole, without those of each area or other class."""
        areas = tuple(f"_{label}" for label in self.labels if self.task != "aesthetics")
        others = "false_accept_"
        return ", ".join(
            f"{name} {value:.3f}"
            for name, value in self.metrics.items()
            if not name.endswith((*areas, "photos")) and not name.startswith(others)
        )

    @classmethod
    def of(cls, artifact: Artifact) -> InstalledModel:
        """Describe an artifact."""
        manifest = artifact.manifest
        return cls(
            name=manifest.name,
            version=manifest.version,
            task=manifest.task,
            sha256=artifact.sha256,
            license=manifest.license,
            labels=list(manifest.labels),
            metrics=manifest.metrics,
            folder=str(artifact.folder),
        )


class InstalledModels(Schema):
    """All models that are installed."""

    models: list[InstalledModel]
