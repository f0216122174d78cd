"""How a number came about: its trail, and the trail of a whole verdict."""
