"""Judges what was recorded or invented as a live collector would: the door for anyone's truth."""
