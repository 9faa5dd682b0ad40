"""The HTTP shell of every service: uploads, problems, health, metrics, documentation."""
