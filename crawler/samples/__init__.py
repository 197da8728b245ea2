"""Sample portals: invented places, real peculiarities, one small HTTP server for demo, tests and benchmarks."""
