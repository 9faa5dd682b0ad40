"""The aesthetic service: predicts how people would rate each photo."""
