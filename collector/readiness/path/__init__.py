"""How far each machine gets on the way to the test: the rungs of the ladder and the hosts that were tried."""
