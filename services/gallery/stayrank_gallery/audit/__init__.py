"""What a gallery lacks, judged by a rule pack: data that says what a site asks of its photos."""

from __future__ import annotations

from stayrank_gallery.audit.auditor import audit
from stayrank_gallery.audit.findings import Audit, Finding, Replacement
from stayrank_gallery.audit.gallery_rules import Subject
from stayrank_gallery.audit.packs import NamedPack, Pack, Packs, load_packs, read_pack
from stayrank_gallery.audit.rules import Rule, Severity

__all__ = [
    "Audit",
    "Finding",
    "NamedPack",
    "Pack",
    "Packs",
    "Replacement",
    "Rule",
    "Severity",
    "Subject",
    "audit",
    "load_packs",
    "read_pack",
]
