"""Whether what was done helped: effects against untouched peers, the signs that come first, when each is due."""
