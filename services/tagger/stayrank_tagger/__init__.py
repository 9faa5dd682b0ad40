"""The tagger service: names the area of a hotel that each photo shows."""
