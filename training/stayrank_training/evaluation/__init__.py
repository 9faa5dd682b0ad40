"""What a model is worth: one file a task, each a function from arrays to named numbers."""
