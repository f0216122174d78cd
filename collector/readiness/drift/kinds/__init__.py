"""Kinds of difference: one file, one kind; the folder is the list."""
