"""Decoding of photos that nobody vouches for: in processes that may die of it.

    service ─> `DecoderPool` ─ job and bytes ─> worker: `pixels.decode` under limits
                             <─ plain pixels ─

A worker imports Pillow and NumPy alone, and what comes back from it is checked, never unpickled.
"""
