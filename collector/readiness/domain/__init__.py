"""The nouns that everything is judged in, and what follows from them alone."""
