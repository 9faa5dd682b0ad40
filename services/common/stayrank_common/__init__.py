"""What every part of StayRank shares: errors, areas, photos, schemas, the HTTP shell."""
