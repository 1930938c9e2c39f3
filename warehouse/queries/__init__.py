"""What is asked of the warehouse besides metrics: the organisation, deals, findings, freshness."""
