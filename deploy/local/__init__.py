"""One oneboard on one machine: embedded Kafka, the parts as child processes, loopback only."""
