"""The page of the pipeline: what it asks, and how each lane is drawn from the answers."""
