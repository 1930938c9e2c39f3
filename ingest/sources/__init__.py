"""Live sources: rows that arrive, by the same mappings as files. `docs/sources.md` teaches it."""
