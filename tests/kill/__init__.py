"""kill -9 at random moments, again and again, and proof that nothing was lost, doubled or overwritten.

`python -m tests.kill [--kills 200] [--seed N] [--database sqlite|postgresql]`, or `make kills`. How the parts fit:
`ground` is a practice org and a database, `daemon` runs `connector run` over them and ends it, `player` and `acts`
are the people who go on working meanwhile, `weather` is what the network and the org do, `proof` what must hold
afterwards, and `campaign` the order of it all.
"""
