"""An order in the forms that feeds take: CSV, JSON, and OpenTravel with its picture categories."""

from __future__ import annotations

from stayrank_gallery.exports.formats import ExportFormat, export

__all__ = ["ExportFormat", "export"]
