"""Sample portals: invented places, real peculiarities, a small HTTP server for demo, tests, benchmarks."""
