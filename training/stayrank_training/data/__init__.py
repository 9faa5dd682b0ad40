"""Training data, from raw folders to labels that can be trusted.

    enrich ─> check ─> dedupe ─> split ─> sample (what to label) ─> clean (label errors) ─> train

Each step reads a manifest (`manifests`) and writes a new one; no step deletes or changes a photo.
"""
