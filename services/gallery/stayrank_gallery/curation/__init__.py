"""From scored photos to an ordered gallery, step by step (`curator`).

    checking   refuses options that no order of these photos can meet
    sifting    takes out what is excluded or breaks the policy
    arrays     turns photos into the arrays of `stayrank_gallery.ranking`, which orders them
    copies     folds near-duplicates under the best copy
    places     describes each place of the order, with its reasons

`area_percentiles` says how good a photo is among those of its own area.
"""

from __future__ import annotations

from stayrank_gallery.curation.arrays import gallery_of
from stayrank_gallery.curation.checking import check_options
from stayrank_gallery.curation.curator import curate, curate_scored

__all__ = ["check_options", "curate", "curate_scored", "gallery_of"]
