"""Asking the network gear: what is asked, what is kept, what shows."""
