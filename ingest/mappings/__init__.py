"""The mapping language: a TOML file says how the rows of files become events. `docs/import.md` teaches it."""
