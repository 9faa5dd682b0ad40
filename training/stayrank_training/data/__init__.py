"""Training data in: photos with tags, photos with votes, corrections of labels, splits."""
