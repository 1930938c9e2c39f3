"""A seeded fictional company whose orders, deals and visits move like a real one's, with known problems in it."""
