"""The gallery service: orders the photos of a property, with a reason for each place."""
