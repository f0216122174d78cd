"""A simulated municipality: invented schools and machines whose reports go through the real HTTP API.

For demonstrations, load and training. Everything is marked as simulated: the schools in the configuration, and each
device when it enrols. `fleet` and `history` are pure: the same seed gives the same municipality, every time.
"""
