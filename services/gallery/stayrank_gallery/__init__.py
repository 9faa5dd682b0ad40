"""The gallery service: orders the photos of a property.

    routes ─> ranker ─┬─> scorers    what the models say of the photos
                      ├─> looking    what their pixels say
                      └─> curation   from both to an order, by `ranking` (NumPy only)

`queries` and `schemas` are what comes in and goes out. `audit`, `exports` and `pages` do something
else with scored photos or an order, each with routes of its own. `app` puts everything together.
"""
