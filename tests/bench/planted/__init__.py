"""Detection on planted problems: months of a simulated company in which the answers are known."""
