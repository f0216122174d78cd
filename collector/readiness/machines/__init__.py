"""How many machines a school has, each counted once."""
