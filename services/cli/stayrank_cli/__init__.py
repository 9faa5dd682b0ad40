"""The `stayrank` command: one module a verb, heavy imports inside."""
