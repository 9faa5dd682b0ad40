"""Where tags and scores come from: over HTTP, in process, or made up for tests."""

from __future__ import annotations

from stayrank_gallery.scorers.base import Scorer, Scores, scores_of
from stayrank_gallery.scorers.fake import FakeScorer
from stayrank_gallery.scorers.http import HttpScorer

__all__ = ["FakeScorer", "HttpScorer", "Scorer", "Scores", "scores_of"]
